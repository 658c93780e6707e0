//! A profile: a customer's values as they are compared with one that may be the same, folded once.

use crate::customer::address::Address;
use crate::customer::contact::Phone;
use crate::customer::country::Country;
use crate::customer::{Customer, display_name, full_name};
use crate::look_up::{email_form, phone_form, postal_code_beginning};
use crate::matching::fold;
use crate::matching::generic_values::GenericValues;
use crate::matching::party::Form;
use crate::message::{Attribute, Attributes};

use super::similarity::BusinessName;

/// What abbreviations of streets and cities stand for.
const EXPANDED: [(&str, &str); 11] = [
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("ne", "northeast"),
    ("nw", "northwest"),
    ("se", "southeast"),
    ("sw", "southwest"),
    ("ft", "fort"),
    ("mt", "mount"),
    ("st", "saint"),
];

/// What is written before the number of a unit and says nothing of which it is.
const DESIGNATORS: [&str; 14] = [
    "apartment",
    "apt",
    "fl",
    "flat",
    "floor",
    "lot",
    "no",
    "number",
    "rm",
    "room",
    "shop",
    "ste",
    "suite",
    "unit",
];

/// A customer as it is compared.
#[derive(Clone)]
pub struct Profile {
    pub(super) form: Form,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// A business's names, its other name too; of a person the whole name.
    pub(super) names: Vec<BusinessName>,
    pub(super) house_number: String,
    pub(super) street: String,
    /// The second line where it has no number.
    pub(super) line_2: String,
    pub(super) unit: String,
    pub(super) city: String,
    pub(super) postal_code: String,
    pub(super) state: String,
    pub(super) email: String,
    pub(super) phones: Vec<Number>,
    pub(super) shown: Shown,
}

/// The values as they came, to be shown.
#[derive(Clone)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) address: Address,
    pub(super) email: String,
}

/// A telephone number.
#[derive(Clone)]
pub(super) struct Number {
    pub(super) digits: String,
    pub(super) shown: String,
}

impl Profile {
    /// The profile of a customer. What stands for nobody is as good as not given.
    pub fn of(customer: &Customer, values: &GenericValues) -> Self {
        let alternate_name = customer.alternate_name.as_deref();
        Self::of_values(&customer.attributes, alternate_name, &customer.all_phones(), values)
    }

    /// The profile of these values.
    pub fn of_values(
        attributes: &Attributes,
        alternate_name: Option<&str>,
        phones: &[Phone],
        values: &GenericValues,
    ) -> Self {
        let text = |attribute| attributes.text(attribute);
        let name = |name: &str| {
            if values.is_placeholder_name(name) { String::new() } else { fold::words(name) }
        };
        let form = match attributes.get(Attribute::COMPANY_NAME) {
            Some(_) => Form::Business,
            None => Form::Person,
        };
        let last_name = name(text(Attribute::LAST_NAME));
        let names = match form {
            Form::Business => [text(Attribute::COMPANY_NAME), alternate_name.unwrap_or_default()]
                .into_iter()
                .filter_map(|one| BusinessName::of(&name(one)))
                .collect(),
            Form::Person if last_name.is_empty() => Vec::new(),
            Form::Person => {
                BusinessName::of(&fold::words(&full_name(attributes))).into_iter().collect()
            }
        };
        let (house_number, street) = if values.is_placeholder_street(text(Attribute::STREET)) {
            (String::new(), String::new())
        } else {
            street(text(Attribute::STREET))
        };
        let (line_2, unit) = second_line(attributes);
        let email =
            Some(text(Attribute::EMAIL)).filter(|email| !values.is_placeholder_email(email));
        let phones = phones
            .iter()
            .map(Phone::number)
            .filter(|number| !values.is_placeholder_phone(number))
            .filter_map(|number| {
                Some(Number { digits: phone_form(number)?, shown: number.to_owned() })
            });
        Self {
            form,
            first_name: fold::closed_up(&name(text(Attribute::FIRST_NAME))),
            last_name: fold::closed_up(&last_name),
            names,
            house_number,
            street,
            line_2,
            unit,
            city: expanded(&fold::words(text(Attribute::CITY))),
            postal_code: postal_code(attributes),
            state: fold::words(text(Attribute::STATE)),
            email: email.map(email_form).unwrap_or_default(),
            phones: phones.collect(),
            shown: Shown {
                name: display_name(attributes),
                address: Address::of(attributes),
                email: text(Attribute::EMAIL).to_owned(),
            },
        }
    }
}

