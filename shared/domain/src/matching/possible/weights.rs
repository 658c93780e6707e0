//! The weights: how much each field says, in bits. They are one table, with where each comes from. A deployment can fit a table of its own (`cargo measure weights`).

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

    pub fn name(self) -> &'static str {
        match self {
            Self::LastName => "last name",
            Self::FirstName => "first name",
            Self::BusinessName => "business name",
            Self::HouseNumber => "house number",
            Self::StreetName => "street",
            Self::AddressLine2 => "address line 2",
            Self::Unit => "unit",
            Self::City => "city",
            Self::PostalCode => "postal code",
            Self::State => "state",
            Self::Email => "e-mail",
            Self::Phone => "phone",
        }
    }
}

/// The bits of a value that agrees, is close, is near, and differs: log2 of how often that is so of one customer told twice, by how often it is so of two. A blank says
/// nothing.
type Row = [f64; 4];

/// A table of weights.
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

    /// The same with this row in place of its own.
    #[must_use]
    pub fn with(mut self, evidence: Evidence, row: Row) -> Self {
        self.0[evidence as usize] = row;
        self
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
        }
    }
}
