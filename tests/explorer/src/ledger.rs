//! What the table says after a run, read through the store's own strict reading: customers, dealer customers, requests in error, keys.

use std::collections::{BTreeMap, BTreeSet};

use domain::about;
use domain::customer::merge::{Hanging, MAX_DEPTH};
use domain::customer::{Customer, CustomerNumber, Identifier, Place};
use domain::effect::{Did, EffectId};
use domain::matching::block::Block;
use domain::matching::possible::{Pair, PairState};
use domain::request::RequestInError;
use store::item::Item;
use store::items::{self, Claim, DealerCustomerRecord, Occupant, Reference};
use store::keys::{self, Key};

/// The table, read.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// All customers.
    pub(crate) customers: Vec<Customer>,
    /// All dealer customers, by their DCNs.
    pub(crate) dealer_customers: BTreeMap<String, DealerCustomerRecord>,
    /// All requests in error.
    pub(crate) requests_in_error: Vec<RequestInError>,
    /// The holders of alternate numbers and relate ids, by the key of the claim.
    pub(crate) claims: BTreeMap<Key, Identifier>,
    /// The seats of customers that live elsewhere: the block and the seat's place, and the customer.
    pub(crate) references: Vec<(Block, Place, Reference)>,
    /// What requests in error are said to be about.
    pub(crate) topics: BTreeSet<Key>,
    /// The pairs that are kept apart.
    pub(crate) apart: BTreeSet<Pair>,
    /// The empty seats.
    pub(crate) empty: Vec<(Block, Place)>,
}

