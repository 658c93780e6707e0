//! What stands in a block: a customer that lives there, a reference to one that lives elsewhere, or an empty seat. All three count, so that whoever wants to create meets them.

use domain::by::Stamp;
use domain::customer::{Customer, Identifier, Place};
use domain::matching::block::Block;
use domain::time::Timestamp;

use super::by::{BY, by_value};
use super::fields::{Fields, corrupt, new_item, number, set, text};
use super::{ORGANIZATION, customer};
use crate::item::{self, Item};
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const REFERENCE: &str = "reference";
const EMPTY: &str = "empty";
const AS_GIVEN: &str = "as_given";

/// An item of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupant {
    Customer(Box<Customer>),
    Reference(Reference),
    /// It holds nobody: what stood there was lost.
    Empty,
}

/// A seat of a customer that lives in another block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub to: Identifier,
    /// The block of the values that the customer had when it took this seat for an address that was given, where the address service verified another. It counts
    /// while the customer still has those values. None: it counts while the customer's values make this block.
    pub as_given: Option<Block>,
    pub taken_at: Timestamp,
}

/// Reads an item of a block, with its place.
pub fn occupant(item: Item) -> Result<(Place, Occupant), TableError> {
    let key = item::key_of(&item);
    let (_, place) = keys::place_of(&key).ok_or_else(|| corrupt("seat", "key"))?;
    let occupant = if item.contains_key(EMPTY) {
        Occupant::Empty
    } else if item.contains_key(ORGANIZATION) {
        let (mut fields, _) = Fields::of_item(REFERENCE, item)?;
        let reference = Reference {
            to: fields.parsed(ORGANIZATION, Identifier::parse)?,
            as_given: fields.optional_parsed(AS_GIVEN, Block::parse)?,
            taken_at: fields.time("at")?,
        };
        fields.by()?;
        Occupant::Reference(reference)
    } else {
        Occupant::Customer(Box::new(customer(item)?))
    };
    Ok((place, occupant))
}

/// A seat for a customer that lives in another block.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    pub block: &'a Block,
    pub place: &'a Place,
    pub to: &'a Identifier,
    /// As [`Reference::as_given`].
    pub as_given: Option<&'a Block>,
}

impl Seat<'_> {
    /// Takes it, unless somebody has it.
    pub fn take(&self, stamp: &Stamp) -> Write {
        Write::Put { item: self.item(stamp), on: Condition::Absent }
    }

    /// Lets it count for other values than before.
    pub fn renew(&self, stamp: &Stamp) -> Write {
        Write::Put { item: self.item(stamp), on: Condition::BelongsTo(self.to.clone()) }
    }

    fn item(&self, stamp: &Stamp) -> Item {
        let Self { block, place, to, as_given } = self;
        let mut item = new_item(keys::in_block(block, place));
        item.insert(ORGANIZATION.to_owned(), text(to.to_string()));
        set(&mut item, AS_GIVEN, as_given.map(|block| text(block.as_str())));
        item.insert("at".to_owned(), number(stamp.at.millis()));
        item.insert(BY.to_owned(), by_value(&stamp.by));
        item
    }
}

/// Fills a seat whose item was lost, so that the seats behind it count.
pub fn empty_seat(block: &Block, seat: u32, at: Timestamp) -> Write {
    Write::Put { item: nobody(block, &Place::Seat(seat), at), on: Condition::Absent }
}

/// Lets a place whose reference leads nowhere hold nobody.
pub fn vacated(block: &Block, place: &Place, reference: &Reference, at: Timestamp) -> Write {
    let on = Condition::BelongsTo(reference.to.clone());
    Write::Put { item: nobody(block, place, at), on }
}

fn nobody(block: &Block, place: &Place, at: Timestamp) -> Item {
    let mut item = new_item(keys::in_block(block, place));
    item.insert(EMPTY.to_owned(), aws_sdk_dynamodb::types::AttributeValue::Bool(true));
    item.insert("at".to_owned(), number(at.millis()));
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_written_and_read_back_and_their_items_are_pinned() {
        let stamp = super::super::tests::stamp("key", Timestamp::from_millis(7));
        let block = Block::parse("ZZZZZZZZZZZZZZZZ").unwrap();
        let to = Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap();
        let (place, as_given) = (Place::Seat(2), Some(&to.block));
        let seat = Seat { block: &block, place: &place, to: &to, as_given };
        let Write::Put { item, .. } = seat.take(&stamp) else { panic!("a seat is put") };
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["as_given", "at", "by", "organization", "pk", "sk"]);
        let reference =
            Reference { as_given: as_given.cloned(), taken_at: stamp.at, to: to.clone() };
        assert_eq!(occupant(item).unwrap(), (Place::Seat(2), Occupant::Reference(reference)));
        let Write::Put { item, .. } = empty_seat(&block, 3, stamp.at) else {
            panic!("a seat is put")
        };
        assert_eq!(item.len(), 4);
        assert_eq!(occupant(item).unwrap(), (Place::Seat(3), Occupant::Empty));
    }
}
