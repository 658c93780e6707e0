//! `explore`: goes through every interleaving of the catalogue's requests and says how many there were; replays one that went wrong.
//!
//! `cargo explore` goes through all of it, optimised.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a program for the person at the keyboard"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use explorer::{Gone, How, Scenario, Search, Violation, catalogue, tour};
use lexopt::prelude::{Long, Short, Value, ValueExt};

const HELP: &str = "\
Goes through every interleaving of concurrent requests on a table that behaves as DynamoDB does, and judges each end by the business rules.

    explore                           all pairs with any single fault, all triples without
    explore --sample RUNS [--seed N]  so many runs of each triple with up to three faults, picked by the seed
    explore --scenario TEXT           only scenarios whose names contain the text
            --faults N                with up to so many faults in one run
            --replay 0.3.1            one run by its choices, step by step (with the full name and the faults that the violation told)
    explore --list                    the names of the scenarios
";

/// How many faults a sampled run has at the most.
const FAULTS_OF_SAMPLES: usize = 3;

/// What the person asked for.
#[derive(Debug, Default)]
struct Options {
    scenario: Option<String>,
    faults: Option<usize>,
    replay: Option<Vec<usize>>,
    sample: Option<usize>,
    seed: Option<u64>,
    list: bool,
    help: bool,
}

impl Options {
    fn read() -> Result<Self, lexopt::Error> {
        let mut options = Self::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("scenario") => options.scenario = Some(parser.value()?.string()?),
                Long("faults") => options.faults = Some(parser.value()?.parse()?),
                Long("replay") => {
                    let choices = parser.value()?.string()?;
                    let choices = choices.split('.').filter(|choice| !choice.is_empty());
                    let choices: Result<_, _> = choices.map(str::parse).collect();
                    options.replay =
                        Some(choices.map_err(|_| "--replay takes numbers with dots between")?);
                }
                Long("sample") => options.sample = Some(parser.value()?.parse()?),
                Long("seed") => options.seed = Some(parser.value()?.parse()?),
                Long("list") => options.list = true,
                Long("help") | Short('h') => options.help = true,
                other @ (Short(_) | Long(_) | Value(_)) => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    /// The scenarios that are wanted, each with how many things may go wrong in one run.
    fn work(&self) -> Vec<(Scenario, usize)> {
        let mut scenarios = catalogue::triples();
        if self.sample.is_none() {
            scenarios.extend(catalogue::pairs());
            scenarios.extend(catalogue::merges());
            scenarios.extend(catalogue::merge_triples());
            scenarios.extend(catalogue::worlds());
            scenarios.extend(catalogue::audits());
        }
        // What is accepted is gone through only by name: it goes wrong.
        if self.scenario.is_some() {
            scenarios.extend(catalogue::accepted());
        }
        let text = self.scenario.as_deref().unwrap_or_default();
        scenarios.retain(|scenario| scenario.name.contains(text));
        let with_faults = |scenario: Scenario| {
            let own = match self.sample {
                Some(_) => FAULTS_OF_SAMPLES,
                None => scenario.faults,
            };
            (scenario, self.faults.unwrap_or(own))
        };
        scenarios.into_iter().map(with_faults).collect()
    }
}

fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => {
            eprintln!("{error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let work = options.work();
    if options.list {
        for (scenario, _) in &work {
            println!("{}", scenario.name);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(choices) = &options.replay {
        return replay(&work, choices);
    }
    let how = match options.sample {
        None => How::All,
        Some(runs) => {
            let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
            println!("--sample {runs} --seed {seed}");
            How::Sample { seed, runs }
        }
    };
    explore(&work, how)
}

fn explore(work: &[(Scenario, usize)], how: How) -> ExitCode {
    let began = Instant::now();
    let (gone, violations) = tour(work, how, tell);
    println!(
        "{} scenarios without a violation, {violations} with one: {} interleavings through {} states to {} ends, of which {} were excused; {:.1} s",
        work.len() - violations,
        gone.interleavings,
        gone.states,
        gone.judged + gone.excused,
        gone.excused,
        began.elapsed().as_secs_f64()
    );
    if violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(scenario: &Scenario, faults: usize, took: Duration, came: Result<&Gone, &Violation>) {
    match came {
        Ok(gone) => println!(
            "{:>7.2} s  {:>20} interleavings  {:>8} states  {:>7} ends  {faults} faults  {}",
            took.as_secs_f64(),
            gone.interleavings,
            gone.states,
            gone.judged + gone.excused,
            scenario.name
        ),
        Err(violation) => println!("{violation}\n"),
    }
}

fn replay(work: &[(Scenario, usize)], choices: &[usize]) -> ExitCode {
    let [(scenario, faults)] = work else {
        eprintln!("--replay needs the full name of one scenario, and no other that contains it");
        return ExitCode::from(2);
    };
    let over = |table| table;
    let search =
        Search::new(scenario, &over, *faults).expect("one request at a time does as the rules say");
    match search.replay(choices) {
        Ok(trace) => {
            println!("{}", trace.join("\n"));
            ExitCode::SUCCESS
        }
        Err(violation) => {
            println!("{violation}");
            ExitCode::FAILURE
        }
    }
}
