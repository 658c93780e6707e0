//! Erase a person: nothing of the person is left anywhere in the table, and the numbers stay taken.

use domain::by::By;
use domain::customer::CustomerNumber;
use operations::customers::erase::erase;
use operations::kit::Attempt;
use serde_json::{Value, json};
use store::item::Item;

use crate::crowd;
use crate::fixture::{Fixture, person, with};

/// What belongs to Julie Robinson and to nobody else in these tests.
const TRACES: [&str; 8] =
    ["Robinson", "robinson", "Julie", "17 Secret Lane", "508-555-0177", "Jools", "ALT-1", "REL-1"];

fn julie() -> Value {
    let others = json!({
        "cst_street_addr": "17 Secret Lane", "cst_email": "julie@robinson.example", "cst_day_phone": "508-555-0177",
        "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-1", "cst_duplicate": "Y"
    });
    with(person("Robinson"), &others)
}

/// Which traces of her the items have.
fn traces(items: &[Item]) -> Vec<String> {
    let shown: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
    let traces = TRACES.iter().filter(|trace| shown.iter().any(|item| item.contains(**trace)));
    traces.map(|trace| (*trace).to_owned()).collect()
}

/// A customer with a dealer customer and four requests in error: one that became it, one that names its number, one that looks like it, one of somebody else.
async fn known_everywhere(master: &Fixture) -> (Vec<String>, String) {
    let first = master.refused(&with(julie(), &json!({ "cst_city": null }))).await;
    let patch = json!({ "cst_city": "Westborough", "cst_job_title": "Jools" });
    master.reprocess(&first).json(&patch).send().await.is(201);
    let organization = master.get("/customers/1").send().await.is(200);
    let association = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "customerOrganizationIdentifier": organization["customerOrganizationIdentifier"],
        "businessName": "Jools Robinson", "email": "julie@robinson.example"
    });
    master.post("/dealer-customers").json(&association).send().await.is(201);
    let change = json!({ "cst_cust_nbr": "1", "cst_fname": "Julie", "cst_zip": "ABC" });
    let second = master.refused(&change).await;
    let alike = with(
        julie(),
        &json!({ "cst_interface_cust_nbr": null, "cst_relate_id": null, "cst_email_status": "X", "cst_duplicate": "N" }),
    );
    let third = master.refused(&alike).await;
    let other = master
        .refused(&with(person("Dryer"), &json!({ "cst_fname": "Bob", "cst_city": null })))
        .await;
    (vec![first, second, third], other)
}

#[tokio::test]
async fn nothing_of_the_person_is_left_and_what_is_not_theirs_is_not_touched() {
    let master = Fixture::new().await;
    let (theirs, other) = known_everywhere(&master).await;
    assert_eq!(traces(&master.items("").await).len(), TRACES.len());
    let trial = master.post("/customers/1/erase?dryRun=true").send().await.is(200);
    assert_eq!((&trial["dealerCustomers"], &trial["requestsInError"]), (&json!(1), &json!(3)));
    assert_eq!(traces(&master.items("").await).len(), TRACES.len(), "a dry run erases nothing");
    let others = master.shown(&other).await;

    master.post("/customers/1/erase").send().await.is_empty(204);
    assert_eq!(traces(&master.items("").await), Vec::<String>::new());
    assert_eq!(master.shown(&other).await, others);
    let states = ["resolved", "deleted", "deleted"];
    for (id, state) in theirs.iter().zip(states) {
        let shown = master.shown(id).await;
        assert_eq!(shown["state"], state, "{shown}");
        assert_eq!(shown["received"]["body"], "");
        assert_eq!(shown["name"], "");
        let history = shown["history"].as_array().expect("a history");
        assert!(history.iter().all(|entry| entry["patch"].is_null()), "{shown}");
        master.reprocess(id).send().await.is_problem(409, &format!("already-{state}"));
    }
    // It was customer 1 that came of the first; that is a number and no person.
    assert_eq!(master.shown(&theirs[0]).await["customerNumber"], "000000001");
}

