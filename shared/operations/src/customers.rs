//! What is done with customers themselves.

pub mod erase;
