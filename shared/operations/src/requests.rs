//! What a data steward does with requests in error.

pub mod list;
pub mod reprocess;
pub mod reprocess_batch;
