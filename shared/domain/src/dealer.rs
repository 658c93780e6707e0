//! Dealers and the customers as they know them: dealer code, dealer customer number, DCN, dealer type. No persistence.

pub mod association;

use std::collections::BTreeSet;
use std::fmt;

use crate::Invalid;
use crate::customer::address::Address;
use crate::customer::contact::{Email, Phone};
use crate::customer::{Customer, Identifier};

/// The code of one dealer: 1 to 10 of `A-Z 0-9`. Small letters are taken as capitals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DealerCode(String);

impl DealerCode {
    /// Parses a dealer code; `invalid-dealer-code` for anything but 1 to 10 ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(Invalid::new(
                "invalid-dealer-code",
                "a dealer code is 1 to 10 letters A to Z or digits",
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DealerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The dealer codes that somebody acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DealerCodes {
    /// Every dealer code.
    All,
    /// These and no others; perhaps none.
    Only(BTreeSet<DealerCode>),
}

impl DealerCodes {
    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        match self {
            Self::All => false,
            Self::Only(codes) => codes.is_empty(),
        }
    }

    /// Whether this dealer code is among them.
    pub fn contains(&self, code: &DealerCode) -> bool {
        match self {
            Self::All => true,
            Self::Only(codes) => codes.contains(code),
        }
    }
}

/// The number under which one dealer knows a customer: 1 to 50 ASCII letters, digits, `.`, `_` or `-`, at least one of them a letter or a digit. Case is significant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DealerCustomerNumber(String);

impl DealerCustomerNumber {
    /// Parses a dealer customer number; `invalid-dealer-customer-number` for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if (1..=50).contains(&text.len())
            && text.bytes().all(allowed)
            && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "invalid-dealer-customer-number",
                "a dealer customer number is 1 to 50 letters, digits, '.', '_' or '-', with at least one letter or digit",
            ))
        }
    }

    /// The number as the dealer wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DealerCustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Dealer code and dealer customer number: what identifies a dealer customer, unique for ever. Shown as `TD68|245TRSSDG343456`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dcn {
    pub dealer_code: DealerCode,
    /// The dealer's own number for the customer.
    pub dealer_customer_number: DealerCustomerNumber,
}

impl fmt::Display for Dcn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}", self.dealer_code, self.dealer_customer_number)
    }
}

/// What kind of relation the dealer has with the customer: 1 to 20 of `A-Z`, `_` and blank; `REVENUE` where none is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealerType(String);

impl DealerType {
    /// Parses a dealer type; `invalid-dealer-type` for anything but 1 to 20 of `A-Z _`, or for blanks alone.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let allowed = |byte: u8| byte.is_ascii_uppercase() || matches!(byte, b'_' | b' ');
        if (1..=20).contains(&text.len()) && text.bytes().all(allowed) && !text.trim().is_empty() {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "invalid-dealer-type",
                "a dealer type is 1 to 20 of the letters A to Z, '_' and blank",
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for DealerType {
    fn default() -> Self {
        Self("REVENUE".to_owned())
    }
}

/// What a dealer said of a customer, and nothing else: kept on the dealer customer from its creation on, also while it belongs to no customer. What it left out of name and
/// address is the customer's, whenever it is read; e-mail address and telephone numbers are the dealer's own or none.
#[derive(Clone, PartialEq, Eq)]
pub struct DealerProfile {
    pub dealer_type: DealerType,
    pub business_name: Option<String>,
    pub alternate_name: Option<String>,
    pub address: Option<Address>,
    pub email: Option<Email>,
    /// Its telephone numbers, ten at most.
    pub phones: Vec<Phone>,
}

impl DealerProfile {
    pub fn erased(&self) -> Self {
        Self {
            dealer_type: self.dealer_type.clone(),
            business_name: None,
            alternate_name: None,
            address: None,
            email: None,
            phones: Vec::new(),
        }
    }

    /// Whether the dealer left something to the customer.
    pub fn is_filled_in(&self) -> bool {
        self.business_name.is_none() || self.address.is_none()
    }

    /// The profile as it is read, with what the dealer left out from the customer that it belongs to. The alternate name goes with the name.
    #[must_use]
    pub fn filled_in(self, customer: &Customer) -> Self {
        let its_alternate_name =
            customer.alternate_name.clone().filter(|_| self.business_name.is_none());
        Self {
            alternate_name: self.alternate_name.or(its_alternate_name),
            business_name: self.business_name.or_else(|| Some(customer.business_name())),
            address: self.address.or_else(|| Some(customer.address())),
            ..self
        }
    }
}

impl fmt::Debug for DealerProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DealerProfile")
            .field("dealer_type", &self.dealer_type)
            .finish_non_exhaustive()
    }
}

/// A customer as one dealer knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealerCustomer {
    pub dcn: Dcn,
    pub profile: DealerProfile,
    /// The customer that it belongs to; none after it was released.
    pub organization: Option<Identifier>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dealer_code_is_taken_in_capitals_and_nothing_else_passes() {
        assert_eq!(DealerCode::parse("td68").unwrap().as_str(), "TD68");
        for refused in ["", "ABCDEFGHIJK", "TD 68", "TD|68", "TD#68", "TD/68", "TÄ", "TD\n", "*"] {
            assert!(DealerCode::parse(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_dealer_customer_number_keeps_its_case_and_holds_no_separator() {
        assert_eq!(DealerCustomerNumber::parse("aB.1_-").unwrap().as_str(), "aB.1_-");
        for refused in ["", ".", "-_.", "A|B", "A#B", "A/B", "A B", "A\u{0}", "ä", &"1".repeat(51)]
        {
            assert!(DealerCustomerNumber::parse(refused).is_err(), "{refused:?}");
        }
    }

    #[test]
    fn a_dealer_type_has_capitals_blanks_and_underscores() {
        assert_eq!(DealerType::default().as_str(), "REVENUE");
        assert!(DealerType::parse("NON_REVENUE X").is_ok());
        for refused in ["", "revenue", "R2", " ", "ABCDEFGHIJKLMNOPQRSTU"] {
            assert!(DealerType::parse(refused).is_err(), "{refused:?}");
        }
    }
}
