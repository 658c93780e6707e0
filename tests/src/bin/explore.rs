//! `explore`: goes through every interleaving of the catalogue's requests and says how many there were; replays one that went wrong.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a program for the person at the keyboard"
)]

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tests::explorer::{Gone, Scenario, Search, Violation, catalogue};

const HELP: &str = "\
Goes through every interleaving of concurrent requests on a table that behaves as DynamoDB does, and judges each end by the business rules.

    explore                           all pairs with any single fault, all triples without
    explore --sample RUNS [--seed N]  so many runs of each triple with up to three faults, picked by the seed
    explore --scenario TEXT           only scenarios whose names contain the text
            --faults N                with up to so many faults in one run
            --replay 0.3.1            one run by its choices, step by step (with the full name and the faults that the violation told)
    explore --list                    the names of the scenarios
";

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
        use lexopt::prelude::{Long, ValueExt};
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
                Long("help") => options.help = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
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
    let wanted = |scenario: &Scenario| {
        let text = options.scenario.as_deref().unwrap_or_default();
        scenario.name.contains(text)
    };
    let (pairs, triples) = (catalogue::pairs(), catalogue::triples());
    // What is accepted is gone through only by name: it goes wrong.
    let accepted = match options.scenario {
        Some(_) => catalogue::accepted(),
        None => Vec::new(),
    };
    let faults = |scenario: Scenario, default| {
        let faults = options.faults.unwrap_or(default);
        (scenario, faults)
    };
    let work: Vec<(Scenario, usize)> = match options.sample {
        Some(_) => triples.into_iter().map(|one| faults(one, 3)).collect(),
        None => triples
            .into_iter()
            .chain(pairs)
            .chain(accepted)
            .map(|one| {
                let default = one.faults;
                faults(one, default)
            })
            .collect(),
    };
    let work: Vec<_> = work.into_iter().filter(|(one, _)| wanted(one)).collect();
    if options.list {
        for (scenario, _) in &work {
            println!("{}", scenario.name);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(choices) = &options.replay {
        return replay(&work, choices);
    }
    let seed = options.seed.unwrap_or_else(|| {
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has random bits");
        u64::from_le_bytes(bits)
    });
    if options.sample.is_some() {
        println!("seed {seed}");
    }
    explore(&work, options.sample.map(|runs| (seed, runs)))
}

/// Takes up one scenario after the other on as many threads as there are processors.
fn explore(work: &[(Scenario, usize)], sample: Option<(u64, usize)>) -> ExitCode {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, total, violations) = (
        AtomicUsize::new(0),
        Mutex::new((Gone::default(), 0)),
        Mutex::new(Vec::new()),
    );
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((scenario, faults)) = work.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let began = Instant::now();
                    match search(scenario, *faults, sample) {
                        Ok(gone) => {
                            println!(
                                "{:>7.2} s  {:>24} interleavings  {:>8} states  {:>8} runs  {faults} faults  {}",
                                began.elapsed().as_secs_f64(),
                                gone.interleavings,
                                gone.states,
                                gone.runs,
                                scenario.name
                            );
                            let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                            total.0.interleavings += gone.interleavings;
                            total.0.states += gone.states;
                            total.0.runs += gone.runs;
                            total.1 += 1;
                        }
                        Err(violation) => {
                            println!("{violation}\n");
                            violations
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .push(scenario.name);
                        }
                    }
                }
            });
        }
    });
    let (total, scenarios) = total.into_inner().unwrap_or_else(PoisonError::into_inner);
    let violations = violations
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    println!(
        "{scenarios} scenarios without a violation, {} with one: {} interleavings through {} states in {} runs, {:.1} s",
        violations.len(),
        total.interleavings,
        total.states,
        total.runs,
        began.elapsed().as_secs_f64()
    );
    if violations.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn search(
    scenario: &Scenario,
    faults: usize,
    sample: Option<(u64, usize)>,
) -> Result<Gone, Box<Violation>> {
    let over = |table| table;
    let search =
        Search::new(scenario, &over, faults).expect("one request at a time does as the rules say");
    match sample {
        Some((seed, runs)) => search.sample(seed, runs),
        None => search.exhaust(),
    }
}

fn replay(work: &[(Scenario, usize)], choices: &[usize]) -> ExitCode {
    let [(scenario, faults)] = work else {
        eprintln!("--replay needs the full name of one scenario");
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
