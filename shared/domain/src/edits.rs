//! The edits: the validation rules of a message, and of what a dealer says of a customer. All that fail are reported, never only the first.

use std::fmt;

use crate::contact::{self, Email};
use crate::controls::Controls;
use crate::country::Country;
use crate::message::{Attribute, Attributes, MESSAGE_TYPE, Message};

/// A failed edit's code, with the reason text that order-management systems know it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EditCode {
    /// The message asks for a deletion.
    InvalidActionType,
    /// A Change names a customer that is not there.
    CustomerDoesNotExist,
    /// Neither last name nor company name.
    NameBlank,
    /// No city.
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
    /// Not a country.
    InvalidCountry,
    /// No customer class, where H85 requires one.
    ClassRequired,
    /// Not one of the deployment's classes.
    InvalidClass,
    /// No opt in/opt out, and no default.
    EmailStatusBlank,
    /// Not one of O1 to O4.
    InvalidEmailStatus,
    /// Not an e-mail address.
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
    /// All codes.
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

    /// The code for programs.
    pub fn code(self) -> &'static str {
        self.texts().0
    }

    /// The reason text.
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

    /// The edit of that code.
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

    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        if name == "type" {
            Some(Self::MessageType)
        } else {
            Attribute::named(name).map(Self::Attribute)
        }
    }
}

/// One failed edit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FailedEdit {
    /// What it looked at.
    pub field: Field,
    /// What is wrong with it.
    pub code: EditCode,
}

impl FailedEdit {
    /// That edit failed on that attribute.
    pub fn on(attribute: Attribute, code: EditCode) -> Self {
        Self {
            field: Field::Attribute(attribute),
            code,
        }
    }
}

impl fmt::Debug for FailedEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field.name(), self.code.code())
    }
}

/// Whose values are examined, which decides the edits that apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A message: all edits.
    Message,
    /// A message that control L93 lets pass: only what could not be stored fails.
    BypassedMessage,
    /// The values of a Change for a customer that is not there: what is given must be valid, but nothing is missing.
    Fragment,
    /// What a dealer says of a customer: class and opt in/opt out are not a dealer's to give.
    Dealer,
}

/// Attributes after the edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The attributes as records keep them: defaults filled in, codes in capitals, the country in three letters.
    pub attributes: Attributes,
    /// The edits that failed, in the order of the attributes.
    pub failed: Vec<FailedEdit>,
}

/// The edit before all others: no message deletes.
pub fn refuse_deletion(message: &Message) -> Option<FailedEdit> {
    message
        .deletes()
        .then(|| FailedEdit::on(Attribute::ACTION_TYPE, EditCode::InvalidActionType))
}

/// The edits of what a message says beside what a customer keeps: its type, and the attributes that steer it or give the customer number.
pub fn examine_envelope(message: &Message) -> Vec<FailedEdit> {
    let mistyped = (message.message_type.as_deref() != Some(MESSAGE_TYPE)).then_some(FailedEdit {
        field: Field::MessageType,
        code: EditCode::InvalidType,
    });
    let beside = message
        .attributes
        .iter()
        .filter(|(attribute, _)| attribute.steers() || *attribute == Attribute::CUSTOMER_NUMBER);
    mistyped
        .into_iter()
        .chain(beside.flat_map(|(attribute, value)| examine_value(attribute, value)))
        .collect()
}

/// Whether the value has more characters than the attribute may have.
pub fn is_too_long(attribute: Attribute, value: &str) -> bool {
    value.chars().count() > attribute.longest()
}

/// The edits of any value in any attribute.
fn examine_value(attribute: Attribute, value: &str) -> impl Iterator<Item = FailedEdit> + use<> {
    let too_long = is_too_long(attribute, value).then_some(EditCode::ValueTooLong);
    let not_plain = (!is_plain(value)).then_some(EditCode::InvalidValue);
    [too_long, not_plain]
        .into_iter()
        .flatten()
        .map(move |code| FailedEdit::on(attribute, code))
}

/// Applies the edits to attributes.
pub fn examine(given: &Attributes, subject: Subject, controls: &Controls) -> Examined {
    let mut edits = Edits {
        attributes: given.clone(),
        failed: Vec::new(),
        subject,
    };
    edits.values();
    edits.company(controls);
    edits.name();
    edits.place(controls);
    edits.class(controls);
    edits.email(controls);
    let Edits {
        attributes,
        mut failed,
        ..
    } = edits;
    failed.sort_unstable();
    failed.dedup();
    Examined { attributes, failed }
}

