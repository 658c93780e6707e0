//! Reading a block: all customers of one company that share a match code, and the seat that is free.

use domain::customer::{Customer, Place};
use domain::matching::match_code::Block;

use crate::item;
use crate::items;
use crate::keys::{self, InBlock};
use crate::records;
use crate::table::{MAX_ITEMS, Query, Table, TableError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBlock {
    /// Its customers: those that live in it and those that moved here, each whole.
    pub customers: Vec<Customer>,
    /// The seat behind the last one.
    pub next_seat: u32,
    /// Whether the seats are 1, 2, 3 … without a gap, and whoever left the block has arrived elsewhere. Otherwise the reading overlapped a write and decides nothing.
    pub complete: bool,
}

/// Reads all of a block, strongly consistent; one that there is not has nobody in it.
pub async fn read(table: &impl Table, block: Option<&Block>) -> Result<ReadBlock, TableError> {
    let Some(block) = block else {
        return Ok(ReadBlock { customers: Vec::new(), next_seat: 1, complete: true });
    };
    let mut customers = Vec::new();
    let mut moved = Vec::new();
    let (mut seats, mut last_seat) = (0, 0);
    let mut query =
        Query { partition: keys::block(block), prefix: String::new(), after: None, limit: None };
    loop {
        let page = table.query(&query).await?;
        query.after = page.found.last().map(|item| item::key_of(item).sk);
        for item in page.found {
            match keys::in_block(&item::key_of(&item).sk) {
                Some(InBlock::Customer(Place::Seat(seat))) => {
                    seats += 1;
                    last_seat = last_seat.max(seat);
                    customers.push(items::customer(item)?);
                }
                Some(InBlock::Customer(Place::Beside(_))) => customers.push(items::customer(item)?),
                Some(InBlock::Moved(identifier)) => moved.push(identifier),
                None => {
                    return Err(TableError::Defect(
                        "a block holds an item that no block has".into(),
                    ));
                }
            }
        }
        if !page.more {
            break;
        }
    }
    customers.extend(records::customers(table, &moved).await?);
    let complete = seats == last_seat && all_arrived(table, block, &customers).await?;
    Ok(ReadBlock { customers, next_seat: last_seat + 1, complete })
}

/// Whether each customer that left the block can be found where it went: a customer moves and leaves its reference in one transaction, half of which may be seen before the other.
async fn all_arrived(
    table: &impl Table,
    block: &Block,
    customers: &[Customer],
) -> Result<bool, TableError> {
    let left = customers.iter().filter_map(|customer| {
        let to = customer.moved_to.as_ref().filter(|to| *to != block)?;
        Some(keys::moved(to, &customer.identifier))
    });
    let references: Vec<_> = left.collect();
    for some in references.chunks(MAX_ITEMS) {
        if table.get_all(some).await?.len() < some.len() {
            return Ok(false);
        }
    }
    Ok(true)
}
