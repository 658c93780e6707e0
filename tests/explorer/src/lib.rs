//! Runs the shipped operations over the model table through every interleaving of their steps, and judges each end by the business rules.
//!
//! - `scenario` and `catalogue`: which requests meet;
//! - `conduct`, `state`, `search` and `tour`: every order of their steps, every single fault;
//! - `specification`, `explanation`, `ledger`: what must come of it;
//! - `crooked`: deliberately wrong variants of the protocol, which the search must find.

pub mod catalogue;
mod chance;
mod conduct;
pub mod crooked;
mod explanation;
mod ledger;
pub mod request;
pub mod scenario;
mod search;
mod specification;
mod state;
mod tour;
mod violation;

pub use scenario::{Client, Scenario};
pub use search::{Gone, Search};
pub use tour::{How, tour};
pub use violation::Violation;
