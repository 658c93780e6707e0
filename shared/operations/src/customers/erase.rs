//! Erase a person: what is known of one customer is taken away, from the customer, its dealer customers and its requests in error. Numbers and DCNs stay claimed.
//!
//! Whoever was merged with it is the same person, and is erased with it. The customers are erased first, so that whatever comes afterwards meets one who was erased. What is left of
//! an erasure that was broken off, and what comes late, is taken away by who follows the changes, from the record of the erasure.

use domain::customer::{Customer, CustomerNumber};
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

/// Erases; none where no customer has the number.
pub async fn erase<T: Table>(
    attempt: &Attempt<'_, T>,
    number: CustomerNumber,
) -> Result<Option<Erased>, Stopped> {
    attempt.bind().await?;
    let customers = loop {
        let Some(customer) = customer_by_number(attempt.master, number).await? else {
            return Ok(None);
        };
        // What came to it since is not this request's, and what an earlier try left of it is taken away from its record.
        if attempt.is_replay() && customer.effects.of(attempt.effect()).is_some() {
            return Ok(Some(Erased { dealer_customers: 0, requests_in_error: 0, replayed: true }));
        }
        let leader = followed(attempt.master, customer).await?.leader;
        let mut customers = members(attempt.master, &leader).await?;
        customers.push(leader);
        if attempt.dry_run || write(attempt, &customers).await? {
            break customers;
        }
        attempt.again().await?;
    };
    loop {
        let remains = Remains::find(attempt.master, &customers).await?;
        let Remains { dealer_customers, requests } = &remains;
        if attempt.dry_run || remains.erase(attempt.table(), &attempt.stamp()).await? {
            return Ok(Some(Erased {
                dealer_customers: dealer_customers.len(),
                requests_in_error: requests.len(),
                replayed: false,
            }));
        }
        attempt.again().await?;
    }
}

/// Takes the person out of the customers, and of what is kept of their merges; no where one of them changed meanwhile.
async fn write<T: Table>(
    attempt: &Attempt<'_, T>,
    customers: &[Customer],
) -> Result<bool, Stopped> {
    let stamp = attempt.stamp();
    let mut writes: Vec<Write> = Vec::new();
    for customer in customers.iter().filter(|one| one.erased.is_none() || !one.is_empty()) {
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
