//! What stands in the model table and what is under way: items, transactions, the index that lags, calls that wait. Which step comes next, whoever drives it decides.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::Key;
use store::table::Query;
use store::writes::{Refusal, Write};

use super::call::{Answer, Asked, Call, Conditioned, Fault, Progress, Stored};
use super::digest::Digest;
use super::meaning;

/// Where every clock begins.
const START: Timestamp = Timestamp::from_millis(1_795_408_496_000);

/// What can take a step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agent {
    /// A call: it reads its next item, writes, or counts.
    Call(usize),
    /// A transaction looks at one of its items, and holds it if its condition holds.
    Prepare(usize, usize),
    /// A decided transaction writes one of its items.
    Settle(usize, usize),
    /// The index learns where an item is.
    Index(Key),
    /// A write that its caller has given up takes effect.
    Late(usize),
}

/// One step: who takes it, and what goes wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step {
    /// Who takes it.
    pub agent: Agent,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

/// A transaction that was begun.
#[derive(Debug, Clone)]
pub(super) struct Transaction {
    pub(super) client: usize,
    pub(super) ordinal: usize,
    pub(super) token: String,
    pub(super) writes: Vec<Write>,
    /// For each item what its preparation came to: held, or refused.
    pub(super) prepared: Vec<Option<Result<(), Refusal>>>,
    /// For each item whether the transaction has done with it.
    pub(super) settled: Vec<bool>,
    /// Whether all was prepared, and if so whether all was held.
    pub(super) committed: Option<bool>,
    /// The call that waits for it; none after its caller gave it up.
    pub(super) awaited_by: Option<usize>,
    /// Whether its caller shall see the answer to a repetition.
    pub(super) repeated: bool,
}

/// A write that its caller has given up, or a copy of one.
#[derive(Debug, Clone)]
pub(super) struct Late {
    pub(super) client: usize,
    pub(super) ordinal: usize,
    pub(super) write: Option<(Write, Conditioned)>,
}

/// A process: its clock, its chance, and all that its requests were ever answered. Its memory is a function of the latter.
#[derive(Debug, Clone, Default)]
pub(super) struct Process {
    pub(super) elapsed: u64,
    pub(super) chances: u64,
    /// What it has counted, where processes count apart.
    pub(super) counted: u64,
    pub(super) history: Digest,
}

/// The model table's state.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) items: BTreeMap<Key, Arc<Stored>>,
    /// The sum of the items' digests.
    pub(super) sum: u128,
    pub(super) held: BTreeMap<Key, usize>,
    pub(super) transactions: Vec<Transaction>,
    /// When transactions were committed, by their tokens.
    pub(super) tokens: BTreeMap<String, Timestamp>,
    pub(super) index: BTreeSet<(String, String, Key)>,
    /// Items that the index does not have where they are, with where it has them.
    pub(super) lagging: BTreeMap<Key, Option<(String, String)>>,
    pub(super) late: Vec<Late>,
    pub(super) calls: Vec<Call>,
    pub(super) ordinals: Vec<usize>,
    pub(super) processes: BTreeMap<usize, Process>,
    /// How many items a query returns at once.
    pub(super) page: Option<usize>,
    /// How long a pause lasts at the least, in milliseconds: machines can be slow.
    pub(super) shortest_pause: u64,
    /// Whether each process counts in a range of its own.
    pub(super) counts_apart: bool,
    /// Whether each call runs to its end at once.
    pub(super) at_once: bool,
    /// The client that is being polled.
    pub(super) polled: usize,
    pub(super) paused: BTreeSet<usize>,
    pub(super) trace: Option<Vec<String>>,
}

impl World {
    /// Begins a call, and says by which number it goes.
    pub(super) fn begin(&mut self, process: usize, asked: Asked) -> usize {
        let client = self.polled;
        if self.ordinals.len() <= client {
            self.ordinals.resize(client + 1, 0);
        }
        let ordinal = self.ordinals[client];
        self.ordinals[client] += 1;
        let number = self.calls.len();
        self.calls.push(Call {
            client,
            process,
            ordinal,
            progress: Progress::Waiting,
            asked,
            answer: None,
        });
        self.begin_transaction(number);
        number
    }

