//! Many associations: each finds the customers of those before it, and each has a key of its own.

use kit::fixture::{Fixture, acme_as, changed, given, unchanged};
use serde_json::{Value, json};

use crate::{expected, results, sent, told};

const PATH: &str = "/dealer-customers/batch";

/// Of each outcome one, in an order in which each rests on those before. `known` is a customer that is there.
fn of_each_kind(known: &str) -> Vec<Value> {
    vec![
        acme_as("TD68", "1"),
        acme_as("TD69", "1"),
        acme_as("TD68", "1"),
        changed(acme_as("TD68", "2"), "address/city", Value::Null),
        json!([]),
        acme_as("TD70", "1"),
        given("TD68", "3", "0123456789ABCDEF-000001-01234567"),
        given("TD68", "4", known),
        given("TD68", "4", known),
        changed(acme_as("TD68", "5"), "businessName", json!("Bristol Bakery")),
    ]
}

const OF_EACH_KIND: &[(u64, &str, Option<u64>)] = &[
    (201, "success", None),
    (201, "success", Some(0)),
    (400, "refused", Some(0)),
    (400, "refused", None),
    (400, "refused", None),
    (403, "refused", None),
    (404, "refused", None),
    (201, "success", None),
    (400, "refused", Some(7)),
    (201, "success", None),
];

/// A master where one customer is known, and its identifier.
async fn stand() -> (Fixture, String) {
    let master = Fixture::new().await;
    let other = changed(acme_as("TD99", "1"), "businessName", json!("Bristol Bakery"));
    let answer = master.associate(&other).await.is(201);
    let identifier = answer["customerOrganizationIdentifier"].as_str().expect("an identifier");
    (master, identifier.to_owned())
}

/// Sends these rows for the dealers TD68 and TD69.
async fn of_two_dealers(master: &Fixture, path: &str, rows: &[Value]) -> kit::asking::Answer {
    let by = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD68 TD69" });
    master.post(path).json(&json!(rows)).key("7").by(&by).send().await
}

#[tokio::test]
async fn each_row_has_the_status_that_it_would_have_had_after_those_before_it() {
    let (master, known) = stand().await;
    let rows = of_each_kind(&known);
    let before = master.everything().await;
    let trial = of_two_dealers(&master, &format!("{PATH}?dryRun=true"), &rows).await;
    assert_eq!(trial.json()["dryRun"], true, "{trial}");
    unchanged(&before, &master.everything().await, &trial);
    let answer = of_two_dealers(&master, PATH, &rows).await;
    assert_eq!(told(&answer), expected(OF_EACH_KIND), "{answer}");
    assert_eq!(told(&trial), told(&answer), "{trial}");
    let (foreseen, became) = (results(&trial), results(&answer));
    let identifier = "customerOrganizationIdentifier";
    assert_eq!(became[1][identifier], became[0][identifier], "{answer}");
    assert_eq!(became[1]["customerNumber"], became[0]["customerNumber"], "{answer}");
    assert_eq!((&became[0]["dcn"], &became[1]["dcn"]), (&json!("TD68|1"), &json!("TD69|1")));
    assert_eq!(became[1]["match"]["company"], "equal", "{answer}");
    assert_eq!(became[2]["problem"]["type"], "/problems/dcn-already-associated");
    assert_eq!(became[2]["problem"][identifier], became[0][identifier]);
    assert_eq!(became[9]["customerOrganization"], "matched");
    assert_eq!(became[9][identifier], json!(known));
    // What would be new has no name, wherever it would stand.
    for row in [0, 1] {
        assert_eq!(
            (&foreseen[row][identifier], &foreseen[row]["customerNumber"]),
            (&Value::Null, &Value::Null)
        );
    }
    assert_eq!(foreseen[2]["problem"].get(identifier), None, "{trial}");
    assert_eq!(foreseen[2]["problem"]["sameOrganization"], true, "{trial}");
    assert_eq!(foreseen[7][identifier], json!(known));
    assert_eq!(foreseen[8]["problem"][identifier], json!(known));
    let again = of_two_dealers(&master, PATH, &rows).await;
    assert!(again.is_replayed(), "{again}");
    for row in [0, 1, 7, 9] {
        assert_eq!(results(&again)[row], became[row], "{again}");
    }
    assert_eq!(master.dealer_customers().await, 5);
}

#[tokio::test]
async fn of_another_dealers_customers_a_row_tells_nothing() {
    let master = Fixture::new().await;
    master.associate(&acme_as("TD70", "1")).await.is(201);
    let rows = [acme_as("TD70", "1"), acme_as("TD70", "2")];
    let answer = of_two_dealers(&master, PATH, &rows).await;
    let forbidden = (403, "refused", None);
    assert_eq!(told(&answer), expected(&[forbidden, forbidden]), "{answer}");
    let results = results(&answer);
    assert_eq!(results[0]["problem"], results[1]["problem"], "{answer}");
    assert_eq!(master.dealer_customers().await, 1);
}

#[tokio::test]
async fn a_hundred_dealers_of_one_business_have_one_customer() {
    let master = Fixture::new().await;
    let rows: Vec<_> = (0..100).map(|number| acme_as("TD68", &number.to_string())).collect();
    let answer = sent(&master, PATH, &rows, None).await;
    let told = told(&answer);
    assert_eq!(told[0], (201, "success".to_owned(), None), "{answer}");
    assert!(told[1..].iter().all(|row| *row == (201, "success".to_owned(), Some(0))), "{answer}");
    assert_eq!((master.customers().await.len(), master.dealer_customers().await), (1, 100));
}

#[tokio::test]
async fn of_several_customers_only_those_that_are_there_are_candidates() {
    let master = Fixture::new().await;
    let first = master.associate(&acme_as("TD68", "1")).await.is(201);
    let first = first["customerOrganizationIdentifier"].as_str().expect("an identifier").to_owned();
    master.plant_twin(&first, [7; 10]).await;
    let rows = [acme_as("TD68", "2"), acme_as("TD68", "3")];
    for path in [PATH.to_owned(), format!("{PATH}?dryRun=true")] {
        let answer = sent(&master, &path, &rows, None).await;
        for result in results(&answer) {
            let problem = &result["problem"];
            assert_eq!(problem["type"], "/problems/ambiguous-customer-organization", "{answer}");
            assert_eq!(problem["candidates"].as_array().map(Vec::len), Some(2), "{answer}");
        }
    }
}

#[tokio::test]
async fn a_dealer_that_is_called_batch_is_listed_by_capital_letters() {
    let master = Fixture::new().await;
    master.associate(&acme_as("BATCH", "1")).await.is(201);
    let listed = master.get("/dealer-customers/BATCH").send().await.is(200);
    assert_eq!(listed["dealerCustomers"][0]["dcn"], "BATCH|1");
    let refused = master.get(PATH).send().await;
    refused.is_problem(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), Some("POST"));
}
