//! The item of an idempotency key: which request it is bound to, until when, and on which inputs beside the table that request was decided. It knows nothing of progress, so
//! it cannot get stuck.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::Stamp;
use domain::customer::Identifier;
use domain::matching::block::Block;
use domain::retention::Retention;

use super::by::{BY, by_value};
use super::fields::{Fields, corrupt, new_item, number, text, text_of};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const KEY: &str = "idempotency key";
const FINGERPRINT: &str = "fingerprint";
const BLOCKS: &str = "blocks";
const UNCHANGED: &str = "unchanged";

/// The attribute with what was decided on, sealed: only who sends the request again can read it.
pub const INPUTS: &str = "inputs";

/// A key as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundKey {
    pub fingerprint: String,
    pub inputs: Option<BoundInputs>,
    /// The customer that the request found to be as it wants it, where it did.
    pub unchanged: Option<Identifier>,
}

/// What a request was decided on, beside the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundInputs {
    /// The blocks that it reads and takes its seats in, its home first.
    pub blocks: Vec<Block>,
    pub sealed: Vec<u8>,
}

/// Binds a key to a request, unless it is bound, with what the request is decided on, where that is known.
pub fn bind_key(fingerprint: &str, inputs: Option<&BoundInputs>, stamp: &Stamp) -> Write {
    let mut item = new_item(keys::idempotency_key(&stamp.cause.id));
    item.extend(binding(fingerprint, stamp));
    item.extend(inputs.into_iter().flat_map(inputs_value));
    Write::Put { item, on: Condition::AbsentOrExpired(stamp.at) }
}

/// Binds what a request is decided on to its key, unless it is bound.
pub fn bind_inputs(fingerprint: &str, inputs: &BoundInputs, stamp: &Stamp) -> Write {
    add_to_key(fingerprint, inputs_value(inputs), Condition::Unbound(stamp.at), stamp)
}

/// Writes to a key that its request found this customer to be as it wants it, and changed nothing.
pub fn remember_unchanged(fingerprint: &str, customer: &Identifier, stamp: &Stamp) -> Write {
    let unchanged = [(UNCHANGED.to_owned(), text(customer.to_string()))];
    add_to_key(fingerprint, unchanged, Condition::Without(UNCHANGED), stamp)
}

fn add_to_key(
    fingerprint: &str,
    what: impl IntoIterator<Item = (String, AttributeValue)>,
    on: Condition,
    stamp: &Stamp,
) -> Write {
    let mut set = binding(fingerprint, stamp);
    set.extend(what);
    Write::Update {
        key: keys::idempotency_key(&stamp.cause.id),
        set,
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on,
    }
}

fn binding(fingerprint: &str, stamp: &Stamp) -> Item {
    let expires_at = Retention::IdempotencyKey.end(stamp.at);
    Item::from([
        (FINGERPRINT.to_owned(), text(fingerprint)),
        (BY.to_owned(), by_value(&stamp.by)),
        (keys::EXPIRES_AT.to_owned(), number(expires_at.seconds())),
    ])
}

fn inputs_value(inputs: &BoundInputs) -> [(String, AttributeValue); 2] {
    let blocks = inputs.blocks.iter().map(|block| text(block.as_str())).collect();
    [
        (BLOCKS.to_owned(), AttributeValue::L(blocks)),
        (INPUTS.to_owned(), AttributeValue::B(Blob::new(inputs.sealed.clone()))),
    ]
}

pub fn bound_key(item: Item) -> Result<BoundKey, TableError> {
    let (mut fields, _) = Fields::of_item(KEY, item)?;
    let block = |value| Block::parse(&text_of(KEY, value)?).ok_or_else(|| corrupt(KEY, BLOCKS));
    let blocks = fields.list(BLOCKS)?.into_iter().map(block).collect::<Result<_, _>>()?;
    let inputs = match fields.take(INPUTS) {
        None => None,
        Some(AttributeValue::B(sealed)) => {
            Some(BoundInputs { blocks, sealed: sealed.into_inner() })
        }
        Some(_) => return Err(corrupt(KEY, INPUTS)),
    };
    let bound = BoundKey {
        fingerprint: fields.text(FINGERPRINT)?,
        inputs,
        unchanged: fields.optional_parsed(UNCHANGED, Identifier::parse)?,
    };
    fields.number(keys::EXPIRES_AT)?;
    fields.by()?;
    Ok(bound)
}

#[cfg(test)]
mod tests {
    use domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_keys_item_is_pinned_and_read_back() {
        let stamp = super::super::tests::stamp("key", Timestamp::from_millis(1_000));
        let inputs = BoundInputs {
            blocks: Block::parse("0123456789ABCDEF").into_iter().collect(),
            sealed: vec![1, 2, 3],
        };
        let Write::Put { mut item, .. } = bind_key("print", Some(&inputs), &stamp) else {
            panic!("a key is put")
        };
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["blocks", "by", "expires_at", "fingerprint", "inputs", "pk", "sk"]);
        let customer = Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap();
        let Write::Update { set, .. } = remember_unchanged("print", &customer, &stamp) else {
            panic!("a key is updated")
        };
        item.extend(set);
        let bound = BoundKey {
            fingerprint: "print".to_owned(),
            inputs: Some(inputs),
            unchanged: Some(customer),
        };
        assert_eq!(bound_key(item).unwrap(), bound);
        let Write::Put { item, .. } = bind_key("print", None, &stamp) else {
            panic!("a key is put")
        };
        assert_eq!(item.len(), 5);
        assert_eq!(bound_key(item).unwrap().inputs, None);
    }
}
