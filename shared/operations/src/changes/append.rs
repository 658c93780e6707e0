//! Appending to the lists of changes to be pulled: in transactions, so that no list has a gap, with the list's last number as this process saw it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::change::Change;
use store::table::{MAX_ITEMS, Table, TableError};
use store::writes::{Refusal, Transacted};
use store::{items, keys};

use crate::kit::{Stopped, transact};

/// How often an append is tried while others append to the same list.
const MAX_ROUNDS: u32 = 20;

/// How long the first wait may be; each further one twice as long, up to the last.
const FIRST_WAIT: Duration = Duration::from_millis(5);
const MAX_DOUBLINGS: u32 = 6;

/// The last number of each list, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Heads(Mutex<[Option<u64>; keys::CHANGE_SHARDS as usize]>);

impl Heads {
    fn get(&self, shard: u8) -> Option<u64> {
        let heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heads.get(usize::from(shard)).copied().flatten()
    }

    fn set(&self, shard: u8, last: Option<u64>) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(head) = heads.get_mut(usize::from(shard)) {
            *head = last;
        }
    }

    /// Appends the changes to a list, in their order. Of those that are appended when it fails, the next try appends some again: readers know them by their ids.
    pub(super) async fn append(
        &self,
        table: &impl Table,
        shard: u8,
        changes: &[&Change],
    ) -> Result<(), Stopped> {
        // The head is one of a transaction's items.
        for some in changes.chunks(MAX_ITEMS - 1) {
            self.append_some(table, shard, some).await?;
        }
        Ok(())
    }

    async fn append_some(
        &self,
        table: &impl Table,
        shard: u8,
        changes: &[&Change],
    ) -> Result<(), Stopped> {
        for round in 0..MAX_ROUNDS {
            let seen = match self.get(shard) {
                Some(seen) => seen,
                None => match table.get(&keys::changes_head(shard)).await? {
                    Some(head) => items::last_change(&head)?,
                    None => 0,
                },
            };
            let writes = items::append(shard, seen, changes, table.now());
            match transact(table, &writes).await {
                Ok(Transacted::Done) => {
                    self.set(shard, Some(seen + changes.len() as u64));
                    return Ok(());
                }
                Ok(Transacted::Refused(refusals)) => match refusals.into_iter().next().flatten() {
                    Some(Refusal::Condition(Some(head))) => {
                        self.set(shard, Some(items::last_change(&head)?));
                    }
                    Some(Refusal::Condition(None) | Refusal::Contended) | None => {
                        self.set(shard, None);
                    }
                },
                // Whether it is appended is not known, so neither is the head.
                Err(error) => {
                    self.set(shard, None);
                    return Err(TableError::into(error));
                }
            }
            let longest = FIRST_WAIT.saturating_mul(1 << round.min(MAX_DOUBLINGS));
            let [high, low, ..] = table.chance();
            let share = f64::from(u16::from_be_bytes([high, low])) / f64::from(u16::MAX);
            table.pause(longest.mul_f64(share)).await;
        }
        Err(Stopped::Busy)
    }
}
