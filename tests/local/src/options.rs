//! The command line of `cargo local`. It decides nothing but what was asked for; the controls come from the environment.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use axum::http::Uri;
use lexopt::{
    Arg::{Long, Short, Value},
    Parser,
};

use crate::claims::WithoutToken;
use crate::log::Form;

/// The port that `cargo local` listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 3000;

/// What `--help` prints.
pub const HELP: &str = "\
The customer master on this machine: all functions behind one port, on an embedded database.

Usage: cargo local [OPTIONS]

Options:
      --port PORT      listen on this port of 127.0.0.1 (default 3000; 0 picks a free one)
      --data FILE      keep the data in this file (default: in memory, gone at the end); beside it
                       stand what SQLite keeps there, FILE-lock, and FILE-followed, which says how
                       far the changes were followed
      --empty          start without the example customers and the example request in error
      --require-token  answer a request without a token with 401, as a deployment does (default:
                       it is the local developer's, who may do everything)
      --log FORM       one short line for each request (short, the default), or the functions'
                       own lines (json), on standard error
      --events FILE    append each event, as a rule of the bus delivers it, to this file as a line
      --dynamodb URL   use the DynamoDB at this address (DynamoDB Local, say) in place of the
                       embedded one, and create the table there if it is missing
      --audit          audit the table of --data or --dynamodb in place of serving it: say what is
                       lost or does not fit together, and end with 0 where nothing is damaged
      --mend           with --audit: mend what can be mended, and end with 0 where nothing is
                       damaged any more
      --export FOLDER  write all customers and dealer customers of the table of --data or
                       --dynamodb, or of --table-export, into this new folder, as rows that
                       `cargo load` takes back, and end
      --table-export FOLDER
                       with --export: a table that DynamoDB exported to S3 as DYNAMODB_JSON,
                       copied from there
  -h, --help           print this help
  -V, --version        print the version

The controls (COMPANIES, DEFAULT_COUNTRY, MATCH_CODE_LAYOUT and so on) come from the environment.
";

/// What `--version` prints.
pub const VERSION: &str = concat!("customer master ", env!("CARGO_PKG_VERSION"));

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Run the server.
    Run(Options),
    /// Audit the table, and stop.
    Audit(Audit),
    /// Export the table, and stop.
    Export(Export),
    /// Print [`HELP`] and stop.
    Help,
    /// Print [`VERSION`] and stop.
    Version,
}

/// How to run the server.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Where the table is.
    pub data: Data,
    /// Start without the examples.
    pub empty: bool,
    /// What a request without a token comes to.
    pub without_token: WithoutToken,
    /// How requests are logged.
    pub log: Form,
    /// The file that events are appended to.
    pub events: Option<PathBuf>,
}

/// What to audit, and how.
#[derive(Debug, PartialEq, Eq)]
pub struct Audit {
    /// Where the table is: not in memory.
    pub data: Data,
    pub mend: bool,
    /// The file that events are appended to.
    pub events: Option<PathBuf>,
}

/// What to export, and where to.
#[derive(Debug, PartialEq, Eq)]
pub struct Export {
    pub from: ExportFrom,
    /// The folder, which is not there yet.
    pub to: PathBuf,
}

/// What is exported.
#[derive(Debug, PartialEq, Eq)]
pub enum ExportFrom {
    /// A table, not in memory.
    Table(Data),
    /// A table that DynamoDB exported to S3, in this folder.
    TableExport(PathBuf),
}

/// Where the table is.
#[derive(Debug, PartialEq, Eq)]
pub enum Data {
    /// In the embedded database, in memory.
    Memory,
    /// In the embedded database, in this file.
    File(PathBuf),
    /// In a DynamoDB at this address, which starts with `http://` or `https://` and names a host.
    DynamoDb(String),
}

