//! Runs the shipped operations over the model table through every interleaving of their steps, and judges each end by the business rules.
//!
//! - `scenario` and `catalogue`: which requests meet;
//! - `clients`, `state`, `search` and `tour`: every order of their steps, every single fault;
//! - `specification`, `linearization`, `ledger`: what must come of it;
//! - `mutants`: deliberately wrong variants of the protocol, which the search must find.

pub mod catalogue;
mod chance;
mod clients;
mod ledger;
mod linearization;
pub mod mutants;
mod one_customer;
pub mod request;
pub mod scenario;
mod search;
mod specification;
mod state;
mod tour;
mod violation;

pub use scenario::{Amid, Begins, Client, Expects, Lost, PLAIN, Rules, Scenario};
pub use search::{Gone, Search};
pub use tour::{How, tour};
pub use violation::Violation;
