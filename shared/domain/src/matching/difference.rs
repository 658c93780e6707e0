//! Where two customers differ, attribute by attribute, as the rules compare: whoever looks at two is shown no difference where the master sees none.

use crate::controls::Controls;
use crate::customer::Customer;
use crate::customer::contact::Phone;
use crate::history::{self, Part, Value};
use crate::look_up::phone_form;
use crate::matching::comparison::MatchField;
use crate::matching::fold;
use crate::matching::party::{Form, Party};
use crate::message::{Attribute, Attributes};

/// Two customers, or a message and a customer.
pub struct Difference {
    one: Party,
    other: Party,
}

impl Difference {
    pub fn between(one: &Attributes, other: &Attributes, controls: &Controls) -> Self {
        Self { one: Party::of(one, controls), other: Party::of(other, controls) }
    }

    /// Whether the two differ in this attribute. Blank equals only blank.
    pub fn is_in(&self, attribute: Attribute) -> bool {
        let Self { one, other } = self;
        if attribute == Attribute::COMPANY {
            return one.company() != other.company();
        }
        if is_of_name(attribute) && self.is_one_name_in_two_forms() {
            return false;
        }
        let is_blank = |of: &Party| fold::is_blank(of.attributes().text(attribute));
        is_blank(one) != is_blank(other) || folded(one, attribute) != folded(other, attribute)
    }

    /// Whether the one is called in one word as the other is in two.
    fn is_one_name_in_two_forms(&self) -> bool {
        let Self { one, other } = self;
        let has_contact = one.has_contact() || other.has_contact();
        one.form() != other.form() && !has_contact && called(one) == called(other)
    }
}

fn called(party: &Party) -> &str {
    match party.form() {
        Form::Business => party.name(),
        Form::Person => party.full_name(),
    }
}

fn is_of_name(attribute: Attribute) -> bool {
    [Attribute::FIRST_NAME, Attribute::LAST_NAME, Attribute::COMPANY_NAME].contains(&attribute)
}

/// The value as it is compared.
fn folded(party: &Party, attribute: Attribute) -> String {
    let text = party.attributes().text(attribute);
    let field = match attribute {
        Attribute::FIRST_NAME => MatchField::FirstName,
        Attribute::LAST_NAME => MatchField::LastName,
        Attribute::COMPANY_NAME => MatchField::Company,
        Attribute::STREET => MatchField::Street,
        Attribute::ADDRESS_LINE_2 => MatchField::AddressLine2,
        Attribute::APARTMENT => MatchField::Apartment,
        Attribute::CITY => MatchField::City,
        Attribute::STATE => MatchField::State,
        Attribute::EMAIL => MatchField::Email,
        Attribute::POSTAL_CODE => return party.postal_code().to_owned(),
        Attribute::ADDRESS_LINE_3 | Attribute::ADDRESS_LINE_4 => return fold::address_line(text),
        Attribute::ALTERNATE_NUMBER | Attribute::RELATE_ID => return fold::identifier(text),
        Attribute::DAY_PHONE | Attribute::EVENING_PHONE | Attribute::FAX_PHONE => {
            return phone_form(text).unwrap_or_else(|| fold::words(text));
        }
        _ => return fold::words(text),
    };
    party.folded(field).into_owned()
}

/// A part of a customer beside what a message says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BesideMessage {
    pub part: Part,
    pub message: Option<Value>,
    pub customer: Option<Value>,
    pub differs: bool,
}

/// All that a message or a customer says of who it is, in the order of the attributes. What a message cannot say is no difference.
pub fn beside_message(
    message: &Attributes,
    customer: &Customer,
    controls: &Controls,
) -> Vec<BesideMessage> {
    let difference = Difference::between(message, &customer.attributes, controls);
    let attributes = Attribute::all()
        .filter(|attribute| !attribute.steers() && *attribute != Attribute::CUSTOMER_NUMBER)
        .map(|attribute| BesideMessage {
            part: Part::Attribute(attribute),
            message: message.get(attribute).map(|text| Value::Text(text.to_owned())),
            customer: history::value_of(customer, Part::Attribute(attribute)),
            differs: difference.is_in(attribute),
        });
    let others = [Part::AlternateName, Part::Phones].map(|part| BesideMessage {
        part,
        message: None,
        customer: history::value_of(customer, part),
        differs: false,
    });
    let all = attributes.chain(others);
    all.filter(|beside| beside.message.is_some() || beside.customer.is_some()).collect()
}

