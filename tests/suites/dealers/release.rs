//! Releases: a dealer customer stops belonging to its customer, and nothing else happens to it.

use serde_json::{Value, json};

use crate::fixture::{Fixture, acme, acme_as, identifier, unchanged};

#[tokio::test]
async fn a_release_is_204_then_409_and_the_dealer_customer_stays() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    stand.associate(&acme_as("TD69", "1")).await.is(201);
    let path = "/dealer-customers/TD68/245TRSSDG343456";
    let mut expected = stand.get(path).send().await.is(200);
    stand.release("td68", "245TRSSDG343456").await.is_empty(204);
    expected["customerOrganizationIdentifier"] = Value::Null;
    assert_eq!(stand.get(path).send().await.is(200), expected);
    stand.release("TD68", "245TRSSDG343456").await.is_problem(409, "not-associated");

    // It is listed with its dealer still, and with the customer no more.
    let list = stand.get("/dealer-customers/TD68").send().await.is(200);
    assert_eq!(list["dealerCustomers"], json!([expected]));
    let read = format!("/customer-organizations/{organization}");
    let read = stand.get(&read).send().await.is(200);
    let listed: Vec<_> =
        read["dealerCustomers"].as_array().expect("a list").iter().map(|one| &one["dcn"]).collect();
    assert_eq!(listed, ["TD69|1"]);
    assert_eq!(read["version"], 1);
}

#[tokio::test]
async fn what_is_not_there_cannot_be_released() {
    let stand = Fixture::new().await;
    stand.associate(&acme()).await.is(201);
    let before = stand.records().await;
    for (dealer_code, number) in [
        ("TD68", "245TRSSDG343457"),
        ("TD68", "245trssdg343456"),
        ("TD69", "245TRSSDG343456"),
        ("TD68", "a%7Cb"),
        ("TD68", "%23"),
        ("TD-8", "245TRSSDG343456"),
    ] {
        stand.release(dealer_code, number).await.is_problem(404, "not-found");
    }
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn another_dealers_customer_cannot_be_released_whether_it_is_there_or_not() {
    let stand = Fixture::new().await;
    stand.associate(&acme()).await.is(201);
    let before = stand.records().await;
    let claims = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD69" });
    let mut bodies = Vec::new();
    for number in ["245TRSSDG343456", "nobody"] {
        let path = format!("/dealer-customers/TD68/{number}/association");
        let answer = stand.delete(&path).by(&claims).send().await;
        let mut problem = answer.is_problem(403, "forbidden");
        problem["requestId"] = Value::Null;
        bodies.push(problem);
    }
    assert_eq!(bodies[0], bodies[1]);
    unchanged(&before, &stand.records().await, &"");
}
