//! Holds the table against the clients' log: what must be true after any run, whatever went wrong in it.
//!
//! It knows the rules and not how a run was made.

mod answers;
mod causes;
mod dealers;
mod items;
mod requests;

use std::collections::BTreeMap;

use domain::controls::Controls;
use domain::customer::Identifier;
use domain::effect::{Did, EffectId};
use domain::request::EntryOutcome;
use store::keys::Key;

use super::log::{Entry, LateCopy, Log};
use super::snapshot::Snapshot;

/// Something that must not be.
#[derive(Debug)]
pub struct Violation {
    /// What.
    pub what: String,
    /// The items that show it.
    pub items: Vec<Key>,
    /// The log's entries concerned, by their place.
    pub entries: Vec<usize>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What must not be.
    pub violations: Vec<Violation>,
    /// What is not as it was told, and why it may be so: a copy of a request's own write was under way for longer than its caller waited, was overtaken by the repetition
    /// that was refused, and arrived after the answer, when what had refused the repetition was free again. No condition that the database knows can call it back.
    pub landed_late: Vec<String>,
}

/// Which seats a customer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seats {
    /// Those of its values, under the rules of the controls.
    OfTheseRules,
    /// Those, and perhaps others of rules that were kept before.
    OfFormerRulesToo,
}

/// Finds what must not be.
#[must_use]
pub fn judge(table: &Snapshot, log: &Log, controls: &Controls, seats: Seats) -> Verdict {
    let mut judge = Judge {
        table,
        log: &log.entries(),
        late: &log.late_copies(),
        effects: effects(table),
        verdict: Verdict::default(),
    };
    judge.readable();
    judge.seats();
    judge.numbers();
    judge.customers(controls, seats);
    judge.claims();
    judge.index();
    judge.requests_in_error();
    judge.topics(controls);
    judge.answers();
    judge.causes();
    judge.quiet_identities();
    judge.dealer_customers();
    judge.verdict
}

struct Judge<'a> {
    table: &'a Snapshot,
    log: &'a [Entry],
    late: &'a [LateCopy],
    /// Which customers an effect is on, or was found to be as its request wants them.
    effects: BTreeMap<EffectId, Vec<(Identifier, Did)>>,
    verdict: Verdict,
}

impl Judge<'_> {
    fn violation(&mut self, what: String, items: Vec<Key>, entries: Vec<usize>) {
        self.verdict.violations.push(Violation { what, items, entries });
    }

    /// Whether a copy of a write that holds all these words arrived late, and after this tick.
    fn landed_late(&self, words: &[&str], after: u64) -> bool {
        self.late
            .iter()
            .filter(|copy| copy.arrived > after)
            .any(|copy| words.iter().all(|word| copy.body.contains(word)))
    }

    fn entries_of(&self, id: &EffectId) -> Vec<usize> {
        self.log
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.effect_id().as_ref() == Some(id))
            .map(|(at, _)| at)
            .collect()
    }
}

fn effects(table: &Snapshot) -> BTreeMap<EffectId, Vec<(Identifier, Did)>> {
    let mut effects = BTreeMap::<_, Vec<_>>::new();
    for customer in table.customers.values() {
        for (id, effect) in customer.effects.iter() {
            effects.entry(id.clone()).or_default().push((customer.identifier.clone(), effect.did));
        }
    }
    let by_number = |number| table.customers.values().find(|customer| customer.number == number);
    let resolved =
        table.requests.values().flat_map(|request| &request.history).filter_map(|entry| {
            let Some(EntryOutcome::Unchanged(number)) = entry.outcome else { return None };
            Some((&entry.effect, &by_number(number)?.identifier))
        });
    for (id, found) in table.unchanged.iter().chain(resolved) {
        let on = effects.entry(id.clone()).or_default();
        // The key and the request in error both say so.
        if !on.iter().any(|(known, _)| known == found) {
            on.push((found.clone(), Did::Updated));
        }
    }
    effects
}
