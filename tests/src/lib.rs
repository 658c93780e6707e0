//! The development server in pieces: the gateway that stands in for API Gateway, its authorizer, the embedded database and the command line.
//!
//! The functions are called as they are; no rule of the customer master may be written here.

pub mod asking;
pub mod bench;
pub mod chaos;
pub mod claims;
pub mod contract;
pub mod embedded;
mod event;
pub mod explorer;
pub mod gateway;
pub mod issuer;
pub mod model;
pub mod options;
pub mod routes;
pub mod runtime_api;
pub mod schema;
pub mod seed;
pub mod stand;
pub mod viewer;
pub mod yaml;