/// Reads the arguments (without the program's own name).
///
/// # Errors
///
/// A sentence for the person at the keyboard that says what is wrong and what to write instead.
pub fn parse(arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Result<Command, String> {
    read(Parser::from_args(arguments)).map_err(|fault| format!("{fault} See `cargo local --help`."))
}

fn read(mut parser: Parser) -> Result<Command, String> {
    let mut port = None;
    let mut file = None;
    let mut url = None;
    let mut empty = None;
    let mut token = None;
    let mut log = None;
    let mut events = None;
    let mut audit = None;
    let mut mend = None;
    let mut export = None;
    let mut table_export = None;
    while let Some(argument) = parser.next().map_err(sentence)? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("port") => once(
                "--port",
                &mut port,
                parse_port(&value(&mut parser, "--port", "a port, for example 3001")?)?,
            )?,
            Long("data") => once("--data", &mut file, value(&mut parser, "--data", "a file")?)?,
            Long("dynamodb") => {
                let address = value(
                    &mut parser,
                    "--dynamodb",
                    "an address, for example http://127.0.0.1:8000",
                )?;
                once("--dynamodb", &mut url, parse_url(&address)?)?;
            }
            Long("log") => once(
                "--log",
                &mut log,
                parse_form(&value(&mut parser, "--log", "a form: short or json")?)?,
            )?,
            Long("events") => {
                once("--events", &mut events, value(&mut parser, "--events", "a file")?)?;
            }
            Long("audit") => once("--audit", &mut audit, ())?,
            Long("mend") => once("--mend", &mut mend, ())?,
            Long("export") => {
                let folder = value(&mut parser, "--export", "a folder that is not there yet")?;
                once("--export", &mut export, PathBuf::from(folder))?;
            }
            Long("table-export") => {
                let folder = value(&mut parser, "--table-export", "a folder")?;
                once("--table-export", &mut table_export, PathBuf::from(folder))?;
            }
            Long("empty") => once("--empty", &mut empty, ())?,
            Long("require-token") => once("--require-token", &mut token, ())?,
            Short(_) | Long(_) | Value(_) => return Err(sentence(argument.unexpected())),
        }
    }
    let data = match (file, url) {
        (None, None) => Data::Memory,
        (Some(file), None) => Data::File(PathBuf::from(file)),
        (None, Some(url)) => Data::DynamoDb(url),
        (Some(_), Some(_)) => {
            return Err("--data and --dynamodb exclude each other: the file belongs to the embedded database, which --dynamodb replaces.".to_owned());
        }
    };
    if let Some(export) = exported(&data, export, table_export)? {
        return match (audit, mend) {
            (None, None) => Ok(Command::Export(Export { from: export.0, to: export.1 })),
            _ => Err("--export and --audit exclude each other.".to_owned()),
        };
    }
    let events = events.map(PathBuf::from);
    match (audit, mend, &data) {
        (None, None, _) => {}
        (None, Some(()), _) => return Err("--mend goes with --audit.".to_owned()),
        (Some(()), _, Data::Memory) => {
            return Err(
                "--audit needs --data or --dynamodb: in memory there is nothing yet.".to_owned()
            );
        }
        (Some(()), mend, Data::File(_) | Data::DynamoDb(_)) => {
            return Ok(Command::Audit(Audit { data, mend: mend.is_some(), events }));
        }
    }
    Ok(Command::Run(Options {
        port: port.unwrap_or(DEFAULT_PORT),
        data,
        empty: empty.is_some(),
        without_token: match token {
            Some(()) => WithoutToken::Refused,
            None => WithoutToken::LocalDeveloper,
        },
        log: log.unwrap_or(Form::Short),
        events,
    }))
}

/// What is to be exported and where to, if anything is.
fn exported(
    data: &Data,
    to: Option<PathBuf>,
    table_export: Option<PathBuf>,
) -> Result<Option<(ExportFrom, PathBuf)>, String> {
    const NOTHING: &str =
        "--export needs --data, --dynamodb or --table-export: in memory there is nothing yet.";
    match (to, table_export, data) {
        (None, None, _) => Ok(None),
        (None, Some(_), _) => Err("--table-export goes with --export.".to_owned()),
        (Some(_), None, Data::Memory) => Err(NOTHING.to_owned()),
        (Some(to), Some(folder), Data::Memory) => Ok(Some((ExportFrom::TableExport(folder), to))),
        (Some(_), Some(_), Data::File(_) | Data::DynamoDb(_)) => {
            Err("--table-export and a table exclude each other.".to_owned())
        }
        (Some(to), None, Data::File(file)) => {
            Ok(Some((ExportFrom::Table(Data::File(file.clone())), to)))
        }
        (Some(to), None, Data::DynamoDb(url)) => {
            Ok(Some((ExportFrom::Table(Data::DynamoDb(url.clone())), to)))
        }
    }
}

fn value(parser: &mut Parser, option: &str, what: &str) -> Result<OsString, String> {
    // `--data --empty` is a forgotten value far more often than a file of that name; `--data=--empty` still says so.
    let value = match parser.optional_value() {
        Some(value) => Some(value),
        None => {
            let mut rest = parser.raw_args().map_err(sentence)?;
            rest.next_if(|next| !next.to_string_lossy().starts_with("--"))
        }
    };
    match value {
        Some(value) if !value.is_empty() => Ok(value),
        Some(_) | None => Err(format!("{option} needs {what}.")),
    }
}

