//! A merge: which values the winner has, what is refused, and what a dry run and a repetition say.

use kit::fixture::{Fixture, given};
use kit::message::{Message, julie};
use serde_json::{Value, json};

use crate::world::{
    associated, at, attributes, made, merge, merge_with, read, two, unmerge, version,
};

fn differing(name: &str, value: &str) -> Message {
    at("7 Mill Road").with(name, value)
}

#[tokio::test]
async fn the_winner_keeps_its_values_and_gets_what_it_does_not_have() {
    let master = Fixture::new().await;
    let winner = made(&master, &at("100 Example Street").with("cst_language", "EN")).await;
    let loser = differing("cst_language", "FR").with("cst_email", "julie@example.com");
    let loser = made(&master, &loser).await;
    associated(&master, &winner, "W-1").await;
    associated(&master, &loser, "L-1").await;
    let answer = merge(&master, &winner, &loser).await;
    assert_eq!(
        answer,
        json!({
            "customerNumber": winner.number, "version": 2, "absorbed": [loser.number], "dealerCustomers": 2,
            "changed": [{ "attribute": "cst_email", "before": null, "after": "julie@example.com" }]
        })
    );
    let kept = attributes(&master, &winner.number).await;
    assert_eq!(
        (&kept["cst_language"], &kept["cst_street_addr"]),
        (&json!("EN"), &json!("100 Example Street"))
    );
    assert_eq!(read(&master, &winner.number).await["absorbed"], json!([loser.number]));
}

#[tokio::test]
async fn the_steward_chooses_per_value_and_an_address_as_a_whole() {
    let master = Fixture::new().await;
    let winner = made(&master, &at("100 Example Street").with("cst_apt", "3")).await;
    let loser = differing("cst_language", "FR").with("cst_zip", "01582");
    let loser = made(&master, &loser.with("cst_fname", "Juliette")).await;
    let pair = (winner.number.as_str(), loser.number.as_str());
    let city = json!({ "take": { "cst_city": "loser", "cst_language": "loser" } });
    let refused = merge_with(&master, pair, &city).await.is_problem(422, "not-possible");
    assert_eq!(refused["errors"][0]["pointer"], "/take/cst_city");
    assert_eq!(refused["errors"][0]["code"], "address-is-whole");
    let take = json!({ "take": { "address": "loser", "cst_language": "winner" } });
    merge_with(&master, pair, &take).await.is(200);
    let kept = attributes(&master, &winner.number).await;
    assert_eq!(kept["cst_street_addr"], "7 Mill Road");
    assert_eq!((&kept["cst_zip"], &kept["cst_apt"]), (&json!("01582"), &Value::Null));
    assert_eq!((&kept["cst_fname"], &kept["cst_language"]), (&json!("Julie"), &Value::Null));
}

#[tokio::test]
async fn an_opt_out_wins_over_an_opt_in_unless_the_steward_says_otherwise() {
    for (take, expected) in [(json!({}), "O2"), (json!({ "cst_email_status": "winner" }), "O1")] {
        let master = Fixture::new().await;
        let winner = made(&master, &at("100 Example Street").with("cst_mail_name", "Y")).await;
        let loser = differing("cst_email_status", "O2").with("cst_mail_name", "N");
        let loser = made(&master, &loser).await;
        merge_with(&master, (&winner.number, &loser.number), &json!({ "take": take }))
            .await
            .is(200);
        let kept = attributes(&master, &winner.number).await;
        assert_eq!(
            (&kept["cst_email_status"], &kept["cst_mail_name"]),
            (&json!(expected), &json!("N"))
        );
    }
}

