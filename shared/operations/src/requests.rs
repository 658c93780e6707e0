//! What a data steward does with requests in error: list, count, show, correct, assign, note, delete, reopen and reprocess them.

mod action;
pub mod assign;
pub mod correct;
pub mod delete;
mod fix;
pub mod list;
pub mod note;
pub mod reopen;
pub mod reprocess;
pub mod reprocess_batch;
pub mod show;
pub mod totals;

pub use action::actions;
pub use fix::{NotFixed, Refused, Remarked};
