//! Reading: a query and a batch take one item after another, and what is written meanwhile they may see or not: no query is a snapshot.

use std::ops::Bound;

use store::item::key_of;
use store::keys::{IndexEntry, Key};
use store::table::{IndexQuery, Page, Query, Segment};

use super::call::{Answer, CallName};
use super::digest::Digest;
use super::step::Taken;
use super::words::Shown;
use super::world::{Progress, Reading, World};

impl World {
    /// Reads the next item of a batch.
    pub(super) fn get_next(&mut self, name: CallName, keys: &[Key]) -> Taken {
        let mut reading = self.so_far(name);
        let next = keys.get(reading.looks).and_then(|key| self.items.get(key));
        reading.found.extend(next.cloned());
        reading.looks += 1;
        if reading.looks >= keys.len() {
            let found = reading.found;
            return self.answered(name, Answer::Page { found, more: false }, false);
        }
        self.goes_on(name, reading);
        Taken::silently(false)
    }

    /// Reads the next item of a partition.
    pub(super) fn query_next(&mut self, name: CallName, query: &Query) -> Taken {
        let mut reading = self.so_far(name);
        let behind = reading.behind.take().or_else(|| query.after.clone());
        let key = |sk: String| Key { pk: query.partition.clone(), sk };
        let from = match behind {
            Some(sk) if sk >= query.prefix => Bound::Excluded(key(sk)),
            Some(_) | None => Bound::Included(key(query.prefix.clone())),
        };
        let next = self
            .items
            .range((from, Bound::Unbounded))
            .next()
            .filter(|(key, _)| key.pk == query.partition && key.sk.starts_with(&query.prefix));
        let limit = match (query.limit, self.page) {
            (Some(limit), Some(page)) => Some(page.min(limit as usize)),
            (Some(limit), None) => Some(limit as usize),
            (None, page) => page,
        };
        reading.behind = next.map(|(key, _)| key.sk.clone());
        reading.found.extend(next.map(|(_, stored)| stored.clone()));
        reading.looks += 1;
        let full = limit.is_some_and(|limit| reading.found.len() >= limit);
        if reading.behind.is_none() || full {
            let more = full && reading.behind.is_some();
            let found = reading.found;
            return self.answered(name, Answer::Page { found, more }, false);
        }
        self.note(|| {
            let sees = reading.behind.as_deref().unwrap_or_default();
            format!("{}: query {} sees {sees}", name.client, query.partition)
        });
        self.goes_on(name, reading);
        Taken::silently(false)
    }

    /// Reads the next item of a segment of the whole table.
    pub(super) fn walk_on(
        &mut self,
        name: CallName,
        segment: Segment,
        (after, limit): (Option<&Key>, u32),
    ) -> Taken {
        let mut reading = self.so_far(name);
        let last = reading.found.last().map(|stored| key_of(&stored.item));
        let from = match last.as_ref().or(after) {
            Some(key) => Bound::Excluded(key.clone()),
            None => Bound::Unbounded,
        };
        let mut behind = self.items.range((from, Bound::Unbounded));
        let next = behind.find(|(key, _)| is_in(segment, key)).map(|(_, stored)| stored.clone());
        let is_over = next.is_none();
        reading.found.extend(next);
        reading.looks += 1;
        if is_over || reading.found.len() >= limit as usize {
            let found = reading.found;
            return self.answered(name, Answer::Page { found, more: !is_over }, false);
        }
        self.note(|| {
            let sees = reading.found.last().map(|stored| Shown(&key_of(&stored.item)).to_string());
            format!("{}: walk sees {}", name.client, sees.unwrap_or_default())
        });
        self.goes_on(name, reading);
        Taken::silently(false)
    }

    /// What a call has read so far, which is taken from it.
    pub(super) fn so_far(&mut self, name: CallName) -> Reading {
        match self.calls.get_mut(&name).map(|one| &mut one.progress) {
            Some(Progress::Reading(reading)) => std::mem::take(reading),
            Some(Progress::Waiting | Progress::InTransaction | Progress::Repeating) | None => {
                Reading::default()
            }
        }
    }

    /// A call goes on from here.
    pub(super) fn goes_on(&mut self, name: CallName, reading: Reading) {
        if let Some(under_way) = self.calls.get_mut(&name) {
            under_way.progress = Progress::Reading(reading);
        }
    }

    /// What the index knows.
    pub(super) fn look_up(&self, query: &IndexQuery) -> Page<IndexEntry> {
        let entry = |(_, sort, key): &(String, String, Key)| IndexEntry {
            sort: sort.clone(),
            key: key.clone(),
        };
        let within = |sort: &str| *query.from <= *sort && *sort <= *query.to;
        let mut entries: Vec<_> = self
            .index
            .iter()
            .filter(|(partition, sort, _)| *partition == query.partition && within(sort))
            .map(entry)
            .collect();
        if query.descending {
            entries.reverse();
        }
        if let Some(after) = &query.after {
            let place = |entry: &IndexEntry| (entry.sort.clone(), entry.key.clone());
            entries.retain(|entry| {
                if query.descending {
                    place(entry) < place(after)
                } else {
                    place(entry) > place(after)
                }
            });
        }
        let limit = query.limit as usize;
        let more = entries.len() >= limit;
        entries.truncate(limit);
        Page { found: entries, more }
    }
}

/// Whether a key is in a segment: which one, the database decides by the partition.
fn is_in(segment: Segment, key: &Key) -> bool {
    Digest::of(&key.pk) % u128::from(segment.of) == u128::from(segment.number)
}
