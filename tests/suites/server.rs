//! `cargo local` once more, for the tests that look at it as a process: cargo builds a package's own programs for its tests, and nobody else's.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    local::command::main().await
}
