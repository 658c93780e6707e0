//! Blocks: the customers of one company with one name at one place (the field's term: blocking; Fellegi and Sunter 1969, Christen 2012). Whoever is the same party is in
//! one block by construction, whichever door it came through.

use crate::base32::{is_sixteen, sixteen};
use crate::matching::comparison::MatchField;
use crate::matching::fold;
use crate::matching::party::Party;
use crate::matching::rule::Rule;
use crate::secret::Secret;

/// The name of a block: sixteen characters that name no person, and that nobody computes without the deployment's secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block(String);

impl Block {
    /// The block of a party under a rule; none for a party that can have no duplicates, because it has no name, or neither postal code nor street.
    ///
    /// It is made of the company code, the match code's positions of postal code and street, the address values that the rule compares, and the last word of the company
    /// name, or of the last name where there is no company. Where the rule leaves out one of these two, a business and a person are never the same, and the match
    /// code's positions of the name stand for the word.
    pub fn of(party: &Party, rule: &Rule, secret: &Secret) -> Option<Self> {
        if !party.has_match_code() {
            return None;
        }
        let layout = &rule.layout;
        let name = if rule.compares(MatchField::Company) && rule.compares(MatchField::LastName) {
            party.last_word().to_owned()
        } else {
            layout.name_positions(party)
        };
        let rule_text = rule.to_string();
        let mut parts = vec![
            rule_text,
            party.company().key(),
            layout.postal_code_positions(party),
            layout.street_positions(party),
            name,
        ];
        let address = MatchField::ALL.into_iter().filter(|field| field.is_of_address());
        parts.extend(
            address
                .filter(|field| rule.compares(*field))
                .map(|field| party.folded(field).into_owned()),
        );
        let parts: Vec<_> = parts.iter().map(String::as_bytes).collect();
        let tag = format!("block, folding {}", fold::VERSION);
        Some(Self(sixteen(secret.bits(&tag, &parts))))
    }

    /// A block of its own, for a customer that can have no duplicates.
    pub fn apart(bits: [u8; 10]) -> Self {
        Self(sixteen(bits))
    }

    /// Parses a block's name; none for anything but sixteen characters of Crockford's base 32.
    pub fn parse(text: &str) -> Option<Self> {
        is_sixteen(text).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Controls;
    use crate::message::{Attribute, Attributes};

    const ROBINSON: [(Attribute, &str); 6] = [
        (Attribute::FIRST_NAME, "Julie"),
        (Attribute::LAST_NAME, "Robinson"),
        (Attribute::POSTAL_CODE, "01581"),
        (Attribute::STREET, "100 Example Street"),
        (Attribute::CITY, "Westborough"),
        (Attribute::STATE, "MA"),
    ];

    fn block(changes: &[(Attribute, &str)]) -> Option<Block> {
        let controls = Controls::default();
        let values = ROBINSON.iter().chain(changes).map(|(attribute, value)| (*attribute, *value));
        let attributes: Attributes = values.collect();
        Block::of(&Party::of(&attributes, &controls), &controls.rules.home, &controls.secret)
    }

    #[test]
    fn a_block_is_one_name_at_one_place() {
        let robinson = block(&[]).unwrap();
        for same in [
            &[(Attribute::FIRST_NAME, "Bob")][..],
            &[(Attribute::STREET, "100 example St.")],
            &[(Attribute::COMPANY, "001")],
            &[(Attribute::LAST_NAME, ""), (Attribute::COMPANY_NAME, "Julie Robinson")],
            &[(Attribute::EMAIL, "julie@example.com"), (Attribute::DAY_PHONE, "1")],
        ] {
            assert_eq!(block(same).as_ref(), Some(&robinson), "{same:?}");
        }
        for other in [
            (Attribute::LAST_NAME, "Robin"),
            (Attribute::STREET, "101 Example Street"),
            (Attribute::APARTMENT, "3"),
            (Attribute::CITY, "Boston"),
            (Attribute::COMPANY, "2"),
            (Attribute::COMPANY_NAME, "Acme"),
        ] {
            assert_ne!(block(&[other]).as_ref(), Some(&robinson), "{other:?}");
        }
        assert_eq!(Block::parse(robinson.as_str()), Some(robinson));
        assert_eq!(Block::parse("IIIIIIIIIIIIIIII"), None);
    }

    #[test]
    fn without_a_name_or_any_place_there_is_no_block() {
        assert_eq!(block(&[(Attribute::LAST_NAME, "")]), None);
        assert_eq!(block(&[(Attribute::LAST_NAME, "!")]), None);
        assert_eq!(block(&[(Attribute::POSTAL_CODE, ""), (Attribute::STREET, "")]), None);
    }
}
