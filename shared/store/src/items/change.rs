//! The items of the lists of changes to be pulled: an entry, and the head that counts how many there ever were.
//!
//! Entries and head are written in one transaction, on condition that the head is still as it was seen: so a list has no gap, and its order is one that every reader agrees on.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::change::{Change, ChangeId, ChangeType};
use domain::customer::{CustomerNumber, Identifier};
use domain::history::{Of, Part};
use domain::matching::possible::PairState;
use domain::request::RequestInErrorId;
use domain::retention::Retention;
use domain::time::Timestamp;

use super::fields::{Fields, corrupt, new_item, number, set, text, text_of};
use super::{ORGANIZATION, VERSION, dcn_named, dcn_text};
use crate::item::Item;
use crate::keys::{self, ChangesPlace};
use crate::table::TableError;
use crate::writes::{Condition, Write};

const CHANGE: &str = "change";
const HEAD: &str = "head of the changes";
const CHANGED: &str = "changed";
const OTHER: &str = "other";
const OTHER_NUMBER: &str = "other_number";
const STATE: &str = "state";

/// Appends these changes to a list whose head was seen like this (0: there was none): the head first, then the entries.
pub fn append(shard: u8, seen: u64, changes: &[&Change], now: Timestamp) -> Vec<Write> {
    let last = seen + changes.len() as u64;
    let mut head = new_item(keys::changes_head(shard));
    head.insert(VERSION.to_owned(), number(last));
    head.insert("at".to_owned(), number(now.millis()));
    let on = if seen == 0 { Condition::Absent } else { Condition::VersionIs(seen) };
    let entries = (seen + 1..).zip(changes).map(|(sequence, change)| Write::Put {
        item: change_item(ChangesPlace { shard, sequence }, change, now),
        on: Condition::Absent,
    });
    std::iter::once(Write::Put { item: head, on }).chain(entries).collect()
}

/// The number of the last change of a list, by its head.
pub fn last_change(head: &Item) -> Result<u64, TableError> {
    let last = head.get(VERSION).and_then(|value| value.as_n().ok());
    last.and_then(|digits| digits.parse().ok()).ok_or_else(|| corrupt(HEAD, VERSION))
}

fn change_item(place: ChangesPlace, change: &Change, now: Timestamp) -> Item {
    let Change { id, kind, at, customer, other, state, of, version, operation, changed } = change;
    let mut item = new_item(keys::change(place));
    item.insert("id".to_owned(), text(id.as_str()));
    item.insert("type".to_owned(), text(kind.as_str()));
    item.insert("at".to_owned(), number(at.millis()));
    if let Some((identifier, customer_number)) = customer {
        item.insert(ORGANIZATION.to_owned(), text(identifier.to_string()));
        item.insert("number".to_owned(), number(u64::from(customer_number.get())));
    }
    if let Some((identifier, customer_number)) = other {
        item.insert(OTHER.to_owned(), text(identifier.to_string()));
        item.insert(OTHER_NUMBER.to_owned(), number(u64::from(customer_number.get())));
    }
    set(&mut item, STATE, state.map(|state| text(state.as_str())));
    match of {
        Of::Version(_) => {}
        Of::DealerCustomer(dcn) => {
            item.insert("dcn".to_owned(), text(dcn_text(dcn)));
        }
        Of::RequestInError(id) => {
            item.insert("request_in_error".to_owned(), text(id.as_str()));
        }
    }
    set(&mut item, VERSION, version.map(number));
    set(&mut item, "operation", operation.as_ref().map(text));
    let names = || changed.iter().map(|part| text(part.name())).collect();
    set(&mut item, CHANGED, (!changed.is_empty()).then(|| AttributeValue::L(names())));
    let expires_at = Retention::Change.end(now);
    item.insert(keys::EXPIRES_AT.to_owned(), number(expires_at.seconds()));
    item
}

