//! The sample events of `add-customer`: each is sent, as API Gateway delivers it, to the function's own `handle`, and gets the status in the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use lambda_http::{Body, Response};
use serde_json::Value;

use crate::fixture::Fixture;
use crate::xml;

/// Every event in the order in which they make one story, with its status and what the answer's body says under a property.
const STORY: &[(&str, u16, &str, &str)] = &[
    ("add-dry-run-xml", 201, "CustSoldTo/cst_action_result", "Success"),
    ("add-dry-run-json", 201, "CustSoldTo/cst_action_result", "Success"),
    ("add-created-xml", 201, "CustSoldTo/cst_cust_nbr", "000000001"),
    ("add-created-json", 201, "CustSoldTo/cst_cust_nbr", "000000002"),
    ("add-updated-single-xml", 200, "CustSoldTo/cst_cust_nbr", "000000001"),
    ("add-updated-single-json", 200, "CustSoldTo/cst_cust_nbr", "000000002"),
    ("add-duplicate-xml", 409, "CustSoldTo/cst_cust_nbr", "000000001"),
    ("add-duplicate-json", 409, "CustSoldTo/cst_cust_nbr", "000000002"),
    ("add-unchecked-xml", 201, "CustSoldTo/cst_cust_nbr", "000000003"),
    ("add-unchecked-json", 201, "CustSoldTo/cst_cust_nbr", "000000004"),
    ("add-duplicates-xml", 409, "CustSoldTo/Duplicate/0/cst_cust_nbr", "000000001"),
    ("add-duplicates-json", 409, "CustSoldTo/Duplicate/0/cst_cust_nbr", "000000002"),
    ("add-updated-best-xml", 200, "CustSoldTo/cst_cust_nbr", "000000003"),
    ("add-updated-best-json", 200, "CustSoldTo/cst_cust_nbr", "000000004"),
    ("change-by-number-xml", 200, "CustSoldTo/cst_city", "Boston"),
    ("change-by-number-json", 200, "CustSoldTo/cst_city", "Boston"),
    ("change-by-relate-id-xml", 200, "CustSoldTo/cst_cust_nbr", "000000001"),
    ("change-by-relate-id-json", 200, "CustSoldTo/cst_cust_nbr", "000000002"),
    ("change-by-alternate-number-xml", 200, "CustSoldTo/cst_lname", "Dryer"),
    ("change-by-alternate-number-json", 200, "CustSoldTo/cst_lname", "Dryer"),
    ("change-unknown-xml", 422, "CustSoldTo/Error/0/code", "customer-does-not-exist"),
    ("change-unknown-json", 422, "CustSoldTo/Error/0/code", "customer-does-not-exist"),
    ("add-failure-xml", 422, "CustSoldTo/Error/2/code", "invalid-zip"),
    ("add-failure-json", 422, "CustSoldTo/Error/2/code", "invalid-zip"),
    ("add-deletion-xml", 422, "CustSoldTo/Error/0/code", "invalid-action-type"),
    ("add-deletion-json", 422, "CustSoldTo/Error/0/code", "invalid-action-type"),
    ("add-without-response-xml", 201, "", ""),
    ("add-without-response-json", 201, "", ""),
    ("add-with-warning-xml", 201, "warnings/0", "cst_favourite is not a known attribute"),
    ("add-with-warning-json", 201, "warnings/0", "cst_favourite is not a known attribute"),
    ("add-with-key-xml", 201, "CustSoldTo/cst_cust_nbr", "000000009"),
    ("add-with-key-again-xml", 201, "CustSoldTo/cst_cust_nbr", "000000009"),
    ("add-key-reused-xml", 422, "type", "/problems/idempotency-key-reused"),
    ("add-base64-xml", 201, "CustSoldTo/cst_lname", "Müller"),
    ("add-xml-answered-in-json", 201, "type", "CWCustomerOut"),
    ("cannot-parse-xml", 400, "type", "/problems/invalid-message"),
    ("cannot-parse-json", 400, "type", "/problems/invalid-message"),
    ("invalid-xml", 400, "type", "/problems/invalid-message"),
    ("invalid-json", 400, "errors/0/pointer", "/CustSoldTo/cst_lname"),
    ("unsupported-media-type", 415, "type", "/problems/unsupported-media-type"),
    ("read-customer", 200, "CustSoldTo/cst_relate_id", "REL-xml"),
    ("read-customer-unknown", 404, "type", "/problems/not-found"),
    ("method-not-allowed", 405, "type", "/problems/method-not-allowed"),
    ("without-scope-xml", 403, "type", "/problems/forbidden"),
    ("without-claims-xml", 401, "type", "/problems/unauthenticated"),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/add-customer")
}

/// Sends an event as the Lambda runtime would.
async fn sent(stand: &Fixture, name: &str) -> Response<Body> {
    let file = folder().join(format!("{name}.json"));
    let event = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let request = lambda_http::request::from_str(&event);
    let request = request.unwrap_or_else(|error| panic!("{name} is no event: {error}"));
    add_customer::handle(&stand.stand.master, request).await
}

#[tokio::test]
async fn each_sample_event_gets_its_status() {
    let stand = Fixture::new().await;
    for (name, status, property, value) in STORY {
        let answer = sent(&stand, name).await;
        let body = String::from_utf8(answer.body().to_vec()).expect("text");
        assert_eq!(answer.status().as_u16(), *status, "{name}: {body}");
        if property.is_empty() {
            assert_eq!(body, "", "{name}");
        } else {
            let content_type = answer.headers()["content-type"].to_str().expect("text");
            let told: Value = if content_type.starts_with("application/xml") {
                xml::read(&body)
            } else {
                serde_json::from_str(&body).expect("JSON")
            };
            let found = told.pointer(&format!("/{property}"));
            assert_eq!(found, Some(&Value::from(*value)), "{name}: {body}");
        }
        let replayed = answer.headers().contains_key("idempotency-replayed");
        assert_eq!(replayed, name.contains("-key-again"), "{name}");
    }
}

#[test]
fn every_event_in_the_folder_is_in_the_story() {
    let files = fs::read_dir(folder()).expect("the folder is there");
    let names: BTreeSet<String> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            let name = path.file_stem().expect("a name");
            name.to_str().expect("text").to_owned()
        })
        .collect();
    let told: BTreeSet<String> = STORY.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(names, told);
}
