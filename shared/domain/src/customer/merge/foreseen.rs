//! What a steward sees before a merge: who would better be the winner, and of each value both, which of them stays, and why. Nothing is decided by it.

use crate::controls::Controls;
use crate::customer::merge::{Choice, Choices, Values, says_no};
use crate::customer::{Customer, CustomerNumber};
use crate::history::{self, Part, Value};
use crate::matching::difference::{self, Difference};
use crate::message::Attribute;

/// Why one of two is proposed as the winner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// Dealers have it, and not the other.
    HasDealers,
    /// It is the older one.
    Older,
}

impl Proposal {
    pub fn name(self) -> &'static str {
        match self {
            Self::HasDealers => "has-dealers",
            Self::Older => "older",
        }
    }
}

/// Who of two is proposed as the winner: the one that dealers have, else the older one.
pub fn proposed_winner([one, other]: [(&Customer, bool); 2]) -> (CustomerNumber, Proposal) {
    let age = |(customer, _): (&Customer, bool)| (customer.created_at, customer.number);
    let (proposed, why) = match (one.1, other.1) {
        (true, false) => (one, Proposal::HasDealers),
        (false, true) => (other, Proposal::HasDealers),
        (true, true) | (false, false) if age(one) <= age(other) => (one, Proposal::Older),
        (true, true) | (false, false) => (other, Proposal::Older),
    };
    (proposed.0.number, why)
}

/// Why a value is the one that the winner would have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Both have it.
    Same,
    /// The steward chose it.
    Chosen,
    /// It is the winner's.
    Winner,
    /// The winner has none.
    LoserAlone,
    /// It says no where the other one says yes.
    OptOut,
    /// It stays where it is, and leads to the winner.
    Stays,
}

impl Because {
    pub const ALL: [Self; 6] =
        [Self::Same, Self::Chosen, Self::Winner, Self::LoserAlone, Self::OptOut, Self::Stays];

    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Chosen => "chosen",
            Self::Winner => "winner",
            Self::LoserAlone => "loser-alone",
            Self::OptOut => "opt-out",
            Self::Stays => "stays",
        }
    }
}

/// A part of two customers, with what the winner would have of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub part: Part,
    /// With what it is chosen; none for what stays.
    pub choice: Option<Choice>,
    pub winner: Option<Value>,
    pub loser: Option<Value>,
    pub merged: Option<Value>,
    /// Whether the two differ in it as the rules compare.
    pub differs: bool,
    pub because: Because,
}

/// All that one of the two has, in the order of the attributes.
pub fn compared(
    (winner, loser): (&Customer, &Customer),
    (merged, choices): (&Values, &Choices),
    controls: &Controls,
) -> Vec<Compared> {
    let difference = Difference::between(&winner.attributes, &loser.attributes, controls);
    let merged = winner.clone().with_values(merged.clone());
    let parts = Attribute::all().map(Part::Attribute).chain([Part::AlternateName, Part::Phones]);
    let parts = parts.filter(|part| {
        *part != Part::Attribute(Attribute::CUSTOMER_NUMBER)
            && [winner, loser].iter().any(|one| history::value_of(one, *part).is_some())
    });
    parts
        .map(|part| {
            let [winner_has, loser_has, merged] =
                [winner, loser, &merged].map(|one| history::value_of(one, part));
            let choice = Choice::of(part);
            let differs = match part {
                Part::Attribute(attribute) => difference.is_in(attribute),
                Part::AlternateName => difference::of_names(
                    winner.alternate_name.as_deref(),
                    loser.alternate_name.as_deref(),
                ),
                Part::Phones => difference::of_phones(&winner.phones, &loser.phones),
            };
            let because = match choice {
                _ if winner_has == loser_has => Because::Same,
                None => Because::Stays,
                Some(choice) if choices.contains_key(&choice) => Because::Chosen,
                Some(_) if winner_has.is_none() && merged.is_some() => Because::LoserAlone,
                Some(_) if is_opt_out(part, [&winner_has, &loser_has], &merged) => Because::OptOut,
                Some(_) if merged == winner_has => Because::Winner,
                Some(_) => Because::LoserAlone,
            };
            let (winner, loser) = (winner_has, loser_has);
            Compared { part, choice, winner, loser, merged, differs, because }
        })
        .collect()
}

