//! What is done with customers themselves: they are found and read, as they are and as they were, they are compared by rules that are tried, and a person is erased.

pub mod erase;
pub mod find;
pub mod history;
pub mod read;
pub(crate) mod remains;
pub mod try_rules;
