//! Very many requests in error, put into the table directly and in batches.

use std::ops::Range;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::about;
use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::request::{RequestInErrorId, State};
use domain::time::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use store::item::Item;
use store::items::{self, HasTopic};
use store::keys;
use store::writes::Write;
use tokio::task::JoinSet;

use crate::fixture::{Fixture, request_in_error, without_city};

/// As many items as the database writes in one call.
const BATCH: u64 = 25;

/// When the first of a crowd came; each other came a second after the one before.
pub(crate) const BEGINNING: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// The id of one of a crowd.
pub(crate) fn id(number: u64) -> String {
    format!("{number:016}")
}

/// Puts open requests in error that lack a city into the table: those with these numbers.
pub(crate) async fn gather(master: &Fixture, numbers: Range<u64>) {
    gather_of(master, &without_city("Crowd"), numbers).await;
}

/// The same, of messages with these attributes.
pub(crate) async fn gather_of(master: &Fixture, attributes: &Value, numbers: Range<u64>) {
    let sample = request_in_error(attributes, (Attribute::CITY, EditCode::CityBlank), BEGINNING);
    let sample_key = keys::error(State::Open, BEGINNING, &sample.id);
    let text = text_of(&items::request_in_error_item(&sample));
    put(master, numbers, move |number| {
        let at = BEGINNING.plus_seconds(number);
        let id = RequestInErrorId::parse(&id(number)).expect("an id");
        let key = keys::error(State::Open, at, &id);
        text.replace(&sample_key.partition, &key.partition)
            .replace(&sample_key.sort, &key.sort)
            .replace(sample.id.as_str(), id.as_str())
            .replace(&BEGINNING.millis().to_string(), &at.millis().to_string())
    })
    .await;
}

/// Says of requests with these attributes and numbers what they are about.
pub(crate) async fn announce(master: &Fixture, attributes: &Value, numbers: Range<u64>) {
    let controls = master.master().controls();
    let sample = request_in_error(attributes, (Attribute::CITY, EditCode::CityBlank), BEGINNING);
    for topic in about::of_request(&sample, controls) {
        let said = HasTopic { id: sample.id.clone(), version: 1, until: None, at: BEGINNING };
        let write = items::topic(&keys::topic(&controls.secret, &topic), &said);
        let Write::Put { item, .. } = write else { panic!("a topic is put") };
        let (text, sample) = (text_of(&item), sample.id.clone());
        put(master, numbers.clone(), move |number| text.replace(sample.as_str(), &id(number)))
            .await;
    }
}

fn text_of(item: &Item) -> String {
    let item: serde_json::Map<_, _> =
        item.iter().map(|(name, value)| (name.clone(), in_json(value))).collect();
    Value::Object(item).to_string()
}

/// Puts an item for each number into the table.
async fn put(
    master: &Fixture,
    numbers: Range<u64>,
    item: impl Fn(u64) -> String + Send + Sync + 'static,
) {
    let item = Arc::new(item);
    let http = reqwest::Client::new();
    let batches: Vec<_> = (numbers.start..numbers.end).step_by(25).collect();
    let mut workers = JoinSet::new();
    for worker in 0..4 {
        let mine: Vec<_> = batches.iter().copied().skip(worker).step_by(4).collect();
        let (http, item, end) = (http.clone(), Arc::clone(&item), numbers.end);
        let (database, table) = (master.database.clone(), master.table.clone());
        workers.spawn(async move {
            for first in mine {
                let puts: Vec<_> = (first..(first + BATCH).min(end))
                    .map(|number| format!("{{\"PutRequest\":{{\"Item\":{}}}}}", item(number)))
                    .collect();
                let body = format!("{{\"RequestItems\":{{\"{table}\":[{}]}}}}", puts.join(","));
                let sent = http
                    .post(&database)
                    .header("x-amz-target", "DynamoDB_20120810.BatchWriteItem")
                    .header(CONTENT_TYPE, "application/x-amz-json-1.0")
                    .header("x-amz-date", "20260101T000000Z")
                    .header(AUTHORIZATION, "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=0")
                    .body(body)
                    .send()
                    .await
                    .expect("the database answers");
                let (status, text) = (sent.status(), sent.text().await.expect("text"));
                assert!(status.is_success() && text.contains("\"UnprocessedItems\":{}"), "{status} {text}");
            }
        });
    }
    workers.join_all().await;
}

/// A value as the database reads it.
fn in_json(value: &AttributeValue) -> Value {
    if let Ok(text) = value.as_s() {
        json!({ "S": text })
    } else if let Ok(number) = value.as_n() {
        json!({ "N": number })
    } else if let Ok(list) = value.as_l() {
        json!({ "L": list.iter().map(in_json).collect::<Vec<_>>() })
    } else if let Ok(map) = value.as_m() {
        let map: serde_json::Map<_, _> =
            map.iter().map(|(name, value)| (name.clone(), in_json(value))).collect();
        json!({ "M": map })
    } else {
        panic!("a request in error has no {value:?}")
    }
}
