//! Seats: none is missing before others, each reference leads to a customer, and each customer has one wherever its values belong.

use std::collections::BTreeMap;

use domain::customer::{Customer, Identifier, Place};
use domain::matching::block::Block;
use domain::matching::duplicate;
use futures_util::future::try_join_all;
use store::item;
use store::items::{self, Occupant, Reference, Seat};
use store::keys::{self, Key};
use store::table::{Check, MAX_ITEMS, Query, WholeTable};
use store::writes::{Condition, Write};

use super::finding::{Damage, Finding};
use super::mend::Mend;
use super::page::Page;
use super::who::{Presence, Who};
use super::{AT_ONCE, Auditor};
use crate::changes::Bus;
use crate::kit::Stopped;

/// How often a seat is looked for that others take meanwhile.
const MAX_ROUNDS: u32 = 10;

/// What the audit sees of a block.
struct Seen {
    next_seat: u32,
    /// Whether the customer that is looked for has a seat, or lives there.
    has: bool,
}

impl<T: WholeTable, B: Bus> Auditor<T, B> {
    pub(super) async fn seats(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut found = self.gaps(page).await?;
        let to = page.references.iter().map(|(_, _, reference)| &reference.to);
        let who = Who::read(self.table(), to).await?;
        for (block, place, reference) in &page.references {
            if who.is(&reference.to) == Presence::Absent {
                found.extend(self.reference(block, place, reference).await?);
            }
        }
        for some in page.customers.chunks(AT_ONCE) {
            let looks = some.iter().map(|customer| self.seats_of(customer));
            found.extend(try_join_all(looks).await?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Seats that are missing before others. Who takes a seat has seen the one before it, so one reading tells.
    async fn gaps(&self, page: &Page) -> Result<Vec<Finding>, Stopped> {
        let mut seats: BTreeMap<&Block, Vec<u32>> = BTreeMap::new();
        for (block, place) in &page.places {
            if let Place::Seat(seat) = place {
                seats.entry(block).or_default().push(*seat);
            }
        }
        let mut found = Vec::new();
        for (block, mut seats) in seats {
            seats.sort_unstable();
            // What is before the page's first is in another page, or missing.
            let mut before = seats.first().map_or(0, |first| first - 1);
            let mut missing = Vec::new();
            while before > 0 && self.table().get(&seat(block, before)).await?.is_none() {
                missing.push(before);
                before -= 1;
            }
            let gaps = seats.windows(2).flat_map(|pair| pair[0] + 1..pair[1]);
            let gaps: Vec<Key> = gaps.map(|missing| seat(block, missing)).collect();
            let mut there = Vec::new();
            for some in gaps.chunks(MAX_ITEMS) {
                there.extend(self.table().get_all(some).await?.iter().map(item::key_of));
            }
            let gaps = gaps.iter().filter(|key| !there.contains(key)).filter_map(keys::place_of);
            missing.extend(gaps.filter_map(|(_, place)| match place {
                Place::Seat(seat) => Some(seat),
                Place::Beside(_) => None,
            }));
            for number in missing {
                let finding = Finding::at(Damage::LostSeat, &seat(block, number));
                let empty = items::empty_seat(block, number, self.table().now());
                found.extend(self.mended(finding, &[empty], &[]).await?);
            }
        }
        Ok(found)
    }

    /// A reference that led nowhere, looked at as of one moment.
    async fn reference(
        &self,
        block: &Block,
        place: &Place,
        reference: &Reference,
    ) -> Result<Option<Finding>, Stopped> {
        let (own, to) = (keys::in_block(block, place), keys::customer(&reference.to));
        let Some(together) = self.table().get_together(&[own.clone(), to]).await? else {
            return Ok(None);
        };
        let [Some(now), customer] = &together[..] else {
            return Ok(None);
        };
        let still = matches!(items::occupant(now.clone()), Ok((_, Occupant::Reference(now))) if now == *reference);
        if !still || Who::of(customer.clone()).is(&reference.to) != Presence::Absent {
            return Ok(None);
        }
        let finding = Finding::at(Damage::ReferenceToNobody, &own);
        let vacated = items::vacated(block, place, reference, self.table().now());
        self.mended(finding, &[vacated], &[]).await
    }

    /// The seats that a customer lacks.
    async fn seats_of(&self, customer: &Customer) -> Result<Vec<Finding>, Stopped> {
        if !self.is_over(customer.updated_at) {
            return Ok(Vec::new());
        }
        let mut blocks = duplicate::blocks_of(&customer.attributes, self.master().controls());
        blocks.retain(|block| *block != customer.identifier.block);
        let mut found = Vec::new();
        for block in &blocks {
            let has = self.seen(block, &customer.identifier).await?.has;
            if (has && customer.seats.contains(block)) || !self.is_still(customer).await? {
                continue;
            }
            let finding = Finding::of(Damage::CustomerWithoutSeat, &customer.identifier);
            if !self.manner.mend {
                found.push(finding);
                continue;
            }
            match self.seat(customer, block, &blocks).await? {
                Mend::Done => found.push(Finding { mended: true, ..finding }),
                Mend::Overtaken => {}
                Mend::Contended => found.push(finding),
            }
        }
        Ok(found)
    }

    /// Gives a customer its seat in a block, behind all that are taken.
    async fn seat(
        &self,
        customer: &Customer,
        block: &Block,
        blocks: &[Block],
    ) -> Result<Mend, Stopped> {
        let identifier = &customer.identifier;
        for _ in 0..MAX_ROUNDS {
            let seen = self.seen(block, identifier).await?;
            let mut writes: Vec<Write> = Vec::new();
            if !seen.has {
                let place = &Place::Seat(seen.next_seat);
                let seat = Seat { block, place, to: identifier, as_given: None };
                writes.push(seat.take(&self.stamp()));
            }
            let mut checks = Vec::new();
            if customer.seats.contains(block) {
                let on = Condition::VersionIs(customer.version);
                checks.push(Check { key: keys::customer(identifier), on });
            } else {
                let known = customer.seats.iter().filter(|known| blocks.contains(known));
                let known = known.chain([block]).cloned();
                writes.push(items::seats_taken(customer, &known.collect::<Vec<_>>()));
            }
            if writes.is_empty() {
                return Ok(Mend::Overtaken);
            }
            let mended = self.mend(&writes, &checks).await?;
            // Otherwise somebody took that seat, and the customer takes the next one.
            if mended != Mend::Overtaken || !self.is_still(customer).await? {
                return Ok(mended);
            }
        }
        Ok(Mend::Contended)
    }

    /// Whether the customer is at the version that was read.
    async fn is_still(&self, customer: &Customer) -> Result<bool, Stopped> {
        let identifier = &customer.identifier;
        let who = Who::read(self.table(), [identifier]).await?;
        Ok(
            matches!(who.is(identifier), Presence::There(now) if now.version == customer.version && now.seats == customer.seats),
        )
    }

    async fn seen(&self, block: &Block, identifier: &Identifier) -> Result<Seen, Stopped> {
        let partition = keys::block(block);
        let mut query = Query { partition, prefix: String::new(), after: None, limit: None };
        let mut seen = Seen { next_seat: 1, has: false };
        loop {
            let page = self.table().query(&query).await?;
            query.after = page.found.last().map(|item| item::key_of(item).sk);
            for item in page.found {
                if let Some((_, Place::Seat(seat))) = keys::place_of(&item::key_of(&item)) {
                    seen.next_seat = seen.next_seat.max(seat + 1);
                }
                seen.has |= match items::occupant(item) {
                    Ok((_, Occupant::Customer(customer))) => customer.identifier == *identifier,
                    Ok((_, Occupant::Reference(reference))) => reference.to == *identifier,
                    Ok((_, Occupant::Empty)) | Err(_) => false,
                };
            }
            if !page.more {
                return Ok(seen);
            }
        }
    }
}

fn seat(block: &Block, number: u32) -> Key {
    keys::in_block(block, &Place::Seat(number))
}
