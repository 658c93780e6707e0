//! Taking steps: what each of them reads, writes and answers. Every step is atomic, and nothing is but a step.

use std::ops::Bound;

use store::keys::IndexEntry;
use store::keys::Key;
use store::table::{IndexQuery, Page, Query};
use store::writes::{Refusal, Transacted, Write, Written};

use super::call::{Answer, Asked, Conditioned, Fault, Progress, Shown, Stored};
use super::meaning;
use super::world::{Agent, Late, Step, World};

/// What a step led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The client one of whose calls was answered.
    pub answered: Option<usize>,
    /// Whether another client could see a difference.
    pub changed: bool,
    /// The client that had given up what took effect now.
    pub landed: Option<usize>,
}

impl Taken {
    /// Nobody was answered.
    fn silently(changed: bool) -> Self {
        Self {
            answered: None,
            changed,
            landed: None,
        }
    }
}

impl World {
    /// Takes a step.
    pub(super) fn take(&mut self, step: &Step) -> Taken {
        let taken = match (&step.agent, step.fault) {
            (Agent::Call(call), None) => self.call(*call),
            (Agent::Call(call), Some(fault)) => self.call_badly(*call, fault),
            (Agent::Prepare(number, position), None) => self.prepare(*number, *position),
            (Agent::Prepare(number, _), Some(fault)) => self.transact_badly(*number, fault),
            (Agent::Settle(number, position), _) => self.settle(*number, *position),
            (Agent::Index(key), _) => {
                self.index_learns(key);
                self.note(|| format!("  the index learns of {}", Shown(key)));
                Taken::silently(true)
            }
            (Agent::Late(number), _) => {
                let (write, conditioned) = self.late[*number]
                    .write
                    .take()
                    .expect("a late write happens once");
                let written = self.write(&write, conditioned);
                let client = self.late[*number].client;
                let landed = matches!(written, Written::Done(_)).then_some(client);
                self.note(|| {
                    format!(
                        "  {client}: late: {} → {}",
                        Asked::Write(write, conditioned),
                        Answer::Written(written)
                    )
                });
                Taken {
                    landed,
                    ..Taken::silently(landed.is_some())
                }
            }
        };
        taken
    }

    fn answered(&mut self, call: usize, answer: Answer, changed: bool) -> Taken {
        let client = self.calls[call].client;
        if self.trace.is_some() {
            let line = format!("{client}: {} → {answer}", self.calls[call].asked);
            self.note(|| line);
        }
        self.answer(call, answer);
        Taken {
            answered: Some(client),
            changed,
            landed: None,
        }
    }

    fn call(&mut self, number: usize) -> Taken {
        let (asked, process) = (self.calls[number].asked.clone(), self.calls[number].process);
        match asked {
            Asked::Get(key) => {
                let item = self.items.get(&key).map(|stored| stored.item.clone());
                self.answered(number, Answer::Item(item), false)
            }
            Asked::GetAll(keys) => self.get_next(number, &keys),
            Asked::Query(query) => self.query_next(number, &query),
            Asked::Index(query) => {
                let page = self.look_up(&query);
                self.answered(number, Answer::Entries(page), false)
            }
            Asked::Write(write, conditioned) => {
                let written = self.write(&write, conditioned);
                let changed = matches!(written, Written::Done(_));
                self.answered(number, Answer::Written(written), changed)
            }
            Asked::Transact { token, .. } => {
                // Its token was known when it began.
                let answer = if self.token_is_known(process, &token) {
                    Answer::Transacted(Transacted::Done)
                } else {
                    Answer::Unavailable
                };
                self.answered(number, answer, false)
            }
            Asked::Add(key, amount) => {
                let count = self.add(process, &key, amount);
                self.answered(number, Answer::Count(count), !self.counts_apart)
            }
        }
    }

    fn call_badly(&mut self, number: usize, fault: Fault) -> Taken {
        let call = &self.calls[number];
        let (client, process, ordinal) = (call.client, call.process, call.ordinal);
        let asked = call.asked.clone();
        self.note(|| format!("{client}: {asked} {fault}"));
        let later = |asked| match asked {
            Asked::Write(write, conditioned) => Late {
                client,
                ordinal,
                write: Some((write, conditioned)),
            },
            other => unreachable!("only writes come late, not {other}"),
        };
        match fault {
            Fault::Torn => {
                let Asked::Query(query) = &asked else {
                    unreachable!("only queries are torn, not {asked}");
                };
                let passed = self.next_seat(query, &self.calls[number].progress);
                let (found, _, done) = self.so_far(number);
                self.calls[number].progress = Progress::Reading {
                    found,
                    behind: passed,
                    done: done + 1,
                };
                Taken::silently(false)
            }
            Fault::NotSent => self.answered(number, Answer::Unavailable, false),
            Fault::Late => {
                self.late.push(later(asked));
                self.answered(number, Answer::Unavailable, false)
            }
            Fault::Contended => self.answered(
                number,
                Answer::Written(Written::Refused(Refusal::Contended)),
                false,
            ),
            Fault::Copied => {
                self.late.push(later(asked));
                self.call(number)
            }
            Fault::Repeated => {
                match &asked {
                    Asked::Write(write, conditioned) => {
                        self.write(write, *conditioned);
                    }
                    Asked::Add(key, amount) => {
                        self.add(process, key, *amount);
                    }
                    other => unreachable!("{other} has no effect to repeat"),
                }
                self.calls[number].progress = Progress::Repeating;
                Taken::silently(true)
            }
        }
    }

