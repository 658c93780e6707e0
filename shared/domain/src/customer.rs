//! The customer: its identifier, its number, its record. Dealers call it customer organization, messages sold-to customer.

pub mod address;
pub mod company;
pub mod contact;
pub mod country;
pub mod merge;
mod taken_number;

use std::fmt;

use crate::base32::{characters, is_characters, is_sixteen, sixteen};
use crate::by::{By, Stamp};
use crate::customer::address::Address;
use crate::customer::contact::{Email, Phone};
use crate::customer::merge::{Absorbed, Hanging, MergedInto};
use crate::effect::Effects;
use crate::matching::block::Block;
use crate::message::{Attribute, Attributes};
use crate::secret::Secret;
use crate::time::Timestamp;

pub use taken_number::TakenNumber;

/// A customer number: up to nine digits, assigned by the system, unique, never reused. Compared as a number, shown with nine digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerNumber(u32);

impl CustomerNumber {
    pub const MAX: u32 = 999_999_999;

    /// The number; none for zero and for more than nine digits.
    pub fn new(number: u64) -> Option<Self> {
        u32::try_from(number).ok().filter(|number| (1..=Self::MAX).contains(number)).map(Self)
    }

    /// Parses a number; leading zeros may be left out or be too many. None for anything but digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > 100 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.trim_start_matches('0').parse().ok().and_then(Self::new)
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The seat that a checked Add or an association took: 1, 2, 3 … without a gap, never freed.
    Seat(u32),
    /// A place beside the seats, for a customer that was added unchecked: sixteen random characters.
    Beside(String),
}

impl Place {
    /// The highest seat: six digits.
    pub const MAX_SEAT: u32 = 999_999;

    /// The place beside the seats that these bits name.
    pub fn beside(bits: [u8; 10]) -> Self {
        Self::Beside(sixteen(bits))
    }

    /// Parses a place: six digits but not all zeros, or sixteen characters of Crockford's base 32.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            text.parse().ok().filter(|seat| *seat > 0).map(Self::Seat)
        } else {
            is_sixteen(text).then(|| Self::Beside(text.to_owned()))
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seat(seat) => write!(f, "{seat:06}"),
            Self::Beside(name) => f.write_str(name),
        }
    }
}

/// The end of an identifier: random, so that a place that is given anew, after a restore that lost its customer, makes another identifier. Eight characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tail(String);

impl Tail {
    const CHARACTERS: usize = 8;

    /// The tail of the first 40 of these bits.
    pub fn of(bits: [u8; 10]) -> Self {
        Self(characters(&bits[..5]))
    }

    /// Parses a tail: eight characters of Crockford's base 32.
    pub fn parse(text: &str) -> Option<Self> {
        is_characters(text, Self::CHARACTERS).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `customerOrganizationIdentifier`: permanent, opaque to callers. It is the block in which the customer was made and its place there, and stays when the customer moves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    pub block: Block,
    pub place: Place,
    pub tail: Tail,
}

impl Identifier {
    /// Parses an identifier. None for a text that no customer can have: to a caller that is an unknown customer.
    pub fn parse(text: &str) -> Option<Self> {
        let (block, rest) = text.split_once('-')?;
        let (place, tail) = rest.split_once('-')?;
        Some(Self {
            block: Block::parse(block)?,
            place: Place::parse(place)?,
            tail: Tail::parse(tail)?,
        })
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.block.as_str(), self.place, self.tail.as_str())
    }
}

/// Whether business is done with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Business is done.
    Active,
    /// `cst_inactive` is `Y`. It is a candidate of the duplicate check all the same.
    Inactive,
}

