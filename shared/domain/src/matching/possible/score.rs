//! The score of two customers: what each field says, in bits, and all together. What is left of a dependence between fields (one household, one address, one city of a postal code)
//! is a limit here, for the method takes fields as independent.

use crate::matching::party::Form;

use super::profile::Profile;
use super::similarity::{BusinessName, Likeness, best, codes, emails, phones, words};
use super::weights::{
    BOTH_NAMES_DIFFER, CITY_OF_POSTAL_CODE, CROSSED, Evidence, FAMILY_NAME,
    FIRST_NAME_IN_HOUSEHOLD, HOUSEHOLD, MAX_NAMED_PLACE, MAX_PLACE, MIN_PLACE,
    NEAR_BUSINESS_OF_PLACE, PHONE_OF_PLACE, Weights,
};

/// A number of bits, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Bits(i32);

impl Bits {
    /// The most that a control may ask for.
    const MAX: f64 = 100.0;

    #[expect(clippy::cast_possible_truncation, reason = "bits are some tens")]
    fn of(bits: f64) -> Self {
        Self((bits * 10.0).round() as i32)
    }

    pub const fn from_tenths(tenths: i32) -> Self {
        Self(tenths)
    }

    pub fn tenths(self) -> i32 {
        self.0
    }

    pub fn value(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// Parses `14.5`: 0 to 100, with one decimal at the most.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let bits: f64 = text.parse().ok().filter(|_| is_plain && decimals <= 1)?;
        (bits <= Self::MAX).then(|| Self::of(bits))
    }
}

/// The controls `LIKELY_DUPLICATE` and `POSSIBLE_DUPLICATE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    pub likely: Bits,
    pub possible: Bits,
}

impl Default for Thresholds {
    /// Measured on the public data: see `cargo measure matching`.
    fn default() -> Self {
        Self { likely: Bits(220), possible: Bits(120) }
    }
}

impl Thresholds {
    /// What a score is called; none below both thresholds.
    pub fn grade(&self, bits: Bits) -> Option<Grade> {
        if bits >= self.likely {
            Some(Grade::Likely)
        } else if bits >= self.possible {
            Some(Grade::Possible)
        } else {
            None
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    Likely,
    Possible,
}

impl Grade {
    /// `likely` or `possible`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// What one field says, with both values as they came.
#[derive(Clone, PartialEq, Eq)]
pub struct Why {
    pub field: &'static str,
    pub agreement: &'static str,
    pub bits: Bits,
    pub mine: String,
    pub theirs: String,
}

/// It shows values of persons.
impl std::fmt::Debug for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Why({} {} {})", self.field, self.agreement, self.bits.value())
    }
}

/// How alike two customers are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// All that the fields say together.
    pub bits: Bits,
    pub why: Vec<Why>,
}

impl Score {
    /// Compares two customers under the weights that were built in.
    pub fn of(mine: &Profile, theirs: &Profile) -> Self {
        Self::under(&Weights::default(), mine, theirs)
    }

    /// The same under other weights.
    pub fn under(weights: &Weights, mine: &Profile, theirs: &Profile) -> Self {
        let place = Place::of(weights, mine, theirs);
        let name = name(weights, mine, theirs, place.bits);
        let email = emails(&mine.email, &theirs.email);
        let (phone, at) =
            best(&mine.phones, &theirs.phones, |one, other| phones(&one.digits, &other.digits));
        let phone_bits = weights.bits(Evidence::Phone, phone);
        let phone_bits = phone_bits.min((MAX_PLACE - place.bits).max(0.0) + PHONE_OF_PLACE);
        let first = |of: &Profile| of.phones.first().map(|number| number.shown.clone());
        let (my_phone, their_phone) = match at {
            Some((one, other)) => (Some(one.shown.clone()), Some(other.shown.clone())),
            None => (first(mine), first(theirs)),
        };
        let said = |field, agreement, bits, my_value: &str, their_value: &str| Why {
            field,
            agreement,
            bits: Bits::of(bits),
            mine: my_value.to_owned(),
            theirs: their_value.to_owned(),
        };
        let mut why = vec![said("name", name.0, name.1, &mine.shown.name, &theirs.shown.name)];
        why.extend(place.why(mine, theirs));
        let email_bits = weights.bits(Evidence::Email, email);
        why.push(said("email", email.name(), email_bits, &mine.shown.email, &theirs.shown.email));
        let (my_phone, their_phone) =
            (my_phone.unwrap_or_default(), their_phone.unwrap_or_default());
        why.push(said("phone", phone.name(), phone_bits, &my_phone, &their_phone));
        why.retain(|one| !one.mine.is_empty() || !one.theirs.is_empty());
        Self { bits: Bits(why.iter().map(|one| one.bits.0).sum()), why }
    }
}

