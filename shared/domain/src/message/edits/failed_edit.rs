//! What an edit says when it fails: its code with the reason text, and the place it looked at. When it fails is not decided here.

use std::fmt;

use crate::customer::country::Country;
use crate::message::Attribute;

/// A failed edit's code, with the reason text that order-management systems know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EditCode {
    /// The message asks for a deletion.
    InvalidActionType,
    /// A Change names a customer that is not there.
    CustomerDoesNotExist,
    /// Neither last name nor company name.
    NameBlank,
    CityBlank,
    /// No state, in a country that requires one.
    StateBlank,
    /// Not one of the country's states.
    InvalidState,
    /// No postal code, in a country that requires one.
    ZipBlank,
    /// Not one of the country's postal codes.
    InvalidZip,
    /// No country, and no default.
    CountryBlank,
    InvalidCountry,
    /// No customer class, where H85 requires one.
    ClassRequired,
    /// Not one of the deployment's classes.
    InvalidClass,
    /// No opt in/opt out, and no default.
    EmailStatusBlank,
    /// Not one of O1 to O4.
    InvalidEmailStatus,
    InvalidEmail,
    /// Not one of the deployment's companies.
    InvalidCompany,
    /// Not `CWCustomerIn`.
    InvalidType,
    /// More characters than the attribute may have.
    ValueTooLong,
    /// No street address, where the control asks for one.
    StreetBlank,
    /// Control or bidirectional formatting characters, which no form, list or XML document can show truly.
    InvalidValue,
    /// The alternate number belongs to another customer.
    AlternateNumberTaken,
    /// The relate id belongs to another customer.
    RelateIdTaken,
}

impl EditCode {
    pub const ALL: [Self; 22] = [
        Self::InvalidActionType,
        Self::CustomerDoesNotExist,
        Self::NameBlank,
        Self::CityBlank,
        Self::StateBlank,
        Self::InvalidState,
        Self::ZipBlank,
        Self::InvalidZip,
        Self::CountryBlank,
        Self::InvalidCountry,
        Self::ClassRequired,
        Self::InvalidClass,
        Self::EmailStatusBlank,
        Self::InvalidEmailStatus,
        Self::InvalidEmail,
        Self::InvalidCompany,
        Self::InvalidType,
        Self::ValueTooLong,
        Self::StreetBlank,
        Self::InvalidValue,
        Self::AlternateNumberTaken,
        Self::RelateIdTaken,
    ];

    pub fn code(self) -> &'static str {
        self.texts().0
    }

    pub fn reason(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::InvalidActionType => ("invalid-action-type", "Invalid Action Type"),
            Self::CustomerDoesNotExist => ("customer-does-not-exist", "Customer Does not Exist"),
            Self::NameBlank => ("name-blank", "Last Name & Comp Blank"),
            Self::CityBlank => ("city-blank", "City Blank"),
            Self::StateBlank => ("state-blank", "State Blank"),
            Self::InvalidState => ("invalid-state", "Invalid State"),
            Self::ZipBlank => ("zip-blank", "Zip Code Blank"),
            Self::InvalidZip => ("invalid-zip", "Invalid Zip Code"),
            Self::CountryBlank => ("country-blank", "Country Blank"),
            Self::InvalidCountry => ("invalid-country", "Invalid Country"),
            Self::ClassRequired => ("class-required", "Customer Class required"),
            Self::InvalidClass => ("invalid-class", "Invalid Customer Class"),
            Self::EmailStatusBlank => ("email-status-blank", "Opt In/Opt Out Required"),
            Self::InvalidEmailStatus => ("invalid-email-status", "Invalid Opt In/Opt Out"),
            Self::InvalidEmail => ("invalid-email", "Invalid Email Address"),
            Self::InvalidCompany => ("invalid-company", "Invalid Company"),
            Self::InvalidType => ("invalid-type", "Invalid Message Type"),
            Self::ValueTooLong => ("value-too-long", "Value Too Long"),
            Self::StreetBlank => ("street-blank", "Street Address Blank"),
            Self::InvalidValue => ("invalid-value", "Invalid Value"),
            Self::AlternateNumberTaken => {
                ("alternate-number-taken", "Alternate Customer Number Exists")
            }
            Self::RelateIdTaken => ("relate-id-taken", "Relate Id Exists"),
        }
    }

    pub fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|edit| edit.code() == code)
    }
}

/// What an edit looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `type` of `Message`.
    MessageType,
    /// An attribute of `CustSoldTo`.
    Attribute(Attribute),
}

impl Field {
    /// The element that the field belongs to.
    pub fn element(self) -> &'static str {
        match self {
            Self::MessageType => "Message",
            Self::Attribute(_) => "CustSoldTo",
        }
    }

    /// The field's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageType => "type",
            Self::Attribute(attribute) => attribute.name(),
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        if name == "type" {
            Some(Self::MessageType)
        } else {
            Attribute::named(name).map(Self::Attribute)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailedEdit {
    pub field: Field,
    pub code: EditCode,
    /// The country by whose rules it failed, where these tell what would pass.
    pub country: Option<&'static Country>,
}

impl FailedEdit {
    /// That edit failed on that field.
    pub fn of(field: Field, code: EditCode) -> Self {
        Self { field, code, country: None }
    }

    pub fn on(attribute: Attribute, code: EditCode) -> Self {
        Self::of(Field::Attribute(attribute), code)
    }

    /// A sentence that says what would pass, where our data know; it holds nothing of the value.
    pub fn detail(&self) -> Option<String> {
        match self.code {
            EditCode::InvalidZip => self.country.and_then(Country::postal_code_hint),
            EditCode::InvalidActionType
            | EditCode::CustomerDoesNotExist
            | EditCode::NameBlank
            | EditCode::CityBlank
            | EditCode::StateBlank
            | EditCode::InvalidState
            | EditCode::ZipBlank
            | EditCode::CountryBlank
            | EditCode::InvalidCountry
            | EditCode::ClassRequired
            | EditCode::InvalidClass
            | EditCode::EmailStatusBlank
            | EditCode::InvalidEmailStatus
            | EditCode::InvalidEmail
            | EditCode::InvalidCompany
            | EditCode::InvalidType
            | EditCode::ValueTooLong
            | EditCode::StreetBlank
            | EditCode::InvalidValue
            | EditCode::AlternateNumberTaken
            | EditCode::RelateIdTaken => None,
        }
    }
}

impl fmt::Debug for FailedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field.name(), self.code.code())
    }
}
