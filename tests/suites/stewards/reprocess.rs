//! Reprocess one request in error: success, failure and duplicate, and the history that tells of them.

use reqwest::Method;
use serde_json::{Value, json};
use store::items;

use crate::fixture::{Fixture, person, with, without_city};

/// Each entry of a history as what, outcome and codes.
fn told(shown: &Value) -> Vec<String> {
    let history = shown["history"].as_array().expect("a history");
    history
        .iter()
        .map(|entry| {
            let outcome = entry["outcome"].as_str().unwrap_or("-");
            format!("{} {outcome} {}", entry["what"].as_str().expect("what"), entry["codes"])
        })
        .collect()
}

#[tokio::test]
async fn a_reprocessed_request_becomes_a_customer_and_answers_whatever_the_message_asks_for() {
    let master = Fixture::new().await;
    let message = with(without_city("Robinson"), &json!({ "cst_send_response": "N" }));
    let id = master.refused(&message).await;
    master.correct(&id, "\"1\"", &json!({ "cst_city": "Westborough" })).send().await.is(200);
    let answer = master.reprocess(&id).if_match("\"2\"").send().await;
    let body = answer.is(201);
    let number = body["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number");
    assert_eq!(body["type"], "CWCustomerOut");
    assert_eq!(body["CustSoldTo"]["cst_action_result"], "Success");
    assert_eq!(body["CustSoldTo"]["cst_action_type"], "A");
    assert_eq!(answer.header("etag"), Some("\"3\""));
    assert_eq!(answer.header("location"), Some(&*format!("/customers/{number}")));
    let shown = master.shown(&id).await;
    assert_eq!(
        (&shown["state"], &shown["version"], &shown["codes"]),
        (&json!("resolved"), &json!(3), &json!([]))
    );
    let customer = master.get(&format!("/customers/{number}")).send().await.is(200);
    assert_eq!(customer["CustSoldTo"]["cst_city"], "Westborough");
}

#[tokio::test]
async fn a_patch_in_the_same_call_corrects_and_reprocesses_in_one_step() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let patch = json!({ "cst_city": "Westborough", "cst_fname": null });
    let answer = master.reprocess(&id).if_match("\"1\"").json(&patch).send().await;
    answer.is(201);
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let shown = master.shown(&id).await;
    assert_eq!(told(&shown), ["received failure [\"city-blank\"]", "resolved success []"]);
    assert_eq!(shown["history"][1]["patch"], patch);
    assert_eq!(shown["message"]["CustSoldTo"]["cst_city"], "Westborough");
    assert_eq!(shown["message"]["CustSoldTo"].get("cst_fname"), None);
}

#[tokio::test]
async fn a_failure_leaves_it_open_with_the_attempt_and_the_patch_recorded() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let patch = json!({ "cst_city": "Westborough", "cst_zip": "ABC" });
    let answer = master.reprocess(&id).json(&patch).send().await;
    let body = answer.is(422);
    assert_eq!(body["CustSoldTo"]["cst_action_result"], "Failure");
    assert_eq!(body["request_in_error"], id);
    assert_eq!(answer.codes(), ["invalid-zip"]);
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let shown = master.shown(&id).await;
    assert_eq!(shown["state"], "open");
    assert_eq!(shown["message"]["CustSoldTo"]["cst_zip"], "ABC");
    assert_eq!(shown["codes"], json!(["invalid-zip"]));
    assert_eq!(told(&shown)[1], "tried failure [\"invalid-zip\"]");
    assert_eq!(shown["history"][1]["patch"], patch);
    assert_eq!(master.listed_ids("code=invalid-zip").await, [id.as_str()]);
    assert_eq!(master.customers().await.len(), 0);
    // No second request in error comes of it.
    assert_eq!(master.items("ERROR#").await.len(), 1);
}

