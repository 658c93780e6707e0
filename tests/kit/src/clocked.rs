//! A table with another clock than its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{Count, IndexQuery, Page, Query, Table, TableError};
use store::writes::{Transacted, Write, Written};

/// What time it is where the table says that it is this time.
type Clock = dyn Fn(Timestamp) -> Timestamp + Send + Sync;

/// A table, and the clock that is looked at in place of its own.
#[derive(Clone)]
pub struct Clocked<T> {
    table: T,
    clock: Arc<Clock>,
}

impl<T> Clocked<T> {
    pub fn new(table: T, clock: impl Fn(Timestamp) -> Timestamp + Send + Sync + 'static) -> Self {
        Self { table, clock: Arc::new(clock) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Clocked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clocked").field("table", &self.table).finish_non_exhaustive()
    }
}

impl<T: Table> Table for Clocked<T> {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { table: self.table.metered(meter), clock: Arc::clone(&self.clock) }
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

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        self.table.add(key, amount).await
    }

    fn now(&self) -> Timestamp {
        (self.clock)(self.table.now())
    }

    fn chance(&self) -> [u8; 10] {
        self.table.chance()
    }

    async fn pause(&self, duration: Duration) {
        self.table.pause(duration).await;
    }
}
