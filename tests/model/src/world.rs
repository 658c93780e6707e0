//! What stands in the model table and what is under way: items, transactions, the index that lags, calls that wait. Which step comes next, whoever drives it decides.
//!
//! A world is cheap to copy, so that a search can go on from one state in several ways.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::Key;
use store::table::Check;
use store::writes::{Condition, Write};

use super::call::{Asked, Call, CallName, Conditioned, Refused, Stored};
use super::digest::Digest;
use super::fault::Fault;
use super::place;

/// How long a transaction's token is remembered.
const TOKEN_SECONDS: u64 = 600;

/// What can take a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// A call: it reads its next item, writes, or counts.
    Call(CallName),
    /// A transaction looks at one of its items, and holds it if its condition holds.
    Prepare(CallName, usize),
    /// A decided transaction writes one of its items.
    Settle(CallName, usize),
    /// The index learns where an item is.
    Index(Key),
    /// A write that its caller has given up takes effect.
    Late(CallName),
}

/// One step: who takes it, and what goes wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Who takes it.
    pub agent: Agent,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

/// How far a call has come.
#[derive(Debug, Clone)]
pub(super) enum Progress {
    /// Not begun.
    Waiting,
    /// Reading item by item.
    Reading(Reading),
    /// A transaction does what was asked.
    InTransaction,
    /// It had its effect, its answer was lost, and the database client is about to repeat it.
    Repeating,
}

/// What a query or a batch has read so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    pub(super) found: Vec<Arc<Stored>>,
    /// Behind which sort key a query goes on.
    pub(super) behind: Option<String>,
    /// How many looks were taken.
    pub(super) looks: usize,
}

/// A call that is not answered yet.
#[derive(Debug, Clone)]
pub(super) struct UnderWay {
    pub(super) call: Arc<Call>,
    pub(super) progress: Progress,
}

/// A transaction that was begun and is not done with.
#[derive(Debug, Clone)]
pub(super) struct Transaction {
    pub(super) call: Arc<Call>,
    /// For each item what its preparation came to: held, or refused.
    pub(super) prepared: Vec<Option<Result<(), Refused>>>,
    /// For each item whether it is written.
    pub(super) settled: Vec<bool>,
    /// Whether all of it will happen.
    pub(super) committed: bool,
    /// Whether its caller still waits for it.
    pub(super) awaited: bool,
    /// Whether its caller shall see the answer to a repetition.
    pub(super) repeated: bool,
}

impl Transaction {
    pub(super) fn writes(&self) -> &[Write] {
        parts_of(&self.call).0
    }

    /// The item at this position, and what must hold of it: those that it writes, then those that it only looks at.
    pub(super) fn at(&self, position: usize) -> (Key, &Condition) {
        let (writes, checks) = parts_of(&self.call);
        match (writes.get(position), checks.get(position.saturating_sub(writes.len()))) {
            (Some(write), _) => (write.key(), write.condition()),
            (None, Some(check)) => (check.key.clone(), &check.on),
            (None, None) => unreachable!("a transaction has no position {position}"),
        }
    }

    /// Whether it has looked at none of its items.
    pub(super) fn is_fresh(&self) -> bool {
        self.prepared.iter().all(Option::is_none)
    }
}

fn parts_of(call: &Call) -> (&[Write], &[Check]) {
    let Asked::Transact { writes, checks, .. } = &call.asked else {
        unreachable!("only a transaction is in a transaction")
    };
    (writes, checks)
}

/// The model table's state.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub(super) items: Arc<BTreeMap<Key, Arc<Stored>>>,
    /// The sum of the items' digests.
    sum: u128,
    /// The items that transactions hold.
    pub(super) held: BTreeSet<Key>,
    pub(super) calls: BTreeMap<CallName, UnderWay>,
    pub(super) transactions: BTreeMap<CallName, Transaction>,
    /// Writes that their callers have given up, and copies of writes.
    pub(super) late: BTreeMap<CallName, Arc<Call>>,
    /// When transactions were committed, by their tokens.
    pub(super) tokens: Arc<BTreeMap<String, Timestamp>>,
    pub(super) index: Arc<BTreeSet<(String, String, Key)>>,
    /// Items that the index does not have where they are, with where it has them.
    pub(super) lagging: Arc<BTreeMap<Key, Option<(String, String)>>>,
    /// How many items a query returns at once.
    pub(super) page: Option<usize>,
    /// What each process has counted, where each counts in a range of its own.
    pub(super) apart: Option<BTreeMap<usize, u64>>,
    trace: Option<Vec<String>>,
}

impl World {
    /// How many items a query returns at once.
    pub fn limit_pages(&mut self, items: usize) {
        self.page = Some(items);
    }

    /// Each process counts in a range of its own from now on, so that the order of additions makes no difference.
    pub fn count_apart(&mut self) {
        self.apart = Some(BTreeMap::new());
    }

    /// All items, as they stand.
    pub fn items(&self) -> impl Iterator<Item = (&Key, &Item)> {
        self.items.iter().map(|(key, stored)| (key, &stored.item))
    }

    /// Lays a call before the table.
    pub fn begin(&mut self, call: Call) {
        let under_way = UnderWay { call: Arc::new(call), progress: Progress::Waiting };
        let call = Arc::clone(&under_way.call);
        self.calls.insert(call.name, under_way);
        self.begin_transaction(&call);
    }

