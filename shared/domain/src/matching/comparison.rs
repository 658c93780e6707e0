//! Comparing two customers field by field. The fields are those of the control group F70, "Phone Interface Values".

use crate::matching::fold;
use crate::matching::party::Party;
use crate::matching::rule::Rule;
use crate::message::Attribute;

/// A field that is compared when a duplicate is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchField {
    /// F71
    FirstName,
    /// F72
    LastName,
    /// H88
    Company,
    /// F73
    Street,
    /// F75
    AddressLine2,
    /// F74
    Apartment,
    /// F76
    City,
    /// F77
    State,
    /// I11
    Email,
}

impl MatchField {
    pub const ALL: [Self; 9] = [
        Self::FirstName,
        Self::LastName,
        Self::Company,
        Self::Street,
        Self::AddressLine2,
        Self::Apartment,
        Self::City,
        Self::State,
        Self::Email,
    ];

    /// The fields that must be equal unless the control says otherwise.
    pub const DEFAULT: [Self; 7] = [
        Self::LastName,
        Self::Company,
        Self::Street,
        Self::AddressLine2,
        Self::Apartment,
        Self::City,
        Self::State,
    ];

    /// The name in the control `EXACT_MATCH` and in explanations.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Company => "company",
            Self::Street => "street",
            Self::AddressLine2 => "address_line_2",
            Self::Apartment => "apartment",
            Self::City => "city",
            Self::State => "state",
            Self::Email => "email",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether it says where a customer is: two that are the same have all of these in common, under the rule that compares them.
    pub(crate) fn is_of_address(self) -> bool {
        match self {
            Self::Street | Self::AddressLine2 | Self::Apartment | Self::City | Self::State => true,
            Self::FirstName | Self::LastName | Self::Company | Self::Email => false,
        }
    }

    /// The address line that is compared without its roadway word; none for another field.
    fn line(self) -> Option<Attribute> {
        match self {
            Self::Street => Some(Attribute::STREET),
            Self::AddressLine2 => Some(Attribute::ADDRESS_LINE_2),
            Self::FirstName
            | Self::LastName
            | Self::Company
            | Self::Apartment
            | Self::City
            | Self::State
            | Self::Email => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal after folding.
    Equal,
    /// Address lines that are equal after folding but for the roadway word at their end.
    EqualButRoadway,
    /// Not equal, and the control does not ask for it.
    DiffersAllowed,
    /// Not given by the one who asks.
    Blank,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Equal, Self::EqualButRoadway, Self::DiffersAllowed, Self::Blank];

    /// `equal`, `equal-but-roadway`, `differs-allowed` or `blank`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::EqualButRoadway => "equal-but-roadway",
            Self::DiffersAllowed => "differs-allowed",
            Self::Blank => "blank",
        }
    }

    fn letter(self) -> char {
        match self {
            Self::Equal => 'E',
            Self::EqualButRoadway => 'R',
            Self::DiffersAllowed => 'D',
            Self::Blank => 'B',
        }
    }
}

/// Why two customers count as the same: how each field compared, in the order of [`MatchField::ALL`]. It tells nothing that the one who asks did not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation([Comparison; 9]);

impl Explanation {
    /// Each field with how it compared.
    pub fn iter(&self) -> impl Iterator<Item = (MatchField, Comparison)> {
        MatchField::ALL.into_iter().zip(self.0)
    }

    /// A letter a field, as records keep it.
    pub fn letters(&self) -> String {
        self.0.iter().map(|comparison| comparison.letter()).collect()
    }

    /// Parses what [`Self::letters`] wrote.
    pub fn from_letters(letters: &str) -> Option<Self> {
        let comparisons: Option<Vec<_>> = letters
            .chars()
            .map(|letter| {
                Comparison::ALL.into_iter().find(|comparison| comparison.letter() == letter)
            })
            .collect();
        comparisons?.try_into().ok().map(Self)
    }
}

/// Compares two parties that have the rule's place in common; none where they are not the same. Blank equals only blank.
///
/// The place is that of their block: one that stands there for an address that it no longer shows differs in it, and is the same all the same.
pub fn compare(wanted: &Party, candidate: &Party, rule: &Rule) -> Option<Explanation> {
    let emails = rule.compares(MatchField::Email)
        && wanted.folded(MatchField::Email) != candidate.folded(MatchField::Email);
    if emails
        || [wanted, candidate].iter().any(|one| one.is_placeholder(rule) || !one.has_match_code())
        || !wanted.has_name_of(candidate, rule)
    {
        return None;
    }
    Some(Explanation(MatchField::ALL.map(|field| explain(field, wanted, candidate))))
}

