//! The functions' own binaries over a database that fails, killed at work: the short form of `cargo run -p chaos`, and what must hold of single faults,
//! of throttling and of replays.
#![expect(
    clippy::print_stdout,
    reason = "a run says how much it went through, and with which seed"
)]

mod replays;
mod requests;
mod short_run;
mod single_faults;
mod throttling;