/// Whether two other names differ.
pub fn of_names(one: Option<&str>, other: Option<&str>) -> bool {
    fold::words(one.unwrap_or_default()) != fold::words(other.unwrap_or_default())
}

/// Whether the one has a number that the other does not have.
pub fn of_phones(one: &[Phone], other: &[Phone]) -> bool {
    let forms = |phones: &[Phone]| {
        let form = |phone: &Phone| {
            phone_form(phone.number()).unwrap_or_else(|| fold::words(phone.number()))
        };
        let mut forms: Vec<String> = phones.iter().map(form).collect();
        forms.sort();
        forms.dedup();
        forms
    };
    forms(one) != forms(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(attribute: Attribute, one: &str, other: &str) -> bool {
        let with = |value: &str| {
            let mut attributes: Attributes =
                [(Attribute::LAST_NAME, "Robinson"), (Attribute::COUNTRY, "USA")]
                    .into_iter()
                    .collect();
            attributes.set(attribute, value);
            attributes
        };
        let controls = Controls::default();
        let [there, back] = [(one, other), (other, one)].map(|(one, other)| {
            Difference::between(&with(one), &with(other), &controls).is_in(attribute)
        });
        assert_eq!(there, back, "{attribute:?}");
        there
    }

    #[test]
    fn what_folding_takes_away_is_no_difference() {
        for (attribute, one, other, expected) in [
            (Attribute::STREET, "100 Example Street", "100 EXAMPLE St.", false),
            (Attribute::STREET, "100 Example Street", "101 Example Street", true),
            (Attribute::CITY, "Westborough", "", true),
            (Attribute::CITY, "???", "", true),
            (Attribute::STATE, "Massachusetts", "MA", false),
            (Attribute::COUNTRY, "US", "USA", false),
            (Attribute::POSTAL_CODE, "US-01581", "01581", false),
            (Attribute::EMAIL, "Julie@Example.com", "julie@example.com", false),
            (Attribute::EMAIL, "julie@example.com", "ju.lie@example.com", true),
            (Attribute::DAY_PHONE, "(508) 555-0100", "508.555.0100", false),
            (Attribute::DAY_PHONE, "(508) 555-0100", "508.555.0101", true),
            (Attribute::RELATE_ID, "A-1", "A1", true),
            (Attribute::COMPANY, "", "1", false),
            (Attribute::LANGUAGE, "en", "EN", false),
        ] {
            assert_eq!(differs(attribute, one, other), expected, "{one} and {other}");
        }
    }

    #[test]
    fn a_business_that_is_called_as_a_person_is_has_the_same_name() {
        let business = [(Attribute::COMPANY_NAME, "Julie Robinson")].into_iter().collect();
        let person = [(Attribute::FIRST_NAME, "Julie"), (Attribute::LAST_NAME, "Robinson")];
        let person: Attributes = person.into_iter().collect();
        let difference = Difference::between(&business, &person, &Controls::default());
        assert!(!difference.is_in(Attribute::COMPANY_NAME));
        assert!(!difference.is_in(Attribute::LAST_NAME));
        let other = [(Attribute::COMPANY_NAME, "Julie Robinsen")].into_iter().collect();
        let difference = Difference::between(&other, &person, &Controls::default());
        assert!(difference.is_in(Attribute::COMPANY_NAME));
    }

    #[test]
    fn phones_are_compared_as_numbers_in_any_order() {
        let phones = |numbers: &[&str]| -> Vec<Phone> {
            numbers.iter().map(|number| Phone::parse(None, number).unwrap()).collect()
        };
        assert!(!of_phones(
            &phones(&["508-555-0100", "508-555-0101"]),
            &phones(&["(508) 555 0101", "(508) 555 0100"])
        ));
        assert!(of_phones(&phones(&["508-555-0100"]), &phones(&[])));
        assert!(!of_names(Some("Acme Inc."), Some("ACME inc")) && of_names(Some("Acme"), None));
    }
}
