//! Who looks like a customer: found by the keys that they have in common, read anew, and weighed. It decides nothing.

use std::collections::{BTreeSet, HashMap};

use domain::customer::{Customer, Identifier};
use domain::matching::party::company_of;
use domain::matching::possible::keys::{self, MAX_UNDER_A_KEY};
use domain::matching::possible::{Grade, Pair, PairState, Profile, Score};
use futures_util::future::try_join_all;
use store::items::Standing;
use store::keys::{self as table_keys, Key};
use store::records::{self, FoundUnder};
use store::table::{MAX_ITEMS, Table};

use crate::kit::{Master, Stopped, log_unreadable, readable};

/// How many candidates are read and weighed, those with the most keys in common: two reads.
pub const MAX_CANDIDATES: usize = 2 * MAX_ITEMS;

/// A customer that looks like another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossibleDuplicate {
    pub customer: Customer,
    pub score: Score,
    pub grade: Grade,
}

/// Those who look like a customer.
#[derive(Debug, Default)]
pub struct Alike {
    /// The highest score first.
    pub found: Vec<PossibleDuplicate>,
    /// Those who may, and cannot be read.
    pub unreadable: Vec<Identifier>,
}

/// Those who look like this customer; nobody where it was merged into another, or those were: whom they lead to looks for itself. One step of at most [`keys::MAX_KEYS`] queries, and one of two reads.
pub async fn possible_duplicates<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<Alike, Stopped> {
    if customer.merged_into.is_some() {
        return Ok(Alike::default());
    }
    let (candidates, mut unreadable) = candidates(master, customer).await?;
    let halves =
        candidates.chunks(MAX_ITEMS).map(|some| records::readable_customers(master.table(), some));
    let (mut customers, mut unread) = (Vec::new(), Vec::new());
    for (read, not_read) in try_join_all(halves).await? {
        customers.extend(read);
        unread.extend(not_read);
    }
    for (key, error) in &unread {
        log_unreadable(key, error);
        unreadable.extend(candidates.iter().find(|one| table_keys::customer(one) == *key).cloned());
    }
    let customers = customers.into_iter();
    let mine = Profile::of(customer, &master.controls().generic_values);
    let mut found: Vec<PossibleDuplicate> =
        customers.filter_map(|other| weigh(master, (customer, &mine), other)).collect();
    found.sort_by(|one, other| {
        let by_number = || one.customer.number.cmp(&other.customer.number);
        other.score.bits.cmp(&one.score.bits).then_with(by_number)
    });
    Ok(Alike { found, unreadable })
}

/// Those of them that a steward keeps apart from this customer. One step of at most two reads.
pub async fn kept_apart_from<T: Table>(
    master: &Master<T>,
    customer: &Identifier,
    alike: &Alike,
) -> Result<BTreeSet<Identifier>, Stopped> {
    let found = alike.found.iter();
    let pairs = found.filter_map(|one| Pair::of(customer, &one.customer.identifier));
    let keys: Vec<Key> = pairs.map(|pair| table_keys::pair(&pair)).collect();
    let reads = keys.chunks(MAX_ITEMS).map(|some| records::pairs(master.table(), some));
    // A pair that cannot be read is named in the worklist; here it waits like another.
    let (records, _) = readable(try_join_all(reads).await?.into_iter().flatten().collect());
    let apart = records.iter().filter(|record| record.state == PairState::Apart);
    let both = apart.flat_map(|record| [record.pair.low(), record.pair.high()]);
    Ok(both.filter(|one| *one != customer).cloned().collect())
}

/// Weighs one of them; none where it is no possible duplicate.
fn weigh<T: Table>(
    master: &Master<T>,
    (customer, mine): (&Customer, &Profile),
    other: Customer,
) -> Option<PossibleDuplicate> {
    let controls = master.controls();
    let company = |of: &Customer| company_of(&of.attributes, controls);
    if other.identifier == customer.identifier
        || other.erased.is_some()
        || other.merged_into.is_some()
        || company(&other) != company(customer)
    {
        return None;
    }
    let score = Score::of(&controls.weights, mine, &Profile::of(&other, &controls.generic_values));
    let grade = controls.thresholds.grade(score.bits)?;
    Some(PossibleDuplicate { customer: other, score, grade })
}

/// Those who have keys in common with a customer, the most first; and those of whom that cannot be read. A key with too many is passed over and counted.
async fn candidates<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<(Vec<Identifier>, Vec<Identifier>), Stopped> {
    let (table, secret) = (master.table(), &master.controls().secret);
    let limit = u32::try_from(MAX_UNDER_A_KEY + 1).unwrap_or(u32::MAX);
    let looks = keys::sought(customer).into_iter().map(|term| async move {
        records::found_under(table, &table_keys::look_up(secret, &term), None, limit).await
    });
    let mut in_common: HashMap<Identifier, usize> = HashMap::new();
    let mut lost: BTreeSet<Identifier> = BTreeSet::new();
    for FoundUnder { found, unreadable, next } in try_join_all(looks).await? {
        if found.len() > MAX_UNDER_A_KEY || next.is_some() {
            table.meter().key_passed_over();
            continue;
        }
        lost.extend(unreadable.into_iter().filter(|one| *one != customer.identifier));
        for found in found {
            if found.standing == Standing::Current && found.identifier != customer.identifier {
                *in_common.entry(found.identifier).or_default() += 1;
            }
        }
    }
    let mut candidates: Vec<(Identifier, usize)> = in_common.into_iter().collect();
    candidates
        .sort_by(|(one, ours), (other, theirs)| theirs.cmp(ours).then_with(|| one.cmp(other)));
    candidates.truncate(MAX_CANDIDATES);
    lost.retain(|one| candidates.iter().all(|(candidate, _)| candidate != one));
    let candidates = candidates.into_iter().map(|(identifier, _)| identifier);
    Ok((candidates.collect(), lost.into_iter().collect()))
}
