//! A file as its rows, one after another, so that a large one needs no more memory than a small one.

mod text;
mod xml;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::mapping::{Columns, Mapping};

use self::text::Text;

/// The files of an export of a customer master, in the order in which they are loaded.
pub const EXPORTED: [&str; 3] =
    ["customers-of-dealers.jsonl", "customers.jsonl", "dealer-customers.jsonl"];

/// What may stand between the cells of a CSV.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What every row of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Messages,
    Associations,
}

impl Kind {
    /// The route that takes many of them.
    pub fn path(self) -> &'static str {
        match self {
            Self::Messages => "/customers/batch",
            Self::Associations => "/dealer-customers/batch",
        }
    }

    fn of(row: &str) -> Self {
        let json: Option<Value> = serde_json::from_str(row).ok();
        match json.is_some_and(|json| json.get("dealerCode").is_some()) {
            true => Self::Associations,
            false => Self::Messages,
        }
    }
}

/// A row as it is sent. Those of an export say which customer of the master that was exported they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub body: String,
    /// The number that the customer had that this row makes.
    pub was: Option<String>,
    /// The number that the customer had that another row made.
    pub of: Option<String>,
}

impl Row {
    fn of(line: &str) -> Self {
        let plain = || Self { body: line.to_owned(), was: None, of: None };
        if !line.contains("\"was\"") && !line.contains("\"of\"") {
            return plain();
        }
        let Ok(Value::Object(mut row)) = serde_json::from_str(line) else { return plain() };
        let mut take = |name| match row.remove(name) {
            Some(Value::String(number)) => Some(number),
            Some(_) | None => None,
        };
        let (was, of) = (take("was"), take("of"));
        Self { body: Value::Object(row).to_string(), was, of }
    }
}

/// The rows of a file.
pub struct Source {
    rows: Rows,
    /// The row that was read to see what the rows are.
    first: Option<Row>,
    kind: Kind,
    number: u64,
}

enum Rows {
    Csv(Columns, Box<csv::StringRecordsIntoIter<BufReader<Text>>>),
    Lines(BufReader<Text>),
    Xml(xml::Messages),
}

impl Source {
    /// Opens a file: by its name JSON lines, XML or CSV.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file, and where.
    pub fn open(path: &Path, mapping: &Mapping) -> Result<Self, String> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let cannot = |error: std::io::Error| format!("{} cannot be read: {error}.", path.display());
        let text = Text::of(open(path)?).map_err(cannot)?;
        let delimiter = delimiter(text.start());
        let is_array = text.start().trim_ascii_start().starts_with(b"[");
        let text = BufReader::new(text);
        let mut rows = match ending.to_ascii_lowercase().as_str() {
            "json" if is_array => {
                return Err(format!(
                    "{} is one JSON array; write one row a line: jq -c '.[]' FILE > FILE.jsonl.",
                    path.display()
                ));
            }
            "jsonl" | "ndjson" | "json" => Rows::Lines(text),
            "xml" => Rows::Xml(xml::Messages::of(text)),
            _ => {
                let mut reader = csv::ReaderBuilder::new();
                let reader = reader.has_headers(false).delimiter(delimiter).from_reader(text);
                let mut records = Box::new(reader.into_records());
                let header = records.next().transpose().map_err(sentence)?.unwrap_or_default();
                Rows::Csv(mapping.of_header(header.iter())?, records)
            }
        };
        let first = rows.next(1)?;
        let kind = first.as_ref().map_or(Kind::Messages, |row| Kind::of(&row.body));
        Ok(Self { rows, first, kind, number: 0 })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The next row with its number, from 1; none behind the last.
    ///
    /// # Errors
    /// A sentence that names the row that cannot be read.
    pub fn next_row(&mut self) -> Result<Option<(u64, Row)>, String> {
        let row = match self.first.take() {
            Some(row) => Some(row),
            None if self.number == 0 => None,
            None => self.rows.next(self.number + 1)?,
        };
        self.number += 1;
        Ok(row.map(|row| (self.number, row)))
    }
}

impl Rows {
    fn next(&mut self, number: u64) -> Result<Option<Row>, String> {
        let plain = |body| Row { body, was: None, of: None };
        match self {
            Self::Csv(columns, records) => {
                let record: Option<StringRecord> = records.next().transpose().map_err(sentence)?;
                Ok(record.map(|record| plain(columns.row(record.iter()).to_string())))
            }
            Self::Lines(reader) => loop {
                let mut line = String::new();
                let read = reader.read_line(&mut line);
                match read.map_err(|error| format!("Row {number} cannot be read: {error}."))? {
                    0 => return Ok(None),
                    _ => {
                        let line = line.trim();
                        if !line.is_empty() {
                            return Ok(Some(Row::of(line)));
                        }
                    }
                }
            },
            Self::Xml(messages) => {
                let next = messages.next().map(|message| message.map(plain));
                next.map_err(|what| format!("Message {number} cannot be read: {what}."))
            }
        }
    }
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{} cannot be opened: {error}.", path.display()))
}

fn sentence(error: csv::Error) -> String {
    const ENCODED: &str = "convert it first: iconv -f WINDOWS-1252 -t UTF-8 FILE";
    if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) {
        format!("The file is neither UTF-8 nor UTF-16; {ENCODED}. ({error})")
    } else {
        format!("The file is no CSV: {error}.")
    }
}

/// What stands between the cells: what the header has most of outside quotes.
fn delimiter(start: &[u8]) -> u8 {
    let mut counts = [0; DELIMITERS.len()];
    let mut is_quoted = false;
    for byte in start {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => break,
            _ => {}
        }
        let place = DELIMITERS.iter().position(|one| one == byte);
        if let Some(place) = place.filter(|_| !is_quoted) {
            counts[place] += 1;
        }
    }
    // The first of those that stand there most.
    let most = (0..DELIMITERS.len()).rev().max_by_key(|place| counts[*place]);
    DELIMITERS[most.unwrap_or_default()]
}

/// A digest of the file and of what its columns are, and how many rows it has.
///
/// # Errors
/// As [`Source::open`] and [`Source::next_row`] have them.
pub fn look_through(path: &Path, mapping: &Mapping) -> Result<(String, u64), String> {
    let mut digest = Sha256::new();
    let mut file = open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer);
        match read.map_err(|error| format!("{} cannot be read: {error}.", path.display()))? {
            0 => break,
            length => digest.update(&buffer[..length]),
        }
    }
    digest.update(format!("{mapping:?}"));
    let digest = HEXLOWER.encode(&digest.finalize()[..12]);
    let mut source = Source::open(path, mapping)?;
    let mut rows = 0;
    while source.next_row()?.is_some() {
        rows += 1;
    }
    Ok((digest, rows))
}
