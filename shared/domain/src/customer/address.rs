//! Addresses as dealers give and read them: the same values that messages carry as attributes. The rules for them are the edits'.

use std::fmt;

use crate::message::{Attribute, Attributes};

/// A postal address. A part that is not given is empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    pub line1: String,
    pub line2: String,
    pub apartment: String,
    pub city: String,
    /// State, as the country's code for it.
    pub state: String,
    pub postal_code: String,
    /// Country, three letters (ISO 3166-1).
    pub country: String,
}

impl Address {
    /// The parts under their names in the dealers' JSON, each with its attribute in messages.
    pub const PARTS: [(&'static str, Attribute); 7] = [
        ("line1", Attribute::STREET),
        ("line2", Attribute::ADDRESS_LINE_2),
        ("apartment", Attribute::APARTMENT),
        ("city", Attribute::CITY),
        ("state", Attribute::STATE),
        ("postalCode", Attribute::POSTAL_CODE),
        ("country", Attribute::COUNTRY),
    ];

    pub fn of(attributes: &Attributes) -> Self {
        let [line1, line2, apartment, city, state, postal_code, country] =
            Self::PARTS.map(|(_, attribute)| attributes.text(attribute).to_owned());
        Self { line1, line2, apartment, city, state, postal_code, country }
    }

    /// The parts in the order of [`Self::PARTS`].
    pub fn values(&self) -> [&str; 7] {
        let Self { line1, line2, apartment, city, state, postal_code, country } = self;
        [line1, line2, apartment, city, state, postal_code, country]
    }

    /// The address of these parts, in the order of [`Self::PARTS`].
    pub fn from_values(values: [String; 7]) -> Self {
        let [line1, line2, apartment, city, state, postal_code, country] = values;
        Self { line1, line2, apartment, city, state, postal_code, country }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}