impl Status {
    /// `ACTIVE` or `INACTIVE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    pub identifier: Identifier,
    pub number: CustomerNumber,
    /// 1 when it is created, one more with each update.
    pub version: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// What is known of it, under the names of the messages. What steers a message, and the customer number, are not among them.
    pub attributes: Attributes,
    /// Another name of the business, as dealers give it.
    pub alternate_name: Option<String>,
    /// Telephone numbers as dealers give them; those of messages are attributes.
    pub phones: Vec<Phone>,
    /// The blocks, beside the one of its identifier, in which it has a seat for the values that it has: under each rule that its last writer kept.
    pub seats: Vec<Block>,
    /// What requests did to it: how a repeated request finds what it did.
    pub effects: Effects,
    /// Who last wrote it; none for one that was written before this was kept.
    pub by: Option<By>,
    /// Who erased the person that it was about, and when.
    pub erased: Option<Erased>,
    /// Into whom it was merged; it keeps all else, and leads there.
    pub merged_into: Option<MergedInto>,
    /// Who was merged into it, in this order.
    pub absorbed: Vec<Absorbed>,
    /// All that hangs on it by merges.
    pub hanging: Hanging,
}

/// The erasure of a person: it stays named on what remains, whoever writes that afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    pub at: Timestamp,
    pub by: By,
    /// The numbers of other systems that it had, which stay taken.
    pub numbers: Vec<TakenNumber>,
}

impl Customer {
    /// A new customer. The only place that makes one.
    pub fn new(
        identifier: Identifier,
        number: CustomerNumber,
        attributes: Attributes,
        stamp: &Stamp,
    ) -> Self {
        Self {
            identifier,
            number,
            version: 1,
            created_at: stamp.at,
            updated_at: stamp.at,
            attributes,
            alternate_name: None,
            phones: Vec::new(),
            seats: Vec::new(),
            effects: Effects::created(&stamp.cause, stamp.at),
            by: Some(stamp.by.clone()),
            erased: None,
            merged_into: None,
            absorbed: Vec::new(),
            hanging: Hanging::default(),
        }
    }

    /// The customer after an update to these attributes, which make these blocks. `replaced` are those that the answer names because their value was another.
    pub fn updated(
        &self,
        attributes: Attributes,
        blocks: &[Block],
        replaced: &[Attribute],
        stamp: &Stamp,
    ) -> Self {
        Self { attributes, ..self.written(replaced, stamp) }.seated(blocks)
    }

    /// The customer with a seat in each of these blocks.
    #[must_use]
    pub fn seated(mut self, blocks: &[Block]) -> Self {
        let elsewhere = blocks.iter().filter(|block| **block != self.identifier.block);
        self.seats = elsewhere.cloned().collect();
        self
    }

    /// The customer without the person: numbers stay taken, and it is inactive.
    pub fn erased(&self, secret: &Secret, stamp: &Stamp) -> Self {
        let company = self.attributes.get(Attribute::COMPANY);
        let company = company.map(|company| (Attribute::COMPANY, company));
        let written = self.written(&[], stamp);
        Self {
            attributes: company.into_iter().chain([(Attribute::INACTIVE, "Y")]).collect(),
            alternate_name: None,
            phones: Vec::new(),
            seats: Vec::new(),
            erased: Some(Erased {
                at: stamp.at,
                by: stamp.by.clone(),
                numbers: self.numbers(secret),
            }),
            absorbed: self.absorbed.iter().map(Absorbed::erased).collect(),
            effects: written.effects.clone().erased(),
            ..written
        }
    }

    /// Whether there is nothing of a person in it.
    pub fn is_empty(&self) -> bool {
        let kept = [Attribute::COMPANY, Attribute::INACTIVE];
        let is_kept = |(attribute, _)| kept.contains(&attribute);
        self.attributes.iter().all(is_kept)
            && self.alternate_name.is_none()
            && self.phones.is_empty()
    }

    /// The numbers of other systems that it has: each is its alone.
    pub fn numbers(&self, secret: &Secret) -> Vec<TakenNumber> {
        let number = |attribute| {
            let own = self.attributes.get(attribute);
            let own = own.map(|value| TakenNumber::of(secret, attribute, value));
            let erased = self.erased.iter().flat_map(|erased| &erased.numbers);
            own.or_else(|| erased.into_iter().find(|one| one.attribute == attribute).cloned())
        };
        TakenNumber::ATTRIBUTES.into_iter().filter_map(number).collect()
    }

