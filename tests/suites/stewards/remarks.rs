//! What stewards tell each other: who has a request, a note, why it was deleted, and that it is open again.

use domain::request::{State, What};
use domain::time::Timestamp;
use serde_json::{Value, json};
use store::items;
use store::table::Table as _;
use store::writes::{Condition, Write};

use crate::fixture::{Fixture, person, unchanged, with, without_city};
use kit::asking::{Request, all_at_once};

/// `POST /errors/{id}/…` with the version that the steward saw.
fn post(master: &Fixture, id: &str, verb: &str, if_match: &str) -> Request {
    master.post(&format!("/errors/{id}/{verb}")).if_match(if_match)
}

/// Each entry of a history as what and text.
fn told(shown: &Value) -> Vec<String> {
    let history = shown["history"].as_array().expect("a history");
    let told = |entry: &Value| {
        let what = entry["what"].as_str().expect("what");
        format!("{what} {}", entry["text"].as_str().unwrap_or("-"))
    };
    history.iter().map(told).collect()
}

#[tokio::test]
async fn who_has_a_request_stands_in_its_row_and_its_history() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let anna = json!({ "sub": "anna", "scope": "steward" });
    let taken = post(&master, &id, "assign", "\"1\"").json(&json!({ "to": " anna " })).by(&anna);
    let taken = taken.send().await;
    assert_eq!(taken.header("etag"), Some("\"2\""));
    let shown = taken.is(200);
    assert_eq!((&shown["assignedTo"], &shown["version"]), (&json!("anna"), &json!(2)));
    assert_eq!(shown["codes"], json!(["city-blank"]), "what failed is as it was");
    assert_eq!(master.listed("state=open").await[0]["assignedTo"], "anna");
    assert_eq!(master.shown(&id).await["history"][1]["who"], "anna");

    // Who has it already is not written again.
    let before = master.everything().await;
    let again = post(&master, &id, "assign", "\"2\"").json(&json!({ "to": "anna" })).send().await;
    assert_eq!(again.is(200)["version"], 2);
    unchanged(&before, &master.everything().await, &again);

    let released = post(&master, &id, "assign", "*").json(&json!({ "to": null })).send().await;
    assert_eq!(released.is(200)["assignedTo"], Value::Null);
    assert_eq!(told(&master.shown(&id).await), ["received -", "assigned anna", "assigned -"]);

    // It hinders nobody.
    post(&master, &id, "assign", "*").json(&json!({ "to": "bert" })).send().await.is(200);
    let patch = json!({ "cst_city": "Westborough" });
    master.reprocess(&id).json(&patch).by(&anna).send().await.is(201);
    let row = master.listed("state=resolved").await[0].clone();
    assert_eq!((&row["assignedTo"], &row["closedBy"]), (&json!("bert"), &json!("anna")));
}

#[tokio::test]
async fn a_note_is_in_the_history_and_changes_nothing_else() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let before = master.shown(&id).await;
    let text = "Asked the shop.\nThey call back.";
    let noted = post(&master, &id, "note", "\"1\"").json(&json!({ "text": text })).send().await;
    let shown = noted.is(200);
    assert_eq!(told(&shown), ["received -", &format!("noted {text}")]);
    for name in ["state", "codes", "message", "errors", "received", "assignedTo"] {
        assert_eq!(shown[name], before[name], "{name}");
    }
    // A try after it still is compared with the attempt before it.
    master.reprocess(&id).send().await.is(422);
    assert_eq!(master.shown(&id).await["version"], 2);
}

