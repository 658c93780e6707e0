//! When time runs out: the rest is busy, and sent again it is done once.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::time::Timestamp;
use kit::clocked::Clocked;
use kit::fixture::{Fixture, acme_as, changed};
use lambda_http::{Body, Response};
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};
use store::dynamo::Dynamo;

use crate::add;

/// A request with these rows under a key, as API Gateway delivers it.
fn event(path: &str, rows: &[Value]) -> lambda_http::Request {
    let claims = json!({ "sub": "oms", "scope": "customers dealer", "dealer_codes": "*" });
    let event = json!({
        "version": "2.0", "routeKey": format!("POST {path}"), "rawPath": path, "rawQueryString": "",
        "headers": { "content-type": "application/json", "idempotency-key": "7" },
        "requestContext": {
            "authorizer": { "jwt": { "claims": claims, "scopes": null } },
            "http": { "method": "POST", "path": path }, "requestId": "request", "stage": "$default"
        },
        "body": json!(rows).to_string(), "isBase64Encoded": false
    });
    api::event::request(&event.to_string())
}

/// Sends the batch again and again until no row of it is busy, and returns how often, and the last results.
async fn until_done(send: impl AsyncFn() -> Response<Body>) -> (usize, Vec<Value>) {
    let mut done_before = 0;
    for times in 1..100 {
        let answer = send().await;
        assert_eq!(answer.status(), 200);
        let answer: Value = serde_json::from_slice(answer.body()).expect("JSON");
        let results = answer["results"].as_array().expect("results").clone();
        let busy = |result: &&Value| result["outcome"] == "busy";
        for result in results.iter().filter(busy) {
            assert_eq!(
                (&result["status"], &result["problem"]["status"]),
                (&json!(503), &json!(503))
            );
            assert_eq!(result["problem"]["type"], "/problems/busy");
        }
        let done = results.len() - results.iter().filter(busy).count();
        assert!(done >= done_before, "what was done stays done");
        if done == results.len() {
            return (times, results);
        }
        done_before = done;
    }
    panic!("it is never done");
}

/// A master over the fixture's table, where that much time passes between two looks at the clock.
fn slow(master: &Fixture, step: Duration) -> Master<Clocked<Dynamo>> {
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    let step = u64::try_from(step.as_millis()).expect("a short while");
    let passed = AtomicU64::new(0);
    let table = Clocked::new(master.master().table().clone(), move |now| {
        Timestamp::from_millis(now.millis() + passed.fetch_add(step, Ordering::Relaxed))
    });
    Master::new(table, controls, standardizer)
}

#[tokio::test]
async fn the_rest_of_many_messages_is_busy_and_done_once_when_sent_again() {
    let master = Fixture::new().await;
    let rows: Vec<_> = (0..60).map(|number| add(&format!("Number {number}"), "N")).collect();
    let step = Cell::new(60);
    let (times, results) = until_done(async || {
        step.set(step.get() / 2);
        let slow = slow(&master, Duration::from_millis(step.get()));
        add_customer::handle(&slow, event("/customers/batch", &rows)).await
    })
    .await;
    assert!(times > 1, "it was done at once");
    assert!(results.iter().all(|result| result["status"] == 201), "{results:?}");
    assert_eq!(master.customers().await.len(), 60);
}

#[tokio::test]
async fn the_rest_of_many_associations_is_busy_and_done_once_when_sent_again() {
    let master = Fixture::new().await;
    let name = |number: u32| json!(format!("Business {number}"));
    let row =
        |number: u32| changed(acme_as("TD68", &number.to_string()), "businessName", name(number));
    let rows: Vec<_> = (0..60).map(row).collect();
    let step = Cell::new(60);
    let (times, results) = until_done(async || {
        step.set(step.get() / 2);
        let slow = slow(&master, Duration::from_millis(step.get()));
        associate_dealer::handle(&slow, event("/dealer-customers/batch", &rows)).await
    })
    .await;
    assert!(times > 1, "it was done at once");
    assert!(results.iter().all(|result| result["status"] == 201), "{results:?}");
    assert_eq!((master.customers().await.len(), master.dealer_customers().await), (60, 60));
}
