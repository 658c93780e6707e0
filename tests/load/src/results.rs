//! The file with the outcome of each row: what a person reads afterwards, and what a later start goes on from.
//!
//! The rows of a batch are written together, so a start that was killed leaves at most a torn batch at the end, which is sent again with its key.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

/// The columns of the file.
const HEADER: [&str; 8] =
    ["batch", "rows", "row", "status", "outcome", "customerNumber", "requestInError", "causes"];

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub row: u64,
    pub status: u64,
    pub outcome: String,
    pub customer_number: String,
    pub request_in_error: String,
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
        let mut kept: BTreeMap<String, Vec<csv::StringRecord>> = BTreeMap::new();
        if path.exists() {
            let reader = csv::ReaderBuilder::new().flexible(true).from_path(path);
            let mut reader = reader.map_err(|error| wrong(&error))?;
            for record in reader.records() {
                // What was torn when an earlier start was killed is no record.
                let Ok(record) = record else { break };
                let batch = record.get(0).unwrap_or_default();
                if record.len() == HEADER.len() {
                    if !batch.starts_with(digest) {
                        let other =
                            "it has the results of another file; name another one with --results";
                        return Err(wrong(&other));
                    }
                    kept.entry(batch.to_owned()).or_default().push(record);
                }
            }
        }
        let whole = |records: &Vec<csv::StringRecord>| {
            let rows = records.first().and_then(|record| record.get(1)?.parse().ok());
            rows == Some(records.len()) && records.iter().all(|record| &record[4] != "busy")
        };
        kept.retain(|_, records| whole(records));
        let new = path.with_extension("csv.new");
        let mut counts = Counts::default();
        let mut writer = csv::Writer::from_path(&new).map_err(|error| wrong(&error))?;
        writer.write_record(HEADER).map_err(|error| wrong(&error))?;
        for record in kept.values().flatten() {
            counts.add(&record[4], record[7].split(' '));
            writer.write_record(record).map_err(|error| wrong(&error))?;
        }
        writer.flush().map_err(|error| wrong(&error))?;
        drop(writer);
        std::fs::rename(&new, path).map_err(|error| wrong(&error))?;
        let file = OpenOptions::new().append(true).open(path).map_err(|error| wrong(&error))?;
        Ok(Self { file: BufWriter::new(file), done: kept.into_keys().collect(), counts })
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
        for outcome in outcomes {
            let Outcome { row, status, outcome, customer_number, request_in_error, causes } =
                outcome;
            self.counts.add(outcome, causes.iter().map(String::as_str));
            let (row, status, causes) = (row.to_string(), status.to_string(), causes.join(" "));
            let cells =
                [batch, &rows, &row, &status, outcome, customer_number, request_in_error, &causes];
            writer.write_record(cells).map_err(|error| wrong(&error))?;
        }
        let bytes = writer.into_inner().map_err(|error| wrong(&error))?;
        self.file.write_all(&bytes).map_err(|error| wrong(&error))?;
        self.file.flush().map_err(|error| wrong(&error))
    }
}
