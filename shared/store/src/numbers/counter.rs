//! The counter and its copy: two items, so that the one is put back from the other where it is lost.
//!
//! Both say up to where numbers may be given, the ceiling, and both are moved together, in one transaction. So what was given lies at or below the copy's ceiling, and a
//! counter that is lost counts on behind it, whoever has leased what. The copy also keeps what the counter says of the rules in force and of the secret.

use std::time::Duration;

use domain::customer::CustomerNumber;

use crate::item::Item;
use crate::items::{self, InForce};
use crate::keys::{self, CEILING, COUNT, Key};
use crate::meaning;
use crate::table::{Count, Table, TableError};
use crate::writes::{Condition, Transacted, Write, token};

/// By how much the ceiling moves: so many numbers are passed over at the most where a counter is lost.
const STEP: u64 = 100_000;

/// How often it is tried while others write the two.
const MAX_ROUNDS: u32 = 6;

/// One of the two, as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Counter {
    is_there: bool,
    /// How far it counted; 0 where it has not. The copy does not count.
    pub count: u64,
    ceiling: Option<u64>,
    /// The version of what it says of the rules in force; 0 where it says nothing.
    version: u64,
    /// What it says beside numbers.
    said: Item,
}

impl Counter {
    /// # Errors
    /// Where what is there is no counter, or is for a newer release.
    pub fn read(item: Option<Item>) -> Result<Self, TableError> {
        let Some(item) = item else {
            return Ok(Self::default());
        };
        InForce::read(Some(item.clone()))?;
        let number = |name| match item.get(name) {
            None => Ok(None),
            Some(_) => meaning::number(&item, name)
                .map(Some)
                .ok_or_else(|| TableError::Defect("the counter does not count".into())),
        };
        let (count, ceiling) = (number(COUNT)?.unwrap_or(0), number(CEILING)?);
        let version = number(items::VERSION)?.unwrap_or(0);
        let mut said = item;
        for name in [keys::PARTITION_KEY, keys::SORT_KEY, COUNT, CEILING] {
            said.remove(name);
        }
        Ok(Self { is_there: true, count, ceiling, version, said })
    }

    /// Whether it counts under a ceiling. A counter that does not is new, of an older release, or lost.
    pub fn has_begun(&self) -> bool {
        self.ceiling.is_some()
    }

    /// That its ceiling is as it was read.
    fn unmoved(&self) -> Condition {
        self.ceiling.map_or(Condition::Without(CEILING), Condition::CeilingIs)
    }
}

/// What has to be written so that the two agree; nothing where they do.
fn put_right(counter: &Counter, copy: &Counter) -> Vec<Write> {
    // A counter that stands under a lower ceiling than its copy was put back as it once was.
    let is_lost = copy.ceiling > counter.ceiling;
    let count = if is_lost { counter.count.max(copy.ceiling.unwrap_or(0)) } else { counter.count };
    let ceiling = match counter.ceiling {
        Some(ceiling) if !is_lost => ceiling,
        Some(_) | None => count + STEP,
    };
    if counter.ceiling == Some(ceiling) && copy.ceiling == Some(ceiling) {
        return say_alike(counter, copy);
    }
    let mut both = under((counter, copy), (is_lost.then_some(count), ceiling));
    if let [
        Write::Update { set: to_counter, set_if_absent, .. },
        Write::Update { set: to_copy, .. },
    ] = &mut both[..]
    {
        if !is_lost {
            set_if_absent.insert(COUNT.to_owned(), items::number(0));
        }
        match counter.version.cmp(&copy.version) {
            std::cmp::Ordering::Less => to_counter.extend(copy.said.clone()),
            std::cmp::Ordering::Greater => to_copy.extend(counter.said.clone()),
            std::cmp::Ordering::Equal => {}
        }
    }
    both
}

