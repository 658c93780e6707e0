//! Businesses: two guides to restaurants, Fodor's and Zagat's, of which it is known which entries are one house (Tejada, Knoblock and Minton 2001). They come with the Python
//! package `py_entitymatching` (BSD licence); nothing was fitted on them. Telephones are left out: beside an address they say little more.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::message::{Attribute, Attributes};

use super::febrl::{Record, tools};

/// What the set is called.
pub const SET: &str = "restaurants";

/// The package that has the data, and its version.
const PACKAGE: &str = "py_entitymatching==0.4.2";

/// The archive of the package, and the folder of the data in it.
const ARCHIVE: &str = "py-entitymatching-0.4.2.tar.gz";
const FOLDER: &str = "py-entitymatching-0.4.2/py_entitymatching/datasets/end-to-end/restaurants";

/// How many entries the guides have, and how many of them are in both.
const SIZES: [usize; 3] = [533, 331, 112];

/// The entries of both guides.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn records() -> Result<Vec<Record>, String> {
    let folder = fetched()?;
    let [fodors, zagats, both] = ["fodors.csv", "zagats.csv", "matches_fodors_zagats.csv"]
        .map(|name| rows(&folder.join(name)));
    let (fodors, zagats, both) = (fodors?, zagats?, both?);
    if [fodors.len(), zagats.len(), both.len()] != SIZES {
        return Err(format!("{PACKAGE} does not have the entries that are known of it."));
    }
    let of_fodors: HashMap<&str, &str> = both.iter().map(|row| (&row[1], &row[0])).collect();
    let own = fodors.iter().map(|row| record(format!("Fodor's {}", &row[0]), row));
    let other = zagats.iter().map(|row| match of_fodors.get(&row[0]) {
        Some(same) => record(format!("Fodor's {same}"), row),
        None => record(format!("Zagat's {}", &row[0]), row),
    });
    Ok(own.chain(other).collect())
}

fn record(house: String, row: &csv::StringRecord) -> Record {
    let values = [
        (Attribute::COMPANY_NAME, &row[1]),
        (Attribute::STREET, &row[2]),
        (Attribute::CITY, &row[3]),
        (Attribute::COUNTRY, "USA"),
    ];
    Record { person: house, attributes: Attributes::from_iter(values) }
}

fn rows(file: &Path) -> Result<Vec<csv::StringRecord>, String> {
    let read = csv::Reader::from_path(file).and_then(|mut rows| rows.records().collect());
    read.map_err(|error| format!("{} cannot be read: {error}.", file.display()))
}

/// The folder of the data, which is fetched where it is not there. The package is not installed, for its data alone is wanted.
fn fetched() -> Result<PathBuf, String> {
    let kept = tools().join(SET);
    let folder = kept.join(FOLDER);
    if folder.is_dir() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&kept)
        .map_err(|error| format!("{} cannot be made: {error}.", kept.display()))?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
        .args(["--no-binary", "py_entitymatching", PACKAGE]);
    let mut tar = Command::new("tar");
    tar.args(["-xzf", ARCHIVE]);
    for step in [&mut pip, &mut tar] {
        let done = step.current_dir(&kept).status();
        if !done.is_ok_and(|status| status.success()) {
            return Err(format!("{step:?} failed, so {PACKAGE} cannot be had."));
        }
    }
    Ok(folder)
}