fn explain(field: MatchField, wanted: &Party, candidate: &Party) -> Comparison {
    let (ours, theirs) = (wanted.folded(field), candidate.folded(field));
    let is_name =
        matches!(field, MatchField::FirstName | MatchField::LastName | MatchField::Company);
    if ours.is_empty() {
        Comparison::Blank
    } else if is_name && wanted.form() != candidate.form() {
        // The one is called in one word as the other is in two.
        Comparison::Equal
    } else if ours != theirs {
        Comparison::DiffersAllowed
    } else {
        let words = |of: &Party| field.line().map(|line| fold::words(of.attributes().text(line)));
        if words(wanted) == words(candidate) {
            Comparison::Equal
        } else {
            Comparison::EqualButRoadway
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::Controls;
    use crate::matching::block::Block;
    use crate::message::Attributes;

    fn judge(wanted: &Attributes, candidate: &Attributes) -> Option<Explanation> {
        let controls = Controls::default();
        let block = |party: &Party| Block::of(party, &controls.rules.home, &controls.secret);
        let (wanted, candidate) = (Party::of(wanted, &controls), Party::of(candidate, &controls));
        let same_block = block(&wanted).is_some() && block(&wanted) == block(&candidate);
        same_block.then(|| compare(&wanted, &candidate, &controls.rules.home)).flatten()
    }

    fn person(values: [&str; 6]) -> Attributes {
        [
            Attribute::FIRST_NAME,
            Attribute::LAST_NAME,
            Attribute::STREET,
            Attribute::CITY,
            Attribute::STATE,
            Attribute::POSTAL_CODE,
        ]
        .into_iter()
        .zip(values)
        .collect()
    }

    const JULIE: [&str; 6] =
        ["Julie", "Robinson", "100 Example Street", "Westborough", "MA", "01581"];

    #[test]
    fn pairs_are_judged_alike_in_both_orders() {
        for (change, same) in [
            ([(0, "Juliette"), (0, "Juliette")], true),
            ([(1, "ROBINSÓN"), (3, "westborough")], true),
            ([(1, " Robin's.on "), (2, "100  Example St.")], true),
            ([(2, "100 Example Court"), (2, "100 Example Lane")], true),
            ([(1, "Robin-son"), (1, "Robin-son")], false),
            ([(2, "100 Example"), (2, "100 Example")], true),
            ([(2, "100 Example Road Street"), (2, "100 Example Road Street")], false),
            ([(1, "Robin son"), (1, "Robin son")], false),
            ([(3, "Westboro"), (3, "Westboro")], false),
            ([(4, ""), (4, "")], false),
        ] {
            let julie = person(JULIE);
            let mut other = JULIE;
            for (index, value) in change {
                other[index] = value;
            }
            let other = person(other);
            assert_eq!(judge(&julie, &other).is_some(), same, "{change:?}");
            assert_eq!(judge(&other, &julie).is_some(), same, "{change:?}, reversed");
        }
    }

    #[test]
    fn an_explanation_tells_each_field_and_nothing_that_was_not_sent() {
        let mut candidate = person(JULIE);
        candidate.set(Attribute::EMAIL, "julie@example.com");
        let mut wanted = person(JULIE);
        wanted.set(Attribute::FIRST_NAME, "Juliette");
        wanted.set(Attribute::STREET, "100 Example Court");
        let explanation = judge(&wanted, &candidate).unwrap();
        let told: Vec<_> = explanation
            .iter()
            .map(|(field, comparison)| (field.name(), comparison.name()))
            .collect();
        assert_eq!(told[0], ("first_name", "differs-allowed"));
        assert_eq!(told[1], ("last_name", "equal"));
        assert_eq!(told[2], ("company", "blank"));
        assert_eq!(told[3], ("street", "equal-but-roadway"));
        assert_eq!(told[8], ("email", "blank"));
        assert_eq!(Explanation::from_letters(&explanation.letters()), Some(explanation));
        assert_eq!(Explanation::from_letters("EEE"), None);
    }
}
