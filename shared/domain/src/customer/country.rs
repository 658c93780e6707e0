//! Countries: which require a state and a postal code, which states they have, how their postal codes look. See `data/README.md` for the origin of the facts.

use std::cmp::Ordering;
use std::fmt;
use std::sync::OnceLock;

use regex_lite::Regex;
use unicode_normalization::UnicodeNormalization as _;

use crate::matching::fold;
use crate::message::{Attribute, Attributes};

/// One country of ISO 3166-1, or Kosovo, with its rules for addresses.
pub struct Country {
    alpha2: &'static str,
    alpha3: &'static str,
    name: &'static str,
    /// Other codes and names, with `|` between them.
    other_names: &'static str,
    requires_state: bool,
    requires_postal_code: bool,
    postal_codes: Pattern,
    /// What every postal code begins with, as it is written: `LV-`.
    postal_code_begins: &'static str,
    /// The letters and digits that one may begin with, whether they are written or not.
    postal_code_opens: &'static str,
    /// The country's own signs, which are no part of its postal codes wherever they stand before one, with `|` between them.
    postal_code_signs: &'static str,
    /// Some postal codes, with `,` between them.
    postal_code_examples: &'static str,
    /// The codes of the states, with `;` between two.
    state_codes: &'static str,
    /// Other codes and names of the states, in the same order: `|` between those of one, `;` between two states.
    state_names: &'static str,
}

/// How a country's postal codes look on their letters and digits; empty: as they like. It is compiled when it is first asked, which takes a hundred times as long as
/// asking it. An empty group stands where the country writes a blank (named `b…`) or a hyphen (`h…`).
struct Pattern {
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    /// The letters and digits as the country writes them; none where they are none of its postal codes.
    fn written(&self, letters_and_digits: &str) -> Option<String> {
        let pattern = self.compiled.get_or_init(|| {
            Regex::new(&format!("^(?:{})$", self.text))
                .expect("every pattern of the table compiles, a test says so")
        });
        let found = pattern.captures(letters_and_digits)?;
        let mut written = letters_and_digits.to_owned();
        let separators = pattern
            .capture_names()
            .enumerate()
            .filter_map(|(group, name)| Some((found.get(group)?.start(), name?)));
        let mut separators: Vec<_> = separators.collect();
        separators.sort_unstable();
        for (at, kind) in separators.into_iter().rev() {
            written.insert(at, if kind.starts_with('b') { ' ' } else { '-' });
        }
        Some(written)
    }
}

/// A country's postal code, taken apart.
struct PostalCode {
    /// Its letters and digits without any prefix.
    bare: String,
    /// As the country writes it.
    written: String,
}

include!(concat!(env!("OUT_DIR"), "/countries.rs"));

/// The most letters and digits that any country's postal code has, with room for a prefix: longer texts are none, and need not be matched.
const LONGEST_POSTAL_CODE: usize = 16;

