//! Whatever names the loser acts on the winner, from the moment of the merge.

use kit::fixture::{Fixture, acme_as, changed, given};
use kit::message::change;
use local::event_lines::EventLines;
use serde_json::{Value, json};

use crate::world::{
    associated, at, attributes, dcns, keyed, made, merge, merge_with, read, two, unmerge, version,
};

fn link(to: &str) -> String {
    format!("<{to}>; rel=\"canonical\"")
}

#[tokio::test]
async fn a_read_of_the_loser_answers_the_winner_and_says_so() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    associated(&master, &winner, "B-1").await;
    for number in ["A-1", "C-1"] {
        associated(&master, &loser, number).await;
    }
    merge(&master, &winner, &loser).await;
    let path = format!("/customers/{}", loser.number);
    let canonical = link(&format!("/customers/{}", winner.number));
    let answer = master.get(&path).send().await;
    let shown = answer.is(200);
    assert_eq!(shown["mergedInto"], json!(winner.number));
    assert_eq!(shown["cst_cust_nbr"], json!(winner.number));
    assert_eq!(answer.header("link"), Some(canonical.as_str()));
    let gone = master.get(&format!("{path}?follow=false")).send().await;
    assert_eq!(gone.is_problem(410, "gone")["mergedInto"], json!(winner.number));
    assert_eq!(gone.header("link"), Some(canonical.as_str()));
    let history = master.get(&format!("{path}/history")).send().await;
    assert_eq!(history.is(200)["mergedInto"], json!(winner.number));
    master.get(&format!("{path}/history?follow=false")).send().await.is_problem(410, "gone");
    assert_eq!(read(&master, &winner.number).await["mergedInto"], Value::Null);

    let path = format!("/customer-organizations/{}", loser.identifier);
    let answer = master.get(&path).send().await;
    let shown = answer.is(200);
    assert_eq!(shown["customerOrganizationIdentifier"], json!(winner.identifier));
    assert_eq!(shown["mergedInto"], json!(winner.number));
    let canonical = link(&format!("/customer-organizations/{}", winner.identifier));
    assert_eq!(answer.header("link"), Some(canonical.as_str()));
    master.get(&format!("{path}?follow=false")).send().await.is_problem(410, "gone");
    // The dealer customers of both, in one order, by either identifier.
    let all = ["TD68|A-1", "TD68|B-1", "TD68|C-1"];
    assert_eq!(dcns(&master, &winner.identifier).await, all);
    assert_eq!(dcns(&master, &loser.identifier).await, all);
    let of = master.get("/dealer-customers/TD68/A-1").send().await.is(200);
    assert_eq!(of["address"]["line1"], "100 Example Street", "it is filled in from the winner");
}

#[tokio::test]
async fn a_dealer_sees_the_winner_where_it_has_one_of_those_that_were_merged() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    associated(&master, &loser, "A-1").await;
    master.associate(&given("XX1", "1", &winner.identifier)).await.is(201);
    let by = |codes: &str| json!({ "sub": "dealer", "scope": "dealer", "dealer_codes": codes });
    let ask = |identifier: &str, codes: &str| {
        let path = format!("/customer-organizations/{identifier}");
        master.get(&path).by(&by(codes)).send()
    };
    ask(&winner.identifier, "TD68").await.is_problem(404, "not-found");
    merge(&master, &winner, &loser).await;
    for identifier in [&winner.identifier, &loser.identifier] {
        let shown = ask(identifier, "TD68").await.is(200);
        assert_eq!(shown["customerOrganizationIdentifier"], json!(winner.identifier));
        assert_eq!(shown["dealerCustomers"].as_array().map(Vec::len), Some(1), "{shown}");
        ask(identifier, "ZZ9").await.is_problem(404, "not-found");
    }
    unmerge(&master, &winner, &loser).await;
    ask(&winner.identifier, "TD68").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn an_add_equal_to_the_loser_finds_the_winner_and_leaves_its_name_and_address() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    merge(&master, &winner, &loser).await;
    let equal = at("7 Mill Road").with("cst_duplicate", "Y");
    assert_eq!(master.add(&equal).await.duplicates(), [winner.number.as_str()]);
    let update =
        at("7 Mill Rd").with("cst_email", "julie@example.com").with("cst_addr_line_3", "x");
    let answer = master.add(&update).await.updated();
    assert_eq!(answer.number(), winner.number);
    let warnings = answer.body["warnings"].to_string();
    assert!(
        warnings.contains(&loser.number) && warnings.contains("left as they are"),
        "{warnings}"
    );
    let kept = attributes(&master, &winner.number).await;
    assert_eq!(kept["cst_street_addr"], "100 Example Street");
    assert_eq!(
        (&kept["cst_email"], &kept["cst_addr_line_3"]),
        (&json!("julie@example.com"), &Value::Null)
    );
    // Its own form updates it as ever, and nobody is made.
    master.add(&at("100 Example Street").with("cst_language", "EN")).await.updated();
    assert_eq!(attributes(&master, &winner.number).await["cst_language"], "EN");
    assert_eq!(master.customers().await.len(), 2);
    let organization = changed(acme_as("TD68", "D-1"), "businessName", json!("Julie Robinson"));
    let organization = changed(organization, "address/line1", json!("7 Mill Road"));
    let found = master.associate(&organization).await.is(201);
    assert_eq!(found["customerOrganizationIdentifier"], json!(winner.identifier));
    assert_eq!(found["customerOrganization"], "matched");
}

