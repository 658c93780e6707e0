//! The file with the outcome of each row: what a person reads afterwards, and what a later start goes on from.
//!
//! The rows of a batch are written together, so a start that was killed leaves at most a torn batch at the end, which is sent again with its key.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use csv::StringRecord;

/// The columns of the file.
const HEADER: [&str; 10] = [
    "batch",
    "rows",
    "row",
    "status",
    "outcome",
    "customerNumber",
    "customerOrganizationIdentifier",
    "requestInError",
    "was",
    "causes",
];

/// Where the columns are that are read again.
const BATCH: usize = 0;
const ROWS: usize = 1;
const OUTCOME: usize = 4;
const NUMBER: usize = 5;
const IDENTIFIER: usize = 6;
const WAS: usize = 8;
const CAUSES: usize = 9;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub row: u64,
    pub status: u64,
    pub outcome: String,
    pub customer_number: String,
    pub identifier: String,
    pub request_in_error: String,
    /// The number that the customer had in the master that was exported, of a row that makes one.
    pub was: String,
    /// The codes of its faults, or the type of its problem.
    pub causes: Vec<String>,
}

/// How many rows had which outcome, and of which cause.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Counts {
    pub outcomes: BTreeMap<String, u64>,
    pub causes: BTreeMap<String, u64>,
}

impl Counts {
    fn add<'c>(&mut self, outcome: &str, causes: impl Iterator<Item = &'c str>) {
        *self.outcomes.entry(outcome.to_owned()).or_default() += 1;
        for cause in causes.filter(|cause| !cause.is_empty()) {
            *self.causes.entry(cause.to_owned()).or_default() += 1;
        }
    }

    /// Adds those of another file.
    pub fn merge(&mut self, other: &Self) {
        let Self { outcomes, causes } = other;
        for (into, from) in [(&mut self.outcomes, outcomes), (&mut self.causes, causes)] {
            for (name, rows) in from {
                *into.entry(name.clone()).or_default() += rows;
            }
        }
    }

    /// How many rows there are.
    pub fn rows(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// How many rows were not settled.
    pub fn busy(&self) -> u64 {
        self.outcomes.get("busy").copied().unwrap_or(0)
    }
}

/// The file, open to be written on.
pub struct Results {
    file: BufWriter<File>,
    /// The batches that are settled.
    done: BTreeSet<String>,
    pub counts: Counts,
}

impl Results {
    /// Opens the file, and keeps what is whole of an earlier start with the same file of rows.
    ///
    /// # Errors
    /// A sentence, where it cannot be read or written or is of another file of rows.
    pub fn open(path: &Path, digest: &str) -> Result<Self, String> {
        let wrong = |what: &dyn std::fmt::Display| format!("{}: {what}.", path.display());
        if path.exists() && !has_results(path).map_err(|error| wrong(&error))? {
            return Err(wrong(&"it is no file of results; name another one with --results"));
        }
        let new = path.with_extension("csv.new");
        let mut kept = Kept {
            writer: csv::Writer::from_path(&new).map_err(|error| wrong(&error))?,
            batch: Vec::new(),
            done: BTreeSet::new(),
            counts: Counts::default(),
        };
        kept.writer.write_record(HEADER).map_err(|error| wrong(&error))?;
        if path.exists() {
            for record in records(path).map_err(|error| wrong(&error))? {
                if !record[BATCH].starts_with(digest) {
                    let other =
                        "it has the results of another file; name another one with --results";
                    return Err(wrong(&other));
                }
                kept.add(record).map_err(|error| wrong(&error))?;
            }
        }
        kept.end_batch().map_err(|error| wrong(&error))?;
        let Kept { mut writer, batch: _, done, counts } = kept;
        writer.flush().map_err(|error| wrong(&error))?;
        drop(writer);
        std::fs::rename(&new, path).map_err(|error| wrong(&error))?;
        let file = OpenOptions::new().append(true).open(path).map_err(|error| wrong(&error))?;
        Ok(Self { file: BufWriter::new(file), done, counts })
    }

    /// Whether each row of this batch is settled.
    pub fn has(&self, batch: &str) -> bool {
        self.done.contains(batch)
    }

