//! What the steward's work costs: calls one after another, read units, write units, as the database reports them.

use domain::by::By;
use domain::request::{Correction, RequestInErrorId};
use operations::kit::Attempt;
use operations::messages::MessageResult;
use operations::requests::list::{self as queue, Filter};
use operations::requests::reprocess as fix;
use serde_json::json;
use store::meter::Cost;

use crate::crowd;
use crate::fixture::{Fixture, person};

/// Reprocesses, and tells what came of it and what it cost.
async fn reprocess(master: &Fixture, id: &str, key: Option<&str>) -> (MessageResult, Cost) {
    let counted = master.master().counted();
    let key = key.map(|key| (key, "fingerprint".to_owned()));
    let by = By::new("steward", "reprocess", "request");
    let attempt = Attempt::new(&counted, by, key, false);
    let id = RequestInErrorId::parse(id).expect("an id");
    let done = fix::reprocess(&attempt, &id, &Correction::default(), None).await;
    let done = done.expect("an outcome");
    (done.outcome.result, counted.cost())
}

/// A small message that a default country mends.
fn message(name: &str, check: &str) -> serde_json::Value {
    json!({ "cst_lname": name, "cst_city": "Westborough", "cst_zip": "01581", "cst_state": "MA", "cst_street_addr": "1 Mill Road",
        "cst_email_status": "O1", "cst_duplicate": check })
}

/// A master that has been at work for a while, and one that refuses what it accepts; none where the database does not count units.
async fn warm_and_strict() -> Option<(Fixture, Fixture)> {
    let strict = Fixture::that_counts().await?;
    let warm = strict.deployed_with(&[("DEFAULT_COUNTRY", "USA")]).await;
    for number in 0..9 {
        warm.send(&person(&format!("Warm {number}"))).await.is_empty(201);
    }
    Some((warm, strict))
}

#[tokio::test]
async fn reprocessing_to_a_new_customer_is_three_calls_and_the_units_of_the_storage_page() {
    let Some((warm, strict)) = warm_and_strict().await else {
        return;
    };
    let id = strict.refused(&message("Robinson", "Y")).await;
    let (outcome, cost) = reprocess(&warm, &id, None).await;
    assert!(matches!(outcome, MessageResult::Created(_)), "{outcome:?}");
    assert_eq!((cost.steps, cost.calls, cost.rounds), (3, 3, 0), "{cost:?}");
    assert_eq!(cost.read_units, 2.0, "{cost:?}");
    let first = cost;

    // The key is bound beside the first read, and what is decided on beside the second; a table with more in it costs no more.
    let id = strict.refused(&message("Dryer", "Y")).await;
    let (_, keyed) = reprocess(&warm, &id, Some("0123456789abcdef")).await;
    assert_eq!((keyed.steps, keyed.read_units), (3, 2.0), "{keyed:?}");
    assert_eq!(keyed.write_units, first.write_units + 2.0, "{keyed:?}");

    // Without a duplicate check there is nothing to look at.
    let id = strict.refused(&message("Okafor", "N")).await;
    let (_, unchecked) = reprocess(&warm, &id, None).await;
    assert_eq!((unchecked.steps, unchecked.read_units), (2, 1.0), "{unchecked:?}");
    assert_eq!(unchecked.write_units, first.write_units, "{unchecked:?}");

    // A transaction of two items of up to 1 KB is four units; the index has the customer, and the request leaves one place and takes another.
    assert_eq!(first.write_units, 4.0 + 3.0, "{first:?}");
}

#[tokio::test]
async fn a_failure_and_a_duplicate_cost_their_reads_and_one_write_where_they_are_news() {
    let Some((warm, strict)) = warm_and_strict().await else {
        return;
    };
    let id = strict.refused(&message("Robinson", "Y")).await;
    let (outcome, cost) = reprocess(&strict, &id, None).await;
    assert!(matches!(outcome, MessageResult::Failed { .. }), "{outcome:?}");
    assert_eq!((cost.steps, cost.read_units, cost.write_units), (2, 2.0, 0.0), "{cost:?}");
    let stricter = strict.deployed_with(&[("REQUIRE_CUSTOMER_CLASS", "true")]).await;
    let (outcome, cost) = reprocess(&stricter, &id, None).await;
    assert!(matches!(outcome, MessageResult::Failed { .. }), "{outcome:?}");
    assert_eq!((cost.steps, cost.read_units), (3, 2.0), "{cost:?}");

    warm.send(&message("Robinson", "N")).await.is_empty(201);
    let (outcome, cost) = reprocess(&warm, &id, None).await;
    assert!(matches!(outcome, MessageResult::Duplicate(_)), "{outcome:?}");
    assert_eq!((cost.steps, cost.read_units), (3, 2.0), "{cost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listing_a_page_costs_the_same_with_a_hundred_and_with_a_hundred_thousand() {
    let master = Fixture::new().await;
    let page = async || {
        let mut least: Option<Cost> = None;
        // Calls that go side by side look like several steps on a machine that has no time for them: what else runs can only add to the steps.
        for _ in 0..5 {
            let counted = master.master().counted();
            let page = queue::list(&counted, &Filter::default(), None, 10).await;
            assert_eq!(page.expect("a page").found.len(), 10);
            let cost = counted.cost();
            least = Some(least.filter(|least| least.steps <= cost.steps).unwrap_or(cost));
        }
        least.expect("a cost")
    };
    // Short messages: it is their number that counts.
    let short = json!({ "cst_lname": "Crowd" });
    crowd::gather_of(&master, &short, 0..100).await;
    let few = page().await;
    crowd::gather_of(&master, &short, 100..100_000).await;
    let many = page().await;
    assert_eq!(few, many);
    // The shards of the index side by side, then the requests of the page.
    assert_eq!(few.steps, 2, "{few:?}");
    let newest = master.get("/errors?state=open&limit=1").send().await.is(200);
    assert_eq!(newest["errors"][0]["id"], crowd::id(99_999));
    let second = master
        .get("/errors?state=open&limit=100&receivedBefore=2026-09-22T00:00:00Z")
        .send()
        .await
        .is(200);
    assert_eq!(second["errors"].as_array().map(Vec::len), Some(100));
}
