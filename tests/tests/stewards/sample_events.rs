//! The sample events: each is sent, as API Gateway delivers it, to the function's own `handle`, and gets the status in the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use domain::edits::EditCode;
use domain::message::Attribute;
use domain::request_in_error::RequestInErrorId;
use domain::time::Timestamp;
use fix_error::SignIn;
use lambda_http::{Body, Response};
use serde_json::{Value, json};

use crate::fixture::{Fixture, request_in_error, with, without_city};

/// Where the events are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../events/fix-error")
}

/// Every event in the order in which they make one story, with its status and what the answer's body says under a pointer.
const STORY: &[(&str, u16, &str, &str)] = &[
    ("list", 200, "/errors/0/id", "0000000000000004"),
    ("list-filtered", 200, "/errors/0/name", "Julie Robinson"),
    ("list-bad-filter", 400, "/errors/0/pointer", "/query/state"),
    ("list-without-scope", 403, "/type", "/problems/forbidden"),
    ("list-without-claims", 401, "/type", "/problems/unauthenticated"),
    ("list-method-not-allowed", 405, "/type", "/problems/method-not-allowed"),
    ("show", 200, "/errors/0/code", "city-blank"),
    ("show-unknown", 404, "/type", "/problems/not-found"),
    ("correct-version-missing", 428, "/type", "/problems/version-required"),
    ("correct-version-mismatch", 412, "/type", "/problems/version-mismatch"),
    ("correct-unknown-attribute", 400, "/errors/0/pointer", "/cst_favourite"),
    ("correct-xml", 415, "/type", "/problems/unsupported-media-type"),
    ("correct-dry-run", 200, "/message/CustSoldTo/cst_city", "Westborough"),
    ("correct", 200, "/history/1/who", "steward-anna"),
    ("reprocess-dry-run", 201, "/CustSoldTo/cst_action_result", "Success"),
    ("reprocess", 201, "/CustSoldTo/cst_cust_nbr", "000000001"),
    ("reprocess-already-resolved", 409, "/customerNumber", "000000001"),
    ("reprocess-failure", 422, "/CustSoldTo/Error/0/code", "city-blank"),
    ("reprocess-with-patch-and-key", 201, "/CustSoldTo/cst_cust_nbr", "000000002"),
    ("reprocess-with-patch-and-key-again", 201, "/CustSoldTo/cst_cust_nbr", "000000002"),
    ("reprocess-key-reused", 422, "/type", "/problems/idempotency-key-reused"),
    ("reprocess-duplicate", 409, "/CustSoldTo/cst_action_result", "Duplicate"),
    ("reprocess-many-dry-run", 200, "/results/1/outcome", "failure"),
    ("reprocess-many-by-ids", 200, "/results/1/outcome", "already-resolved"),
    ("reprocess-many-by-cause", 200, "/results/0/id", "0000000000000004"),
    ("reprocess-many-without-choice", 400, "/errors/0/pointer", "/ids"),
    ("export", 200, "", "0000000000000004"),
    ("delete-version-missing", 428, "/type", "/problems/version-required"),
    ("delete-dry-run", 200, "/state", "deleted"),
    ("delete", 204, "", ""),
    ("delete-already-deleted", 409, "/type", "/problems/already-deleted"),
    ("erase-dry-run", 200, "/customerNumber", "000000001"),
    ("erase", 204, "", ""),
    ("erase-unknown", 404, "/type", "/problems/not-found"),
    ("console", 200, "", "<html lang=\"en\">"),
    ("console-file", 200, "", "import"),
    ("console-file-unknown", 404, "/type", "/problems/not-found"),
];

/// Sends an event as the Lambda runtime would.
async fn sent(master: &Fixture, name: &str) -> Response<Body> {
    let file = folder().join(format!("{name}.json"));
    let event = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let request = lambda_http::request::from_str(&event);
    let request = request.unwrap_or_else(|error| panic!("{name} is no event: {error}"));
    fix_error::handle(master.master(), &SignIn::default(), request).await
}

/// The requests in error that the events name: four without a city, the third a duplicate of the first.
async fn plant(master: &Fixture) {
    let others = [
        ("Robinson", json!({})),
        ("Dryer", json!({})),
        ("Robinson", json!({ "cst_duplicate": "Y" })),
        ("Okafor", json!({})),
    ];
    for (number, (name, others)) in (1..).zip(others) {
        let attributes = with(without_city(name), &others);
        let at = Timestamp::from_millis(1_790_000_000_000 + number);
        let mut request = request_in_error(&attributes, (Attribute::CITY, EditCode::CityBlank), at);
        request.id = RequestInErrorId::parse(&format!("{number:016}")).expect("an id");
        master.plant(&request).await;
    }
}

#[tokio::test]
async fn each_sample_event_gets_its_status() {
    let master = Fixture::new().await;
    plant(&master).await;
    for (name, status, pointer, value) in STORY {
        let answer = sent(&master, name).await;
        let body = String::from_utf8(answer.body().to_vec()).expect("text");
        assert_eq!(answer.status().as_u16(), *status, "{name}: {body}");
        match (*pointer, *value) {
            ("", "") => assert_eq!(body, "", "{name}"),
            ("", part) => assert!(body.contains(part), "{name}: {body}"),
            (pointer, value) => {
                let json: Value = serde_json::from_str(&body).expect("JSON");
                assert_eq!(json.pointer(pointer), Some(&json!(value)), "{name}: {body}");
            }
        }
        let replayed = answer.headers().contains_key("idempotency-replayed");
        assert_eq!(replayed, name.ends_with("-again"), "{name}");
    }
}

#[test]
fn every_event_in_the_folder_is_in_the_story() {
    let files = fs::read_dir(folder()).expect("the folder is there");
    let names: BTreeSet<String> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()
        })
        .collect();
    let told: BTreeSet<String> = STORY.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names, told);
}
