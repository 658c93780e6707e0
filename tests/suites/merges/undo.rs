//! Un-merge: both are as they were, but for what changed since, of which the steward says with whom it stays.

use kit::fixture::Fixture;
use kit::message::{Form, change};
use model::ModelTable;
use serde_json::{Value, json};
use store::table::Table;
use store::writes::{Condition, Write, Written};

use crate::doors::Doors;
use crate::world::{
    Made, associated, at, attributes, dcns, made, merge, merge_with, read, two, unmerge,
    unmerge_with, version,
};

async fn both(master: &Fixture, winner: &Made, loser: &Made) -> (Value, Value) {
    (attributes(master, &winner.number).await, attributes(master, &loser.number).await)
}

#[tokio::test]
async fn after_nothing_else_both_are_as_they_were_attribute_for_attribute() {
    let master = Fixture::new().await;
    let winner = made(&master, &at("100 Example Street").with("cst_apt", "3")).await;
    let loser = at("7 Mill Road").with("cst_email", "julie@example.com").with("cst_language", "FR");
    let loser = made(&master, &loser.with("cst_fname", "Juliette")).await;
    let before = both(&master, &winner, &loser).await;
    let take = json!({ "take": { "address": "loser", "cst_fname": "loser" } });
    merge_with(&master, (&winner.number, &loser.number), &take).await.is(200);
    let answer = unmerge(&master, &winner, &loser).await;
    assert_eq!(
        (&answer["customerNumber"], &answer["released"]),
        (&json!(winner.number), &json!([loser.number]))
    );
    assert_eq!(answer["changed"].as_array().map(Vec::len), Some(5), "{answer}");
    assert_eq!(both(&master, &winner, &loser).await, before);
    assert_eq!(version(&master, &winner.number).await, 3);
    assert_eq!(version(&master, &loser.number).await, 3);
    assert_eq!(read(&master, &loser.number).await["mergedInto"], Value::Null);
}

#[tokio::test]
async fn what_changed_since_is_named_and_stays_where_the_steward_says() {
    for (side, of_winner, of_loser) in
        [("winner", json!("EN"), Value::Null), ("loser", Value::Null, json!("EN"))]
    {
        let master = Fixture::new().await;
        let (winner, loser) = two(&master).await;
        let take = json!({ "take": { "address": "loser" } });
        merge_with(&master, (&winner.number, &loser.number), &take).await.is(200);
        master
            .add(&change("cst_cust_nbr", &loser.number).with("cst_language", "EN"))
            .await
            .updated();
        let pair = (winner.number.as_str(), loser.number.as_str());
        let refused =
            unmerge_with(&master, pair, &json!({})).await.is_problem(409, "changed-since");
        assert_eq!(refused["attributes"], json!(["cst_language"]));
        unmerge_with(&master, pair, &json!({ "cst_language": side })).await.is(200);
        let (winner, loser) = both(&master, &winner, &loser).await;
        assert_eq!(
            (&winner["cst_language"], &loser["cst_language"]),
            (&of_winner, &of_loser),
            "{side}"
        );
        assert_eq!(winner["cst_street_addr"], "100 Example Street");
        assert_eq!(loser["cst_street_addr"], "7 Mill Road");
    }
}

#[tokio::test]
async fn an_address_that_changed_since_is_one_thing() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    merge(&master, &winner, &loser).await;
    let moved = change("cst_cust_nbr", &winner.number)
        .with_all(&[("cst_street_addr", "1 New Road"), ("cst_zip", "01582")]);
    master.add(&moved).await.updated();
    let pair = (winner.number.as_str(), loser.number.as_str());
    let refused = unmerge_with(&master, pair, &json!({})).await.is_problem(409, "changed-since");
    assert_eq!(refused["attributes"], json!(["address"]));
    unmerge_with(&master, pair, &json!({ "address": "loser" })).await.is(200);
    let (of_winner, of_loser) = both(&master, &winner, &loser).await;
    assert_eq!(of_winner["cst_street_addr"], "100 Example Street");
    assert_eq!(
        (&of_loser["cst_street_addr"], &of_loser["cst_zip"]),
        (&json!("1 New Road"), &json!("01582"))
    );
    // Whoever comes with the address finds the loser there now.
    let equal = at("1 New Road").with("cst_zip", "01582").with("cst_duplicate", "Y");
    assert_eq!(master.add(&equal).await.duplicates(), [loser.number.as_str()]);
}

