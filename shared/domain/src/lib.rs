//! The words and the rules of the customer master.
//!
//! Values are parsed once, at the door, into types with private fields; decisions are plain functions over them.
//! Nothing here is asynchronous, and nothing here knows a clock, chance, the environment, the database or HTTP.

pub mod about;
mod base32;
pub mod by;
pub mod change;
pub mod controls;
pub mod customer;
pub mod dealer;
pub mod effect;
pub mod history;
pub mod look_up;
pub mod matching;
pub mod message;
pub mod request;
pub mod retention;
pub mod secret;
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
