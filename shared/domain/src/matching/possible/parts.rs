//! The parts of a customer that a decision on it rests on: whoever changes none of them is not brought back before a steward.

use crate::customer::Customer;
use crate::message::Attribute;
use crate::secret::Secret;

/// A part of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Name,
    Address,
    Email,
    Phone,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::Name, Self::Address, Self::Email, Self::Phone];

    /// `name`, `address`, `email` or `phone`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }

    fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::Name => &[Attribute::COMPANY_NAME, Attribute::FIRST_NAME, Attribute::LAST_NAME],
            Self::Address => &[
                Attribute::STREET,
                Attribute::ADDRESS_LINE_2,
                Attribute::APARTMENT,
                Attribute::CITY,
                Attribute::STATE,
                Attribute::POSTAL_CODE,
                Attribute::COUNTRY,
            ],
            Self::Email => &[Attribute::EMAIL],
            Self::Phone => &[],
        }
    }
}

/// What two versions of a customer are told apart by, part by part, without a value: a code of each that nobody without the deployment's secret can try a value on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prints([String; 4]);

impl Prints {
    pub fn of(customer: &Customer, secret: &Secret) -> Self {
        Self(Part::ALL.map(|part| {
            let text = |attribute: &Attribute| customer.attributes.text(*attribute).to_owned();
            let mut values: Vec<String> = part.attributes().iter().map(text).collect();
            match part {
                Part::Name => values.push(customer.alternate_name.clone().unwrap_or_default()),
                Part::Phone => {
                    values.extend(
                        customer.all_phones().iter().map(|phone| phone.number().to_owned()),
                    );
                }
                Part::Address | Part::Email => {}
            }
            let values: Vec<&[u8]> = values.iter().map(String::as_bytes).collect();
            let code = secret.code(&format!("part {}", part.name()), &values);
            code[..8].iter().map(|byte| format!("{byte:02x}")).collect()
        }))
    }

    /// As one text, for an item.
    pub fn to_text(&self) -> String {
        self.0.join(" ")
    }

    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<String> = text.split(' ').map(str::to_owned).collect();
        parts.try_into().ok().map(Self)
    }

    /// The parts in which the two differ.
    pub fn changed(&self, other: &Self) -> Vec<Part> {
        let pairs = Part::ALL.into_iter().zip(self.0.iter().zip(&other.0));
        pairs.filter(|(_, (one, other))| one != other).map(|(part, _)| part).collect()
    }
}