    /// Begins the transaction that a call asks for, unless its token says that it was done, or is being done.
    pub(super) fn begin_transaction(&mut self, call: &Arc<Call>) {
        let Asked::Transact { token, writes, checks } = &call.asked else {
            return;
        };
        let same = |one: &Transaction| matches!(&one.call.asked, Asked::Transact { token: other, .. } if other == token);
        if self.token_is_known(call, token) || self.transactions.values().any(same) {
            return;
        }
        let transaction = Transaction {
            call: Arc::clone(call),
            prepared: vec![None; writes.len() + checks.len()],
            settled: vec![false; writes.len() + checks.len()],
            committed: false,
            awaited: true,
            repeated: false,
        };
        self.transactions.insert(call.name, transaction);
        if let Some(under_way) = self.calls.get_mut(&call.name) {
            under_way.progress = Progress::InTransaction;
        }
    }

    /// Whether a transaction with this token was done, as far as the database remembers at the time of the call.
    pub(super) fn token_is_known(&self, call: &Call, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|done| call.at < done.plus_seconds(TOKEN_SECONDS))
    }

    /// All that can take a step, always in the same order.
    pub fn agents(&self) -> Vec<Agent> {
        let mut agents = Vec::new();
        for (name, under_way) in &self.calls {
            match under_way.progress {
                Progress::Waiting | Progress::Reading(_) | Progress::Repeating => {
                    agents.push(Agent::Call(*name));
                }
                Progress::InTransaction => {}
            }
        }
        for (name, transaction) in &self.transactions {
            for position in 0..transaction.settled.len() {
                if transaction.committed {
                    if !transaction.settled[position] {
                        agents.push(Agent::Settle(*name, position));
                    }
                } else if transaction.prepared[position].is_none() {
                    agents.push(Agent::Prepare(*name, position));
                }
            }
        }
        agents.extend(self.lagging.keys().cloned().map(Agent::Index));
        agents.extend(self.late.keys().copied().map(Agent::Late));
        agents
    }

    /// Puts an item in its place.
    pub(super) fn put(&mut self, key: &Key, item: Item) {
        let is = place::place_in_index(&item);
        let stored = Stored::new(item);
        self.sum = self.sum.wrapping_add(stored.digest);
        let before = Arc::make_mut(&mut self.items).insert(key.clone(), stored);
        let was = before.as_ref().and_then(|before| place::place_in_index(&before.item));
        if let Some(before) = before {
            self.sum = self.sum.wrapping_sub(before.digest);
        }
        match self.lagging.get(key) {
            Some(has) if *has == is => {
                Arc::make_mut(&mut self.lagging).remove(key);
            }
            Some(_) => {}
            None if was == is => {}
            None => {
                Arc::make_mut(&mut self.lagging).insert(key.clone(), was);
            }
        }
    }

    /// The index learns where an item is.
    pub(super) fn index_learns(&mut self, key: &Key) {
        let index = Arc::make_mut(&mut self.index);
        if let Some(Some((partition, sort))) = Arc::make_mut(&mut self.lagging).remove(key) {
            index.remove(&(partition, sort, key.clone()));
        }
        let is = self.items.get(key).and_then(|stored| place::place_in_index(&stored.item));
        if let Some((partition, sort)) = is {
            index.insert((partition, sort, key.clone()));
        }
    }

    /// The digest of all that what comes can depend on: what stands in the table and what is under way. What was asked is left out: it depends on what the client heard,
    /// of which whoever drives the table takes the digest.
    pub fn digest(&self) -> u128 {
        let mut digest = Digest::default();
        digest.add(&self.sum);
        for (name, under_way) in &self.calls {
            digest.add(name);
            match &under_way.progress {
                Progress::Waiting => digest.add("waiting"),
                Progress::InTransaction => digest.add("in a transaction"),
                Progress::Repeating => digest.add("repeating"),
                Progress::Reading(reading) => {
                    for stored in &reading.found {
                        digest.add(&stored.digest);
                    }
                    digest.add(&(&reading.behind, reading.looks));
                }
            }
        }
        for (name, transaction) in &self.transactions {
            digest.add(name);
            for prepared in &transaction.prepared {
                match prepared {
                    None => digest.add("not prepared"),
                    Some(Ok(())) => digest.add("held"),
                    Some(Err(why)) => why.add_to(&mut digest),
                }
            }
            digest.add(&(
                &transaction.settled,
                transaction.committed,
                transaction.awaited,
                transaction.repeated,
            ));
        }
        for name in self.late.keys() {
            digest.add(&("late", name));
        }
        digest.add(&*self.lagging);
        digest.add(&*self.tokens);
        digest.finish()
    }

    /// Begins to write down what happens.
    pub fn trace(&mut self) {
        self.trace = Some(Vec::new());
    }

    /// Adds a line to what is written down, if anything is.
    pub fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(what());
        }
    }

    /// What was written down.
    pub fn traced(&mut self) -> Vec<String> {
        self.trace.take().unwrap_or_default()
    }
}

/// The write of a call that comes late.
pub(super) fn late_write(call: &Call) -> (&Write, Conditioned) {
    let Asked::Write(write, conditioned) = &call.asked else {
        unreachable!("only writes come late, not {}", call.asked)
    };
    (write, *conditioned)
}
