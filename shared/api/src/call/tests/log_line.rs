//! The log lines that calls leave, in the form that start-up sets: what is in them, and what never is.

use std::io;
use std::sync::{Arc, Mutex};

use lambda_http::http::StatusCode;
use lambda_http::tracing::subscriber::filter::LevelFilter;
use serde_json::{Value, json};

use super::{event, with_headers};
use crate::answer::Answer;
use crate::problem::{Fault, Problem};
use crate::start_up;
use domain::outcome::Cost;

/// What a function logs while `work` runs, one JSON object a line, in the form that start-up sets.
fn logged<T>(work: impl FnOnce() -> T) -> (T, Vec<Value>) {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("one thread").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = start_up::subscriber(move || writer.clone(), LevelFilter::INFO);
    let result = tracing::subscriber::with_default(subscriber, work);
    let bytes = lines.0.lock().expect("one thread").clone();
    let text = String::from_utf8(bytes).expect("UTF-8");
    (
        result,
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect(),
    )
}

#[test]
fn a_call_leaves_one_log_line_with_what_it_did_and_cost() {
    let call = event(|event| {
        event["rawQueryString"] = json!("dryRun=true");
        event["headers"]["x-correlation-id"] = json!("order-7");
    });
    let answer = Answer::json(StatusCode::CREATED, "created", &json!({})).replayed(true);
    let cost = Cost {
        steps: 2,
        calls: 4,
        read_units: 1.5,
        write_units: 6.0,
        rounds: 3,
    };
    let (_, mut lines) = logged(|| call.close("associate", Ok(answer), cost));
    let [line] = lines.as_mut_slice() else {
        panic!("one line in {lines:?}")
    };
    let line = line.as_object_mut().expect("an object");
    assert!(
        line.remove("timestamp").is_some()
            && line
                .remove("duration_ms")
                .is_some_and(|value| value.is_u64())
    );
    assert_eq!(
        Value::Object(line.clone()),
        json!({
            "level": "INFO", "message": "request", "operation": "associate", "outcome": "created", "status": 201,
            "request_id": "JKJaXmPLvHcESHA=", "correlation_id": "order-7", "steps": 2, "calls": 4, "read_units": 1.5,
            "write_units": 6.0, "rounds": 3, "dry_run": true, "replayed": true
        })
    );
}

#[test]
fn the_inside_of_a_failure_is_logged_once_beside_the_line() {
    let problem = Problem::internal(io::Error::other("connection reset"));
    let (response, lines) =
        logged(|| with_headers(&[]).close("associate", Err(problem), Cost::default()));
    assert!(!String::from_utf8_lossy(response.body()).contains("connection reset"));
    let [line, failure] = lines.as_slice() else {
        panic!("two lines in {lines:?}")
    };
    assert_eq!(
        (&line["outcome"], &line["status"]),
        (&json!("internal"), &json!(500))
    );
    assert_eq!(
        (&failure["level"], &failure["inside"]),
        (&json!("ERROR"), &json!("connection reset"))
    );
    assert_eq!(failure["request_id"], "JKJaXmPLvHcESHA=");
}

#[test]
fn no_log_line_holds_anything_of_path_query_body_claims_or_faults() {
    let canary = "Zanzibar";
    let call = event(|event| {
        event["rawPath"] = json!(format!("/dealer-customers/{canary}"));
        event["rawQueryString"] = json!(format!("dryRun={canary}&{canary}={canary}"));
        event["headers"][canary] = json!(canary);
        event["headers"]["idempotency-key"] = json!(canary.repeat(2));
        event["body"] = json!(canary);
        event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = json!(canary);
    });
    let problem = Problem::invalid_request(vec![Fault::new(
        format!("/{canary}"),
        "unknown-property",
        canary,
    )])
    .detail(canary)
    .with("candidates", canary);
    let shown = format!("{call:?}");
    let (_, lines) = logged(|| call.close("associate", Err(problem), Cost::default()));
    assert_eq!(lines.len(), 1);
    assert!(!format!("{lines:?}{shown}").contains(canary), "{lines:?}");
}
