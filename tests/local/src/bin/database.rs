//! `database`: the embedded DynamoDB alone, with the customer master's table in it, for programs that want an address.
//!
//! It prints `listening on http://127.0.0.1:PORT` and runs until it is ended. The table is in memory and starts empty.

use std::process::ExitCode;

use local::embedded::Embedded;
use local::schema;
use store::client::Connection;

/// The name of the table.
const TABLE: &str = "customer-master";

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a program for a terminal")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the first line tells where it listens")]
async fn run() -> Result<(), String> {
    let embedded = Embedded::start(None).await?;
    schema::create_table(&Connection::to_emulator(embedded.url()).client(), TABLE).await?;
    println!("listening on {}", embedded.url());
    tokio::signal::ctrl_c().await.map_err(|error| format!("Cannot listen for Ctrl-C: {error}."))?;
    embedded.stop().await
}
