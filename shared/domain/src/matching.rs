//! When two customers are one: values are folded, the block is searched that name and place make, and the rule's fields decide.

pub mod block;
pub mod comparison;
pub mod difference;
pub mod duplicate;
pub mod epoch;
pub mod fold;
pub mod generic_values;
pub mod match_code;
pub mod party;
pub mod possible;
pub mod rule;
pub mod trial;
