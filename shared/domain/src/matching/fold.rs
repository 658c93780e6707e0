//! Folding: what is left of a text when accents, case and punctuation do not count (Unicode NFKD, UAX #15).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Roadway words: left out where they are the last word of an address line and not its only one.
const ROADWAYS: &[&str] = &[
    "AV",
    "AVE",
    "AVENUE",
    "BLVD",
    "BOULEVARD",
    "CIR",
    "CIRCLE",
    "CT",
    "COURT",
    "CRES",
    "CRESCENT",
    "DR",
    "DRIVE",
    "HWY",
    "HIGHWAY",
    "LN",
    "LANE",
    "LOOP",
    "PATH",
    "PIKE",
    "PKWY",
    "PARKWAY",
    "PL",
    "PLACE",
    "PLZ",
    "PLAZA",
    "RD",
    "ROAD",
    "RTE",
    "ROUTE",
    "ROW",
    "RUN",
    "SQ",
    "SQUARE",
    "ST",
    "STR",
    "STREET",
    "TER",
    "TERR",
    "TERRACE",
    "TPKE",
    "TURNPIKE",
    "TRL",
    "TRAIL",
    "WALK",
    "WAY",
];

/// The words of a text: NFKD, marks removed, capitals, letters and digits only, one blank between words. Punctuation leaves no blank: `O'Brien` is `OBRIEN`.
pub fn words(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        // Which is its own NFKD, and has no marks.
        append(&mut folded, text.chars());
    } else {
        let bare = |character: &char| !is_combining_mark(*character);
        append(&mut folded, text.nfkd().filter(bare));
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn append(folded: &mut String, characters: impl Iterator<Item = char>) {
    for character in characters {
        if character.is_whitespace() {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else {
            folded.extend(character.to_uppercase().filter(|capital| capital.is_alphanumeric()));
        }
    }
}

/// The words of an address line without the roadway word at its end: `100 Example St.` and `100 example street` are both `100 EXAMPLE`; `Street` stays.
pub fn address_line(text: &str) -> String {
    let mut folded = words(text);
    if let Some((rest, last)) = folded.rsplit_once(' ')
        && ROADWAYS.contains(&last)
    {
        folded.truncate(rest.len());
    }
    folded
}

/// Words without the blanks between them, as a match code takes them.
pub fn closed_up(words: &str) -> String {
    words.chars().filter(|character| *character != ' ').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_ignore_accents_case_punctuation_and_double_blanks() {
        for (text, folded) in [
            ("  Zoë   Müller-Straße ", "ZOE MULLERSTRASSE"),
            ("O'Brien", "OBRIEN"),
            ("ＡＣＭＥ\u{a0}№ ５", "ACME NO 5"),
            ("A & B", "A B"),
            ("!?", ""),
            ("", ""),
        ] {
            assert_eq!(words(text), folded, "{text:?}");
        }
    }

    #[test]
    fn the_last_roadway_word_of_a_line_is_left_out_unless_it_is_the_only_word() {
        for (line, folded) in [
            ("100 Example Street", "100 EXAMPLE"),
            ("100 Example St.", "100 EXAMPLE"),
            ("Street", "STREET"),
            ("Street Road", "STREET"),
            ("Avenue of the Americas", "AVENUE OF THE AMERICAS"),
            ("", ""),
        ] {
            assert_eq!(address_line(line), folded, "{line:?}");
        }
    }
}
