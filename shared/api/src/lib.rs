//! What the functions share at the edge: the caller, the body, problems, the answer, the log line, start-up.
//!
//! A function opens a [`call::Call`] from the request, runs its operation, and closes the call with an
//! [`answer::Answer`] or a [`problem::Problem`]; nothing in between can fail an invocation. No business rule, no route
//! and no database may be here: this crate knows HTTP and the words of `domain`, and nothing of what a function does.

pub mod answer;
pub mod call;
pub mod caller;
pub mod cursor;
pub mod customer_out;
pub mod event;
pub mod idempotency;
pub mod json;
pub mod media;
pub mod metrics;
pub mod page;
pub mod precondition;
pub mod problem;
pub mod query;
pub mod start_up;
pub mod status;

mod log_line;
mod path;

pub use lambda_http::http::{Method, StatusCode};
