//! What follows from a change for the pairs of possible duplicates that the customer is in: they are found, judged anew, and kept, so that a steward meets them highest first.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::customer::{Customer, Identifier};
use domain::matching::possible::pair::Judged;
use domain::matching::possible::{Pair, PairRecord, PairState, Profile, Score};
use domain::time::Timestamp;
use futures_util::future::{try_join, try_join_all};
use store::keys::Key;
use store::table::{MAX_ITEMS, Table, TableError};
use store::writes::Written;
use store::{keys, records};

use crate::customers::possible_duplicates::possible_duplicates;
use crate::kit::{Master, Rounds, Stopped, pair_writes, readable};

/// How many pairs are written at once.
const AT_ONCE: usize = 16;

/// Finds those who look like this customer, and judges its pairs. What an earlier try has done, and what is decided and holds, is left as it is.
pub(super) async fn pair_up<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<(), Stopped> {
    // Many who look alike come at once, and each pair is judged from both sides.
    let rounds = Rounds::begin(master.table());
    loop {
        let (due, _) = due(master, customer).await?;
        if write(master, &due).await? {
            return Ok(());
        }
        rounds.next(master.table()).await?;
    }
}

/// Takes the pairs of a person who was erased out of the lists, with what was decided of them.
pub(super) async fn forget<T: Table>(
    master: &Master<T>,
    (customer, at): (&Identifier, Timestamp),
) -> Result<(), Stopped> {
    let table = master.table();
    let rounds = Rounds::begin(table);
    loop {
        let others = records::in_pairs_with(table, customer).await?;
        let (known, unread) = known(master, customer, others.iter()).await?;
        if let Some((_, error)) = unread.into_iter().next() {
            // It may keep what was decided of the person.
            return Err(error.into());
        }
        let is_listed =
            |record: &PairRecord| record.state != PairState::Past || record.decision.is_some();
        let due: Vec<PairRecord> =
            known.into_values().filter(is_listed).map(|record| record.of_nobody(at)).collect();
        if write(master, &due).await? {
            return Ok(());
        }
        rounds.next(table).await?;
    }
}

/// Writes pairs; no where others wrote one of them meanwhile.
async fn write<T: Table>(master: &Master<T>, due: &[PairRecord]) -> Result<bool, Stopped> {
    let mut all = true;
    for some in due.chunks(AT_ONCE) {
        let under_way = some.iter().map(|record| pair_writes::write(master.table(), record));
        let written = try_join_all(under_way).await?;
        all &= written.iter().all(|written| matches!(written, Written::Done(_)));
    }
    Ok(all)
}

/// The pairs of a customer that are not kept as they should be, as they should be; and the others of all that were judged. A pair that cannot be read, or whose other cannot,
/// is left as it is.
pub(crate) async fn due<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<(Vec<PairRecord>, Vec<Customer>), Stopped> {
    let (table, controls) = (master.table(), master.controls());
    let (alike, paired) = try_join(possible_duplicates(master, customer), async {
        Ok(records::in_pairs_with(table, &customer.identifier).await?)
    })
    .await?;
    let mut judged: Vec<(Customer, _)> =
        alike.found.into_iter().map(|found| (found.customer, found.score.bits)).collect();
    let alike: HashSet<Identifier> =
        judged.iter().map(|(other, _)| other.identifier.clone()).collect();
    let winner = customer.merged_into.as_ref().map(|merged| merged.winner.clone());
    let unlike: BTreeSet<Identifier> =
        paired.into_iter().chain(winner).filter(|other| !alike.contains(other)).collect();
    let unlike: Vec<Identifier> = unlike.into_iter().collect();
    let mine = Profile::of(customer, &controls.generic_values);
    for other in records::readable_customers(table, &unlike).await?.0 {
        let bits =
            Score::of(&controls.weights, &mine, &Profile::of(&other, &controls.generic_values))
                .bits;
        judged.push((other, bits));
    }
    let others = judged.iter().map(|(other, _)| &other.identifier);
    let (known, unread) = known(master, &customer.identifier, others).await?;
    let due = judged.iter().filter_map(|(other, bits)| {
        let pair = Pair::of(&customer.identifier, &other.identifier)?;
        if unread.iter().any(|(key, _)| *key == keys::pair(&pair)) {
            return None;
        }
        let is_low = *pair.low() == customer.identifier;
        let (low, high) = if is_low { (customer, other) } else { (other, customer) };
        let judged = Judged { low, high, bits: *bits };
        PairRecord::judged(known.get(&pair), judged, controls.thresholds, &controls.secret)
    });
    let due = due.collect();
    Ok((due, judged.into_iter().map(|(other, _)| other).collect()))
}

/// The pairs of a customer with these others, as they are kept; and those that cannot be read.
async fn known<T: Table>(
    master: &Master<T>,
    customer: &Identifier,
    others: impl Iterator<Item = &Identifier>,
) -> Result<(HashMap<Pair, PairRecord>, Vec<(Key, TableError)>), Stopped> {
    let pairs = others.filter_map(|other| Pair::of(customer, other));
    let keys: Vec<_> = pairs.map(|pair| keys::pair(&pair)).collect();
    let (mut known, mut unread) = (HashMap::new(), Vec::new());
    for some in keys.chunks(MAX_ITEMS) {
        let (records, not_read) = readable(records::pairs(master.table(), some).await?);
        known.extend(records.into_iter().map(|record| (record.pair.clone(), record)));
        unread.extend(not_read);
    }
    Ok((known, unread))
}
