//! Erase a person: what is known of one customer is taken away, from the customer, its dealer customers and its requests in error. Numbers and DCNs stay claimed.
//!
//! Whoever was merged with it is the same person, and is erased with it. The customers are erased first, so that whatever comes afterwards meets one who was erased. What is left of
//! an erasure that was broken off, and what comes late, is taken away by who follows the changes, from the record of the erasure.

use domain::customer::{Customer, CustomerNumber, Identifier};
use store::items;
use store::table::{MAX_ITEMS, Table};
use store::writes::{Transacted, Write};

use super::read::customer_by_number;
use super::remains::Remains;
use super::tree::{followed, members};
use crate::kit::{Attempt, Stopped, customer_writes, transact};

/// What was erased, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many dealer customers.
    pub dealer_customers: usize,
    /// How many requests in error.
    pub requests_in_error: usize,
    /// Whether an earlier try of this very request erased the customer.
    pub replayed: bool,
}

/// How far the erasure of the customers has come.
struct Begun {
    /// They as they were before this request erased them; none where an earlier try did all.
    before: Vec<Customer>,
    replayed: bool,
    /// The one that acts for them, where there was nobody to erase any more.
    empty: Option<Identifier>,
}

/// Erases; none where no customer has the number.
pub async fn erase<T: Table>(
    attempt: &Attempt<'_, T>,
    number: CustomerNumber,
) -> Result<Option<Erased>, Stopped> {
    attempt.bind().await?;
    let Some(Begun { before, replayed, empty }) = begin(attempt, number).await? else {
        return Ok(None);
    };
    if before.is_empty() {
        // What an earlier try left is taken away from its record.
        return Ok(Some(Erased { dealer_customers: 0, requests_in_error: 0, replayed }));
    }
    loop {
        let remains = Remains::find(attempt.master, &before).await?;
        let Remains { dealer_customers, requests } = &remains;
        if attempt.dry_run || remains.erase(attempt.table(), &attempt.stamp()).await? {
            if let Some(customer) = &empty {
                attempt.remember_unchanged(customer).await?;
            }
            return Ok(Some(Erased {
                dealer_customers: dealer_customers.len(),
                requests_in_error: requests.len(),
                replayed,
            }));
        }
        attempt.again().await?;
    }
}

/// Erases the customers that are one person. Who came to one of them after this request had erased it stays, whether the answer to a write was lost or the request is sent again.
async fn begin<T: Table>(
    attempt: &Attempt<'_, T>,
    number: CustomerNumber,
) -> Result<Option<Begun>, Stopped> {
    let is_own = |one: &Customer| is_own(attempt, one);
    let mut before: Vec<Customer> = Vec::new();
    loop {
        let Some(customer) = customer_by_number(attempt.master, number).await? else {
            return Ok(None);
        };
        let leader = followed(attempt.master, customer).await?.leader;
        let acts = leader.identifier.clone();
        let mut customers = members(attempt.master, &leader).await?;
        customers.push(leader);
        let is_begun = customers.iter().any(is_own);
        let is_left = |one: &&Customer| one.erased.is_none() || !is_begun && !one.is_empty();
        let left: Vec<&Customer> = customers.iter().filter(is_left).collect();
        let is_done = is_begun && left.is_empty();
        if is_done && before.is_empty() || found_empty(attempt, &customers).await? {
            return Ok(Some(Begun { before: Vec::new(), replayed: true, empty: None }));
        }
        for customer in customers.iter().filter(|one| !is_own(one)) {
            before.retain(|known| known.identifier != customer.identifier);
            before.push(customer.clone());
        }
        if attempt.dry_run || left.is_empty() || write(attempt, &left).await? {
            let replayed = is_done && attempt.is_replay();
            let empty = (left.is_empty() && !is_done).then_some(acts);
            return Ok(Some(Begun { before, replayed, empty }));
        }
        attempt.again().await?;
    }
}

/// Whether this request erased the customer, in an earlier try or round.
fn is_own<T: Table>(attempt: &Attempt<'_, T>, customer: &Customer) -> bool {
    customer.effects.of(attempt.effect()).is_some()
}

/// Whether an earlier try found that there was nobody to erase in any of them.
///
/// # Errors
/// `AlreadyProcessed` where an earlier try may have erased them, and nobody knows any more.
async fn found_empty<T: Table>(
    attempt: &Attempt<'_, T>,
    customers: &[Customer],
) -> Result<bool, Stopped> {
    let may_be_own = |one: &Customer| one.erased.is_some() && !is_own(attempt, one);
    if !attempt.is_replay() || !customers.iter().all(may_be_own) {
        return Ok(false);
    }
    attempt.look_for_unchanged().await?;
    let found = attempt.found_unchanged();
    if customers.iter().any(|one| Some(&one.identifier) == found) {
        return Ok(true);
    }
    attempt.refuse_if_forgotten(customers.iter().any(|one| one.effects.is_full()))?;
    Ok(false)
}

/// Takes the person out of these customers, and of what is kept of their merges; no where one of them changed meanwhile.
async fn write<T: Table>(
    attempt: &Attempt<'_, T>,
    customers: &[&Customer],
) -> Result<bool, Stopped> {
    let stamp = attempt.stamp();
    let mut writes: Vec<Write> = Vec::new();
    for customer in customers {
        let erased = customer.erased(&attempt.controls().secret, &stamp);
        writes.push(customer_writes::erase(customer, &erased));
        let merged = customer.merged_into.as_ref();
        writes.extend(
            merged.map(|merged| items::erased_merge(&customer.identifier, merged, stamp.at)),
        );
    }
    for some in writes.chunks(MAX_ITEMS) {
        match transact(attempt.table(), some).await? {
            Transacted::Done => {}
            Transacted::Refused(_) => return Ok(false),
        }
    }
    Ok(true)
}
