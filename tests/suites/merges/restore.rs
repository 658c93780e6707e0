//! Restore: a customer gets the values of an earlier version, as a new version.

use kit::fixture::Fixture;
use kit::message::change;
use local::event_lines::EventLines;
use serde_json::{Value, json};

use crate::world::{at, attributes, made, version};

#[tokio::test]
async fn an_update_that_hit_the_wrong_one_is_taken_back_as_a_new_version() {
    let master = Fixture::new().await;
    let mut following = master.stand.following(EventLines::default()).await.expect("a stream");
    let customer =
        made(&master, &at("100 Example Street").with("cst_interface_cust_nbr", "A-1")).await;
    let before = attributes(&master, &customer.number).await;
    let wrong = change("cst_cust_nbr", &customer.number).with_all(&[
        ("cst_street_addr", "7 Mill Road"),
        ("cst_email", "wrong@example.com"),
        ("cst_interface_cust_nbr", "A-2"),
    ]);
    master.add(&wrong).await.updated();
    following.drain().await.expect("the stream is read");
    let path = format!("/customers/{}/restore", customer.number);
    let ask = |query: &str, seen: &str, body: Value| {
        master.post(&format!("{path}{query}")).if_match(seen).json(&body)
    };
    let first = || json!({ "version": 1 });
    ask("", "", first()).send().await.is_problem(428, "version-required");
    ask("", "\"1\"", first()).send().await.is_problem(412, "version-mismatch");
    ask("", "\"2\"", json!({ "version": 9 })).send().await.is_problem(404, "not-found");
    assert_eq!(
        ask("", "\"2\"", json!({ "version": 0 })).send().await.faults(),
        ["/version invalid-version"]
    );
    assert_eq!(ask("", "\"2\"", json!({})).send().await.faults(), ["/version required"]);
    let mut trial = ask("?dryRun=true", "\"2\"", first()).send().await.is(200);
    trial.as_object_mut().expect("an object").remove("dryRun");
    let done = ask("", "\"2\"", first()).key("restore").send().await.is(200);
    assert_eq!(trial, done);
    assert_eq!(done["version"], 3);
    assert_eq!(done["changed"].as_array().map(Vec::len), Some(3), "{done}");
    assert_eq!(attributes(&master, &customer.number).await, before);
    // The history need not have it yet.
    let again = ask("", "\"2\"", first()).key("restore").send().await;
    assert!(again.is_replayed());
    assert_eq!(again.is(200), done);
    following.drain().await.expect("the stream is read");
    let history =
        master.get(&format!("/customers/{}/history", customer.number)).send().await.is(200);
    assert_eq!(history["history"][0]["what"], "restored");
    // The number is its own again, the other one free, and the address leads to it.
    let by_number = change("cst_interface_cust_nbr", "A-1").with("cst_language", "EN");
    assert_eq!(master.add(&by_number).await.updated().number(), customer.number);
    master.add(&at("9 Quarry Road").with("cst_interface_cust_nbr", "A-2")).await.created();
    let equal = at("100 Example Street").with("cst_duplicate", "Y");
    assert_eq!(master.add(&equal).await.duplicates(), [customer.number.as_str()]);
}

#[tokio::test]
async fn what_is_so_already_makes_no_version_and_a_number_that_others_have_is_refused() {
    let master = Fixture::new().await;
    let mut following = master.stand.following(EventLines::default()).await.expect("a stream");
    let customer = made(&master, &at("100 Example Street").with("cst_relate_id", "R-1")).await;
    master
        .add(&change("cst_cust_nbr", &customer.number).with("cst_relate_id", "R-2"))
        .await
        .updated();
    master.add(&at("9 Quarry Road").with("cst_relate_id", "R-1")).await.created();
    following.drain().await.expect("the stream is read");
    let path = format!("/customers/{}/restore", customer.number);
    let ask = |version: u64| master.post(&path).if_match("*").json(&json!({ "version": version }));
    let refused = ask(1).send().await.is_problem(422, "not-possible");
    assert_eq!(refused["errors"][0]["code"], "relate-id-taken");
    let same = ask(2).send().await.is(200);
    assert_eq!((&same["version"], &same["changed"]), (&json!(2), &json!([])));
    assert_eq!(version(&master, &customer.number).await, 2);
}
