//! The development server in pieces: the gateway that stands in for API Gateway, its authorizer, the embedded database and the command line.
//!
//! The functions are called as they are; no rule of the customer master may be written here, and nothing that `cargo local` does not need.

pub mod audit;
pub mod claims;
pub mod command;
pub mod controls;
pub mod embedded;
pub mod event;
pub mod event_lines;
pub mod export;
pub mod gateway;
pub mod log;
pub mod options;
pub mod schema;
pub mod seed;
pub mod stand;
pub mod stream;
pub mod template;
pub mod viewer;
pub mod yaml;
