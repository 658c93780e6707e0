//! Seats: in which blocks a customer must have one, what a request has read of these blocks, and the writes that take them. Whoever wants to create meets every seat, so whoever
//! takes one has read its block.

use domain::controls::Controls;
use domain::customer::{Customer, Identifier, Place, Tail};
use domain::matching::block::Block;
use domain::matching::duplicate::{self, Candidate, Placed};
use domain::message::Attributes;
use futures_util::future;
use store::block::ReadBlock;
use store::follow::agree;
use store::items::Seat;
use store::keys;
use store::table::{Table, TableError};
use store::writes::{Refusal, Write};

use super::{Attempt, Stopped};

/// A seat that a customer's values ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) block: Block,
    /// The block that the customer's values make, where this one is made of the address as it was given and the address service verified another.
    pub(crate) as_given: Option<Block>,
}

/// The blocks of these seats, in their order.
pub(crate) fn blocks_of(seats: &[Wanted]) -> Vec<Block> {
    seats.iter().map(|seat| seat.block.clone()).collect()
}

/// Why a round came to nothing, and how the next one begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextRound {
    /// Somebody has the seats that were to be taken, and is known now: it is decided again at once.
    AtOnce,
    /// What was decided on is no longer so, and is read again.
    Anew,
}

/// The seats of a customer with these attributes: in each block that they make.
pub(crate) fn wanted<T: Table>(attempt: &Attempt<'_, T>, attributes: &Attributes) -> Vec<Wanted> {
    wanted_by(&Placed::of(attributes, attempt.controls()))
}

/// The seats of a customer that is placed so.
pub(crate) fn wanted_by(placed: &Placed) -> Vec<Wanted> {
    placed.blocks().map(|block| Wanted { block: block.clone(), as_given: None }).collect()
}

/// Those of these seats that the customer is not known to have.
pub(crate) fn missing(customer: &Customer, wanted: Vec<Wanted>) -> Vec<Wanted> {
    let has = |block: &Block| *block == customer.identifier.block || customer.seats.contains(block);
    wanted.into_iter().filter(|seat| seat.as_given.is_some() || !has(&seat.block)).collect()
}

/// The seats of a customer whose address was given otherwise.
pub(crate) fn wanted_also_as_given(
    placed: &Placed,
    given: &Attributes,
    controls: &Controls,
) -> Vec<Wanted> {
    let mut seats = wanted_by(placed);
    let as_given = duplicate::blocks_of(given, controls).into_iter().zip(&seats);
    let differing: Vec<_> = as_given
        .filter(|(block, seat)| *block != seat.block)
        .map(|(block, seat)| Wanted { block, as_given: Some(seat.block.clone()) })
        .collect();
    seats.extend(differing);
    seats
}

/// These seats, behind those in the blocks that an earlier try was decided on, the home first: what that try wrote may arrive late, and must meet this one.
pub(crate) fn behind_bound(blocks: &[Block], wanted: Vec<Wanted>) -> Vec<Wanted> {
    let bound = blocks.iter().map(|block| Wanted { block: block.clone(), as_given: None });
    let mut seats: Vec<_> = bound.collect();
    for seat in wanted {
        match seats.iter_mut().find(|known| known.block == seat.block) {
            Some(known) => *known = seat,
            None => seats.push(seat),
        }
    }
    seats
}

/// What a request has read of the blocks that concern it.
#[derive(Debug, Default)]
pub(crate) struct Seats(Vec<ReadBlock>);