#[tokio::test]
async fn feeds_of_both_forms_go_on_after_a_merge_that_took_the_losers_address() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let take = json!({ "take": { "address": "loser" } });
    merge_with(&master, (&winner.number, &loser.number), &take).await.is(200);
    let settled = version(&master, &winner.number).await;
    for round in 0..3 {
        for street in ["100 Example Street", "7 Mill Road"] {
            for check in ["S", "A"] {
                let answer = master.add(&at(street).with("cst_duplicate", check)).await;
                assert_eq!(
                    (answer.status, answer.number()),
                    (200, winner.number.clone()),
                    "{round}"
                );
            }
            let reported = at(street).with("cst_duplicate", "Y");
            assert_eq!(master.add(&reported).await.duplicates(), [winner.number.as_str()]);
        }
    }
    assert_eq!(attributes(&master, &winner.number).await["cst_street_addr"], "7 Mill Road");
    assert_eq!(version(&master, &winner.number).await, settled);
    assert_eq!(master.customers().await.len(), 2);
    // What it gave up means it no more once they are parted; its own values do again.
    unmerge(&master, &winner, &loser).await;
    assert_eq!(master.add(&at("7 Mill Road")).await.updated().number(), loser.number);
    assert_eq!(master.add(&at("100 Example Street")).await.updated().number(), winner.number);
}

#[tokio::test]
async fn a_change_by_any_number_of_the_loser_changes_the_winner_and_moves_no_number() {
    let master = Fixture::new().await;
    let numbers = [("cst_relate_id", "R-1"), ("cst_interface_cust_nbr", "A-1")];
    let winner = at("100 Example Street").with("cst_relate_id", "R-0");
    let winner = made(&master, &winner).await;
    let loser = made(&master, &at("7 Mill Road").with_all(&numbers)).await;
    merge(&master, &winner, &loser).await;
    let named = [("cst_cust_nbr", loser.number.as_str()), numbers[0], numbers[1]];
    for (index, (naming, value)) in named.into_iter().enumerate() {
        let language = format!("L{index}");
        let answer = master.add(&change(naming, value).with("cst_language", &language)).await;
        let answer = answer.updated();
        assert_eq!(answer.number(), winner.number, "{naming}");
        assert!(answer.body["warnings"].to_string().contains(&loser.number), "{naming}");
        assert_eq!(attributes(&master, &winner.number).await["cst_language"], json!(language));
    }
    let kept = attributes(&master, &winner.number).await;
    assert_eq!(
        (&kept["cst_relate_id"], &kept["cst_interface_cust_nbr"]),
        (&json!("R-0"), &Value::Null)
    );
    // The numbers stay unique, and lead to it: an Add that brings one of them is a Change of the winner, and one by another customer is refused.
    let other = made(&master, &at("9 Quarry Road")).await;
    let taking = change("cst_cust_nbr", &other.number).with("cst_interface_cust_nbr", "A-1");
    assert_eq!(
        master.add(&taking).await.failed(),
        ["cst_interface_cust_nbr alternate-number-taken"]
    );
    unmerge_keeping(&master, (&winner.number, &loser.number)).await;
    let own = attributes(&master, &loser.number).await;
    assert_eq!(
        (&own["cst_relate_id"], &own["cst_interface_cust_nbr"]),
        (&json!("R-1"), &json!("A-1"))
    );
    let answer = master.add(&change("cst_relate_id", "R-1").with("cst_language", "X")).await;
    assert_eq!(answer.updated().number(), loser.number);
}

