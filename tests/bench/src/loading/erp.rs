//! A customer base as an ERP exports it: CSV with semicolons and column names of its own. Of a hundred rows seven are others once more, spelled otherwise, and three are bad. The same
//! rows in every run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A file of rows, and what its columns are.
#[derive(Debug)]
pub(super) struct Export {
    pub(super) file: PathBuf,
    pub(super) mapping: PathBuf,
}

const MAPPING: &str = r#"{
  "columns": { "KUNNR": "cst_interface_cust_nbr", "NAME1": "cst_lname", "VNAME": "cst_fname", "STRAS": "cst_street_addr", "ORT01": "cst_city",
    "REGIO": "cst_state", "PSTLZ": "cst_zip", "LAND1": "cst_country", "TELF1": "cst_day_phone", "SMTP": "cst_email", "SPERR": null },
  "constants": { "cst_duplicate": "Y", "cst_email_status": "O2", "cst_original_source": "ERP" }
}"#;

const HEADER: &str = "KUNNR;NAME1;VNAME;STRAS;ORT01;REGIO;PSTLZ;LAND1;TELF1;SMTP;SPERR";

/// Writes so many rows.
pub(super) fn write(folder: &Path, name: &str, rows: u64) -> Result<Export, String> {
    let mut text = format!("{HEADER}\r\n");
    for number in 0..rows {
        // A text takes all that is written to it.
        let _ = write!(text, "{}\r\n", row(number));
    }
    let export = Export { file: folder.join(name), mapping: folder.join("mapping.json") };
    std::fs::write(&export.file, text)
        .and_then(|()| std::fs::write(&export.mapping, MAPPING))
        .map_err(|error| format!("The export cannot be written: {error}."))?;
    Ok(export)
}

/// What of a hundred rows is another once more, and what is bad.
const AGAIN: [u64; 7] = [13, 27, 41, 55, 69, 83, 97];
const BAD: [u64; 3] = [7, 50, 93];

fn row(number: u64) -> String {
    let of = if AGAIN.contains(&(number % 100)) { number - number % 13 - 1 } else { number };
    let again = of != number;
    let random = scattered(of);
    let [last, first, street] = [random, random >> 20, random >> 40].map(word);
    let house = 1 + of / 7 % 999;
    let roadway = if again { "ST." } else { "Street" };
    let last = if again { last.to_uppercase() } else { last };
    let zip = format!("{:05}", 1_000 + random % 90_000);
    let (zip, country) = match BAD.iter().position(|bad| number % 100 == *bad) {
        Some(0) => (String::new(), "US"),
        Some(1) => (zip, "Atlantis"),
        Some(_) => ("ABC".to_owned(), "US"),
        None => (zip, "US"),
    };
    let mail = format!("{first}.{last}.{of}@example.com").to_lowercase();
    format!(
        "{number:010};{last};{first};{house} {street} {roadway};{street}ville;VT;{zip};{country};802-555-{:04};{mail};",
        of % 10_000
    )
}

/// Bits that look random, the same for the same number (SplitMix64).
fn scattered(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A name of three syllables.
fn word(bits: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "bel", "cor", "da", "den", "el", "far", "gan", "ha", "hol", "in", "ja", "kel", "kor",
        "la", "len", "lo", "mar", "mil", "na", "nor", "o", "pel", "quin", "ra", "ros", "sen", "ta",
        "tor", "va", "wil", "zan",
    ];
    let at = |shift: u32| SYLLABLES[usize::try_from(bits >> shift & 31).unwrap_or_default()];
    let word = format!("{}{}{}", at(0), at(5), at(10));
    word[..1].to_uppercase() + &word[1..]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn of_a_hundred_rows_seven_are_others_once_more_and_three_are_bad() {
        let mail = |number| row(number).split(';').nth(9).map(str::to_owned);
        let all: BTreeSet<_> = (100..1_100).map(mail).collect();
        assert_eq!(all.len(), 930);
        let bad = (100..1_100).filter(|number| {
            let cells: Vec<_> = row(*number).split(';').map(str::to_owned).collect();
            cells[7] != "US" || cells[6].len() != 5
        });
        assert_eq!(bad.count(), 30);
    }
}