    /// Writes what became of the rows of a batch.
    ///
    /// # Errors
    /// A sentence.
    pub fn write(&mut self, batch: &str, outcomes: &[Outcome]) -> Result<(), String> {
        let wrong =
            |error: &dyn std::fmt::Display| format!("The results cannot be written: {error}.");
        let mut writer = csv::Writer::from_writer(Vec::new());
        let rows = outcomes.len().to_string();
        for one in outcomes {
            let Outcome { row, status, outcome, customer_number, .. } = one;
            let Outcome { identifier, request_in_error, was, causes, .. } = one;
            self.counts.add(outcome, causes.iter().map(String::as_str));
            let (row, status, causes) = (row.to_string(), status.to_string(), causes.join(" "));
            let said = [outcome, customer_number, identifier, request_in_error, was, &causes];
            let cells = [batch, &rows, &row, &status].into_iter().chain(said.map(String::as_str));
            writer.write_record(cells).map_err(|error| wrong(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| wrong(&error))?;
        self.file.write_all(&bytes).map_err(|error| wrong(&error))?;
        self.file.flush().map_err(|error| wrong(&error))
    }
}

/// What is whole of an earlier start, written batch by batch: there may be many.
struct Kept {
    writer: csv::Writer<File>,
    batch: Vec<StringRecord>,
    done: BTreeSet<String>,
    counts: Counts,
}

impl Kept {
    fn add(&mut self, record: StringRecord) -> Result<(), csv::Error> {
        if self.batch.first().is_some_and(|first| first[BATCH] != record[BATCH]) {
            self.end_batch()?;
        }
        self.batch.push(record);
        Ok(())
    }

    /// Keeps the batch, if it is whole, each of its rows is settled, and it is not there yet.
    fn end_batch(&mut self) -> Result<(), csv::Error> {
        let batch = std::mem::take(&mut self.batch);
        let Some(first) = batch.first() else { return Ok(()) };
        let is_whole = first[ROWS].parse() == Ok(batch.len());
        let is_settled = batch.iter().all(|record| &record[OUTCOME] != "busy");
        if is_whole && is_settled && self.done.insert(first[BATCH].to_owned()) {
            for record in &batch {
                self.counts.add(&record[OUTCOME], record[CAUSES].split(' '));
                self.writer.write_record(record)?;
            }
        }
        Ok(())
    }
}

/// Whether a file begins as results do, as far as it was written.
fn has_results(path: &Path) -> std::io::Result<bool> {
    let header = HEADER.join(",").into_bytes();
    let mut start = Vec::new();
    File::open(path)?.take(header.len() as u64).read_to_end(&mut start)?;
    Ok(header.starts_with(&start))
}

/// The records of a file of results. What was torn when an earlier start was killed is none.
fn records(path: &Path) -> Result<impl Iterator<Item = StringRecord>, csv::Error> {
    let reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let whole = |record: &StringRecord| record.len() == HEADER.len();
    Ok(reader.into_records().map_while(Result::ok).filter(whole))
}

/// The customers that an export's rows made: each by the number that it had.
#[derive(Debug, Default, Clone)]
pub struct Former(HashMap<String, (String, String)>);

impl Former {
    /// Learns what these results say.
    ///
    /// # Errors
    /// A sentence, where they cannot be read.
    pub fn learn(&mut self, path: &Path) -> Result<(), String> {
        let made = records(path).map_err(|error| format!("{}: {error}.", path.display()))?;
        for record in made {
            let [was, number, identifier] = [WAS, NUMBER, IDENTIFIER].map(|at| &record[at]);
            let is_known = !was.is_empty() && !identifier.is_empty();
            if is_known && matches!(&record[OUTCOME], "success" | "unchanged") {
                let now = (number.to_owned(), identifier.to_owned());
                self.0.insert(was.to_owned(), now);
            }
        }
        Ok(())
    }

    /// The number and the identifier of the customer that had this number.
    pub fn now(&self, was: &str) -> Option<(&str, &str)> {
        self.0.get(was).map(|(number, identifier)| (number.as_str(), identifier.as_str()))
    }
}
