//! The events' way to EventBridge: what is sent, and what a refused entry means.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::change::{Change, ChangeId, ChangeType};
use domain::customer::{CustomerNumber, Identifier};
use domain::history::{Of, Part};
use domain::time::Timestamp;
use event_bus::EventBridge;
use operations::changes::Bus as _;
use serde_json::{Value, json};
use store::client::Connection;
use tokio::task::JoinSet;

/// A stand-in for EventBridge that refuses some versions, and what it was sent.
#[derive(Clone, Default)]
struct Endpoint {
    sent: Arc<Mutex<Vec<Value>>>,
    refused: Vec<u64>,
}

async fn put(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    assert_eq!(headers["x-amz-target"], "AWSEvents.PutEvents");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let entries = body["Entries"].as_array().expect("entries");
    assert!((1..=10).contains(&entries.len()), "{}", entries.len());
    let answer = entries.iter().map(|entry| {
        let detail: Value =
            serde_json::from_str(entry["Detail"].as_str().expect("a detail")).expect("JSON");
        match detail["version"].as_u64() {
            Some(version) if endpoint.refused.contains(&version) => {
                json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" })
            }
            _ => json!({ "EventId": "e" }),
        }
    });
    let answer: Vec<Value> = answer.collect();
    endpoint.sent.lock().expect("no panic before").extend(entries.iter().cloned());
    let failed = answer.iter().filter(|entry| entry["ErrorCode"].is_string()).count();
    (StatusCode::OK, json!({ "FailedEntryCount": failed, "Entries": answer }).to_string())
}

async fn bus(endpoint: &Endpoint) -> (EventBridge, JoinSet<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(put).with_state(endpoint.clone());
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
    let connection = Connection::to_emulator("http://127.0.0.1:1");
    (EventBridge::over(connection, Some(url), "master-bus"), server)
}

fn changes(count: u64) -> Vec<Change> {
    let number = CustomerNumber::new(7).expect("a number");
    let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").expect("an identifier");
    let change = |version| Change {
        id: ChangeId::of_version(number, version),
        kind: ChangeType::CustomerUpdated,
        other: None,
        state: None,
        at: Timestamp::from_millis(1_795_408_496_007),
        customer: Some((identifier.clone(), number)),
        of: Of::Version(version),
        version: Some(version),
        operation: Some("add".to_owned()),
        changed: vec![Part::Phones],
    };
    (1..=count).map(change).collect()
}

#[tokio::test]
async fn events_are_sent_ten_at_a_time_and_a_refused_one_is_told_from_the_others() {
    let endpoint = Endpoint { refused: vec![3, 12], ..Endpoint::default() };
    let (bus, _server) = bus(&endpoint).await;
    let changes = changes(23);
    let taken = bus.put(&changes.iter().collect::<Vec<_>>()).await.expect("an answer");
    let refused: Vec<usize> =
        taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(at, _)| at + 1).collect();
    assert_eq!((taken.len(), refused), (23, vec![3, 12]));
    let sent = endpoint.sent.lock().expect("no panic before").clone();
    assert_eq!(sent.len(), 23);
    let first = &sent[0];
    assert_eq!(first["EventBusName"], "master-bus");
    assert_eq!(first["Source"], "customer-master");
    assert_eq!(first["DetailType"], "customer.updated");
    assert_eq!(
        serde_json::from_str::<Value>(first["Detail"].as_str().expect("text")).expect("JSON"),
        json!({
            "id": "customer/000000007/1", "type": "customer.updated", "at": "2026-11-23T04:34:56.007Z",
            "customerOrganizationIdentifier": "0123456789ABCDEF-000001-89ABCDEF", "customerNumber": "000000007", "version": 1,
            "operation": "add", "changed": ["phones"]
        })
    );
}

#[tokio::test]
async fn a_bus_that_does_not_answer_has_taken_nothing() {
    let connection = Connection::to_emulator("http://127.0.0.1:1");
    let bus = EventBridge::over(connection, Some("http://127.0.0.1:1".to_owned()), "master-bus");
    let changes = changes(1);
    assert!(bus.put(&changes.iter().collect::<Vec<_>>()).await.is_err());
}

#[test]
fn the_bus_is_named_by_the_environment() {
    let environment = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("local".to_owned()),
        "AWS_REGION" => Some("us-east-1".to_owned()),
        _ => None,
    };
    let sentence = EventBridge::open(environment).expect_err("a bus is named");
    assert!(sentence.starts_with("EVENT_BUS"), "{sentence}");
    let named =
        |name: &str| (name == "EVENT_BUS").then(|| "b".to_owned()).or_else(|| environment(name));
    assert!(EventBridge::open(named).is_ok());
}