impl Country {
    /// The country of that two- or three-letter code, or of that name or other common code; case, marks, punctuation and surrounding blanks aside.
    pub fn of(text: &str) -> Option<&'static Self> {
        let code = text.trim();
        let letters = || code.bytes().map(|letter| letter.to_ascii_uppercase());
        let coded = match code.len() {
            2 => COUNTRIES
                .binary_search_by(|country| country.alpha2.bytes().cmp(letters()))
                .ok()
                .map(|position| &COUNTRIES[position]),
            3 => BY_ALPHA3
                .binary_search_by(|place| {
                    COUNTRIES[usize::from(*place)].alpha3.bytes().cmp(letters())
                })
                .ok()
                .map(|found| &COUNTRIES[usize::from(BY_ALPHA3[found])]),
            _ => None,
        };
        coded.or_else(|| Self::named(code))
    }

    fn named(text: &str) -> Option<&'static Self> {
        /// Every name as it is compared, with its country's place in the table. Folded when the first is asked for, which most processes never are.
        static NAMES: OnceLock<Vec<(String, usize)>> = OnceLock::new();
        let names = NAMES.get_or_init(|| {
            let all = COUNTRIES.iter().enumerate().flat_map(|(position, country)| {
                let names = country.other_names.split('|').chain([
                    country.name,
                    country.alpha2,
                    country.alpha3,
                ]);
                names.filter(|name| !name.is_empty()).map(move |name| (compared(name), position))
            });
            let mut names: Vec<_> = all.collect();
            names.sort_unstable();
            names
        });
        let wanted = compared(text);
        let found = names.binary_search_by(|(name, _)| name.as_str().cmp(&wanted)).ok()?;
        Some(&COUNTRIES[names[found].1])
    }

    /// The three-letter code, which is the one that records keep.
    pub fn alpha3(&self) -> &'static str {
        self.alpha3
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn requires_state(&self) -> bool {
        self.requires_state
    }

    pub fn requires_postal_code(&self) -> bool {
        self.requires_postal_code
    }

    /// The state's code as records keep it, or none if the country has no such state. Names, and codes that the code replaced, are understood. Where our data lists
    /// no states, any is right.
    pub fn state(&self, text: &str) -> Option<String> {
        let state = text.trim().to_uppercase();
        if self.state_codes.is_empty() || self.state_codes.split(';').any(|code| code == state) {
            return Some(state);
        }
        let wanted = compared(text);
        let mut named = self
            .states()
            .filter(|(_, names)| names.split('|').any(|name| compared(name) == wanted));
        named.next().filter(|_| !wanted.is_empty()).map(|(code, _)| code.to_owned())
    }

    fn states(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.state_codes.split(';').zip(self.state_names.split(';'))
    }

    /// The postal code as the country writes it, or none if it is not one of the country's. Blanks, hyphens, width and the country's own prefix do not count. Where our
    /// data has no pattern, any is right.
    pub fn postal_code(&self, text: &str) -> Option<String> {
        if self.postal_codes.text.is_empty() {
            return Some(text.trim().to_uppercase());
        }
        self.read_postal_code(&compact_postal_code(text)?).map(|postal_code| postal_code.written)
    }

    /// The letters and digits of a postal code without the country's own prefix, as a match code takes them; none for what is not one of the country's.
    pub fn bare_postal_code(&self, text: &str) -> Option<String> {
        let compact = compact_postal_code(text)?;
        let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        if begins_with_digit(&compact) && !begins_with_digit(self.postal_code_opens) {
            // No sign has digits. This is asked for every candidate of a block, and the pattern is slow.
            return Some(compact);
        }
        self.read_postal_code(&compact).map(|postal_code| postal_code.bare)
    }

    fn read_postal_code(&self, compact: &str) -> Option<PostalCode> {
        let signed =
            self.postal_code_signs.split('|').filter_map(|sign| compact.strip_prefix(sign));
        // With the country's sign and what the pattern begins with, as in `AD-AD100`, or with either.
        let texts = std::iter::once(compact).chain(signed);
        let texts = texts.flat_map(|text| [Some(text), text.strip_prefix(self.postal_code_opens)]);
        texts.flatten().find_map(|bare| {
            let written = self.postal_codes.written(bare)?;
            Some(PostalCode {
                bare: bare.to_owned(),
                written: format!("{}{written}", self.postal_code_begins),
            })
        })
    }

    /// A sentence that says how the country's postal codes look; none where our data does not know.
    pub fn postal_code_hint(&self) -> Option<String> {
        let examples = self.postal_code_examples.replace(',', " or ");
        (!examples.is_empty()).then(|| format!("{}: postal codes look like {examples}.", self.name))
    }
}

/// Country, state and postal code in the one form that records keep, where they are valid; as they came where not. What is compared before the edits is compared so.
pub fn in_kept_form(attributes: &Attributes, default: Option<&'static Country>) -> Attributes {
    let mut kept = attributes.clone();
    let given = attributes.get(Attribute::COUNTRY);
    if let Some(country) = given.map_or(default, Country::of) {
        kept.set(Attribute::COUNTRY, country.alpha3());
        for (attribute, value) in [
            (Attribute::STATE, country.state(attributes.text(Attribute::STATE))),
            (Attribute::POSTAL_CODE, country.postal_code(attributes.text(Attribute::POSTAL_CODE))),
        ] {
            if let Some(value) = value {
                kept.set(attribute, value);
            }
        }
    }
    kept
}

/// The letters and digits of a postal code in capitals; none where there is more between them than blanks and dashes, and of what is longer than any.
fn compact_postal_code(text: &str) -> Option<String> {
    let mut compact = String::new();
    for character in text.trim().nfkc().flat_map(char::to_uppercase).map(plain_digit) {
        if character.is_ascii_alphanumeric() && compact.len() < LONGEST_POSTAL_CODE {
            compact.push(character);
        } else if !fold::is_dash(character) && !fold::is_blank(character.encode_utf8(&mut [0; 4])) {
            return None;
        }
    }
    Some(compact)
}

/// A decimal digit of the scripts in which postal codes are written, as the one of ASCII; any other character as it is.
fn plain_digit(character: char) -> char {
    /// The zeros; the other digits follow theirs.
    const ZEROS: [char; 17] = [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
        '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}',
        '\u{1810}',
    ];
    let digit =
        |zero: char| u32::from(character).checked_sub(u32::from(zero)).filter(|digit| *digit < 10);
    let digit = ZEROS.into_iter().find_map(digit).and_then(|digit| char::from_digit(digit, 10));
    digit.unwrap_or(character)
}

/// A code or name as it is compared: folded, and without its blanks.
fn compared(name: &str) -> String {
    fold::closed_up(&fold::words(name))
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.alpha2 == other.alpha2
    }
}

impl Eq for Country {}

impl PartialOrd for Country {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Country {
    fn cmp(&self, other: &Self) -> Ordering {
        self.alpha2.cmp(other.alpha2)
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> &'static Country {
        Country::of(code).unwrap()
    }

