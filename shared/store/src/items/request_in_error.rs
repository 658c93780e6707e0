//! The item of a request in error.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::CustomerNumber;
use domain::customer::country::Country;
use domain::effect::EffectId;
use domain::message::edits::{EditCode, FailedEdit, Field};
use domain::message::{Action, Message, Routing};
use domain::request::{Correction, Entry, EntryOutcome, Received, RequestInError, State, What};

use super::VERSION;
use super::by::{BY, by_value};
use super::customer::{attributes_of, attributes_value};
use super::fields::{
    Fields, corrupt, in_index, map_of, new_item, number, rewritten, set, text, text_of,
};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const REQUEST: &str = "request in error";

/// What stewards said about a request, beside the history: a release that knows none of it reads and keeps the rest.
const REMARKS: &str = "remarks";

/// The attribute of a remark with the number of entries of the history that were there before it.
const AFTER: &str = "after";

pub fn request_in_error_item(request: &RequestInError) -> Item {
    let RequestInError { id, state, version, received_at, received, message, failed, history, by } =
        request;
    let mut item = new_item(keys::request_in_error(id));
    in_index(&mut item, keys::error(*state, *received_at, id));
    item.insert("state".to_owned(), text(state.as_str()));
    item.insert(VERSION.to_owned(), number(*version));
    item.insert("received_at".to_owned(), number(received_at.millis()));
    item.insert("content_type".to_owned(), text(&received.content_type));
    item.insert("body".to_owned(), text(&received.body));
    item.insert("message".to_owned(), AttributeValue::M(message_map(message)));
    set(&mut item, "failed", failed_value(failed));
    let (history, remarks) = history_lists(history);
    item.insert("history".to_owned(), AttributeValue::L(history));
    set(&mut item, REMARKS, (!remarks.is_empty()).then_some(AttributeValue::L(remarks)));
    set(&mut item, BY, by.as_ref().map(by_value));
    set(&mut item, keys::EXPIRES_AT, request.expires_at().map(|at| number(at.seconds())));
    item
}

/// The attributes of the item but its key.
const ATTRIBUTES: [&str; 13] = [
    keys::INDEX_PARTITION_KEY,
    keys::INDEX_SORT_KEY,
    "state",
    VERSION,
    "received_at",
    "content_type",
    "body",
    "message",
    "failed",
    "history",
    REMARKS,
    BY,
    keys::EXPIRES_AT,
];

/// Writes a request in error in place of what it was in this version.
pub fn rewrite_request_in_error(version: u64, request: &RequestInError) -> Write {
    rewritten(request_in_error_item(request), &ATTRIBUTES, version)
}

/// Writes a request in error without the person in place of what it was in this version. Nothing stays of what stands there: what this release does not know may tell
/// of the person.
pub fn erase_request_in_error(version: u64, erased: &RequestInError) -> Write {
    Write::Put { item: request_in_error_item(erased), on: Condition::VersionIs(version) }
}

pub fn request_in_error(item: Item) -> Result<RequestInError, TableError> {
    let (mut fields, key) = Fields::of_item(REQUEST, item)?;
    fields.optional_number(keys::EXPIRES_AT)?;
    let history = history_of(fields.list("history")?, fields.list(REMARKS)?)?;
    let request = RequestInError {
        id: keys::request_in_error_of(&key).ok_or_else(|| corrupt(REQUEST, "key"))?,
        state: fields.parsed("state", State::named)?,
        version: fields.number(VERSION)?,
        received_at: fields.time("received_at")?,
        received: Received {
            content_type: fields.text("content_type")?,
            body: fields.text("body")?,
        },
        message: message_of(Fields::of("message", fields.map("message")?))?,
        failed: failed_of(fields.list("failed")?)?,
        history,
        by: fields.by()?,
    };
    Ok(request)
}

