//! Trying another rule, or other lists of generic values: which of some customers would be the same under them, and which are now. Nothing is decided by it.

use crate::controls::Controls;
use crate::matching::block::Block;
use crate::matching::comparison::MatchField;
use crate::matching::duplicate::{Candidate, Placed};
use crate::matching::generic_values::{GenericValues, Kind};
use crate::matching::match_code::Layout;
use crate::matching::rule::{Rule, Rules};
use crate::message::Attributes;

/// What is tried in place of the controls; what is left out is as the deployment has it.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    /// In place of `MATCH_CODE_LAYOUT`.
    pub layout: Option<Layout>,
    /// In place of `EXACT_MATCH`.
    pub exact: Option<Vec<MatchField>>,
    /// In place of `ALSO_MATCH`, which may be none.
    pub also: Option<Option<Rule>>,
    /// In place of lists of `GENERIC_VALUES`.
    pub lists: Vec<(Kind, Vec<String>)>,
}

impl Tried {
    /// The controls with what is tried in place of their own.
    fn in_place_of(&self, now: &Controls) -> Controls {
        let Self { layout, exact, also, lists } = self;
        let home = &now.rules.home;
        let home = Rule::new(
            layout.clone().unwrap_or_else(|| home.layout.clone()),
            exact.as_deref().unwrap_or(home.exact()),
        );
        let also = also.clone().unwrap_or_else(|| now.rules.also.clone());
        let also = also.filter(|rule| *rule != home);
        let with = |values: GenericValues, (kind, list): &(Kind, Vec<String>)| {
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            values.with(*kind, &list)
        };
        let generic_values = lists.iter().fold(now.generic_values.clone(), with);
        let mut then = now.clone();
        then.rules = Rules { home, also };
        then.generic_values = generic_values;
        then
    }
}

/// How two compare now, and how they would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judgement {
    pub same_now: bool,
    pub same_then: bool,
}

impl Judgement {
    /// Whether what is tried would match or part them.
    pub fn differs(self) -> bool {
        self.same_now != self.same_then
    }

    /// Of two that were judged in two blocks: they are the same where they are in one of them.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            same_now: self.same_now || other.same_now,
            same_then: self.same_then || other.same_then,
        }
    }
}

/// The controls as they are, and as they are tried.
pub struct Trial {
    now: Controls,
    then: Controls,
}

/// A record as both see it.
pub struct Seen {
    now: Placed,
    then: Placed,
}

impl Trial {
    pub fn new(now: &Controls, tried: &Tried) -> Self {
        Self { now: now.clone(), then: tried.in_place_of(now) }
    }

    pub fn see(&self, attributes: &Attributes) -> Seen {
        Seen { now: Placed::of(attributes, &self.now), then: Placed::of(attributes, &self.then) }
    }

    /// Judges two by the values that they have.
    pub fn judge(&self, one: &Seen, other: &Seen) -> Judgement {
        Judgement {
            same_now: one.now.is_same_as(&other.now, &self.now.rules),
            same_then: one.then.is_same_as(&other.then, &self.then.rules),
        }
    }

    /// Judges one and a candidate of its block. Who has a seat there for an address that was given and not verified has the block's place in common with it, under any rule.
    pub fn judge_candidate(
        &self,
        one: &Seen,
        (seen, candidate): (&Seen, Candidate<'_>),
    ) -> Judgement {
        let judgement = self.judge(one, seen);
        let stands_in =
            |as_given: &Block| seen.now.is_in(as_given) && one.now.is_in(candidate.block);
        if candidate.as_given.is_some_and(stands_in) {
            Judgement {
                same_now: judgement.same_now || one.now.has_name_of(&seen.now, &self.now.rules),
                same_then: judgement.same_then
                    || one.then.has_name_of(&seen.then, &self.then.rules),
            }
        } else {
            judgement
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Attribute;

    fn at(street: &str, changes: &[(Attribute, &str)]) -> Attributes {
        let own = [
            (Attribute::FIRST_NAME, "Julie"),
            (Attribute::LAST_NAME, "Robinson"),
            (Attribute::STREET, street),
            (Attribute::CITY, "Westborough"),
            (Attribute::POSTAL_CODE, "01581"),
            (Attribute::EMAIL, "julie@example.com"),
        ];
        own.iter().chain(changes).map(|(attribute, value)| (*attribute, *value)).collect()
    }

    fn judged(tried: &Tried, one: &Attributes, other: &Attributes) -> (bool, bool) {
        let trial = Trial::new(&Controls::default(), tried);
        let (one, other) = (trial.see(one), trial.see(other));
        let judgement = trial.judge(&one, &other);
        assert_eq!(judgement, trial.judge(&other, &one));
        assert_eq!(judgement.differs(), judgement.same_now != judgement.same_then);
        (judgement.same_now, judgement.same_then)
    }

    #[test]
    fn what_is_left_out_is_as_it_is_now() {
        let julie = at("100 Example Street", &[]);
        let juliette = at("100 Example Street", &[(Attribute::FIRST_NAME, "Juliette")]);
        let moved = at("100 Examine Road", &[]);
        assert_eq!(judged(&Tried::default(), &julie, &juliette), (true, true));
        assert_eq!(judged(&Tried::default(), &julie, &moved), (false, false));
        let stricter =
            Tried { exact: Rule::parse_exact("first_name,last_name"), ..Tried::default() };
        assert_eq!(judged(&stricter, &julie, &juliette), (true, false));
        let looser = Tried { exact: Rule::parse_exact("email"), ..Tried::default() };
        assert_eq!(judged(&looser, &julie, &moved), (false, true));
        let narrower = Tried { layout: Layout::parse("street:8"), ..looser };
        assert_eq!(judged(&narrower, &julie, &moved), (false, false));
    }

    #[test]
    fn a_second_rule_is_put_beside_the_home_rule_or_taken_away() {
        let (julie, moved) = (at("100 Example Street", &[]), at("7 Mill Road", &[]));
        let also = Rule::parse("name:4/email");
        let beside = Tried { also: Some(also.clone()), ..Tried::default() };
        assert_eq!(judged(&beside, &julie, &moved), (false, true));
        let mut with_second = Controls::default();
        with_second.rules.also = also;
        let trial = Trial::new(&with_second, &Tried { also: Some(None), ..Tried::default() });
        let judgement = trial.judge(&trial.see(&julie), &trial.see(&moved));
        assert_eq!(judgement, Judgement { same_now: true, same_then: false });
    }

    #[test]
    fn a_list_makes_nobody_of_somebody_and_the_other_way_round() {
        let guest = at("100 Example Street", &[(Attribute::LAST_NAME, "Guest")]);
        let unknown = at("100 Example Street", &[(Attribute::LAST_NAME, "Unknown")]);
        let names = |list: &[&str]| Tried {
            lists: vec![(Kind::Names, list.iter().map(|&name| name.to_owned()).collect())],
            ..Tried::default()
        };
        assert_eq!(judged(&names(&["Guest"]), &guest, &guest), (true, false));
        assert_eq!(judged(&names(&["Guest"]), &unknown, &unknown), (false, true));
        let contacts = Tried {
            exact: Rule::parse_exact("email"),
            lists: vec![(Kind::Contacts, vec!["julie@example.com".to_owned()])],
            ..Tried::default()
        };
        let julie = at("100 Example Street", &[]);
        assert_eq!(judged(&contacts, &julie, &julie), (true, false));
    }
}
