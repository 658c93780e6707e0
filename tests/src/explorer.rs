//! Runs the shipped operations over the model table through every interleaving of their steps, and judges each end by the business rules.
//!
//! - `scenario` and `catalogue`: which requests meet;
//! - `run` and `search`: every order of their steps, every single fault;
//! - `specification`, `explanation`, `ledger`: what must come of it;
//! - `crooked`: deliberately wrong variants of the protocol, which the search must find.

pub mod catalogue;
pub mod crooked;
pub mod explanation;
pub mod ledger;
pub mod request;
mod run;
pub mod scenario;
pub mod search;
pub mod specification;

pub use scenario::{Client, Scenario};
pub use search::{Gone, Search, Violation};
