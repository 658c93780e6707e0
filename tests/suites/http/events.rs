//! Events that are none: whatever stands in an event, the function answers, and no input fails an invocation.
//!
//! The functions run as processes behind a stand-in of Lambda's Runtime API, through the same entry as their binaries: this test binary, started again.

use std::env;
use std::path::PathBuf;

use kit::runtime_api::Function;
use local::controls;
use local::stand::Storage;
use operations::kit::{Master, Standardizer};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};

/// Names, in the process of its own, the function that this binary is to be.
const FUNCTION: &str = "CUSTOMER_MASTER_TEST_FUNCTION";

/// The events that are changed: one with a body, a caller and a precondition for each function, and a page for anyone.
const EVENTS: [(&str, &str); 4] = [
    ("associate-dealer", "associate-created"),
    ("add-customer", "add-created-json"),
    ("fix-error", "correct"),
    ("fix-error", "console"),
];

fn event(function: &str, name: &str) -> Value {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let file = root.join(format!("../../events/{function}/{name}.json"));
    let text = std::fs::read_to_string(file).expect("a sample event");
    serde_json::from_str(&text).expect("JSON")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// The function of this name, for as long as it is given events.
fn be(function: &str) {
    runtime().block_on(async {
        runtime::open_log();
        let storage = Storage::embedded(None).await.expect("a database");
        let controls = controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        let sign_in = fix_error::SignIn::default();
        match function {
            "associate-dealer" => {
                api::run(|request| associate_dealer::handle(&master, request)).await;
            }
            "add-customer" => {
                api::run(|request| add_customer::handle(&master, request)).await;
            }
            "find-customer" => {
                api::run(|request| find_customer::handle(&master, request)).await;
            }
            "merge-customers" => {
                api::run(|request| merge_customers::handle(&master, request)).await;
            }
            "fix-error" => api::run(|request| fix_error::handle(&master, &sign_in, request)).await,
            other => panic!("{other} is no function"),
        }
    });
}

/// A process that is this function when it runs the test `test` of this file.
async fn started(function: &str, test: &str) -> Function {
    let binary = env::current_exe().expect("the test binary");
    let test = format!("events::{test}");
    let arguments = ["--exact", &test, "--nocapture", "--test-threads=1"];
    let variables = [(FUNCTION, function.to_owned())];
    Function::start_with(&binary, &arguments, &variables).await.expect("it starts")
}

/// The status of the answer to an event; it is a whole answer, and what it refuses it refuses with a reason.
async fn status(function: &mut Function, event: &str) -> Result<u64, String> {
    let shown: String = event.chars().take(3_000).collect();
    let invocation = function.invoke(event.to_owned()).await;
    let invocation = invocation.map_err(|sentence| format!("{sentence} {shown}"))?;
    let answer = invocation.answer.map_err(|failure| {
        format!("failed the invocation: {} {shown}", String::from_utf8_lossy(&failure))
    })?;
    let answer: Value = serde_json::from_slice(&answer).expect("the runtime sends JSON");
    let status = answer["statusCode"].as_u64().unwrap_or_default();
    let body = answer["body"].as_str().unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let content_type = answer["headers"]["content-type"].as_str();
    let is_whole = answer["headers"]["x-request-id"].is_string();
    let has_reason = content_type == Some("application/problem+json")
        && body["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/"))
        && body["status"] == status;
    let is_message = body["type"] == "CWCustomerOut" || matches!(status, 409 | 422);
    if is_whole && (matches!(status, 200..400) || status < 500 && (has_reason || is_message)) {
        Ok(status)
    } else {
        Err(format!("{answer} is the answer to {shown}"))
    }
}

/// Values that have no business in an event, or not there.
fn odd_values() -> Vec<Value> {
    let mut deep = json!(1);
    for _ in 0..120 {
        deep = json!([deep]);
    }
    let texts = [
        "",
        " ",
        "//",
        "<>\" \u{7f}",
        "%zz",
        "\u{0}",
        "a\nb",
        "é\u{202e}\u{1f600}",
        "http://[::1",
        "?a=b#c",
        "a,b",
        "*",
        "=",
        "eyJ9",
        "null",
        "..\\",
    ];
    let mut values: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    values.extend([
        json!(null),
        json!(true),
        json!(0),
        json!(1.5e300),
        json!([]),
        json!({}),
        json!(["a", "b"]),
        json!(["a", null]),
        json!({ "a b": "c" }),
        json!({ "é": ["x"] }),
        json!({ "method": "GET" }),
        json!("x".repeat(40_000)),
        deep,
    ]);
    values
}

