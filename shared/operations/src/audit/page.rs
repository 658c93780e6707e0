//! The items of a page by what they are.

use domain::customer::{Customer, Place};
use domain::matching::block::Block;
use domain::matching::possible::PairRecord;
use domain::request::RequestInError;
use domain::time::Timestamp;
use store::item::{self, Item};
use store::items::{
    self, Claim, Claimed, DealerCustomerRecord, HasTopic, Kept, Occupant, Reference,
};
use store::keys::{self, Key, KeyKind};
use store::numbers::Counter;
use store::table::TableError;

use super::finding::{Damage, Finding};

/// A page, read.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Where something stands in a block, in the page's order.
    pub(super) places: Vec<(Block, Place)>,
    pub(super) customers: Vec<Customer>,
    pub(super) references: Vec<(Block, Place, Reference)>,
    pub(super) dealer_customers: Vec<DealerCustomerRecord>,
    pub(super) claims: Vec<(Key, Claimed)>,
    pub(super) look_up_keys: Vec<(Key, Kept)>,
    pub(super) pairs: Vec<PairRecord>,
    pub(super) requests: Vec<RequestInError>,
    pub(super) topics: Vec<(Key, HasTopic)>,
    pub(super) unreadable: Vec<Finding>,
}

impl Page {
    pub(super) fn of(items: Vec<Item>, now: Timestamp) -> Self {
        let mut page = Self::default();
        for item in items {
            let key = item::key_of(&item);
            // A seat counts whoever can read what has it.
            page.places.extend(keys::place_of(&key));
            if page.sort(&key, item, now).is_err() {
                page.unreadable.push(Finding::at(Damage::Unreadable, &key));
            }
        }
        page
    }

    fn sort(&mut self, key: &Key, item: Item, now: Timestamp) -> Result<(), TableError> {
        match keys::kind_of(key) {
            Some(KeyKind::InBlock) => match (keys::place_of(key), items::occupant(item)?.1) {
                (_, Occupant::Customer(customer)) => self.customers.push(*customer),
                (Some((block, place)), Occupant::Reference(reference)) => {
                    self.references.push((block, place, reference));
                }
                (_, Occupant::Reference(_) | Occupant::Empty) => {}
            },
            Some(KeyKind::DealerCustomer) => {
                self.dealer_customers.push(items::dealer_customer(item)?);
            }
            Some(KeyKind::Claim) => self.claims.push((key.clone(), Claim::read(item)?)),
            Some(KeyKind::LookUpKey) => {
                self.look_up_keys.push((key.clone(), items::kept(item, now)?));
            }
            Some(KeyKind::RequestInError) => {
                self.requests.push(items::request_in_error(item)?);
            }
            Some(KeyKind::Topic) => self.topics.push((key.clone(), items::has_topic(item)?)),
            Some(KeyKind::IdempotencyKey) => {
                items::bound_key(item)?;
            }
            Some(KeyKind::Counter) => {
                Counter::read(Some(item))?;
            }
            Some(KeyKind::History) => {
                items::history_entry_of(item)?;
            }
            Some(KeyKind::Change) if keys::is_changes_head(key) => {
                items::last_change(&item)?;
            }
            Some(KeyKind::Change) => {
                items::change(item)?;
            }
            Some(KeyKind::Merge) => {
                items::merge(item)?;
            }
            // It only leads to a pair.
            Some(KeyKind::Pair) if keys::pair_of(key).is_none() => {}
            Some(KeyKind::Pair) => self.pairs.push(items::pair_of(item)?),
            // Of a newer release, which knows what it is.
            None => {}
        }
        Ok(())
    }
}
