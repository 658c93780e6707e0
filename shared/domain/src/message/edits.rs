//! The edits: the validation rules of a message, and of what a dealer says of a customer. All that fail are reported, never only the first.

mod failed_edit;

use crate::controls::Controls;
use crate::customer::contact::{self, Email};
use crate::customer::country::Country;
use crate::message::{Attribute, Attributes, MESSAGE_TYPE, Message};

pub use failed_edit::{EditCode, FailedEdit, Field};

/// Whose values are examined, which decides the edits that apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Message,
    /// A message that control L93 lets pass: only what could not be stored fails.
    BypassedMessage,
    /// The values of a Change for a customer that is not there: what is given must be valid, but nothing is missing.
    Fragment,
    /// What a dealer says of a customer: class and opt in/opt out are not a dealer's to give.
    Dealer,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The attributes as records keep them: defaults filled in, codes in capitals, the country in three letters.
    pub attributes: Attributes,
    /// The edits that failed, in the order of the attributes.
    pub failed: Vec<FailedEdit>,
}

/// The edit before all others: no message deletes.
pub fn refuse_deletion(message: &Message) -> Option<FailedEdit> {
    message.deletes().then(|| FailedEdit::on(Attribute::ACTION_TYPE, EditCode::InvalidActionType))
}

/// The edits of what a message says beside what a customer keeps: its type, and the attributes that steer it or give the customer number.
pub fn examine_envelope(message: &Message) -> Vec<FailedEdit> {
    let mistyped = (message.message_type.as_deref() != Some(MESSAGE_TYPE))
        .then_some(FailedEdit::of(Field::MessageType, EditCode::InvalidType));
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
    value.chars().count() > attribute.max_characters()
}

/// The edits of any value in any attribute.
fn examine_value(attribute: Attribute, value: &str) -> impl Iterator<Item = FailedEdit> + use<> {
    let too_long = is_too_long(attribute, value).then_some(EditCode::ValueTooLong);
    let not_plain = (!is_plain(value)).then_some(EditCode::InvalidValue);
    [too_long, not_plain].into_iter().flatten().map(move |code| FailedEdit::on(attribute, code))
}

pub fn examine(given: &Attributes, subject: Subject, controls: &Controls) -> Examined {
    let mut edits = Edits { attributes: given.clone(), failed: Vec::new(), subject };
    edits.values();
    edits.company(controls);
    edits.name();
    edits.place(controls);
    edits.class(controls);
    edits.email(controls);
    let Edits { attributes, mut failed, .. } = edits;
    failed.sort_unstable();
    failed.dedup();
    Examined { attributes, failed }
}

/// Whether a value may stand in any attribute: no control character and none that reorders text around it (UAX #9).
pub fn is_plain(value: &str) -> bool {
    let reorders =
        |character| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_none = |character| matches!(character, '\u{fffe}' | '\u{ffff}');
    !value
        .chars()
        .any(|character| character.is_control() || reorders(character) || is_none(character))
}

struct Edits {
    attributes: Attributes,
    failed: Vec<FailedEdit>,
    subject: Subject,
}

impl Edits {
    /// Reports a failed edit whose failing does not hinder storing.
    fn report(&mut self, failed: FailedEdit) {
        match self.subject {
            Subject::BypassedMessage => {}
            Subject::Message | Subject::Fragment | Subject::Dealer => self.failed.push(failed),
        }
    }

    fn fail(&mut self, attribute: Attribute, code: EditCode) {
        self.report(FailedEdit::on(attribute, code));
    }

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
            None => self.attributes.set(Attribute::COMPANY, controls.default_company().as_str()),
            Some(code) => match controls.company(code) {
                Some(company) => self.attributes.set(Attribute::COMPANY, company.as_str()),
                None => {
                    self.failed.push(FailedEdit::on(Attribute::COMPANY, EditCode::InvalidCompany))
                }
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
            Some(state) => {
                self.keep(Attribute::STATE, country.state(state), EditCode::InvalidState)
            }
            None if country.requires_state() => {
                self.missing(Attribute::STATE, EditCode::StateBlank)
            }
            None => {}
        }
    }

    fn postal_code(&mut self, country: &'static Country) {
        match self.attributes.get(Attribute::POSTAL_CODE) {
            Some(postal_code) => match country.postal_code(postal_code) {
                Some(kept) => self.attributes.set(Attribute::POSTAL_CODE, kept),
                None => {
                    let failed = FailedEdit::on(Attribute::POSTAL_CODE, EditCode::InvalidZip);
                    self.report(FailedEdit { country: Some(country), ..failed });
                }
            },
            None if country.requires_postal_code() => {
                self.missing(Attribute::POSTAL_CODE, EditCode::ZipBlank)
            }
            None => {}
        }
    }

    fn class(&mut self, controls: &Controls) {
        if let (None, Some(class)) =
            (self.attributes.get(Attribute::CUSTOMER_CLASS), &controls.default_customer_class)
        {
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
        match (self.attributes.get(Attribute::EMAIL_STATUS), &controls.default_email_status) {
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
mod tests;
