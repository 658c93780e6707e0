//! The worklist of the stewards: pairs of possible duplicates, the highest score first. Whom a pair leads to is read anew, and both are weighed as they are now: what does not look
//! alike any more is not shown as if it did.

use std::collections::HashMap;

use domain::customer::{Customer, Identifier};
use domain::matching::possible::pair::by_merges;
use domain::matching::possible::{Grade, Pair, PairRecord, PairState, Part, Profile, Score};
use futures_util::future::try_join_all;
use store::keys::{self, IndexEntry, Key};
use store::records;
use store::table::{IndexQuery, MAX_ITEMS, Table, TableError};

use crate::kit::{Listed, Master, Stopped, log_unreadable, readable};

/// How many pairs one page looks at. Where many are not as the index has them, a page may be short, and the next one goes on behind it.
pub const MAX_EXAMINED: usize = 200;

/// A pair with both customers as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPair {
    /// The one with the lower customer number.
    pub customer: Customer,
    pub other: Customer,
    /// As [`Self::customer`] sees it.
    pub score: Score,
    /// None for one that was decided on and does not look alike any more.
    pub grade: Option<Grade>,
    pub record: PairRecord,
    /// What changed since the decision on it, where there was one.
    pub changed_since: Vec<Part>,
}

/// A page of the pairs of a state, behind `after`: the position that the page before ended with; and of those that cannot be read, or one of whose customers cannot.
pub async fn worklist<T: Table>(
    master: &Master<T>,
    state: PairState,
    after: Option<&str>,
    limit: usize,
) -> Result<Listed<ListedPair, String, Pair>, Stopped> {
    let table = master.table();
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    let mut position = after.map(str::to_owned);
    let mut examined = 0;
    while examined < MAX_EXAMINED {
        // Each has two customers.
        let wished = (limit - found.len()).clamp(1, MAX_ITEMS / 2);
        let entries = entries(table, state, position.as_deref(), wished).await?;
        let is_last = entries.len() < wished;
        examined += entries.len();
        for (entry, pair) in entries.iter().zip(shown(master, state, &entries).await?) {
            position = Some(entry.sort.clone());
            match pair {
                Shown::Pair(pair) => found.push(*pair),
                Shown::Unreadable(pair) => unreadable.push(pair),
                Shown::Nothing => {}
            }
        }
        if is_last {
            return Ok(Listed { found, unreadable, next: None });
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(Listed { found, unreadable, next: position })
}

/// What the list shows at an entry of the index.
enum Shown {
    Pair(Box<ListedPair>),
    Unreadable(Pair),
    /// It is not as the index has it.
    Nothing,
}

/// The pairs at these entries, in their order.
async fn shown<T: Table>(
    master: &Master<T>,
    state: PairState,
    entries: &[IndexEntry],
) -> Result<Vec<Shown>, Stopped> {
    let table = master.table();
    let keys: Vec<Key> = entries.iter().map(|entry| entry.key.clone()).collect();
    let (read, mut unread) = readable(records::pairs(table, &keys).await?);
    let pairs = read.into_iter().map(|record| (keys::pair(&record.pair), record));
    let mut pairs: HashMap<Key, PairRecord> = pairs.collect();
    let both = |record: &PairRecord| [record.pair.low().clone(), record.pair.high().clone()];
    let identifiers: Vec<Identifier> = pairs.values().flat_map(both).collect();
    let (customers, lost) = records::readable_customers(table, &identifiers).await?;
    for (key, error) in &lost {
        log_unreadable(key, error);
    }
    unread.extend(lost);
    let is_unread = |key: &Key| unread.iter().any(|(unread, _)| unread == key);
    let customers = customers.into_iter();
    let customers: HashMap<Identifier, Customer> =
        customers.map(|customer| (customer.identifier.clone(), customer)).collect();
    let shown = keys.iter().map(|key| {
        let record = pairs.remove(key);
        let Some(pair) = keys::pair_of(key) else { return Shown::Nothing };
        if is_unread(key) {
            return Shown::Unreadable(pair);
        }
        let Some(record) = record.filter(|record| record.state == state) else {
            return Shown::Nothing;
        };
        if [pair.low(), pair.high()].into_iter().any(|one| is_unread(&keys::customer(one))) {
            return Shown::Unreadable(pair);
        }
        let both = customers.get(pair.low()).zip(customers.get(pair.high()));
        let weighed = both.and_then(|(low, high)| weighed(master, record, [low, high]));
        weighed.map_or(Shown::Nothing, |pair| Shown::Pair(Box::new(pair)))
    });
    Ok(shown.collect())
}

/// A pair as it is shown; none where one of the two was erased, where it is open and does not look alike any more, or where a merge or its end says otherwise by now.
fn weighed<T: Table>(
    master: &Master<T>,
    record: PairRecord,
    both: [&Customer; 2],
) -> Option<ListedPair> {
    if both.iter().any(|customer| customer.erased.is_some()) {
        return None;
    }
    match by_merges(both) {
        Some(state) if state != record.state => return None,
        None if record.state == PairState::Merged => return None,
        Some(_) | None => {}
    }
    let controls = master.controls();
    let [low, high] = both;
    let (customer, other) = if low.number < high.number { (low, high) } else { (high, low) };
    let profile = |of| Profile::of(of, &controls.generic_values);
    let score = Score::of(&controls.weights, &profile(customer), &profile(other));
    let grade = controls.thresholds.grade(score.bits);
    if record.state == PairState::Open && grade.is_none() {
        return None;
    }
    let decision = record.decision.as_ref();
    let changed_since = decision.map(|decision| decision.changed(both, &controls.secret));
    Some(ListedPair {
        customer: customer.clone(),
        other: other.clone(),
        score,
        grade,
        changed_since: changed_since.unwrap_or_default(),
        record,
    })
}

/// The highest entries below the position, from all shards of the state.
async fn entries(
    table: &impl Table,
    state: PairState,
    position: Option<&str>,
    limit: usize,
) -> Result<Vec<IndexEntry>, TableError> {
    let (from, highest) = keys::all_pairs();
    let to = position.map_or(highest, str::to_owned);
    // One more than wanted, because the position itself is looked at again.
    let limit_each = u32::try_from(limit + 1).unwrap_or(u32::MAX);
    let queries = keys::pairs(state).map(|partition| IndexQuery {
        partition,
        from: from.clone(),
        to: to.clone(),
        after: None,
        descending: true,
        limit: limit_each,
    });
    let pages = try_join_all(queries.map(|query| async move { table.index(&query).await })).await?;
    let mut entries: Vec<IndexEntry> = pages
        .into_iter()
        .flat_map(|page| page.found)
        .filter(|entry| Some(entry.sort.as_str()) != position)
        .collect();
    entries.sort_by(|one, other| other.sort.cmp(&one.sort));
    entries.truncate(limit);
    Ok(entries)
}
