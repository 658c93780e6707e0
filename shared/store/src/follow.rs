//! Following merges: whoever reads a merged customer goes on to the one that acts for it.
//!
//! Loser and winner are written in one transaction, and a reader may see one of them and not yet the other. So a loser leads to its winner only where the winner says that it
//! absorbed it; otherwise what was read overlapped a merge or an un-merge, and is read again.

use domain::customer::merge::MAX_DEPTH;
use domain::customer::{Customer, Identifier};
use domain::time::Timestamp;

use crate::records;
use crate::table::{Table, TableError};

/// How long the two sides of a merge may disagree before one of them counts as lost: it is then as the loser says.
pub const ARRIVAL_SECONDS: u64 = 60;

/// Where a customer leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The customer itself and those on the way, each merged into the next; none where it was not merged.
    pub passed: Vec<Customer>,
    /// The customer that acts.
    pub leader: Customer,
}

impl Followed {
    /// The customer that was named.
    pub fn named(&self) -> &Customer {
        self.passed.first().unwrap_or(&self.leader)
    }

    /// The customer itself, those on the way, and the one that acts.
    pub fn all(&self) -> impl Iterator<Item = &Customer> {
        self.passed.iter().chain([&self.leader])
    }
}

/// Where this customer leads; none where what was read overlapped a merge.
pub async fn follow(
    table: &impl Table,
    customer: Customer,
) -> Result<Option<Followed>, TableError> {
    Ok(follow_all(table, vec![customer]).await?.pop().flatten())
}

/// Where each of these customers leads, in their order.
pub async fn follow_all(
    table: &impl Table,
    customers: Vec<Customer>,
) -> Result<Vec<Option<Followed>>, TableError> {
    let mut known = Vec::new();
    let mut ways: Vec<Way> = customers.into_iter().map(Way::begin).collect();
    for _ in 0..=MAX_DEPTH {
        let now = table.now();
        for way in &mut ways {
            way.go_on(&known, now);
        }
        let mut wanted: Vec<Identifier> = ways.iter().filter_map(Way::wants).cloned().collect();
        if wanted.is_empty() {
            break;
        }
        wanted.sort_unstable();
        wanted.dedup();
        known = records::customers(table, &wanted).await?;
        let now = table.now();
        for way in &mut ways {
            way.arrive(&known, now);
        }
    }
    Ok(ways.into_iter().map(Way::end).collect())
}

/// The way of one customer.
struct Way {
    passed: Vec<Customer>,
    at: Customer,
    unsettled: bool,
}

impl Way {
    fn begin(customer: Customer) -> Self {
        Self { passed: Vec::new(), at: customer, unsettled: false }
    }

    /// Whom it must read next.
    fn wants(&self) -> Option<&Identifier> {
        let next = self.at.merged_into.as_ref().map(|merged| &merged.winner);
        next.filter(|_| !self.unsettled)
    }

    /// Goes on as far as the customers that were read before lead.
    fn go_on(&mut self, known: &[Customer], now: Timestamp) {
        while self.wants().is_some_and(|next| known.iter().any(|one| one.identifier == *next)) {
            self.arrive(known, now);
        }
    }

    /// Goes on to the next, which is among these if it is there.
    fn arrive(&mut self, read: &[Customer], now: Timestamp) {
        let Some(next) = self.wants().cloned() else { return };
        match read.iter().find(|one| one.identifier == next) {
            Some(winner)
                if winner.has_absorbed(&self.at.identifier)
                    || winner.updated_at.plus_seconds(ARRIVAL_SECONDS) <= now =>
            {
                self.passed.push(std::mem::replace(&mut self.at, winner.clone()));
            }
            Some(_) | None => self.unsettled = true,
        }
    }

    fn end(self) -> Option<Followed> {
        let is_there = !self.unsettled && self.at.merged_into.is_none();
        is_there.then_some(Followed { passed: self.passed, leader: self.at })
    }
}