/// What the names say, and in which word.
fn name(weights: &Weights, mine: &Profile, theirs: &Profile, place: f64) -> (&'static str, f64) {
    if mine.form == Form::Business || theirs.form == Form::Business {
        let (likeness, _) = best(&mine.names, &theirs.names, BusinessName::likeness);
        let mut bits = weights.bits(Evidence::BusinessName, likeness);
        if place >= HOUSEHOLD && likeness == Likeness::Near {
            bits = bits.min(NEAR_BUSINESS_OF_PLACE);
        }
        return (likeness.name(), bits);
    }
    let say = |last, first| {
        weights.bits(Evidence::LastName, last) + weights.bits(Evidence::FirstName, first)
    };
    let straight =
        (words(&mine.last_name, &theirs.last_name), words(&mine.first_name, &theirs.first_name));
    let crossed =
        (words(&mine.last_name, &theirs.first_name), words(&mine.first_name, &theirs.last_name));
    let is_crossed = say(crossed.0, crossed.1) + CROSSED > say(straight.0, straight.1);
    let (last, first) = if is_crossed { crossed } else { straight };
    let mut last_bits = weights.bits(Evidence::LastName, last);
    let mut first_bits = weights.bits(Evidence::FirstName, first);
    if place >= HOUSEHOLD && first == Likeness::Differ {
        last_bits = last_bits.min(FAMILY_NAME);
    }
    if place >= HOUSEHOLD && last == Likeness::Differ {
        first_bits = first_bits.min(FIRST_NAME_IN_HOUSEHOLD);
    }
    let mut bits = last_bits + first_bits;
    if is_crossed {
        bits += CROSSED;
    }
    if last == Likeness::Differ && first == Likeness::Differ {
        bits += BOTH_NAMES_DIFFER;
    }
    let given: Vec<Likeness> =
        [last, first].into_iter().filter(|one| *one != Likeness::Blank).collect();
    let agreement = match (given.iter().min(), given.iter().max()) {
        (Some(Likeness::Differ), _) => Likeness::Differ,
        (_, Some(Likeness::Agree)) if !is_crossed => Likeness::Agree,
        (Some(_), _) => Likeness::Close,
        (None, _) => Likeness::Blank,
    };
    (agreement.name(), bits)
}

/// What an address says, part by part.
struct Place {
    parts: Vec<(&'static str, &'static str, f64)>,
    bits: f64,
}

impl Place {
    fn of(weights: &Weights, mine: &Profile, theirs: &Profile) -> Self {
        let lines = |street: Likeness, line_2: Likeness| {
            weights.bits(Evidence::StreetName, street)
                + weights.bits(Evidence::AddressLine2, line_2)
        };
        let straight = (words(&mine.street, &theirs.street), words(&mine.line_2, &theirs.line_2));
        let crossed = (words(&mine.street, &theirs.line_2), words(&mine.line_2, &theirs.street));
        let is_crossed = lines(crossed.0, crossed.1) + CROSSED > lines(straight.0, straight.1);
        let (street, line_2) = if is_crossed { crossed } else { straight };
        let number = codes(&mine.house_number, &theirs.house_number);
        let street_bits = weights.bits(Evidence::StreetName, street)
            + weights.bits(Evidence::HouseNumber, number)
            + if is_crossed { CROSSED } else { 0.0 };
        let unit = match codes(&mine.unit, &theirs.unit) {
            // One that is close is another.
            Likeness::Close | Likeness::Near => Likeness::Differ,
            other @ (Likeness::Agree | Likeness::Differ | Likeness::Blank) => other,
        };
        let postal_code = codes(&mine.postal_code, &theirs.postal_code);
        let city = words(&mine.city, &theirs.city);
        let mut city_bits = weights.bits(Evidence::City, city);
        if postal_code == Likeness::Agree {
            city_bits = city_bits.min(CITY_OF_POSTAL_CODE);
        }
        let state = codes(&mine.state, &theirs.state);
        let simple = |field, evidence, likeness: Likeness| {
            (field, likeness.name(), weights.bits(evidence, likeness))
        };
        let mut parts = vec![
            ("street", line_agreement(street, number), street_bits),
            simple("address_line_2", Evidence::AddressLine2, line_2),
            simple("apartment", Evidence::Unit, unit),
            ("city", city.name(), city_bits),
            simple("postal_code", Evidence::PostalCode, postal_code),
            simple("state", Evidence::State, state),
        ];
        let whole: f64 = parts.iter().map(|(_, _, bits)| bits).sum();
        let is_named = matches!(line_2, Likeness::Agree | Likeness::Close) && !is_crossed;
        let most = if is_named { MAX_NAMED_PLACE } else { MAX_PLACE };
        let bits = whole.clamp(MIN_PLACE, most);
        if (bits - whole).abs() > f64::EPSILON {
            for (_, _, part) in &mut parts {
                *part *= bits / whole;
            }
        }
        Self { parts, bits }
    }