fn once<T>(option: &str, place: &mut Option<T>, value: T) -> Result<(), String> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{option} is given twice.")),
    }
}

fn parse_port(text: &OsStr) -> Result<u16, String> {
    text.to_str()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| {
            format!("--port needs a number from 0 to 65535, not '{}'.", text.to_string_lossy())
        })
}

fn parse_form(text: &OsStr) -> Result<Form, String> {
    match text.to_str() {
        Some("short") => Ok(Form::Short),
        Some("json") => Ok(Form::Json),
        Some(_) | None => {
            Err(format!("--log needs short or json, not '{}'.", text.to_string_lossy()))
        }
    }
}

fn parse_url(text: &OsStr) -> Result<String, String> {
    text.to_str()
        .and_then(|text| text.parse::<Uri>().ok())
        .filter(|url| matches!(url.scheme_str(), Some("http" | "https")) && url.host().is_some())
        .map(|url| url.to_string().trim_end_matches('/').to_owned())
        .ok_or_else(|| {
            format!(
                "--dynamodb needs an address that starts with http:// or https://, not '{}'.",
                text.to_string_lossy()
            )
        })
}

fn sentence(error: lexopt::Error) -> String {
    match error {
        lexopt::Error::UnexpectedOption(option) => format!("There is no option '{option}'."),
        lexopt::Error::UnexpectedArgument(argument) => {
            format!("There is nothing to do with '{}'.", argument.to_string_lossy())
        }
        lexopt::Error::UnexpectedValue { option, value } => {
            format!("{option} takes no value, but '{}' is given.", value.to_string_lossy())
        }
        lexopt::Error::MissingValue { .. }
        | lexopt::Error::ParsingFailed { .. }
        | lexopt::Error::NonUnicodeValue(_)
        | lexopt::Error::Custom(_) => format!("The command line cannot be read: {error}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Options {
        match parse(line.split_whitespace()) {
            Ok(Command::Run(options)) => options,
            other => panic!("{line:?} must run the server, but is {other:?}"),
        }
    }

    fn refusal(line: &[&str]) -> String {
        parse(line).expect_err("a refusal")
    }

    #[test]
    fn without_options_the_server_listens_on_3000_in_memory_with_the_examples() {
        assert_eq!(
            options(""),
            Options {
                port: 3000,
                data: Data::Memory,
                empty: false,
                without_token: WithoutToken::LocalDeveloper,
                log: Form::Short,
                events: None,
            }
        );
    }

    #[test]
    fn every_option_is_read_in_either_spelling_and_any_order() {
        let expected = Options {
            port: 0,
            data: Data::File(PathBuf::from("master.db")),
            empty: true,
            without_token: WithoutToken::Refused,
            log: Form::Json,
            events: None,
        };
        assert_eq!(
            options("--port 0 --data master.db --empty --require-token --log json"),
            expected
        );
        assert_eq!(
            options("--log=json --require-token --empty --data=master.db --port=0"),
            expected
        );
        assert_eq!(options("--log short").log, Form::Short);
        assert_eq!(
            options("--dynamodb http://127.0.0.1:8000").data,
            Data::DynamoDb("http://127.0.0.1:8000".to_owned())
        );
        assert_eq!(
            options("--dynamodb=https://db.example/").data,
            Data::DynamoDb("https://db.example".to_owned())
        );
    }

    #[test]
    fn help_and_version_win_over_what_follows_them() {
        assert_eq!(parse(["--help", "--nonsense"]), Ok(Command::Help));
        assert_eq!(parse(["-h"]), Ok(Command::Help));
        assert_eq!(parse(["--empty", "--version"]), Ok(Command::Version));
        assert_eq!(parse(["-V"]), Ok(Command::Version));
    }

    #[test]
    fn the_help_names_every_option() {
        for option in [
            "--port",
            "--data",
            "--empty",
            "--require-token",
            "--log",
            "--dynamodb",
            "--audit",
            "--mend",
            "--export",
            "--table-export",
            "--help",
            "--version",
        ] {
            assert!(HELP.contains(option), "{option} is missing from the help");
        }
        assert!(HELP.contains(&format!("default {DEFAULT_PORT}")));
    }

    #[test]
    fn an_unknown_option_and_a_stray_argument_are_named() {
        assert_eq!(
            refusal(&["--prot", "1"]),
            "There is no option '--prot'. See `cargo local --help`."
        );
        assert_eq!(refusal(&["-x"]), "There is no option '-x'. See `cargo local --help`.");
        assert_eq!(
            refusal(&["3000"]),
            "There is nothing to do with '3000'. See `cargo local --help`."
        );
        assert_eq!(
            refusal(&["--empty=yes"]),
            "--empty takes no value, but 'yes' is given. See `cargo local --help`."
        );
    }

    #[test]
    fn a_bad_port_is_named_with_what_a_port_is() {
        for port in ["65536", "-1", "+80", "http", "3000.0", "99999999999999999999"] {
            assert_eq!(
                refusal(&["--port", port]),
                format!(
                    "--port needs a number from 0 to 65535, not '{port}'. See `cargo local --help`."
                )
            );
        }
    }

    #[test]
    fn a_form_of_the_log_that_there_is_not_is_named_with_those_that_there_are() {
        assert_eq!(
            refusal(&["--log", "xml"]),
            "--log needs short or json, not 'xml'. See `cargo local --help`."
        );
    }

    #[test]
    fn a_forgotten_value_is_asked_for_and_the_next_option_not_taken_for_it() {
        assert_eq!(
            refusal(&["--port"]),
            "--port needs a port, for example 3001. See `cargo local --help`."
        );
        assert_eq!(
            refusal(&["--data", "--empty"]),
            "--data needs a file. See `cargo local --help`."
        );
        assert_eq!(refusal(&["--data="]), "--data needs a file. See `cargo local --help`.");
        assert!(refusal(&["--dynamodb"]).starts_with("--dynamodb needs an address"));
    }

    #[test]
    fn an_address_that_is_not_http_is_refused() {
        for address in
            ["127.0.0.1:8000", "localhost:8000", "ftp://127.0.0.1", "http://", "not an address"]
        {
            assert_eq!(
                refusal(&["--dynamodb", address]),
                format!(
                    "--dynamodb needs an address that starts with http:// or https://, not '{address}'. See `cargo local --help`."
                )
            );
        }
    }

    #[test]
    fn a_data_file_and_another_database_exclude_each_other() {
        assert!(
            refusal(&["--data", "a.db", "--dynamodb", "http://127.0.0.1:8000"])
                .starts_with("--data and --dynamodb exclude each other")
        );
    }

    #[test]
    fn an_audit_is_of_a_table_that_is_there_and_mends_where_it_is_told() {
        let audit = |mend| {
            let data = Data::File(PathBuf::from("master.db"));
            Ok(Command::Audit(Audit { data, mend, events: None }))
        };
        assert_eq!(parse(["--data", "master.db", "--audit"]), audit(false));
        assert_eq!(parse(["--mend", "--audit", "--data", "master.db"]), audit(true));
        assert!(refusal(&["--audit"]).starts_with("--audit needs --data or --dynamodb"));
        assert!(
            refusal(&["--data", "master.db", "--mend"]).starts_with("--mend goes with --audit")
        );
    }

    #[test]
    fn an_export_is_of_a_table_that_is_there_or_of_what_dynamodb_exported() {
        let export = |from| Ok(Command::Export(Export { from, to: PathBuf::from("out") }));
        let file = ExportFrom::Table(Data::File(PathBuf::from("master.db")));
        assert_eq!(parse(["--data", "master.db", "--export", "out"]), export(file));
        let exported = ExportFrom::TableExport(PathBuf::from("s3"));
        assert_eq!(parse(["--export", "out", "--table-export", "s3"]), export(exported));
        for (line, sentence) in [
            (&["--export", "out"][..], "--export needs --data, --dynamodb or --table-export"),
            (&["--table-export", "s3"], "--table-export goes with --export"),
            (
                &["--export", "out", "--table-export", "s3", "--data", "a.db"],
                "--table-export and a table exclude each other",
            ),
            (&["--export", "out", "--data", "a.db", "--audit"], "--export and --audit exclude"),
            (&["--export"], "--export needs a folder"),
        ] {
            let fault = refusal(line);
            assert!(fault.starts_with(sentence), "{fault}");
        }
    }

    #[test]
    fn an_option_given_twice_is_refused() {
        assert_eq!(
            refusal(&["--port", "1", "--port", "2"]),
            "--port is given twice. See `cargo local --help`."
        );
        assert_eq!(
            refusal(&["--empty", "--empty"]),
            "--empty is given twice. See `cargo local --help`."
        );
    }
}
