//! The item of an entry of a history.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::change::ChangeId;
use domain::customer::Identifier;
use domain::dealer::Dcn;
use domain::history::{Changed, HistoryEntry, Of, Part, Value, What};
use domain::request::RequestInErrorId;

use super::by::{BY, by_value};
use super::customer::{phones_of, phones_value};
use super::fields::{Fields, corrupt, map_of, new_item, number, set, text};
use super::{dcn_named, dcn_text};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const ENTRY: &str = "history entry";
const CHANGED: &str = "changed";
const LOST_SINCE: &str = "lost_since";

/// Puts an entry of this customer's history, unless it is there. `id` names the change that it tells of.
pub fn history_entry(identifier: &Identifier, id: &ChangeId, entry: &HistoryEntry) -> Write {
    let key = match entry.of {
        Of::Version(version) => keys::history_of_version(identifier, version),
        Of::DealerCustomer(_) | Of::RequestInError(_) => {
            keys::history_of_other(identifier, entry.at, id)
        }
    };
    let mut item = new_item(key);
    item.insert("what".to_owned(), text(entry.what.as_str()));
    item.insert("at".to_owned(), number(entry.at.millis()));
    match &entry.of {
        Of::Version(version) => item.insert(super::VERSION.to_owned(), number(*version)),
        Of::DealerCustomer(dcn) => item.insert("dcn".to_owned(), text(dcn_text(dcn))),
        Of::RequestInError(id) => item.insert("request_in_error".to_owned(), text(id.as_str())),
    };
    set(&mut item, BY, entry.by.as_ref().map(by_value));
    set(&mut item, CHANGED, changed_value(&entry.changed));
    set(&mut item, LOST_SINCE, entry.lost_since.map(number));
    Write::Put { item, on: Condition::Absent }
}

/// Takes the person out of an entry that is there.
pub fn erased_history_entry(identifier: &Identifier, version: u64, entry: &HistoryEntry) -> Write {
    Write::Update {
        key: keys::history_of_version(identifier, version),
        set: changed_value(&entry.erased().changed)
            .map(|changed| (CHANGED.to_owned(), changed))
            .into_iter()
            .collect(),
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on: Condition::VersionIs(version),
    }
}

pub fn history_entry_of(item: Item) -> Result<HistoryEntry, TableError> {
    let (mut fields, _) = Fields::of_item(ENTRY, item)?;
    let version = fields.optional_number(super::VERSION)?;
    let dcn: Option<Dcn> = fields.optional_parsed("dcn", dcn_named)?;
    let request = fields.optional_parsed("request_in_error", RequestInErrorId::parse)?;
    let of = match (version, dcn, request) {
        (Some(version), None, None) => Of::Version(version),
        (None, Some(dcn), None) => Of::DealerCustomer(dcn),
        (None, None, Some(id)) => Of::RequestInError(id),
        _ => return Err(corrupt(ENTRY, "what it is of")),
    };
    let changed = changed_of(fields.map(CHANGED)?)?;
    let entry = HistoryEntry {
        of,
        what: fields.parsed("what", What::named)?,
        at: fields.time("at")?,
        by: fields.by()?,
        changed,
        lost_since: fields.optional_number(LOST_SINCE)?,
    };
    Ok(entry)
}

/// What changed, in the order of the parts.
pub(super) fn changed_of(map: HashMap<String, AttributeValue>) -> Result<Vec<Changed>, TableError> {
    let mut changed = Vec::new();
    for (name, value) in map {
        let part = Part::named(&name).ok_or_else(|| corrupt(ENTRY, CHANGED))?;
        let mut values = map_of(CHANGED, value)?;
        let (before, after) = (value_of(&mut values, "before")?, value_of(&mut values, "after")?);
        values.end()?;
        changed.push(Changed { part, before, after });
    }
    changed.sort_by_key(|changed| changed.part);
    Ok(changed)
}

pub(super) fn changed_value(changed: &[Changed]) -> Option<AttributeValue> {
    let value = |value: &Value| match value {
        Value::Text(value) => text(value),
        Value::Phones(phones) => phones_value(phones),
    };
    let both = |changed: &Changed| {
        let mut map = Item::new();
        set(&mut map, "before", changed.before.as_ref().map(value));
        set(&mut map, "after", changed.after.as_ref().map(value));
        (changed.part.name().to_owned(), AttributeValue::M(map))
    };
    (!changed.is_empty()).then(|| AttributeValue::M(changed.iter().map(both).collect()))
}

fn value_of(fields: &mut Fields, name: &'static str) -> Result<Option<Value>, TableError> {
    Ok(match fields.take(name) {
        None => None,
        Some(AttributeValue::S(text)) => Some(Value::Text(text)),
        Some(AttributeValue::L(phones)) => Some(Value::Phones(phones_of(phones)?)),
        Some(_) => return Err(corrupt(ENTRY, name)),
    })
}

#[cfg(test)]
mod tests {
    use domain::customer::CustomerNumber;
    use domain::customer::contact::Phone;
    use domain::message::Attribute;
    use domain::time::Timestamp;

    use super::super::tests::stamp;
    use super::*;

    #[test]
    fn an_entry_is_written_and_read_back_and_its_item_is_pinned() {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let at = Timestamp::from_millis(1_000);
        let id = ChangeId::of_version(CustomerNumber::new(7).unwrap(), 3);
        let phones = vec![Phone::parse(Some("HOME"), "1").unwrap()];
        let city = Some(Value::Text("Westboro".to_owned()));
        let version = HistoryEntry {
            of: Of::Version(3),
            what: What::Updated,
            at,
            by: Some(stamp("key", at).by),
            changed: vec![
                Changed { part: Part::Attribute(Attribute::CITY), before: city, after: None },
                Changed { part: Part::Phones, before: None, after: Some(Value::Phones(phones)) },
            ],
            lost_since: None,
        };
        let other = |of| HistoryEntry { of, by: None, changed: Vec::new(), ..version.clone() };
        let dcn = dcn_named("TD68|245").unwrap();
        let request = RequestInErrorId::parse("0123456789ABCDEF").unwrap();
        for (entry, attributes) in [
            (version.clone(), 7),
            (other(Of::DealerCustomer(dcn)), 5),
            (other(Of::RequestInError(request)), 5),
            (version.erased(), 7),
            (HistoryEntry { lost_since: Some(2), ..version }, 8),
        ] {
            let Write::Put { item, on: Condition::Absent } =
                history_entry(&identifier, &id, &entry)
            else {
                panic!("an entry is put once");
            };
            assert_eq!(item.len(), attributes, "{entry:?}");
            assert_eq!(history_entry_of(item).unwrap(), entry);
        }
    }
}
