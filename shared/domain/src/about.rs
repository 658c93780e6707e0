//! Whom a request in error is about. What it says of a person makes topics, under which it is found again when that person is erased: among a hundred thousand requests
//! by a few look-ups. A topic in common says that a request may be about somebody; whether it is, the two are compared for.

use std::collections::BTreeSet;
use std::fmt;

use crate::controls::Controls;
use crate::customer::{Customer, CustomerNumber, TakenNumber};
use crate::look_up::{email_form, phone_form, postal_code_beginning};
use crate::matching::duplicate;
use crate::matching::party::{Form, Party};
use crate::message::{Attribute, Attributes};
use crate::request::RequestInError;

/// A kind of topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    CustomerNumber,
    AlternateNumber,
    RelateId,
    Email,
    Phone,
    /// The last word of a company's name or of a last name, with the beginning of the postal code.
    NameAndPostalCode,
    /// The same with the street.
    NameAndStreet,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CustomerNumber => "customer-number",
            Self::AlternateNumber => "alternate-number",
            Self::RelateId => "relate-id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::NameAndPostalCode => "name-postal-code",
            Self::NameAndStreet => "name-street",
        }
    }

    /// Whether a value of this kind is one person's, so that a request that has it is about that person whatever else it says. A telephone is a household's.
    fn names_somebody(self) -> bool {
        match self {
            Self::CustomerNumber | Self::AlternateNumber | Self::RelateId | Self::Email => true,
            Self::Phone | Self::NameAndPostalCode | Self::NameAndStreet => false,
        }
    }
}

/// A value by which somebody is known, in the form in which it is compared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    pub kind: Kind,
    parts: Vec<String>,
}

impl Topic {
    fn new(kind: Kind, parts: impl IntoIterator<Item = String>) -> Self {
        Self { kind, parts: parts.into_iter().collect() }
    }

    fn of_number(number: CustomerNumber) -> Self {
        Self::new(Kind::CustomerNumber, [number.to_string()])
    }

    /// The same for whoever has the number and for one who was erased, of whom only its digest is left.
    fn of_taken_number(number: &TakenNumber) -> Self {
        let kind = if number.attribute == Attribute::RELATE_ID {
            Kind::RelateId
        } else {
            Kind::AlternateNumber
        };
        Self::new(kind, [number.digest().to_owned()])
    }

    /// What is digested for the key.
    pub fn parts(&self) -> Vec<&[u8]> {
        self.parts.iter().map(String::as_bytes).collect()
    }
}

impl fmt::Debug for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Topic({}, …)", self.kind.as_str())
    }
}

/// What a request in error is about: what its message says as corrected so far, and the customer that came of it.
pub fn of_request(request: &RequestInError, controls: &Controls) -> BTreeSet<Topic> {
    let mut topics = of_message(&request.message.attributes, controls);
    topics.extend(request.customer_number().map(Topic::of_number));
    topics
}

/// What a request in error about this customer may have in common with it.
pub fn of_customer(customer: &Customer, controls: &Controls) -> BTreeSet<Topic> {
    let mut topics = of_message(&customer.attributes, controls);
    topics.insert(Topic::of_number(customer.number));
    topics.extend(customer.numbers(&controls.secret).iter().map(Topic::of_taken_number));
    topics.extend(customer.phones.iter().filter_map(|phone| of_phone(phone.number(), controls)));
    topics
}

/// Whether a request in error is about this customer: it names it, became it, would be its duplicate, or says of somebody who is called so where it lives or on which
/// number.
pub fn is_about(request: &RequestInError, customer: &Customer, controls: &Controls) -> bool {
    let (theirs, own) = (of_request(request, controls), of_customer(customer, controls));
    let mut shared = theirs.intersection(&own).peekable();
    if shared.peek().is_none() {
        return false;
    }
    let given = &request.message.attributes;
    let (one, other) = (Party::of(given, controls), Party::of(&customer.attributes, controls));
    shared.any(|topic| topic.kind.names_somebody() || are_called_alike(&one, &other))
        || duplicate::are_same(given, &customer.attributes, controls)
}