    /// Reads the next item of a batch.
    fn get_next(&mut self, number: usize, keys: &[Key]) -> Taken {
        let (mut found, _, done) = self.so_far(number);
        if let Some(stored) = keys.get(done).and_then(|key| self.items.get(key)) {
            found.push(stored.clone());
        }
        if done + 1 >= keys.len() {
            let items = found.iter().map(|stored| stored.item.clone()).collect();
            return self.answered(number, Answer::Items(items), false);
        }
        self.calls[number].progress = Progress::Reading {
            found,
            behind: None,
            done: done + 1,
        };
        Taken::silently(false)
    }

    /// Reads the next item of a partition: a query is no snapshot, what is written while it goes on it may see or not.
    fn query_next(&mut self, number: usize, query: &Query) -> Taken {
        let (mut found, behind, done) = self.so_far(number);
        let behind = behind.or_else(|| query.after.clone());
        let key = |sk: String| Key {
            pk: query.partition.clone(),
            sk,
        };
        let from = match behind {
            Some(sk) if sk >= query.prefix => Bound::Excluded(key(sk)),
            Some(_) | None => Bound::Included(key(query.prefix.clone())),
        };
        let next = self
            .items
            .range((from, Bound::Unbounded))
            .next()
            .filter(|(key, _)| key.pk == query.partition && key.sk.starts_with(&query.prefix));
        let limit = match (query.limit, self.page) {
            (Some(limit), Some(page)) => Some(page.min(limit as usize)),
            (Some(limit), None) => Some(limit as usize),
            (None, page) => page,
        };
        let behind = next.map(|(key, _)| key.sk.clone());
        if let Some((_, stored)) = next {
            found.push(stored.clone());
        }
        let full = limit.is_some_and(|limit| found.len() >= limit);
        if behind.is_none() || full {
            let items = found.iter().map(|stored| stored.item.clone()).collect();
            let page = Page {
                found: items,
                more: full && behind.is_some(),
            };
            return self.answered(number, Answer::Page(page), false);
        }
        self.calls[number].progress = Progress::Reading {
            found,
            behind,
            done: done + 1,
        };
        if self.trace.is_some() {
            let client = self.calls[number].client;
            let line = match &self.calls[number].progress {
                Progress::Reading { behind, .. } => {
                    format!(
                        "{client}: query {} sees {}",
                        query.partition,
                        behind.as_deref().unwrap_or_default()
                    )
                }
                _ => String::new(),
            };
            self.note(|| line);
        }
        Taken::silently(false)
    }

    fn so_far(&mut self, number: usize) -> (Vec<std::sync::Arc<Stored>>, Option<String>, usize) {
        match std::mem::replace(&mut self.calls[number].progress, Progress::Waiting) {
            Progress::Reading {
                found,
                behind,
                done,
            } => (found, behind, done),
            Progress::Waiting
            | Progress::InTransaction
            | Progress::Repeating
            | Progress::Answered => (Vec::new(), None, 0),
        }
    }

    fn look_up(&self, query: &IndexQuery) -> Page<IndexEntry> {
        let entry = |(_, sort, key): &(String, String, Key)| IndexEntry {
            sort: sort.clone(),
            key: key.clone(),
        };
        let within = |sort: &str| *query.from <= *sort && *sort <= *query.to;
        let mut entries: Vec<_> = self
            .index
            .iter()
            .filter(|(partition, sort, _)| *partition == query.partition && within(sort))
            .map(entry)
            .collect();
        if query.descending {
            entries.reverse();
        }
        if let Some(after) = &query.after {
            let place = |entry: &IndexEntry| (entry.sort.clone(), entry.key.clone());
            entries.retain(|entry| {
                if query.descending {
                    place(entry) < place(after)
                } else {
                    place(entry) > place(after)
                }
            });
        }
        let limit = query.limit as usize;
        let more = entries.len() >= limit;
        entries.truncate(limit);
        Page {
            found: entries,
            more,
        }
    }

    /// Writes one item, if no transaction holds it and its condition holds.
    pub(super) fn write(&mut self, write: &Write, conditioned: Conditioned) -> Written {
        let key = write.key();
        if self.held.contains_key(&key) {
            return Written::Refused(Refusal::Contended);
        }
        let before = self.items.get(&key).map(|stored| stored.item.clone());
        if conditioned == Conditioned::Yes && !meaning::holds(write.condition(), before.as_ref()) {
            return Written::Refused(Refusal::Condition(before));
        }
        self.put(&key, meaning::after(write, before.as_ref()));
        Written::Done(match write {
            Write::Update { .. } => before,
            Write::Put { .. } => None,
        })
    }

