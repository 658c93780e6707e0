//! What a data steward does with requests in error: list, show, correct, delete and reprocess them.

mod action;
pub mod correct;
pub mod delete;
mod fix;
pub mod list;
pub mod reprocess;
pub mod reprocess_batch;
pub mod show;

pub use action::actions;
pub use fix::{NotFixed, Refused};
