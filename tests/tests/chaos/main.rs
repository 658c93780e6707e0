//! The functions' own binaries over a database that fails, killed at work: the short form of `cargo run -p tests --bin chaos`, and what must hold of single faults,
//! of throttling and of replays.

mod replays;
mod requests;
mod short_run;
mod single_faults;
mod throttling;
