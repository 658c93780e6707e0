//! The example of `recordlinkage`'s documentation, run as it stands there, to be beside ours.

use std::process::Command;

use super::Row;
use super::febrl::{self, SETS};

const SCRIPT: &str = include_str!("example.py");

/// What the example finds in each set.
///
/// # Errors
///
/// A sentence when it cannot be run.
pub fn measure() -> Result<Vec<Row>, String> {
    let folder = febrl::whole_package()?;
    let done = Command::new("python3")
        .env("PYTHONPATH", &folder)
        .args(["-W", "ignore", "-c", SCRIPT])
        .output()
        .map_err(|error| format!("python3 cannot be started: {error}."))?;
    if !done.status.success() {
        let error = String::from_utf8_lossy(&done.stderr);
        let last = error.lines().last().unwrap_or_default();
        return Err(format!("recordlinkage's example failed: {last}."));
    }
    let text = String::from_utf8_lossy(&done.stdout);
    let rows = SETS.into_iter().zip(text.lines()).map(|(set, line)| {
        let numbers: Vec<usize> =
            line.split(' ').filter_map(|number| number.parse().ok()).collect();
        let [found, right, true_pairs] = numbers[..] else {
            return Err(format!("recordlinkage's example said '{line}'."));
        };
        Ok(Row { set, records: febrl::records(set)?.len(), true_pairs, found, right })
    });
    rows.collect()
}