#[tokio::test]
async fn refusals_come_in_their_order_and_write_nothing() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let other = made(&master, &at("9 Quarry Road")).await;
    let before = master.everything().await;
    let path = format!("/customers/{}/merge", winner.number);
    let ask =
        |path: &str, seen: &str, body: &Value| master.post(path).if_match(seen).json(body).send();
    let good = json!({ "loser": loser.number, "loserVersion": 1 });
    ask("/customers/999999999/merge", "\"1\"", &good).await.is_problem(404, "not-found");
    let unknown = json!({ "loser": "999999999", "loserVersion": 1 });
    ask(&path, "", &unknown).await.is_problem(404, "not-found");
    ask(&path, "", &good).await.is_problem(428, "version-required");
    ask(&path, "\"1\"", &json!({ "loser": loser.number }))
        .await
        .is_problem(428, "version-required");
    let stale = ask(&path, "\"7\"", &good).await.is_problem(412, "version-mismatch");
    assert_eq!((&stale["version"], &stale["customerNumber"]), (&json!(1), &json!(winner.number)));
    let stale = json!({ "loser": loser.number, "loserVersion": 2 });
    let stale = ask(&path, "\"1\"", &stale).await.is_problem(412, "version-mismatch");
    assert_eq!(stale["customerNumber"], json!(loser.number));
    let itself = json!({ "loser": winner.number, "loserVersion": 1, "more": 1 });
    assert_eq!(
        ask(&path, "\"1\"", &itself).await.faults(),
        ["/loser same-customer", "/more unknown-property"]
    );
    let bad = json!({ "loser": "x", "take": { "cst_relate_id": "loser", "cst_nothing": "loser", "cst_email": "both", "phones": 1 } });
    assert_eq!(
        ask(&path, "\"1\"", &bad).await.faults(),
        [
            "/loser invalid-number",
            "/take/cst_email invalid-side",
            "/take/cst_nothing unknown-property",
            "/take/cst_relate_id stays",
            "/take/phones wrong-kind"
        ]
    );
    assert!(master.everything().await == before, "nothing was written");

    merge(&master, &winner, &loser).await;
    let merged = json!({ "loser": loser.number, "loserVersion": 2 });
    let again = merge_with(&master, (&winner.number, &other.number), &merged).await;
    let again = again.is_problem(409, "already-merged");
    assert_eq!(
        (&again["customerNumber"], &again["mergedInto"]),
        (&json!(loser.number), &json!(winner.number))
    );
    let path = format!("/customers/{}/merge", loser.number);
    let body = json!({ "loser": other.number, "loserVersion": 1 });
    ask(&path, "\"2\"", &body).await.is_problem(409, "already-merged");
}

#[tokio::test]
async fn customers_of_two_companies_are_never_one() {
    let master = Fixture::with(&[("COMPANIES", "1,2")]).await;
    let winner = made(&master, &at("100 Example Street")).await;
    let loser = made(&master, &at("7 Mill Road").with("cst_company", "2")).await;
    let refused = merge_with(&master, (&winner.number, &loser.number), &json!({})).await;
    assert_eq!(refused.is_problem(422, "not-possible")["errors"][0]["code"], "other-company");
}

#[tokio::test]
async fn chains_are_at_most_eight_long_and_no_more_than_fifty_hang_on_one() {
    let master = Fixture::new().await;
    let mut chain = Vec::new();
    for number in 0..=9 {
        chain.push(made(&master, &at(&format!("{number} Long Road"))).await);
    }
    for (loser, winner) in chain.iter().zip(&chain[1..9]) {
        merge(&master, winner, loser).await;
    }
    let pair = (chain[9].number.as_str(), chain[8].number.as_str());
    merge_with(&master, pair, &json!({})).await.is_problem(409, "too-many-merged");
    // The other way round the chain does not get longer.
    merge(&master, &chain[8], &chain[9]).await;
    assert_eq!(read(&master, &chain[0].number).await["cst_cust_nbr"], json!(chain[8].number));
    for number in 0..41 {
        let further = made(&master, &at(&format!("{number} Wide Road"))).await;
        merge(&master, &chain[8], &further).await;
    }
    let further = made(&master, &at("99 Wide Road")).await;
    let pair = (chain[8].number.as_str(), further.number.as_str());
    merge_with(&master, pair, &json!({})).await.is_problem(409, "too-many-merged");
}