    /// Begins the transaction that a call asks for, unless its token says that it was done, or is being done.
    pub(super) fn begin_transaction(&mut self, call: usize) {
        let Call {
            client,
            process,
            ordinal,
            ref asked,
            ..
        } = self.calls[call];
        let Asked::Transact { token, writes } = asked else {
            return;
        };
        let (token, writes) = (token.clone(), writes.clone());
        if self.token_is_known(process, &token) || self.is_under_way(&token) {
            return;
        }
        self.calls[call].progress = Progress::InTransaction;
        self.transactions.push(Transaction {
            client,
            ordinal,
            token,
            prepared: vec![None; writes.len()],
            settled: vec![false; writes.len()],
            writes,
            committed: None,
            awaited_by: Some(call),
            repeated: false,
        });
    }

    pub(super) fn token_is_known(&self, process: usize, token: &str) -> bool {
        const LASTS_SECONDS: u64 = 600;
        self.tokens
            .get(token)
            .is_some_and(|done| self.now(process) < done.plus_seconds(LASTS_SECONDS))
    }

    fn is_under_way(&self, token: &str) -> bool {
        self.transactions
            .iter()
            .any(|one| one.token == token && one.committed.is_none())
    }

    /// The time on a process's clock.
    pub(super) fn now(&self, process: usize) -> Timestamp {
        let elapsed = self
            .processes
            .get(&process)
            .map_or(0, |process| process.elapsed);
        Timestamp::from_millis(START.millis() + elapsed)
    }

    pub(super) fn process(&mut self, process: usize) -> &mut Process {
        self.processes.entry(process).or_default()
    }

    /// All that can take a step.
    pub(super) fn agents(&self) -> Vec<Agent> {
        let mut agents = Vec::new();
        for (number, call) in self.calls.iter().enumerate() {
            match call.progress {
                Progress::Waiting | Progress::Reading { .. } | Progress::Repeating => {
                    agents.push(Agent::Call(number));
                }
                Progress::InTransaction | Progress::Answered => {}
            }
        }
        for (number, transaction) in self.transactions.iter().enumerate() {
            for position in 0..transaction.writes.len() {
                if transaction.committed.is_none() {
                    if transaction.prepared[position].is_none() {
                        agents.push(Agent::Prepare(number, position));
                    }
                } else if !transaction.settled[position] {
                    agents.push(Agent::Settle(number, position));
                }
            }
        }
        agents.extend(self.lagging.keys().cloned().map(Agent::Index));
        for (number, late) in self.late.iter().enumerate() {
            if late.write.is_some() {
                agents.push(Agent::Late(number));
            }
        }
        agents
    }

    /// The client whose request waits for this agent; none for what happens behind everyone's back.
    pub(super) fn client_of(&self, agent: &Agent) -> Option<usize> {
        match agent {
            Agent::Call(call) => Some(self.calls[*call].client),
            Agent::Prepare(transaction, _) | Agent::Settle(transaction, _) => {
                let transaction = &self.transactions[*transaction];
                transaction.awaited_by.map(|_| transaction.client)
            }
            Agent::Index(_) | Agent::Late(_) => None,
        }
    }

