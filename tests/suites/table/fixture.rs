//! Items for the tests: small ones, with a key and what the conditions look at.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::Identifier;
use domain::effect::EffectId;
use store::item::Item;
use store::keys::{self, Key};
use store::table::Table;
use store::writes::{Condition, Refusal, Write, Written};
use store::{items, keys::IndexKey};

pub(crate) fn key(pk: &str, sk: &str) -> Key {
    Key { pk: pk.to_owned(), sk: sk.to_owned() }
}

pub(crate) fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item with this key and these attributes.
pub(crate) fn item<const N: usize>(key: &Key, attributes: [(&str, AttributeValue); N]) -> Item {
    let keys = [(keys::PARTITION_KEY, text(&key.pk)), (keys::SORT_KEY, text(&key.sk))];
    keys.into_iter().chain(attributes).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An item that stands at this place in the index.
pub(crate) fn indexed(key: &Key, place: &IndexKey) -> Item {
    item(
        key,
        [
            (keys::INDEX_PARTITION_KEY, text(&place.partition)),
            (keys::INDEX_SORT_KEY, text(&place.sort)),
        ],
    )
}

pub(crate) fn put(item: Item, on: Condition) -> Write {
    Write::Put { item, on }
}

/// An update that sets these attributes.
pub(crate) fn set<const N: usize>(
    key: &Key,
    attributes: [(&str, AttributeValue); N],
    on: Condition,
) -> Write {
    Write::Update {
        key: key.clone(),
        set: attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on,
    }
}

/// Puts an item where nothing is.
pub(crate) async fn given(table: &impl Table, item: Item) {
    let written = table.write(&put(item, Condition::Absent)).await;
    assert_eq!(written.expect("an answer"), Written::Done(None));
}

pub(crate) async fn written(table: &impl Table, write: &Write) -> Written {
    table.write(write).await.expect("an answer")
}

pub(crate) async fn read(table: &impl Table, key: &Key) -> Option<Item> {
    table.get(key).await.expect("an answer")
}

/// The write is refused, and what stood there is told.
pub(crate) async fn refused(table: &impl Table, write: &Write, stood: Option<&Item>) {
    assert_eq!(
        written(table, write).await,
        Written::Refused(Refusal::Condition(stood.cloned())),
        "{write:?}"
    );
}

/// The write happens.
pub(crate) async fn done(table: &impl Table, write: &Write) {
    let written = written(table, write).await;
    assert!(matches!(written, Written::Done(_)), "{write:?}: {written:?}");
}

pub(crate) fn customer(number: u8) -> Identifier {
    Identifier::parse(&format!("0123456789ABCDEF-{number:06}-01234567")).expect("an identifier")
}

pub(crate) fn effect(name: &str) -> EffectId {
    EffectId::of_key(&local::controls::default().secret, "contract", "test", name)
}

/// The attribute with which an effect leaves its mark.
pub(crate) fn mark(effect: &EffectId) -> String {
    items::effect_attribute(effect)
}
