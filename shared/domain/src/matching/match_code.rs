//! Match codes and blocks: the key that look-alike customers of one company share (the field's term: blocking key; Fellegi and Sunter 1969, Christen 2012).

use std::fmt;

use data_encoding::{Encoding, Specification};
use sha2::{Digest as _, Sha256};
use std::sync::LazyLock;

use crate::customer::company::Company;
use crate::customer::country::Country;
use crate::matching::fold;
use crate::message::{Attribute, Attributes};

/// Crockford's base 32: no I, L, O or U, so that no code reads as a word or as another code.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().expect("the alphabet has 32 letters")
});

/// Sixteen characters of Crockford's base 32 for 80 bits.
pub(crate) fn sixteen(bits: [u8; 10]) -> String {
    CROCKFORD.encode(&bits)
}

/// Whether a text is sixteen characters of Crockford's base 32.
pub(crate) fn is_sixteen(text: &str) -> bool {
    text.len() == 16 && CROCKFORD.decode(text.as_bytes()).is_ok()
}

/// The first 80 bits of SHA-256 over the parts, each behind its length, so that no two lists of parts are one text.
pub(crate) fn hash(parts: &[&[u8]]) -> [u8; 10] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest.finalize()[..10]);
    bits
}

/// What a match code is made of, in order: each part with the number of its positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout(Vec<(Part, usize)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    PostalCode,
    Name,
    Street,
}

impl Layout {
    /// Parses `postal_code:5,name:4,street:6`: each part once at the most, 1 to 40 positions each. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts: Vec<(Part, usize)> = Vec::new();
        for piece in text.split(',') {
            let (name, positions) = piece.trim().split_once(':')?;
            let part = match name.trim() {
                "postal_code" => Part::PostalCode,
                "name" => Part::Name,
                "street" => Part::Street,
                _ => return None,
            };
            let positions =
                positions.trim().parse().ok().filter(|positions| (1..=40).contains(positions))?;
            if parts.iter().any(|(known, _)| *known == part) {
                return None;
            }
            parts.push((part, positions));
        }
        Some(Self(parts))
    }
}

impl Default for Layout {
    /// Postal code 1–5, name 1–4, street address 1–6.
    fn default() -> Self {
        Self(vec![(Part::PostalCode, 5), (Part::Name, 4), (Part::Street, 6)])
    }
}

/// The match code of a customer: personal data, never a key, never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct MatchCode(String);

impl MatchCode {
    /// The match code; none for a customer without any name, or with neither postal code nor street: such a one has no duplicates.
    pub fn of(attributes: &Attributes, layout: &Layout) -> Option<Self> {
        let company_name = fold::words(attributes.text(Attribute::COMPANY_NAME));
        let name = if company_name.is_empty() {
            fold::words(attributes.text(Attribute::LAST_NAME))
        } else {
            company_name
        };
        let postal_code = attributes.text(Attribute::POSTAL_CODE);
        // The country's own prefix is written or not, and would fill the positions.
        let country = attributes.get(Attribute::COUNTRY).and_then(Country::of);
        let postal_code = country
            .and_then(|country| country.bare_postal_code(postal_code))
            .unwrap_or_else(|| fold::words(postal_code));
        let street = fold::address_line(attributes.text(Attribute::STREET));
        if name.is_empty() || (postal_code.is_empty() && street.is_empty()) {
            return None;
        }
        let mut code = String::new();
        for (part, positions) in &layout.0 {
            let source = match part {
                Part::PostalCode => &postal_code,
                Part::Name => &name,
                Part::Street => &street,
            };
            let source = fold::closed_up(source).to_uppercase();
            code.extend(source.chars().chain(std::iter::repeat(' ')).take(*positions));
        }
        Some(Self(code))
    }
}

impl fmt::Debug for MatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatchCode(…)")
    }
}

/// The name of a block: all customers of one company that share a match code. Sixteen characters that name no person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block(String);

impl Block {
    /// The block of a company's match code: 80 bits of SHA-256, so that neither can be read from it.
    pub fn of(company: &Company, code: &MatchCode) -> Self {
        Self(sixteen(hash(&[
            b"customer-master block 1",
            company.key().as_bytes(),
            code.0.as_bytes(),
        ])))
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

    fn customer(pairs: &[(Attribute, &str)]) -> Attributes {
        pairs.iter().map(|(attribute, value)| (*attribute, *value)).collect()
    }

    fn code(pairs: &[(Attribute, &str)]) -> Option<String> {
        MatchCode::of(&customer(pairs), &Layout::default()).map(|code| code.0)
    }

    #[test]
    fn a_match_code_has_fifteen_positions_with_blanks_where_nothing_is() {
        let robinson = [
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::POSTAL_CODE, "01581"),
            (Attribute::STREET, "100 Example Street"),
        ];
        assert_eq!(code(&robinson).as_deref(), Some("01581ROBI100EXA"));
        assert_eq!(
            code(&[(Attribute::LAST_NAME, "Ng"), (Attribute::POSTAL_CODE, "123")]).as_deref(),
            Some("123  NG        ")
        );
        let both = [
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::COMPANY_NAME, "Acme"),
            (Attribute::STREET, "1 St."),
        ];
        assert_eq!(code(&both).as_deref(), Some("     ACME1ST   "));
        let riga = [
            (Attribute::LAST_NAME, "김민수"),
            (Attribute::POSTAL_CODE, "LV-1010"),
            (Attribute::COUNTRY, "LVA"),
        ];
        assert_eq!(code(&riga).as_deref(), Some("1010 김민수       "));
    }

    #[test]
    fn without_a_name_or_any_place_there_is_no_match_code() {
        assert_eq!(
            code(&[(Attribute::POSTAL_CODE, "01581"), (Attribute::STREET, "100 Example Street")]),
            None
        );
        assert_eq!(
            code(&[(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, "Westborough")]),
            None
        );
        assert_eq!(code(&[(Attribute::LAST_NAME, "!"), (Attribute::POSTAL_CODE, "01581")]), None);
    }

    #[test]
    fn a_layout_names_each_part_once() {
        assert_eq!(Layout::parse("postal_code:5,name:4,street:6"), Some(Layout::default()));
        assert!(Layout::parse("name:40").is_some());
        for bad in ["", "name", "name:", "name:0", "name:41", "name:4,name:4", "city:3", "name:4,"]
        {
            assert_eq!(Layout::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_block_is_pinned_and_differs_by_company() {
        let robinson = customer(&[
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::POSTAL_CODE, "01581"),
            (Attribute::STREET, "100 Example Street"),
        ]);
        let code = MatchCode::of(&robinson, &Layout::default()).unwrap();
        let block = Block::of(&Company::new("1"), &code);
        assert_eq!(block, Block::of(&Company::new("001"), &code));
        assert_ne!(block, Block::of(&Company::new("2"), &code));
        assert_eq!(Block::parse(block.as_str()), Some(block));
        assert_eq!(Block::parse("IIIIIIIIIIIIIIII"), None);
    }
}
