//! What is done with customers themselves: they are read, and a person is erased.

pub mod erase;
pub mod read;