    /// Whether it has this number.
    pub fn has_number(&self, secret: &Secret, number: &TakenNumber) -> bool {
        self.numbers(secret).contains(number)
    }

    /// The next version, with what every write of a request leaves.
    fn written(&self, replaced: &[Attribute], stamp: &Stamp) -> Self {
        let mut next = Self {
            version: self.version + 1,
            updated_at: stamp.at,
            by: Some(stamp.by.clone()),
            ..self.clone()
        };
        next.effects.updated(&stamp.cause, replaced, stamp.at);
        next
    }

    pub fn status(&self) -> Status {
        if self.attributes.text(Attribute::INACTIVE).trim().eq_ignore_ascii_case("Y") {
            Status::Inactive
        } else {
            Status::Active
        }
    }

    /// The business's name; for a person without one, the person's.
    pub fn business_name(&self) -> String {
        display_name(&self.attributes)
    }

    pub fn address(&self) -> Address {
        Address::of(&self.attributes)
    }

    /// Its primary e-mail address, if the record has one that reads as such.
    pub fn email(&self) -> Option<Email> {
        self.attributes.get(Attribute::EMAIL).and_then(|email| Email::parse(email).ok())
    }

    /// All its telephone numbers, ten at most: those that dealers gave, then those of messages as `DAY`, `EVENING` and `FAX`.
    pub fn all_phones(&self) -> Vec<Phone> {
        let of_messages = [
            ("DAY", Attribute::DAY_PHONE, Attribute::DAY_EXTENSION),
            ("EVENING", Attribute::EVENING_PHONE, Attribute::EVENING_EXTENSION),
            ("FAX", Attribute::FAX_PHONE, Attribute::FAX_EXTENSION),
        ];
        let parsed = of_messages.into_iter().filter_map(|(kind, number, extension)| {
            let number = self.attributes.get(number)?;
            let whole =
                self.attributes.get(extension).map(|extension| format!("{number} x{extension}"));
            // Both together may be longer than a number may be.
            whole
                .and_then(|whole| Phone::parse(Some(kind), &whole).ok())
                .or_else(|| Phone::parse(Some(kind), number).ok())
        });
        self.phones.iter().cloned().chain(parsed).take(10).collect()
    }
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer")
            .field("identifier", &self.identifier)
            .field("number", &self.number)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// How a customer is called: the company's name, or first and last name.
pub fn display_name(attributes: &Attributes) -> String {
    match attributes.get(Attribute::COMPANY_NAME) {
        Some(name) => name.to_owned(),
        None => full_name(attributes),
    }
}

/// First and last name with a blank between them, without prefix, initial and suffix.
pub fn full_name(attributes: &Attributes) -> String {
    let parts = [Attribute::FIRST_NAME, Attribute::LAST_NAME];
    let given: Vec<_> = parts.into_iter().filter_map(|part| attributes.get(part)).collect();
    given.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customer_numbers_are_compared_as_numbers() {
        assert!(CustomerNumber::parse("9") < CustomerNumber::parse("000000010"));
        assert_eq!(CustomerNumber::parse("9").unwrap().to_string(), "000000009");
        for none in ["", "0", "1000000000", "-1", "1.0", "x", "١"] {
            assert_eq!(CustomerNumber::parse(none), None, "{none:?}");
        }
    }

    #[test]
    fn an_identifier_is_shown_and_parsed_back() {
        for text in
            ["0123456789ABCDEF-000001-01234567", "0123456789ABCDEF-ZZZZZZZZZZZZZZZZ-89ABCDEF"]
        {
            assert_eq!(Identifier::parse(text).unwrap().to_string(), text);
        }
        for none in [
            "",
            "-",
            "0123456789ABCDEF",
            "0123456789ABCDEF-000001",
            "0123456789ABCDEF-000001-",
            "0123456789ABCDEF-000000-01234567",
            "0123456789ABCDEF-00001-01234567",
            "0123456789abcdef-000001-01234567",
            "0123456789ABCDEF-000001-0123456I",
            "0123456789ABCDEF-000001-01234567-",
        ] {
            assert_eq!(Identifier::parse(none), None, "{none:?}");
        }
    }
}