/// Whether a value may stand in any attribute: no control character and none that reorders text around it (UAX #9).
pub fn is_plain(value: &str) -> bool {
    !value.chars().any(|character| character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'))
}

struct Edits {
    attributes: Attributes,
    failed: Vec<FailedEdit>,
    subject: Subject,
}

impl Edits {
    /// Reports a failed edit whose failing does not hinder storing.
    fn fail(&mut self, attribute: Attribute, code: EditCode) {
        match self.subject {
            Subject::BypassedMessage => {}
            Subject::Message | Subject::Fragment | Subject::Dealer => {
                self.failed.push(FailedEdit::on(attribute, code))
            }
        }
    }

    /// Reports what is missing.
    fn missing(&mut self, attribute: Attribute, code: EditCode) {
        match self.subject {
            Subject::Fragment => {}
            Subject::Message | Subject::BypassedMessage | Subject::Dealer => {
                self.fail(attribute, code)
            }
        }
    }

    /// Puts the value as records keep it, or reports that it is not valid.
    fn keep(&mut self, attribute: Attribute, kept: Option<String>, code: EditCode) {
        match kept {
            Some(kept) => self.attributes.set(attribute, kept),
            None => self.fail(attribute, code),
        }
    }

    fn values(&mut self) {
        let attributes = self.attributes.iter();
        self.failed
            .extend(attributes.flat_map(|(attribute, value)| examine_value(attribute, value)));
    }

    fn company(&mut self, controls: &Controls) {
        match self.attributes.get(Attribute::COMPANY) {
            None => self
                .attributes
                .set(Attribute::COMPANY, controls.default_company().as_str()),
            Some(code) => match controls.company(code) {
                Some(company) => self.attributes.set(Attribute::COMPANY, company.as_str()),
                None => self
                    .failed
                    .push(FailedEdit::on(Attribute::COMPANY, EditCode::InvalidCompany)),
            },
        }
    }

    fn name(&mut self) {
        if self.attributes.get(Attribute::LAST_NAME).is_none()
            && self.attributes.get(Attribute::COMPANY_NAME).is_none()
        {
            self.missing(Attribute::LAST_NAME, EditCode::NameBlank);
        }
    }

    fn place(&mut self, controls: &Controls) {
        if self.attributes.get(Attribute::CITY).is_none() {
            self.missing(Attribute::CITY, EditCode::CityBlank);
        }
        if controls.require_street_address && self.attributes.get(Attribute::STREET).is_none() {
            self.missing(Attribute::STREET, EditCode::StreetBlank);
        }
        let country = match self.attributes.get(Attribute::COUNTRY) {
            Some(code) => Country::of(code).ok_or(EditCode::InvalidCountry),
            None => controls.default_country.ok_or(EditCode::CountryBlank),
        };
        match country {
            Ok(country) => {
                self.attributes.set(Attribute::COUNTRY, country.alpha3());
                self.state(country);
                self.postal_code(country);
            }
            Err(EditCode::CountryBlank) => self.missing(Attribute::COUNTRY, EditCode::CountryBlank),
            Err(code) => self.fail(Attribute::COUNTRY, code),
        }
    }

    fn state(&mut self, country: &Country) {
        match self.attributes.get(Attribute::STATE) {
            Some(state) => self.keep(
                Attribute::STATE,
                country.state(state),
                EditCode::InvalidState,
            ),
            None if country.requires_state() => {
                self.missing(Attribute::STATE, EditCode::StateBlank)
            }
            None => {}
        }
    }

    fn postal_code(&mut self, country: &Country) {
        match self.attributes.get(Attribute::POSTAL_CODE) {
            Some(postal_code) => self.keep(
                Attribute::POSTAL_CODE,
                country.postal_code(postal_code),
                EditCode::InvalidZip,
            ),
            None if country.requires_postal_code() => {
                self.missing(Attribute::POSTAL_CODE, EditCode::ZipBlank)
            }
            None => {}
        }
    }

    fn class(&mut self, controls: &Controls) {
        if let (None, Some(class)) = (
            self.attributes.get(Attribute::CUSTOMER_CLASS),
            &controls.default_customer_class,
        ) {
            self.attributes.set(Attribute::CUSTOMER_CLASS, class);
        }
        match self.attributes.get(Attribute::CUSTOMER_CLASS) {
            Some(class) => {
                let class = class.trim().to_uppercase();
                let known = controls.customer_classes.is_empty()
                    || controls.customer_classes.contains(&class);
                self.keep(
                    Attribute::CUSTOMER_CLASS,
                    known.then_some(class),
                    EditCode::InvalidClass,
                );
            }
            None if controls.require_customer_class && self.subject != Subject::Dealer => {
                self.missing(Attribute::CUSTOMER_CLASS, EditCode::ClassRequired);
            }
            None => {}
        }
    }

    fn email(&mut self, controls: &Controls) {
        if let Some(email) = self.attributes.get(Attribute::EMAIL)
            && Email::parse(email.trim()).is_err()
        {
            self.fail(Attribute::EMAIL, EditCode::InvalidEmail);
        }
        match (
            self.attributes.get(Attribute::EMAIL_STATUS),
            &controls.default_email_status,
        ) {
            (Some(status), _) => self.keep(
                Attribute::EMAIL_STATUS,
                contact::email_status(status),
                EditCode::InvalidEmailStatus,
            ),
            (None, Some(status)) => self.attributes.set(Attribute::EMAIL_STATUS, status),
            (None, None) if self.subject == Subject::Dealer => {
                self.attributes.set(Attribute::EMAIL_STATUS, "O2")
            }
            (None, None) => self.missing(Attribute::EMAIL_STATUS, EditCode::EmailStatusBlank),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(
        pairs: &[(Attribute, &str)],
        subject: Subject,
        controls: &Controls,
    ) -> Vec<&'static str> {
        let given = pairs
            .iter()
            .map(|(attribute, value)| (*attribute, *value))
            .collect();
        examine(&given, subject, controls)
            .failed
            .iter()
            .map(|failed| failed.code.code())
            .collect()
    }

    fn controls(pairs: &[(&str, &str)]) -> Controls {
        Controls::read(|name| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
        .unwrap()
    }

    const JULIE: [(Attribute, &str); 6] = [
        (Attribute::LAST_NAME, "Robinson"),
        (Attribute::CITY, "Westborough"),
        (Attribute::STATE, "ma"),
        (Attribute::POSTAL_CODE, "01581"),
        (Attribute::COUNTRY, "us"),
        (Attribute::EMAIL_STATUS, "o1"),
    ];

    #[test]
    fn codes_are_kept_in_capitals_and_the_country_in_three_letters() {
        let given = JULIE.into_iter().collect();
        let examined = examine(&given, Subject::Message, &Controls::default());
        assert_eq!(examined.failed, []);
        let kept: Vec<_> = [
            Attribute::COMPANY,
            Attribute::STATE,
            Attribute::COUNTRY,
            Attribute::EMAIL_STATUS,
        ]
        .map(|attribute| examined.attributes.text(attribute).to_owned())
        .into();
        assert_eq!(kept, ["1", "MA", "USA", "O1"]);
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        let controls = controls(&[
            ("REQUIRE_CUSTOMER_CLASS", "true"),
            ("REQUIRE_STREET_ADDRESS", "true"),
        ]);
        assert_eq!(
            codes(&[], Subject::Message, &controls),
            [
                "name-blank",
                "street-blank",
                "city-blank",
                "country-blank",
                "email-status-blank",
                "class-required"
            ]
        );
        let wrong = [
            (Attribute::COMPANY, "2"),
            (Attribute::LAST_NAME, "Rob\u{7}"),
            (Attribute::STREET, "x"),
            (Attribute::CITY, &*"y".repeat(101)),
            (Attribute::STATE, "XX"),
            (Attribute::POSTAL_CODE, "1"),
            (Attribute::COUNTRY, "USA"),
            (Attribute::EMAIL, "nobody"),
            (Attribute::EMAIL_STATUS, "O9"),
        ];
        assert_eq!(
            codes(&wrong, Subject::Message, &Controls::default()),
            [
                "invalid-company",
                "invalid-value",
                "value-too-long",
                "invalid-state",
                "invalid-zip",
                "invalid-email",
                "invalid-email-status"
            ]
        );
    }

    #[test]
    fn a_country_asks_for_what_it_needs() {
        let address = |country| {
            [
                (Attribute::LAST_NAME, "N"),
                (Attribute::CITY, "C"),
                (Attribute::EMAIL_STATUS, "O1"),
                (Attribute::COUNTRY, country),
            ]
        };
        assert_eq!(
            codes(&address("USA"), Subject::Message, &Controls::default()),
            ["state-blank", "zip-blank"]
        );
        assert_eq!(
            codes(&address("DEU"), Subject::Message, &Controls::default()),
            ["zip-blank"]
        );
        assert_eq!(
            codes(&address("IRL"), Subject::Message, &Controls::default()),
            [""; 0]
        );
        assert_eq!(
            codes(&address("XX"), Subject::Message, &Controls::default()),
            ["invalid-country"]
        );
        assert_eq!(
            codes(
                &address("")[..3],
                Subject::Message,
                &controls(&[("DEFAULT_COUNTRY", "DE")])
            ),
            ["zip-blank"]
        );
    }

    #[test]
    fn who_is_examined_decides_which_edits_apply() {
        let nothing = Controls::default();
        assert_eq!(
            codes(
                &[(Attribute::STATE, "XX")],
                Subject::BypassedMessage,
                &nothing
            ),
            [""; 0]
        );
        assert_eq!(
            codes(
                &[(Attribute::COMPANY, "2")],
                Subject::BypassedMessage,
                &nothing
            ),
            ["invalid-company"]
        );
        assert_eq!(
            codes(&[(Attribute::EMAIL, "x")], Subject::Fragment, &nothing),
            ["invalid-email"]
        );
        let dealer = controls(&[("REQUIRE_CUSTOMER_CLASS", "true")]);
        assert_eq!(codes(&JULIE[..5], Subject::Dealer, &dealer), [""; 0]);
    }

    #[test]
    fn a_default_class_stands_in_and_the_list_of_classes_decides() {
        let controls = controls(&[
            ("CUSTOMER_CLASSES", "gold,Silver"),
            ("DEFAULT_CUSTOMER_CLASS", "silver"),
            ("REQUIRE_CUSTOMER_CLASS", "true"),
        ]);
        assert_eq!(codes(&JULIE, Subject::Message, &controls), [""; 0]);
        let mut bronze = JULIE.to_vec();
        bronze.push((Attribute::CUSTOMER_CLASS, "bronze"));
        assert_eq!(
            codes(&bronze, Subject::Message, &controls),
            ["invalid-class"]
        );
    }
}
