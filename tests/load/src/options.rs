//! The command line of `cargo load`. It decides nothing but what was asked for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt};

/// How many batches are under way at once at the most, unless told otherwise.
pub const AT_ONCE: usize = 16;

/// What `--help` prints.
pub const HELP: &str = "\
Loads a file into a customer master, a hundred rows a call.

Usage: cargo load FILE --url URL [OPTIONS]

FILE is CSV with a header line, JSON lines (.jsonl, .ndjson), or XML with any number of messages.
Rows with a dealerCode are associations of dealers; all others are CWCustomerIn messages.
FILE may also be the folder that `cargo local --export` made: its files are loaded in order.

Options:
      --url URL        the customer master, for example http://127.0.0.1:3000
      --token TOKEN    the bearer token of every call (default: CUSTOMER_MASTER_TOKEN)
      --mapping FILE   a JSON file that says what the columns of the CSV are:
                       { \"columns\": { \"KUNNR\": \"cst_interface_cust_nbr\", \"NOTE\": null },
                         \"constants\": { \"cst_duplicate\": \"Y\" } }
      --results FILE   where the outcome of each row is written (default: FILE.results.csv)
      --at-once N      how many batches are under way at the most (default 16; 1 keeps the order)
      --dry-run        say what would come of all rows, and write nothing there
  -h, --help           print this help

Stopped at any moment and started again with the same file, it does what is left, nothing twice.
";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Load(Options),
    /// Print [`HELP`] and stop.
    Help,
}

/// What to load, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Options {
    pub file: PathBuf,
    /// The customer master, without a slash at its end.
    pub url: String,
    pub token: Option<String>,
    pub mapping: Option<PathBuf>,
    pub results: PathBuf,
    pub at_once: usize,
    pub dry_run: bool,
}

impl Options {
    /// Where the outcome of each row of this file is written, unless told otherwise.
    pub fn results_of(&self, file: &Path) -> PathBuf {
        results_of(file, self.dry_run)
    }
}

fn results_of(file: &Path, dry_run: bool) -> PathBuf {
    let ending = if dry_run { "dry-run.csv" } else { "results.csv" };
    PathBuf::from(format!("{}.{ending}", file.display()))
}

/// A token is a secret, so it is not shown.
impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Reads the arguments (without the program's own name).
///
/// # Errors
/// A sentence for the person at the keyboard.
pub fn parse(
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
    token: Option<String>,
) -> Result<Command, String> {
    read(Parser::from_args(arguments), token)
        .map_err(|fault| format!("{fault} See `cargo load --help`."))
}

fn read(mut parser: Parser, mut token: Option<String>) -> Result<Command, String> {
    let sentence = |error: lexopt::Error| format!("{error}.");
    let (mut file, mut url, mut mapping, mut results) = (None, None, None, None);
    let (mut at_once, mut dry_run) = (AT_ONCE, false);
    while let Some(argument) = parser.next().map_err(sentence)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("url") => url = Some(text(&mut parser)?),
            Long("token") => token = Some(text(&mut parser)?),
            Long("mapping") => mapping = Some(PathBuf::from(text(&mut parser)?)),
            Long("results") => results = Some(PathBuf::from(text(&mut parser)?)),
            Long("at-once") => {
                let number = text(&mut parser)?.parse().ok();
                at_once = number
                    .filter(|number| (1..=256).contains(number))
                    .ok_or("--at-once takes a number from 1 to 256.")?;
            }
            Long("dry-run") => dry_run = true,
            Value(name) if file.is_none() => file = Some(PathBuf::from(name)),
            Long(_) | Short(_) | Value(_) => return Err(sentence(argument.unexpected())),
        }
    }
    let file = file.ok_or("Say which file to load.")?;
    let url: String = url.ok_or("Say where to with --url.")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err("--url begins with http:// or https://.".to_owned());
    }
    let url = url.trim_end_matches('/').to_owned();
    if file.is_dir() && (results.is_some() || mapping.is_some()) {
        return Err("An export needs neither --mapping nor --results.".to_owned());
    }
    let results = results.unwrap_or_else(|| results_of(&file, dry_run));
    Ok(Command::Load(Options { file, url, token, mapping, results, at_once, dry_run }))
}

fn text(parser: &mut Parser) -> Result<String, String> {
    let value = parser.value().map_err(|error| format!("{error}."))?;
    value.string().map_err(|error| format!("{error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        for (arguments, sentence) in [
            (&[][..], "Say which file to load."),
            (&["a.csv"], "Say where to with --url."),
            (&["a.csv", "--url", "example.com"], "--url begins with http:// or https://."),
            (&["a.csv", "--at-once", "0"], "--at-once takes a number from 1 to 256."),
            (&["a.csv", "b.csv"], "unexpected argument \"b.csv\"."),
        ] {
            let fault = parse(arguments, None).expect_err(sentence);
            assert!(fault.starts_with(sentence), "{fault}");
        }
    }

    #[test]
    fn the_results_are_beside_the_file_and_the_token_is_the_environments() {
        let arguments = ["a.csv", "--url", "http://127.0.0.1:3000/", "--dry-run"];
        let Ok(Command::Load(options)) = parse(arguments, Some("t".into())) else {
            panic!("it is to be loaded");
        };
        assert_eq!(options.url, "http://127.0.0.1:3000");
        assert_eq!(options.results, PathBuf::from("a.csv.dry-run.csv"));
        assert_eq!((options.token.as_deref(), options.at_once), (Some("t"), AT_ONCE));
        assert!(!format!("{options:?}").contains("token"));
    }
}
