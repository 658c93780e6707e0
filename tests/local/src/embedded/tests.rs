//! The embedded database as its users meet it: over HTTP, with nothing but its address.

use std::{
    fs,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use super::*;

/// One call of the database's API, signed as far as it looks.
async fn call(database: &Embedded, operation: &str, input: Value) -> Value {
    let answer = reqwest::Client::new()
        .post(database.url())
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .header("x-amz-date", "20261101T000000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=local/20261101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none",
        )
        .header("content-type", "application/x-amz-json-1.0")
        .body(input.to_string())
        .send()
        .await
        .expect("an answer");
    let status = answer.status();
    let output: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{operation} answers {status}: {output}");
    output
}

async fn create_table(database: &Embedded) {
    call(
        database,
        "CreateTable",
        json!({
            "TableName": "master",
            "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
            "BillingMode": "PAY_PER_REQUEST",
        }),
    )
    .await;
    call(
        database,
        "UpdateTimeToLive",
        json!({ "TableName": "master", "TimeToLiveSpecification": { "AttributeName": "expires", "Enabled": true } }),
    )
    .await;
}

/// Puts an item that expires so many seconds after now.
async fn put(database: &Embedded, key: &str, seconds: i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let expires = i64::try_from(now).expect("seconds") + seconds;
    let item = json!({ "pk": { "S": key }, "expires": { "N": expires.to_string() } });
    call(database, "PutItem", json!({ "TableName": "master", "Item": item })).await;
}

async fn exists(database: &Embedded, key: &str) -> bool {
    let key = json!({ "pk": { "S": key } });
    let output = call(
        database,
        "GetItem",
        json!({ "TableName": "master", "Key": key, "ConsistentRead": true }),
    )
    .await;
    output.get("Item").is_some()
}

/// A path of its own for each test, under the system's folder for such things, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let mut name = [0; 8];
        getrandom::fill(&mut name).expect("randomness");
        let folder =
            std::env::temp_dir().join(format!("customer-master-{}", HEXLOWER.encode(&name)));
        fs::create_dir(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays behind in the system's place for such things harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn two_databases_in_memory_know_nothing_of_each_other() {
    let one = Embedded::start(None).await.expect("a database");
    let other = Embedded::start(None).await.expect("another database");
    create_table(&one).await;
    create_table(&other).await;
    put(&one, "a", 3600).await;
    assert!(exists(&one, "a").await);
    assert!(!exists(&other, "a").await);
}

#[tokio::test]
async fn what_a_file_holds_is_there_after_a_restart() {
    let scratch = Scratch::new();
    let file = scratch.0.join("master.db");
    let first = Embedded::start(Some(&file)).await.expect("a database");
    create_table(&first).await;
    put(&first, "a", 3600).await;
    first.stop().await.expect("a clean stop");
    let second = Embedded::start(Some(&file)).await.expect("the database again");
    assert!(exists(&second, "a").await);
}

#[tokio::test]
async fn stopping_waits_for_the_server_to_end() {
    let database = Embedded::start(None).await.expect("a database");
    let server = database.server.abort_handle();
    assert!(!server.is_finished());
    database.stop().await.expect("a clean stop");
    assert!(server.is_finished());
}

#[tokio::test]
async fn a_database_whose_handle_is_dropped_stops() {
    let database = Embedded::start(None).await.expect("a database");
    let server = database.server.abort_handle();
    drop(database);
    let gone = async {
        while !server.is_finished() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the server ends");
}

#[tokio::test]
async fn expired_items_are_removed_and_others_stay() {
    let database = Embedded::start(None).await.expect("a database");
    create_table(&database).await;
    put(&database, "over", -3600).await;
    put(&database, "still good", 3600).await;
    assert_eq!(database.remove_expired().await, Ok(1));
    assert!(!exists(&database, "over").await);
    assert!(exists(&database, "still good").await);
}

#[tokio::test]
async fn expired_items_go_by_themselves() {
    let database = Embedded::start_sweeping(None, Use::Shared, Duration::from_millis(1))
        .await
        .expect("a database");
    create_table(&database).await;
    put(&database, "over", -3600).await;
    let gone = async {
        while exists(&database, "over").await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("the item goes");
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named() {
    let scratch = Scratch::new();
    let missing = scratch.0.join("no such folder").join("master.db");
    let fault = Embedded::start(Some(&missing)).await.err().expect("a fault");
    assert!(
        fault.starts_with(&format!("The data file {} cannot be used:", missing.display())),
        "{fault}"
    );

    let other = scratch.0.join("letter.txt");
    fs::write(
        &other,
        "Dear Sir or Madam, this is not a database, however long it may get.".repeat(100),
    )
    .expect("a file");
    let fault = Embedded::start(Some(&other)).await.err().expect("a fault");
    assert!(
        fault.starts_with(&format!("The data file {} cannot be used:", other.display())),
        "{fault}"
    );
}
