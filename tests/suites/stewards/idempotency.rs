//! `Idempotency-Key` on the steward's POSTs: one effect, the same answer, and no other request under the key.

use std::collections::BTreeSet;

use api::customer_out::NOT_COMPARED;
use serde_json::json;

use crate::fixture::{Fixture, person, with, without_city};
use kit::asking::all_at_once;

const KEY: &str = "0123456789abcdef-steward";

#[tokio::test]
async fn a_reprocess_that_is_sent_again_answers_the_same_and_has_no_further_effect() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let patch = json!({ "cst_city": "Westborough" });
    let send = || master.reprocess(&id).json(&patch).key(KEY).send();
    let first = send().await;
    let body = first.is(201);
    assert!(!first.is_replayed(), "{first}");
    let before = master.everything().await;
    for _ in 0..2 {
        let again = send().await;
        assert!(again.is_replayed(), "{again}");
        assert_eq!(again.is(201), body);
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("etag"), first.header("etag"));
    }
    assert_eq!(master.everything().await, before);
    // Without the key, it is another request.
    master.reprocess(&id).json(&patch).send().await.is_problem(409, "already-resolved");
}

#[tokio::test]
async fn what_an_answer_warned_of_it_warns_of_again() {
    let master = Fixture::new().await;
    let email = json!({ "cst_email": "julie@example.com" });
    master.send(&with(person("Robinson"), &email)).await.is_empty(201);
    let update =
        json!({ "cst_duplicate": "S", "cst_email": "robinson@example.com", "cst_vat_nbr": "V-1" });
    let replaced = json!(["cst_email had another value"]);
    let nobody = json!({ "cst_lname": "Unknown", "cst_fname": "N/A", "cst_duplicate": "Y" });
    let not_compared = json!([NOT_COMPARED]);
    for (attributes, status, warnings) in [(update, 200, replaced), (nobody, 201, not_compared)] {
        let id = master.refused(&with(without_city("Robinson"), &attributes)).await;
        let patch = json!({ "cst_city": "Westborough" });
        for replayed in [false, true] {
            let answer = master.reprocess(&id).json(&patch).key(&id).send().await;
            assert_eq!(answer.is(status)["warnings"], warnings, "replayed: {replayed}");
            assert_eq!(answer.is_replayed(), replayed, "{answer}");
        }
    }
}

#[tokio::test]
async fn a_failure_is_replayed_and_recorded_once() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let send = || master.reprocess(&id).json(&json!({ "cst_zip": "ABC" })).key(KEY).send();
    let first = send().await;
    first.is(422);
    let again = send().await;
    assert!(again.is_replayed(), "{again}");
    assert_eq!(again.is(422), first.json());
    assert_eq!(master.shown(&id).await["version"], 2);
}

#[tokio::test]
async fn a_try_that_left_nothing_behind_is_decided_anew() {
    let strict = Fixture::new().await;
    let id = strict.refused(&with(person("Robinson"), &json!({ "cst_country": null }))).await;
    strict.reprocess(&id).key(KEY).send().await.is(422);
    assert_eq!(strict.shown(&id).await["version"], 1);
    let mended = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    mended.reprocess(&id).key(KEY).send().await.is(201);
    let again = strict.reprocess(&id).key(KEY).send().await;
    again.is(201);
    assert!(again.is_replayed(), "{again}");
    assert_eq!(strict.customers().await.len(), 1);
}