#[tokio::test]
async fn numbers_and_dcns_stay_claimed() {
    let master = Fixture::new().await;
    known_everywhere(&master).await;
    master.post("/customers/1/erase").send().await.is_empty(204);
    let customer = master.get("/customers/1").send().await.is(200);
    assert_eq!(customer["status"], "INACTIVE");
    assert_eq!(customer["CustSoldTo"].get("cst_lname"), None);
    let dealer_customer = master.get("/dealer-customers/TD68/A-1").send().await.is(200);
    assert_eq!(
        dealer_customer["customerOrganizationIdentifier"],
        customer["customerOrganizationIdentifier"]
    );
    let association = json!({ "dealerCode": "TD68", "dealerCustomerNumber": "A-1", "customerOrganizationIdentifier": customer["customerOrganizationIdentifier"] });
    for number in ["A-1", "A-2"] {
        let association = with(association.clone(), &json!({ "dealerCustomerNumber": number }));
        let gone = master.post("/dealer-customers").json(&association).send().await;
        gone.is_problem(404, "customer-organization-not-found");
    }
    let other = master
        .refused(&with(
            person("Third"),
            &json!({ "cst_relate_id": "REL-3", "cst_interface_cust_nbr": "ALT-1" }),
        ))
        .await;
    assert_eq!(master.shown(&other).await["codes"], json!(["alternate-number-taken"]));
    let claims = json!({ "cst_interface_cust_nbr": "ALT-1", "cst_relate_id": "REL-2" });
    let taken = master.refused(&with(person("Other"), &claims)).await;
    assert_eq!(master.shown(&taken).await["codes"], json!(["alternate-number-taken"]));
    // The next customer gets the next number.
    master.send(&person("Next")).await.is_empty(201);
    assert_eq!(master.get("/customers/2").send().await.is(200)["CustSoldTo"]["cst_lname"], "Next");
}

#[tokio::test]
async fn an_erased_person_is_no_duplicate_of_anybody() {
    let master = Fixture::new().await;
    known_everywhere(&master).await;
    master.post("/customers/1/erase").send().await.is_empty(204);
    let again = with(julie(), &json!({ "cst_interface_cust_nbr": null, "cst_relate_id": null }));
    master.send(&again).await.is_empty(201);
}

#[tokio::test]
async fn an_unknown_number_is_not_found_and_an_erased_one_can_be_erased_again() {
    let master = Fixture::new().await;
    for unknown in ["1", "999999999", "abc", "0"] {
        let answer = master.post(&format!("/customers/{unknown}/erase")).send().await;
        answer.is_problem(404, "not-found");
    }
    known_everywhere(&master).await;
    for number in ["1", "000000001"] {
        master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
    }
    let before = master.everything().await;
    master.post("/customers/1/erase").send().await.is_empty(204);
    assert!(master.everything().await == before);
}

