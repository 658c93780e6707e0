//! What every function starts with, also one without HTTP: its settings, its log line, its metrics.
//!
//! No business rule and no operation may be here, and nothing of what a function does.

#[cfg(test)]
mod alone;
mod log;
mod log_line;
pub mod metrics;
mod settings;

pub use log::{open_log, open_log_on_standard_error, subscriber};
pub use settings::{setting, stop};
