//! Taking steps: what each of them writes and answers. Every step is atomic, and nothing is but a step.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use store::keys::{self, Key};
use store::meaning;
use store::table::Count;
use store::writes::Write;

use super::call::{Answer, Asked, Call, CallName, Conditioned, Refused};
use super::fault::Fault;
use super::words::Shown;
use super::world::{Agent, Progress, Reading, Step, World, late_write};

/// What a step led to.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The call that was answered.
    pub answered: Option<(CallName, Answer)>,
    /// Whether another client could see a difference.
    pub changed: bool,
    /// The client that had given up what took effect now.
    pub landed: Option<usize>,
}

impl Taken {
    /// Nobody was answered.
    pub(super) fn silently(changed: bool) -> Self {
        Self { answered: None, changed, landed: None }
    }
}

impl World {
    /// Takes a step.
    pub fn take(&mut self, step: &Step) -> Taken {
        match (&step.agent, step.fault) {
            (Agent::Call(name), None) => self.call(*name),
            (Agent::Call(name), Some(fault)) => self.call_badly(*name, fault),
            (Agent::Prepare(name, position), None) => self.prepare(*name, *position),
            (Agent::Prepare(name, _), Some(fault)) => self.transact_badly(*name, fault),
            (Agent::Settle(name, position), _) => self.settle(*name, *position),
            (Agent::Index(key), _) => {
                self.index_learns(key);
                self.note(|| format!("  the index learns of {}", Shown(key)));
                Taken::silently(true)
            }
            (Agent::Late(name), _) => self.land(*name),
        }
    }

    /// Answers a call.
    pub(super) fn answered(&mut self, name: CallName, answer: Answer, changed: bool) -> Taken {
        let under_way = self.calls.remove(&name);
        self.note(|| {
            let asked = under_way.map_or_else(String::new, |one| one.call.asked.to_string());
            format!("{}: {asked} → {answer}", name.client)
        });
        Taken { answered: Some((name, answer)), changed, landed: None }
    }

    fn call(&mut self, name: CallName) -> Taken {
        let call = Arc::clone(&self.calls[&name].call);
        match &call.asked {
            Asked::Get(key) => {
                let item = self.items.get(key).cloned();
                self.answered(name, Answer::Item(item), false)
            }
            Asked::GetAll(keys) => self.get_next(name, keys),
            Asked::Query(query) => self.query_next(name, query),
            Asked::Together(keys) => {
                let is_held = keys.iter().any(|key| self.held.contains(key));
                let items = || keys.iter().map(|key| self.items.get(key).cloned()).collect();
                let together = (!is_held).then(items);
                self.answered(name, Answer::Together(together), false)
            }
            Asked::Walk { segment, after, limit } => {
                self.walk_on(name, *segment, (after.as_ref(), *limit))
            }
            Asked::Index(query) => {
                let page = self.look_up(query);
                self.answered(name, Answer::Entries(page), false)
            }
            Asked::Write(write, conditioned) => {
                let answer = self.write(write, *conditioned);
                let changed = matches!(answer, Answer::Done(_));
                self.answered(name, answer, changed)
            }
            Asked::Transact { token, .. } => {
                // A transaction with this token was done, or under way, when the call began; of the latter the database says that it is, until the client gives up.
                let answer = if self.token_is_known(&call, token) {
                    Answer::Committed
                } else {
                    Answer::Unavailable
                };
                self.answered(name, answer, false)
            }
            Asked::Add(key, amount) => {
                let answer = self.add(call.process, key, *amount);
                let changed = self.apart.is_none() && matches!(answer, Answer::Count(Some(_)));
                self.answered(name, answer, changed)
            }
        }
    }