/// The first positions of the postal code without the country's own prefix.
fn postal_code(attributes: &Attributes) -> String {
    let code = attributes.text(Attribute::POSTAL_CODE);
    let country = attributes.get(Attribute::COUNTRY).and_then(Country::of);
    let bare = country.and_then(|country| country.bare_postal_code(code));
    postal_code_beginning(&bare.unwrap_or_else(|| code.to_owned())).unwrap_or_default()
}

/// The number and the name of a street, wherever the number stands.
fn street(line: &str) -> (String, String) {
    let folded = fold::address_line(line);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let is_number =
        |word: &&str| word.starts_with(|first: char| first.is_ascii_digit()) && !is_ordinal(word);
    let number = if words.first().is_some_and(is_number) {
        words.remove(0)
    } else if words.len() > 1 && words.last().is_some_and(is_number) {
        words.pop().unwrap_or_default()
    } else {
        ""
    };
    (number.to_owned(), expanded(&words.join(" ")))
}

/// Whether a word is `5th` or the like.
fn is_ordinal(word: &str) -> bool {
    ["st", "nd", "rd", "th"].into_iter().any(|ending| word.ends_with(ending))
}

/// The second line where it is words alone; and the apartment, or the second line where that has a number.
fn second_line(attributes: &Attributes) -> (String, String) {
    let apartment = unit(attributes.text(Attribute::APARTMENT));
    let line = fold::address_line(attributes.text(Attribute::ADDRESS_LINE_2));
    if line.contains(|character: char| character.is_ascii_digit()) {
        let unit = if apartment.is_empty() { unit(&line) } else { apartment };
        (String::new(), unit)
    } else {
        (expanded(&line), apartment)
    }
}

fn unit(text: &str) -> String {
    let folded = fold::words(text);
    folded.split(' ').filter(|word| !DESIGNATORS.contains(word)).collect()
}

fn expanded(folded: &str) -> String {
    let words = folded.split(' ').map(|word| {
        EXPANDED.iter().find(|(short, _)| *short == word).map_or(word, |(_, whole)| *whole)
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_is_its_number_and_its_name_in_either_order() {
        for (line, number, name) in [
            ("100 Example St.", "100", "example"),
            ("Hauptstraße 12a", "12a", "hauptstrasse"),
            ("350 5th Ave", "350", "5th ave"),
            ("5th Avenue", "", "5th avenue"),
            ("435 S. La Cienega Blvd.", "435", "south la cienega"),
            ("12", "12", ""),
            ("", "", ""),
        ] {
            let line = street(line);
            assert_eq!((line.0.as_str(), line.1.as_str()), (number, name));
        }
    }

    #[test]
    fn a_second_line_with_a_number_is_a_unit() {
        let of = |line_2: &str, apartment: &str| {
            let values = [(Attribute::ADDRESS_LINE_2, line_2), (Attribute::APARTMENT, apartment)];
            second_line(&values.into_iter().collect())
        };
        assert_eq!(of("Suite 200", ""), (String::new(), "200".to_owned()));
        assert_eq!(of("", "Apt. 4 B"), (String::new(), "4b".to_owned()));
        assert_eq!(of("Rosetta Village", "7"), ("rosetta village".to_owned(), "7".to_owned()));
    }
}
