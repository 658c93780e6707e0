//! The weights: how much each field says, in bits. They are one table, with where each comes from. A deployment can fit a table of its own (`cargo measure weights`) and give it
//! as a control.

use std::fmt;

use super::similarity::Likeness;

/// What is compared of two customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A person's last name.
    LastName,
    /// A person's first name.
    FirstName,
    /// A business's name, or that of a business and a person's whole name.
    BusinessName,
    HouseNumber,
    /// The street without its number and its roadway word.
    StreetName,
    /// A second line of the address that has no number.
    AddressLine2,
    /// The apartment, or a second line that has a number.
    Unit,
    City,
    PostalCode,
    State,
    Email,
    Phone,
}

impl Evidence {
    pub const ALL: [Self; 12] = [
        Self::LastName,
        Self::FirstName,
        Self::BusinessName,
        Self::HouseNumber,
        Self::StreetName,
        Self::AddressLine2,
        Self::Unit,
        Self::City,
        Self::PostalCode,
        Self::State,
        Self::Email,
        Self::Phone,
    ];

    /// What the control calls it, and a report that is read beside it.
    pub fn name(self) -> &'static str {
        match self {
            Self::LastName => "last_name",
            Self::FirstName => "first_name",
            Self::BusinessName => "business_name",
            Self::HouseNumber => "house_number",
            Self::StreetName => "street",
            Self::AddressLine2 => "address_line_2",
            Self::Unit => "unit",
            Self::City => "city",
            Self::PostalCode => "postal_code",
            Self::State => "state",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

/// The bits of a value that agrees, is close, is near, and differs: log2 of how often that is so of one customer told twice, by how often it is so of two. A blank says
/// nothing.
type Row = [f64; 4];

/// The most that one value may say for two customers being one, or against it.
const MAX_BITS: f64 = 30.0;

/// A table of weights: what is more alike never says less.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights([Row; Evidence::ALL.len()]);

/// Of names, streets, cities, postal codes and states: counted on the 5,000 pairs of FEBRL 4, beside two million pairs of two persons of it, and rounded (how often a value is
/// mistyped, and how often two persons share it; `cargo measure weights` counts anew). States are close in FEBRL 4 too seldom to count. What FEBRL does not have is an
/// estimate, with its reason beside it.
const BUILT_IN: [Row; Evidence::ALL.len()] = [
    // last name
    [7.7, 7.5, 3.1, -3.0],
    // first name
    [7.8, 6.6, 2.1, -2.6],
    // business name: rarer than a last name, for it has more words; two of one place that differ altogether are neighbours
    [11.0, 8.0, 3.0, -9.0],
    // house number
    [6.0, -2.3, -2.9, -3.2],
    // street
    [11.0, 9.9, 6.7, -3.8],
    // address line 2
    [10.4, 9.7, 2.9, -4.0],
    // unit: of a house number's kind, but every house has a 1; one that is close is the next door
    [3.0, -3.0, -3.0, -3.0],
    // city
    [9.7, 9.3, 1.3, -4.3],
    // postal code
    [9.8, 3.5, -4.4, -6.7],
    // state
    [2.1, 0.2, 0.2, -5.7],
    // e-mail: hardly two have one, but for mailboxes of offices and families; people have several
    [12.0, 5.0, 5.0, -2.0],
    // phone: families and offices share one; people have several
    [8.0, 4.0, 4.0, -1.0],
];

/// What of two persons who differ in both names is left of that they are one: two mistakes at once are rarer than each.
pub(super) const BOTH_NAMES_DIFFER: f64 = -4.0;

/// What it says that first and last name, or street and second line, are written in each other's place (in FEBRL 4, one in thirty).
pub(super) const CROSSED: f64 = -5.0;

/// The most that the parts of an address say together. They say one thing: many live in one house, and a city follows from its postal code.
pub(super) const MAX_PLACE: f64 = 20.0;

/// The same where a second line agrees that is words: it names a house or a farm, and few live there.
pub(super) const MAX_NAMED_PLACE: f64 = 22.0;

/// The least: who moves, moves with street, number, city and postal code at once.
pub(super) const MIN_PLACE: f64 = -5.0;

/// How much a phone says at the most beside an address that says all it can: those of one house share it.
pub(super) const PHONE_OF_PLACE: f64 = 1.0;

/// From how many bits on an address is one household's.
pub(super) const HOUSEHOLD: f64 = 15.0;

/// The most that the last name says in a household whose first names differ: a family has it in common.
pub(super) const FAMILY_NAME: f64 = 0.0;

/// The most that the first name says in a household whose last names differ.
pub(super) const FIRST_NAME_IN_HOUSEHOLD: f64 = 3.0;

/// The most that a business's name says that is near another's at one address: departments of a house, and neighbours named after it, have words in common. A steward decides.
pub(super) const NEAR_BUSINESS_OF_PLACE: f64 = 0.5;

/// The most that the city says where the postal code agrees, of which it follows.
pub(super) const CITY_OF_POSTAL_CODE: f64 = 1.0;

impl Weights {
    /// The bits that this likeness of this evidence says.
    pub fn bits(&self, evidence: Evidence, likeness: Likeness) -> f64 {
        let [agree, close, near, differ] = self.0[evidence as usize];
        match likeness {
            Likeness::Agree => agree,
            Likeness::Close => close,
            Likeness::Near => near,
            Likeness::Differ => differ,
            Likeness::Blank => 0.0,
        }
    }

    /// The same with this row in place of its own, in tenths of a bit; none for a row that no table may have: one that is out of range, or says more of what is less alike.
    #[must_use]
    pub fn with(mut self, evidence: Evidence, row: Row) -> Option<Self> {
        let is_in_range = |bits: &f64| (-MAX_BITS..=MAX_BITS).contains(bits);
        let row = row.map(|bits| (bits * 10.0).round() / 10.0);
        let [agree, .., differ] = row;
        let fits = row.iter().all(is_in_range)
            && row.is_sorted_by(|more, less| more >= less)
            && agree >= 0.0
            && differ <= 0.0;
        // A zero has no sign.
        self.0[evidence as usize] = row.map(|bits| bits + 0.0);
        fits.then_some(self)
    }

    /// Parses the control `MATCH_WEIGHTS`: `last_name=7.7,7.5,3.1,-3;city=…`, of each field the bits of a value that agrees, is close, is near, and differs. What it does not
    /// name is as it is built in.
    pub fn parse(text: &str) -> Option<Self> {
        let mut weights = Self::default();
        let mut given: Vec<Evidence> = Vec::new();
        for row in text.split(';').map(str::trim).filter(|row| !row.is_empty()) {
            let (name, row) = row.split_once('=')?;
            let evidence = Evidence::ALL.into_iter().find(|one| one.name() == name.trim())?;
            if given.contains(&evidence) {
                return None;
            }
            given.push(evidence);
            let bits: Vec<f64> = row.split(',').map(bits).collect::<Option<_>>()?;
            weights = weights.with(evidence, bits.try_into().ok()?)?;
        }
        (!given.is_empty()).then_some(weights)
    }
}

/// A number of bits with one decimal at the most.
fn bits(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_number(whole, 2) && is_number(decimals, 1) { text.parse().ok() } else { None }
}

/// The table in the form in which the control takes it.
impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (evidence, row) in Evidence::ALL.into_iter().zip(&self.0) {
            let [agree, close, near, differ] = row;
            let end = if evidence == Evidence::Phone { "" } else { ";" };
            write!(f, "{}={agree},{close},{near},{differ}{end}", evidence.name())?;
        }
        Ok(())
    }
}