/// Says on the one what the other says of the rules in force, where that is newer.
fn say_alike(counter: &Counter, copy: &Counter) -> Vec<Write> {
    let (to, said, on) = match counter.version.cmp(&copy.version) {
        std::cmp::Ordering::Equal => return Vec::new(),
        std::cmp::Ordering::Less => {
            (keys::customer_counter(), &copy.said, Condition::Outdated(copy.version))
        }
        std::cmp::Ordering::Greater => {
            (keys::customer_counter_copy(), &counter.said, Condition::Outdated(counter.version))
        }
    };
    vec![update(to, said.clone(), on)]
}

/// Moves both under a ceiling, and the counter to a count, where one is given.
fn under(
    (counter, copy): (&Counter, &Counter),
    (count, ceiling): (Option<u64>, u64),
) -> Vec<Write> {
    let mut set = Item::from([(CEILING.to_owned(), items::number(ceiling))]);
    let to_copy = update(keys::customer_counter_copy(), set.clone(), copy.unmoved());
    set.extend(count.map(|count| (COUNT.to_owned(), items::number(count))));
    vec![update(keys::customer_counter(), set, counter.unmoved()), to_copy]
}

fn update(key: Key, set: Item, on: Condition) -> Write {
    Write::Update { key, set, set_if_absent: Item::new(), remove: Vec::new(), on }
}

async fn read(table: &impl Table) -> Result<(Counter, Counter), TableError> {
    let (counter, copy) = (keys::customer_counter(), keys::customer_counter_copy());
    Ok((Counter::read(table.get(&counter).await?)?, Counter::read(table.get(&copy).await?)?))
}

/// Whether neither is lost, or as it once was, as they were read at one moment. An older release counts without a copy.
pub fn agree(counter: &Counter, copy: &Counter) -> bool {
    !(counter.has_begun() || copy.has_begun()) || put_right(counter, copy).is_empty()
}

/// Lets the counter begin, or puts it back where it was lost, or its copy. Says whether it counts: not where both are lost from a table that was used, of which an audit alone
/// can tell how far it was.
pub async fn begin(table: &impl Table) -> Result<bool, TableError> {
    for round in 0..MAX_ROUNDS {
        let (counter, copy) = read(table).await?;
        let writes = put_right(&counter, &copy);
        if writes.is_empty() {
            return Ok(true);
        }
        let tells_nothing = counter.count == 0 && !counter.has_begun() && !copy.has_begun();
        if tells_nothing && was_used(table).await? {
            return Ok(false);
        }
        if is_done(table, &writes, round).await? {
            if copy.has_begun() {
                tracing::warn!("the counter of customer numbers was lost, and is put back");
            }
            return Ok(true);
        }
    }
    Err(TableError::Unavailable("others kept writing the counter".into()))
}

