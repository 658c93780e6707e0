//! Items outlive releases: what a newer release put on an item stays and hinders nobody, and an item that asks for a newer reader is refused alone.

use std::collections::BTreeMap;
use std::path::Path;

use aws_sdk_dynamodb::types::AttributeValue;
use kit::fixture::{Everything, Fixture, acme_as, given};
use kit::message::{change, checked, julie};
use kit::releases;
use serde_json::{Value, json};
use store::item::{Item, key_of};
use store::table::Table as _;
use store::writes::{Condition, Write, Written};

const NEWER: &str = "newer";

/// Puts an attribute on these items, as another release does.
async fn put_on(master: &Fixture, items: &Everything, name: &str, value: AttributeValue) {
    for item in items.values() {
        let write = Write::Update {
            key: key_of(item),
            set: Item::from([(name.to_owned(), value.clone())]),
            set_if_absent: Item::new(),
            remove: Vec::new(),
            on: Condition::Without(NEWER),
        };
        let written = master.master().table().write(&write).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
}

async fn items_of(master: &Fixture, prefix: &str) -> Everything {
    let items = master.items(prefix).await.into_iter();
    items.map(|item| (key_of(&item), item)).map(|(key, item)| ((key.pk, key.sk), item)).collect()
}

/// Reads, changes and writes what [`releases::story`] leaves behind.
async fn walk(master: &Fixture) {
    assert_eq!(master.add(&checked("Y")).await.duplicates(), ["000000001"]);
    let moved = change("cst_cust_nbr", "1").with("cst_street_addr", "7 Mill Road");
    master.add(&moved).await.updated();
    let renumbered = change("cst_relate_id", "R-1").with("cst_interface_cust_nbr", "A-2");
    assert_eq!(master.add(&renumbered).await.updated().number(), "000000001");
    let acme = master.get("/customers/000000002").send().await.is(200);
    let identifier = acme["customerOrganizationIdentifier"].as_str().expect("an identifier");
    master.associate(&given("TD68", "ACME-2", identifier)).await.is(201);
    master.release("TD68", "ACME-1").await.is_empty(204);
    master.associate(&acme_as("TD68", "ACME-1")).await.is(200);
    let associated = master.get("/dealer-customers/TD68").send().await.is(200);
    assert_eq!(associated["dealerCustomers"].as_array().map(Vec::len), Some(2));
    let found = master.get("/customers?email=julie@example.com").send().await.is(200);
    assert_eq!(found["customers"][0]["customerNumber"], "000000001");
    let history = master.get("/customers/000000001/history").send().await.is(200);
    assert!(history["history"].as_array().is_some_and(|entries| entries.len() >= 2), "{history}");
    let listed = master.get("/errors").send().await.is(200);
    assert_eq!(listed["unreadable"], json!(null));
    let waiting = listed["errors"].as_array().expect("a list");
    assert_eq!(waiting.len(), 2);
    let no_city = |request: &&Value| request["codes"] == json!(["city-blank"]);
    let request = waiting.iter().find(no_city).and_then(|request| request["id"].as_str());
    let reprocess = format!("/errors/{}/reprocess", request.expect("one without a city"));
    let corrected = json!({ "cst_city": "Westborough" });
    master.post(&reprocess).json(&corrected).send().await.is(201);
}

#[tokio::test]
async fn what_a_newer_release_put_on_items_hinders_nobody_and_stays() {
    let master = Fixture::new().await;
    releases::story(&master).await;
    let newer =
        AttributeValue::M([("of".to_owned(), AttributeValue::S("tomorrow".to_owned()))].into());
    put_on(&master, &master.records().await, NEWER, newer.clone()).await;
    let before = master.records().await;
    walk(&master).await;
    let after = master.records().await;
    let written = before.iter().filter(|(key, item)| after.get(*key) != Some(*item)).count();
    assert_eq!(written, 4, "the customer, a claim, a dealer customer and a request in error");
    for key in before.keys() {
        assert_eq!(after.get(key).and_then(|item| item.get(NEWER)), Some(&newer), "{key:?}");
    }

    // What this release does not know may tell of the person, so it goes with the person.
    master.post("/customers/000000001/erase").json(&json!({})).send().await.is_empty(204);
    let erased: BTreeMap<_, _> = items_of(&master, "BLOCK#").await;
    let item =
        erased.values().find(|item| item.contains_key("erased")).expect("an erased customer");
    assert_eq!(item.get(NEWER), None);
}

#[tokio::test]
async fn the_items_of_each_release_are_read_changed_and_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("http/releases");
    let mut releases_seen = 0;
    for file in std::fs::read_dir(folder).expect("recorded items") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("a text");
        let items: Vec<Value> = serde_json::from_str(&text).expect("items");
        let master = Fixture::new().await;
        // The counter is there already, from the start of the functions.
        releases::put(&master, &items).await;
        walk(&master).await;
        releases_seen += 1;
    }
    assert!(releases_seen > 0);
}

#[tokio::test]
async fn what_asks_for_a_newer_reader_is_refused_alone() {
    let master = Fixture::new().await;
    let number = master.add(&checked("Y")).await.created().number();
    let kept = master.add(&julie().without("cst_city")).await.request_in_error();
    let refused = master
        .add(&julie().without("cst_city").with("cst_fname", "Other"))
        .await
        .request_in_error();
    let mut items = items_of(&master, "BLOCK#").await;
    items.extend(
        items_of(&master, "ERROR#").await.into_iter().filter(|((pk, _), _)| pk.contains(&*refused)),
    );
    assert_eq!(items.len(), 2);
    put_on(&master, &items, "min_reader", AttributeValue::N("3".to_owned())).await;

    // No test's request may meet a 5xx, but this is what these are about.
    let status = async |path: &str| {
        let url = format!("{}{path}", master.stand.url);
        reqwest::get(url).await.expect("an answer").status().as_u16()
    };
    assert_eq!(status(&format!("/customers/{number}")).await, 503);
    assert_eq!(status(&format!("/errors/{refused}")).await, 503);
    assert_eq!(status(&format!("/errors/{kept}")).await, 200);
    let elsewhere = checked("Y").with_all(&[("cst_zip", "02134"), ("cst_city", "Boston")]);
    master.add(&elsewhere).await.created();
    let listed = master.get("/errors").send().await.is(200);
    assert_eq!(listed["errors"][0]["id"], json!(kept));
    assert_eq!(listed["errors"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["unreadable"], json!([refused]));
}
