//! What a step would do, before it is taken: whose it is, which partitions it looks at or changes, what can go wrong with it.

use std::ops::Bound;

use store::keys::{self, Key};
use store::table::Query;
use store::writes::Write;

use super::call::Asked;
use super::fault::Fault;
use super::world::{Agent, Progress, UnderWay, World, late_write};

/// Stands for all partitions of the table: a walk can meet what is put anywhere.
pub const EVERYWHERE: &str = "";

impl World {
    /// The client whose request waits for this agent; none for what happens behind everyone's back.
    pub fn client_of(&self, agent: &Agent) -> Option<usize> {
        match agent {
            Agent::Call(name) => Some(name.client),
            Agent::Prepare(name, _) | Agent::Settle(name, _) => {
                self.transactions[name].awaited.then_some(name.client)
            }
            Agent::Index(_) | Agent::Late(_) => None,
        }
    }

    /// What can go wrong with an agent's next step.
    pub fn faults(&self, agent: &Agent) -> &'static [Fault] {
        match agent {
            Agent::Call(name) => {
                let UnderWay { call, progress } = &self.calls[name];
                match (&call.asked, progress) {
                    (Asked::Query(query), progress) => {
                        match (progress, self.next_seat(query, progress)) {
                            (Progress::Waiting, None) => &[Fault::NotSent],
                            (Progress::Waiting, Some(_)) => &[Fault::NotSent, Fault::Torn],
                            (_, None) => &[],
                            (_, Some(_)) => &[Fault::Torn],
                        }
                    }
                    // It waits for another transaction with its token, of which everything was offered.
                    (Asked::Transact { .. }, _) => &[],
                    (asked, Progress::Waiting) => asked.faults(),
                    (_, Progress::Reading(_) | Progress::InTransaction | Progress::Repeating) => {
                        &[]
                    }
                }
            }
            // What goes wrong with a transaction goes wrong with it as a whole, and is offered once.
            Agent::Prepare(name, 0) => {
                let transaction = &self.transactions[name];
                if transaction.awaited && !transaction.repeated && transaction.is_fresh() {
                    transaction.call.asked.faults()
                } else {
                    &[]
                }
            }
            Agent::Prepare(..) | Agent::Settle(..) | Agent::Index(_) | Agent::Late(_) => &[],
        }
    }

    /// The seat behind the last one, where a query of a block has come to its end; none elsewhere.
    pub(super) fn next_seat(&self, query: &Query, progress: &Progress) -> Option<String> {
        if !query.partition.starts_with("BLOCK#") {
            return None;
        }
        let behind = match progress {
            Progress::Reading(reading) => reading.behind.as_deref(),
            Progress::Waiting | Progress::InTransaction | Progress::Repeating => None,
        };
        let key = Key { pk: query.partition.clone(), sk: behind.unwrap_or_default().to_owned() };
        let mut more = self.items.range((Bound::Excluded(key), Bound::Unbounded));
        if more.next().is_some_and(|(key, _)| key.pk == query.partition) {
            return None;
        }
        let last = behind.and_then(|sk| sk.strip_prefix("SEAT#")?.parse::<u32>().ok());
        Some(format!("SEAT#{:06}", last.unwrap_or(0) + 1))
    }

    /// Tells the partitions, of the table or of the index, that an agent's next step looks at or changes. No two of table and index have the same name.
    pub fn partitions(&self, agent: &Agent, mut tell: impl FnMut(&str)) {
        match agent {
            Agent::Call(name) => match &self.calls[name].call.asked {
                Asked::Add(..) if self.apart.is_some() => {}
                Asked::Get(key) | Asked::Add(key, _) => tell(&key.pk),
                Asked::GetAll(keys) => keys.iter().for_each(|key| tell(&key.pk)),
                Asked::Query(query) => tell(&query.partition),
                Asked::Index(query) => tell(&query.partition),
                Asked::Write(write, _) => tell(partition_of(write)),
                Asked::Together(keys) => keys.iter().for_each(|key| tell(&key.pk)),
                Asked::Walk { .. } => tell(EVERYWHERE),
                Asked::Transact { writes, checks, .. } => {
                    let checked = checks.iter().map(|check| &*check.key.pk);
                    writes.iter().map(partition_of).chain(checked).for_each(tell);
                }
            },
            Agent::Prepare(name, position) | Agent::Settle(name, position) => {
                let transaction = &self.transactions[name];
                if transaction.is_fresh() && *position == 0 {
                    // A fault concerns all of it.
                    for position in 0..transaction.settled.len() {
                        tell(&transaction.at(position).0.pk);
                    }
                } else {
                    tell(&transaction.at(*position).0.pk);
                }
            }
            Agent::Index(key) => {
                if let Some(Some((partition, _))) = self.lagging.get(key) {
                    tell(partition);
                }
                let stored = self.items.get(key);
                let is = stored.and_then(|stored| stored.item.get(keys::INDEX_PARTITION_KEY));
                if let Some(Ok(partition)) = is.map(|value| value.as_s()) {
                    tell(partition);
                }
            }
            Agent::Late(name) => tell(partition_of(late_write(&self.late[name]).0)),
        }
    }
}

fn partition_of(write: &Write) -> &str {
    match write {
        Write::Put { item, .. } => item
            .get(keys::PARTITION_KEY)
            .and_then(|value| value.as_s().ok())
            .expect("every item has its key"),
        Write::Update { key, .. } => &key.pk,
    }
}
