//! Batches of the table's stream, each handed to the function over a table as the story left it: which changes it tells of, and which records fail.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use aws_sdk_dynamodb::types::AttributeValue;
use local::event_lines::EventLines;
use local::stand::Storage;
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::Value;
use store::item::Item;
use store::table::Table as _;
use store::writes::{Condition, Write, Written};

use crate::folder;

/// Name, the types of the changes that are told, in order, and how many records fail.
const STORY: &[(&str, &[&str], usize)] = &[
    ("customer-created", &["customer.created"], 0),
    ("customer-updated", &["customer.updated"], 0),
    ("customer-erased", &["customer.erased"], 0),
    ("dealer-customer-associated", &["dealer-customer.associated"], 0),
    ("dealer-customer-released", &["dealer-customer.released"], 0),
    ("request-in-error-opened", &["request-in-error.opened"], 0),
    ("request-in-error-deleted", &["request-in-error.deleted"], 0),
    ("request-in-error-resolved", &["customer.created", "request-in-error.resolved"], 0),
    ("two-customers-created", &["customer.created", "customer.created"], 0),
    ("possible-duplicate-found", &["possible-duplicate.found"], 0),
    ("possible-duplicate-decided", &["possible-duplicate.decided"], 0),
    ("customers-merged", &["customer.merged", "customer.merged"], 0),
    ("customers-unmerged", &["customer.unmerged", "customer.unmerged"], 0),
    // The second record is of the same item, so it waits for the first.
    ("unreadable-record", &[], 2),
    (
        "whole-story",
        &[
            "customer.created",
            "customer.erased",
            "customer.created",
            "customer.updated",
            "dealer-customer.associated",
            "dealer-customer.released",
            "request-in-error.deleted",
            "request-in-error.opened",
            "request-in-error.resolved",
            "customer.created",
            "customer.created",
            "possible-duplicate.found",
            "possible-duplicate.decided",
            "customer.merged",
            "customer.merged",
            "customer.unmerged",
            "customer.unmerged",
        ],
        0,
    ),
];

fn event(name: &str) -> Value {
    let file = folder("follow-changes").join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).expect("JSON")
}

/// A value as the stream writes it.
fn value(of: &Value) -> AttributeValue {
    let (kind, of) = of.as_object().and_then(|of| of.iter().next()).expect("a value");
    match kind.as_str() {
        "S" => AttributeValue::S(of.as_str().expect("text").to_owned()),
        "N" => AttributeValue::N(of.as_str().expect("digits").to_owned()),
        "BOOL" => AttributeValue::Bool(of.as_bool().expect("a flag")),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(of.as_array().expect("a list").iter().map(value).collect()),
        "M" => AttributeValue::M(item(of)),
        other => panic!("no item of ours has {other}"),
    }
}

fn item(of: &Value) -> Item {
    let attributes = of.as_object().expect("attributes").iter();
    attributes.map(|(name, of)| (name.clone(), value(of))).collect()
}

/// A table as the whole story left it.
pub(crate) async fn table() -> Storage {
    let storage = Storage::embedded(None).await.expect("a database");
    let mut last: BTreeMap<String, Item> = BTreeMap::new();
    for record in event("whole-story")["Records"].as_array().expect("records") {
        let image = &record["dynamodb"]["NewImage"];
        last.insert(record["dynamodb"]["Keys"].to_string(), item(image));
    }
    for item in last.into_values() {
        let written = storage.table.write(&Write::Put { item, on: Condition::Absent }).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
    storage
}

#[tokio::test]
async fn each_event_of_follow_changes_tells_its_changes() {
    for (name, told, failures) in STORY {
        let storage = table().await;
        let events = EventLines::default();
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        let follower = Follower::new(master, events.clone());
        for again in [false, true] {
            let answer = follow_changes::handle(&follower, &event(name)).await.expect("a batch");
            assert_eq!(answer.batch_item_failures.len(), *failures, "{name}, again: {again}");
        }
        let kept = events.kept();
        // What is in no history may be told once more.
        let ids: BTreeMap<&str, &str> = kept
            .iter()
            .map(|event| {
                let text = |name: &str| event["detail"][name].as_str().expect("a text");
                (text("id"), text("type"))
            })
            .collect();
        let mut types: Vec<&str> = ids.into_values().collect();
        let mut expected = told.to_vec();
        types.sort_unstable();
        expected.sort_unstable();
        assert_eq!(types, expected, "{name}");
    }
    let files = fs::read_dir(folder("follow-changes")).expect("the folder is there");
    let names: BTreeSet<String> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()
        })
        .collect();
    let told: BTreeSet<String> = STORY.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names, told, "every event in the folder is in the story");
}
