//! Reading an item field by field, so that nothing is missed and nothing is left.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;

use crate::item::Item;
use crate::keys::{self, Key};
use crate::table::TableError;

/// The fields of an item that were not read yet.
pub(super) struct Fields {
    what: &'static str,
    left: HashMap<String, AttributeValue>,
}

impl Fields {
    /// The fields of a map within an item, or of an item without its keys.
    pub(super) fn of(what: &'static str, map: HashMap<String, AttributeValue>) -> Self {
        Self { what, left: map }
    }

    pub(super) fn of_item(what: &'static str, mut item: Item) -> Result<(Self, Key), TableError> {
        let mut take = |name: &str| match item.remove(name) {
            Some(AttributeValue::S(text)) => Some(text),
            _ => None,
        };
        let (pk, sk) = (take(keys::PARTITION_KEY), take(keys::SORT_KEY));
        take(keys::INDEX_PARTITION_KEY);
        take(keys::INDEX_SORT_KEY);
        match (pk, sk) {
            (Some(pk), Some(sk)) => Ok((Self::of(what, item), Key { pk, sk })),
            _ => Err(corrupt(what, "key")),
        }
    }

    pub(super) fn take(&mut self, name: &str) -> Option<AttributeValue> {
        self.left.remove(name)
    }

    pub(super) fn optional_text(
        &mut self,
        name: &'static str,
    ) -> Result<Option<String>, TableError> {
        match self.left.remove(name) {
            None => Ok(None),
            Some(AttributeValue::S(text)) => Ok(Some(text)),
            Some(_) => Err(corrupt(self.what, name)),
        }
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<String, TableError> {
        self.optional_text(name)?.ok_or_else(|| corrupt(self.what, name))
    }

    /// A text that must parse.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, TableError> {
        parse(&self.text(name)?).ok_or_else(|| corrupt(self.what, name))
    }

    /// A text that must parse where it is given.
    pub(super) fn optional_parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, TableError> {
        self.optional_text(name)?
            .map(|text| parse(&text).ok_or_else(|| corrupt(self.what, name)))
            .transpose()
    }

    pub(super) fn number(&mut self, name: &'static str) -> Result<u64, TableError> {
        self.optional_number(name)?.ok_or_else(|| corrupt(self.what, name))
    }

    pub(super) fn optional_number(
        &mut self,
        name: &'static str,
    ) -> Result<Option<u64>, TableError> {
        match self.left.remove(name) {
            None => Ok(None),
            Some(AttributeValue::N(digits)) => {
                digits.parse().map(Some).map_err(|_| corrupt(self.what, name))
            }
            Some(_) => Err(corrupt(self.what, name)),
        }
    }

    pub(super) fn time(&mut self, name: &'static str) -> Result<Timestamp, TableError> {
        self.number(name).map(Timestamp::from_millis)
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool, TableError> {
        match self.left.remove(name) {
            Some(AttributeValue::Bool(flag)) => Ok(flag),
            _ => Err(corrupt(self.what, name)),
        }
    }

    /// A map; an absent one is empty.
    pub(super) fn map(
        &mut self,
        name: &'static str,
    ) -> Result<HashMap<String, AttributeValue>, TableError> {
        match self.left.remove(name) {
            None => Ok(HashMap::new()),
            Some(AttributeValue::M(map)) => Ok(map),
            Some(_) => Err(corrupt(self.what, name)),
        }
    }

    /// A list; an absent one is empty.
    pub(super) fn list(&mut self, name: &'static str) -> Result<Vec<AttributeValue>, TableError> {
        match self.left.remove(name) {
            None => Ok(Vec::new()),
            Some(AttributeValue::L(list)) => Ok(list),
            Some(_) => Err(corrupt(self.what, name)),
        }
    }

    /// All fields whose names begin so, without that beginning.
    pub(super) fn beginning(&mut self, prefix: &str) -> Vec<(String, AttributeValue)> {
        let names: Vec<String> =
            self.left.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        names
            .into_iter()
            .filter_map(|name| {
                self.left.remove(&name).map(|value| (name[prefix.len()..].to_owned(), value))
            })
            .collect()
    }

    /// All was read.
    pub(super) fn end(self) -> Result<(), TableError> {
        if self.left.is_empty() { Ok(()) } else { Err(corrupt(self.what, "unknown field")) }
    }
}

/// An item that is not as this code writes it. The message names the kind of item and the field, never a value.
pub(super) fn corrupt(what: &str, field: &str) -> TableError {
    TableError::Defect(format!("an item of the kind '{what}' cannot be read: {field}").into())
}

/// The map of a value that must be one.
pub(super) fn map_of(what: &'static str, value: AttributeValue) -> Result<Fields, TableError> {
    let AttributeValue::M(map) = value else {
        return Err(corrupt(what, "map"));
    };
    Ok(Fields::of(what, map))
}

/// The text of a value that must be one.
pub(super) fn text_of(what: &'static str, value: AttributeValue) -> Result<String, TableError> {
    let AttributeValue::S(text) = value else {
        return Err(corrupt(what, "text"));
    };
    Ok(text)
}

/// The time of a value that must be one.
pub(super) fn time_of(what: &'static str, value: AttributeValue) -> Result<Timestamp, TableError> {
    let AttributeValue::N(digits) = value else {
        return Err(corrupt(what, "time"));
    };
    let millis = digits.parse().map_err(|_| corrupt(what, "time"))?;
    Ok(Timestamp::from_millis(millis))
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item with its key and nothing else.
pub(super) fn new_item(key: Key) -> Item {
    Item::from([
        (keys::PARTITION_KEY.to_owned(), text(key.pk)),
        (keys::SORT_KEY.to_owned(), text(key.sk)),
    ])
}

/// Puts the item into the index.
pub(super) fn in_index(item: &mut Item, at: keys::IndexKey) {
    item.insert(keys::INDEX_PARTITION_KEY.to_owned(), text(at.partition));
    item.insert(keys::INDEX_SORT_KEY.to_owned(), text(at.sort));
}

/// Sets a field where there is a value.
pub(super) fn set(item: &mut Item, name: &str, value: Option<AttributeValue>) {
    if let Some(value) = value {
        item.insert(name.to_owned(), value);
    }
}
