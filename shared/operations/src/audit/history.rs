//! A customer's history as it should be: gapless, closed over what was lost, and what it asks the look-up keys to say. Nothing is read or written here.

use std::collections::{BTreeMap, BTreeSet};

use domain::customer::Customer;
use domain::history::{self, HistoryEntry, Of, What, changes};
use domain::look_up::Term;
use domain::message::Attributes;
use domain::retention::Retention;
use domain::time::Timestamp;
use store::items::Standing;

use super::Patience;
use crate::changes::standings;

/// What a customer's history tells.
pub(super) struct Told {
    /// The versions, the newest first, each as it was before it and is since.
    pub(super) steps: Vec<Version>,
    /// Whether the newest version is there, so that all was done that follows from it.
    pub(super) is_followed: bool,
}

pub(super) struct Version {
    pub(super) before: Option<Customer>,
    pub(super) after: Customer,
    pub(super) entry: HistoryEntry,
    /// Whether the history lacks it.
    pub(super) is_lost: bool,
}

/// Goes back from a customer as it is, as far as the history leads. Where versions are missing that will not come any more, it makes up the entry that stands for them.
pub(super) fn told(
    customer: &Customer,
    entries: &[HistoryEntry],
    patience: Patience,
    now: Timestamp,
) -> Told {
    let versions: BTreeMap<u64, &HistoryEntry> = entries
        .iter()
        .filter_map(|entry| match entry.of {
            Of::Version(version) => Some((version, entry)),
            Of::DealerCustomer(_) | Of::RequestInError(_) => None,
        })
        .collect();
    let mut told =
        Told { steps: Vec::new(), is_followed: versions.contains_key(&customer.version) };
    let mut at = Some(customer.clone());
    let mut known_at = customer.updated_at;
    while let Some(after) = at.take() {
        let step = match versions.get(&after.version) {
            Some(entry) => {
                let first = entry.first_version().unwrap_or(after.version);
                let before = (first > 1).then(|| history::undo(&after, entry));
                let after = Customer { updated_at: entry.at, ..after };
                Version { before, after, entry: (*entry).clone(), is_lost: false }
            }
            None if Patience::is_over(patience.following, known_at, now) => {
                let is_newest = after.version == customer.version;
                let after = Customer { updated_at: known_at, ..after };
                closed(&versions, after, is_newest)
            }
            None => break,
        };
        known_at = step.entry.at;
        at.clone_from(&step.before);
        told.steps.push(step);
    }
    told
}

/// The entry that stands for what is lost up to this version.
fn closed(versions: &BTreeMap<u64, &HistoryEntry>, after: Customer, is_newest: bool) -> Version {
    let below: Vec<&HistoryEntry> =
        versions.range(..after.version).map(|(_, entry)| *entry).collect();
    let last = below.last().and_then(|entry| match entry.of {
        Of::Version(version) => Some(version),
        Of::DealerCustomer(_) | Of::RequestInError(_) => None,
    });
    let before = last.map(|_| {
        let nothing = Customer {
            attributes: Attributes::default(),
            alternate_name: None,
            phones: Vec::new(),
            seats: Vec::new(),
            // Whether one was erased is not a version's to tell.
            erased: None,
            ..after.clone()
        };
        below.iter().fold(nothing, |customer, entry| history::redo(&customer, entry))
    });
    let first = last.unwrap_or(0) + 1;
    let mut entry = HistoryEntry::of_version(before.as_ref(), &after);
    if after.erased.is_none() {
        entry.changed = changes(before.as_ref(), &after);
    }
    // Who wrote the newest stands on the customer; of an earlier one nobody knows it any more.
    let is_known = is_newest && first == after.version;
    if !is_newest {
        entry.by = None;
    }
    if first == 1 && before.is_none() {
        entry.what = if after.erased.is_some() { What::Erased } else { What::Created };
    }
    entry.lost_since = (!is_known).then_some(first);
    Version { before, after, entry, is_lost: true }
}

/// How the customer should stand under terms: the version since which, and how.
pub(super) fn expected(
    customer: &Customer,
    told: &Told,
    entries: &[HistoryEntry],
    now: Timestamp,
) -> BTreeMap<Term, (u64, Standing)> {
    let mut expected = BTreeMap::new();
    if customer.erased.is_some() {
        return expected;
    }
    for Version { before, after, .. } in told.steps.iter().rev() {
        for (term, standing) in standings(before.as_ref(), after) {
            expected.insert(term, (after.version, standing));
        }
    }
    // What it had before the history begins.
    let first = told.steps.last().and_then(|step| step.before.as_ref());
    let first = first.or(told.steps.is_empty().then_some(customer));
    let since_ever: BTreeSet<Term> =
        first.map(domain::look_up::all_terms).unwrap_or_default().into_iter().collect();
    for term in since_ever.into_iter().filter(|term| !term.kind.is_claimed()) {
        let version = first.map_or(1, |first| first.version);
        expected.entry(term).or_insert((version, Standing::Current));
    }
    for entry in entries.iter().filter(|entry| entry.what == What::Released) {
        if let Of::DealerCustomer(dcn) = &entry.of {
            let term = Term::of_dcn(dcn);
            let version = entry.at.millis();
            let newer = expected.get(&term).is_none_or(|(known, _)| *known < version);
            if newer {
                expected.insert(term, (version, Standing::Former(entry.at)));
            }
        }
    }
    expected.retain(|term, (_, standing)| match standing {
        Standing::Current => true,
        // What ends while it is looked at is nobody's loss.
        Standing::Former(since) => Retention::FormerValue.end(*since) > now.plus_seconds(300),
        // It does not lead to the customer any more, who may be found by it nonetheless where that was lost.
        Standing::Removed(_) => !term.kind.finds_formerly(),
    });
    expected
}
