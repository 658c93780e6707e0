//! The long form of the chaos run, as a command. What a run is, is in the library.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command talks to the person at the keyboard"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chaos::fault::Rates;
use chaos::functions::BINARIES;
use chaos::{Beside, Plan, run};
use lexopt::prelude::*;

const HELP: &str = "\
Runs the functions' binaries over a database that fails and kills them at work, then holds the table against what the clients were told.

    cargo run -p chaos -- [options]

    --seed N        what all choices come from (a random one; it is printed)
    --requests N    how many requests the clients send (20000)
    --minutes M     stop sending after so many minutes
    --clients N     how many clients (8)
    --instances N   how many processes of each function at once (4)
    --binaries DIR  take the functions' binaries from there in place of building them
    --beside DIR    with the binaries of another release, which the requests move away from and back to
    --beside-with NAME=VALUE
                    with this in the environment of the other release; as often as wanted
    --rule-changes  the rule changes meanwhile, by its four steps and the audit between
    --calm          nothing goes wrong
    --help          this text

The exit code is 1 when something is as it must not be, and 2 when the run cannot be made.
The seed repeats the choices; how the machine interleaves processes it cannot repeat.";

fn main() -> ExitCode {
    let plan = match plan() {
        Ok(Some(plan)) => plan,
        Ok(None) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("the system has threads");
    match runtime.block_on(run(plan)) {
        Ok(report) => {
            println!("{report}");
            if report.verdict.violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
}

fn plan() -> Result<Option<Plan>, lexopt::Error> {
    let mut plan = Plan {
        seed: fastrand::u64(..),
        requests: 20_000,
        at_most: None,
        clients: 8,
        instances: 4,
        rates: Rates::ROUGH,
        binaries: None,
        beside: None,
        rule_changes: false,
        progress: Some(Duration::from_secs(10)),
    };
    let mut beside = None;
    let mut variables = Vec::new();
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seed") => plan.seed = arguments.value()?.parse()?,
            Long("requests") => plan.requests = arguments.value()?.parse()?,
            Long("minutes") => {
                let minutes: u64 = arguments.value()?.parse()?;
                plan.at_most = Some(Duration::from_secs(minutes * 60));
            }
            Long("clients") => plan.clients = arguments.value()?.parse()?,
            Long("instances") => plan.instances = arguments.value()?.parse()?,
            Long("binaries") => {
                let folder = PathBuf::from(arguments.value()?);
                plan.binaries = Some(BINARIES.map(|name| folder.join(name)));
            }
            Long("beside") => {
                let folder = PathBuf::from(arguments.value()?);
                beside = Some(BINARIES.map(|name| folder.join(name)));
            }
            Long("beside-with") => {
                let variable = arguments.value()?.string()?;
                let (name, value) = variable.split_once('=').ok_or("--beside-with NAME=VALUE")?;
                variables.push((name.to_owned(), value.to_owned()));
            }
            Long("calm") => plan.rates = Rates::CALM,
            Long("rule-changes") => plan.rule_changes = true,
            Long("help") | Short('h') => return Ok(None),
            other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected()),
        }
    }
    plan.beside = beside.map(|binaries| Beside { binaries, variables });
    Ok(Some(plan))
}
