//! The words and the rules of the customer master.
//!
//! Values are parsed once, at the door, into types with private fields; decisions are plain functions over them.
//! Nothing here is asynchronous, and nothing here knows a clock, chance, the environment, the database or HTTP.

pub mod address;
pub mod association;
pub mod change;
pub mod company;
pub mod comparison;
pub mod contact;
pub mod controls;
pub mod country;
pub mod customer;
pub mod dealer;
pub mod duplicate;
pub mod edits;
pub mod effect;
pub mod fold;
pub mod generic_values;
pub mod match_code;
pub mod message;
pub mod outcome;
pub mod request_in_error;
pub mod time;

/// One refused value: what is wrong with it. `code` is for programs and never changes; `reason` is a sentence for people and holds nothing of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// A stable, lower-case code such as `invalid-dealer-code`.
    pub code: &'static str,
    /// What would be valid.
    pub reason: String,
}

impl Invalid {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}