impl Ledger {
    /// Reads the table.
    ///
    /// # Errors
    /// A sentence that says which item is not as the store writes it.
    pub(crate) fn read<'a>(
        table: impl Iterator<Item = (&'a Key, &'a Item)>,
    ) -> Result<Self, String> {
        let mut ledger = Self::default();
        for (key, item) in table {
            ledger
                .read_item(key, item.clone())
                .map_err(|error| format!("{}/{}: {error}", key.pk, key.sk))?;
        }
        Ok(ledger)
    }

    fn read_item(&mut self, key: &Key, item: Item) -> Result<(), String> {
        use std::error::Error;
        let bad = |error: store::table::TableError| {
            error.source().map_or_else(|| error.to_string(), ToString::to_string)
        };
        let kind = key.pk.split('#').next().unwrap_or_default();
        match kind {
            "BLOCK" => {
                let (block, place) = keys::place_of(key).ok_or("no block has such an item")?;
                match items::occupant(item).map_err(bad)?.1 {
                    Occupant::Customer(customer) => self.customers.push(*customer),
                    Occupant::Reference(reference) => {
                        self.references.push((block, place, reference));
                    }
                    Occupant::Empty => self.empty.push((block, place)),
                }
            }
            "DEALER" => {
                let record = items::dealer_customer(item).map_err(bad)?;
                let dcn = record.dealer_customer.dcn.to_string();
                self.dealer_customers.insert(dcn, record);
            }
            "ERROR" => {
                let request = items::request_in_error(item).map_err(bad)?;
                self.requests_in_error.push(request);
            }
            "ALTERNATE" | "RELATE" => {
                if let Some(holder) = Claim::read(item).map_err(bad)?.holder {
                    self.claims.insert(key.clone(), holder);
                }
            }
            "ABOUT" => {
                items::has_topic(item).map_err(bad)?;
                self.topics.insert(key.clone());
            }
            "PAIR" if keys::pair_of(key).is_none() => {}
            "PAIR" => {
                let record = items::pair_of(item).map_err(bad)?;
                if record.state == PairState::Apart {
                    self.apart.insert(record.pair);
                }
            }
            "KEY" | "COUNTER" | "MERGE" => {}
            _ => return Err("nothing has such a key".to_owned()),
        }
        Ok(())
    }

    /// The customer that this effect created.
    pub(crate) fn created_by(&self, effect: &EffectId) -> Option<&Customer> {
        self.customers.iter().find(|customer| {
            customer.effects.of(effect).is_some_and(|effect| effect.did == Did::Created)
        })
    }

    /// What holds of every merge: loser and winner agree, nobody leads to itself, and chains and what hangs on one are as long and as much as is counted.
    fn check_merges(&self) -> Result<(), String> {
        let at = |identifier: &Identifier| {
            self.customers.iter().find(|customer| customer.identifier == *identifier)
        };
        for customer in &self.customers {
            let name = &customer.identifier;
            let absorbed = customer.absorbed.iter().map(|absorbed| at(&absorbed.loser));
            let absorbed: Option<Vec<&Customer>> = absorbed.collect();
            let absorbed = absorbed.ok_or(format!("{name} absorbed who is not there"))?;
            let leads = |loser: &&Customer| {
                loser.merged_into.as_ref().is_some_and(|merged| merged.winner == *name)
            };
            if !absorbed.iter().all(leads) {
                return Err(format!("{name} absorbed who does not lead to it"));
            }
            if Hanging::of(absorbed) != customer.hanging {
                return Err(format!("{name} does not know what hangs on it"));
            }
            let mut leader = customer;
            for step in 0.. {
                let Some(merged) = &leader.merged_into else { break };
                let winner = at(&merged.winner).ok_or(format!("{name} leads nowhere"))?;
                if !winner.has_absorbed(&leader.identifier) || step >= MAX_DEPTH {
                    return Err(format!(
                        "{name} leads to one that did not absorb it, or in a circle"
                    ));
                }
                leader = winner;
            }
        }
        Ok(())
    }

    /// What holds of every table whatever was asked: numbers are unique, seats have no gap, claims and references agree with the customers.
    ///
    /// # Errors
    /// A sentence that says what does not hold.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut numbers: BTreeMap<CustomerNumber, &Identifier> = BTreeMap::new();
        let mut seats: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        let mut occupied: Vec<(&Block, &Place)> = Vec::new();
        for customer in &self.customers {
            if let Some(other) = numbers.insert(customer.number, &customer.identifier) {
                return Err(format!(
                    "{} and {other} have the same number {}",
                    customer.identifier, customer.number
                ));
            }
            let Identifier { block, place, tail: _ } = &customer.identifier;
            occupied.push((block, place));
            let creations = customer.effects.iter();
            if creations.filter(|(_, effect)| effect.did == Did::Created).count() != 1 {
                return Err(format!("{} was not created once", customer.identifier));
            }
            let own = customer.effects.iter().filter(|(_, effect)| effect.on.is_none());
            let updates = own.count() as u64;
            // What was done a while before the last write need not be remembered.
            let may_forget =
                customer.updated_at > customer.created_at || customer.effects.is_full();
            if customer.version < updates || customer.version > updates && !may_forget {
                return Err(format!(
                    "{} has version {} after {updates} writes",
                    customer.identifier, customer.version
                ));
            }
            for block in &customer.seats {
                let has_seat = |(of, _, reference): &(Block, Place, Reference)| {
                    of == block && reference.to == customer.identifier
                };
                if !self.references.iter().any(has_seat) {
                    return Err(format!(
                        "{} has no seat in {}",
                        customer.identifier,
                        block.as_str()
                    ));
                }
            }
        }
        self.check_merges()?;
        for (block, place, reference) in &self.references {
            occupied.push((block, place));
            if !self.customers.iter().any(|one| one.identifier == reference.to) {
                return Err(format!("a seat of {} leads nowhere", block.as_str()));
            }
        }
        occupied.extend(self.empty.iter().map(|(block, place)| (block, place)));
        for (block, place) in occupied {
            if let Place::Seat(seat) = place {
                seats.entry(block.as_str()).or_default().push(*seat);
            }
        }
        for (block, mut seats) in seats {
            seats.sort_unstable();
            if seats != (1..=u32::try_from(seats.len()).unwrap_or(u32::MAX)).collect::<Vec<_>>() {
                return Err(format!("block {block} has the seats {seats:?}"));
            }
        }
        for (dcn, record) in &self.dealer_customers {
            if let Some(holder) = &record.dealer_customer.organization
                && !self.customers.iter().any(|one| one.identifier == *holder)
            {
                return Err(format!("{dcn} belongs to {holder}, which is not there"));
            }
        }
        for request in &self.requests_in_error {
            if request.version != request.history.len() as u64 {
                return Err(format!(
                    "request in error {} has version {} after {} writes",
                    request.id.as_str(),
                    request.version,
                    request.history.len()
                ));
            }
            let controls = super::scenario::controls();
            for topic in about::of_message(&request.message.attributes, &controls) {
                let at = keys::topic(&controls.secret, &topic).of(&request.id);
                if !self.topics.contains(&at) {
                    return Err(format!(
                        "request in error {} is not found by what it is about",
                        request.id.as_str()
                    ));
                }
            }
        }
        Ok(())
    }
}
