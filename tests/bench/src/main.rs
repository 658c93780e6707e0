//! `bench`: the measurements of the README. What they are is in the library beside it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bench::binaries::{self, Binaries};
use bench::check::{self, Held};
use bench::endpoint::Transport;
use bench::options::{self, Command, Options};
use bench::report::Report;
use bench::rig::Rig;
use bench::{
    choices, cold, contention, costs, found, growth, hostile, loading, matching, warm, weights,
};

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
async fn main() -> ExitCode {
    let options = match options::parse(std::env::args_os().skip(1)) {
        Ok(options) => options,
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    if options.command == Command::Help {
        print!("{}", options::HELP);
        return ExitCode::SUCCESS;
    }
    let done = match Scratch::make() {
        Ok(scratch) => run(options, &scratch.0).await,
        Err(sentence) => Err(sentence),
    };
    match done {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options, folder: &Path) -> Result<ExitCode, String> {
    let binaries = Binaries::default();
    match options.command {
        Command::Help => {}
        Command::Build => binaries::build()?,
        Command::Cold => {
            for transport in [Transport::Tls, Transport::Plain] {
                say(&format!("{} starts over {}", options.rounds, transport.name()));
                let candidates =
                    cold::measure(&binaries, transport, options.rounds + 1, folder).await?;
                tell(&cold::report(&candidates, transport), options.save)?;
            }
        }
        Command::Choices => {
            binaries::build_choices()?;
            say(&format!("{} starts over TLS", options.rounds));
            let choices = choices::measure(&binaries, options.rounds, folder).await?;
            tell(&choices::report(&choices), options.save)?;
        }
        Command::Warm => {
            say("counting instructions");
            tell(&warm::report(&warm::measure(&binaries, folder).await?), options.save)?;
        }
        Command::Costs => {
            tell(&costs::report(&costs::measure(&Rig::start().await?).await?), options.save)?;
        }
        Command::Found => {
            let customers = options.largest.unwrap_or(1_000);
            say(&format!("{customers} customers"));
            tell(&found::report(&found::measure(customers).await?), options.save)?;
        }
        Command::Contention => {
            let most =
                options.largest.map_or(128, |most| usize::try_from(most).unwrap_or(usize::MAX));
            say(&format!("up to {most} requests at once"));
            tell(&contention::report(&contention::measure(most).await?), options.save)?;
        }
        Command::Load => {
            let loaded = loading::measure(options.rows, folder).await?;
            tell(&loading::report(&loaded), options.save)?;
            return Ok(judge(&loading::held(&loaded)));
        }
        Command::Hostile => {
            let rows = hostile::measure(&binaries, folder).await?;
            tell(&hostile::report(&rows), options.save)?;
            return Ok(judge(&check::hostile(&rows)));
        }
        Command::Growth => {
            let count = options.count && warm::can_count().is_ok();
            let largest = options.largest.unwrap_or(1_000_000);
            say(&format!("tables of up to {largest} customers"));
            let tables = growth::tables(largest, count.then_some(&binaries), folder).await?;
            say("blocks of up to 1000 customers");
            let blocks = growth::blocks(1_000).await?;
            tell(&growth::report(&tables, &blocks), options.save)?;
            return Ok(judge(&check::growth(&tables)));
        }
        Command::Matching => {
            let measured = matching::measure()?;
            tell(&matching::report(&measured), options.save)?;
            return Ok(judge(&check::matching(&measured)));
        }
        Command::Weights => {
            let fitted = match &options.file {
                Some(file) => weights::of_export(file)?,
                None => weights::of_labels()?,
            };
            tell(&weights::report(&fitted), options.save)?;
        }
        Command::Check => {
            say(&format!("{} starts over TLS", options.rounds));
            let candidates =
                cold::measure(&binaries, Transport::Tls, options.rounds + 1, folder).await?;
            tell(&cold::report(&candidates, Transport::Tls), options.save)?;
            let mut held = check::start_up(&candidates);
            match warm::can_count() {
                Ok(()) => {
                    say("counting instructions");
                    let rows = warm::measure(&binaries, folder).await?;
                    tell(&warm::report(&rows), options.save)?;
                    held.extend(check::warm(&rows));
                }
                Err(sentence) => say(&sentence),
            }
            return Ok(judge(&held));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says on standard error what goes on.
#[expect(clippy::print_stderr, reason = "progress")]
fn say(what: &str) {
    eprintln!("bench: {what}");
}

#[expect(clippy::print_stdout, reason = "the result")]
fn tell(report: &Report, save: bool) -> Result<(), String> {
    println!("{}", report.text());
    if save {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        report.save(&format!("cargo measure {}", arguments.join(" ")))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result")]
fn judge(held: &[Held]) -> ExitCode {
    for one in held {
        println!("{} {}", if one.kept { "kept  " } else { "MISSED" }, one.what);
    }
    if held.iter().all(|one| one.kept) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A folder for one run, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> Result<Self, String> {
        let folder =
            std::env::temp_dir().join(format!("customer-master-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays is a folder in the system's place for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