fn message_map(message: &Message) -> Item {
    let Message {
        message_type,
        routing: Routing { source, target, resp_qmgr, resp_q },
        attributes,
        unknown,
    } = message;
    let mut map = Item::from([("attributes".to_owned(), attributes_value(attributes))]);
    set(&mut map, "type", message_type.as_ref().map(text));
    set(&mut map, "source", source.as_ref().map(text));
    set(&mut map, "target", target.as_ref().map(text));
    set(&mut map, "resp_qmgr", resp_qmgr.as_ref().map(text));
    set(&mut map, "resp_q", resp_q.as_ref().map(text));
    set(
        &mut map,
        "unknown",
        (!unknown.is_empty()).then(|| AttributeValue::L(unknown.iter().map(text).collect())),
    );
    map
}

fn message_of(mut fields: Fields) -> Result<Message, TableError> {
    let message = Message {
        message_type: fields.optional_text("type")?,
        routing: Routing {
            source: fields.optional_text("source")?,
            target: fields.optional_text("target")?,
            resp_qmgr: fields.optional_text("resp_qmgr")?,
            resp_q: fields.optional_text("resp_q")?,
        },
        attributes: attributes_of(fields.map("attributes")?)?,
        unknown: fields
            .list("unknown")?
            .into_iter()
            .map(|name| text_of("unknown", name))
            .collect::<Result<_, _>>()?,
    };
    fields.end()?;
    Ok(message)
}

fn failed_value(failed: &[FailedEdit]) -> Option<AttributeValue> {
    let value = |failed: &FailedEdit| {
        let FailedEdit { field, code, country } = failed;
        let country = country.map(|country| format!(" {}", country.alpha3())).unwrap_or_default();
        text(format!("{} {}{country}", field.name(), code.code()))
    };
    (!failed.is_empty()).then(|| AttributeValue::L(failed.iter().map(value).collect()))
}

fn failed_of(list: Vec<AttributeValue>) -> Result<Vec<FailedEdit>, TableError> {
    let read = |value| {
        let words = text_of("failed edit", value)?;
        let mut words = words.split(' ');
        let mut failed = || {
            let failed =
                FailedEdit::of(Field::named(words.next()?)?, EditCode::named(words.next()?)?);
            let country = match words.next() {
                Some(code) => Some(Country::of(code)?),
                None => None,
            };
            words.next().is_none().then_some(FailedEdit { country, ..failed })
        };
        failed().ok_or_else(|| corrupt("failed edit", "words"))
    };
    list.into_iter().map(read).collect()
}

/// Whether entries of this kind stand among the remarks.
fn is_remark(what: What) -> bool {
    match what {
        What::Received | What::Corrected | What::Tried | What::Resolved | What::Deleted => false,
        What::Assigned | What::Noted | What::Reopened => true,
    }
}

/// The history and the remarks, each in order. What was written with an entry of the history is a remark behind it.
fn history_lists(entries: &[Entry]) -> (Vec<AttributeValue>, Vec<AttributeValue>) {
    let (mut history, mut remarks) = (Vec::new(), Vec::new());
    for entry in entries {
        let mut remark = Item::from([("what".to_owned(), text(entry.what.as_str()))]);
        if is_remark(entry.what) {
            remark = entry_map(entry);
        } else {
            history.push(AttributeValue::M(entry_map(entry)));
        }
        if is_remark(entry.what) || entry.text.is_some() {
            set(&mut remark, "text", entry.text.as_ref().map(text));
            remark.insert(AFTER.to_owned(), number(history.len() as u64));
            remarks.push(AttributeValue::M(remark));
        }
    }
    (history, remarks)
}

fn history_of(
    history: Vec<AttributeValue>,
    remarks: Vec<AttributeValue>,
) -> Result<Vec<Entry>, TableError> {
    let mut entries = Vec::with_capacity(history.len() + remarks.len());
    let mut remarks = remarks.into_iter().map(|remark| map_of(REMARKS, remark)).peekable();
    for (before, entry) in history.into_iter().map(Some).chain([None]).enumerate() {
        while let Some(remark) = remarks.next_if(|remark| {
            remark.as_ref().is_ok_and(|remark| remark.peek_number(AFTER) == Some(before as u64))
        }) {
            remark_upon(&mut entries, remark?)?;
        }
        if let Some(entry) = entry {
            entries.push(entry_of(map_of("history", entry)?)?);
        }
    }
    match remarks.next() {
        Some(_) => Err(corrupt(REMARKS, AFTER)),
        None => Ok(entries),
    }
}

