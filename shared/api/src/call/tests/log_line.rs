//! The log lines that calls leave, in the form that start-up sets: what is in them, and what never is.

use std::io;
use std::sync::{Arc, Mutex};

use lambda_http::http::StatusCode;
use lambda_http::tracing::subscriber::filter::LevelFilter;
use serde_json::{Value, json};

use super::{event, with_headers};
use crate::answer::Answer;
use crate::problem::{Fault, Problem};
use runtime::metrics::{DIMENSION, METRICS};
use store::meter::Cost;

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
    let subscriber = runtime::subscriber(
        move || writer.clone(),
        LevelFilter::INFO,
        Some("customer-master".to_owned()),
    );
    let result = tracing::subscriber::with_default(subscriber, work);
    let bytes = lines.0.lock().expect("one thread").clone();
    let text = String::from_utf8(bytes).expect("UTF-8");
    (result, text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect())
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
        ..Cost::default()
    };
    let (_, mut lines) = logged(|| call.close("associate", Ok(answer), cost));
    let [line] = lines.as_mut_slice() else { panic!("one line in {lines:?}") };
    let line = line.as_object_mut().expect("an object");
    assert!(
        line.remove("timestamp").is_some()
            && line.remove("duration_ms").is_some_and(|value| value.is_u64())
    );
    let moment = line["_aws"]["Timestamp"].take();
    assert!(moment.as_u64().is_some_and(|millis| millis > 1_700_000_000_000), "{moment}");
    assert_eq!(
        Value::Object(line.clone()),
        json!({
            "level": "INFO", "message": "request", "operation": "associate", "outcome": "created", "status": 201,
            "request_id": "JKJaXmPLvHcESHA=", "correlation_id": "order-7", "caller": "erp", "steps": 2, "calls": 4, "read_units": 1.5,
            "write_units": 6.0, "rounds": 3, "dry_run": true, "replayed": true,
            "Succeeded": 1, "Conflicts": 1, "Rounds": 3, "Replays": 1, "Table": "customer-master",
            "_aws": { "Timestamp": null, "CloudWatchMetrics": [{
                "Namespace": "CustomerMaster", "Dimensions": [["Table"]],
                "Metrics": [
                    { "Name": "Succeeded", "Unit": "Count" }, { "Name": "Conflicts", "Unit": "Count" },
                    { "Name": "Rounds", "Unit": "Count" }, { "Name": "Replays", "Unit": "Count" }
                ]
            }] }
        })
    );
}

/// The metrics of a line by their names, if the line is as the embedded metric format wants it: what is named is there, a number, and of the table.
fn metrics(line: &Value) -> Vec<(String, u64)> {
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Dimensions"], json!([[DIMENSION]]), "{line}");
    assert_eq!(line[DIMENSION], "customer-master", "{line}");
    let named = directive["Metrics"].as_array().expect("metrics");
    let metric = |named: &Value| {
        let known = METRICS.iter().find(|known| named["Name"] == known.name);
        let known = known.unwrap_or_else(|| panic!("{named} is in the table of metrics"));
        assert_eq!(named["Unit"], known.unit);
        (known.name.to_owned(), line[known.name].as_u64().expect("a number"))
    };
    named.iter().map(metric).collect()
}

#[test]
fn every_metric_of_the_table_is_written_where_its_request_has_it() {
    let rounds = Cost { rounds: 2, ..Cost::default() };
    let answer = |status, outcome| Ok(Answer::empty(status, outcome));
    let queue = answer(StatusCode::OK, "listed")
        .map(|answer| answer.opened(2).resolved(3).oldest_request_in_error(0));
    type Named<'a> = &'a [(&'a str, u64)];
    let damaged =
        Cost { damaged_blocks: 1, large_blocks: 2, keys_passed_over: 3, ..Cost::default() };
    let cases: [(Result<Answer, Problem>, Cost, Named<'_>); 7] = [
        (
            answer(StatusCode::OK, "updated"),
            damaged,
            &[("Succeeded", 1), ("DamagedBlocks", 1), ("LargeBlocks", 2), ("KeysPassedOver", 3)],
        ),
        (answer(StatusCode::CREATED, "created"), Cost::default(), &[("Succeeded", 1)]),
        (
            answer(StatusCode::CONFLICT, "duplicate"),
            Cost::default(),
            &[("Refused", 1), ("Duplicates", 1)],
        ),
        (Err(Problem::busy("moving")), rounds, &[("Busy", 1), ("Conflicts", 1), ("Rounds", 2)]),
        (Err(Problem::internal("broken")), Cost::default(), &[("Failed", 1)]),
        (
            answer(StatusCode::OK, "updated").map(|answer| answer.replayed(true)),
            Cost::default(),
            &[("Succeeded", 1), ("Replays", 1)],
        ),
        (
            queue,
            Cost::default(),
            &[
                ("Succeeded", 1),
                ("RequestsInErrorOpened", 2),
                ("RequestsInErrorResolved", 3),
                ("OldestRequestInErrorAge", 0),
            ],
        ),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (result, cost, expected) in cases {
        let (_, lines) = logged(|| with_headers(&[]).close("operation", result, cost));
        let found = metrics(&lines[0]);
        let expected: Vec<_> =
            expected.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        assert_eq!(found, expected);
        seen.extend(found.into_iter().map(|(name, _)| name));
    }
    // Written where it happens, in a line of its own; and by the audit, which answers no request.
    seen.extend(["AddressServiceLeftAlone", "DamageFound", "DamageMended"].map(str::to_owned));
    assert_eq!(seen.len(), METRICS.len(), "{seen:?}");
}

#[test]
fn the_inside_of_a_failure_is_logged_once_beside_the_line() {
    let problem = Problem::internal(io::Error::other("connection reset"));
    let (response, lines) =
        logged(|| with_headers(&[]).close("associate", Err(problem), Cost::default()));
    assert!(!String::from_utf8_lossy(response.body()).contains("connection reset"));
    let [line, failure] = lines.as_slice() else { panic!("two lines in {lines:?}") };
    assert_eq!((&line["outcome"], &line["status"]), (&json!("internal"), &json!(500)));
    assert_eq!(
        (&failure["level"], &failure["inside"]),
        (&json!("ERROR"), &json!("connection reset"))
    );
    assert_eq!(failure["request_id"], "JKJaXmPLvHcESHA=");
}

#[test]
fn no_log_line_holds_anything_of_path_query_body_or_faults_and_of_the_claims_only_the_name() {
    let canary = "Zanzibar";
    let call = event(|event| {
        event["rawPath"] = json!(format!("/dealer-customers/{canary}"));
        event["rawQueryString"] = json!(format!("dryRun={canary}&{canary}={canary}"));
        event["headers"][canary] = json!(canary);
        event["headers"]["idempotency-key"] = json!(canary.repeat(2));
        event["body"] = json!(canary);
        event["requestContext"]["authorizer"]["jwt"]["claims"]["sub"] = json!(canary);
        event["requestContext"]["authorizer"]["jwt"]["claims"]["email"] = json!(canary);
    });
    let problem = Problem::invalid_request(vec![Fault::new(
        format!("/{canary}"),
        "unknown-property",
        canary,
    )])
    .detail(canary)
    .with("candidates", canary);
    let shown = format!("{call:?}");
    let (_, mut lines) = logged(|| call.close("associate", Err(problem), Cost::default()));
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["caller"].take(), canary);
    assert!(!format!("{lines:?}{shown}").contains(canary), "{lines:?}");
}
