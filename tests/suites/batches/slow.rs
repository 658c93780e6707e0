//! A table on which time flies: each look at its clock finds it further on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{IndexQuery, Page, Query, Table, TableError};
use store::writes::{Transacted, Write, Written};

#[derive(Debug, Clone)]
pub(crate) struct Slow<T> {
    table: T,
    step_millis: u64,
    passed: Arc<AtomicU64>,
}

impl<T: Table> Slow<T> {
    /// This table, where that much time passes between two looks at its clock.
    pub(crate) fn new(table: T, step: Duration) -> Self {
        let step_millis = u64::try_from(step.as_millis()).expect("a short while");
        Self { table, step_millis, passed: Arc::default() }
    }
}

impl<T: Table> Table for Slow<T> {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { table: self.table.metered(meter), ..self.clone() }
    }

    fn meter(&self) -> &Meter {
        self.table.meter()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.table.get(key).await
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        self.table.get_all(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        self.table.query(query).await
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        self.table.index(query).await
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        self.table.write(write).await
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        self.table.transact(token, writes).await
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<u64, TableError> {
        self.table.add(key, amount).await
    }

    fn now(&self) -> Timestamp {
        let passed = self.passed.fetch_add(self.step_millis, Ordering::Relaxed);
        Timestamp::from_millis(self.table.now().millis() + passed)
    }

    fn chance(&self) -> [u8; 10] {
        self.table.chance()
    }

    async fn pause(&self, duration: Duration) {
        self.table.pause(duration).await;
    }
}