#[tokio::test]
async fn a_dry_run_tells_what_the_merge_then_does_and_a_repetition_tells_it_again() {
    let master = Fixture::new().await;
    let events = local::event_lines::EventLines::default();
    let mut following = master.stand.following(events).await.expect("a stream");
    let (winner, loser) = two(&master).await;
    associated(&master, &loser, "L-1").await;
    let body = json!({ "loser": loser.number, "loserVersion": 1, "take": { "address": "loser" } });
    let path = format!("/customers/{}/merge", winner.number);
    let before = master.everything().await;
    let ask = |query: &str| master.post(&format!("{path}{query}")).if_match("\"1\"").json(&body);
    let mut trial = ask("?dryRun=true").send().await.is(200);
    assert!(master.everything().await == before, "a dry run writes nothing");
    assert_eq!(trial["dryRun"], true);
    let first = ask("").key("merge-1").send().await;
    let done = first.is(200);
    for alone in ["dryRun", "foreseen"] {
        assert!(trial.as_object_mut().expect("an object").remove(alone).is_some(), "{alone}");
    }
    assert_eq!(trial, done);
    assert_eq!(first.header("etag"), Some("\"2\""));
    let again = ask("").key("merge-1").send().await;
    assert!(again.is_replayed() && !first.is_replayed());
    assert_eq!(again.is(200), done);
    assert_eq!(version(&master, &winner.number).await, 2);
    let other = master.post(&path).if_match("\"2\"").key("merge-1").json(&json!({ "loser": "2" }));
    other.send().await.is_problem(422, "idempotency-key-reused");
    // The key does not do it again when it was taken back.
    unmerge(&master, &winner, &loser).await;
    following.drain().await.expect("the stream is read");
    assert!(ask("").key("merge-1").send().await.is_replayed());
    assert_eq!(version(&master, &winner.number).await, 3);
}

#[tokio::test]
async fn what_must_stay_unique_stays_where_it_is_through_a_merge_and_its_end() {
    let master = Fixture::new().await;
    let winner = at("100 Example Street").with_all(&[("cst_interface_cust_nbr", "ALT-1")]);
    let winner = made(&master, &winner).await;
    let loser = [("cst_interface_cust_nbr", "ALT-2"), ("cst_relate_id", "REL-2")];
    let loser = made(&master, &at("7 Mill Road").with_all(&loser)).await;
    associated(&master, &winner, "W-1").await;
    associated(&master, &loser, "L-1").await;
    let unique = async || {
        let mut items = Vec::new();
        for partitions in ["ALTERNATE#", "RELATE#", "DEALER#"] {
            items.extend(master.items(partitions).await);
        }
        items
    };
    let before = unique().await;
    assert_eq!(before.len(), 5);
    let taken = async |number: &str| {
        let again = given("TD68", number, &winner.identifier);
        master.associate(&again).await.is_problem(400, "dcn-already-associated")
    };
    merge(&master, &winner, &loser).await;
    assert!(unique().await == before, "nothing of it is written");
    for number in ["W-1", "L-1"] {
        assert_eq!(taken(number).await["sameOrganization"], true, "{number}");
    }
    // Neither number can be given to anybody else.
    for (name, value) in [("cst_interface_cust_nbr", "ALT-2"), ("cst_relate_id", "REL-2")] {
        let other = at("100 Example Street").with("cst_duplicate", "Y").with(name, value);
        let answer = master.add(&other).await;
        assert_eq!(answer.updated().number(), winner.number, "{name} leads to the winner");
    }
    unmerge(&master, &winner, &loser).await;
    assert!(unique().await == before);
    assert_eq!(taken("L-1").await["sameOrganization"], false);
}

#[tokio::test]
async fn only_a_steward_may() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let body = json!({ "loser": loser.number, "loserVersion": 1 });
    let path = format!("/customers/{}/merge", winner.number);
    let by = |scope: &str| json!({ "sub": "somebody", "scope": scope, "dealer_codes": "*" });
    for scope in ["dealer", "customers", "privacy"] {
        let asked = master.post(&path).if_match("\"1\"").json(&body).by(&by(scope));
        asked.send().await.is_problem(403, "forbidden");
    }
    master.post(&path).if_match("\"1\"").json(&body).by(&by("steward")).send().await.is(200);
}