/// What a message of these attributes is about.
pub fn of_message(attributes: &Attributes, controls: &Controls) -> BTreeSet<Topic> {
    let values = &controls.generic_values;
    let given = |attribute: Attribute| attributes.get(attribute);
    let mut topics = BTreeSet::new();
    topics.extend(
        given(Attribute::CUSTOMER_NUMBER).and_then(CustomerNumber::parse).map(Topic::of_number),
    );
    topics.extend(TakenNumber::ATTRIBUTES.into_iter().filter_map(|attribute| {
        let number = TakenNumber::of(&controls.secret, attribute, given(attribute)?);
        Some(Topic::of_taken_number(&number))
    }));
    let email = given(Attribute::EMAIL).filter(|email| !values.is_placeholder_email(email));
    topics.extend(email.map(|email| Topic::new(Kind::Email, [email_form(email)])));
    let phones = [Attribute::DAY_PHONE, Attribute::EVENING_PHONE, Attribute::FAX_PHONE];
    topics
        .extend(phones.into_iter().filter_map(given).filter_map(|phone| of_phone(phone, controls)));
    let party = Party::of(attributes, controls);
    if party.name().is_empty() || values.is_placeholder_name(party.name()) {
        return topics;
    }
    let postal_code = postal_code_beginning(party.postal_code());
    let has_street = !party.street().is_empty()
        && !values.is_placeholder_street(attributes.text(Attribute::STREET));
    let street = has_street.then(|| party.street().to_owned());
    for (kind, place) in [(Kind::NameAndPostalCode, postal_code), (Kind::NameAndStreet, street)] {
        topics.extend(place.map(|place| Topic::new(kind, [party.last_word().to_owned(), place])));
    }
    topics
}

fn of_phone(phone: &str, controls: &Controls) -> Option<Topic> {
    let is_anybodys = controls.generic_values.is_placeholder_phone(phone);
    phone_form(phone).filter(|_| !is_anybodys).map(|digits| Topic::new(Kind::Phone, [digits]))
}

