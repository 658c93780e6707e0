//! Who is there: customers by their identifiers, where one that cannot be read is there all the same.

use std::collections::{HashMap, HashSet};

use domain::customer::{Customer, Identifier};
use store::item::{self, Item};
use store::items::{self, Occupant};
use store::keys::{self, Key};
use store::table::{MAX_ITEMS, Table};

use crate::kit::Stopped;

/// Whether a customer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence<'a> {
    There(&'a Customer),
    /// What stands in its place cannot be read, and may be it.
    Unknown,
    Absent,
}

/// The customers that were asked for.
#[derive(Debug, Default)]
pub(super) struct Who {
    customers: HashMap<Identifier, Customer>,
    unreadable: HashSet<Key>,
}

impl Who {
    pub(super) async fn read<'i>(
        table: &impl Table,
        identifiers: impl IntoIterator<Item = &'i Identifier>,
    ) -> Result<Self, Stopped> {
        let keys: HashSet<Key> = identifiers.into_iter().map(keys::customer).collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let mut who = Self::default();
        for some in keys.chunks(MAX_ITEMS) {
            for item in table.get_all(some).await? {
                who.add(item);
            }
        }
        Ok(who)
    }

    /// The customers among these items.
    pub(super) fn of(items: impl IntoIterator<Item = Item>) -> Self {
        let mut who = Self::default();
        for item in items {
            who.add(item);
        }
        who
    }

    fn add(&mut self, item: Item) {
        let key = item::key_of(&item);
        match items::occupant(item) {
            Ok((_, Occupant::Customer(customer))) => {
                self.customers.insert(customer.identifier.clone(), *customer);
            }
            Ok((_, Occupant::Reference(_) | Occupant::Empty)) => {}
            Err(_) => {
                self.unreadable.insert(key);
            }
        }
    }

    pub(super) fn is(&self, identifier: &Identifier) -> Presence<'_> {
        match self.customers.get(identifier) {
            Some(customer) => Presence::There(customer),
            None if self.unreadable.contains(&keys::customer(identifier)) => Presence::Unknown,
            None => Presence::Absent,
        }
    }
}
