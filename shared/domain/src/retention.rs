//! How long what was done is remembered: all times in one table, and what of a list is forgotten.

use std::cmp::Reverse;

use crate::time::Timestamp;

const DAY: u64 = 24 * 3600;

/// Something that is remembered for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// What a request with an idempotency key did, but for a creation, which is remembered for ever.
    KeyedEffect,
    /// What a request without a key did: only the database client's own retries, seconds later, ask for it.
    UnkeyedEffect,
    /// Who had a number and gave it up: the next try of a request finds its customer by it.
    FormerHolder,
    /// To which request an idempotency key is bound.
    IdempotencyKey,
    /// A request in error that was resolved or deleted.
    ClosedRequest,
    /// That somebody was found under a value, which is another's or nobody's now.
    FormerValue,
    /// That somebody is found under a value no more: what is late must not bring it back.
    RemovedLookUpKey,
    /// A change, to be pulled.
    Change,
}

impl Retention {
    /// That of an effect, by whether its request had an idempotency key.
    pub const fn of_effect(keyed: bool) -> Self {
        if keyed { Self::KeyedEffect } else { Self::UnkeyedEffect }
    }

    pub const fn seconds(self) -> u64 {
        match self {
            // A day longer than a key is bound, for clocks that differ and for what the database forgets late.
            Self::KeyedEffect | Self::FormerHolder => 9 * DAY,
            Self::UnkeyedEffect => 60,
            // One day more than is promised, so that it never ends before.
            Self::IdempotencyKey => 8 * DAY,
            Self::ClosedRequest => 90 * DAY,
            Self::FormerValue | Self::Change => 30 * DAY,
            // As long as the stream keeps what it has to tell.
            Self::RemovedLookUpKey => DAY,
        }
    }

    /// When the time is over of what was done then.
    pub const fn end(self, done_at: Timestamp) -> Timestamp {
        done_at.plus_seconds(self.seconds())
    }
}

/// Which of a list are forgotten: those whose time is over, and the oldest beyond the `most` that are kept.
pub fn forgotten<T>(
    list: impl IntoIterator<Item = (T, Timestamp, Retention)>,
    most: usize,
    now: Timestamp,
) -> Vec<T> {
    let mut newest_first: Vec<_> = list.into_iter().collect();
    newest_first.sort_by_key(|(_, at, _)| Reverse(*at));
    let places = newest_first.into_iter().enumerate();
    places
        .filter(|(place, (_, at, retention))| *place >= most || retention.end(*at) <= now)
        .map(|(_, (one, _, _))| one)
        .collect()
}