#[tokio::test]
async fn a_duplicate_leaves_it_open_with_the_attempt_and_the_patch_recorded() {
    let master = Fixture::new().await;
    master.send(&person("Robinson")).await.is_empty(201);
    let message = with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }));
    let id = master.refused(&message).await;
    let patch = json!({ "cst_city": "Westborough" });
    let answer = master.reprocess(&id).json(&patch).send().await;
    let body = answer.is(409);
    assert_eq!(body["CustSoldTo"]["cst_action_result"], "Duplicate");
    assert_eq!(body["CustSoldTo"]["cst_cust_nbr"], "000000001");
    assert_eq!(answer.header("etag"), Some("\"2\""));
    let shown = master.shown(&id).await;
    assert_eq!(shown["state"], "open");
    assert_eq!(told(&shown)[1], "tried duplicate []");
    assert_eq!(shown["history"][1]["patch"], patch);
    assert_eq!(master.customers().await.len(), 1);
    // The steward decides that it is another customer all the same.
    master.reprocess(&id).json(&json!({ "cst_duplicate": "N" })).send().await.is(201);
    assert_eq!(master.customers().await.len(), 2);
}

#[tokio::test]
async fn a_change_and_an_update_of_a_duplicate_resolve_it_with_the_customer_that_was_there() {
    let master = Fixture::new().await;
    master.send(&person("Robinson")).await.is_empty(201);
    let change = json!({ "cst_cust_nbr": "1", "cst_city": "Worcester", "cst_zip": "ABC" });
    let id = master.refused(&change).await;
    let body = master.reprocess(&id).json(&json!({ "cst_zip": "01601" })).send().await.is(200);
    assert_eq!(body["CustSoldTo"]["cst_action_type"], "C");
    let shown = master.shown(&id).await;
    assert_eq!(
        (&shown["state"], &shown["customerNumber"]),
        (&json!("resolved"), &json!("000000001"))
    );

    master.send(&person("Dryer")).await.is_empty(201);
    let update =
        with(without_city("Dryer"), &json!({ "cst_duplicate": "S", "cst_job_title": "Miller" }));
    let id = master.refused(&update).await;
    let body =
        master.reprocess(&id).json(&json!({ "cst_city": "Westborough" })).send().await.is(200);
    assert_eq!(body["CustSoldTo"]["cst_cust_nbr"], "000000002");
    assert_eq!(master.shown(&id).await["customerNumber"], "000000002");
    assert_eq!(master.customers().await.len(), 2);
}

#[tokio::test]
async fn an_unknown_customer_stays_in_error_until_it_is_there() {
    let master = Fixture::new().await;
    let change = with(person("Robinson"), &json!({ "cst_cust_nbr": "1" }));
    let id = master.refused(&change).await;
    assert_eq!(master.reprocess(&id).send().await.codes(), ["customer-does-not-exist"]);
    master.send(&person("Robinson")).await.is_empty(201);
    master.reprocess(&id).send().await.is(200);
}

#[tokio::test]
async fn the_history_only_grows_and_tells_who_did_what_and_when() {
    let master = Fixture::new().await;
    let by = |name: &str| json!({ "sub": name, "scope": "steward" });
    let id = master.refused(&without_city("Robinson")).await;
    let mut before = master.shown(&id).await["history"].clone();
    let patch = json!({ "cst_zip": "ABC" });
    let steps = [
        master.correct(&id, "*", &patch).by(&by("anna")),
        master.reprocess(&id).by(&by("bert")),
        master.correct(&id, "*", &json!({ "cst_zip": "01581" })).by(&by("carla")),
        master.reprocess(&id).json(&json!({ "cst_city": "Westborough" })).by(&by("dora")),
    ];
    for (number, step) in steps.into_iter().enumerate() {
        step.send().await;
        let shown = master.shown(&id).await;
        let history = shown["history"].as_array().expect("a history").clone();
        let earlier = before.as_array().expect("a history");
        assert_eq!(history.len(), number + 2);
        assert_eq!(&history[..number + 1], &earlier[..]);
        assert!(history[number + 1]["at"].as_str() >= history[number]["at"].as_str());
        before = shown["history"].clone();
    }
    let who: Vec<_> =
        before.as_array().expect("a history").iter().map(|entry| entry["who"].clone()).collect();
    assert_eq!(json!(who), json!(["local-developer", "anna", "bert", "carla", "dora"]));
    let shown = master.shown(&id).await;
    assert_eq!(
        told(&shown),
        [
            "received failure [\"city-blank\"]",
            "corrected - [\"city-blank\",\"invalid-zip\"]",
            "tried failure [\"city-blank\",\"invalid-zip\"]",
            "corrected - [\"city-blank\"]",
            "resolved success []"
        ]
    );
    assert_eq!(shown["history"][1]["patch"], patch);
    assert_eq!(shown["history"][2]["patch"], Value::Null);
}

