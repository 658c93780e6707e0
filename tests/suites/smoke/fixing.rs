//! A steward finds a message that failed, corrects it, and runs it again.

use reqwest::Method;
use serde_json::json;

use crate::stage::{Stage, number};

#[tokio::test]
async fn a_message_that_failed_is_corrected_and_reprocessed() {
    let stage = Stage::open().await;
    let mut message = stage.message("Y");
    let said = message["CustSoldTo"].as_object_mut().expect("attributes");
    said.remove("cst_city");
    let failed = stage.post("/customers").json(&message).send().await;
    assert_eq!(failed.status, 422, "{failed}");
    let path = failed.header("location").expect("where it waits");

    let shown = stage.get(path).send().await;
    let version = shown.header("etag").expect("a version").to_owned();
    shown.is(200);
    let correction = stage.request(Method::PATCH, path).if_match(&version);
    let correction = correction.json(&json!({ "cst_city": "Westborough" }));
    let corrected = correction.send().await;
    let version = corrected.header("etag").expect("a version").to_owned();
    corrected.is(200);
    let reprocess = stage.post(&format!("{path}/reprocess")).if_match(&version);
    let reprocessed = reprocess.json(&json!({})).send().await;
    let added = number(&reprocessed.is(201));
    stage.erase(&added).await;
}

#[tokio::test]
async fn the_queue_is_listed_and_the_console_and_the_contract_are_served() {
    let stage = Stage::open().await;
    let listed = stage.get("/errors?state=open&limit=1").send().await;
    assert!(listed.is(200)["errors"].is_array(), "{listed}");
    for (path, word) in
        [("/console", "<html"), ("/console/main.js", "import"), ("/openapi.yaml", "openapi: 3.1")]
    {
        let answer = stage.get(path).send().await;
        assert_eq!(answer.status, 200, "{answer}");
        assert!(answer.text.contains(word), "{path} has {word}");
    }
}