impl Seats {
    /// Reads those of these blocks that were not read yet, side by side.
    pub(crate) async fn read<'b>(
        &mut self,
        table: &impl Table,
        blocks: impl IntoIterator<Item = &'b Block>,
    ) -> Result<(), TableError> {
        let mut missing: Vec<&Block> = Vec::new();
        for block in blocks {
            if self.of(block).is_none() && !missing.contains(&block) {
                missing.push(block);
            }
        }
        let reads = missing.into_iter().map(|block| ReadBlock::read(table, block));
        for read in future::join_all(reads).await {
            self.0.push(read?);
        }
        Ok(())
    }

    fn of(&self, block: &Block) -> Option<&ReadBlock> {
        self.0.iter().find(|read| read.block == *block)
    }

    /// Whether nothing that was read overlapped a write.
    pub(crate) fn are_complete(&self, table: &impl Table) -> bool {
        let customers = self.0.iter().flat_map(ReadBlock::customers);
        self.0.iter().all(|read| read.complete) && agree(customers, table.now())
    }

    /// Those who have a seat, and those who act for them.
    pub(crate) fn customers(&self) -> impl Iterator<Item = &Customer> {
        self.0.iter().flat_map(ReadBlock::customers)
    }

    pub(crate) fn candidates(&self) -> impl Iterator<Item = Candidate<'_>> {
        self.0.iter().flat_map(ReadBlock::candidates)
    }

    /// Where a new customer lives, at the first of the wanted seats or, without any, in a block of its own; and the writes that take its other seats. `checked` says
    /// whether the blocks were read: a customer that is added unchecked decides nothing from them, and stands beside the seats.
    ///
    /// # Errors
    /// A defect where a block has no seat left.
    pub(crate) fn for_new<T: Table>(
        &self,
        attempt: &Attempt<'_, T>,
        wanted: &[Wanted],
        checked: bool,
    ) -> Result<(Identifier, Vec<Write>), TableError> {
        let place = |block: &Block, purpose: &str| match self.of(block).filter(|_| checked) {
            Some(read) => seat(read),
            None => Ok(Place::beside(attempt.effect().bits(purpose))),
        };
        let tail = Tail::of(attempt.table().chance());
        let Some((home, others)) = wanted.split_first() else {
            let block = Block::apart(attempt.effect().bits("block"));
            let place = Place::beside(attempt.effect().bits("place"));
            return Ok((Identifier { block, place, tail }, Vec::new()));
        };
        let home = &home.block;
        let place_at_home = place(home, "place")?;
        let identifier = Identifier { block: home.clone(), place: place_at_home, tail };
        let stamp = attempt.stamp();
        let mut taken = Vec::new();
        for Wanted { block, as_given } in others.iter().filter(|seat| seat.block != *home) {
            let place = place(block, block.as_str())?;
            let as_given = as_given.as_ref();
            taken.push(Seat { block, place: &place, to: &identifier, as_given }.take(&stamp));
        }
        Ok((identifier, taken))
    }

    /// The writes that take those of the wanted seats that these customers do not have yet.
    ///
    /// # Errors
    /// A defect where a block has no seat left.
    pub(crate) fn for_existing<T: Table>(
        &self,
        attempt: &Attempt<'_, T>,
        customers: &[(&Identifier, &[Wanted])],
    ) -> Result<Vec<Write>, TableError> {
        let stamp = attempt.stamp();
        let mut taken: Vec<Write> = Vec::new();
        for (to, Wanted { block, as_given }) in
            customers.iter().flat_map(|(to, wanted)| wanted.iter().map(move |seat| (*to, seat)))
        {
            let Some(read) = self.of(block) else { continue };
            let as_given = as_given.as_ref();
            let mut references = read.seats_of(to).filter_map(|seated| {
                seated.reference.as_ref().map(|reference| (&seated.place, reference))
            });
            match (as_given, references.next()) {
                (None, _) if read.seats_of(to).next().is_some() => {}
                (Some(_), Some((place, reference))) => {
                    if reference.as_given.as_ref() != as_given {
                        taken.push(Seat { block, place, to, as_given }.renew(&stamp));
                    }
                }
                (_, None) | (None, Some(_)) => {
                    let of_block = |write: &&Write| {
                        write.takes_a_place()
                            && keys::place_of(&write.key()).is_some_and(|(one, _)| one == *block)
                    };
                    let before = taken.iter().filter(of_block).count();
                    let place = &seat_behind(read, before)?;
                    taken.push(Seat { block, place, to, as_given }.take(&stamp));
                }
            }
        }
        Ok(taken)
    }

    /// Begins the next round of a request.
    ///
    /// # Errors
    /// `Busy` when the request's time is used up.
    pub(crate) async fn begin<T: Table>(
        &mut self,
        round: NextRound,
        attempt: &Attempt<'_, T>,
    ) -> Result<(), Stopped> {
        match round {
            NextRound::AtOnce => attempt.again_at_once(),
            NextRound::Anew => {
                *self = Self::default();
                attempt.again().await
            }
        }
    }

    /// Admits whoever stood where these writes were to take a seat. Where that is all that refused them, the request can decide again on what it has read.
    pub(crate) async fn admit(
        &mut self,
        table: &impl Table,
        writes: &[Write],
        reasons: Vec<Option<Refusal>>,
    ) -> Result<NextRound, TableError> {
        let mut next = NextRound::AtOnce;
        for (write, reason) in writes.iter().zip(reasons) {
            let place = keys::place_of(&write.key());
            let read =
                place.and_then(|(block, _)| self.0.iter_mut().find(|read| read.block == block));
            match (reason, read) {
                (None, _) => {}
                (Some(Refusal::Condition(Some(stood))), Some(read)) if write.takes_a_place() => {
                    read.admit(table, stood).await?;
                }
                (Some(Refusal::Condition(_) | Refusal::Contended), _) => next = NextRound::Anew,
            }
        }
        Ok(next)
    }
}

/// The free seat of a block.
fn seat(read: &ReadBlock) -> Result<Place, TableError> {
    seat_behind(read, 0)
}

/// The free seat of a block behind those that are about to be taken.
fn seat_behind(read: &ReadBlock, taken: usize) -> Result<Place, TableError> {
    let seat = u32::try_from(taken).ok().and_then(|taken| read.next_seat.checked_add(taken));
    let seat = seat.filter(|seat| *seat <= Place::MAX_SEAT);
    seat.map(Place::Seat).ok_or_else(|| TableError::Defect("a block has no seat left".into()))
}