/// A change of a list.
///
/// # Errors
/// Where it is not as this release writes it.
pub fn change(item: Item) -> Result<Change, TableError> {
    let (mut fields, _) = Fields::of_item(CHANGE, item)?;
    fields.number(keys::EXPIRES_AT)?;
    let identifier = fields.optional_parsed(ORGANIZATION, Identifier::parse)?;
    let customer_number = fields.optional_number("number")?.and_then(CustomerNumber::new);
    let other = fields.optional_parsed(OTHER, Identifier::parse)?;
    let other_number = fields.optional_number(OTHER_NUMBER)?.and_then(CustomerNumber::new);
    let version = fields.optional_number(VERSION)?;
    let dcn = fields.optional_parsed("dcn", dcn_named)?;
    let request = fields.optional_parsed("request_in_error", RequestInErrorId::parse)?;
    let of = match (dcn, request, version) {
        (Some(dcn), None, _) => Of::DealerCustomer(dcn),
        (None, Some(id), _) => Of::RequestInError(id),
        (None, None, Some(version)) => Of::Version(version),
        _ => return Err(corrupt(CHANGE, "what it is of")),
    };
    let mut changed = Vec::new();
    for name in fields.list(CHANGED)? {
        let part = Part::named(&text_of(CHANGE, name)?);
        changed.push(part.ok_or_else(|| corrupt(CHANGE, CHANGED))?);
    }
    Ok(Change {
        id: ChangeId::read(fields.text("id")?),
        kind: fields.parsed("type", ChangeType::named)?,
        at: fields.time("at")?,
        customer: identifier.zip(customer_number),
        other: other.zip(other_number),
        state: fields.optional_parsed(STATE, PairState::named)?,
        of,
        version,
        operation: fields.optional_text("operation")?,
        changed,
    })
}

#[cfg(test)]
mod tests {
    use domain::message::Attribute;

    use super::*;

    #[test]
    fn changes_are_appended_and_read_back_and_their_items_are_pinned() {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let customer_number = CustomerNumber::new(7).unwrap();
        let at = Timestamp::from_millis(1_000);
        let updated = Change {
            id: ChangeId::of_version(customer_number, 3),
            kind: ChangeType::CustomerUpdated,
            at,
            customer: Some((identifier.clone(), customer_number)),
            other: None,
            state: None,
            of: Of::Version(3),
            version: Some(3),
            operation: Some("add".to_owned()),
            changed: vec![Part::Attribute(Attribute::CITY), Part::Phones],
        };
        let released = Change {
            kind: ChangeType::DealerCustomerReleased,
            of: Of::DealerCustomer(dcn_named("TD68|245").unwrap()),
            version: None,
            changed: Vec::new(),
            ..updated.clone()
        };
        let request = RequestInErrorId::parse("0123456789ABCDEF").unwrap();
        let opened = Change {
            id: ChangeId::of_request_in_error(&request, 1),
            kind: ChangeType::RequestInErrorOpened,
            customer: None,
            of: Of::RequestInError(request),
            version: Some(1),
            operation: None,
            changed: Vec::new(),
            ..updated.clone()
        };
        let decided = Change {
            kind: ChangeType::PossibleDuplicateDecided,
            other: Some((
                Identifier::parse("0123456789ABCDEF-000002-89ABCDEF").unwrap(),
                CustomerNumber::new(8).unwrap(),
            )),
            state: Some(PairState::Apart),
            changed: Vec::new(),
            ..updated.clone()
        };
        let writes = append(2, 40, &[&updated, &released, &opened, &decided], at);
        let [head, entries @ ..] = &writes[..] else { panic!("a head comes first") };
        assert_eq!(*head.condition(), Condition::VersionIs(40));
        let mut read = Vec::new();
        for (entry, attributes) in entries.iter().zip([11, 10, 8, 13]) {
            let Write::Put { item, on: Condition::Absent } = entry else {
                panic!("an entry is put once");
            };
            assert_eq!(item.len(), attributes);
            read.push(change(item.clone()).unwrap());
        }
        let sequences = entries.iter().map(|entry| keys::sequence_of(&entry.key()));
        assert_eq!(sequences.collect::<Vec<_>>(), [Some(41), Some(42), Some(43), Some(44)]);
        assert_eq!(read, [updated.clone(), released, opened, decided]);
        let Write::Put { item: head, .. } = head else { panic!("a head is put") };
        assert_eq!((last_change(head).unwrap(), head.len()), (44, 4));
        assert_eq!(*append(2, 0, &[&updated], at)[0].condition(), Condition::Absent);
    }
}