    #[test]
    fn every_code_and_name_is_its_own_countrys() {
        assert!(COUNTRIES.len() > 240);
        for country in &COUNTRIES {
            for name in country
                .other_names
                .split('|')
                .filter(|name| !name.is_empty())
                .chain([country.alpha3, country.name])
            {
                assert_eq!(Country::of(name), Some(country), "{name}");
            }
            assert_eq!(Country::of(&country.alpha2.to_lowercase()), Some(country));
            assert!(!country.requires_state || !country.state_codes.is_empty(), "{country:?}");
        }
        for (name, code) in [
            ("UK", "GBR"),
            ("el", "GRC"),
            ("U.S.A.", "USA"),
            ("deutschland", "DEU"),
            ("Österreich", "AUT"),
            ("Kosovo", "XKX"),
            ("日本", "JPN"),
        ] {
            assert_eq!(country(name).alpha3(), code);
        }
        for none in ["XXX", "", "Mars", "|"] {
            assert_eq!(Country::of(none), None);
        }
    }

    #[test]
    fn every_state_is_found_by_its_code_and_by_each_of_its_names() {
        for country in COUNTRIES.iter().filter(|country| !country.state_codes.is_empty()) {
            for (code, names) in country.states() {
                for name in names.split('|').filter(|name| !name.is_empty()).chain([code]) {
                    assert_eq!(
                        country.state(&name.to_lowercase()).as_deref(),
                        Some(code),
                        "{name} of {country:?}"
                    );
                }
            }
            assert_eq!(country.state("no such state"), None);
            assert_eq!(country.state("="), None);
        }
        assert_eq!(country("DEU").state("Bayern"), Some("BAYERN".into()));
        assert_eq!(country("IND").state("TG"), Some("TS".into()));
        assert_eq!(country("CHN").state("31"), Some("SH".into()));
        assert_eq!(country("MEX").state("CDMX"), Some("CMX".into()));
    }

    #[test]
    fn every_example_is_written_as_its_country_writes_it_whatever_stands_between_and_before() {
        for country in &COUNTRIES {
            for example in
                country.postal_code_examples.split(',').filter(|example| !example.is_empty())
            {
                let kept = country.postal_code(example);
                assert!(kept.is_some(), "{example} of {country:?}");
                let bare = example.replace([' ', '-'], "");
                for other in [
                    bare.clone(),
                    example.to_lowercase(),
                    format!("{}-{example}", country.alpha2),
                    bare.chars().map(|letter| format!("{letter}\u{2011} ")).collect(),
                ] {
                    assert_eq!(country.postal_code(&other), kept, "{other} of {country:?}");
                }
                assert_eq!(country.postal_code(&kept.clone().unwrap()), kept);
                assert_eq!(country.postal_code(&format!("{example}!")), None);
            }
        }
    }

    #[test]
    fn a_postal_code_is_kept_in_the_countrys_form_and_compared_without_its_prefix() {
        for (code, given, kept, bare) in [
            ("USA", "01581", "01581", "01581"),
            ("USA", "01581 1234", "01581-1234", "015811234"),
            ("CAN", "k1a-0b1", "K1A 0B1", "K1A0B1"),
            ("GBR", "SW1A  1AA", "SW1A 1AA", "SW1A1AA"),
            ("GBR", "gir0aa", "GIR 0AA", "GIR0AA"),
            ("GBR", "BFPO61", "BFPO 61", "BFPO61"),
            ("GBR", "UK-EC1Y 8SY", "EC1Y 8SY", "EC1Y8SY"),
            ("LTU", "LT-01100", "01100", "01100"),
            ("LVA", "1010", "LV-1010", "1010"),
            ("LVA", "LV1010", "LV-1010", "1010"),
            ("DEU", "D-10115", "10115", "10115"),
            ("SWE", "SE-11129", "111 29", "11129"),
            ("AND", "500", "AD500", "500"),
            ("FRA", "F-75 008", "75008", "75008"),
            ("JPN", "１５４００２３", "154-0023", "1540023"),
            ("CYM", "KY11100", "KY1-1100", "11100"),
            ("PER", "lima23", "LIMA 23", "LIMA23"),
            ("SHN", "tdcu1zz", "TDCU 1ZZ", "TDCU1ZZ"),
            ("NLD", "NL-1234ab", "1234 AB", "1234AB"),
            ("SAU", "١٢٣٤٥", "12345", "12345"),
            ("IRN", "۱۱۹۳۶-۱۲۳۴۵", "11936-12345", "1193612345"),
            ("IND", "५००००१", "500001", "500001"),
            ("THA", "๑๐๑๕๐", "10150", "10150"),
        ] {
            assert_eq!(country(code).postal_code(given).as_deref(), Some(kept), "{given}");
            assert_eq!(country(code).bare_postal_code(given).as_deref(), Some(bare), "{given}");
        }
        for (code, given) in [
            ("USA", "1581"),
            ("GBR", "SW1A"),
            ("DEU", "DD-10115"),
            ("DEU", "1011５５"),
            ("USA", "01581/1234"),
            ("DEU", ""),
        ] {
            assert_eq!(country(code).postal_code(given), None, "{given}");
        }
        assert_eq!(
            country("USA").postal_code_hint().unwrap(),
            "United States: postal codes look like 95014 or 22162-1010."
        );
        assert_eq!(country("AGO").postal_code_hint(), None);
    }
}
