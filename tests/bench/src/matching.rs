//! Precision and recall on the public data of the field: of the duplicate check, and of what is told as possible duplicates.

pub mod example;
pub mod febrl;
pub mod million;
pub mod possible;
pub mod restaurants;

use std::collections::{BTreeMap, BTreeSet};

use domain::controls::Controls;
use domain::matching::duplicate::{are_same, blocks_of};

use self::febrl::Record;
use self::million::Counted;
use self::possible::Told;
use super::plot::{self, Bar};
use super::report::{Report, table};

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
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Measures all of it.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn measure() -> Result<Measured, String> {
    Ok(Measured {
        check: check()?,
        told: possible::measure()?,
        example: example::measure(),
        million: million::measure()?,
    })
}

/// Measures the check under the default controls.
fn check() -> Result<Vec<Row>, String> {
    let controls = local::controls::default();
    let mut rows = Vec::new();
    for set in febrl::SETS {
        rows.push(judged(set, &febrl::records(set)?, &controls));
    }
    rows.push(judged(restaurants::SET, &restaurants::records()?, &controls));
    Ok(rows)
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

/// Everything that is measured.
#[derive(Debug)]
pub struct Measured {
    /// The duplicate check.
    pub check: Vec<Row>,
    /// What is told as possible.
    pub told: Vec<Told>,
    /// The documented example of `recordlinkage`, or why it could not be run.
    pub example: Result<Vec<Row>, String>,
    /// The candidates among a million.
    pub million: Counted,
}

#[must_use]
pub fn report(measured: &Measured) -> Report {
    let head = ["data", "records", "true pairs", "found", "right", "precision", "recall"];
    let lines = |rows: &[Row]| {
        let line = |row: &Row| {
            vec![
                row.set.to_owned(),
                row.records.to_string(),
                row.true_pairs.to_string(),
                row.found.to_string(),
                row.right.to_string(),
                format!("{:.3}", row.precision()),
                format!("{:.3}", row.recall()),
            ]
        };
        table(&head, &rows.iter().map(line).collect::<Vec<_>>())
    };
    let mut bars = Vec::new();
    let mut bar = |label: String, value: f64, ours| {
        bars.push(Bar { label, value, shown: format!("{value:.3}"), ours });
    };
    for row in &measured.check {
        bar(format!("{}, check", row.set), row.recall(), true);
    }
    for told in &measured.told {
        bar(format!("{}, likely or possible", told.set), told.recall(), true);
    }
    let example = match &measured.example {
        Ok(rows) => {
            for row in rows {
                bar(format!("{}, example of recordlinkage", row.set), row.recall(), false);
            }
            lines(rows)
        }
        Err(sentence) => format!("{sentence}\n"),
    };
    Report {
        name: "matching",
        title: "Precision and recall over pairs of records: of the duplicate check under the default controls, and of what is told as likely or possible duplicates under the weights and thresholds that are built in."
            .to_owned(),
        parts: vec![
            "The duplicate check".to_owned(),
            lines(&measured.check),
            "Possible duplicates; the weights were fitted on dataset4".to_owned(),
            told_table(&measured.told),
            "The documented example of recordlinkage, which also compares the date of birth".to_owned(),
            example,
            "What each kind of key adds to the recall of those before it, and in brackets what no other finds".to_owned(),
            key_table(measured),
            "Found and right from a number of bits on".to_owned(),
            curve_table(&measured.told),
            format!(
                "Among {} customers with the names and addresses of FEBRL 4, one has {:.1} candidates on average and {} at the most; {:.1} % have under 500. {:.2} keys of each are passed over.",
                million::CUSTOMERS,
                measured.million.mean,
                measured.million.most,
                measured.million.under_the_most * 100.0,
                measured.million.passed_over
            ),
        ],
        plot: plot::bars("Recall", &bars),
    }
}

fn told_table(told: &[Told]) -> String {
    let head = [
        "data",
        "true pairs",
        "candidates",
        "of them right",
        "likely",
        "precision of likely",
        "likely or possible",
        "precision",
        "recall of likely",
        "recall of both",
    ];
    let lines = told.iter().map(|told| {
        vec![
            told.set.to_owned(),
            told.true_pairs.to_string(),
            told.candidates[0].to_string(),
            told.candidates[1].to_string(),
            told.likely[0].to_string(),
            format!("{:.4}", told.likely_precision()),
            told.both[0].to_string(),
            format!("{:.4}", share(told.both[1], told.both[0])),
            format!("{:.4}", share(told.likely[1], told.true_pairs)),
            format!("{:.4}", told.recall()),
        ]
    });
    table(&head, &lines.collect::<Vec<_>>())
}

fn key_table(measured: &Measured) -> String {
    let sets = measured.told.iter().map(|told| told.set);
    let head: Vec<&str> = std::iter::once("key").chain(sets).chain(["of a million"]).collect();
    let lines = measured.million.kinds.iter().enumerate().map(|(place, (kind, count))| {
        let mut line = vec![kind.name().to_owned()];
        line.extend(measured.told.iter().map(|told| {
            let (_, added, alone) = told.keys[place];
            format!("{added:.4} ({alone:.4})")
        }));
        line.push(format!("{count:.1}"));
        line
    });
    table(&head, &lines.collect::<Vec<_>>())
}

fn curve_table(told: &[Told]) -> String {
    let head: Vec<&str> = std::iter::once("bits").chain(told.iter().map(|told| told.set)).collect();
    let steps = told.first().map(|told| told.curve.len()).unwrap_or_default();
    let lines = (0..steps).map(|step| {
        let mut line = vec![told[0].curve[step].0.to_string()];
        line.extend(told.iter().map(|told| {
            let (_, found, right) = told.curve[step];
            let (precision, recall) = (share(right, found.max(1)), share(right, told.true_pairs));
            format!("{recall:.4} / {precision:.4}")
        }));
        line
    });
    table(&head, &lines.collect::<Vec<_>>())
}
