//! One correction for many requests in error: those that one cause hit, or those that are named.

use std::collections::BTreeSet;

use domain::by::By;
use domain::message::Attribute;
use domain::message::edits::{EditCode, Field};
use domain::request::Correction;
use operations::kit::Attempt;
use operations::requests::reprocess_batch::{Chosen, reprocess_batch};
use serde_json::{Value, json};
use store::items;

use crate::crowd;
use crate::fixture::{Fixture, person, unchanged, with, without_city};

/// How many one cause hit, unless the environment says `REQUESTS=10000`, say.
const MANY: u64 = 300;

fn many() -> u64 {
    let given = std::env::var("REQUESTS").ok();
    given.map_or(MANY, |text| text.parse().expect("a number of requests"))
}

/// Sends the same until there is no next, and returns all results.
async fn to_the_end(master: &Fixture, path: &str, mut body: Value) -> Vec<Value> {
    let mut results = Vec::new();
    loop {
        let answer = master.post(path).json(&body).send().await.is(200);
        results.extend(answer["results"].as_array().expect("results").clone());
        match answer["next"].as_str() {
            Some(next) => body["cursor"] = json!(next),
            None => return results,
        }
    }
}

fn set_of_ids(results: &[Value]) -> BTreeSet<String> {
    results.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

/// How many are resolved so far: the rest of the table is not looked at, however much there is.
async fn resolved(master: &Fixture) -> u64 {
    let page = master.get("/errors?state=resolved&limit=1").send().await.is(200);
    page["total"].as_u64().expect("a total")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_of_one_cause_are_corrected_in_one_go_each_once_and_what_was_stopped_goes_on() {
    let (master, many) = (Fixture::new().await, many());
    crowd::gather(&master, 0..many).await;
    let other = master.refused(&with(person("Other"), &json!({ "cst_zip": "ABC" }))).await;
    let body = json!({ "code": "city-blank", "patch": { "cst_city": "Westborough" } });

    let before = master.everything().await;
    let foreseen = to_the_end(&master, "/errors/reprocess?dryRun=true", body.clone()).await;
    assert_eq!(foreseen.len() as u64, many);
    assert!(foreseen.iter().all(|one| one["status"] == 201), "{foreseen:?}");
    unchanged(&before, &master.everything().await, &"a dry run");

    // Broken off twice in the middle of a call.
    for enough in [3, 40] {
        let own = master.master().counted();
        let run = tokio::spawn(async move {
            let chosen = Chosen::Cause { code: EditCode::CityBlank, limit: 100, after: None };
            let mut patch = Correction::default();
            patch.set(Field::Attribute(Attribute::CITY), Some("Westborough".to_owned()));
            let by = By::new("steward", "reprocess-many", "request");
            let attempt = Attempt::new(&own, by, None, false);
            reprocess_batch(&attempt, &chosen, &patch).await.map(|_| ())
        });
        while resolved(&master).await < enough {
            tokio::task::yield_now().await;
        }
        run.abort();
        assert!(run.await.is_err_and(|error| error.is_cancelled()), "it was not over yet");
    }
    let results = to_the_end(&master, "/errors/reprocess", body.clone()).await;
    assert!(results.iter().all(|one| one["outcome"] == "success"), "{results:?}");
    assert_eq!(set_of_ids(&results).len(), results.len());
    assert!((results.len() as u64) < many, "{} were left", results.len());
    assert_eq!(to_the_end(&master, "/errors/reprocess", body).await, Vec::<Value>::new());

    let customers = master.customers().await;
    assert_eq!(customers.len() as u64, many);
    assert!(customers.iter().all(|customer| customer.version == 1), "each was written once");
    let requests = master.items("ERROR#").await.into_iter();
    let requests = requests.map(|item| items::request_in_error(item).expect("a request"));
    let versions: Vec<_> =
        requests.filter(|one| one.id.as_str() != other).map(|one| one.version).collect();
    assert_eq!(versions.len() as u64, many);
    assert!(versions.iter().all(|version| *version == 2), "each was resolved once");
    let resolved = master.listed("state=resolved&limit=100").await;
    let numbers: BTreeSet<_> = resolved
        .iter()
        .map(|one| one["customerNumber"].clone())
        .map(|number| number.to_string())
        .collect();
    assert_eq!(numbers.len() as u64, many);
    for id in [crowd::id(0), crowd::id(many / 2), crowd::id(many - 1)] {
        let history = master.shown(&id).await["history"].clone();
        assert_eq!(history.as_array().map(Vec::len), Some(2), "{history}");
        assert_eq!(
            (&history[1]["what"], &history[1]["patch"]),
            (&json!("resolved"), &json!({ "cst_city": "Westborough" }))
        );
    }
    assert_eq!(master.listed_ids("state=open").await, [other.as_str()]);
    assert_eq!(master.shown(&other).await["version"], 1);
}

#[tokio::test]
async fn named_ones_get_the_patch_too_and_those_that_still_fail_keep_it() {
    let master = Fixture::new().await;
    let good = master.refused(&without_city("Good")).await;
    let bad = master.refused(&with(without_city("Bad"), &json!({ "cst_zip": "ABC" }))).await;
    let body = json!({ "ids": [good, bad], "patch": { "cst_city": "Westborough" } });
    let foreseen = master.post("/errors/reprocess?dryRun=true").json(&body).send().await.is(200);
    let told = |answer: &Value| {
        let results = answer["results"].as_array().expect("results").clone();
        let told = results.iter().map(|one| json!([one["status"], one["outcome"], one["codes"]]));
        json!(told.collect::<Vec<_>>())
    };
    let expected = json!([[201, "success", []], [422, "failure", ["invalid-zip"]]]);
    assert_eq!((told(&foreseen), &foreseen["dryRun"]), (expected.clone(), &json!(true)));
    assert_eq!(master.shown(&bad).await["version"], 1);

    let done = master.post("/errors/reprocess").json(&body).send().await.is(200);
    assert_eq!(told(&done), expected);
    let shown = master.shown(&bad).await;
    assert_eq!((&shown["version"], &shown["codes"]), (&json!(2), &json!(["invalid-zip"])));
    assert_eq!(shown["history"][1]["patch"], body["patch"]);
    assert_eq!(shown["message"]["CustSoldTo"]["cst_city"], "Westborough");

    // Once more, the good one is resolved, and nothing is new with the bad one.
    let again = master.post("/errors/reprocess").json(&body).send().await.is(200);
    let expected = json!([[409, "already-resolved", []], [422, "failure", ["invalid-zip"]]]);
    assert_eq!(told(&again), expected);
    assert_eq!(master.shown(&bad).await["version"], 2);
}

#[tokio::test]
async fn a_key_holds_the_patch_as_well() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let body = |city: &str| json!({ "ids": [id], "patch": { "cst_city": city } });
    let send = |city: &str| {
        master.post("/errors/reprocess").json(&body(city)).key("0123456789abcdef-patch")
    };
    let first = send("Westborough").send().await;
    let again = send("Westborough").send().await;
    assert!(again.is_replayed(), "{again}");
    assert_eq!(again.is(200), first.is(200));
    send("Worcester").send().await.is_problem(422, "idempotency-key-reused");
    assert_eq!(master.customers().await.len(), 1);
}

#[tokio::test]
async fn a_patch_that_means_nothing_is_refused_with_the_place_of_each_fault() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let before = master.everything().await;
    let long = "x".repeat(17 * 1024);
    for (patch, faults) in [
        (
            json!({ "cst_favourite": "x", "cst_city": true }),
            vec!["/patch/cst_city wrong-kind", "/patch/cst_favourite unknown-property"],
        ),
        (json!([]), vec!["/patch wrong-kind"]),
        (json!("cst_city"), vec!["/patch wrong-kind"]),
        (json!({ "cst_city": long }), vec!["/patch too-long"]),
    ] {
        let body = json!({ "ids": [id], "patch": patch });
        let answer = master.post("/errors/reprocess").json(&body).send().await;
        assert_eq!(answer.faults(), faults, "{answer}");
    }
    unchanged(&before, &master.everything().await, &"all were refused");
    // None is none.
    for patch in [json!(null), json!({})] {
        let body = json!({ "ids": [id], "patch": patch });
        let answer = master.post("/errors/reprocess").json(&body).send().await.is(200);
        assert_eq!(answer["results"][0]["outcome"], "failure");
    }
    unchanged(&before, &master.everything().await, &"nothing was new");
}
