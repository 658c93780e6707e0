//! Reprocess many: those that one cause hit, and those that are named.

use std::collections::BTreeMap;

use domain::by::By;
use domain::message::edits::EditCode;
use domain::request::Correction;
use operations::kit::Attempt;
use operations::requests::reprocess_batch::{Chosen, reprocess_batch};
use serde_json::{Value, json};

use crate::fixture::{Fixture, person, with, without_city};

/// A hundred requests in error of three causes, in turn: forty without a country, thirty without a city, thirty with a postal code that is none.
async fn a_hundred(master: &Fixture) -> BTreeMap<&'static str, Vec<String>> {
    let mut ids: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for number in 0..100 {
        let (cause, others) = match number % 10 {
            0..4 => ("country-blank", json!({ "cst_country": null })),
            4..7 => ("city-blank", json!({ "cst_city": null })),
            _ => ("invalid-zip", json!({ "cst_zip": "ABC" })),
        };
        let message = with(person(&format!("Number {number}")), &others);
        ids.entry(cause).or_default().push(master.refused(&message).await);
    }
    ids
}

/// Holds that none of these was touched.
async fn untouched(master: &Fixture, ids: &[String]) {
    for id in ids {
        let shown = master.shown(id).await;
        assert_eq!((&shown["state"], &shown["version"]), (&json!("open"), &json!(1)), "{shown}");
    }
}

/// Holds that each of these was resolved once, with a customer of its own.
async fn resolved_once(master: &Fixture, ids: &[String]) {
    let mut numbers = Vec::new();
    for id in ids {
        let shown = master.shown(id).await;
        let history = shown["history"].as_array().expect("a history");
        let what: Vec<_> = history.iter().map(|entry| entry["what"].clone()).collect();
        assert_eq!(json!(what), json!(["received", "resolved"]), "{shown}");
        numbers.push(shown["customerNumber"].as_str().expect("a number").to_owned());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), ids.len());
}

