//! What releases write: a story that leaves every kind of item behind, the items of a table as DynamoDB has them in JSON, and a table made of such items.

use local::event_lines::EventLines;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::fixture::{Fixture, acme_as};
use crate::message::{change, checked, julie};

/// Makes the customers 000000001, a person with numbers, who moved, and 000000002, a business with the DCN `TD68|ACME-1`, and two requests in error, and lets
/// history and look-up keys follow.
///
/// # Panics
///
/// When an answer is another than it should be.
pub async fn story(master: &Fixture) {
    let mut following = master.stand.following(EventLines::nowhere()).await.expect("a stream");
    let robinson = checked("Y").with_all(&[
        ("cst_interface_cust_nbr", "A-1"),
        ("cst_relate_id", "R-1"),
        ("cst_email", "julie@example.com"),
        ("cst_street_addr", "5 Mill Road"),
    ]);
    let message = master.message(crate::message::Form::Json, &robinson);
    let answer = message.key("robinson").send().await;
    assert_eq!(answer.status, 201, "{answer}");
    let moves = change("cst_cust_nbr", "1").with("cst_street_addr", "100 Example Street");
    master.add(&moves).await.updated();
    master.associate(&acme_as("TD68", "ACME-1")).await.is(201);
    master.add(&checked("A").without("cst_zip")).await.failed();
    master.add(&julie().without("cst_city")).await.failed();
    following.drain().await.expect("the stream is read");
}

/// All items of the table, in order.
///
/// # Panics
///
/// When the database does not answer.
pub async fn items(master: &Fixture) -> Vec<Value> {
    let mut answer =
        ask(master, "Scan", &json!({ "TableName": master.table, "ConsistentRead": true })).await;
    assert!(answer["LastEvaluatedKey"].is_null(), "the story fits on one page");
    let mut items: Vec<Value> =
        answer["Items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    items.sort_by_key(|item| format!("{} {}", item["pk"]["S"], item["sk"]["S"]));
    items
}

/// Puts these items into the table.
///
/// # Panics
///
/// When the database does not take one.
pub async fn put(master: &Fixture, items: &[Value]) {
    for item in items {
        ask(master, "PutItem", &json!({ "TableName": master.table, "Item": item })).await;
    }
}

async fn ask(master: &Fixture, action: &str, body: &Value) -> Value {
    // Nobody checks who signs here; the access key chooses the tables.
    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new()
        .post(&master.database)
        .header("x-amz-target", format!("DynamoDB_20120810.{action}"))
        .header("x-amz-date", "20260101T000000Z")
        .header(CONTENT_TYPE, "application/x-amz-json-1.0")
        .header(AUTHORIZATION, SIGNED)
        .body(body.to_string());
    let answer = request.send().await.expect("the database answers");
    let text = answer.text().await.expect("a whole answer");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert!(answer["__type"].is_null(), "{action}: {text}");
    answer
}
