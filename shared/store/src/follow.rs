//! Following merges: whoever reads a merged customer goes on to the one that acts for it.
//!
//! Loser and winner are written in one transaction, and a reader may see one of them and not yet the other. So a loser leads to its winner only where the winner says that it
//! absorbed it; otherwise what was read overlapped a merge or an un-merge, and is read again. So it is where a winner says that it absorbed one that does not lead to it.

use domain::customer::merge::MAX_DEPTH;
use domain::customer::{Customer, Identifier};
use domain::time::Timestamp;

use crate::keys::{self, Key};
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

/// Where one of many customers leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Led {
    To(Box<Followed>),
    /// What was read overlapped a merge.
    Unsettled,
    /// To one that cannot be read.
    Unreadable,
}

/// Where this customer leads; none where what was read overlapped a merge.
pub async fn follow(
    table: &impl Table,
    customer: Customer,
) -> Result<Option<Followed>, TableError> {
    Ok(follow_all(table, vec![customer]).await?.pop().flatten())
}

/// Where each of these customers leads, in their order; none where what was read overlapped a merge.
///
/// # Errors
/// Also where one of them leads to what cannot be read.
pub async fn follow_all(
    table: &impl Table,
    customers: Vec<Customer>,
) -> Result<Vec<Option<Followed>>, TableError> {
    let (ways, unreadable) = ways(table, customers).await?;
    if let Some(error) = unreadable {
        return Err(error);
    }
    let settled = |way: Way| match way.end() {
        Led::To(followed) => Some(*followed),
        Led::Unsettled | Led::Unreadable => None,
    };
    Ok(ways.into_iter().map(settled).collect())
}

/// The same where one that leads to what cannot be read hinders none of the others.
pub async fn lead_all(
    table: &impl Table,
    customers: Vec<Customer>,
) -> Result<Vec<Led>, TableError> {
    let (ways, _) = ways(table, customers).await?;
    Ok(ways.into_iter().map(Way::end).collect())
}

/// Whether each of these customers that was absorbed by another of them leads to it. Otherwise what was read overlapped a merge or an un-merge, and both would count as they are.
pub fn agree<'c>(customers: impl Iterator<Item = &'c Customer> + Clone, now: Timestamp) -> bool {
    let is_new = |one: &Customer| one.updated_at.plus_seconds(ARRIVAL_SECONDS) > now;
    let mut winners = customers.clone().filter(|one| !one.absorbed.is_empty());
    winners.all(|winner| {
        let mut losers = customers.clone().filter(|one| winner.has_absorbed(&one.identifier));
        losers.all(|loser| {
            let to = loser.merged_into.as_ref().map(|merged| &merged.winner);
            to == Some(&winner.identifier) || !(is_new(winner) || is_new(loser))
        })
    })
}

/// The ways of these customers, gone to their ends, and why the first of what cannot be read on them cannot.
async fn ways(
    table: &impl Table,
    customers: Vec<Customer>,
) -> Result<(Vec<Way>, Option<TableError>), TableError> {
    let mut known = Vec::new();
    let mut ways: Vec<Way> = customers.into_iter().map(Way::begin).collect();
    let mut first_unreadable = None;
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
        let (read, unreadable) = records::readable_customers(table, &wanted).await?;
        let now = table.now();
        for way in &mut ways {
            way.stop_at(&unreadable);
            way.arrive(&read, now);
        }
        known = read;
        first_unreadable =
            first_unreadable.or(unreadable.into_iter().next().map(|(_, error)| error));
    }
    Ok((ways, first_unreadable))
}

/// The way of one customer.
struct Way {
    passed: Vec<Customer>,
    at: Customer,
    /// Why it cannot be gone on.
    halt: Option<Halt>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halt {
    Unsettled,
    Unreadable,
}

impl Way {
    fn begin(customer: Customer) -> Self {
        Self { passed: Vec::new(), at: customer, halt: None }
    }

    /// Whom it must read next.
    fn wants(&self) -> Option<&Identifier> {
        let next = self.at.merged_into.as_ref().map(|merged| &merged.winner);
        next.filter(|_| self.halt.is_none())
    }

    /// Goes on as far as the customers that were read before lead.
    fn go_on(&mut self, known: &[Customer], now: Timestamp) {
        while self.wants().is_some_and(|next| known.iter().any(|one| one.identifier == *next)) {
            self.arrive(known, now);
        }
    }

    /// Ends where the next is one of these.
    fn stop_at(&mut self, unreadable: &[(Key, TableError)]) {
        let next = self.wants().map(keys::customer);
        if next.is_some_and(|next| unreadable.iter().any(|(key, _)| *key == next)) {
            self.halt = Some(Halt::Unreadable);
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
            Some(_) | None => self.halt = Some(Halt::Unsettled),
        }
    }

    fn end(self) -> Led {
        match self.halt {
            Some(Halt::Unreadable) => Led::Unreadable,
            None if self.at.merged_into.is_none() => {
                Led::To(Box::new(Followed { passed: self.passed, leader: self.at }))
            }
            None | Some(Halt::Unsettled) => Led::Unsettled,
        }
    }
}
