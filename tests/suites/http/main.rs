//! What holds at every route: who may do what, hostile input, personal data, the log line and the metrics that tell of it.
//!
//! Requests go as whole events straight into the functions where the event itself matters, and over HTTP to the development server as a process
//! where all that a process writes does. What a steward, a dealer or an order-management system gets for a good request is tested elsewhere.

mod callers;
mod canaries;
mod contract;
mod corpus;
mod debug;
mod door;
mod events;
mod hostile_bodies;
mod hostile_heads;
mod log;
mod matrix;
mod metrics;
mod nothing_leaks;
mod nothing_revealed;
mod personal_data;
mod releases;
mod tricky_names;

use kit::process::Process;

/// The development server as a process.
fn server(arguments: &[&str]) -> Process {
    Process::start(env!("CARGO_BIN_EXE_server"), arguments)
}
