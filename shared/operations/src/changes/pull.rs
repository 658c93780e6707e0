//! Pull the changes: from every list what lies behind the reader's place, in order within each list, without a gap.
//!
//! A gap is a write that is becoming visible, and read again; or it is what has expired, and the reader is told that it comes too late.

use std::time::Duration;

use domain::change::Change;
use store::keys::{self, CHANGE_SHARDS, ChangesPlace};
use store::records;
use store::table::{Table, TableError};
use tokio::join;

use crate::kit::{Master, Stopped, log_unreadable};

const LISTS: usize = CHANGE_SHARDS as usize;

/// How often a list with a gap is read again, and how long it is waited before.
const READ_AGAIN: [Duration; 3] =
    [Duration::from_millis(20), Duration::from_millis(80), Duration::from_millis(200)];

/// How often it is looked for news while a reader waits for them.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Where a reader is: the number of the last change that it has of each list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position([u64; LISTS]);

impl Position {
    /// As text, for a cursor.
    pub fn to_text(self) -> String {
        self.0.map(|last| last.to_string()).join(".")
    }

    pub fn parse(text: &str) -> Option<Self> {
        let last: Vec<u64> =
            text.split('.').map(|last| last.parse().ok()).collect::<Option<_>>()?;
        last.try_into().ok().map(Self)
    }
}

/// What came since.
#[derive(Debug)]
pub enum Pulled {
    Changes {
        changes: Vec<Change>,
        /// Where changes stand, by list and number, that cannot be read: they are damaged, or of a newer release.
        unreadable: Vec<ChangesPlace>,
        next: Position,
    },
    /// Something of what came since has expired.
    Gone,
}

/// Up to `limit` changes behind `after`, or from the oldest that is still there. Where there are none it waits for news, `wait` at the longest.
pub async fn pull<T: Table>(
    master: &Master<T>,
    after: Option<Position>,
    limit: u32,
    wait: Duration,
) -> Result<Pulled, Stopped> {
    let table = master.table();
    let after = match after {
        Some(after) => after,
        None => oldest(table).await?,
    };
    let mut waited = Duration::ZERO;
    loop {
        let last = records::last_changes(table).await?;
        // Of a table that was restored since: its lists may have begun anew at any number.
        if last.iter().zip(after.0).any(|(last, after)| *last < after) {
            return Ok(Pulled::Gone);
        }
        if last.iter().zip(after.0).any(|(last, after)| *last > after) {
            return Ok(read(table, after, last, limit).await?);
        }
        if waited >= wait {
            let (changes, unreadable) = (Vec::new(), Vec::new());
            return Ok(Pulled::Changes { changes, unreadable, next: after });
        }
        let pause = LOOK_EVERY.min(wait - waited);
        table.pause(pause).await;
        waited += pause;
    }
}

/// The place before the oldest change that each list still has.
async fn oldest(table: &impl Table) -> Result<Position, TableError> {
    let last = records::last_changes(table).await?;
    let mut position = last;
    for (shard, place) in (0..).zip(&mut position) {
        if *place > 0
            && let Some((sequence, _)) = records::changes(table, shard, 0, 1).await?.first()
        {
            *place = sequence.saturating_sub(1);
        }
    }
    Ok(Position(position))
}

/// What the lists have between `after` and `last`.
async fn read(
    table: &impl Table,
    after: Position,
    last: [u64; LISTS],
    limit: u32,
) -> Result<Pulled, TableError> {
    let list = |shard: u8| {
        let place = usize::from(shard);
        run(table, shard, after.0[place], last[place], limit)
    };
    let (first, second, third, fourth) = join!(list(0), list(1), list(2), list(3));
    let lists: [_; LISTS] = [first?, second?, third?, fourth?];
    let mut position = after;
    let mut waiting = Vec::with_capacity(LISTS);
    for (shard, list) in (0..).zip(lists) {
        let Some(mut list) = list else {
            return Ok(Pulled::Gone);
        };
        list.reverse();
        waiting.push((shard, list));
    }
    let (mut changes, mut unreadable) = (Vec::new(), Vec::new());
    while changes.len() + unreadable.len() < limit as usize {
        // The oldest of those that come next in their lists; within a list the order is the list's. One that cannot be read holds up none that is behind it.
        let when = |change: &Result<Change, _>| change.as_ref().ok().map(|change| change.at);
        let next = waiting.iter_mut().filter(|(_, list)| !list.is_empty());
        let next = next
            .min_by_key(|(shard, list)| (list.last().and_then(|(_, change)| when(change)), *shard));
        let Some((shard, list)) = next else { break };
        if let Some((sequence, change)) = list.pop() {
            position.0[usize::from(*shard)] = sequence;
            let place = ChangesPlace { shard: *shard, sequence };
            match change {
                Ok(change) => changes.push(change),
                Err(error) => {
                    log_unreadable(&keys::change(place), &error);
                    unreadable.push(place);
                }
            }
        }
    }
    Ok(Pulled::Changes { changes, unreadable, next: position })
}

/// The changes of a list between `after` and `last` without a gap, `limit` of them at the most; none where the first of them is gone.
async fn run(
    table: &impl Table,
    shard: u8,
    after: u64,
    last: u64,
    limit: u32,
) -> Result<Option<Vec<(u64, Result<Change, TableError>)>>, TableError> {
    let wanted = u32::try_from(last.saturating_sub(after)).unwrap_or(u32::MAX).min(limit);
    if wanted == 0 {
        return Ok(Some(Vec::new()));
    }
    for again in READ_AGAIN.map(Some).into_iter().chain([None]) {
        let found = records::changes(table, shard, after, wanted).await?;
        let in_order =
            (after + 1..).zip(found).take_while(|(next, (sequence, _))| next == sequence);
        let run: Vec<_> =
            in_order.map(|(_, found)| found).filter(|(sequence, _)| *sequence <= last).collect();
        if !run.is_empty() {
            return Ok(Some(run));
        }
        if let Some(pause) = again {
            table.pause(pause).await;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_a_text_and_read_back() {
        let position = Position([0, 7, 12, u64::MAX]);
        assert_eq!(Position::parse(&position.to_text()), Some(position));
        for none in ["", "1.2.3", "1.2.3.4.5", "1.2.3.x", "-1.0.0.0"] {
            assert_eq!(Position::parse(none), None, "{none}");
        }
    }
}
