//! `cargo local`: the customer master on this machine, for developers.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    local::command::main().await
}
