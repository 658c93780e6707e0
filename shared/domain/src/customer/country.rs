//! Countries: which require a state and a postal code, which states they have, how their postal codes look. See `data/README.md` for the origin of the facts.

use std::fmt;
use std::sync::OnceLock;

use regex_lite::Regex;

/// One country of ISO 3166-1 with its rules for addresses.
pub struct Country {
    alpha2: &'static str,
    alpha3: &'static str,
    name: &'static str,
    requires_state: bool,
    requires_postal_code: bool,
    postal_codes: Pattern,
    states: &'static [&'static str],
}

/// How a country's postal codes look; empty: as they like. It is compiled when it is first asked, which takes a hundred times as long as asking it.
struct Pattern {
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    const fn new(text: &'static str) -> Self {
        Self { text, compiled: OnceLock::new() }
    }

    fn fits(&self, postal_code: &str) -> bool {
        let compile = || {
            Regex::new(&format!("^(?:{})$", self.text))
                .expect("every pattern of the table compiles, a test says so")
        };
        self.text.is_empty() || self.compiled.get_or_init(compile).is_match(postal_code)
    }
}

include!(concat!(env!("OUT_DIR"), "/countries.rs"));

impl Country {
    /// The country of that two- or three-letter code, case and surrounding blanks aside.
    pub fn of(code: &str) -> Option<&'static Self> {
        let code = code.trim();
        match code.len() {
            2 => COUNTRIES
                .binary_search_by(|country| {
                    let letters = code.bytes().map(|letter| letter.to_ascii_uppercase());
                    country.alpha2.bytes().cmp(letters)
                })
                .ok()
                .map(|position| &COUNTRIES[position]),
            3 => COUNTRIES.iter().find(|country| country.alpha3.eq_ignore_ascii_case(code)),
            _ => None,
        }
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

    /// The state's code as records keep it, or none if the country has no such state. Where our data lists no states, any is right.
    pub fn state(&self, text: &str) -> Option<String> {
        let state = text.trim().to_uppercase();
        (self.states.is_empty() || self.states.contains(&state.as_str())).then_some(state)
    }

    /// The postal code as records keep it, or none if it is not one of the country's. Where our data has no pattern, any is right.
    pub fn postal_code(&self, text: &str) -> Option<String> {
        let postal_code = text.trim().to_uppercase();
        self.postal_codes.fits(&postal_code).then_some(postal_code)
    }
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.alpha2 == other.alpha2
    }
}

impl Eq for Country {}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.alpha3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_every_code_is_found_in_both_lengths() {
        assert!(COUNTRIES.len() > 240);
        for country in &COUNTRIES {
            country.postal_code("00000");
            assert_eq!(Country::of(&country.alpha2.to_lowercase()), Some(country));
            assert_eq!(Country::of(country.alpha3), Some(country));
            assert!(!country.name().is_empty());
        }
    }

    #[test]
    fn states_and_postal_codes_are_those_of_the_country() {
        let usa = Country::of("us").unwrap();
        assert_eq!(usa.alpha3(), "USA");
        assert_eq!(usa.state("ma"), Some("MA".into()));
        assert_eq!(usa.state("XX"), None);
        assert_eq!(usa.postal_code("01581"), Some("01581".into()));
        assert_eq!(usa.postal_code("01581-1234"), Some("01581-1234".into()));
        assert_eq!(usa.postal_code("1581"), None);
        assert_eq!(Country::of("CAN").unwrap().postal_code("k1a 0b1"), Some("K1A 0B1".into()));
        assert_eq!(Country::of("DEU").unwrap().state("Bayern"), Some("BAYERN".into()));
        assert_eq!(Country::of("XXX"), None);
        assert_eq!(Country::of(""), None);
    }
}
