//! A table to rehearse on: it reads the table behind it, keeps in memory what is written, and shows the one over the other. The table behind is never written.
//!
//! One after another may rehearse on it, each seeing what those before would have done; side by side they may not. The index is that of the table behind: what was only
//! rehearsed is found by no number.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::time::Timestamp;

use crate::item::{self, Item};
use crate::keys::{self, IndexEntry, Key};
use crate::meaning;
use crate::meter::Meter;
use crate::table::{Count, IndexQuery, Page, Query, Table, TableError};
use crate::writes::{Refusal, Transacted, Write, Written};

/// A table with what was rehearsed on it. Its clones are the same rehearsal.
#[derive(Debug, Clone)]
pub struct Rehearsal<T> {
    behind: T,
    stage: Arc<Mutex<Stage>>,
}

/// What was written, by key, and how far was counted.
#[derive(Default)]
struct Stage {
    items: BTreeMap<Key, Item>,
    counts: BTreeMap<Key, u64>,
}

/// Items hold personal data, so only how many there are is shown.
impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("items", &self.items.len()).finish_non_exhaustive()
    }
}

impl<T: Table> Rehearsal<T> {
    /// A rehearsal on what stands in this table.
    pub fn on(behind: T) -> Self {
        Self { behind, stage: Arc::default() }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rehearsed(&self, key: &Key) -> Option<Item> {
        self.stage().items.get(key).cloned()
    }

    /// Why the write would be refused; none where its condition holds.
    async fn refusal(&self, write: &Write) -> Result<Option<Refusal>, TableError> {
        let stands = self.get(&write.key()).await?;
        let holds = meaning::holds(write.condition(), stands.as_ref());
        Ok((!holds).then_some(Refusal::Condition(stands)))
    }

    /// Writes, and tells what stood there before.
    async fn put(&self, write: &Write) -> Result<Option<Item>, TableError> {
        let key = write.key();
        let before = self.get(&key).await?;
        let after = meaning::after(write, before.as_ref());
        self.stage().items.insert(key, after);
        Ok(before)
    }
}

impl<T: Table> Table for Rehearsal<T> {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { behind: self.behind.metered(meter), stage: Arc::clone(&self.stage) }
    }

    fn meter(&self) -> &Meter {
        self.behind.meter()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        match self.rehearsed(key) {
            Some(item) => Ok(Some(item)),
            None => self.behind.get(key).await,
        }
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        let mut found = Vec::new();
        let mut others = Vec::new();
        for key in keys {
            match self.rehearsed(key) {
                Some(item) => found.push(item),
                None => others.push(key.clone()),
            }
        }
        if !others.is_empty() {
            found.extend(self.behind.get_all(&others).await?);
        }
        Ok(found)
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        let Page { found, more } = self.behind.query(query).await?;
        let last = found.last().map(|item| item::key_of(item).sk).filter(|_| more);
        let place = |sk: &str| Key { pk: query.partition.clone(), sk: sk.to_owned() };
        let from = match &query.after {
            Some(after) if *after >= query.prefix => Bound::Excluded(place(after)),
            Some(_) | None => Bound::Included(place(&query.prefix)),
        };
        let mut shown: BTreeMap<Key, Item> =
            found.into_iter().map(|item| (item::key_of(&item), item)).collect();
        for (key, item) in self.stage().items.range((from, Bound::Unbounded)) {
            let is_behind = last.as_ref().is_some_and(|last| key.sk > *last);
            if key.pk != query.partition || !key.sk.starts_with(&query.prefix) || is_behind {
                break;
            }
            shown.insert(key.clone(), item.clone());
        }
        let limit = query.limit.map_or(usize::MAX, |limit| limit as usize);
        let more = more || shown.len() > limit;
        Ok(Page { found: shown.into_values().take(limit).collect(), more })
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        self.behind.index(query).await
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        Ok(match self.refusal(write).await? {
            Some(refusal) => Written::Refused(refusal),
            None => {
                let before = self.put(write).await?;
                Written::Done(before.filter(|_| matches!(write, Write::Update { .. })))
            }
        })
    }

    async fn transact(&self, _token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        let mut reasons = Vec::with_capacity(writes.len());
        for write in writes {
            reasons.push(self.refusal(write).await?);
        }
        if reasons.iter().any(Option::is_some) {
            return Ok(Transacted::Refused(reasons));
        }
        for write in writes {
            self.put(write).await?;
        }
        Ok(Transacted::Done)
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        let counted = self.stage().counts.get(key).copied();
        let before = match counted {
            Some(count) => count,
            None => {
                let counter = self.behind.get(key).await?;
                counter.and_then(|item| meaning::number(&item, keys::COUNT)).unwrap_or(0)
            }
        };
        let count = before + amount;
        self.stage().counts.insert(key.clone(), count);
        // What nobody gets needs no ceiling.
        Ok(Some(Count { count, ceiling: u64::MAX }))
    }

    fn now(&self) -> Timestamp {
        self.behind.now()
    }

    fn chance(&self) -> [u8; 10] {
        self.behind.chance()
    }

    async fn pause(&self, duration: Duration) {
        self.behind.pause(duration).await;
    }
}