    fn why<'p>(&'p self, mine: &'p Profile, theirs: &'p Profile) -> impl Iterator<Item = Why> + 'p {
        let value = |of: &Profile, field: &str| {
            let address = &of.shown.address;
            match field {
                "street" => address.line1.clone(),
                "address_line_2" => address.line2.clone(),
                "apartment" => address.apartment.clone(),
                "city" => address.city.clone(),
                "postal_code" => address.postal_code.clone(),
                _ => address.state.clone(),
            }
        };
        self.parts.iter().map(move |(field, agreement, bits)| Why {
            field,
            agreement,
            bits: Bits::of(*bits),
            mine: value(mine, field),
            theirs: value(theirs, field),
        })
    }
}

/// Of a street with its number: it agrees where both do.
fn line_agreement(street: Likeness, number: Likeness) -> &'static str {
    match (street, number) {
        (Likeness::Blank, one) | (one, Likeness::Blank) => one.name(),
        (Likeness::Agree, Likeness::Agree) => Likeness::Agree.name(),
        (Likeness::Differ, Likeness::Differ) => Likeness::Differ.name(),
        _ => Likeness::Close.name(),
    }
}

/// How alike two are in each evidence by itself, in the order of [`Evidence::ALL`]: what weights are fitted on.
pub fn likenesses(mine: &Profile, theirs: &Profile) -> [Likeness; Evidence::ALL.len()] {
    let persons = mine.form == Form::Person && theirs.form == Form::Person;
    let of_persons = |one: &str, other: &str| {
        if persons { words(one, other) } else { Likeness::Blank }
    };
    Evidence::ALL.map(|evidence| match evidence {
        Evidence::LastName => of_persons(&mine.last_name, &theirs.last_name),
        Evidence::FirstName => of_persons(&mine.first_name, &theirs.first_name),
        Evidence::BusinessName if persons => Likeness::Blank,
        Evidence::BusinessName => best(&mine.names, &theirs.names, BusinessName::likeness).0,
        Evidence::HouseNumber => codes(&mine.house_number, &theirs.house_number),
        Evidence::StreetName => words(&mine.street, &theirs.street),
        Evidence::AddressLine2 => words(&mine.line_2, &theirs.line_2),
        Evidence::Unit => match codes(&mine.unit, &theirs.unit) {
            Likeness::Close | Likeness::Near => Likeness::Differ,
            other @ (Likeness::Agree | Likeness::Differ | Likeness::Blank) => other,
        },
        Evidence::City => words(&mine.city, &theirs.city),
        Evidence::PostalCode => codes(&mine.postal_code, &theirs.postal_code),
        Evidence::State => codes(&mine.state, &theirs.state),
        Evidence::Email => emails(&mine.email, &theirs.email),
        Evidence::Phone => {
            best(&mine.phones, &theirs.phones, |one, other| phones(&one.digits, &other.digits)).0
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::contact::Phone;
    use crate::matching::generic_values::GenericValues;
    use crate::message::{Attribute, Attributes};

    const JULIE: [(Attribute, &str); 7] = [
        (Attribute::FIRST_NAME, "Julie"),
        (Attribute::LAST_NAME, "Robinson"),
        (Attribute::STREET, "100 Example Street"),
        (Attribute::CITY, "Westborough"),
        (Attribute::STATE, "MA"),
        (Attribute::POSTAL_CODE, "01581"),
        (Attribute::EMAIL, "julie@robinson.example"),
    ];

    fn profile(changes: &[(Attribute, &str)], phones: &[&str]) -> Profile {
        let all = JULIE.iter().chain(changes).copied();
        let attributes: Attributes = all.collect();
        let phones: Vec<Phone> =
            phones.iter().map(|number| Phone::parse(None, number).unwrap()).collect();
        Profile::of_values(&attributes, None, &phones, &GenericValues::default())
    }

    fn grade(one: &Profile, other: &Profile) -> Option<Grade> {
        let (score, back) = (Score::of(one, other), Score::of(other, one));
        assert_eq!(score.bits, back.bits, "the same from both sides");
        assert_eq!(score.bits.0, score.why.iter().map(|why| why.bits.0).sum::<i32>());
        Thresholds::default().grade(score.bits)
    }

    #[test]
    fn a_slip_is_likely_a_household_is_possible_and_a_neighbour_is_none() {
        let bare = [(Attribute::EMAIL, "")];
        let with = |changes: &[(Attribute, &str)], phones: &[&str]| {
            profile(&[&bare[..], changes].concat(), phones)
        };
        let julie = with(&[], &["508-555-0100"]);
        let last = |name| (Attribute::LAST_NAME, name);
        let first = |name| (Attribute::FIRST_NAME, name);
        for (other, expected) in [
            (
                with(&[last("Robinsen"), (Attribute::POSTAL_CODE, "01518")], &[]),
                Some(Grade::Likely),
            ),
            (with(&[first("Robinson"), last("Julie")], &[]), Some(Grade::Likely)),
            (with(&[first("Theodore")], &["508-555-0100"]), Some(Grade::Possible)),
            (with(&[last("Garcia")], &[]), Some(Grade::Possible)),
            (with(&[first("Theodore"), last("Garcia")], &["508-555-0100"]), None),
            (
                with(
                    &[
                        (Attribute::STREET, "7 Mill Road"),
                        (Attribute::CITY, "Boston"),
                        (Attribute::POSTAL_CODE, "90210"),
                    ],
                    &[],
                ),
                None,
            ),
        ] {
            assert_eq!(grade(&julie, &other), expected, "{:?}", Score::of(&julie, &other));
        }
    }

    #[test]
    fn who_moves_is_known_by_an_e_mail() {
        let moved = [
            (Attribute::STREET, "7 Mill Road"),
            (Attribute::CITY, "San Diego"),
            (Attribute::STATE, "CA"),
            (Attribute::POSTAL_CODE, "92101"),
        ];
        assert_eq!(grade(&profile(&[], &[]), &profile(&moved, &[])), Some(Grade::Likely));
    }

    #[test]
    fn businesses_of_one_address_are_told_apart_by_their_names() {
        let business =
            |name| profile(&[(Attribute::COMPANY_NAME, name), (Attribute::EMAIL, "")], &[]);
        let quarry = business("Northern Quarry");
        assert_eq!(grade(&quarry, &business("Northern Quarry, Inc.")), Some(Grade::Likely));
        assert_eq!(grade(&quarry, &business("Acme Bakery")), None);
        let courts = [business("Palace Court"), business("Empress Court")];
        assert_eq!(grade(&courts[0], &courts[1]), Some(Grade::Possible));
        let person = profile(&[(Attribute::EMAIL, "")], &[]);
        assert_eq!(grade(&business("Julie Robinson"), &person), Some(Grade::Likely));
    }

    #[test]
    fn why_shows_both_values_and_nothing_that_neither_has() {
        let score =
            Score::of(&profile(&[], &[]), &profile(&[(Attribute::FIRST_NAME, "Julia")], &[]));
        let why = &score.why[0];
        assert_eq!(
            (why.field, why.mine.as_str(), why.theirs.as_str()),
            ("name", "Julie Robinson", "Julia Robinson")
        );
        assert_eq!(why.agreement, "close");
        assert!(score.why.iter().all(|why| why.field != "phone" && why.field != "apartment"));
        assert!(!format!("{score:?}").contains("Robinson"));
    }

    #[test]
    fn bits_are_read_with_one_decimal() {
        assert_eq!(Bits::parse("14.5"), Some(Bits(145)));
        assert_eq!(Bits::parse("0"), Some(Bits(0)));
        for bad in ["", "-1", "1e3", "100.1", "14.55", "nan", "x", "."] {
            assert_eq!(Bits::parse(bad), None, "{bad}");
        }
    }
}