#[tokio::test]
async fn a_duplicate_had_no_effect_and_is_decided_anew() {
    let master = Fixture::with(&[("COMPANIES", "1,2")]).await;
    master.send(&person("Robinson")).await.is_empty(201);
    let id =
        master.refused(&with(without_city("Robinson"), &json!({ "cst_duplicate": "Y" }))).await;
    let send = || master.reprocess(&id).json(&json!({ "cst_city": "Westborough" })).key(KEY).send();
    send().await.is(409);
    send().await.is(409);
    assert_eq!(master.shown(&id).await["history"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn the_key_with_another_request_is_refused_and_has_no_effect() {
    let master = Fixture::new().await;
    let first = master.refused(&without_city("First")).await;
    let second = master.refused(&without_city("Second")).await;
    let patch = json!({ "cst_city": "Westborough" });
    master.reprocess(&first).json(&patch).key(KEY).send().await.is(201);
    let before = master.everything().await;
    for request in [
        master.reprocess(&second).json(&patch),
        master.reprocess(&first).json(&json!({ "cst_city": "Worcester" })),
        master.reprocess(&first),
        master.reprocess(&first).json(&patch).if_match("\"1\""),
    ] {
        request.key(KEY).send().await.is_problem(422, "idempotency-key-reused");
    }
    assert_eq!(master.everything().await, before);
    // Another caller's key is another key.
    let other = json!({ "sub": "anna", "scope": "steward" });
    master.reprocess(&second).json(&patch).key(KEY).by(&other).send().await.is(201);
    for bad in ["two words", "\"not-closed"] {
        let answer = master.reprocess(&second).key(bad).send().await;
        assert_eq!(answer.faults(), ["/headers/Idempotency-Key invalid-idempotency-key"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_with_one_key_at_once_have_one_effect_and_all_get_its_answer() {
    let master = Fixture::new().await;
    for check in ["N", "Y"] {
        let message =
            with(without_city("Robinson"), &json!({ "cst_duplicate": check, "cst_apt": check }));
        let id = master.refused(&message).await;
        let patch = json!({ "cst_city": "Westborough" });
        let key = format!("{KEY}-{check}");
        let requests = (0..20).map(|_| master.reprocess(&id).json(&patch).key(&key));
        let answers = all_at_once(requests).await;
        let numbers: BTreeSet<_> = answers
            .iter()
            .map(|answer| answer.is(201)["CustSoldTo"]["cst_cust_nbr"].to_string())
            .collect();
        assert_eq!(numbers.len(), 1, "{numbers:?}");
        assert_eq!(master.shown(&id).await["version"], 2);
    }
    assert_eq!(master.customers().await.len(), 2);
}

#[tokio::test]
async fn bulk_by_ids_and_by_cause_is_replayed_with_the_same_numbers() {
    let strict = Fixture::new().await;
    let master = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    for by_cause in [false, true] {
        let mut ids = Vec::new();
        for name in ["First", "Second", "Third"] {
            let zip = if name == "Third" { "ABC" } else { "01581" };
            let others = json!({ "cst_country": null, "cst_zip": zip });
            ids.push(strict.refused(&with(person(name), &others)).await);
        }
        let body =
            if by_cause { json!({ "code": "country-blank" }) } else { json!({ "ids": ids }) };
        let key = format!("{KEY}-{by_cause}");
        let send = || master.post("/errors/reprocess").json(&body).key(&key).send();
        let first = send().await;
        assert!(!first.is_replayed(), "{first}");
        let before = master.everything().await;
        let again = send().await;
        assert!(again.is_replayed(), "{again}");
        assert_eq!(again.is(200), first.is(200));
        assert_eq!(first.json()["results"].as_array().map(Vec::len), Some(3), "{first}");
        assert_eq!(master.everything().await, before);
        let other = json!({ "ids": ["0000000000000000"] });
        let reused = master.post("/errors/reprocess").json(&other).key(&key).send().await;
        reused.is_problem(422, "idempotency-key-reused");
    }
}

#[tokio::test]
async fn an_erasure_is_replayed_and_spares_what_came_later() {
    let master = Fixture::new().await;
    master.send(&person("Robinson")).await.is_empty(201);
    let erase = || master.post("/customers/1/erase").key(KEY).send();
    let first = erase().await;
    first.is_empty(204);
    assert!(!first.is_replayed(), "{first}");
    master.send(&with(person("New"), &json!({ "cst_cust_nbr": "1" }))).await.is_empty(200);
    let again = erase().await;
    again.is_empty(204);
    assert!(again.is_replayed(), "{again}");
    let customer = master.get("/customers/1").send().await.is(200);
    assert_eq!(customer["CustSoldTo"]["cst_lname"], "New");
    let other = master.post("/customers/2/erase").key(KEY).send().await;
    other.is_problem(422, "idempotency-key-reused");
}
