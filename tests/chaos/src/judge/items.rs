//! What must be true of the items alone: each can be read, each is there once, and they agree with each other and with the index.
//!
//! No answer is looked at here.

use std::collections::{BTreeMap, BTreeSet};

use domain::controls::Controls;
use domain::customer::{Customer, Identifier, Place};
use domain::effect::Did;
use domain::matching::block::Block;
use domain::matching::duplicate;
use domain::message::Attribute;
use store::keys::{self, Key};

use super::{Judge, Seats};

impl Judge<'_> {
    pub(super) fn readable(&mut self) {
        for (key, why) in &self.table.unreadable {
            self.violation(format!("an item cannot be read: {why}"), vec![key.clone()], Vec::new());
        }
    }

    pub(super) fn seats(&mut self) {
        let mut blocks: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for (block, place) in &self.table.places {
            if let Place::Seat(seat) = place {
                blocks.entry(block.clone()).or_default().push(*seat);
            }
        }
        for (block, seats) in blocks {
            if !seats.iter().copied().eq(1..=u32::try_from(seats.len()).unwrap_or(u32::MAX)) {
                self.violation(
                    format!("the seats of {} have a gap: {seats:?}", block.as_str()),
                    Vec::new(),
                    Vec::new(),
                );
            }
        }
    }

    pub(super) fn numbers(&mut self) {
        let mut holders: BTreeMap<_, Vec<Key>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            holders
                .entry(customer.number.get())
                .or_default()
                .push(keys::customer(&customer.identifier));
        }
        for (number, holders) in holders {
            if holders.len() > 1 || u64::from(number) > self.table.counter {
                self.violation(
                    format!("the number {number} is not of one customer alone, or was never leased (the counter is at {})", self.table.counter),
                    holders,
                    Vec::new(),
                );
            }
        }
    }

    /// Effects, versions, and where customers that moved can be found.
    pub(super) fn customers(&mut self, controls: &Controls, seats: Seats) {
        for customer in self.table.customers.values() {
            let key = keys::customer(&customer.identifier);
            let count = |wanted: Did| {
                customer.effects.iter().filter(|(_, effect)| effect.did == wanted).count()
            };
            let updates = u64::try_from(count(Did::Updated)).unwrap_or(u64::MAX);
            if count(Did::Created) != 1 || customer.version != 1 + updates {
                self.violation(
                    format!(
                        "a customer of version {} remembers {updates} updates",
                        customer.version
                    ),
                    vec![key.clone()],
                    Vec::new(),
                );
            }
            let mut blocks = duplicate::blocks_of(&customer.attributes, controls);
            blocks.retain(|block| *block != customer.identifier.block);
            let has_seat = |block: &Block| {
                self.table
                    .references
                    .iter()
                    .any(|(of, reference)| of == block && reference.to == customer.identifier)
            };
            let says_so = match seats {
                Seats::OfTheseRules => blocks == customer.seats,
                Seats::OfFormerRulesToo => {
                    blocks.iter().all(|block| customer.seats.contains(block))
                }
            };
            if !says_so || !blocks.iter().all(has_seat) {
                self.violation(
                    "a customer has no seat where its values belong".to_owned(),
                    vec![key],
                    Vec::new(),
                );
            }
        }
        let doubled: Vec<_> = self
            .effects
            .iter()
            .filter(|(_, on)| on.len() > 1)
            .map(|(id, on)| (id.clone(), on.clone()))
            .collect();
        for (id, on) in doubled {
            let entries = self.entries_of(&id);
            self.violation(
                format!("the effect {} is on several customers", id.as_str()),
                on.iter().map(|(identifier, _)| keys::customer(identifier)).collect(),
                entries,
            );
        }
        for (block, reference) in &self.table.references {
            if !self.table.customers.contains_key(&reference.to) {
                let (block, to) = (block.as_str(), &reference.to);
                self.violation(
                    format!("{block} refers to {to}, which is not there"),
                    Vec::new(),
                    Vec::new(),
                );
            }
        }
        for key in self.table.empty.clone() {
            self.violation("a seat holds nobody".to_owned(), vec![key], Vec::new());
        }
    }

    pub(super) fn claims(&mut self) {
        let mut claimed: BTreeMap<Key, Vec<Identifier>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            for key in claims_of(customer) {
                claimed.entry(key).or_default().push(customer.identifier.clone());
            }
        }
        let mut held: BTreeMap<Key, Vec<Identifier>> = BTreeMap::new();
        for (key, claim) in &self.table.claims {
            if let Some(holder) = &claim.holder {
                held.insert(key.clone(), vec![holder.clone()]);
            }
        }
        let all: BTreeSet<_> = claimed.keys().chain(held.keys()).cloned().collect();
        for key in all {
            let (customers, holders) = (claimed.get(&key), held.get(&key));
            if customers != holders {
                let items = customers
                    .into_iter()
                    .chain(holders)
                    .flatten()
                    .map(keys::customer)
                    .chain([key.clone()])
                    .collect();
                self.violation(
                    "a number belongs to another customer than the one that has it".to_owned(),
                    items,
                    Vec::new(),
                );
            }
        }
    }

    pub(super) fn index(&mut self) {
        let mut wanted = BTreeSet::new();
        let mut want = |at: keys::IndexKey, key: Key| {
            wanted.insert((at.partition, at.sort, key));
        };
        for customer in self.table.customers.values() {
            want(keys::number(customer.number), keys::customer(&customer.identifier));
        }
        for record in self.table.dealer_customers.values() {
            let dealer_customer = &record.dealer_customer;
            if let Some(organization) = &dealer_customer.organization {
                want(
                    keys::of_organization(organization, &dealer_customer.dcn),
                    keys::dealer_customer(&dealer_customer.dcn),
                );
            }
        }
        for request in self.table.requests.values() {
            want(
                keys::error(request.state, request.received_at, &request.id),
                keys::request_in_error(&request.id),
            );
        }
        for (partition, sort, key) in wanted.symmetric_difference(&self.table.index) {
            self.violation(
                format!("the index and the table disagree about {partition} {sort}"),
                vec![key.clone()],
                Vec::new(),
            );
        }
    }
}

fn claims_of(customer: &Customer) -> impl Iterator<Item = Key> {
    let secret = local::controls::default().secret;
    let relate_id = customer.attributes.get(Attribute::RELATE_ID);
    let relate_id = relate_id.map(|id| keys::relate_id(&secret, id));
    let alternate = customer.attributes.get(Attribute::ALTERNATE_NUMBER);
    let alternate = alternate.map(|number| keys::alternate_number(&secret, number));
    relate_id.into_iter().chain(alternate)
}
