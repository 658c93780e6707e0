//! What is done with customers themselves: they are found and read, as they are and as they were, they are compared by rules that are tried and with those that look like them, two
//! are made one and parted again or kept apart, one is given what it was, and a person is erased.

pub mod decision;
pub mod erase;
pub mod find;
pub mod history;
pub mod keep_apart;
pub mod merge;
pub mod possible_duplicates;
pub mod read;
pub(crate) mod remains;
pub mod restore;
pub mod tree;
pub mod try_rules;
pub mod unmerge;
pub mod worklist;
