//! Reading an item field by field, so that nothing is missed. What a newer release put on an item beside the attributes that this one knows is left alone, and stays there
//! ([`rewritten`]); within an attribute nothing may be left.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;

use crate::item::{Item, key_of};
use crate::keys::{self, Key};
use crate::table::TableError;
use crate::writes::{Condition, Write};

/// Which items this release reads: those that ask for a reader of this number or a lower one, or for none.
const READER: u64 = MERGES;

/// The reader that knows what a merged customer is.
pub(super) const MERGES: u64 = 2;

/// The attribute with the number of the reader that an item asks for, where an older release would take it for something else than it is.
pub(super) const MIN_READER: &str = "min_reader";

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
        let (Some(pk), Some(sk)) = (pk, sk) else {
            return Err(corrupt(what, "key"));
        };
        let mut fields = Self::of(what, item);
        if fields.optional_number(MIN_READER)?.is_some_and(|wanted| wanted > READER) {
            let sentence = format!("an item of the kind '{what}' is for a newer release to read");
            return Err(TableError::Unavailable(sentence.into()));
        }
        Ok((fields, Key { pk, sk }))
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

    /// A number that is read once more later; none where there is none.
    pub(super) fn peek_number(&self, name: &str) -> Option<u64> {
        self.left.get(name)?.as_n().ok()?.parse().ok()
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

    /// All of a map within an item was read.
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

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item in place of the one of this version. Of what stands there only the attributes that this release knows are replaced or taken away: what a newer release put
/// beside them stays.
pub(super) fn rewritten(mut item: Item, known: &[&str], version: u64) -> Write {
    let key = key_of(&item);
    item.retain(|name, _| *name != keys::PARTITION_KEY && *name != keys::SORT_KEY);
    let gone = known.iter().filter(|name| !item.contains_key(**name));
    let remove = gone.map(|name| (*name).to_owned()).collect();
    let on = Condition::VersionIs(version);
    Write::Update { key, set: item, set_if_absent: Item::new(), remove, on }
}

/// An item with its key and nothing else.
pub(super) fn new_item(key: Key) -> Item {
    Item::from([
        (keys::PARTITION_KEY.to_owned(), text(key.pk)),
        (keys::SORT_KEY.to_owned(), text(key.sk)),
    ])
}

/// Lets no release read the item that is older than this reader.
pub(super) fn needs_reader(item: &mut Item, reader: u64) {
    item.insert(MIN_READER.to_owned(), number(reader));
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
