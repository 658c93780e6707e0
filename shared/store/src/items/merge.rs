//! The item of a merge: what an un-merge must know of it. One for each time that two were merged.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::Stamp;
use domain::customer::Identifier;
use domain::customer::merge::{Merge, MergedInto, Values};
use domain::time::Timestamp;

use super::by::{BY, by_value};
use super::customer::{attributes_of, attributes_value, phones_of, phones_value};
use super::fields::{Fields, corrupt, new_item, number, set, text};
use super::history::{changed_of, changed_value};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const MERGE: &str = "merge";
const CHANGED: &str = "changed";
const UNDONE_AT: &str = "undone_at";
const UNDONE_BY: &str = "undone_by";
/// What it tells of a person.
const PERSONAL: [&str; 4] = ["attributes", "alternate_name", "phones", CHANGED];

/// Puts the merge, once.
pub fn merge_item(merge: &Merge) -> Write {
    let Merge { loser, winner, loser_version, winner_version, at, by, before, changed } = merge;
    let Values { attributes, alternate_name, phones } = before;
    let mut item = new_item(keys::merge(loser, *at, *loser_version));
    item.insert("winner".to_owned(), text(winner.to_string()));
    item.insert("loser_version".to_owned(), number(*loser_version));
    item.insert("winner_version".to_owned(), number(*winner_version));
    item.insert("at".to_owned(), number(at.millis()));
    item.insert(BY.to_owned(), by_value(by));
    item.insert("attributes".to_owned(), attributes_value(attributes));
    set(&mut item, "alternate_name", alternate_name.as_ref().map(text));
    set(&mut item, "phones", (!phones.is_empty()).then(|| phones_value(phones)));
    set(&mut item, CHANGED, changed_value(changed));
    Write::Put { item, on: Condition::Absent }
}

/// Says when the merge was undone, and by whom. Nothing of the person stays in it.
pub fn undone_merge(loser: &Identifier, merged: &MergedInto, stamp: &Stamp) -> Write {
    Write::Update {
        key: keys::merge(loser, merged.at, merged.version),
        set: Item::from([
            (UNDONE_AT.to_owned(), number(stamp.at.millis())),
            (UNDONE_BY.to_owned(), by_value(&stamp.by)),
        ]),
        set_if_absent: Item::new(),
        // The histories have it from now on.
        remove: PERSONAL.map(str::to_owned).to_vec(),
        on: Condition::Without(UNDONE_AT),
    }
}

/// Takes the person out of the merge: that there was one, who made it and when, stays.
pub fn erased_merge(loser: &Identifier, merged: &MergedInto, at: Timestamp) -> Write {
    Write::Update {
        key: keys::merge(loser, merged.at, merged.version),
        set: Item::from([("erased_at".to_owned(), number(at.millis()))]),
        set_if_absent: Item::new(),
        remove: PERSONAL.map(str::to_owned).to_vec(),
        on: Condition::Without(UNDONE_AT),
    }
}

/// A merge; none where it was undone, or the person was erased from it.
pub fn merge(item: Item) -> Result<Option<Merge>, TableError> {
    let (mut fields, key) = Fields::of_item(MERGE, item)?;
    let Some(AttributeValue::M(attributes)) = fields.take("attributes") else {
        return Ok(None);
    };
    Ok(Some(Merge {
        loser: keys::loser_of(&key).ok_or_else(|| corrupt(MERGE, "key"))?,
        winner: fields.parsed("winner", Identifier::parse)?,
        loser_version: fields.number("loser_version")?,
        winner_version: fields.number("winner_version")?,
        at: fields.time("at")?,
        by: fields.by()?.ok_or_else(|| corrupt(MERGE, BY))?,
        before: Values {
            attributes: attributes_of(attributes)?,
            alternate_name: fields.optional_text("alternate_name")?,
            phones: phones_of(fields.list("phones")?)?,
        },
        changed: changed_of(fields.map(CHANGED)?)?,
    }))
}

#[cfg(test)]
mod tests {
    use domain::customer::contact::Phone;
    use domain::history::{Changed, Part, Value};
    use domain::message::Attribute;

    use super::super::tests::stamp;
    use super::*;

    #[test]
    fn a_merge_is_written_and_read_back_and_its_item_is_pinned() {
        let stamp = stamp("key", Timestamp::from_millis(7));
        let loser = Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap();
        let whole = Merge {
            loser: loser.clone(),
            winner: Identifier::parse("0123456789ABCDEF-000002-01234567").unwrap(),
            loser_version: 3,
            winner_version: 4,
            at: stamp.at,
            by: stamp.by.clone(),
            before: Values {
                attributes: [(Attribute::CITY, "Westboro")].into_iter().collect(),
                alternate_name: Some("Acme".to_owned()),
                phones: vec![Phone::parse(None, "2").unwrap()],
            },
            changed: vec![Changed {
                part: Part::Attribute(Attribute::CITY),
                before: Some(Value::Text("Westboro".to_owned())),
                after: None,
            }],
        };
        let Write::Put { item, on: Condition::Absent } = merge_item(&whole) else {
            panic!("a merge is put once");
        };
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "alternate_name",
                "at",
                "attributes",
                "by",
                "changed",
                "loser_version",
                "phones",
                "pk",
                "sk",
                "winner",
                "winner_version"
            ]
        );
        assert_eq!(merge(item.clone()).unwrap(), Some(whole));
        let merged = MergedInto { winner: loser.clone(), at: stamp.at, version: 3 };
        let erased = erased_merge(&loser, &merged, stamp.at);
        let erased = crate::meaning::after(&erased, Some(&item));
        assert_eq!((merge(erased.clone()).unwrap(), erased.len()), (None, 8));
    }
}
