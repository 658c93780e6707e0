//! The sample events: each is sent, as API Gateway delivers it, to its function, and gets the status in the function's table; no file in `events` is
//! in none.
//!
//! `INVOKE_URL` sends them to deployed functions in place of those that are linked here, each to the address that ends with its package's name; their
//! table is then `TABLE_NAME` at `DYNAMODB_URL`. Each story begins with an empty table and with functions that have made no customer yet.

mod add_customer;
mod associate_dealer;
mod audit_customers;
mod deployed;
mod find_customer;
mod fix_error;
mod follow_changes;
mod merge_customers;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use kit::contract::Aliases;
use kit::fixture::Fixture;
use kit::xml;
use lambda_http::{Body, Response};
use local::stand;
use serde_json::{Value, json};

/// The events of a function in the order in which they make one story: name, status, and what the answer's body says under a JSON pointer.
/// Without a pointer the body has that text somewhere; without either there is none.
type Story = &'static [(&'static str, u16, &'static str, &'static str)];

/// Where the events of a function are.
fn folder(function: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events").join(function)
}

/// Sends an event as the Lambda runtime would.
async fn sent(master: &Fixture, function: &str, name: &str, aliases: &Aliases) -> Response<Body> {
    let file = folder(function).join(format!("{name}.json"));
    let event = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let event = aliases.as_found(&event);
    match deployed::invoked(function, &event).await {
        Some(answer) => answer,
        None => stand::functions(master.master())[function](api::event::request(&event)).await,
    }
}

/// The text of an answer, uncompressed.
fn text(answer: &Response<Body>) -> String {
    let mut text = String::new();
    let mut body = &answer.body()[..];
    let read = if answer.headers().contains_key("content-encoding") {
        GzDecoder::new(body).read_to_string(&mut text)
    } else {
        body.read_to_string(&mut text)
    };
    read.expect("text");
    text
}

/// Holds that the event gets the answer of its story.
async fn told(master: &Fixture, function: &str, story: Story) {
    let mut aliases = Aliases::default();
    for (name, status, pointer, value) in story {
        associate_dealer::prepare(master, name, &aliases).await;
        let answer = sent(master, function, name, &aliases).await;
        let body = text(&answer);
        assert_eq!(answer.status().as_u16(), *status, "{name}: {body}");
        match (*pointer, *value) {
            ("", "") => assert_eq!(body, "", "{name}"),
            ("", part) => assert!(body.contains(part), "{name}: {body}"),
            (pointer, value) => {
                let content_type = answer.headers()["content-type"].to_str().expect("text");
                let told: Value = if content_type.starts_with("application/xml") {
                    xml::read(&body)
                } else {
                    serde_json::from_str(&body).expect("JSON")
                };
                let told = told.pointer(pointer).cloned().unwrap_or_default();
                if let Some(found) = told.as_str() {
                    aliases.learn(value, found);
                }
                assert_eq!(told, json!(aliases.as_found(value)), "{name}: {body}");
            }
        }
        let replayed = answer.headers().contains_key("idempotency-replayed");
        assert_eq!(replayed, name.contains("-again"), "{name}");
    }
    let files = fs::read_dir(folder(function)).expect("the folder is there");
    let names: BTreeSet<String> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()
        })
        .collect();
    let told: BTreeSet<String> = story.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names, told, "every event in the folder is in the story");
}

#[tokio::test]
async fn each_event_of_associate_dealer_gets_its_answer() {
    told(&deployed::fixture().await, "associate-dealer", associate_dealer::STORY).await;
}

#[tokio::test]
async fn each_event_of_add_customer_gets_its_answer() {
    told(&deployed::fixture().await, "add-customer", add_customer::STORY).await;
}

#[tokio::test]
async fn each_event_of_find_customer_gets_its_answer() {
    let master = Fixture::new().await;
    find_customer::plant(&master).await;
    told(&master, "find-customer", find_customer::STORY).await;
}

#[tokio::test]
async fn each_event_of_fix_error_gets_its_answer() {
    let master = deployed::fixture().await;
    fix_error::plant(&master).await;
    told(&master, "fix-error", fix_error::STORY).await;
}

#[tokio::test]
async fn each_event_of_merge_customers_gets_its_answer() {
    let master = deployed::fixture().await;
    merge_customers::plant(&master).await;
    told(&master, "merge-customers", merge_customers::STORY).await;
}

#[test]
fn every_folder_of_events_is_a_functions() {
    let folders = fs::read_dir(folder("")).expect("the folder is there");
    let folders = folders.map(|folder| folder.expect("an entry").file_name());
    let folders: BTreeSet<_> = folders.map(|name| name.into_string().expect("text")).collect();
    assert_eq!(
        folders,
        [
            "add-customer",
            "associate-dealer",
            "audit-customers",
            "find-customer",
            "fix-error",
            "follow-changes",
            "merge-customers"
        ]
        .map(str::to_owned)
        .into()
    );
}
