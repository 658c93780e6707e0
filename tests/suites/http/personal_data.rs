//! Personal data: whatever is sent, and whatever goes wrong, none of it is in what a process writes, in a problem's words, in a key or in the index.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use local::embedded::Embedded;
use reqwest::Method;
use store::client::Connection;
use store::keys;

use crate::canaries::{CALLER, DCN, ask, ask_everything, dealer_body, holds_a_canary, message};
use crate::server;

/// The table of the development server.
const TABLE: &str = "customer-master";

/// The keys of all items, of the table and of the index.
async fn all_keys(client: &Client) -> Vec<String> {
    let mut found = Vec::new();
    let mut pages =
        client.scan().table_name(TABLE).consistent_read(true).into_paginator().items().send();
    while let Some(item) = pages.next().await {
        let item = item.expect("the table can be read");
        for name in
            [keys::PARTITION_KEY, keys::SORT_KEY, keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY]
        {
            if let Some(AttributeValue::S(key)) = item.get(name) {
                found.push(key.clone());
            }
        }
    }
    let mut pages =
        client.scan().table_name(TABLE).index_name(keys::INDEX).into_paginator().items().send();
    while let Some(entry) = pages.next().await {
        let entry = entry.expect("the index can be read");
        found.extend(entry.into_values().filter_map(|value| value.as_s().ok().cloned()));
    }
    found
}

/// Puts something that is no customer where a customer must be, with a canary in it.
async fn break_a_customer(client: &Client) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = client
        .put_item()
        .table_name(TABLE)
        .item("pk", text("BLOCK#0123456789ABCDEF"))
        .item("sk", text("SEAT#000001"));
    put.item("Qanari", text("Qanari"))
        .item("number", text("Qanari"))
        .send()
        .await
        .expect("the table can be written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_person_is_in_what_a_process_writes_in_a_problem_a_key_or_the_index() {
    let database = Embedded::start(None).await.expect("a database");
    let client = Connection::to_emulator(database.url()).client();
    let process = server(&["--dynamodb", database.url(), "--empty", "--log", "json"]);
    let statuses = ask_everything(&process.url).await;
    for status in [200, 201, 204, 400, 404, 405, 409, 412, 413, 415, 422, 428] {
        assert!(statuses.contains(&status), "{status} is among the answers: {statuses:?}");
    }
    let keys = all_keys(&client).await;
    assert!(
        keys.iter().any(|key| key.starts_with("ALTERNATE#"))
            && keys.iter().any(|key| key.starts_with("RELATE#")),
        "{keys:?}"
    );
    for key in &keys {
        assert_eq!(holds_a_canary(key), None, "{key}");
        assert!(
            !key.contains(DCN) || key.ends_with(&format!("#{DCN}")),
            "{key} has a dealer's number where none belongs"
        );
    }
    break_a_customer(&client).await;
    let broken = ask(
        &process.url,
        Method::GET,
        "/customer-organizations/0123456789ABCDEF-000001-01234567",
        &[],
        String::new(),
    )
    .await;
    assert_eq!((broken.0, holds_a_canary(&broken.1)), (500, None), "{}", broken.1);
    database.stop().await.expect("it stops");
    let own = format!("/dealer-customers/TD68/{DCN}");
    let gone = tokio::join!(
        ask(&process.url, Method::POST, "/dealer-customers", &[], dealer_body().to_string()),
        ask(&process.url, Method::GET, &own, &[], String::new()),
        ask(&process.url, Method::POST, "/customers", &[], message(&[]).to_string()),
        ask(&process.url, Method::GET, "/customers/7", &[], String::new()),
        ask(&process.url, Method::GET, "/errors?text=Qanari", &[], String::new()),
    );
    for (status, body) in [gone.0, gone.1, gone.2, gone.3, gone.4] {
        assert_eq!((status, holds_a_canary(&body)), (503, None), "{body}");
    }
    let (stdout, stderr) = process.end();
    assert!(stderr.lines().count() > statuses.len(), "a line for each request: {stderr}");
    for outcome in [
        "\"outcome\":\"busy\"",
        "\"outcome\":\"internal\"",
        "\"outcome\":\"invalid-message\"",
        "\"_aws\"",
    ] {
        assert!(stderr.contains(outcome), "{outcome}");
    }
    let caller = format!(",\"caller\":\"{CALLER}\"");
    for line in stdout.lines().chain(stderr.lines()) {
        let line = &line.replacen(&caller, "", 1);
        assert_eq!(holds_a_canary(line), None, "{line}");
        assert!(!line.contains(DCN), "{line}");
    }
}