/// Whether what stays says no and the other one does not, or not as far.
fn is_opt_out(part: Part, both: [&Option<Value>; 2], merged: &Option<Value>) -> bool {
    let Part::Attribute(attribute) = part else { return false };
    let far = |value: &Option<Value>| match value {
        Some(Value::Text(text)) => says_no(attribute, text),
        Some(Value::Phones(_)) | None => None,
    };
    let other = if both[0] == merged { both[1] } else { both[0] };
    far(merged) > far(other).or(Some(0)) && other.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by::{By, Stamp};
    use crate::customer::Identifier;
    use crate::customer::merge::{Side, merged};
    use crate::effect::{Cause, EffectId};
    use crate::message::Attributes;
    use crate::time::Timestamp;

    fn customer(number: u64, at: u64, attributes: &[(Attribute, &str)]) -> Customer {
        let identifier =
            Identifier::parse(&format!("0123456789ABCDEF-{number:06}-89ABCDEF")).unwrap();
        let attributes: Attributes = attributes.iter().copied().collect();
        let stamp = Stamp {
            by: By::new("caller", "add", "request"),
            cause: Cause { id: EffectId::random([7; 10]), keyed: false },
            at: Timestamp::from_millis(at),
        };
        Customer::new(identifier, CustomerNumber::new(number).unwrap(), attributes, &stamp)
    }

    #[test]
    fn who_has_dealers_is_proposed_else_the_older_one() {
        let (older, younger) = (customer(7, 1, &[]), customer(3, 2, &[]));
        for (older_has, younger_has, expected) in [
            (false, false, (older.number, Proposal::Older)),
            (true, true, (older.number, Proposal::Older)),
            (true, false, (older.number, Proposal::HasDealers)),
            (false, true, (younger.number, Proposal::HasDealers)),
        ] {
            let pair = [(&older, older_has), (&younger, younger_has)];
            assert_eq!(proposed_winner(pair), expected);
            assert_eq!(proposed_winner([pair[1], pair[0]]), expected);
        }
        let twin = customer(4, 2, &[]);
        assert_eq!(proposed_winner([(&twin, false), (&younger, false)]).0, younger.number);
    }

    #[test]
    fn each_value_says_whose_it_is_and_why() {
        let winner = customer(
            1,
            1,
            &[
                (Attribute::LAST_NAME, "Robinson"),
                (Attribute::STREET, "100 Example Street"),
                (Attribute::CITY, "Westborough"),
                (Attribute::EMAIL_STATUS, "O1"),
                (Attribute::MAIL_NAME, "N"),
                (Attribute::RELATE_ID, "R-1"),
                (Attribute::LANGUAGE, "EN"),
            ],
        );
        let loser = customer(
            2,
            1,
            &[
                (Attribute::LAST_NAME, "ROBINSON"),
                (Attribute::STREET, "100 Example St."),
                (Attribute::CITY, "Westborough"),
                (Attribute::EMAIL_STATUS, "O2"),
                (Attribute::MAIL_NAME, "Y"),
                (Attribute::RELATE_ID, "R-2"),
                (Attribute::LANGUAGE, "FR"),
                (Attribute::EMAIL, "julie@example.com"),
            ],
        );
        let language = Choice::Part(Part::Attribute(Attribute::LANGUAGE));
        let choices = Choices::from([(language, Side::Loser)]);
        let values = merged(&winner, &loser, &choices);
        let all = compared((&winner, &loser), (&values, &choices), &Controls::default());
        let told: Vec<_> =
            all.iter().map(|one| (one.part.name(), one.differs, one.because.name())).collect();
        let mut told_of = told.clone();
        told_of.sort_unstable();
        assert_eq!(
            told_of,
            [
                ("cst_city", false, "same"),
                ("cst_email", true, "loser-alone"),
                ("cst_email_status", true, "opt-out"),
                ("cst_language", true, "chosen"),
                ("cst_lname", false, "winner"),
                ("cst_mail_name", true, "opt-out"),
                ("cst_relate_id", true, "stays"),
                ("cst_street_addr", false, "winner"),
            ]
        );
        let text = |name: &str| {
            let one = all.iter().find(|one| one.part.name() == name).unwrap();
            match &one.merged {
                Some(Value::Text(text)) => text.clone(),
                Some(Value::Phones(_)) | None => String::new(),
            }
        };
        assert_eq!(
            (text("cst_email_status").as_str(), text("cst_mail_name").as_str()),
            ("O2", "N")
        );
        assert_eq!((text("cst_language").as_str(), text("cst_relate_id").as_str()), ("FR", "R-1"));
    }
}
