//! Erase a person: what is known of one customer is taken away, from the customer, its dealer customers and its requests in error. Numbers and DCNs stay claimed.
//!
//! The customer is erased first, so that whatever comes afterwards meets one who was erased. What is left of an erasure that was broken off, and what comes late, is taken away
//! by who follows the changes, from the record of the erasure.

use domain::customer::CustomerNumber;
use store::table::Table;
use store::writes::Transacted;

use super::read::customer_by_number;
use super::remains::Remains;
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
    let customer = loop {
        let Some(customer) = customer_by_number(attempt.master, number).await? else {
            return Ok(None);
        };
        // What came to it since is not this request's, and what an earlier try left of it is taken away from its record.
        if attempt.is_replay() && customer.effects.of(attempt.effect()).is_some() {
            return Ok(Some(Erased { dealer_customers: 0, requests_in_error: 0, replayed: true }));
        }
        if attempt.dry_run || (customer.erased.is_some() && customer.is_empty()) {
            break customer;
        }
        let erased = customer.erased(&attempt.controls().secret, &attempt.stamp());
        let write = customer_writes::erase(&customer, &erased);
        match transact(attempt.table(), &[write]).await? {
            Transacted::Done => break customer,
            Transacted::Refused(_) => attempt.again().await?,
        }
    };
    loop {
        let remains = Remains::find(attempt.master, &customer).await?;
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