#[tokio::test]
async fn a_deletion_says_why_and_can_be_taken_back() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let delete = |query: &str| master.delete(&format!("/errors/{id}{query}")).if_match("*");
    let foreseen = delete("?reason=a%20test&dryRun=true").send().await.is(200);
    assert_eq!(foreseen["dryRun"], true);
    delete("?reason=a%20test").send().await.is_empty(204);
    let shown = master.shown(&id).await;
    assert_eq!(told(&shown), ["received -", "deleted a test"]);

    post(&master, &id, "reopen", "\"1\"").send().await.is_problem(412, "version-mismatch");
    let reopened = post(&master, &id, "reopen", "\"2\"").send().await;
    assert_eq!(reopened.header("etag"), Some("\"3\""));
    let shown = reopened.is(200);
    assert_eq!((&shown["state"], &shown["codes"]), (&json!("open"), &json!(["city-blank"])));
    assert_eq!((&shown["closedAt"], &shown["closedBy"]), (&Value::Null, &Value::Null));
    assert_eq!(told(&shown), ["received -", "deleted a test", "reopened -"]);
    assert_eq!(master.listed_ids("state=open").await, [id.as_str()]);
    assert_eq!(master.listed_ids("state=deleted").await, Vec::<String>::new());
    let item = master.items("ERROR#").await.remove(0);
    assert_eq!(item.get("expires_at"), None, "an open one is never forgotten");

    // It is a request like another one.
    let patch = json!({ "cst_city": "Westborough" });
    master.reprocess(&id).json(&patch).send().await.is(201);
    post(&master, &id, "reopen", "*").send().await.is_problem(409, "already-resolved");
    let item = master.items("ERROR#").await.remove(0);
    assert!(item.contains_key("expires_at"));
}

#[tokio::test]
async fn what_fails_is_judged_anew_when_it_is_reopened() {
    let strict = Fixture::new().await;
    let others = json!({ "cst_country": null, "cst_zip": "ABC" });
    let id = strict.refused(&with(person("Robinson"), &others)).await;
    let mended = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    mended.delete_request(&id, "*").send().await.is_empty(204);
    let shown = post(&mended, &id, "reopen", "*").send().await.is(200);
    assert_eq!(shown["codes"], json!(["invalid-zip"]));
    assert_eq!(mended.listed_ids("code=country-blank").await, Vec::<String>::new());
    assert_eq!(mended.listed_ids("code=invalid-zip").await, [id]);
}

#[tokio::test]
async fn refusals_come_in_the_order_404_409_428_412() {
    let master = Fixture::new().await;
    let open = master.refused(&without_city("Open")).await;
    let deleted = master.refused(&without_city("Deleted")).await;
    master.delete_request(&deleted, "*").send().await.is_empty(204);
    let resolved = master.refused(&without_city("Resolved")).await;
    master.reprocess(&resolved).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    let before = master.everything().await;
    let absent = "0000000000000000";
    for (verb, body) in [
        ("assign", json!({ "to": "anna" })),
        ("note", json!({ "text": "a note" })),
        ("reopen", Value::Null),
    ] {
        let ask = |id: &str, if_match: &str| {
            let request = post(&master, id, verb, if_match);
            if body.is_null() { request } else { request.json(&body) }
        };
        let (waits, shut) = if verb == "reopen" { (&deleted, &open) } else { (&open, &deleted) };
        ask(absent, "").send().await.is_problem(404, "not-found");
        ask(&resolved, "").send().await.is_problem(409, "already-resolved");
        let kind = if verb == "reopen" { "already-open" } else { "already-deleted" };
        ask(shut, "").send().await.is_problem(409, kind);
        ask(waits, "").send().await.is_problem(428, "version-required");
        ask(waits, "\"7\"").send().await.is_problem(412, "version-mismatch");
        // Tried dry, it says what would be.
        let path = format!("/errors/{waits}/{verb}?dryRun=true");
        let request = master.post(&path).if_match("*");
        let request = if body.is_null() { request } else { request.json(&body) };
        let foreseen = request.send().await.is(200);
        assert_eq!(foreseen["dryRun"], true, "{foreseen}");
        let last = foreseen["history"].as_array().and_then(|history| history.last());
        assert!(last.is_some_and(|last| last["what"].as_str() != Some("received")), "{foreseen}");
    }
    unchanged(&before, &master.everything().await, &"all were refused or tried dry");
}

