//! Digests: what tells one state of the table, or one answer, from another. 128 bits, so that two states of a search never share one by accident.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use aws_sdk_dynamodb::types::AttributeValue;
use store::item::Item;

/// A digest in the making. What is added is added in order.
#[derive(Debug, Clone)]
pub struct Digest {
    one: DefaultHasher,
    other: DefaultHasher,
}

impl Default for Digest {
    fn default() -> Self {
        let mut other = DefaultHasher::new();
        other.write_u8(1);
        Self { one: DefaultHasher::new(), other }
    }
}

impl Digest {
    /// The digest of one thing.
    pub fn of(thing: &(impl Hash + ?Sized)) -> u128 {
        let mut digest = Self::default();
        digest.add(thing);
        digest.finish()
    }

    /// Adds a thing.
    pub fn add(&mut self, thing: &(impl Hash + ?Sized)) {
        thing.hash(&mut self.one);
        thing.hash(&mut self.other);
    }

    /// The digest of what was added so far.
    pub fn finish(&self) -> u128 {
        u128::from(self.one.finish()) << 64 | u128::from(self.other.finish())
    }
}

/// The digest of an item. The order of its attributes does not count.
pub fn of_item(item: &Item) -> u128 {
    let mut digest = Digest::default();
    add_map(&mut digest, item);
    digest.finish()
}

fn add_map(digest: &mut Digest, map: &HashMap<String, AttributeValue>) {
    let mut names: Vec<_> = map.iter().collect();
    names.sort_unstable_by_key(|(name, _)| *name);
    digest.add(&names.len());
    for (name, value) in names {
        digest.add(name);
        add_value(digest, value);
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the database client's enum, which may grow")]
fn add_value(digest: &mut Digest, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => digest.add(&("S", text)),
        AttributeValue::N(number) => digest.add(&("N", number)),
        AttributeValue::Bool(flag) => digest.add(&("B", flag)),
        AttributeValue::M(map) => add_map(digest, map),
        AttributeValue::L(list) => {
            digest.add(&("L", list.len()));
            for value in list {
                add_value(digest, value);
            }
        }
        // What is sealed is sealed with a random number each time, and is the same all the same.
        AttributeValue::B(sealed) => digest.add(&("X", sealed.as_ref().len())),
        other => unreachable!("the store writes no value like {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_the_same_attributes_have_the_same_digest_and_others_another() {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let item = |pairs: &[(&str, &str)]| -> Item {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
        };
        assert_eq!(
            of_item(&item(&[("a", "1"), ("b", "2")])),
            of_item(&item(&[("b", "2"), ("a", "1")]))
        );
        for other in [
            item(&[("a", "1")]),
            item(&[("a", "2"), ("b", "1")]),
            item(&[("a", "1"), ("b", "3")]),
            Item::from([
                ("a".to_owned(), AttributeValue::N("1".to_owned())),
                ("b".to_owned(), text("2")),
            ]),
        ] {
            assert_ne!(of_item(&item(&[("a", "1"), ("b", "2")])), of_item(&other));
        }
    }
}
