//! Typed reads: what the table holds, as records of the domain. Each kind is read here and nowhere else; all reads are strongly consistent.

use domain::change::Change;
use domain::customer::merge::{Merge, MergedInto};
use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode};
use domain::history::HistoryEntry;
use domain::matching::possible::{Pair, PairRecord};
use domain::request::{RequestInError, RequestInErrorId};

use crate::item::{self, Item};
use crate::items::{self, Claim, Claimed, DealerCustomerRecord, Found, Occupant, Standing};
use crate::keys::{self, ChangesPlace, IndexEntry, Key, LookUpKey, TopicKey};
use crate::table::{MAX_ITEMS, Page, Query, Table, TableError};

/// What was read, each with its key, or why it cannot be read: one such item is no reason to show none of the others.
pub type Read<T> = Vec<(Key, Result<T, TableError>)>;

/// Those who stand under a term.
#[derive(Debug)]
pub struct FoundUnder {
    pub found: Vec<Found>,
    /// Those of whom it cannot be read how they stand there.
    pub unreadable: Vec<Identifier>,
    /// Behind which the next page begins; none where there is no more.
    pub next: Option<String>,
}

/// The customer of an identifier. One that stands in its place with another tail is another customer.
pub async fn customer(
    table: &impl Table,
    identifier: &Identifier,
) -> Result<Option<Customer>, TableError> {
    let customer = customer_at(table, identifier).await?;
    Ok(customer.filter(|customer| customer.identifier == *identifier))
}

/// The customer that lives at the place of this identifier, whatever its tail.
pub async fn customer_at(
    table: &impl Table,
    identifier: &Identifier,
) -> Result<Option<Customer>, TableError> {
    let item = table.get(&keys::customer(identifier)).await?;
    Ok(item.map(resident).transpose()?.flatten())
}

/// The customer that lives where this item stands; none where the item is another customer's seat, or an empty one.
fn resident(item: Item) -> Result<Option<Customer>, TableError> {
    match items::occupant(item)?.1 {
        Occupant::Customer(customer) => Ok(Some(*customer)),
        Occupant::Reference(_) | Occupant::Empty => Ok(None),
    }
}

/// Those of these customers that are there, in no order.
///
/// # Errors
/// Also where one of them cannot be read.
pub async fn customers(
    table: &impl Table,
    identifiers: &[Identifier],
) -> Result<Vec<Customer>, TableError> {
    let (customers, unreadable) = readable_customers(table, identifiers).await?;
    match unreadable.into_iter().next() {
        None => Ok(customers),
        Some((_, error)) => Err(error),
    }
}

/// Those of these customers that are there, in no order, and the keys of those that cannot be read, each with the reason.
pub async fn readable_customers(
    table: &impl Table,
    identifiers: &[Identifier],
) -> Result<(Vec<Customer>, Vec<(Key, TableError)>), TableError> {
    let mut keys: Vec<_> = identifiers.iter().map(keys::customer).collect();
    keys.sort_unstable();
    keys.dedup();
    let (mut customers, mut unreadable) = (Vec::with_capacity(keys.len()), Vec::new());
    for some in keys.chunks(MAX_ITEMS) {
        for item in table.get_all(some).await? {
            let key = item::key_of(&item);
            match resident(item) {
                Ok(customer) => customers.extend(customer),
                Err(error) => unreadable.push((key, error)),
            }
        }
    }
    customers.retain(|customer| identifiers.contains(&customer.identifier));
    Ok((customers, unreadable))
}

pub async fn dealer_customer(
    table: &impl Table,
    dcn: &Dcn,
) -> Result<Option<DealerCustomerRecord>, TableError> {
    table.get(&keys::dealer_customer(dcn)).await?.map(items::dealer_customer).transpose()
}

/// Those of up to [`MAX_ITEMS`] dealer customers that are there, in no order.
pub async fn dealer_customers(
    table: &impl Table,
    dcns: &[Dcn],
) -> Result<Read<DealerCustomerRecord>, TableError> {
    if dcns.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = dcns.iter().map(keys::dealer_customer).collect();
    Ok(read_each(table.get_all(&keys).await?, items::dealer_customer))
}

fn read_each<T>(found: Vec<Item>, read: impl Fn(Item) -> Result<T, TableError>) -> Read<T> {
    found.into_iter().map(|item| (item::key_of(&item), read(item))).collect()
}