#[tokio::test]
async fn an_erasure_of_either_erases_both_and_nothing_parts_them_then() {
    let master = Fixture::new().await;
    let winner = made(&master, &at("100 Example Street")).await;
    let secret = julie().with("cst_street_addr", "17 Secret Lane").with("cst_lname", "Qanari");
    let loser = made(&master, &secret).await;
    let take = json!({ "take": { "address": "loser" } });
    associated(&master, &loser, "L-1").await;
    merge_with(&master, (&winner.number, &loser.number), &take).await.is(200);
    master.post(&format!("/customers/{}/erase", loser.number)).send().await.is_empty(204);
    let left = master.items("").await;
    for trace in ["Secret", "Qanari", "Robinson", "100 Example"] {
        assert!(left.iter().all(|item| !format!("{item:?}").contains(trace)), "{trace}: {left:?}");
    }
    let body = json!({ "loser": loser.number });
    let path = format!("/customers/{}/unmerge", winner.number);
    let refused = master.post(&path).if_match("*").json(&body).send().await;
    refused.is_problem(409, "customer-erased");
    master.post(&format!("/customers/{}/erase", winner.number)).send().await.is_empty(204);
}

#[tokio::test]
async fn a_dry_run_says_who_would_better_win_and_of_each_value_whose_it_is_and_why() {
    let master = Fixture::new().await;
    let older = at("100 Example Street").with("cst_mail_name", "Y").with("cst_relate_id", "R-1");
    let older = made(&master, &older).await;
    let younger = differing("cst_mail_name", "N").with("cst_email", "julie@example.com");
    let younger = made(&master, &younger.with("cst_city", "WESTBOROUGH")).await;
    let foresee = async |further: &Value| {
        let body = json!({ "loser": younger.number, "loserVersion": 1 });
        let body = further
            .as_object()
            .expect("properties")
            .iter()
            .fold(body, |body, (name, value)| kit::fixture::changed(body, name, value.clone()));
        let path = format!("/customers/{}/merge?dryRun=true", older.number);
        let answer = master.post(&path).if_match("\"1\"").json(&body).send().await;
        answer.is(200)["foreseen"].clone()
    };
    let foreseen = foresee(&json!({})).await;
    assert_eq!(foreseen["proposedWinner"], json!(older.number));
    assert_eq!(foreseen["proposedBecause"], "older");
    assert_eq!(foreseen["loser"]["customerNumber"], json!(younger.number));
    let value = |foreseen: &Value, name: &str| {
        let values = foreseen["values"].as_array().expect("values");
        let one = values.iter().find(|one| one["attribute"] == name);
        one.unwrap_or_else(|| panic!("{name}: {foreseen}")).clone()
    };
    assert_eq!(
        value(&foreseen, "cst_mail_name"),
        json!({ "attribute": "cst_mail_name", "choice": "cst_mail_name", "winner": "Y", "loser": "N", "merged": "N", "differs": true, "because": "opt-out" })
    );
    assert_eq!(
        value(&foreseen, "cst_city"),
        json!({ "attribute": "cst_city", "choice": "address", "winner": "Westborough", "loser": "WESTBOROUGH", "merged": "Westborough", "differs": false, "because": "winner" })
    );
    assert_eq!(value(&foreseen, "cst_email")["because"], "loser-alone");
    assert_eq!(
        value(&foreseen, "cst_relate_id"),
        json!({ "attribute": "cst_relate_id", "winner": "R-1", "loser": null, "merged": "R-1", "differs": true, "because": "stays" })
    );
    let chosen =
        foresee(&json!({ "take": { "cst_mail_name": "winner", "address": "loser" } })).await;
    assert_eq!(value(&chosen, "cst_mail_name")["merged"], "Y");
    assert_eq!(value(&chosen, "cst_street_addr")["because"], "chosen");
    // Who has dealers is proposed, whoever is asked for.
    associated(&master, &younger, "Y-1").await;
    let foreseen = foresee(&json!({})).await;
    assert_eq!(foreseen["proposedWinner"], json!(younger.number));
    assert_eq!(foreseen["proposedBecause"], "has-dealers");
    assert_eq!(foreseen["loser"]["dealerCustomers"], 1);
    // What was done says what it changed, and no more.
    let done = merge(&master, &older, &younger).await;
    assert!(done.get("foreseen").is_none(), "{done}");
}
