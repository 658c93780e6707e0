//! The keys that candidates are found by (the field's term: blocking keys). Each is of two values that both survive another mistake in the rest; names and streets are in them
//! by their sound. What a key leads to is weighed, so a key may lead to many who are none.

use rphonetic::{Encoder as _, Nysiis};

use crate::customer::Customer;
use crate::customer::company::Company;
use crate::look_up::{self, Kind, Term};
use crate::matching::generic_values::GenericValues;
use crate::matching::party::Form;
use crate::message::Attribute;

use super::profile::Profile;

/// How many keys candidates are looked for under at the most, e-mail and phones among them.
pub const MAX_KEYS: usize = 16;

/// How many customers a key may lead to. One with more tells nobody from anybody, and is passed over.
pub const MAX_UNDER_A_KEY: usize = 500;

/// How many telephone numbers candidates are looked for under.
const MAX_PHONES: usize = 2;

/// How many words of a business's name are keys.
const MAX_WORDS: usize = 3;

/// The kinds of keys, the one that finds the most first. `cargo measure matching` says what each adds on public data; one that adds less than a thousandth to the recall over
/// all of it (house number with postal code) is not worth its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Two words of the name, in either order.
    Names,
    NumberAndCity,
    StreetAndPostalCode,
    NameAndPostalCode,
    NumberAndStreet,
    StreetAndCity,
    NameAndCity,
    NameAndStreet,
}

impl KeyKind {
    pub const ALL: [Self; 8] = [
        Self::Names,
        Self::NumberAndCity,
        Self::StreetAndPostalCode,
        Self::NameAndPostalCode,
        Self::NumberAndStreet,
        Self::StreetAndCity,
        Self::NameAndCity,
        Self::NameAndStreet,
    ];

    /// Stands in the key, and in what is told of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::NumberAndCity => "number-city",
            Self::StreetAndPostalCode => "street-postal-code",
            Self::NameAndPostalCode => "name-postal-code",
            Self::NumberAndStreet => "number-street",
            Self::StreetAndCity => "street-city",
            Self::NameAndCity => "name-city",
            Self::NameAndStreet => "name-street",
        }
    }
}

/// A key that a customer is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AlikeKey {
    pub kind: KeyKind,
    values: [String; 3],
}

/// The keys of a profile, the one that finds the most first.
pub fn keys(profile: &Profile) -> Vec<AlikeKey> {
    let names = names(profile);
    let [street, line_2, city] =
        [&profile.street, &profile.line_2, &profile.city].map(|text| sound(text));
    let Profile { house_number: number, postal_code, .. } = profile;
    // Where in the country it is: a postal code's first position, which is hardly ever mistaken.
    let region: String = postal_code.chars().take(1).collect();
    // A slip hardly ever is in the first letter.
    let initial: String = street.chars().take(1).collect();
    let mut keys: Vec<AlikeKey> = Vec::new();
    let mut add = |kind, one: &str, other: &str, beside: &str| {
        let values = [one.to_owned(), other.to_owned(), beside.to_owned()];
        let key = AlikeKey { kind, values };
        if !one.is_empty() && !other.is_empty() && !keys.contains(&key) {
            keys.push(key);
        }
    };
    if let [one, other, ..] = &names[..] {
        let (first, second) = if one <= other { (one, other) } else { (other, one) };
        add(KeyKind::Names, first, second, &region);
    }
    add(KeyKind::NumberAndCity, number, &city, &initial);
    add(KeyKind::StreetAndPostalCode, &street, postal_code, "");
    for name in &names {
        add(KeyKind::NameAndPostalCode, name, postal_code, "");
    }
    add(KeyKind::NumberAndStreet, number, &street, &region);
    add(KeyKind::StreetAndCity, &street, &city, "");
    // Many of a city have one first name.
    let of_city = if profile.form == Form::Person { 1 } else { MAX_WORDS };
    for name in names.iter().take(of_city) {
        add(KeyKind::NameAndCity, name, &city, "");
    }
    // Street and second line are written in each other's place.
    add(KeyKind::StreetAndCity, &line_2, &city, "");
    add(KeyKind::NumberAndStreet, number, &line_2, &region);
    for name in names.iter().take(2) {
        add(KeyKind::NameAndStreet, name, &street, &region);
    }
    keys
}

