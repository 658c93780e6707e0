//! The function that adds or changes a customer with a `CWCustomerIn` message, and tells what became of it as `CWCustomerOut`.
//!
//! No business rule may be here: the messages' rules are the domain's, and the order of work is an operation's.

pub mod answer;
pub mod json;
pub mod reading;
pub mod xml;
