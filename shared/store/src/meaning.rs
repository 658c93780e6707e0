//! What conditions and writes mean, without a database: the same as `expressions` says to DynamoDB, said once more and independently of it. The tables' tests hold the two together.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::Identifier;

use crate::item::Item;
use crate::items;
use crate::keys::{self, Key};
use crate::writes::{Condition, Write};

/// Whether the condition holds of what stands there.
pub fn holds(condition: &Condition, stands: Option<&Item>) -> bool {
    match condition {
        Condition::Absent => stands.is_none(),
        Condition::AbsentOrExpired(now) => stands.is_none_or(|item| {
            number(item, keys::EXPIRES_AT).is_some_and(|expires_at| expires_at < now.seconds())
        }),
        Condition::Unbound(now) => stands.is_none_or(|item| {
            !item.contains_key(items::INPUTS)
                || number(item, keys::EXPIRES_AT).is_some_and(|expires| expires < now.seconds())
        }),
        Condition::Without(name) => stands.is_none_or(|item| !item.contains_key(*name)),
        Condition::VersionIs(version) => {
            stands.is_some_and(|item| number(item, items::VERSION) == Some(*version))
        }
        Condition::Outdated(version) => stands.is_none_or(|item| {
            !item.contains_key(items::VERSION)
                || number(item, items::VERSION).is_some_and(|stands| stands < *version)
        }),
        Condition::CeilingIs(ceiling) => {
            stands.is_some_and(|item| number(item, keys::CEILING) == Some(*ceiling))
        }
        Condition::AbsentOrOlder(version) => stands.is_none_or(|item| {
            number(item, items::VERSION).is_some_and(|stands| stands < *version)
        }),
        Condition::Unassociated(effect) => stands.is_none_or(|item| {
            !item.contains_key(items::ORGANIZATION)
                && !item.contains_key(&items::effect_attribute(effect))
        }),
        Condition::Releasable(holder, effect) => stands.is_some_and(|item| {
            belongs_to(item, holder) && !item.contains_key(&items::effect_attribute(effect))
        }),
        Condition::BelongsTo(holder) => stands.is_some_and(|item| belongs_to(item, holder)),
        Condition::AbsentOrBelongsTo(holder) => stands
            .is_none_or(|item| !item.contains_key(items::ORGANIZATION) || belongs_to(item, holder)),
    }
}

/// What stands there after the write.
pub fn after(write: &Write, before: Option<&Item>) -> Item {
    match write {
        Write::Put { item, .. } => item.clone(),
        Write::Update { key, set, set_if_absent, remove, .. } => {
            let mut item = before.cloned().unwrap_or_else(|| empty(key));
            for (name, value) in set_if_absent {
                item.entry(name.clone()).or_insert_with(|| value.clone());
            }
            item.extend(set.clone());
            for name in remove {
                item.remove(name);
            }
            item
        }
    }
}

/// An item with its key and nothing else.
pub fn empty(key: &Key) -> Item {
    Item::from([
        (keys::PARTITION_KEY.to_owned(), AttributeValue::S(key.pk.clone())),
        (keys::SORT_KEY.to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

/// A number of the item.
pub fn number(item: &Item, name: &str) -> Option<u64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

fn belongs_to(item: &Item, holder: &Identifier) -> bool {
    item.get(items::ORGANIZATION)
        .and_then(|value| value.as_s().ok())
        .is_some_and(|organization| *organization == holder.to_string())
}