async fn unmerge_keeping(master: &Fixture, pair: (&str, &str)) {
    let keep = json!({ "cst_language": "winner" });
    crate::world::unmerge_with(master, pair, &keep).await.is(200);
}

#[tokio::test]
async fn an_association_by_the_losers_identifier_is_the_winners() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    associated(&master, &loser, "L-1").await;
    merge(&master, &winner, &loser).await;
    let answer = associated(&master, &loser, "N-1").await;
    assert_eq!(answer["customerOrganizationIdentifier"], json!(winner.identifier));
    assert_eq!(answer["customerNumber"], json!(winner.number));
    // What the loser has the winner has.
    let taken = master.associate(&given("TD68", "L-1", &winner.identifier)).await;
    let taken = taken.is_problem(400, "dcn-already-associated");
    assert_eq!(taken["sameOrganization"], true);
    unmerge(&master, &winner, &loser).await;
    assert_eq!(dcns(&master, &winner.identifier).await, ["TD68|N-1"]);
    assert_eq!(dcns(&master, &loser.identifier).await, ["TD68|L-1"]);
}

#[tokio::test]
async fn look_ups_lead_to_the_winner_and_the_history_and_the_events_tell_of_the_merge() {
    let master = Fixture::new().await;
    let events = EventLines::default();
    let mut following = master.stand.following(events.clone()).await.expect("a stream");
    let (winner, loser) = (
        made(&master, &at("100 Example Street")).await,
        made(
            &master,
            &at("7 Mill Road").with("cst_email", "old@example.com").with("cst_lname", "Quarry"),
        )
        .await,
    );
    associated(&master, &loser, "L-1").await;
    let take = json!({ "take": { "cst_email": "winner" } });
    merge_with(&master, (&winner.number, &loser.number), &take).await.is(200);
    following.drain().await.expect("the stream is read");
    let found = async |asked: &str| {
        let found = master.get(&format!("/customers?{asked}")).send().await.is(200);
        found["customers"].clone()
    };
    for asked in [
        format!("number={}", loser.number),
        "email=old@example.com".to_owned(),
        "name=quarry".to_owned(),
        "dcn=TD68%7CL-1".to_owned(),
    ] {
        let customers = found(&asked).await;
        assert_eq!(customers.as_array().map(Vec::len), Some(1), "{asked}: {customers}");
        assert_eq!(customers[0]["customerNumber"], json!(winner.number), "{asked}");
        assert_eq!(customers[0]["mergedCustomerNumber"], json!(loser.number), "{asked}");
    }
    let own = found("name=robinson").await;
    assert_eq!(own[0]["mergedCustomerNumber"], Value::Null);
    let what = async |number: &str| {
        let path = format!("/customers/{number}/history");
        master.get(&path).send().await.is(200)["history"][0]["what"].clone()
    };
    assert_eq!(what(&winner.number).await, "merged");
    unmerge(&master, &winner, &loser).await;
    following.drain().await.expect("the stream is read");
    assert_eq!(
        (what(&winner.number).await, what(&loser.number).await),
        (json!("unmerged"), json!("unmerged"))
    );
    let types: Vec<Value> = events.kept().iter().map(|line| line["detail-type"].clone()).collect();
    let told = |name: &str| types.iter().filter(|kind| **kind == name).count();
    assert_eq!((told("customer.merged"), told("customer.unmerged")), (2, 2), "{types:?}");
    for line in events.kept() {
        let detail = &line["detail"];
        if !["merge", "unmerge"].iter().any(|operation| detail["operation"] == *operation) {
            assert_eq!(detail.get("otherCustomerNumber").is_some(), detail.get("state").is_some());
            continue;
        }
        let both = [&detail["customerNumber"], &detail["otherCustomerNumber"]];
        let expected = [&winner, &loser];
        assert!(
            both == expected.map(|one| one.number.as_str())
                || both == [&loser, &winner].map(|one| one.number.as_str()),
            "{line}"
        );
        let its = if both[1] == loser.number.as_str() { &loser } else { &winner };
        assert_eq!(detail["otherCustomerOrganizationIdentifier"], json!(its.identifier), "{line}");
    }
}

