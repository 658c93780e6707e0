//! The lease of customer numbers: a process takes them from the counter in growing blocks, outside every transaction. Gaps are normal, repeats impossible: a counter that is
//! lost is put back behind all that it may have given.

mod counter;

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::customer::CustomerNumber;

use crate::keys;
use crate::table::{Count, Table, TableError};

pub use counter::{Counter, agree, begin, count_on_behind};

/// How many numbers are leased at once.
const MAX_LEASE: u64 = 128;

/// How often a lease is tried that cannot be used.
const MAX_ROUNDS: u32 = 6;

const COUNTER_LOST: &str = "the counter of customer numbers was lost, and nothing tells how far it was: an audit that mends lets it count on";

/// The numbers that this process has leased and not yet used.
#[derive(Debug, Default)]
pub struct Numbers {
    lease: Mutex<Lease>,
    /// Held while more are leased: requests side by side share one lease.
    leasing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Lease {
    free: VecDeque<Range<u64>>,
    last_size: u64,
    /// The highest number that was leased.
    highest: u64,
}

impl Numbers {
    /// Sees to it that a number is there, so that [`Self::take`] need not wait. Meant to run beside a request's first read.
    pub async fn have_one(&self, table: &impl Table) -> Result<(), TableError> {
        if self.lease().free.is_empty() { self.lease_for_all(table).await } else { Ok(()) }
    }

    /// Takes a number that nobody else has or will have.
    pub async fn take(&self, table: &impl Table) -> Result<CustomerNumber, TableError> {
        loop {
            let next = self.lease().next();
            match next {
                Some(number) => {
                    return CustomerNumber::new(number).ok_or_else(|| {
                        TableError::Defect("the customer numbers are used up".into())
                    });
                }
                None => self.lease_for_all(table).await?,
            }
        }
    }

    async fn lease_for_all(&self, table: &impl Table) -> Result<(), TableError> {
        let _alone = self.leasing.lock().await;
        if self.lease().free.is_empty() { self.lease_more(table).await } else { Ok(()) }
    }

    async fn lease_more(&self, table: &impl Table) -> Result<(), TableError> {
        for _ in 0..MAX_ROUNDS {
            let (size, highest) = {
                let lease = self.lease();
                ((lease.last_size * 2).clamp(1, MAX_LEASE), lease.highest)
            };
            let Some(counted) = table.add(&keys::customer_counter(), size).await? else {
                // Seldom, and far from small.
                if Box::pin(begin(table)).await? {
                    continue;
                }
                return Err(TableError::Unavailable(COUNTER_LOST.into()));
            };
            let Count { count: last, ceiling } = counted;
            if last > ceiling && !Box::pin(counter::move_ceiling(table, counted)).await? {
                continue;
            }
            if last.saturating_sub(size) < highest {
                // This process has leased these numbers before.
                return Err(TableError::Unavailable(COUNTER_LOST.into()));
            }
            let mut lease = self.lease();
            lease.last_size = size;
            // Leases of requests side by side come in any order.
            lease.highest = lease.highest.max(last);
            lease.free.push_back(last + 1 - size..last + 1);
            return Ok(());
        }
        Err(TableError::Unavailable("others kept writing the counter".into()))
    }

    fn lease(&self) -> MutexGuard<'_, Lease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    fn next(&mut self) -> Option<u64> {
        let block = self.free.front_mut()?;
        let number = block.next();
        if block.is_empty() {
            self.free.pop_front();
        }
        number
    }
}