    fn call_badly(&mut self, name: CallName, fault: Fault) -> Taken {
        let call = Arc::clone(&self.calls[&name].call);
        self.note(|| format!("{}: {} {fault}", name.client, call.asked));
        match fault {
            Fault::Torn => self.tear(name, &call),
            Fault::NotSent => self.answered(name, Answer::Unavailable, false),
            Fault::Late => {
                self.late.insert(name, call);
                self.answered(name, Answer::Unavailable, false)
            }
            Fault::Contended => self.answered(name, Answer::Refused(Refused::Contended), false),
            Fault::Copied => {
                self.late.insert(name, call);
                self.call(name)
            }
            Fault::Repeated => {
                self.lose_answer(&call);
                if let Some(under_way) = self.calls.get_mut(&name) {
                    under_way.progress = Progress::Repeating;
                }
                Taken::silently(true)
            }
        }
    }

    /// A query goes past the seat that is free now.
    fn tear(&mut self, name: CallName, call: &Call) -> Taken {
        let Asked::Query(query) = &call.asked else {
            unreachable!("only queries are torn, not {}", call.asked)
        };
        let passed = self.next_seat(query, &self.calls[&name].progress);
        let Reading { found, looks, .. } = self.so_far(name);
        let reading = Reading { found, behind: passed, looks: looks + 1 };
        self.goes_on(name, reading);
        Taken::silently(false)
    }

    /// A call has its effect, and nobody hears of it.
    fn lose_answer(&mut self, call: &Call) {
        match &call.asked {
            Asked::Write(write, conditioned) => {
                self.write(write, *conditioned);
            }
            Asked::Add(key, amount) => {
                self.add(call.process, key, *amount);
            }
            Asked::Get(_)
            | Asked::GetAll(_)
            | Asked::Query(_)
            | Asked::Index(_)
            | Asked::Together(_)
            | Asked::Walk { .. }
            | Asked::Transact { .. } => unreachable!("{} has no effect to repeat", call.asked),
        }
    }

    /// A write that its caller has given up takes effect.
    fn land(&mut self, name: CallName) -> Taken {
        let call = self.late.remove(&name).expect("a late write happens once");
        let (write, conditioned) = late_write(&call);
        let answer = self.write(write, conditioned);
        let landed = matches!(answer, Answer::Done(_)).then_some(name.client);
        self.note(|| format!("  {}: late: {} → {answer}", name.client, call.asked));
        Taken { landed, ..Taken::silently(landed.is_some()) }
    }

    /// Writes one item, if no transaction holds it and its condition holds.
    pub(super) fn write(&mut self, write: &Write, conditioned: Conditioned) -> Answer {
        let key = write.key();
        if self.held.contains(&key) {
            return Answer::Refused(Refused::Contended);
        }
        let before = self.items.get(&key).cloned();
        let stands = before.as_ref().map(|stored| &stored.item);
        if conditioned == Conditioned::Yes && !meaning::holds(write.condition(), stands) {
            return Answer::Refused(Refused::Condition(before));
        }
        self.put(&key, meaning::after(write, stands));
        Answer::Done(match write {
            Write::Update { .. } => before,
            Write::Put { .. } => None,
        })
    }

    /// Adds to a counter that has begun, if no transaction holds it.
    fn add(&mut self, process: usize, key: &Key, amount: u64) -> Answer {
        const APART: u64 = 1_000_000;
        if let Some(apart) = &mut self.apart {
            let counted = apart.entry(process).or_default();
            *counted += amount;
            let count = process as u64 * APART + *counted;
            return Answer::Count(Some(Count { count, ceiling: u64::MAX }));
        }
        if self.held.contains(key) {
            return Answer::Refused(Refused::Contended);
        }
        let counter = self.items.get(key);
        let ceiling = counter.and_then(|stored| meaning::number(&stored.item, keys::CEILING));
        let (Some(stored), Some(ceiling)) = (counter, ceiling) else {
            return Answer::Count(None);
        };
        let mut item = stored.item.clone();
        let count = meaning::number(&item, keys::COUNT).unwrap_or(0) + amount;
        item.insert(keys::COUNT.to_owned(), AttributeValue::N(count.to_string()));
        self.put(key, item);
        Answer::Count(Some(Count { count, ceiling }))
    }
}