#[tokio::test]
async fn a_request_in_error_that_names_the_loser_is_reprocessed_on_the_winner() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let failing = change("cst_cust_nbr", &loser.number).with("cst_state", "QQ");
    let id = master.add(&failing).await.request_in_error();
    merge(&master, &winner, &loser).await;
    let path = format!("/errors/{id}/reprocess");
    let patch = json!({ "cst_state": null, "cst_language": "EN" });
    let done = master.post(&path).if_match("*").json(&patch).send().await.is(200);
    assert_eq!(done["CustSoldTo"]["cst_cust_nbr"], json!(winner.number));
    assert_eq!(attributes(&master, &winner.number).await["cst_language"], "EN");
    let shown = master.get(&format!("/errors/{id}")).send().await.is(200);
    assert_eq!(shown["customerNumber"], json!(winner.number));
}

#[tokio::test]
async fn a_keyed_change_by_the_losers_number_is_found_again_after_a_merge_and_after_its_undoing() {
    let master = Fixture::new().await;
    let (winner, loser) = two(&master).await;
    let language = |value: &str| change("cst_cust_nbr", &loser.number).with("cst_language", value);
    let before = keyed(&master, &language("EN"), "before").await.updated();
    assert_eq!(before.number(), loser.number);
    merge_with(
        &master,
        (&winner.number, &loser.number),
        &json!({ "take": { "cst_language": "winner" } }),
    )
    .await
    .is(200);
    let again = keyed(&master, &language("EN"), "before").await.updated();
    assert!(again.answer.is_replayed());
    assert_eq!(again.number(), loser.number);
    assert_eq!(attributes(&master, &winner.number).await["cst_language"], Value::Null);
    let during = keyed(&master, &language("FR"), "during").await.updated();
    assert_eq!(during.number(), winner.number);
    let keep = json!({ "cst_language": "loser" });
    crate::world::unmerge_with(&master, (&winner.number, &loser.number), &keep).await.is(200);
    master.add(&change("cst_cust_nbr", &loser.number).with("cst_language", "DE")).await.updated();
    let again = keyed(&master, &language("FR"), "during").await.updated();
    assert!(again.answer.is_replayed());
    assert_eq!(again.number(), winner.number);
    assert_eq!(attributes(&master, &loser.number).await["cst_language"], "DE");
    assert_eq!(attributes(&master, &winner.number).await["cst_language"], Value::Null);
}

#[tokio::test]
async fn a_chain_leads_to_its_end() {
    let master = Fixture::new().await;
    let first = made(&master, &at("1 Long Road")).await;
    let second = made(&master, &at("2 Long Road")).await;
    let third = made(&master, &at("3 Long Road")).await;
    for (of, number) in [(&first, "1"), (&second, "2"), (&third, "3")] {
        associated(&master, of, number).await;
    }
    merge(&master, &second, &first).await;
    merge(&master, &third, &second).await;
    assert_eq!(read(&master, &first.number).await["cst_cust_nbr"], json!(third.number));
    assert_eq!(dcns(&master, &first.identifier).await, ["TD68|1", "TD68|2", "TD68|3"]);
    let equal = at("1 Long Road").with("cst_duplicate", "Y");
    assert_eq!(master.add(&equal).await.duplicates(), [third.number.as_str()]);
    let pair = (second.number.as_str(), first.number.as_str());
    crate::world::unmerge_with(&master, pair, &json!({})).await.is_problem(409, "already-merged");
    let pair = (third.number.as_str(), first.number.as_str());
    crate::world::unmerge_with(&master, pair, &json!({})).await.is_problem(409, "not-merged");
    unmerge(&master, &third, &second).await;
    assert_eq!(read(&master, &first.number).await["cst_cust_nbr"], json!(second.number));
    assert_eq!(dcns(&master, &third.identifier).await, ["TD68|3"]);
    unmerge(&master, &second, &first).await;
    assert_eq!(dcns(&master, &first.identifier).await, ["TD68|1"]);
}