/// The number of a customer that this message adds.
async fn added(master: &Fixture, attributes: &Value) -> String {
    let all = with(attributes.clone(), &json!({ "cst_send_response": "Y" }));
    let message = json!({ "type": "CWCustomerIn", "CustSoldTo": all });
    let answer = master.post("/customers").json(&message).send().await;
    let answer = answer.is(if all["cst_cust_nbr"].is_null() { 201 } else { 200 });
    answer["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned()
}

/// Somebody comes to the customer of this number.
async fn comes(master: &Fixture, number: &str, last_name: &str) {
    added(master, &with(person(last_name), &json!({ "cst_cust_nbr": number }))).await;
}

#[tokio::test]
async fn an_erasure_that_is_sent_again_leaves_who_came_to_the_customer_after_it() {
    let master = Fixture::new().await;
    let number = added(&master, &julie()).await;
    let merged = added(&master, &with(person("Montague"), &json!({ "cst_zip": "02108" }))).await;
    let body = json!({ "loser": merged, "loserVersion": 1 });
    let path = format!("/customers/{number}/merge");
    master.post(&path).if_match("*").json(&body).send().await.is(200);
    let erase = |number: &str, key: &str| {
        master.post(&format!("/customers/{number}/erase")).key(key).send()
    };
    let last_name = async || {
        let shown = master.get(&format!("/customers/{number}")).send().await.is(200);
        shown["CustSoldTo"]["cst_lname"].clone()
    };
    // Each time somebody comes, and is erased by another request: by the number of either, and where there is nobody.
    for (key, named, comes_first) in [
        ("first", &number, false),
        ("nobody-any-more", &number, false),
        ("winner-alone-by-the-loser", &merged, true),
    ] {
        if comes_first {
            comes(&master, &number, "Between").await;
        }
        let first = erase(named, key).await;
        first.is_empty(204);
        assert!(!first.is_replayed(), "{key}");
        comes(&master, &number, "Later").await;
        let again = erase(named, key).await;
        again.is_empty(204);
        assert!(again.is_replayed(), "{key}");
        assert_eq!(last_name().await, "Later", "{key}");
        // Without the key it is a new erasure.
        master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
        assert_eq!(last_name().await, Value::Null, "{key}");
    }
}

#[tokio::test]
async fn an_erasure_that_was_forgotten_is_not_done_again() {
    let master = Fixture::new().await;
    let number = added(&master, &julie()).await;
    let erase = || master.post(&format!("/customers/{number}/erase")).key("forgotten").send();
    erase().await.is_empty(204);
    for update in 0..50 {
        comes(&master, &number, &format!("Later{update}")).await;
    }
    erase().await.is_problem(409, "already-processed");
}

#[tokio::test]
async fn what_a_decision_keeps_of_its_answer_is_erased_too() {
    let master = Fixture::new().await;
    let number = added(&master, &julie()).await;
    let other = with(person("Montague"), &json!({ "cst_street_addr": "9 Quarry Road" }));
    let other = added(&master, &other).await;
    let decide = async |what: &str, body: Value| {
        let path = format!("/customers/{other}/{what}");
        let request = master.post(&path).if_match("*").json(&body).key(what).send();
        request.await.is(200)
    };
    let take = json!({ "address": "loser", "cst_lname": "loser" });
    decide("merge", json!({ "loser": number, "loserVersion": 1, "take": take })).await;
    let parted = decide("unmerge", json!({ "loser": number })).await;
    assert!(parted.to_string().contains("17 Secret Lane"), "{parted}");
    master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
    master.post(&format!("/customers/{other}/erase")).send().await.is_empty(204);
    assert_eq!(traces(&master.items("").await), Vec::<String>::new());
    // What changed is told, and no value of it.
    let again = decide("unmerge", json!({ "loser": number })).await;
    assert_eq!(
        again["changed"].as_array().map(Vec::len),
        parted["changed"].as_array().map(Vec::len)
    );
    assert!(!again.to_string().contains("17 Secret Lane"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_and_one_of_three_merged_among_a_hundred_thousand_requests_in_error_are_erased_with_twenty_calls()
 {
    let master = Fixture::new().await;
    // Others of her town.
    let crowd = json!({ "cst_lname": "Crowd", "cst_zip": "01581" });
    crowd::gather_of(&master, &crowd, 0..100_000).await;
    crowd::announce(&master, &crowd, 0..100_000).await;
    let (theirs, other) = known_everywhere(&master).await;
    let (winner, of_three) = three_that_are_one(&master).await;
    let others = [master.shown(&other).await, master.shown(&crowd::id(99_999)).await];
    for (number, dealer_customers, requests) in [("1", 1, theirs), (&winner, 3, of_three)] {
        let counted = master.master().counted();
        let by = By::new("officer", "erase", "request");
        let attempt = Attempt::new(&counted, by, Some((number, "digest".to_owned())), false);
        let erased = erase(&attempt, CustomerNumber::parse(number).expect("a number")).await;
        let erased = erased.expect("an answer").expect("a customer");
        assert_eq!(
            (erased.dealer_customers, erased.requests_in_error),
            (dealer_customers, requests.len())
        );
        let cost = counted.cost();
        assert!(cost.calls <= 20, "{number}: {cost:?}");
        // Nothing was read of the crowd.
        assert!(cost.read_units <= 20.0, "{number}: {cost:?}");
        for id in &requests {
            assert_eq!(master.shown(id).await["received"]["body"], "");
        }
    }
    assert_eq!([master.shown(&other).await, master.shown(&crowd::id(99_999)).await], others);
}

/// Three customers at three streets, of which two were merged into the first; each with a dealer customer, and a request in error that names it.
async fn three_that_are_one(master: &Fixture) -> (String, Vec<String>) {
    let mut numbers = Vec::new();
    let mut requests = Vec::new();
    for street in ["1 Orchard Way", "2 Orchard Way", "3 Orchard Way"] {
        let romeo = with(
            person("Montague"),
            &json!({ "cst_street_addr": street, "cst_email": "romeo@montague.example", "cst_day_phone": "508-555-0188", "cst_duplicate": "N" }),
        );
        let message = json!({ "type": "CWCustomerIn", "CustSoldTo": with(romeo, &json!({ "cst_send_response": "Y" })) });
        let answer = master.post("/customers").json(&message).send().await.is(201);
        let number = answer["CustSoldTo"]["cst_cust_nbr"].as_str().expect("a number").to_owned();
        let association = json!({
            "dealerCode": "TD68", "dealerCustomerNumber": number, "businessName": "Romeo Montague",
            "customerOrganizationIdentifier": answer["customerOrganizationIdentifier"]
        });
        master.post("/dealer-customers").json(&association).send().await.is(201);
        let change = json!({ "cst_cust_nbr": number, "cst_fname": "Romeo", "cst_zip": "ABC" });
        requests.push(master.refused(&change).await);
        numbers.push(number);
    }
    for loser in &numbers[1..] {
        let body = json!({ "loser": loser, "loserVersion": 1 });
        let path = format!("/customers/{}/merge", numbers[0]);
        master.post(&path).if_match("*").json(&body).send().await.is(200);
    }
    (numbers.swap_remove(0), requests)
}