/// Whether two may be one by their names alone, whatever a rule compares: a first name that is left out or is an initial says nothing.
fn are_called_alike(one: &Party, other: &Party) -> bool {
    let begins = |one: &str, other: &str| one.starts_with(other) || other.starts_with(one);
    match (one.form(), other.form()) {
        (Form::Business, Form::Business) => one.name() == other.name(),
        (Form::Person, Form::Person) => {
            one.name() == other.name() && begins(one.first_name(), other.first_name())
        }
        (Form::Business, Form::Person) => one.name() == other.full_name(),
        (Form::Person, Form::Business) => one.full_name() == other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by::{By, Stamp};
    use crate::customer::Identifier;
    use crate::customer::contact::Phone;
    use crate::effect::{Cause, EffectId};
    use crate::message::{Action, Message};
    use crate::request::Received;
    use crate::time::Timestamp;

    fn stamp() -> Stamp {
        let cause = Cause { id: EffectId::random([7; 10]), keyed: false };
        Stamp { by: By::new("caller", "add", "request"), cause, at: Timestamp::from_millis(1) }
    }

    fn attributes(pairs: &[(Attribute, &str)]) -> Attributes {
        pairs.iter().copied().collect()
    }

    fn julie() -> Customer {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let attributes = attributes(&[
            (Attribute::FIRST_NAME, "Julie"),
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::STREET, "100 Example Street"),
            (Attribute::POSTAL_CODE, "01581-1234"),
            (Attribute::CITY, "Westborough"),
            (Attribute::EMAIL, "julie@robinson.example"),
            (Attribute::DAY_PHONE, "508-555-0177"),
            (Attribute::ALTERNATE_NUMBER, "ALT-1"),
            (Attribute::RELATE_ID, "REL-1"),
        ]);
        let number = CustomerNumber::new(7).unwrap();
        let customer = Customer::new(identifier, number, attributes, &stamp());
        Customer {
            phones: Phone::parse(None, "+1 (617) 555-0142").into_iter().collect(),
            ..customer
        }
    }

    fn request(pairs: &[(Attribute, &str)]) -> RequestInError {
        let received =
            Received { content_type: "application/json".to_owned(), body: "{}".to_owned() };
        let message = Message { attributes: attributes(pairs), ..Message::default() };
        RequestInError::open(received, message, (Action::Add, Vec::new()), &stamp())
    }

    const NAME: (Attribute, &str) = (Attribute::LAST_NAME, "ROBINSON");

    #[test]
    fn who_is_named_or_lives_or_answers_there_under_that_name_is_meant() {
        let (julie, controls) = (julie(), Controls::default());
        for about in [
            &[(Attribute::CUSTOMER_NUMBER, "007")][..],
            &[(Attribute::ALTERNATE_NUMBER, " ALT-1")],
            &[(Attribute::RELATE_ID, "REL-1"), (Attribute::LAST_NAME, "Dryer")],
            &[(Attribute::EMAIL, "Julie@Robinson.example")],
            &[NAME, (Attribute::EVENING_PHONE, "(508) 5550177")],
            &[NAME, (Attribute::FAX_PHONE, "617 555 0142 ext. 9"), (Attribute::FIRST_NAME, "J.")],
            &[NAME, (Attribute::POSTAL_CODE, "01581"), (Attribute::FIRST_NAME, "Julie")],
            &[NAME, (Attribute::STREET, "100 example st.")],
            &[(Attribute::COMPANY_NAME, "Julie Robinson"), (Attribute::POSTAL_CODE, "01581")],
        ] {
            assert!(is_about(&request(about), &julie, &controls), "{about:?}");
        }
        for other in [
            &[][..],
            &[NAME],
            &[(Attribute::CUSTOMER_NUMBER, "8")],
            &[(Attribute::ALTERNATE_NUMBER, "alt-1")],
            &[(Attribute::RELATE_ID, "ALT-1")],
            &[(Attribute::DAY_PHONE, "508-555-0177"), (Attribute::LAST_NAME, "Dryer")],
            &[NAME, (Attribute::FIRST_NAME, "Bob"), (Attribute::POSTAL_CODE, "01581")],
            &[NAME, (Attribute::STREET, "101 Example Street")],
            &[(Attribute::COMPANY_NAME, "Robinson"), (Attribute::POSTAL_CODE, "01581")],
            &[(Attribute::STREET, "100 Example Street"), (Attribute::POSTAL_CODE, "01581")],
        ] {
            assert!(!is_about(&request(other), &julie, &controls), "{other:?}");
        }
    }

    #[test]
    fn whoever_a_request_is_about_has_a_topic_in_common_with_it_and_placeholders_are_nobodys() {
        let controls = Controls::default();
        let of = |pairs: &[(Attribute, &str)]| of_request(&request(pairs), &controls);
        for nobody in [
            &[(Attribute::EMAIL, "Unknown"), (Attribute::DAY_PHONE, "none")][..],
            &[(Attribute::LAST_NAME, "N/A"), (Attribute::POSTAL_CODE, "01581")],
            &[NAME, (Attribute::STREET, "Unknown")],
            &[(Attribute::CUSTOMER_NUMBER, "x")],
        ] {
            assert_eq!(of(nobody), BTreeSet::new(), "{nobody:?}");
        }
        let household = request(&[
            NAME,
            (Attribute::FIRST_NAME, "Bob"),
            (Attribute::STREET, "100 Example Street"),
            (Attribute::POSTAL_CODE, "01581"),
            (Attribute::CITY, "Westborough"),
        ]);
        let without_code = Customer {
            attributes: {
                let mut same = household.message.attributes.clone();
                same.set(Attribute::FIRST_NAME, "Julie");
                same
            },
            ..julie()
        };
        // One party under the rule, although the names differ.
        assert!(is_about(&household, &without_code, &controls));
        assert!(!format!("{:?}", of_customer(&julie(), &controls)).contains("robinson"));
    }
}