/// A page of a dealer's customers, by their numbers, behind `after`, each with its DCN, or why it cannot be read.
pub async fn dealer_customers_of(
    table: &impl Table,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<Page<(Key, Result<DealerCustomerRecord, TableError>)>, TableError> {
    let query = Query {
        partition: keys::dealer(dealer),
        prefix: keys::DEALER_CUSTOMERS.to_owned(),
        after: after.map(|dcn| keys::dealer_customer(dcn).sk),
        limit: Some(limit),
    };
    let Page { found, more } = table.query(&query).await?;
    Ok(Page { found: read_each(found, items::dealer_customer), more })
}

pub async fn claim(table: &impl Table, key: &Key) -> Result<Option<Claimed>, TableError> {
    table.get(key).await?.map(Claim::read).transpose()
}

/// What is kept of a merge.
#[derive(Debug)]
pub enum KeptMerge {
    Whole(Box<Merge>),
    /// It was undone, or the person was erased from it.
    Over,
    /// Nothing is there.
    Absent,
}

/// What is kept of the merge by which this loser came to its winner.
pub async fn merge(
    table: &impl Table,
    loser: &Identifier,
    merged: &MergedInto,
) -> Result<KeptMerge, TableError> {
    let item = table.get(&keys::merge(loser, merged.at, merged.version)).await?;
    Ok(match item.map(items::merge).transpose()? {
        Some(Some(merge)) => KeptMerge::Whole(Box::new(merge)),
        Some(None) => KeptMerge::Over,
        None => KeptMerge::Absent,
    })
}

pub async fn request_in_error(
    table: &impl Table,
    id: &RequestInErrorId,
) -> Result<Option<RequestInError>, TableError> {
    table.get(&keys::request_in_error(id)).await?.map(items::request_in_error).transpose()
}

/// Those of up to [`MAX_ITEMS`] requests in error that are there, in no order, each with its key, or why it cannot be read.
pub async fn requests_in_error(
    table: &impl Table,
    entries: &[IndexEntry],
) -> Result<Read<RequestInError>, TableError> {
    let keys: Vec<_> = entries.iter().map(|entry| entry.key.clone()).collect();
    Ok(read_each(table.get_all(&keys).await?, items::request_in_error))
}

/// Those of these requests in error that are there, in no order.
pub async fn requests_in_error_of(
    table: &impl Table,
    ids: &[RequestInErrorId],
) -> Result<Vec<RequestInError>, TableError> {
    let keys: Vec<_> = ids.iter().map(keys::request_in_error).collect();
    let mut requests = Vec::with_capacity(ids.len());
    for some in keys.chunks(MAX_ITEMS) {
        for item in table.get_all(some).await? {
            requests.push(items::request_in_error(item)?);
        }
    }
    Ok(requests)
}

/// The requests in error that have a topic, or had it lately.
pub async fn requests_with_topic(
    table: &impl Table,
    key: &TopicKey,
) -> Result<Vec<RequestInErrorId>, TableError> {
    let partition = key.partition().to_owned();
    let mut query = Query { partition, prefix: String::new(), after: None, limit: None };
    let mut ids = Vec::new();
    loop {
        let Page { found, more } = table.query(&query).await?;
        query.after = found.last().map(|item| item::key_of(item).sk);
        for item in found {
            ids.push(items::has_topic(item)?.id);
        }
        if !more {
            return Ok(ids);
        }
    }
}

/// All entries of a customer's history: its versions, the lowest first, then the others.
pub async fn whole_history(
    table: &impl Table,
    identifier: &Identifier,
) -> Result<Vec<HistoryEntry>, TableError> {
    let partition = keys::history(identifier);
    let mut query = Query { partition, prefix: String::new(), after: None, limit: None };
    let mut entries = Vec::new();
    loop {
        let Page { found, more } = table.query(&query).await?;
        query.after = found.last().map(|item| item::key_of(item).sk);
        for item in found {
            entries.push(items::history_entry_of(item)?);
        }
        if !more {
            return Ok(entries);
        }
    }
}

/// A page of the versions of a customer's history, the lowest first, behind the version `after`; 0: from the first. Each is with its version.
pub async fn history(
    table: &impl Table,
    identifier: &Identifier,
    after: u64,
    limit: u32,
) -> Result<Page<(u64, Result<HistoryEntry, TableError>)>, TableError> {
    let query = Query {
        partition: keys::history(identifier),
        prefix: keys::VERSIONS.to_owned(),
        after: Some(keys::history_of_version(identifier, after).sk),
        limit: Some(limit),
    };
    let Page { found, more } = table.query(&query).await?;
    let read = read_each(found, items::history_entry_of).into_iter();
    let found = read.filter_map(|(key, entry)| Some((keys::version_in_history(&key)?, entry)));
    Ok(Page { found: found.collect(), more })
}

/// A page of the entries of a customer's history that make no version, the newest first, behind the sort key `after`, each with its own.
pub async fn other_history(
    table: &impl Table,
    identifier: &Identifier,
    after: Option<String>,
    limit: u32,
) -> Result<Page<(String, Result<HistoryEntry, TableError>)>, TableError> {
    let query = Query {
        partition: keys::history(identifier),
        prefix: keys::OTHER_ENTRIES.to_owned(),
        after,
        limit: Some(limit),
    };
    let Page { found, more } = table.query(&query).await?;
    let read = read_each(found, items::history_entry_of).into_iter();
    Ok(Page { found: read.map(|(key, entry)| (key.sk, entry)).collect(), more })
}

/// A page of those who are or were found under a term, by identifier, behind `after`. What is not found any more is left out, so a page may be short.
pub async fn found_under(
    table: &impl Table,
    key: &LookUpKey,
    after: Option<String>,
    limit: u32,
) -> Result<FoundUnder, TableError> {
    let query = Query {
        partition: key.partition().to_owned(),
        prefix: String::new(),
        after,
        limit: Some(limit),
    };
    let Page { found, more } = table.query(&query).await?;
    let next = found.last().filter(|_| more).map(|last| item::key_of(last).sk);
    let now = table.now();
    let mut under = FoundUnder { found: Vec::new(), unreadable: Vec::new(), next };
    for (key, standing) in read_each(found, |item| items::found(item, now)) {
        match standing {
            Ok(found) => under.found.extend(found),
            Err(_) => under.unreadable.extend(Identifier::parse(&key.sk)),
        }
    }
    Ok(under)
}

/// How up to [`MAX_ITEMS`] customers stand under terms; those that do not are left out, and those of which it cannot be read.
pub async fn standings(
    table: &impl Table,
    keys: &[Key],
) -> Result<Vec<(Key, Standing)>, TableError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let now = table.now();
    let read = read_each(table.get_all(keys).await?, |item| items::found(item, now)).into_iter();
    let standing = |(key, found): (Key, Result<Option<Found>, _>)| {
        found.ok().flatten().map(|found| (key, found.standing))
    };
    Ok(read.filter_map(standing).collect())
}

