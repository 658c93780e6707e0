//! Generic values: what is written where nothing is known, such as `Unknown`. They are nobody's, so no two customers are one because of them. What follows from that is
//! not decided here.

use crate::matching::fold;

/// What stands in place of a name, a street, an e-mail address and a phone where the control says nothing else: what AWS HealthLake ("Placeholder value filtering") and Tamr
/// ("Automatically cleaned data values") both leave out of their matching, `Not available` of the latter, and two that are typed at a till. Their lists are longer;
/// `Null`, `Test`, `Guest` and `Void` are names of people.
const DEFAULT: &[&str] = &["Unknown", "N/A", "None", "Not available", "Walk-in", "xxx"];

/// The control `GENERIC_VALUES`: a list for names, one for streets, one for e-mail addresses and phones, all folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericValues {
    names: Vec<String>,
    streets: Vec<String>,
    contacts: Vec<String>,
}

impl GenericValues {
    /// Parses `names=Unknown,N/A;streets=Unknown;contacts=none@example.com`: kinds with `;` between them, each once, with its values and `,` between these. A kind
    /// without values has none; one that is left out has the default list. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parsed = Self::default();
        let mut given = Vec::new();
        for part in text.split(';') {
            let (kind, values) = part.split_once('=')?;
            let kind = Kind::ALL.into_iter().find(|known| known.name() == kind.trim())?;
            let values: Vec<&str> = match values.trim() {
                "" => Vec::new(),
                values => values.split(',').collect(),
            };
            if given.contains(&kind) || !values.iter().all(|value| Self::can_list(value)) {
                return None;
            }
            given.push(kind);
            parsed = parsed.with(kind, &values);
        }
        Some(parsed)
    }

    /// The same with these values in place of a kind's own.
    #[must_use]
    pub fn with(mut self, kind: Kind, values: &[&str]) -> Self {
        let list = match kind {
            Kind::Names => &mut self.names,
            Kind::Streets => &mut self.streets,
            Kind::Contacts => &mut self.contacts,
        };
        *list = folded(values);
        self
    }

    /// Whether a value can stand in a list: with something to compare.
    pub fn can_list(value: &str) -> bool {
        !fold::words(value).is_empty()
    }

    /// Whether a first, last or company name is nobody's.
    pub fn is_placeholder_name(&self, name: &str) -> bool {
        is_among(&self.names, name)
    }

    /// Whether a street address is nowhere.
    pub fn is_placeholder_street(&self, street: &str) -> bool {
        is_among(&self.streets, street)
    }

    /// Whether an e-mail address is nobody's.
    pub fn is_placeholder_email(&self, email: &str) -> bool {
        is_among(&self.contacts, email)
    }

    /// Whether a phone number is nobody's.
    pub fn is_placeholder_phone(&self, phone: &str) -> bool {
        is_among(&self.contacts, phone)
    }
}

/// What the lists are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// First, last and company names.
    Names,
    Streets,
    /// E-mail addresses and phones.
    Contacts,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Names, Self::Streets, Self::Contacts];

    /// As the control has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Streets => "streets",
            Self::Contacts => "contacts",
        }
    }
}

impl Default for GenericValues {
    fn default() -> Self {
        let list = || folded(DEFAULT);
        Self { names: list(), streets: list(), contacts: list() }
    }
}

fn folded(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| fold::words(value)).collect()
}

/// A blank value is none at all, and no placeholder; one that only folds to nothing, such as `???`, stands for nobody too.
fn is_among(list: &[String], value: &str) -> bool {
    let folded = fold::words(value);
    if folded.is_empty() { !fold::is_blank(value) } else { list.contains(&folded) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_compared_as_folded() {
        let values = GenericValues::default();
        for name in
            ["UNKNOWN", "n/a", "N-A", "none.", "not  available", "Walk In", "XXX", "???", "-"]
        {
            assert!(values.is_placeholder_name(name), "{name}");
            assert!(values.is_placeholder_street(name), "{name}");
            assert!(values.is_placeholder_email(name), "{name}");
            assert!(values.is_placeholder_phone(name), "{name}");
        }
        for name in
            ["", " ", "\u{200b}", "Null", "Test", "Guest", "NA", "xxxx", "Unknown Pleasures", "李"]
        {
            assert!(!values.is_placeholder_name(name), "{name}");
        }
    }

    #[test]
    fn a_list_replaces_the_default_of_its_kind() {
        let values =
            GenericValues::parse("names=Laufkunde, Gast ; contacts=none@example.com").unwrap();
        assert!(values.is_placeholder_name("GAST") && !values.is_placeholder_name("Unknown"));
        assert!(
            values.is_placeholder_email("NONE@EXAMPLE.COM") && !values.is_placeholder_phone("n/a")
        );
        assert!(values.is_placeholder_street("n/a"));
        let none = GenericValues::parse("names=;streets=;contacts=").unwrap();
        assert!(!none.is_placeholder_name("Unknown") && none.is_placeholder_name("???"));
        for bad in [
            "",
            "Unknown",
            "names",
            "name=x",
            "names=a;names=b",
            "names=a,,b",
            "names=a,",
            "names=???",
            "names=a;",
        ] {
            assert_eq!(GenericValues::parse(bad), None, "{bad:?}");
        }
    }
}