impl Default for Weights {
    fn default() -> Self {
        Self(BUILT_IN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_alike_never_says_less() {
        let weights = Weights::default();
        for evidence in Evidence::ALL {
            let bits = [Likeness::Agree, Likeness::Close, Likeness::Near, Likeness::Differ]
                .map(|likeness| weights.bits(evidence, likeness));
            assert!(bits.windows(2).all(|two| two[0] >= two[1]), "{evidence:?} {bits:?}");
            assert!(bits[0] > 0.0 && bits[3] < 0.0, "{evidence:?}");
            assert!(weights.bits(evidence, Likeness::Blank).abs() < f64::EPSILON);
            assert_eq!(Weights::default().with(evidence, bits), Some(Weights::default()));
        }
    }

    #[test]
    fn a_table_is_a_text_and_read_back_and_what_it_does_not_name_is_built_in() {
        let built_in = Weights::default();
        assert_eq!(Weights::parse(&built_in.to_string()), Some(built_in.clone()));
        let text = " city = 4.5, 4 ,0,-0.5 ; state=0,0,0,-0; ";
        let weights = Weights::parse(text).unwrap();
        let expected = built_in.with(Evidence::City, [4.5, 4.0, 0.0, -0.5]);
        let expected = expected.unwrap().with(Evidence::State, [0.0; 4]).unwrap();
        assert_eq!(weights, expected);
        assert!(weights.to_string().contains(";state=0,0,0,0;"), "{weights}");
        assert_eq!(Weights::parse(&weights.to_string()), Some(weights));
    }

    #[test]
    fn a_table_that_says_more_of_what_is_less_alike_or_is_none_is_refused() {
        for bad in [
            "",
            ";",
            "city",
            "city=",
            "city=1,1,1",
            "city=1,1,1,1,1",
            "city=1,2,0,-1",
            "city=-1,-1,-1,-1",
            "city=2,2,2,1",
            "town=1,1,0,-1",
            "city=1,1,0,-1;city=1,1,0,-1",
            "city=NaN,1,0,-1",
            "city=inf,1,0,-1",
            "city=1e1,1,0,-1",
            "city=+1,1,0,-1",
            "city=1,1,0,--1",
            "city=1,1,0,-inf",
            "city=30.1,1,0,-1",
            "city=1,1,0,-99",
            "city=1.23,1,0,-1",
            "city=1.,1,0,-1",
            "city=.5,0,0,-1",
            "city=9999999999999999999999,1,0,-1",
            "city=1,1,0,-1,",
            "city=١,1,0,-1",
            "{\"city\":[1,1,0,-1]}",
        ] {
            assert_eq!(Weights::parse(bad), None, "{bad:?}");
        }
        let row = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];
        for bits in row {
            assert_eq!(Weights::default().with(Evidence::City, [bits, 0.0, 0.0, 0.0]), None);
            assert_eq!(Weights::default().with(Evidence::City, [0.0, 0.0, 0.0, bits]), None);
        }
    }
}