/// The number of the last change of each list; 0 where it has none.
pub async fn last_changes(
    table: &impl Table,
) -> Result<[u64; keys::CHANGE_SHARDS as usize], TableError> {
    let mut last = [0; keys::CHANGE_SHARDS as usize];
    let heads: Vec<Key> = (0..keys::CHANGE_SHARDS).map(keys::changes_head).collect();
    for head in table.get_all(&heads).await? {
        let key = item::key_of(&head);
        let shard = heads.iter().position(|known| *known == key);
        if let Some(last) = shard.and_then(|shard| last.get_mut(shard)) {
            *last = items::last_change(&head)?;
        }
    }
    Ok(last)
}

/// Changes of a list in order, each with its number, behind the number `after`.
pub async fn changes(
    table: &impl Table,
    shard: u8,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, Result<Change, TableError>)>, TableError> {
    let place = keys::change(ChangesPlace { shard, sequence: after });
    let query = Query {
        partition: place.pk,
        // The head is behind all numbers, which begin with 0.
        prefix: keys::VERSIONS.to_owned(),
        after: Some(place.sk),
        limit: Some(limit),
    };
    let read = read_each(table.query(&query).await?.found, items::change).into_iter();
    Ok(read.filter_map(|(key, change)| Some((keys::sequence_of(&key)?, change))).collect())
}

pub async fn pair(table: &impl Table, pair: &Pair) -> Result<Option<PairRecord>, TableError> {
    table.get(&keys::pair(pair)).await?.map(items::pair_of).transpose()
}

/// Those of up to [`MAX_ITEMS`] pairs that are there, in no order.
pub async fn pairs(table: &impl Table, keys: &[Key]) -> Result<Read<PairRecord>, TableError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    Ok(read_each(table.get_all(keys).await?, items::pair_of))
}

/// Those who are in a pair with this customer, whatever became of it.
pub async fn in_pairs_with(
    table: &impl Table,
    customer: &Identifier,
) -> Result<Vec<Identifier>, TableError> {
    let partition = keys::pairs_of(customer);
    let mut query = Query { partition, prefix: String::new(), after: None, limit: None };
    let mut others = Vec::new();
    loop {
        let Page { found, more } = table.query(&query).await?;
        query.after = found.last().map(|item| item::key_of(item).sk);
        others.extend(found.iter().filter_map(|item| Identifier::parse(&item::key_of(item).sk)));
        if !more {
            return Ok(others);
        }
    }
}
