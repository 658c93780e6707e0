//! Transactions, in two phases (USENIX ATC 2023, "Distributed Transactions at Scale in Amazon DynamoDB"): each item is looked at and held, all is decided, each item is written.
//!
//! Until an item is written its readers see what stood there before, and its other writers are refused as contended.

use std::sync::Arc;

use store::keys::Key;
use store::meaning;

use super::call::{Answer, Asked, CallName, Refused};
use super::fault::Fault;
use super::step::Taken;
use super::words::Shown;
use super::world::World;

impl World {
    /// Looks at one item of a transaction, and holds it if its condition holds. The last look decides.
    pub(super) fn prepare(&mut self, name: CallName, position: usize) -> Taken {
        let (key, condition) = self.transactions[&name].at(position);
        let stored = self.items.get(&key);
        let prepared = if self.held.contains(&key) {
            Err(Refused::Contended)
        } else if meaning::holds(condition, stored.map(|stored| &stored.item)) {
            Ok(())
        } else {
            Err(Refused::Condition(stored.cloned()))
        };
        self.note(|| {
            let word = match &prepared {
                Ok(()) => "holds",
                Err(_) => "is refused",
            };
            format!("{}: its transaction {word} {}", name.client, Shown(&key))
        });
        if prepared.is_ok() {
            self.held.insert(key);
        }
        let transaction = self.transaction(name);
        transaction.prepared[position] = Some(prepared);
        if transaction.prepared.iter().any(Option::is_none) {
            return Taken::silently(true);
        }
        if transaction.prepared.iter().any(|prepared| matches!(prepared, Some(Err(_)))) {
            self.cancel(name)
        } else {
            self.decide(name)
        }
    }

    /// All of it will happen.
    fn decide(&mut self, name: CallName) -> Taken {
        let transaction = self.transaction(name);
        transaction.committed = true;
        // Of what it only looked at nothing is to be written.
        let looked_at = transaction.writes().len()..transaction.settled.len();
        transaction.settled[looked_at.clone()].fill(true);
        let free: Vec<Key> = looked_at.map(|position| transaction.at(position).0).collect();
        let (awaited, call) = (transaction.awaited, Arc::clone(&transaction.call));
        for key in free {
            self.held.remove(&key);
        }
        if let Asked::Transact { token, .. } = &call.asked {
            Arc::make_mut(&mut self.tokens).insert(token.clone(), call.at);
        }
        self.note(|| format!("{}: its transaction is decided", name.client));
        Taken { landed: (!awaited).then_some(name.client), ..Taken::silently(true) }
    }

    /// None of it will happen: what it holds is free again.
    fn cancel(&mut self, name: CallName) -> Taken {
        let transaction = &self.transactions[&name];
        for (position, prepared) in transaction.prepared.iter().enumerate() {
            if matches!(prepared, Some(Ok(()))) {
                self.held.remove(&transaction.at(position).0);
            }
        }
        let verdicts = transaction.prepared.iter().cloned();
        let reasons = verdicts.map(|verdict| verdict.and_then(Result::err)).collect();
        self.finish(name, Answer::Cancelled(reasons))
    }

    /// Writes one item of a decided transaction. It is answered when all its items are written.
    pub(super) fn settle(&mut self, name: CallName, position: usize) -> Taken {
        let transaction = self.transaction(name);
        transaction.settled[position] = true;
        let last = transaction.settled.iter().all(|settled| *settled);
        let call = Arc::clone(&transaction.call);
        let Asked::Transact { writes, .. } = &call.asked else {
            unreachable!("only a transaction is in a transaction")
        };
        let write = &writes[position];
        let key = write.key();
        self.held.remove(&key);
        let before = self.items.get(&key).cloned();
        let after = meaning::after(write, before.as_ref().map(|stored| &stored.item));
        self.put(&key, after);
        self.note(|| format!("{}: its transaction writes {}", name.client, Shown(&key)));
        if last { self.finish(name, Answer::Committed) } else { Taken::silently(true) }
    }

    /// The transaction is done with: its caller is told, if it still waits.
    fn finish(&mut self, name: CallName, answer: Answer) -> Taken {
        let transaction = self.transactions.remove(&name).expect("a transaction ends once");
        if !transaction.awaited {
            return Taken::silently(true);
        }
        if transaction.repeated {
            if let Asked::Transact { token, .. } = &transaction.call.asked {
                Arc::make_mut(&mut self.tokens).remove(token);
            }
            self.begin_transaction(&transaction.call);
            self.note(|| "  its answer is lost, its token expires, and it is repeated".to_owned());
            return Taken::silently(true);
        }
        self.answered(name, answer, true)
    }

    /// Something goes wrong with a transaction that has looked at nothing yet.
    pub(super) fn transact_badly(&mut self, name: CallName, fault: Fault) -> Taken {
        self.note(|| format!("{}: its transaction {fault}", name.client));
        match fault {
            Fault::NotSent => {
                self.transactions.remove(&name);
                self.answered(name, Answer::Unavailable, false)
            }
            Fault::Late => {
                self.transaction(name).awaited = false;
                self.answered(name, Answer::Unavailable, false)
            }
            Fault::Contended => {
                let transaction = self.transactions.remove(&name);
                let count = transaction.map_or(0, |transaction| transaction.settled.len());
                let mut reasons = vec![None; count];
                reasons[0] = Some(Refused::Contended);
                self.answered(name, Answer::Cancelled(reasons), false)
            }
            Fault::Repeated => {
                self.transaction(name).repeated = true;
                Taken::silently(false)
            }
            Fault::Copied | Fault::Torn => {
                unreachable!("nothing like it happens to a transaction: {fault}")
            }
        }
    }

    fn transaction(&mut self, name: CallName) -> &mut super::world::Transaction {
        self.transactions.get_mut(&name).expect("a transaction that takes a step is under way")
    }
}