#[tokio::test]
async fn when_one_cause_goes_away_bulk_resolves_those_it_hit_and_touches_no_other() {
    let master = Fixture::new().await;
    let ids = a_hundred(&master).await;
    let mended = master.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    let mut done = Vec::new();
    let mut body = json!({ "code": "country-blank", "limit": 15 });
    loop {
        let answer = mended.post("/errors/reprocess").json(&body).send().await.is(200);
        let results = answer["results"].as_array().expect("results");
        assert!(results.len() <= 15);
        for result in results {
            assert_eq!(
                (&result["status"], &result["outcome"]),
                (&json!(201), &json!("success")),
                "{result}"
            );
            assert_eq!(result["codes"], json!([]));
            done.push(result["id"].as_str().expect("an id").to_owned());
        }
        match answer["next"].as_str() {
            Some(next) => body["cursor"] = json!(next),
            None => break,
        }
    }
    // Newest first, each once.
    let hit: Vec<_> = ids["country-blank"].iter().rev().cloned().collect();
    assert_eq!(done, hit);
    resolved_once(&mended, &hit).await;
    untouched(&mended, &ids["city-blank"]).await;
    untouched(&mended, &ids["invalid-zip"]).await;
    assert_eq!(mended.customers().await.len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_half_way_and_run_again_nothing_is_lost_or_done_twice() {
    let master = Fixture::new().await;
    let ids = a_hundred(&master).await;
    let mended = master.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    for enough in [3, 17] {
        let own = mended.master().counted();
        let run = tokio::spawn(async move {
            let chosen = Chosen::Cause { code: EditCode::CountryBlank, limit: 100, after: None };
            let by = By::new("steward", "reprocess-many", "request");
            let attempt = Attempt::new(&own, by, None, false);
            reprocess_batch(&attempt, &chosen, &Correction::default()).await.map(|_| ())
        });
        while mended.customers().await.len() < enough {
            tokio::task::yield_now().await;
        }
        run.abort();
        assert!(run.await.is_err_and(|error| error.is_cancelled()), "it was not over yet");
    }
    let body = json!({ "code": "country-blank" });
    let answer = mended.post("/errors/reprocess").json(&body).send().await.is(200);
    assert_eq!(answer["next"], Value::Null);
    let left = answer["results"].as_array().map(Vec::len).expect("results");
    assert!((1..40).contains(&left), "{left} were left");
    resolved_once(&mended, &ids["country-blank"]).await;
    assert_eq!(mended.customers().await.len(), 40);
    untouched(&mended, &ids["city-blank"]).await;
    let again = mended.post("/errors/reprocess").json(&body).send().await.is(200);
    assert_eq!(again, json!({ "results": [], "next": null }));
}

#[tokio::test]
async fn named_ones_get_each_the_status_of_a_single_call() {
    let master = Fixture::new().await;
    let good = master.refused(&with(person("Good"), &json!({ "cst_country": null }))).await;
    let bad = master.refused(&without_city("Bad")).await;
    let twin = with(person("Twin"), &json!({ "cst_country": null, "cst_duplicate": "Y" }));
    let twin = master.refused(&twin).await;
    // Duplicates come before edits, so the other customer must come after the message.
    master.send(&person("Twin")).await.is_empty(201);
    let deleted = master.refused(&without_city("Deleted")).await;
    master.delete_request(&deleted, "*").send().await.is_empty(204);
    let resolved = master.refused(&without_city("Resolved")).await;
    master.reprocess(&resolved).json(&json!({ "cst_city": "Westborough" })).send().await.is(201);
    let mended = master.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    let ids = json!([good, bad, twin, deleted, resolved, "0000000000000000", good]);
    let body = json!({ "ids": ids });
    let answer = mended.post("/errors/reprocess").json(&body).send().await.is(200);
    let results = answer["results"].as_array().expect("results");
    let told: Vec<_> = results
        .iter()
        .map(|one| {
            json!([
                one["id"],
                one["status"],
                one["outcome"],
                one["codes"],
                one["customerNumber"].is_string()
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [good, 201, "success", [], true],
            [bad, 422, "failure", ["city-blank"], false],
            [twin, 409, "duplicate", [], false],
            [deleted, 409, "already-deleted", [], false],
            [resolved, 409, "already-resolved", [], true],
            ["0000000000000000", 404, "not-found", [], false],
        ])
    );
    assert_eq!(answer["next"], Value::Null);
}

#[tokio::test]
async fn what_still_fails_stays_where_it_is_and_the_cursor_goes_past_it() {
    let master = Fixture::new().await;
    for number in 0..7 {
        master.refused(&without_city(&format!("Number {number}"))).await;
    }
    let mut body = json!({ "code": "city-blank", "limit": 3 });
    let mut sizes = Vec::new();
    loop {
        let answer = master.post("/errors/reprocess").json(&body).send().await.is(200);
        let results = answer["results"].as_array().expect("results");
        assert!(
            results
                .iter()
                .all(|one| one["outcome"] == "failure" && one["codes"] == json!(["city-blank"]))
        );
        sizes.push(results.len());
        match answer["next"].as_str() {
            Some(next) => body["cursor"] = json!(next),
            None => break,
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    // Each says already what this try came to.
    for error in master.listed("").await {
        assert_eq!(error["version"], 1);
    }
}

#[tokio::test]
async fn a_choice_that_means_nothing_is_refused_with_all_faults() {
    let master = Fixture::new().await;
    let many: Vec<_> = (0..101).map(|number| format!("{number:016}")).collect();
    for (body, faults) in [
        (json!({}), vec!["/ids required"]),
        (json!({ "ids": ["0000000000000000"], "code": "city-blank" }), vec!["/ids required"]),
        (json!({ "ids": [] }), vec!["/ids too-many"]),
        (json!({ "ids": many }), vec!["/ids too-many"]),
        (json!({ "ids": ["x", 7] }), vec!["/ids/0 invalid-id", "/ids/1 invalid-id"]),
        (
            json!({ "code": "nonsense", "limit": 0, "cursor": "?", "colour": 1 }),
            vec![
                "/code invalid-code",
                "/colour unknown-property",
                "/cursor invalid-cursor",
                "/ids required",
                "/limit invalid-limit",
            ],
        ),
        (json!({ "code": "city-blank", "limit": 101 }), vec!["/limit invalid-limit"]),
    ] {
        let answer = master.post("/errors/reprocess").json(&body).send().await;
        assert_eq!(answer.faults(), faults, "{body}");
    }
}
