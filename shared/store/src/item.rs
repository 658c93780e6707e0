//! An item as the table has it: attributes by name, keys among them. What they mean is told by `items`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::keys::{self, Key};

/// An item, keys included.
pub type Item = HashMap<String, AttributeValue>;

/// The key of an item.
///
/// # Panics
/// Where the item has none, which no item that is read from a table or built by this crate is.
pub fn key_of(item: &Item) -> Key {
    let text = |name| {
        item.get(name).and_then(|value| value.as_s().ok()).cloned().expect("every item has its key")
    };
    Key { pk: text(keys::PARTITION_KEY), sk: text(keys::SORT_KEY) }
}