    fn add(&mut self, process: usize, key: &Key, amount: u64) -> u64 {
        const COUNT: &str = "count";
        const APART: u64 = 1_000_000;
        if self.counts_apart {
            let own = self.process(process);
            own.counted += amount;
            return process as u64 * APART + own.counted;
        }
        let mut item = self
            .items
            .get(key)
            .map_or_else(|| meaning::empty(key), |stored| stored.item.clone());
        let count = meaning::number(&item, COUNT).unwrap_or(0) + amount;
        item.insert(
            COUNT.to_owned(),
            aws_sdk_dynamodb::types::AttributeValue::N(count.to_string()),
        );
        self.put(key, Some(item));
        count
    }

    /// Looks at one item of a transaction, and holds it if its condition holds. The last look decides.
    fn prepare(&mut self, number: usize, position: usize) -> Taken {
        let write = &self.transactions[number].writes[position];
        let key = write.key();
        let stands = self.items.get(&key).map(|stored| &stored.item);
        let prepared = if self.held.contains_key(&key) {
            Err(Refusal::Contended)
        } else if meaning::holds(write.condition(), stands) {
            Ok(())
        } else {
            Err(Refusal::Condition(stands.cloned()))
        };
        if prepared.is_ok() {
            self.held.insert(key.clone(), number);
        }
        let client = self.transactions[number].client;
        let word = if prepared.is_ok() {
            "holds"
        } else {
            "is refused"
        };
        self.note(|| format!("{client}: transaction {number} {word} {}", Shown(&key)));
        let transaction = &mut self.transactions[number];
        transaction.prepared[position] = Some(prepared);
        let Some(verdicts) = transaction
            .prepared
            .iter()
            .cloned()
            .collect::<Option<Vec<_>>>()
        else {
            return Taken::silently(true);
        };
        let committed = verdicts.iter().all(Result::is_ok);
        transaction.committed = Some(committed);
        let process = transaction
            .awaited_by
            .map_or(0, |call| self.calls[call].process);
        if committed {
            let now = self.now(process);
            let token = self.transactions[number].token.clone();
            self.tokens.insert(token, now);
            self.note(|| format!("{client}: transaction {number} is decided"));
            let given_up = self.transactions[number].awaited_by.is_none();
            return Taken {
                landed: given_up.then_some(client),
                ..Taken::silently(true)
            };
        }
        transaction.settled.fill(true);
        for (write, verdict) in self.transactions[number].writes.iter().zip(&verdicts) {
            if verdict.is_ok() {
                self.held.remove(&write.key());
            }
        }
        let reasons = verdicts.into_iter().map(Result::err).collect();
        self.finish(number, Transacted::Refused(reasons))
    }

    /// Writes one item of a decided transaction. It is answered when all its items are written.
    fn settle(&mut self, number: usize, position: usize) -> Taken {
        let transaction = &mut self.transactions[number];
        transaction.settled[position] = true;
        let client = transaction.client;
        let write = transaction.writes[position].clone();
        let last = transaction.settled.iter().all(|settled| *settled);
        let key = write.key();
        self.held.remove(&key);
        let before = self.items.get(&key).map(|stored| stored.item.clone());
        self.put(&key, meaning::after(&write, before.as_ref()));
        self.note(|| format!("{client}: transaction {number} writes {}", Shown(&key)));
        if last {
            self.finish(number, Transacted::Done)
        } else {
            Taken::silently(true)
        }
    }

    /// Tells the caller what came of a transaction, if it still waits.
    fn finish(&mut self, number: usize, came: Transacted) -> Taken {
        let transaction = &mut self.transactions[number];
        let Some(call) = transaction.awaited_by.take() else {
            return Taken::silently(true);
        };
        if transaction.repeated {
            let token = transaction.token.clone();
            self.tokens.remove(&token);
            self.begin_transaction(call);
            self.note(|| "  its answer is lost, its token expires, and it is repeated".to_owned());
            return Taken::silently(true);
        }
        self.answered(call, Answer::Transacted(came), true)
    }

    fn transact_badly(&mut self, number: usize, fault: Fault) -> Taken {
        let transaction = &mut self.transactions[number];
        let call = transaction
            .awaited_by
            .expect("faults are offered while somebody waits");
        let (client, count) = (transaction.client, transaction.writes.len());
        let never = |transaction: &mut super::world::Transaction| {
            transaction.committed = Some(false);
            transaction.settled = vec![true; count];
        };
        let answer = match fault {
            Fault::NotSent => {
                never(transaction);
                Answer::Unavailable
            }
            Fault::Late => {
                transaction.awaited_by = None;
                Answer::Unavailable
            }
            Fault::Contended => {
                never(transaction);
                let mut reasons = vec![None; count];
                reasons[0] = Some(Refusal::Contended);
                Answer::Transacted(Transacted::Refused(reasons))
            }
            Fault::Repeated => {
                transaction.repeated = true;
                self.note(|| format!("{client}: transaction {number} {fault}"));
                return Taken::silently(false);
            }
            Fault::Copied | Fault::Torn => {
                unreachable!("no copy of a transaction is offered: its token makes the two one")
            }
        };
        self.note(|| format!("{client}: transaction {number} {fault}"));
        self.answered(call, answer, false)
    }
}