/// Whether anybody was ever told of a change of this table: the heads of the lists of changes stay for ever.
async fn was_used(table: &impl Table) -> Result<bool, TableError> {
    for shard in 0..keys::CHANGE_SHARDS {
        if table.get(&keys::changes_head(shard)).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Moves the ceiling above what was counted past it. Says whether it did: otherwise what was counted may be another's.
pub(super) async fn move_ceiling(table: &impl Table, counted: Count) -> Result<bool, TableError> {
    let seen = Counter { ceiling: Some(counted.ceiling), ..Counter::default() };
    let writes = under((&seen, &seen), (None, counted.count + STEP));
    if is_done(table, &writes, 0).await? {
        return Ok(true);
    }
    // The copy may be lost.
    begin(table).await?;
    Ok(false)
}

/// Lets the counter count on behind this number and all that processes may have leased of what was counted when it was given. Where neither of the two tells how far it was,
/// somebody who was not looked at may have a higher one, and it goes on far behind.
pub async fn count_on_behind(table: &impl Table, highest: u64) -> Result<(), TableError> {
    for round in 0..MAX_ROUNDS {
        let (counter, copy) = read(table).await?;
        if counter.has_begun() && counter.count >= highest {
            return Ok(());
        }
        let far = highest.min(u64::from(CustomerNumber::MAX).saturating_sub(highest) / 2).max(STEP);
        let is_known = counter.has_begun() || copy.has_begun();
        let count = highest.max(copy.ceiling.unwrap_or(0)) + if is_known { STEP } else { far };
        if is_done(table, &under((&counter, &copy), (Some(count), count + STEP)), round).await? {
            return Ok(());
        }
    }
    Err(TableError::Unavailable("others kept writing the counter".into()))
}

async fn is_done(table: &impl Table, writes: &[Write], round: u32) -> Result<bool, TableError> {
    let done = table.transact(&token(table), writes).await? == Transacted::Done;
    if !done {
        table.pause(Duration::from_millis(10_u64 << round)).await;
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(count: Option<u64>, ceiling: Option<u64>, version: Option<u64>) -> Counter {
        let said = [(COUNT, count), (CEILING, ceiling), (items::VERSION, version)];
        let said = said.into_iter().filter_map(|(name, said)| Some((name, said?)));
        let mut item = meaning::empty(&keys::customer_counter());
        item.extend(said.map(|(name, said)| (name.to_owned(), items::number(said))));
        // What it says is read whole.
        if version.is_some() {
            item.insert("required_rule".to_owned(), items::text("rule"));
            item.insert("required_at".to_owned(), items::number(1));
            item.insert(
                "complete_rules".to_owned(),
                aws_sdk_dynamodb::types::AttributeValue::L(Vec::new()),
            );
        }
        Counter::read(Some(item)).unwrap()
    }

    /// The two after they were put right.
    fn righted(counter: &Counter, copy: &Counter) -> (Counter, Counter) {
        let (mut counter, mut copy) = (item(counter), item(copy));
        let read = |item: &Option<Item>| Counter::read(item.clone()).unwrap();
        for write in put_right(&read(&counter), &read(&copy)) {
            let is_counter = write.key() == keys::customer_counter();
            let stands = if is_counter { &mut counter } else { &mut copy };
            assert!(meaning::holds(write.condition(), stands.as_ref()), "{write:?}");
            *stands = Some(meaning::after(&write, stands.as_ref()));
        }
        (read(&counter), read(&copy))
    }

    fn item(counter: &Counter) -> Option<Item> {
        counter.is_there.then(|| {
            let mut item = meaning::empty(&keys::customer_counter());
            item.extend(counter.said.clone());
            item.insert(COUNT.to_owned(), items::number(counter.count));
            item.extend(
                counter.ceiling.map(|ceiling| (CEILING.to_owned(), items::number(ceiling))),
            );
            item
        })
    }

    #[test]
    fn whichever_of_the_two_is_lost_or_old_nothing_is_given_twice_and_nothing_is_forgotten() {
        let nothing = Counter::default();
        let whole = of(Some(70), Some(STEP), Some(3));
        let copy = of(None, Some(STEP), Some(3));
        let cases = [
            ("a new table", nothing.clone(), nothing.clone(), (0, STEP)),
            (
                "one of an older release",
                of(Some(70), None, Some(3)),
                nothing.clone(),
                (70, 70 + STEP),
            ),
            ("both there", whole.clone(), copy.clone(), (70, STEP)),
            ("the copy lost", whole.clone(), nothing.clone(), (70, STEP)),
            ("the counter lost", nothing, copy.clone(), (STEP, 2 * STEP)),
            ("lost, and counted anew", of(Some(9), None, None), copy.clone(), (STEP, 2 * STEP)),
            (
                "as it once was",
                of(Some(70), Some(STEP), Some(3)),
                of(None, Some(5 * STEP), Some(4)),
                (5 * STEP, 6 * STEP),
            ),
            (
                "its copy as it once was",
                of(Some(7 * STEP), Some(8 * STEP), Some(4)),
                copy,
                (7 * STEP, 8 * STEP),
            ),
            ("rules that only one says", whole, of(None, Some(STEP), None), (70, STEP)),
        ];
        for (what, counter, copy, (count, ceiling)) in cases {
            let version = counter.version.max(copy.version);
            let (counter, copy) = righted(&counter, &copy);
            assert_eq!((counter.count, counter.ceiling), (count, Some(ceiling)), "{what}");
            assert_eq!(copy.ceiling, Some(ceiling), "{what}");
            assert_eq!((counter.version, copy.version), (version, version), "{what}");
            assert!(agree(&counter, &copy), "{what}");
        }
    }
}