#[tokio::test]
async fn resolved_and_deleted_requests_expire_after_ninety_days_and_open_ones_never() {
    let master = Fixture::new().await;
    let open = master.refused(&without_city("Open")).await;
    master.correct(&open, "*", &json!({ "cst_fname": "Jo" })).send().await.is(200);
    let resolved = master.refused(&without_city("Resolved")).await;
    master.reprocess(&resolved).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    let deleted = master.refused(&without_city("Deleted")).await;
    master.delete_request(&deleted, "*").send().await.is_empty(204);
    let ninety_days = 90 * 24 * 3600;
    for item in master.items("ERROR#").await {
        let stored = item.get("expires_at").and_then(|value| value.as_n().ok()).cloned();
        let request = items::request_in_error(item).expect("a request in error");
        let last = request.history.last().expect("an entry").at.seconds();
        let expected = (request.id.as_str() != open).then(|| (last + ninety_days).to_string());
        assert_eq!(stored, expected, "{request:?}");
    }
}

#[tokio::test]
async fn without_a_body_or_with_an_empty_patch_it_reprocesses_the_message_as_it_is() {
    let master = Fixture::new().await;
    for body in ["", "{}"] {
        let id = master.refused(&without_city("Robinson")).await;
        let request = master.request(Method::POST, &format!("/errors/{id}/reprocess"));
        request.body(body).send().await.is(422);
    }
}

#[tokio::test]
async fn a_try_that_comes_to_what_the_last_one_came_to_makes_no_new_version() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let before = master.everything().await;
    // What changes nothing of the message is no correction.
    for patch in [json!({}), json!({ "cst_lname": "Robinson", "cst_apt": null })] {
        let answer = master.reprocess(&id).if_match("\"1\"").json(&patch).send().await;
        answer.is(422);
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
    assert_eq!(master.everything().await, before);
    // Other codes are news, and so is a patch, though the codes be the same.
    let answer = master.reprocess(&id).json(&json!({ "cst_zip": "ABC" })).send().await;
    assert_eq!(answer.codes(), ["city-blank", "invalid-zip"]);
    assert_eq!(answer.header("etag"), Some("\"2\""));
    master.reprocess(&id).json(&json!({ "cst_zip": "XYZ" })).send().await.is(422);
    assert_eq!(master.shown(&id).await["version"], 3);
    master.reprocess(&id).send().await.is(422);
    assert_eq!(master.shown(&id).await["version"], 3);
    // After a correction, what the list says of the codes may be another evaluation's than the last attempt's.
    master.correct(&id, "*", &json!({ "cst_zip": "01581" })).send().await.is(200);
    master.correct(&id, "*", &json!({ "cst_zip": "XYZ" })).send().await.is(200);
    master.reprocess(&id).send().await.is(422);
    assert_eq!(master.shown(&id).await["version"], 5);
}

#[tokio::test]
async fn a_duplicate_that_is_one_still_makes_no_new_version_and_one_that_became_one_does() {
    let master = Fixture::new().await;
    let message = with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }));
    let id = master.refused(&message).await;
    master.send(&person("Robinson")).await.is_empty(201);
    let patch = json!({ "cst_city": "Westborough" });
    for _ in 0..3 {
        let answer = master.reprocess(&id).json(&patch).send().await;
        answer.is(409);
        assert_eq!(answer.header("etag"), Some("\"2\""));
    }
    let shown = master.shown(&id).await;
    assert_eq!(told(&shown), ["received failure [\"city-blank\"]", "tried duplicate []"]);
    master.reprocess(&id).json(&json!({ "cst_city": null })).send().await.is(422);
    assert_eq!(master.shown(&id).await["version"], 3);
}