/// The pointers to everything in a value, itself excepted.
fn places(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, found: &mut Vec<String>) {
        let members: Vec<(String, &Value)> = match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
                .collect(),
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return,
        };
        for (name, value) in members {
            let at = format!("{at}/{name}");
            found.push(at.clone());
            walk(value, &at, found);
        }
    }
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found
}

/// The event without what stands at a place, and with another name for it.
fn without(event: &Value, place: &str, renamed: Option<&str>) -> Value {
    let mut event = event.clone();
    let (parent, name) = place.rsplit_once('/').expect("a pointer");
    if let Some(Value::Object(members)) = event.pointer_mut(parent) {
        let removed = members.remove(&name.replace("~1", "/").replace("~0", "~"));
        if let (Some(renamed), Some(removed)) = (renamed, removed) {
            members.insert(renamed.to_owned(), removed);
        }
    }
    event
}

/// Texts that are no event at all.
const NO_EVENTS: [&str; 12] = [
    "null",
    "true",
    "7",
    "1e999",
    "\"GET /\"",
    "[]",
    "{}",
    r#"{"a":1e999}"#,
    r#"{"rawPath":"\ud800"}"#,
    r#"{"rawPath":"/console","rawPath":"/errors"}"#,
    r#"{"Records":[{"eventSource":"aws:sqs","body":"x"}]}"#,
    r#"{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/console"}"#,
];

#[test]
fn every_part_of_an_event_may_be_anything() {
    if let Ok(function) = env::var(FUNCTION) {
        return be(&function);
    }
    let mut sent = 0;
    runtime().block_on(async {
        for (name, sample) in EVENTS {
            let mut function = started(name, "every_part_of_an_event_may_be_anything").await;
            let event = event(name, sample);
            assert!(status(&mut function, &event.to_string()).await.is_ok());
            let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
            for text in NO_EVENTS.into_iter().chain([deep.as_str()]) {
                let status =
                    status(&mut function, text).await.unwrap_or_else(|why| panic!("{why}"));
                assert_eq!(status, 400, "{text:.100}");
            }
            let odd = odd_values();
            // One event meets every odd value at every place; the others share them out, since what reads them is the same.
            let step = if sample == "correct" { 1 } else { 4 };
            for (at, place) in places(&event).into_iter().enumerate() {
                let mut changed = vec![without(&event, &place, None)];
                changed.push(without(&event, &place, Some("a b\u{7f}<")));
                changed.extend(odd.iter().skip(at % step).step_by(step).map(|odd| {
                    let mut event = event.clone();
                    *event.pointer_mut(&place).expect("it is there") = odd.clone();
                    event
                }));
                for event in changed {
                    let status = status(&mut function, &event.to_string()).await;
                    let status = status.unwrap_or_else(|why| panic!("{place}: {why}"));
                    let names_the_caller =
                        "/requestContext/authorizer/jwt/claims/scope".starts_with(&place);
                    if names_the_caller && sample != "console" {
                        assert!(
                            matches!(status, 400 | 401 | 403),
                            "{status} without a caller: {event}"
                        );
                    }
                    sent += 1;
                }
            }
        }
    });
    assert!(sent > 2_000, "{sent} events were answered");
}

/// Any JSON, and often what is nearly right.
fn anything() -> impl Strategy<Value = Value> {
    let odd = odd_values();
    let leaf = prop_oneof![
        any::<prop::sample::Index>().prop_map(move |at| at.get(&odd).clone()),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~\u{7f}\u{e9}]{0,40}".prop_map(Value::from),
        "[A-Za-z0-9+/]{0,20}={0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

#[test]
fn several_parts_of_an_event_may_be_anything_at_once() {
    if let Ok(function) = env::var(FUNCTION) {
        return be(&function);
    }
    let runtime = runtime();
    for (name, sample) in EVENTS {
        let test = "several_parts_of_an_event_may_be_anything_at_once";
        let function = std::cell::RefCell::new(runtime.block_on(started(name, test)));
        let event = event(name, sample);
        let places = places(&event);
        let changes = prop::collection::vec((prop::sample::select(places), anything()), 1..8);
        let mut runner =
            TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
        let held = runner.run(&changes, |changes| {
            let mut event = event.clone();
            for (place, value) in changes {
                // An earlier change may have taken the place away.
                if let Some(part) = event.pointer_mut(&place) {
                    *part = value;
                }
            }
            let text = event.to_string();
            let status = runtime.block_on(status(&mut function.borrow_mut(), &text));
            status.map(drop).map_err(TestCaseError::fail)
        });
        held.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
