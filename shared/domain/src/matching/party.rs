//! A party: a customer's values as they are compared, folded once. Which two parties are the same is decided here and in [`super::comparison`], for all doors.

use std::borrow::Cow;

use crate::controls::Controls;
use crate::customer::company::Company;
use crate::customer::country::{self, Country};
use crate::customer::full_name;
use crate::matching::comparison::MatchField;
use crate::matching::fold;
use crate::matching::rule::{Rule, Rules};
use crate::message::{Attribute, Attributes};

/// A record is a business where it has a company name, else a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Business,
    Person,
}

/// What is compared of a customer, or of one that is looked for. Duplicates are looked for before the edits, so a message may still say `Massachusetts` where the record says
/// `MA`; both are compared as records keep them.
pub struct Party {
    attributes: Attributes,
    company: Company,
    form: Form,
    company_name: String,
    first_name: String,
    last_name: String,
    /// First and last name as one text, as a read shows a person.
    full_name: String,
    street: String,
    postal_code: String,
    /// Whether a business has a contact that tells it from another of its name.
    has_contact: bool,
    /// Whether its name or its street is nobody's.
    is_placeholder: bool,
    /// Whether its e-mail address is nobody's.
    has_placeholder_email: bool,
}

impl Party {
    pub fn of(attributes: &Attributes, controls: &Controls) -> Self {
        let attributes = country::in_kept_form(attributes, controls.default_country);
        let folded = |attribute| fold::words(attributes.text(attribute));
        let company_name = folded(Attribute::COMPANY_NAME);
        let last_name = folded(Attribute::LAST_NAME);
        let full_name = fold::words(&full_name(&attributes));
        let form = match attributes.get(Attribute::COMPANY_NAME) {
            Some(_) => Form::Business,
            None => Form::Person,
        };
        let values = &controls.generic_values;
        let is_placeholder_name =
            |attribute| values.is_placeholder_name(attributes.text(attribute));
        let nobody = match form {
            Form::Business => is_placeholder_name(Attribute::COMPANY_NAME),
            Form::Person => is_placeholder_name(Attribute::LAST_NAME),
        };
        let has_contact = !last_name.is_empty()
            && !is_placeholder_name(Attribute::LAST_NAME)
            && full_name != company_name;
        let postal_code = attributes.text(Attribute::POSTAL_CODE);
        // The country's own prefix is written or not, and would fill the positions.
        let postal_code = attributes
            .get(Attribute::COUNTRY)
            .and_then(Country::of)
            .and_then(|country| country.bare_postal_code(postal_code))
            .unwrap_or_else(|| fold::words(postal_code));
        let street = fold::address_line(attributes.text(Attribute::STREET));
        Self {
            company: company_of(&attributes, controls),
            form,
            company_name,
            first_name: folded(Attribute::FIRST_NAME),
            last_name,
            full_name,
            street,
            postal_code,
            has_contact: form == Form::Business && has_contact,
            is_placeholder: nobody
                || values.is_placeholder_street(attributes.text(Attribute::STREET)),
            has_placeholder_email: values.is_placeholder_email(attributes.text(Attribute::EMAIL)),
            attributes,
        }
    }

    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether what it says in place of a name, a street or, where the rule compares it, an e-mail address says nothing: it is nobody's duplicate.
    pub fn is_placeholder(&self, rule: &Rule) -> bool {
        self.is_placeholder || (self.has_placeholder_email && rule.compares(MatchField::Email))
    }

    /// Whether it is so under each rule that is kept.
    pub fn is_placeholder_under(&self, rules: &Rules) -> bool {
        rules.kept().all(|rule| self.is_placeholder(rule))
    }

    /// Whether a business has a contact that tells it from another of its name. One whose name is its contact's own has none.
    pub fn has_contact(&self) -> bool {
        self.has_contact
    }

    /// Whether it has a name and a place that can be compared.
    pub(crate) fn has_match_code(&self) -> bool {
        let has_place = !self.postal_code.is_empty() || !self.street.is_empty();
        !self.name().is_empty() && has_place
    }

    pub fn company(&self) -> &Company {
        &self.company
    }

    /// The company name, or the last name where there is no company.
    pub(crate) fn name(&self) -> &str {
        match self.form {
            Form::Business => &self.company_name,
            Form::Person => &self.last_name,
        }
    }

    /// The last word of the name.
    pub(crate) fn last_word(&self) -> &str {
        self.name().rsplit(' ').next().unwrap_or_default()
    }

    pub(crate) fn first_name(&self) -> &str {
        &self.first_name
    }

    pub(crate) fn full_name(&self) -> &str {
        &self.full_name
    }

    pub fn street(&self) -> &str {
        &self.street
    }

    pub fn postal_code(&self) -> &str {
        &self.postal_code
    }

    pub(crate) fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The value of a field as it is compared.
    pub fn folded(&self, field: MatchField) -> Cow<'_, str> {
        let text = |attribute| self.attributes.text(attribute);
        match field {
            MatchField::FirstName => Cow::Borrowed(&self.first_name),
            MatchField::LastName => Cow::Borrowed(&self.last_name),
            MatchField::Company => Cow::Borrowed(&self.company_name),
            MatchField::Street => Cow::Borrowed(&self.street),
            MatchField::AddressLine2 => {
                Cow::Owned(fold::address_line(text(Attribute::ADDRESS_LINE_2)))
            }
            MatchField::Apartment => Cow::Owned(fold::words(text(Attribute::APARTMENT))),
            MatchField::City => Cow::Owned(fold::words(text(Attribute::CITY))),
            MatchField::State => Cow::Owned(fold::words(text(Attribute::STATE))),
            MatchField::Email => Cow::Owned(fold::email(text(Attribute::EMAIL))),
        }
    }

    /// Whether two parties at one place have one name. A contact is the last name of a business.
    pub(crate) fn has_name_of(&self, other: &Party, rule: &Rule) -> bool {
        let alike = || rule.layout.name_positions(self) == rule.layout.name_positions(other);
        let equal_if_compared =
            |field| !rule.compares(field) || self.folded(field) == other.folded(field);
        match (self.form, other.form) {
            (Form::Business, Form::Business) => {
                let contacts = self.has_contact && other.has_contact;
                let first_names =
                    contacts && !self.first_name.is_empty() && !other.first_name.is_empty();
                alike()
                    && equal_if_compared(MatchField::Company)
                    && (!contacts || equal_if_compared(MatchField::LastName))
                    && (!first_names || equal_if_compared(MatchField::FirstName))
            }
            (Form::Person, Form::Person) => {
                let nowhere = self.street.is_empty() && other.street.is_empty();
                alike()
                    && equal_if_compared(MatchField::LastName)
                    && equal_if_compared(MatchField::FirstName)
                    && (!nowhere || self.first_name == other.first_name)
            }
            (Form::Business, Form::Person) => self.is_called(other, rule),
            (Form::Person, Form::Business) => other.is_called(self, rule),
        }
    }

    /// Whether this business without a contact is called as that person is.
    fn is_called(&self, person: &Party, rule: &Rule) -> bool {
        rule.compares(MatchField::Company)
            && rule.compares(MatchField::LastName)
            && !self.has_contact
            && !person.last_name.is_empty()
            && self.company_name == person.full_name
    }
}

/// The company that attributes name, or the deployment's default.
pub fn company_of(attributes: &Attributes, controls: &Controls) -> Company {
    match attributes.get(Attribute::COMPANY) {
        Some(code) => controls.company(code).cloned().unwrap_or_else(|| Company::new(code)),
        None => controls.default_company().clone(),
    }
}
