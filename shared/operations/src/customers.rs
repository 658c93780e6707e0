//! What is done with customers themselves: they are found and read, as they are and as they were, they are compared by rules that are tried and with those that look like them, and a person is erased.

pub mod erase;
pub mod find;
pub mod history;
pub mod keep_apart;
pub mod possible_duplicates;
pub mod read;
pub mod try_rules;
pub mod worklist;
