//! The table as operations see it: the one seam between them and the world. Time and chance come through it too, so that a test can stand in for all three.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::time::Timestamp;

use crate::item::Item;
use crate::keys::{IndexEntry, IndexKey, Key};
use crate::meter::Meter;
use crate::writes::{Condition, Transacted, Write, Written};

/// How many items the database reads in one call, and writes in one transaction.
pub const MAX_ITEMS: usize = 100;

/// A strongly consistent look at a partition of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub partition: String,
    /// Only sort keys with this beginning; empty: all.
    pub prefix: String,
    /// Only sort keys behind this one.
    pub after: Option<String>,
    /// How many items at the most; none: as many as the database returns at once.
    pub limit: Option<u32>,
}

/// A look at a partition of the index, which lags behind the table a little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexQuery {
    pub partition: String,
    /// The lowest sort key that counts.
    pub from: String,
    /// The highest sort key that counts.
    pub to: String,
    /// Only entries behind this one in the order of the query.
    pub after: Option<IndexEntry>,
    /// Highest sort key first.
    pub descending: bool,
    pub limit: u32,
}

impl IndexQuery {
    /// What stands at one place of the index, at most so many.
    pub fn at(IndexKey { partition, sort }: IndexKey, limit: u32) -> Self {
        Self { partition, from: sort.clone(), to: sort, after: None, descending: false, limit }
    }
}

/// What a query returned, and whether there is more.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// What was found, in order.
    pub found: Vec<T>,
    /// Whether the query has more.
    pub more: bool,
}

/// How many entries a page of a count has, and the last of them; none behind which there is no more.
#[derive(Debug, Clone)]
pub struct Counted {
    pub entries: u64,
    pub last: Option<IndexEntry>,
}

/// What a counter came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Count {
    pub count: u64,
    /// Up to where what it counts may be given.
    pub ceiling: u64,
}

/// Could not find out.
#[derive(Debug)]
pub enum TableError {
    /// The database throttled, failed or did not answer in time, for longer than retries last. A write may or may not have taken effect.
    Unavailable(Box<dyn std::error::Error + Send + Sync>),
    /// The request or the answer is not as this code has it: a defect here or in the deployment.
    Defect(Box<dyn std::error::Error + Send + Sync>),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(_) => f.write_str("the database did not answer in time"),
            Self::Defect(_) => f.write_str("the database and this code do not agree"),
        }
    }
}

impl std::error::Error for TableError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unavailable(source) | Self::Defect(source) => Some(source.as_ref()),
        }
    }
}

/// The table, and with it time and chance.
pub trait Table: Clone + Send + Sync + 'static {
    /// The same table, whose calls that meter counts.
    fn metered(&self, meter: Arc<Meter>) -> Self;

    /// The meter that counts this table's calls.
    fn meter(&self) -> &Meter;

    fn get(&self, key: &Key) -> impl Future<Output = Result<Option<Item>, TableError>> + Send;

    /// Reads up to [`MAX_ITEMS`] items, each strongly consistent, in no order; absent ones are left out.
    fn get_all(&self, keys: &[Key]) -> impl Future<Output = Result<Vec<Item>, TableError>> + Send;

    /// Reads a page of a partition, strongly consistent, in the order of the sort keys.
    fn query(&self, query: &Query) -> impl Future<Output = Result<Page<Item>, TableError>> + Send;

    /// Reads a page of the index, eventually consistent.
    fn index(
        &self,
        query: &IndexQuery,
    ) -> impl Future<Output = Result<Page<IndexEntry>, TableError>> + Send;

    /// Counts a page of the index, eventually consistent. A database that can count does not send the entries.
    fn count(
        &self,
        query: &IndexQuery,
    ) -> impl Future<Output = Result<Counted, TableError>> + Send {
        async move {
            let Page { found, more } = self.index(query).await?;
            let entries = found.len() as u64;
            Ok(Counted { entries, last: found.into_iter().last().filter(|_| more) })
        }
    }

    fn write(&self, write: &Write) -> impl Future<Output = Result<Written, TableError>> + Send;

    /// Writes up to [`MAX_ITEMS`] items under their conditions, all or none. Repeated with the same token within ten minutes it has no further effect.
    fn transact(
        &self,
        token: &str,
        writes: &[Write],
    ) -> impl Future<Output = Result<Transacted, TableError>> + Send;

    /// Adds to a counter that has begun, and tells what it came to; none where it has not, or was lost. Repeated, it counts again.
    fn add(
        &self,
        key: &Key,
        amount: u64,
    ) -> impl Future<Output = Result<Option<Count>, TableError>> + Send;

    fn now(&self) -> Timestamp;

    /// Eighty random bits.
    fn chance(&self) -> [u8; 10];

    fn pause(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// A part of the whole table, which is walked by itself, side by side with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Which one, from 0 on.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// A page of a segment, and the key behind which the next one begins; none behind the last.
#[derive(Debug, Clone)]
pub struct Walked {
    pub found: Vec<Item>,
    pub next: Option<Key>,
}

/// What must hold of an item that a transaction does not write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub key: Key,
    pub on: Condition,
}

/// The table as it is walked from end to end. No request does that.
pub trait WholeTable: Table {
    /// Reads a page of a segment behind this key, each item strongly consistent, in the database's own order.
    fn walk(
        &self,
        segment: Segment,
        after: Option<&Key>,
        limit: u32,
    ) -> impl Future<Output = Result<Walked, TableError>> + Send;

    /// Reads up to [`MAX_ITEMS`] items as they were at one moment, in the order of the keys, none for one that is absent. None of all where a transaction holds one of them
    /// for longer than retries last.
    fn get_together(
        &self,
        keys: &[Key],
    ) -> impl Future<Output = Result<Option<Vec<Option<Item>>>, TableError>> + Send;

    /// The same as [`Table::transact`] where these checks hold too; their refusals are told behind those of the writes.
    fn transact_while(
        &self,
        token: &str,
        writes: &[Write],
        checks: &[Check],
    ) -> impl Future<Output = Result<Transacted, TableError>> + Send;
}
