//! What the functions share at the edge: the caller, the body, problems, the answer, the statuses.
//!
//! [`serve`] opens a [`call::Call`] from the request, has its route answered with an [`answer::Answer`] or a [`problem::Problem`], and closes the
//! call; nothing in between can fail an invocation. No business rule, no route and no database may be here: this crate knows HTTP, what the
//! operations come to, and nothing of what a function does.

pub mod answer;
pub mod batch;
pub mod call;
pub mod caller;
pub mod cursor;
pub mod customer_out;
pub mod event;
pub mod idempotency;
pub mod json;
pub mod media;
pub mod page;
pub mod parts;
pub mod problem;
pub mod query;
pub mod rights;
pub mod status;

mod measures;
mod path;
mod precondition;
mod serve;

pub use lambda_http::http::{Method, StatusCode};
pub use serve::{Answering, Route, run, serve};
