//! Reading a block: who has a seat in it, and the seat that is free.

use domain::customer::{Customer, Identifier, Place};
use domain::matching::block::Block;
use domain::matching::duplicate::Candidate;
use domain::time::Timestamp;

use crate::follow::{self, Followed};
use crate::item::{self, Item};
use crate::items::{self, Occupant, Reference};
use crate::keys;
use crate::records;
use crate::table::{Query, Table, TableError};
use crate::writes::{Refusal, Transacted, token};

/// How long a reference may lead nowhere: it is written with its customer in one transaction, of which a reader may see the one before the other.
const ARRIVAL_SECONDS: u64 = 60;

/// Beyond how many items a block is named in the log: rules that are right make it smaller.
pub const LARGE: usize = 500;

/// A customer with a seat in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    pub customer: Customer,
    pub place: Place,
    /// What a reference says of it; none where it lives here.
    pub reference: Option<Reference>,
    /// The customers between it and the one that acts for it, and that one, where it was merged.
    pub leads: Vec<Customer>,
}

impl Seated {
    fn new(customer: Customer, place: Place, reference: Option<Reference>) -> Self {
        Self { customer, place, reference, leads: Vec::new() }
    }

    /// The customer that acts for it.
    pub fn leader(&self) -> &Customer {
        self.leads.last().unwrap_or(&self.customer)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBlock {
    pub block: Block,
    pub seated: Vec<Seated>,
    /// The seat behind the last one.
    pub next_seat: u32,
    /// Whether each reference led to its customer. Otherwise the reading overlapped a write and decides nothing.
    pub complete: bool,
    lost: Vec<u32>,
}

impl ReadBlock {
    /// Reads all of a block, strongly consistent; one that there is not has nobody in it. A seat that is missing twice was lost, and becomes an empty one, unless its
    /// item was only late.
    pub async fn read(table: &impl Table, block: &Block) -> Result<Self, TableError> {
        let (mut read, _) = Self::query(table, block, usize::MAX).await?;
        if !read.lost.is_empty() {
            (read, _) = Self::query(table, block, usize::MAX).await?;
            for seat in std::mem::take(&mut read.lost) {
                read.mend(table, seat).await?;
            }
        }
        Ok(read)
    }

    /// Looks at a block for one who decides nothing on it: about as many items as are asked for, nothing is mended, and whether there is more.
    pub async fn look(
        table: &impl Table,
        block: &Block,
        most: usize,
    ) -> Result<(Self, bool), TableError> {
        Self::query(table, block, most).await
    }

    async fn query(
        table: &impl Table,
        block: &Block,
        most: usize,
    ) -> Result<(Self, bool), TableError> {
        let mut read = Self {
            block: block.clone(),
            seated: Vec::new(),
            next_seat: 1,
            complete: true,
            lost: Vec::new(),
        };
        let partition = keys::block(block);
        let limit = u32::try_from(most).ok();
        let mut query = Query { partition, prefix: String::new(), after: None, limit };
        let mut found = Vec::new();
        let more = loop {
            let page = table.query(&query).await?;
            query.after = page.found.last().map(|item| item::key_of(item).sk);
            found.extend(page.found);
            if !page.more || found.len() >= most {
                break page.more;
            }
        };
        if found.len() > LARGE {
            table.meter().large_block();
            tracing::warn!(block = block.as_str(), items = found.len(), "a block is large");
        }
        read.add(table, found).await?;
        Ok((read, more))
    }

    /// Adds what stood where a seat was to be taken: one more that has a seat here.
    pub async fn admit(&mut self, table: &impl Table, stood: Item) -> Result<(), TableError> {
        self.add(table, vec![stood]).await
    }

    async fn add(&mut self, table: &impl Table, found: Vec<Item>) -> Result<(), TableError> {
        let mut references: Vec<(Place, Reference)> = Vec::new();
        for item in found {
            let (place, occupant) = items::occupant(item)?;
            if let Place::Seat(seat) = place {
                self.lost.extend(self.next_seat..seat);
                self.next_seat = self.next_seat.max(seat + 1);
            }
            match occupant {
                Occupant::Customer(customer) => {
                    self.seated.push(Seated::new(*customer, place, None));
                }
                Occupant::Reference(reference) => references.push((place, reference)),
                Occupant::Empty => {}
            }
        }
        let to: Vec<Identifier> = references.iter().map(|(_, found)| found.to.clone()).collect();
        if to.is_empty() {
            return self.follow(table).await;
        }
        let customers = records::customers(table, &to).await?;
        let now = table.now();
        for (place, reference) in references {
            match customers.iter().find(|customer| customer.identifier == reference.to) {
                Some(customer) => {
                    let customer = customer.clone();
                    self.seated.push(Seated::new(customer, place, Some(reference)));
                }
                None if is_new(reference.taken_at, now) => self.complete = false,
                None => self.report_damage(table, "a reference leads nowhere"),
            }
        }
        self.follow(table).await
    }

    /// Finds out who acts for those that were merged.
    async fn follow(&mut self, table: &impl Table) -> Result<(), TableError> {
        let is_new =
            |seated: &&mut Seated| seated.leads.is_empty() && seated.customer.merged_into.is_some();
        let merged: Vec<&mut Seated> = self.seated.iter_mut().filter(is_new).collect();
        if merged.is_empty() {
            return Ok(());
        }
        let customers = merged.iter().map(|seated| seated.customer.clone()).collect();
        let followed = follow::follow_all(table, customers).await?;
        for (seated, followed) in merged.into_iter().zip(followed) {
            match followed {
                Some(Followed { passed, leader }) => {
                    seated.leads = passed.into_iter().skip(1).chain([leader]).collect();
                }
                None => self.complete = false,
            }
        }
        Ok(())
    }

    /// Fills a seat that was lost; in a transaction, because not every function may write in a block otherwise.
    async fn mend(&mut self, table: &impl Table, seat: u32) -> Result<(), TableError> {
        let write = items::empty_seat(&self.block, seat, table.now());
        match table.transact(&token(table), &[write]).await? {
            Transacted::Done => {
                self.report_damage(table, "a seat was lost, and is an empty one now")
            }
            Transacted::Refused(reasons) => match reasons.into_iter().next().flatten() {
                Some(Refusal::Condition(Some(late))) => self.admit(table, late).await?,
                Some(Refusal::Condition(None) | Refusal::Contended) | None => self.complete = false,
            },
        }
        Ok(())
    }

    fn report_damage(&self, table: &impl Table, what: &str) {
        table.meter().damaged_block();
        tracing::error!(block = self.block.as_str(), "{what}");
    }

    /// Those who have a seat here, and those who act for them.
    pub fn customers(&self) -> impl Iterator<Item = &Customer> + Clone {
        let seated = self.seated.iter();
        seated.flat_map(|seated| std::iter::once(&seated.customer).chain(&seated.leads))
    }

    /// Who may be the same as one that is wanted here.
    pub fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.seated.iter().map(|seated| Candidate {
            customer: &seated.customer,
            leader: seated.leader(),
            block: &self.block,
            as_given: seated.reference.as_ref().and_then(|reference| reference.as_given.as_ref()),
        })
    }

    /// The seats of a customer here.
    pub fn seats_of(&self, identifier: &Identifier) -> impl Iterator<Item = &Seated> {
        self.seated.iter().filter(move |seated| seated.customer.identifier == *identifier)
    }
}

fn is_new(taken_at: Timestamp, now: Timestamp) -> bool {
    taken_at.plus_seconds(ARRIVAL_SECONDS) > now
}
