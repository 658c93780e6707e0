//! What the tests and the tools share: the one fixture, asking and reading answers, messages in either form, the contract as data, a stand-in
//! for the Lambda Runtime API, and a recorder before a database.
//!
//! No rule of the customer master may be here, and nothing that only one of them needs.

pub mod asking;
pub mod clocked;
pub mod contract;
pub mod fixture;
pub mod issuer;
pub mod message;
pub mod process;
pub mod recorder;
pub mod releases;
pub mod runtime_api;
pub mod stream_events;
pub mod xml;