#[tokio::test]
async fn refusals_come_in_their_order_and_a_repetition_does_it_once() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let path = format!("/customers/{}/unmerge", winner.number);
    let body = json!({ "loser": loser.number });
    let ask = |seen: &str| master.post(&path).if_match(seen).json(&body);
    ask("\"1\"").send().await.is_problem(409, "not-merged");
    merge(&master, &winner, &loser).await;
    let unknown = json!({ "loser": "999999999" });
    let unknown = master.post(&path).if_match("\"2\"").json(&unknown).send().await;
    unknown.is_problem(404, "not-found");
    ask("").send().await.is_problem(428, "version-required");
    ask("\"1\"").send().await.is_problem(412, "version-mismatch");
    let before = master.everything().await;
    let mut trial = master
        .post(&format!("{path}?dryRun=true"))
        .if_match("\"2\"")
        .json(&body)
        .send()
        .await
        .is(200);
    assert!(master.everything().await == before, "a dry run writes nothing");
    trial.as_object_mut().expect("an object").remove("dryRun");
    let done = ask("\"2\"").key("undo").send().await.is(200);
    assert_eq!(trial, done);
    // The history need not have it yet, and what came since is none of it.
    let moved = change("cst_cust_nbr", &winner.number).with("cst_street_addr", "1 New Road");
    for round in 3..5 {
        let again = ask("\"2\"").key("undo").send().await;
        assert!(again.is_replayed());
        assert_eq!(again.is(200), done);
        assert_eq!(version(&master, &winner.number).await, round);
        master.add(&moved).await.updated();
    }
}

/// A table without the items of merges.
async fn without_merges(table: &ModelTable) -> ModelTable {
    let left = ModelTable::new();
    for (_, item) in table.items().into_iter().filter(|(key, _)| !key.pk.starts_with("MERGE#")) {
        let written = left.write(&Write::Put { item, on: Condition::Absent }).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
    left
}

#[tokio::test]
async fn a_merge_of_which_nothing_is_kept_any_more_cannot_be_undone_and_says_so() {
    let doors = Doors::new();
    for street in ["1 Mill Road", "2 Mill Road"] {
        let message = at(street).written(Form::Json);
        let message = serde_json::from_str(&message).expect("JSON");
        doors.post("/customers", &message).await.is(201);
    }
    let body = json!({ "loser": "000000002", "loserVersion": 1 });
    doors.post("/customers/000000001/merge", &body).await.is(200);
    let lost = Doors::over(without_merges(doors.table()).await);
    let unmerge =
        async || lost.post("/customers/000000001/unmerge", &json!({ "loser": "000000002" })).await;
    // It may not be to be seen yet.
    assert!(unmerge().await.is_problem("busy"));
    lost.table().advance(60);
    let told = unmerge().await.is(410);
    assert_eq!(told["type"], "/problems/gone");
    assert!(told["detail"].as_str().is_some_and(|said| said.contains("audit")), "{told}");
}

#[tokio::test]
async fn the_same_two_are_merged_and_parted_twenty_times_and_nothing_is_left_of_it() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    associated(&master, &winner, "W-1").await;
    associated(&master, &loser, "L-1").await;
    let before = both(&master, &winner, &loser).await;
    for round in 0..20 {
        // Whoever wins, they are parted again, and each address is taken once.
        let (one, other) = if round % 2 == 0 { (&winner, &loser) } else { (&loser, &winner) };
        let side = if round % 4 < 2 { "loser" } else { "winner" };
        let take = json!({ "take": { "address": side } });
        merge_with(&master, (&one.number, &other.number), &take).await.is(200);
        assert_eq!(dcns(&master, &other.identifier).await, ["TD68|L-1", "TD68|W-1"], "{round}");
        for street in ["100 Example Street", "7 Mill Road"] {
            let equal = at(street).with("cst_duplicate", "Y");
            assert_eq!(master.add(&equal).await.duplicates(), [one.number.as_str()], "{round}");
        }
        unmerge(&master, one, other).await;
        assert_eq!(both(&master, &winner, &loser).await, before, "{round}");
    }
    assert_eq!(dcns(&master, &winner.identifier).await, ["TD68|W-1"]);
    assert_eq!(dcns(&master, &loser.identifier).await, ["TD68|L-1"]);
    assert_eq!(master.customers().await.len(), 2);
    // A seat is taken once, however often the values come back.
    assert_eq!(master.items("BLOCK#").await.len(), 4);
}
