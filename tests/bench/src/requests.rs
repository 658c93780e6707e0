//! The requests of the measurements, as the events that API Gateway sends.

use std::net::{IpAddr, Ipv4Addr};
use std::time::SystemTime;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};

use local::claims;
use local::event::{self, Arrival};

/// The event of a request by the local developer, who may do everything.
#[must_use]
pub fn event(method: &Method, path: &str, body: Option<&Value>) -> String {
    let body = body.map(Value::to_string).unwrap_or_default();
    event_of(method, path, &headers(), body.as_bytes())
}

/// The headers of a request in JSON.
#[must_use]
pub fn headers() -> HeaderMap {
    HeaderMap::from_iter([
        (header::HOST, HeaderValue::from_static("localhost")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ])
}

/// The event of a request with any headers and any body.
#[must_use]
pub fn event_of(method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    event::write(&Arrival {
        method,
        path,
        query,
        headers,
        body,
        route: "$default",
        path_parameters: std::collections::BTreeMap::new(),
        claims: Some(&claims::local_developer()),
        request_id: "measurement",
        trace_id: "Root=1-00000000-000000000000000000000000",
        source: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port: 443,
        at: SystemTime::UNIX_EPOCH,
    })
}

/// A business to associate, one block for each name.
#[must_use]
pub fn associate(number: &str, name: &str) -> Value {
    json!({
        "dealerCode": "TD68", "dealerCustomerNumber": number, "businessName": name,
        "address": { "line1": "100 Example Street", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA" },
        "email": "office@acme.example", "phones": ["508-555-0100"]
    })
}

/// The association of a customer that is known by its identifier.
#[must_use]
pub fn associate_given(number: &str, identifier: &str) -> Value {
    json!({ "dealerCode": "TD68", "dealerCustomerNumber": number, "customerOrganizationIdentifier": identifier })
}

/// A message, answered in full. `check` is its duplicate check; the first name is no part of the match code, the last name is.
#[must_use]
pub fn message(check: &str, first: &str, last: &str) -> Value {
    json!({
        "type": "CWCustomerIn",
        "CustSoldTo": {
            "cst_send_response": "Y", "cst_duplicate": check, "cst_fname": first, "cst_lname": last, "cst_street_addr": "100 Example Street",
            "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1"
        }
    })
}

/// The same without its city: it fails its edits.
#[must_use]
pub fn failing_message(check: &str, last: &str) -> Value {
    let mut message = message(check, "Bob", last);
    if let Some(attributes) = message["CustSoldTo"].as_object_mut() {
        attributes.remove("cst_city");
    }
    message
}

/// A name whose first letters, and so whose block, no other number shares.
#[must_use]
pub fn name(number: u64) -> String {
    let mut left = number;
    let mut name = String::new();
    for _ in 0..4 {
        name.push(char::from(b'A' + u8::try_from(left % 26).expect("a letter of 26")));
        left /= 26;
    }
    name
}
