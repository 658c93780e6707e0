//! A file as its rows, one after another, so that a large one needs no more memory than a small one.

mod xml;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use csv::StringRecord;
use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::mapping::{Columns, Mapping};

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

/// The rows of a file.
pub struct Source {
    rows: Rows,
    /// The row that was read to see what the rows are.
    first: Option<String>,
    kind: Kind,
    number: u64,
}

enum Rows {
    Csv(Columns, Box<csv::StringRecordsIntoIter<File>>),
    Lines(BufReader<File>),
    Xml(xml::Messages),
}

impl Source {
    /// Opens a file: by its name JSON lines, XML or CSV.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the file, and where.
    pub fn open(path: &Path, mapping: &Mapping) -> Result<Self, String> {
        let file = open(path)?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let mut rows = match ending.to_ascii_lowercase().as_str() {
            "jsonl" | "ndjson" => Rows::Lines(BufReader::new(file)),
            "xml" => Rows::Xml(xml::Messages::of(BufReader::new(file))),
            _ => {
                let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
                let mut records = Box::new(reader.into_records());
                let header = records.next().transpose().map_err(sentence)?.unwrap_or_default();
                let names = header.iter().enumerate().map(|(at, name)| match at {
                    0 => name.trim_start_matches('\u{feff}'),
                    _ => name,
                });
                Rows::Csv(mapping.of_header(names)?, records)
            }
        };
        let first = rows.next(1)?;
        let kind = first.as_deref().map_or(Kind::Messages, Kind::of);
        Ok(Self { rows, first, kind, number: 0 })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The next row with its number, from 1; none behind the last.
    ///
    /// # Errors
    /// A sentence that names the row that cannot be read.
    pub fn next_row(&mut self) -> Result<Option<(u64, String)>, String> {
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
    fn next(&mut self, number: u64) -> Result<Option<String>, String> {
        match self {
            Self::Csv(columns, records) => {
                let record: Option<StringRecord> = records.next().transpose().map_err(sentence)?;
                Ok(record.map(|record| columns.row(record.iter()).to_string()))
            }
            Self::Lines(reader) => loop {
                let mut line = String::new();
                let read = reader.read_line(&mut line);
                match read.map_err(|error| format!("Row {number} cannot be read: {error}."))? {
                    0 => return Ok(None),
                    _ => {
                        let line = line.trim_start_matches('\u{feff}').trim();
                        if !line.is_empty() {
                            return Ok(Some(line.to_owned()));
                        }
                    }
                }
            },
            Self::Xml(messages) => {
                let next = messages.next();
                next.map_err(|what| format!("Message {number} cannot be read: {what}."))
            }
        }
    }
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{} cannot be opened: {error}.", path.display()))
}

fn sentence(error: csv::Error) -> String {
    format!("The file is no CSV: {error}.")
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
