//! Batches through the front door: many messages, or many associations, in one call.
//!
//! What a single row may be is tested with the single call; here is what holds of many together.

mod costs;
mod dealers;
mod limits;
mod messages;
mod time;

use kit::asking::Answer;
use kit::fixture::{Fixture, person, with};
use serde_json::{Value, json};

/// A message with these attributes.
fn message(attributes: Value) -> Value {
    json!({ "type": "CWCustomerIn", "CustSoldTo": attributes })
}

/// An Add of this person with this duplicate check.
fn add(name: &str, check: &str) -> Value {
    message(with(person(name), &json!({ "cst_duplicate": check })))
}

/// Rows, one a line.
fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// Sends these rows as a JSON array.
async fn sent(master: &Fixture, path: &str, rows: &[Value], key: Option<&str>) -> Answer {
    let request = master.post(path).json(&json!(rows));
    match key {
        Some(key) => request.key(key),
        None => request,
    }
    .send()
    .await
}

/// The results, each at its place.
#[track_caller]
fn results(answer: &Answer) -> Vec<Value> {
    let body = answer.is(200);
    let results = body["results"].as_array().expect("results").clone();
    for (index, result) in results.iter().enumerate() {
        assert_eq!(result["index"], index, "{answer}");
    }
    results
}

/// What became of each row: status, outcome, and which row it found.
#[track_caller]
fn told(answer: &Answer) -> Vec<(u64, String, Option<u64>)> {
    let of = |result: Value| {
        let status = result["status"].as_u64().expect("a status");
        let outcome = result["outcome"].as_str().expect("an outcome").to_owned();
        (status, outcome, result["duplicateOfRow"].as_u64())
    };
    results(answer).into_iter().map(of).collect()
}

/// What is expected of each row, as [`told`] has it.
fn expected(rows: &[(u64, &str, Option<u64>)]) -> Vec<(u64, String, Option<u64>)> {
    rows.iter().map(|(status, outcome, row)| (*status, (*outcome).to_owned(), *row)).collect()
}
