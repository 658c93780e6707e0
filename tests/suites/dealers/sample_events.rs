//! The sample events: each is sent, as API Gateway delivers it, to the function's own `handle`, and gets the status in the table.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use lambda_http::{Body, Response};
use serde_json::Value;

use crate::fixture::Fixture;

/// Where the events of `associate-dealer` are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../events/associate-dealer")
}

/// The customer that `associate-created` makes: identifiers follow from name and place, so that later events can name it.
const ACME: &str = "NGPWTW8181RA8CQ7-000001";

/// Every event in the order in which they make one story, with its status and what the answer's body says under a property.
const STORY: &[(&str, u16, &str, &str)] = &[
    ("associate-dry-run", 201, "customerOrganization", "created"),
    ("associate-created", 201, "customerOrganizationIdentifier", ACME),
    ("associate-taken", 400, "type", "/problems/dcn-already-associated"),
    ("associate-matched", 201, "customerOrganization", "matched"),
    ("associate-given", 201, "customerOrganization", "given"),
    ("associate-with-key", 201, "dcn", "TD69|A-102"),
    ("associate-with-key-again", 201, "dcn", "TD69|A-102"),
    ("associate-key-reused", 422, "type", "/problems/idempotency-key-reused"),
    ("associate-base64", 201, "dcn", "TD68|Z-1"),
    ("associate-array-claim", 201, "dcn", "TD68|ORCHARD-7"),
    ("associate-faults", 400, "type", "/problems/invalid-request"),
    ("associate-not-json", 400, "type", "/problems/invalid-request"),
    ("associate-xml", 415, "type", "/problems/unsupported-media-type"),
    ("associate-too-large", 413, "type", "/problems/too-large"),
    ("associate-foreign-dealer", 403, "type", "/problems/forbidden"),
    ("associate-without-scope", 403, "type", "/problems/forbidden"),
    ("associate-without-claims", 401, "type", "/problems/unauthenticated"),
    ("associate-unknown-identifier", 404, "type", "/problems/customer-organization-not-found"),
    ("read-dealer-customer", 200, "customerOrganizationIdentifier", ACME),
    ("read-dealer-customer-absent", 404, "type", "/problems/not-found"),
    ("read-dealer-customer-foreign", 404, "type", "/problems/not-found"),
    ("list-dealer-customers", 200, "dealerCustomers/1/dcn", "TD69|A-101"),
    ("list-dealer-customers-foreign", 404, "type", "/problems/not-found"),
    ("list-dealer-customers-bad-cursor", 400, "errors/0/pointer", "/query/cursor"),
    ("read-customer-organization", 200, "dealerCustomers/0/dcn", "TD68|245TRSSDG343456"),
    ("read-customer-organization-as-customers", 200, "customerNumber", "000000001"),
    ("read-customer-organization-unknown", 404, "type", "/problems/not-found"),
    ("release-dry-run", 200, "dcn", "TD68|245TRSSDG343456"),
    ("release", 204, "", ""),
    ("release-not-associated", 409, "type", "/problems/not-associated"),
    ("release-absent", 404, "type", "/problems/not-found"),
    ("release-foreign", 403, "type", "/problems/forbidden"),
    ("associate-after-release", 200, "dealerCustomer", "associated"),
    ("method-not-allowed", 405, "type", "/problems/method-not-allowed"),
    ("unknown-path", 404, "type", "/problems/not-found"),
    // Sent after a second customer of that name and place is there.
    ("associate-ambiguous", 409, "candidates/1", ACME),
];

/// Sends an event as the Lambda runtime would.
async fn sent(stand: &Fixture, name: &str) -> Response<Body> {
    let file = folder().join(format!("{name}.json"));
    let event = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let request = lambda_http::request::from_str(&event);
    let request = request.unwrap_or_else(|error| panic!("{name} is no event: {error}"));
    associate_dealer::handle(&stand.stand.master, request).await
}

#[tokio::test]
async fn each_sample_event_gets_its_status() {
    let stand = Fixture::new().await;
    for (name, status, property, value) in STORY {
        if *name == "associate-ambiguous" {
            stand.plant_twin(ACME, [1; 10]).await;
        }
        let answer = sent(&stand, name).await;
        let body = String::from_utf8(answer.body().to_vec()).expect("text");
        assert_eq!(answer.status().as_u16(), *status, "{name}: {body}");
        if property.is_empty() {
            assert_eq!(body, "", "{name}");
        } else {
            let json: Value = serde_json::from_str(&body).expect("JSON");
            let found = json.pointer(&format!("/{property}"));
            assert_eq!(found, Some(&Value::from(*value)), "{name}: {body}");
        }
        let replayed = answer.headers().contains_key("idempotency-replayed");
        assert_eq!(replayed, *name == "associate-with-key-again", "{name}");
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
