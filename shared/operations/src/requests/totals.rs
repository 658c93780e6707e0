//! How many requests in error there are, and since when the oldest waits: of whole states, and not only of what a page shows.
//!
//! Both are read from the index alone, and lag as it does. The database counts without sending anything, at half a read unit for 4 KB of the index, which is some 45 requests;
//! it counts the shards side by side.

use domain::request::State;
use domain::time::Timestamp;
use futures_util::future::try_join_all;
use store::keys;
use store::table::{Counted, IndexQuery, Table, TableError};
use tokio::try_join;

use crate::kit::{Master, Stopped};

/// How many are counted before it is enough: a longer queue costs no more, and is told to be longer.
pub const ENOUGH: u64 = 50_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub total: u64,
    /// Whether there are more, and they were not counted.
    pub more: bool,
    /// When the oldest came; none where there is none.
    pub oldest: Option<Timestamp>,
}

/// Those of these states; of all, where there are none.
pub async fn totals<T: Table>(master: &Master<T>, states: &[State]) -> Result<Totals, Stopped> {
    let states = if states.is_empty() { &State::ALL[..] } else { states };
    let ((total, more), oldest) =
        try_join!(count(master.table(), states), oldest(master.table(), states))?;
    Ok(Totals { total, more, oldest })
}

/// All of a shard, the oldest first.
fn whole(partition: String, limit: u32) -> IndexQuery {
    let (from, to) = keys::error_range(None, None);
    IndexQuery { partition, from, to, after: None, descending: false, limit }
}

/// How many there are, and whether it was enough to count so many.
async fn count(table: &impl Table, states: &[State]) -> Result<(u64, bool), TableError> {
    let shards = states.iter().flat_map(|state| keys::errors(*state));
    let mut left: Vec<IndexQuery> = shards.map(|shard| whole(shard, u32::MAX)).collect();
    let mut total = 0;
    while !left.is_empty() && total < ENOUGH {
        let pages = try_join_all(left.iter().map(|query| table.count(query))).await?;
        let mut rest = Vec::new();
        for (query, Counted { entries, last }) in left.into_iter().zip(pages) {
            total += entries;
            if last.is_some() {
                rest.push(IndexQuery { after: last, ..query });
            }
        }
        left = rest;
    }
    Ok((total, !left.is_empty()))
}

async fn oldest(table: &impl Table, states: &[State]) -> Result<Option<Timestamp>, TableError> {
    let shards = states.iter().flat_map(|state| keys::errors(*state));
    let queries = shards.map(|shard| whole(shard, 1));
    let pages = try_join_all(queries.map(|query| async move { table.index(&query).await })).await?;
    let first = pages.iter().flat_map(|page| &page.found);
    Ok(first.filter_map(|entry| keys::error_received_at(&entry.sort)).min())
}
