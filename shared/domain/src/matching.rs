//! When two customers are one: values are folded, the match code and the company make the block that is searched, and the fields that must be equal decide.

pub mod comparison;
pub mod duplicate;
pub mod fold;
pub mod generic_values;
pub mod match_code;
