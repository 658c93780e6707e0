//! Identifiers in the document's examples: each run of them makes others, because an identifier ends at random. What the document calls a customer by is matched with what the run
//! calls it by.

use std::collections::BTreeMap;

use domain::customer::Identifier;

/// An identifier that no run makes: it stands for one that is unknown.
pub const UNKNOWN: &str = "0123456789ABCDEF-000001-01234567";

#[derive(Debug, Default)]
pub struct Aliases {
    found: BTreeMap<String, String>,
}

impl Aliases {
    /// Matches the identifiers of an answer, in their order, with those that the document shows in its place.
    pub fn learn(&mut self, shown: &str, found: &str) {
        for (shown, found) in identifiers(shown).into_iter().zip(identifiers(found)) {
            if shown != UNKNOWN {
                self.found.entry(shown.to_owned()).or_insert_with(|| found.to_owned());
            }
        }
    }

    /// A text of the document, as this run says it.
    #[must_use]
    pub fn as_found(&self, text: &str) -> String {
        self.found.iter().fold(text.to_owned(), |text, (shown, found)| text.replace(shown, found))
    }

    /// A text of this run, as the document says it.
    #[must_use]
    pub fn as_shown(&self, text: &str) -> String {
        self.found.iter().fold(text.to_owned(), |text, (shown, found)| text.replace(found, shown))
    }
}

/// The identifiers of customers in a text, in their order.
#[must_use]
pub fn identifiers(text: &str) -> Vec<&str> {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric() && one != '-');
    words.filter(|word| Identifier::parse(word).is_some()).collect()
}