/// The words of a name that a customer is found by, by their sound: of a person last and first name, of a business its rare words.
fn names(profile: &Profile) -> Vec<String> {
    let words: Vec<&str> = match profile.form {
        Form::Person => vec![&profile.last_name, &profile.first_name],
        Form::Business => {
            let name = profile.names.first();
            name.map(|name| name.rare_words().into_iter().take(MAX_WORDS).collect())
                .unwrap_or_default()
        }
    };
    let mut names: Vec<String> = Vec::new();
    for name in words.into_iter().map(sound) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What a text sounds like (NYSIIS, Taft 1970); itself where it is not in Latin letters alone.
fn sound(text: &str) -> String {
    let closed_up: String = text.chars().filter(|character| *character != ' ').collect();
    if closed_up.bytes().all(|byte| byte.is_ascii_alphabetic()) && !closed_up.is_empty() {
        Nysiis::default().encode(&closed_up)
    } else {
        closed_up
    }
}

/// The terms that this customer stands under, to be found as a possible duplicate, beside its e-mail and phones. They do not depend on a control.
pub fn terms(customer: &Customer) -> Vec<Term> {
    if customer.erased.is_some() {
        return Vec::new();
    }
    let profile = Profile::of(customer, &GenericValues::default());
    let company = Company::new(customer.attributes.text(Attribute::COMPANY)).key();
    let term = |key: AlikeKey| {
        let [one, other, beside] = key.values;
        Term::alike([company.clone(), key.kind.name().to_owned(), one, other, beside])
    };
    keys(&profile).into_iter().take(MAX_KEYS).map(term).collect()
}

/// The terms under which its possible duplicates are looked for, [`MAX_KEYS`] at the most.
pub fn sought(customer: &Customer) -> Vec<Term> {
    let own = look_up::terms(customer);
    let of = |kind, most| own.iter().filter(move |term| term.kind == kind).take(most).cloned();
    let contacts = of(Kind::Email, 1).chain(of(Kind::Phone, MAX_PHONES));
    contacts.chain(terms(customer)).take(MAX_KEYS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Attributes;

    fn of(values: &[(Attribute, &str)]) -> Vec<AlikeKey> {
        let attributes: Attributes = values.iter().copied().collect();
        keys(&Profile::of_values(&attributes, None, &[], &GenericValues::default()))
    }

    fn kinds_in_common(one: &[(Attribute, &str)], other: &[(Attribute, &str)]) -> Vec<KeyKind> {
        let theirs = of(other);
        of(one).into_iter().filter(|key| theirs.contains(key)).map(|key| key.kind).collect()
    }

    const JULIE: [(Attribute, &str); 5] = [
        (Attribute::FIRST_NAME, "Julie"),
        (Attribute::LAST_NAME, "Robinson"),
        (Attribute::STREET, "100 Example Street"),
        (Attribute::CITY, "Westborough"),
        (Attribute::POSTAL_CODE, "01581"),
    ];

    #[test]
    fn each_single_mistake_is_survived_by_several_keys() {
        for mistake in [
            (Attribute::LAST_NAME, "Smith"),
            (Attribute::FIRST_NAME, ""),
            (Attribute::STREET, "7 Mill Road"),
            (Attribute::CITY, "Boston"),
            (Attribute::POSTAL_CODE, "10581"),
        ] {
            let mut other = JULIE.to_vec();
            other.retain(|(attribute, _)| *attribute != mistake.0);
            other.push(mistake);
            assert!(kinds_in_common(&JULIE, &other).len() >= 3, "{mistake:?}");
        }
    }

    #[test]
    fn names_in_each_others_place_and_a_business_called_as_a_person_meet() {
        let crossed = [(Attribute::FIRST_NAME, "Robinson"), (Attribute::LAST_NAME, "Julie")];
        assert_eq!(kinds_in_common(&JULIE[..2], &crossed), [KeyKind::Names]);
        let business = [(Attribute::COMPANY_NAME, "Julie Robinson")];
        assert_eq!(kinds_in_common(&JULIE[..2], &business), [KeyKind::Names]);
    }

    #[test]
    fn a_business_is_found_by_rare_words_and_nobody_by_nothing() {
        let acme = |name| [(Attribute::COMPANY_NAME, name), (Attribute::CITY, "Springfield")];
        let kinds = kinds_in_common(&acme("Acme Day Care Center"), &acme("The ACME Daycare, Inc."));
        assert_eq!(kinds, [KeyKind::NameAndCity]);
        let other = kinds_in_common(&acme("Acme Day Care Center"), &acme("Zenith Day Care Center"));
        assert!(other.is_empty());
        assert!(of(&[]).is_empty());
        assert!(of(&[(Attribute::LAST_NAME, "Unknown"), (Attribute::CITY, "Boston")]).is_empty());
    }
}
