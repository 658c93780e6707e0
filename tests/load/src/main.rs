//! `cargo load`: a file of customers, or of dealers' customers, into a customer master.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program for a terminal")]

use std::process::ExitCode;

use load::options::{self, Command, HELP, Options};
use load::results::Counts;

#[tokio::main]
async fn main() -> ExitCode {
    let token = std::env::var("CUSTOMER_MASTER_TOKEN").ok().filter(|token| !token.is_empty());
    let options = match options::parse(std::env::args_os().skip(1), token) {
        Ok(Command::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Load(options)) => options,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    match load::load(&options, |line| eprintln!("{line}")).await {
        Ok(counts) => {
            summarize(&options, &counts);
            ExitCode::from(u8::from(counts.busy() > 0))
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// What came of all rows, or would come, with the causes counted.
fn summarize(options: &Options, counts: &Counts) {
    let what = if options.dry_run { "would come of them" } else { "came of them" };
    println!("{} rows; this {what}:", counts.rows());
    for (outcome, rows) in &counts.outcomes {
        println!("  {outcome:<12} {rows:>9}");
    }
    if !counts.causes.is_empty() {
        println!("Causes:");
    }
    for (cause, rows) in &counts.causes {
        println!("  {cause:<32} {rows:>9}");
    }
    if options.file.is_dir() {
        println!("Each row: the results beside the files in {}", options.file.display());
    } else {
        println!("Each row: {}", options.results.display());
    }
}
