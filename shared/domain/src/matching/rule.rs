//! A rule: what two customers must have in common to be the same. The home rule says where a new customer lives; a second one may be kept beside it, while the rule changes.

use std::fmt;

use crate::matching::comparison::MatchField;
use crate::matching::match_code::Layout;

/// A match code's layout and the exact-match fields (F70).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub layout: Layout,
    exact: Vec<MatchField>,
}

impl Rule {
    /// A rule with these exact-match fields, in any order.
    pub fn new(layout: Layout, exact: &[MatchField]) -> Self {
        let exact = MatchField::ALL.into_iter().filter(|field| exact.contains(field)).collect();
        Self { layout, exact }
    }

    /// Parses exact-match fields, as the control `EXACT_MATCH` has them: `last_name,company`.
    pub fn parse_exact(text: &str) -> Option<Vec<MatchField>> {
        text.split(',').map(|name| MatchField::named(name.trim())).collect()
    }

    /// Parses `postal_code:5,name:4,street:6/last_name,company`: a layout and exact-match fields with `/` between them.
    pub fn parse(text: &str) -> Option<Self> {
        let (layout, exact) = text.split_once('/')?;
        Some(Self::new(Layout::parse(layout)?, &Self::parse_exact(exact)?))
    }

    /// The fields that must be equal.
    pub fn exact(&self) -> &[MatchField] {
        &self.exact
    }

    /// Whether the field must be equal.
    pub fn compares(&self, field: MatchField) -> bool {
        self.exact.contains(&field)
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self::new(Layout::default(), &MatchField::DEFAULT)
    }
}

/// As [`Rule::parse`] reads it. Equal rules are equal texts.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact: Vec<_> = self.exact.iter().map(|field| field.name()).collect();
        write!(f, "{}/{}", self.layout, exact.join(","))
    }
}

/// The rules of a deployment.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// `MATCH_CODE_LAYOUT` and `EXACT_MATCH`: where a customer lives.
    pub home: Rule,
    /// `ALSO_MATCH`: under which it has a seat too.
    pub also: Option<Rule>,
}

impl Rules {
    /// The rules that are kept, the home rule first.
    pub fn kept(&self) -> impl Iterator<Item = &Rule> {
        std::iter::once(&self.home).chain(&self.also)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_shown_as_it_is_parsed() {
        let text = "postal_code:5,name:4,street:6/last_name,company,street,address_line_2,apartment,city,state";
        assert_eq!(Rule::default().to_string(), text);
        assert_eq!(Rule::parse(text), Some(Rule::default()));
        let shuffled = Rule::parse("street:3/email,first_name").unwrap();
        assert_eq!(shuffled.to_string(), "street:3/first_name,email");
        for bad in ["", "street:3", "/email", "street:3/", "street:3/shoe_size"] {
            assert_eq!(Rule::parse(bad), None, "{bad:?}");
        }
    }
}