/// Adds a remark to the entries before it, or to the last of them what was written with it.
fn remark_upon(entries: &mut Vec<Entry>, mut remark: Fields) -> Result<(), TableError> {
    remark.number(AFTER)?;
    let written = remark.optional_text("text")?;
    let what = remark.parsed("what", What::named)?;
    if is_remark(what) {
        entries.push(Entry { text: written, ..entry_that(what, remark)? });
        return Ok(());
    }
    remark.end()?;
    let last = entries.last_mut().filter(|last| last.what == what);
    last.ok_or_else(|| corrupt(REMARKS, "what"))?.text = written;
    Ok(())
}

fn entry_map(entry: &Entry) -> Item {
    // What was written stands among the remarks.
    let Entry { at, who, what, outcome, failed, correction, text: _, effect } = entry;
    let mut map = Item::from([
        ("at".to_owned(), number(at.millis())),
        ("who".to_owned(), text(who)),
        ("what".to_owned(), text(what.as_str())),
        ("effect".to_owned(), text(effect.as_str())),
    ]);
    if let Some(outcome) = outcome {
        let (word, customer_number, action) = match outcome {
            EntryOutcome::Created(number) => ("created", Some(*number), None),
            EntryOutcome::Updated(number) => ("updated", Some(*number), None),
            EntryOutcome::Unchanged(number) => ("unchanged", Some(*number), None),
            EntryOutcome::Failure(action) => ("failure", None, Some(*action)),
            EntryOutcome::Duplicate => ("duplicate", None, None),
        };
        map.insert("attempt".to_owned(), text(word));
        set(
            &mut map,
            "number",
            customer_number.map(|customer_number| number(u64::from(customer_number.get()))),
        );
        set(&mut map, "action", action.map(|action| text(action.letter())));
    }
    set(&mut map, "failed", failed_value(failed));
    let value = |value: Option<&str>| value.map_or(AttributeValue::Null(true), text);
    let correction: Item =
        correction.iter().map(|(field, new)| (field.name().to_owned(), value(new))).collect();
    set(&mut map, "correction", (!correction.is_empty()).then_some(AttributeValue::M(correction)));
    map
}

fn entry_of(mut fields: Fields) -> Result<Entry, TableError> {
    let what = fields.parsed("what", What::named)?;
    entry_that(what, fields)
}