    /// What can go wrong with an agent's next step.
    pub(super) fn faults(&self, agent: &Agent) -> &'static [Fault] {
        match agent {
            Agent::Call(call) => match &self.calls[*call] {
                Call {
                    asked: Asked::Query(query),
                    progress,
                    ..
                } => match (progress, self.next_seat(query, progress)) {
                    (Progress::Waiting, None) => &[Fault::NotSent],
                    (Progress::Waiting, Some(_)) => &[Fault::NotSent, Fault::Torn],
                    (_, None) => &[],
                    (_, Some(_)) => &[Fault::Torn],
                },
                Call {
                    progress: Progress::Waiting,
                    asked,
                    ..
                } => asked.faults(),
                Call { .. } => &[],
            },
            // What goes wrong with a transaction goes wrong with it as a whole, and is offered once.
            Agent::Prepare(number, 0) => {
                let transaction = &self.transactions[*number];
                match transaction.awaited_by {
                    Some(call)
                        if !transaction.repeated
                            && transaction.prepared.iter().all(Option::is_none) =>
                    {
                        self.calls[call].asked.faults()
                    }
                    Some(_) | None => &[],
                }
            }
            Agent::Prepare(..) | Agent::Settle(..) | Agent::Index(_) | Agent::Late(_) => &[],
        }
    }

    /// The seat behind the last one, where a query of a block has come to its end; none elsewhere.
    pub(super) fn next_seat(&self, query: &Query, progress: &Progress) -> Option<String> {
        let behind = match progress {
            Progress::Reading { behind, .. } => behind.as_deref(),
            Progress::Waiting
            | Progress::InTransaction
            | Progress::Repeating
            | Progress::Answered => None,
        };
        let key = |sk: &str| Key {
            pk: query.partition.clone(),
            sk: sk.to_owned(),
        };
        let from = Bound::Excluded(key(behind.unwrap_or_default()));
        let more = self.items.range((from, Bound::Unbounded)).next();
        if !query.partition.starts_with("BLOCK#")
            || more.is_some_and(|(key, _)| key.pk == query.partition)
        {
            return None;
        }
        let last = behind.and_then(|sk| sk.strip_prefix("SEAT#")?.parse::<u32>().ok());
        Some(format!("SEAT#{:06}", last.unwrap_or(0) + 1))
    }

    /// The partitions, of the table or of the index, that an agent's next step looks at or changes. No two of table and index have the same name.
    pub(super) fn partitions<'a>(&'a self, agent: &'a Agent) -> Vec<&'a str> {
        match agent {
            Agent::Call(call) => match &self.calls[*call].asked {
                Asked::Add(..) if self.counts_apart => Vec::new(),
                Asked::Get(key) | Asked::Add(key, _) => vec![&key.pk],
                Asked::GetAll(keys) => keys.iter().map(|key| key.pk.as_str()).collect(),
                Asked::Query(query) => vec![&query.partition],
                Asked::Index(query) => vec![&query.partition],
                Asked::Write(write, _) => vec![partition_of(write)],
                Asked::Transact { writes, .. } => writes.iter().map(partition_of).collect(),
            },
            Agent::Prepare(number, position) | Agent::Settle(number, position) => {
                let transaction = &self.transactions[*number];
                let fresh = transaction.prepared.iter().all(Option::is_none);
                if fresh && *position == 0 {
                    // A fault concerns all of it.
                    transaction.writes.iter().map(partition_of).collect()
                } else {
                    vec![partition_of(&transaction.writes[*position])]
                }
            }
            Agent::Index(key) => {
                let has = self.lagging.get(key).and_then(Option::as_ref);
                let is = self
                    .items
                    .get(key)
                    .and_then(|stored| stored.item.get(store::keys::INDEX_PARTITION_KEY))
                    .and_then(|value| value.as_s().ok());
                has.map(|(partition, _)| partition.as_str())
                    .into_iter()
                    .chain(is.map(String::as_str))
                    .collect()
            }
            Agent::Late(number) => self.late[*number]
                .write
                .iter()
                .map(|(write, _)| partition_of(write))
                .collect(),
        }
    }

    /// Names a step alike in all interleavings: calls and transactions are numbered as they begin, which differs, but each client makes its own in the same order.
    pub(super) fn name_of(&self, step: &Step) -> u128 {
        let who = match &step.agent {
            Agent::Call(call) => {
                let call = &self.calls[*call];
                (0, call.client, call.ordinal, 0)
            }
            Agent::Prepare(number, position) => {
                let transaction = &self.transactions[*number];
                (1, transaction.client, transaction.ordinal, *position)
            }
            Agent::Settle(number, position) => {
                let transaction = &self.transactions[*number];
                (2, transaction.client, transaction.ordinal, *position)
            }
            Agent::Index(key) => return Digest::of(key),
            Agent::Late(number) => {
                let late = &self.late[*number];
                (3, late.client, late.ordinal, 0)
            }
        };
        Digest::of(&(who, step.fault))
    }

    /// Puts something in an item's place, or nothing.
    pub(super) fn put(&mut self, key: &Key, item: Option<Item>) {
        let place = |item: &Item| meaning::place_in_index(item);
        let is = item.as_ref().and_then(place);
        let before = match item {
            Some(item) => {
                let stored = Stored::new(item);
                self.sum = self.sum.wrapping_add(stored.digest);
                self.items.insert(key.clone(), stored)
            }
            None => self.items.remove(key),
        };
        let was = before.as_ref().and_then(|before| place(&before.item));
        if let Some(before) = before {
            self.sum = self.sum.wrapping_sub(before.digest);
        }
        match self.lagging.get(key) {
            Some(has) if *has == is => {
                self.lagging.remove(key);
            }
            Some(_) => {}
            None if was == is => {}
            None => {
                self.lagging.insert(key.clone(), was);
            }
        }
    }

    /// The index learns where an item is.
    pub(super) fn index_learns(&mut self, key: &Key) {
        if let Some(Some((partition, sort))) = self.lagging.remove(key) {
            self.index.remove(&(partition, sort, key.clone()));
        }
        let is = self
            .items
            .get(key)
            .and_then(|stored| meaning::place_in_index(&stored.item));
        if let Some((partition, sort)) = is {
            self.index.insert((partition, sort, key.clone()));
        }
    }

    /// Answers a call.
    pub(super) fn answer(&mut self, call: usize, answer: Answer) -> usize {
        let call = &mut self.calls[call];
        call.progress = Progress::Answered;
        let (client, process) = (call.client, call.process);
        let learned = (client, call.ordinal, answer.digest());
        call.answer = Some(answer);
        self.process(process).history.add(&learned);
        client
    }

    /// The digest of all that what comes can depend on: what stands in the table, what is under way, and all that each process ever learned. Processes are functions
    /// of what they learned, so that two states with one digest have the same futures.
    pub(super) fn digest(&self) -> u128 {
        let mut digest = Digest::default();
        digest.add(&self.sum);
        for process in self.processes.values() {
            digest.add(&process.history.finish());
        }
        // Numbers are given in the order of beginning, which differs from one interleaving to another: what is under way is named by its client and ordinal.
        let mut under_way: Vec<u128> = Vec::new();
        for call in &self.calls {
            let progress = match &call.progress {
                Progress::Answered | Progress::InTransaction => continue,
                Progress::Waiting => Digest::of("waiting"),
                Progress::Repeating => Digest::of("repeating"),
                Progress::Reading {
                    found,
                    behind,
                    done,
                } => Digest::of(&(
                    found.iter().map(|stored| stored.digest).collect::<Vec<_>>(),
                    behind,
                    done,
                )),
            };
            under_way.push(Digest::of(&(call.client, call.ordinal, progress)));
        }
        for transaction in &self.transactions {
            if transaction.settled.iter().all(|settled| *settled) {
                continue;
            }
            let prepared: Vec<_> = transaction
                .prepared
                .iter()
                .map(|prepared| match prepared {
                    None => 0,
                    Some(Ok(())) => 1,
                    Some(Err(why)) => {
                        Answer::Written(store::writes::Written::Refused(why.clone())).digest()
                    }
                })
                .collect();
            under_way.push(Digest::of(&(
                transaction.client,
                transaction.ordinal,
                prepared,
                &transaction.settled,
                transaction.committed,
                transaction.awaited_by.is_some(),
                transaction.repeated,
            )));
        }
        for late in &self.late {
            if late.write.is_some() {
                under_way.push(Digest::of(&("late", late.client, late.ordinal)));
            }
        }
        under_way.sort_unstable();
        digest.add(&under_way);
        digest.add(&self.lagging);
        digest.add(&self.tokens);
        digest.finish()
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(what());
        }
    }
}

fn partition_of(write: &Write) -> &str {
    match write {
        Write::Put { item, .. } => item
            .get(store::keys::PARTITION_KEY)
            .and_then(|value| value.as_s().ok())
            .expect("every item has its key"),
        Write::Update { key, .. } => &key.pk,
    }
}
