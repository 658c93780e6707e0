//! The whole table, read strictly: each item as the record that it must be, or a complaint.
//!
//! It reads past the seam of the store, because no operation needs a scan; what an item means is the store's.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::{Customer, Identifier, Place};
use domain::effect::EffectId;
use domain::matching::block::Block;
use domain::request::RequestInError;
use store::item::{self, Item};
use store::items::{self, Claim, Claimed, DealerCustomerRecord, Occupant, Reference};
use store::keys::{self, Key};
use store::numbers::Counter;

/// The table.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// All items as they are, to be printed.
    pub items: BTreeMap<Key, Item>,
    /// The customers.
    pub customers: BTreeMap<Identifier, Customer>,
    /// The seats of customers that live in another block.
    pub references: Vec<(Block, Reference)>,
    /// The empty seats: something was lost where they are.
    pub empty: Vec<Key>,
    /// All places in blocks on which something stands.
    pub places: BTreeSet<(Block, Place)>,
    /// The dealer customers, by their DCN.
    pub dealer_customers: BTreeMap<String, DealerCustomerRecord>,
    /// The claims.
    pub claims: BTreeMap<Key, Claimed>,
    /// The requests in error, by their id.
    pub requests: BTreeMap<String, RequestInError>,
    /// What requests in error are said to be about.
    pub topics: BTreeSet<Key>,
    /// The customers that a keyed request found to be as it wants them, by the request's effect.
    pub unchanged: BTreeMap<EffectId, Identifier>,
    /// The last number that was leased.
    pub counter: u64,
    /// The entries of the index: its keys and the item's key.
    pub index: BTreeSet<(String, String, Key)>,
    /// What cannot be read, and why.
    pub unreadable: Vec<(Key, String)>,
}

/// Reads the table of this name.
///
/// # Errors
///
/// A sentence when the database does not answer.
pub async fn read(client: &Client, name: &str) -> Result<Snapshot, String> {
    let mut snapshot = Snapshot::default();
    for item in scan(client, name, None).await? {
        let key = item::key_of(&item);
        if let Err(why) = snapshot.file(key.clone(), item.clone()) {
            snapshot.unreadable.push((key.clone(), why));
        }
        snapshot.items.insert(key, item);
    }
    for entry in scan(client, name, Some(keys::INDEX)).await? {
        let text = |attribute: &str| match entry.get(attribute) {
            Some(AttributeValue::S(text)) => text.clone(),
            _ => String::new(),
        };
        snapshot.index.insert((
            text(keys::INDEX_PARTITION_KEY),
            text(keys::INDEX_SORT_KEY),
            item::key_of(&entry),
        ));
    }
    Ok(snapshot)
}

async fn scan(client: &Client, name: &str, index: Option<&str>) -> Result<Vec<Item>, String> {
    let mut found = Vec::new();
    let mut start = None;
    loop {
        let page = client
            .scan()
            .table_name(name)
            .set_index_name(index.map(str::to_owned))
            .consistent_read(index.is_none())
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| format!("The table cannot be read: {error}."))?;
        found.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(found);
        }
    }
}

impl Snapshot {
    fn file(&mut self, key: Key, item: Item) -> Result<(), String> {
        let strictly = |error: store::table::TableError| {
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
        };
        let same = |again: Item| {
            if again == item { Ok(()) } else { Err("written again it is another item".to_owned()) }
        };
        if let Some((block, place)) = keys::place_of(&key) {
            match items::occupant(item.clone()).map_err(strictly)?.1 {
                Occupant::Customer(customer) => {
                    same(items::customer_item(&customer))?;
                    self.customers.insert(customer.identifier.clone(), *customer);
                }
                Occupant::Reference(reference) => {
                    self.references.push((block.clone(), reference));
                }
                Occupant::Empty => self.empty.push(key),
            }
            self.places.insert((block, place));
        } else if keys::dcn_of(&key).is_some() {
            let record = items::dealer_customer(item).map_err(strictly)?;
            self.dealer_customers.insert(record.dealer_customer.dcn.to_string(), record);
        } else if keys::request_in_error_of(&key).is_some() {
            let request = items::request_in_error(item.clone()).map_err(strictly)?;
            same(items::request_in_error_item(&request))?;
            self.requests.insert(request.id.as_str().to_owned(), request);
        } else if keys::request_with_topic(&key).is_some() {
            items::has_topic(item).map_err(strictly)?;
            self.topics.insert(key);
        } else if key == keys::customer_counter() {
            self.counter = match item.get("count") {
                None => 0,
                Some(AttributeValue::N(digits)) => {
                    digits.parse().map_err(|_| "no number".to_owned())?
                }
                _ => return Err("it does not count".to_owned()),
            };
        } else if key == keys::customer_counter_copy() {
            Counter::read(Some(item)).map_err(strictly)?;
        } else if is_in(&key, "ALTERNATE#") || is_in(&key, "RELATE#") {
            self.claims.insert(key, Claim::read(item).map_err(strictly)?);
        } else if let Some(effect) = key.pk.strip_prefix("KEY#") {
            let effect = EffectId::parse(effect).map_err(|_| "no effect has this name")?;
            if let Some(found) = items::bound_key(item).map_err(strictly)?.unchanged {
                self.unchanged.insert(effect, found);
            }
        } else {
            return Err("no item has this key".to_owned());
        }
        Ok(())
    }
}

fn is_in(key: &Key, partition: &str) -> bool {
    key.pk.starts_with(partition)
}
