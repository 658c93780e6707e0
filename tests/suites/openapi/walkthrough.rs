//! The examples are true: sent in the order of the walkthrough to a customer master without data, each is answered as the document shows.

use std::collections::BTreeSet;

use kit::contract::Aliases;
use local::event_lines::EventLines;
use serde_json::Value;

use crate::conformity::Conformity;
use crate::requests::{self, send};

/// What differs from run to run: ids of requests, times, and cursors.
const VOLATILE: [&str; 9] = [
    "requestId",
    "createdAt",
    "updatedAt",
    "receivedAt",
    "since",
    "closedAt",
    "oldest",
    "at",
    "next",
];

#[tokio::test]
async fn every_example_is_answered_as_it_says() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    let mut aliases = Aliases::default();
    let mut following = stand.following(EventLines::default()).await.expect("a stream");
    for chapter in conformity.contract.walkthrough().unwrap() {
        for step in chapter.steps {
            let name = format!("{} {}", step.operation.id, step.example);
            let target = aliases.as_found(&step.target);
            let line = (step.operation.method, target.as_str());
            let id = step.operation.id;
            following.drain().await.expect("the stream is read");
            let body = step.body.as_deref().map(|body| aliases.as_found(body));
            let answer = send(&stand, &conformity, id, line, &step.headers, body).await;
            if let Some(expected) = &step.expected {
                let shown = expected.value.as_str().map(str::to_owned);
                let shown = shown.unwrap_or_else(|| expected.value.to_string());
                let found = serde_json::from_str::<Value>(&answer.text);
                aliases
                    .learn(&shown, &found.map_or(answer.text.clone(), |found| found.to_string()));
            }
            assert_eq!(answer.status, step.status, "{name}: {}", answer.text);
            let replayed = answer.header("idempotency-replayed") == Some("true");
            assert_eq!(replayed, step.replayed, "{name}");
            match &step.expected {
                None => assert_eq!(answer.text, "", "{name} has a body and no example of it"),
                Some(expected) => {
                    let content_type = answer.header("content-type").unwrap_or_default();
                    assert_eq!(
                        content_type.split(';').next(),
                        Some(expected.content_type),
                        "{name}"
                    );
                    let found = if expected.value.is_string() {
                        // YAML has no other line ends than this one.
                        Value::from(aliases.as_shown(&answer.text.replace("\r\n", "\n")))
                    } else {
                        let text = aliases.as_shown(&answer.text);
                        serde_json::from_str(&text).expect("JSON")
                    };
                    let (found, shown) = (settled(&found), settled(expected.value));
                    assert_eq!(
                        found, shown,
                        "{name}\nis answered with\n{found:#}\nand not with\n{shown:#}"
                    );
                }
            }
            if let Some(location) = answer.header("location")
                && !step.target.contains("dryRun=true")
            {
                let found = reqwest::get(format!("{}{location}", stand.url)).await;
                assert_eq!(found.unwrap().status(), 200, "{name} leads to {location}");
            }
        }
    }
    stand.stop().await.unwrap();
}

#[test]
fn every_example_has_its_step() {
    let conformity = Conformity::new();
    let mut sent = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for chapter in conformity.contract.walkthrough().unwrap() {
        for step in chapter.steps {
            sent.insert((step.operation.id.to_owned(), step.example.to_owned()));
            shown.extend(step.expected.map(|expected| std::ptr::from_ref(expected.value)));
        }
    }
    // Sent by tests of their own, or not to be had from a customer master that is well.
    let apart = [
        "unauthenticated",
        "tooLarge",
        "headTooLarge",
        "unsupported",
        "throttled",
        // After 30 days, or where something is lost from the table.
        "gone",
        "internal",
        "busy",
    ];
    for operation in conformity.contract.operations() {
        for (name, _) in examples(&operation.node["requestBody"]) {
            let known = (operation.id.to_owned(), name.to_owned());
            assert!(sent.contains(&known), "{known:?} is not sent");
        }
        for response in operation.node["responses"].as_object().unwrap().values() {
            let response = conformity.contract.resolve(response).unwrap();
            for (name, value) in examples(response) {
                let known = shown.contains(&std::ptr::from_ref(value)) || apart.contains(&name);
                assert!(known, "{} {name} is not answered", operation.id);
            }
        }
    }
}

#[test]
fn every_example_fits_its_schema() {
    let conformity = Conformity::new();
    let document = conformity.contract.document();
    let mut contents = Vec::new();
    collect(document, &mut contents);
    let mut count = 0;
    for (media_type, content) in contents {
        let validator = conformity.validator(&content["schema"]);
        for (name, example) in content["examples"].as_object().into_iter().flatten() {
            let value = &example["value"];
            let value = match (media_type, value) {
                ("application/xml", Value::String(text)) if text.contains("CWCustomerOut") => {
                    kit::xml::read(text)
                }
                ("application/xml", _) => continue,
                (_, value) => value.clone(),
            };
            let faults: Vec<_> =
                validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:?}");
            count += 1;
        }
    }
    assert!(count > 50, "{count} examples");
}

/// Every content type of a body with its schema.
fn collect<'c>(node: &'c Value, found: &mut Vec<(&'c str, &'c Value)>) {
    match node {
        Value::Object(members) => {
            if let Some(content) = members.get("content").and_then(Value::as_object) {
                found.extend(content.iter().map(|(name, content)| (name.as_str(), content)));
            }
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn examples(node: &Value) -> Vec<(&str, &Value)> {
    let contents = node["content"].as_object().into_iter().flatten();
    let all =
        contents.flat_map(|(_, content)| content["examples"].as_object().into_iter().flatten());
    all.map(|(name, example)| (name.as_str(), &example["value"])).collect()
}

/// A value without what differs from run to run.
fn settled(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let volatile = VOLATILE.contains(&name.as_str()) && value.is_string();
                // A message as received is JSON within JSON: how the sender spaced it is not the contract's.
                let received = value.as_str().filter(|_| name == "body");
                let received = received.and_then(|text| serde_json::from_str(text).ok());
                (
                    name.clone(),
                    match received {
                        _ if volatile => "…".into(),
                        Some(received) => settled(&received),
                        None => settled(value),
                    },
                )
            })
            .collect(),
        Value::Array(items) => items.iter().map(settled).collect(),
        // In the export the times are cells.
        Value::String(text) if text.trim_start_matches('\u{feff}').starts_with("\"id\",") => text
            .split('"')
            .map(|cell| {
                if cell.ends_with('Z') && cell.contains("T") && cell.len() == 24 {
                    "…"
                } else {
                    cell
                }
            })
            .collect::<Vec<_>>()
            .join("\"")
            .trim_end()
            .into(),
        Value::String(text) => text.trim_end().into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