/// The entry that this happened, of the other fields.
fn entry_that(what: What, mut fields: Fields) -> Result<Entry, TableError> {
    let customer_number = fields.optional_number("number")?.and_then(CustomerNumber::new);
    let action = fields.optional_text("action")?.as_deref().and_then(Action::of_letter);
    let outcome = match (fields.optional_text("attempt")?.as_deref(), customer_number, action) {
        (None, None, None) => None,
        (Some("created"), Some(number), None) => Some(EntryOutcome::Created(number)),
        (Some("updated"), Some(number), None) => Some(EntryOutcome::Updated(number)),
        (Some("unchanged"), Some(number), None) => Some(EntryOutcome::Unchanged(number)),
        (Some("failure"), None, Some(action)) => Some(EntryOutcome::Failure(action)),
        (Some("duplicate"), None, None) => Some(EntryOutcome::Duplicate),
        _ => return Err(corrupt("history", "attempt")),
    };
    let mut correction = Correction::default();
    for (name, value) in fields.map("correction")? {
        let field = Field::named(&name).ok_or_else(|| corrupt("history", "correction"))?;
        let value = if value.is_null() { None } else { Some(text_of("history", value)?) };
        correction.set(field, value);
    }
    let entry = Entry {
        at: fields.time("at")?,
        who: fields.text("who")?,
        what,
        outcome,
        failed: failed_of(fields.list("failed")?)?,
        correction,
        text: None,
        effect: fields.parsed("effect", |id| EffectId::parse(id).ok())?,
    };
    fields.end()?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use domain::message::Attribute;
    use domain::time::Timestamp;

    use super::super::tests::stamp;
    use super::*;

    #[test]
    fn a_request_in_error_is_written_and_read_back_and_its_item_is_pinned() {
        let now = Timestamp::from_millis(1_000);
        let message = Message {
            message_type: Some("CWCustomerIn".to_owned()),
            routing: Routing { source: Some("OMS".to_owned()), ..Routing::default() },
            attributes: [(Attribute::LAST_NAME, "Robinson")].into_iter().collect(),
            unknown: vec!["cst_favourite".to_owned()],
        };
        let failed = vec![
            FailedEdit::on(Attribute::CITY, EditCode::CityBlank),
            FailedEdit::of(Field::MessageType, EditCode::InvalidType),
            FailedEdit {
                country: Country::of("DEU"),
                ..FailedEdit::on(Attribute::POSTAL_CODE, EditCode::InvalidZip)
            },
        ];
        let received =
            Received { content_type: "application/xml".to_owned(), body: "<Message/>".to_owned() };
        let opened =
            RequestInError::open(received, message, (Action::Change, failed), &stamp("key", now));
        assert_eq!(request_in_error(request_in_error_item(&opened)).unwrap(), opened);
        assert_eq!(request_in_error_item(&opened).len(), 13);

        let mut correction = Correction::default();
        correction.set(Field::Attribute(Attribute::CITY), Some("Westborough".to_owned()));
        correction.set(Field::Attribute(Attribute::STATE), None);
        let later = stamp("reprocess", now.plus_seconds(1));
        let entry = Entry {
            outcome: CustomerNumber::new(7).map(EntryOutcome::Created),
            correction,
            ..Entry::new(What::Resolved, &later)
        };
        let resolved = opened.after(entry, &later.by).unwrap();
        assert_eq!(request_in_error(request_in_error_item(&resolved)).unwrap(), resolved);
        assert!(request_in_error_item(&resolved).contains_key("expires_at"));
        assert_eq!(resolved.customer_number(), CustomerNumber::new(7));
    }

    #[test]
    fn what_stewards_say_stands_beside_the_history_and_is_read_back_in_order() {
        let now = Timestamp::from_millis(1_000);
        let received = Received { content_type: "text/xml".to_owned(), body: "<x/>".to_owned() };
        let failed = vec![FailedEdit::on(Attribute::CITY, EditCode::CityBlank)];
        let mut request = RequestInError::open(
            received,
            Message::default(),
            (Action::Add, failed.clone()),
            &stamp("key", now),
        );
        for (step, (what, text)) in [
            (What::Assigned, Some("anna")),
            (What::Noted, Some("asked the shop")),
            (What::Corrected, None),
            (What::Assigned, None),
            (What::Deleted, Some("a test")),
            (What::Reopened, None),
            (What::Deleted, None),
        ]
        .into_iter()
        .enumerate()
        {
            let stamp = stamp(&format!("step {step}"), now);
            let failed = if what == What::Reopened { failed.clone() } else { Vec::new() };
            let text = text.map(str::to_owned);
            let entry = Entry { failed, text, ..Entry::new(what, &stamp) };
            request = request.after(entry, &stamp.by).unwrap();
        }
        let item = request_in_error_item(&request);
        assert_eq!(request_in_error(item.clone()).unwrap(), request);
        let length = |name: &str| item[name].as_l().unwrap().len();
        assert_eq!((length("history"), length("remarks")), (4, 5));

        // A release that knew none of this added an entry.
        let mut item = item;
        let last = item["history"].as_l().unwrap()[1].clone();
        let Some(AttributeValue::L(history)) = item.get_mut("history") else { unreachable!() };
        history.push(last);
        let read = request_in_error(item.clone()).unwrap();
        assert_eq!(read.history[..8], request.history[..]);
        assert_eq!(read.history[8].what, What::Corrected);

        // One that says to stand where nothing is, is damaged.
        let Some(AttributeValue::L(history)) = item.get_mut("history") else { unreachable!() };
        history.clear();
        assert!(request_in_error(item).is_err());
    }
}