#[tokio::test]
async fn what_says_nothing_or_too_much_is_refused() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let long = "x".repeat(1_001);
    for (verb, body, fault) in [
        ("assign", json!({}), "/to required"),
        ("assign", json!({ "to": "" }), "/to required"),
        ("assign", json!({ "to": " " }), "/to required"),
        ("assign", json!({ "to": 7 }), "/to wrong-kind"),
        ("assign", json!({ "to": "x".repeat(201) }), "/to value-too-long"),
        ("assign", json!({ "to": "an\u{202e}na" }), "/to invalid-value"),
        ("assign", json!({ "to": "anna", "from": "bert" }), "/from unknown-property"),
        ("note", json!({}), "/text required"),
        ("note", json!({ "text": null }), "/text required"),
        ("note", json!({ "text": long }), "/text value-too-long"),
        ("note", json!({ "text": "a\u{0}" }), "/text invalid-value"),
    ] {
        let answer = post(&master, &id, verb, "*").json(&body).send().await;
        assert_eq!(answer.faults(), [fault], "{answer}");
    }
    for (query, fault) in [
        (format!("reason={long}"), "/query/reason value-too-long"),
        ("why=x".to_owned(), "/query/why unknown-parameter"),
    ] {
        let answer = master.delete(&format!("/errors/{id}?{query}")).if_match("*").send().await;
        assert_eq!(answer.faults(), [fault], "{answer}");
    }
    assert_eq!(master.shown(&id).await["version"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_key_it_is_said_once_however_often_it_is_sent() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let note = || {
        let note = post(&master, &id, "note", "*").json(&json!({ "text": "a note" }));
        note.key("0123456789abcdef-note")
    };
    for answer in all_at_once((0..10).map(|_| note())).await {
        answer.is(200);
    }
    let again = note().send().await;
    assert!(again.is_replayed(), "{again}");
    assert_eq!(told(&again.is(200)), ["received -", "noted a note"]);
    let other = post(&master, &id, "note", "*").json(&json!({ "text": "another" }));
    other.key("0123456789abcdef-note").send().await.is_problem(422, "idempotency-key-reused");

    master.delete_request(&id, "*").send().await.is_empty(204);
    let reopen = || post(&master, &id, "reopen", "*").key("0123456789abcdef-reopen").send();
    reopen().await.is(200);
    let again = reopen().await;
    assert!(again.is_replayed(), "{again}");
    assert_eq!(told(&again.is(200)).len(), 4);
}

#[tokio::test]
async fn what_is_kept_no_longer_is_not_reopened_though_it_may_still_be_there() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    master.delete_request(&id, "*").send().await.is_empty(204);
    let item = master.items("ERROR#").await.remove(0);
    let mut request = items::request_in_error(item).expect("a request in error");
    assert_eq!(request.state, State::Deleted);
    let long_ago = Timestamp::from_millis(1_500_000_000_000);
    request.history.last_mut().expect("an entry").at = long_ago;
    let write =
        Write::Put { item: items::request_in_error_item(&request), on: Condition::VersionIs(2) };
    master.master().table().write(&write).await.expect("a write");
    post(&master, &id, "reopen", "*").send().await.is_problem(404, "not-found");
}

#[tokio::test]
async fn an_erased_person_takes_the_notes_and_the_reason_along_and_stays_closed() {
    let master = Fixture::new().await;
    let message = with(without_city("Robinson"), &json!({ "cst_duplicate": "N" }));
    let id = master.refused(&message).await;
    master.reprocess(&id).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    let change = json!({ "cst_cust_nbr": "1", "cst_zip": "ABC" });
    let open = master.refused(&change).await;
    post(&master, &open, "assign", "*").json(&json!({ "to": "anna" })).send().await.is(200);
    let note = json!({ "text": "Julie Robinson moved" });
    post(&master, &open, "note", "*").json(&note).send().await.is(200);
    master
        .delete(&format!("/errors/{open}?reason=Julie%20said%20so"))
        .if_match("*")
        .send()
        .await
        .is_empty(204);
    master.post("/customers/1/erase").send().await.is_empty(204);
    let shown = master.shown(&open).await;
    assert_eq!(told(&shown), ["received -", "assigned anna", "noted -", "deleted -"]);
    assert!(!format!("{:?}", master.items("ERROR#").await).contains("Julie"));
    post(&master, &open, "reopen", "*").send().await.is_problem(409, "already-deleted");
}

#[tokio::test]
async fn a_release_that_knows_nothing_of_it_reads_and_keeps_the_rest() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    post(&master, &id, "note", "*").json(&json!({ "text": "a note" })).send().await.is(200);
    master.correct(&id, "*", &json!({ "cst_zip": "ABC" })).send().await.is(200);
    let mut item = master.items("ERROR#").await.remove(0);
    assert!(item.remove("remarks").is_some());
    let as_it_reads = items::request_in_error(item).expect("a request in error");
    let what: Vec<_> = as_it_reads.history.iter().map(|entry| entry.what).collect();
    assert_eq!(what, [What::Received, What::Corrected]);
}
