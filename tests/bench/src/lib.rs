//! The measurements of the README: start-up and size, calls and units, contention, growth, and instructions against a bare twin.
//!
//! Everything is seen from outside: at a stand-in for the Lambda Runtime API, at an endpoint in front of the database, by a counter of
//! instructions. No rule of the customer master is here, and nothing that a function links.

pub mod binaries;
pub mod check;
pub mod choices;
pub mod cold;
pub mod contention;
pub mod costs;
pub mod endpoint;
pub mod found;
pub mod growth;
pub mod hostile;
pub mod loading;
pub mod matching;
pub mod options;
pub mod plot;
pub mod report;
pub mod requests;
pub mod rig;
pub mod warm;
pub mod weights;
