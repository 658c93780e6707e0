//! The match code: the key that look-alike customers share in the system this one follows. Which of its positions count for a customer is a control; the block is made of them.

use std::fmt;

use crate::matching::fold;
use crate::matching::party::Party;

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
    /// The positions of the postal code, without the country's own prefix; empty where the layout has none.
    pub(crate) fn postal_code_positions(&self, party: &Party) -> String {
        self.positions(Part::PostalCode, party.postal_code())
    }

    /// The positions of the company name, or of the last name where there is no company.
    pub(crate) fn name_positions(&self, party: &Party) -> String {
        self.positions(Part::Name, party.name())
    }

    /// The positions of the street address without its last roadway word.
    pub(crate) fn street_positions(&self, party: &Party) -> String {
        self.positions(Part::Street, party.street())
    }

    /// In capitals, without blanks between the words; a missing position is blank.
    fn positions(&self, part: Part, folded: &str) -> String {
        let Some((_, positions)) = self.0.iter().find(|(known, _)| *known == part) else {
            return String::new();
        };
        let source = fold::closed_up(folded).to_uppercase();
        source.chars().chain(std::iter::repeat(' ')).take(*positions).collect()
    }

    /// Parses `postal_code:5,name:4,street:6`: each part once at the most, 1 to 40 positions each. None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts: Vec<(Part, usize)> = Vec::new();
        for piece in text.split(',') {
            let (name, positions) = piece.trim().split_once(':')?;
            let part = Part::ALL.into_iter().find(|part| part.name() == name.trim())?;
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

/// As the control has it.
impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (part, positions)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{positions}", part.name())?;
        }
        Ok(())
    }
}

impl Part {
    const ALL: [Self; 3] = [Self::PostalCode, Self::Name, Self::Street];

    fn name(self) -> &'static str {
        match self {
            Self::PostalCode => "postal_code",
            Self::Name => "name",
            Self::Street => "street",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Controls;
    use crate::message::{Attribute, Attributes};

    fn code(pairs: &[(Attribute, &str)]) -> String {
        let attributes: Attributes =
            pairs.iter().map(|(attribute, value)| (*attribute, *value)).collect();
        let controls = Controls::default();
        let (party, layout) = (Party::of(&attributes, &controls), Layout::default());
        format!(
            "{}{}{}",
            layout.postal_code_positions(&party),
            layout.name_positions(&party),
            layout.street_positions(&party)
        )
    }

    #[test]
    fn a_match_code_has_fifteen_positions_with_blanks_where_nothing_is() {
        let robinson = [
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::POSTAL_CODE, "01581"),
            (Attribute::STREET, "100 Example Street"),
        ];
        assert_eq!(code(&robinson), "01581ROBI100EXA");
        assert_eq!(
            code(&[(Attribute::LAST_NAME, "Ng"), (Attribute::POSTAL_CODE, "123")]),
            "123  NG        "
        );
        let both = [
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::COMPANY_NAME, "Acme"),
            (Attribute::STREET, "1 St."),
        ];
        assert_eq!(code(&both), "     ACME1ST   ");
        let riga = [
            (Attribute::LAST_NAME, "김민수"),
            (Attribute::POSTAL_CODE, "LV-1010"),
            (Attribute::COUNTRY, "LVA"),
        ];
        assert_eq!(code(&riga), "1010 김민수       ");
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
    fn a_layout_is_shown_as_it_is_parsed() {
        for text in ["postal_code:5,name:4,street:6", "street:40"] {
            assert_eq!(Layout::parse(text).unwrap().to_string(), text);
        }
    }
}
