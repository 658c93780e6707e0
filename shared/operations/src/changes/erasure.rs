//! The erasure of a person, as far as it follows from the customer's own: what dealer customers, requests in error, the history and the look-up keys still have.
//!
//! The keys come first: which there may be, only the history tells. An erasure that was broken off is done again from its record.

use std::collections::BTreeSet;

use domain::by::{By, Stamp};
use domain::customer::{Customer, Identifier};
use domain::effect::{Cause, EffectId};
use domain::history::{self, HistoryEntry};
use domain::look_up::{self, Term};
use store::items::{self, Standing};
use store::table::{MAX_ITEMS, Table};
use store::{keys, records};

use crate::customers::remains::Remains;
use crate::kit::{Master, Stopped, written};

/// How often it is looked what is left of a person, where it changes meanwhile. What changes it comes with a record of its own.
const MAX_ROUNDS: u32 = 5;

/// Takes the person out of what is left of it, and out of history and look-up keys. `before` is the customer before it was erased by that caller, which made `version`.
pub(super) async fn erase<T: Table>(
    master: &Master<T>,
    (before, by): (&Customer, &By),
    version: u64,
) -> Result<(), Stopped> {
    let identifier = &before.identifier;
    for round in 0.. {
        let remains = Remains::find(master, std::slice::from_ref(before)).await?;
        if remains.is_empty() || empty(master, &remains, by).await? {
            break;
        }
        if round == MAX_ROUNDS {
            return Err(Stopped::Busy);
        }
    }
    let entries = entries(master, identifier, version).await?;
    let removed = Standing::Removed(master.table().now());
    for term in terms(before, &entries) {
        let key = keys::look_up(&master.controls().secret, &term);
        let write = items::look_up_key(&key, identifier, version, removed);
        written(master.table(), &write).await?;
    }
    for (of, entry) in entries.iter().filter(|(_, entry)| entry.has_values()) {
        written(master.table(), &items::erased_history_entry(identifier, *of, entry)).await?;
    }
    Ok(())
}

/// Takes the person out of this, in the name of who erased it; no where it changed meanwhile.
pub(super) async fn empty<T: Table>(
    master: &Master<T>,
    remains: &Remains,
    by: &By,
) -> Result<bool, Stopped> {
    let table = master.table();
    let cause = Cause { id: EffectId::random(table.chance()), keyed: false };
    let stamp = Stamp { by: by.clone(), cause, at: table.now() };
    Ok(remains.erase(table, &stamp).await?)
}

/// The entries of the versions below this one, the lowest first.
async fn entries<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    version: u64,
) -> Result<Vec<(u64, HistoryEntry)>, Stopped> {
    let mut entries = Vec::new();
    let mut after = 0;
    loop {
        let page = records::history(master.table(), identifier, after, MAX_ITEMS as u32).await?;
        for (of, entry) in page.found {
            after = of;
            if of < version {
                entries.push((of, entry?));
            }
        }
        if !page.more {
            return Ok(entries);
        }
    }
}

/// All terms under which the person was ever found, as far as the history tells; those that stay are the numbers that no erasure takes away.
fn terms(before: &Customer, entries: &[(u64, HistoryEntry)]) -> BTreeSet<Term> {
    let mut terms = look_up::terms(before);
    let mut earlier = before.clone();
    for (_, entry) in entries.iter().rev() {
        earlier = history::undo(&earlier, entry);
        terms.extend(look_up::terms(&earlier));
    }
    terms
}
