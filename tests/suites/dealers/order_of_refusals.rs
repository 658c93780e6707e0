//! A request that could be refused for several reasons is refused for the first of them: 403, the input, the customer, the DCN.

use serde_json::json;

use crate::fixture::{Fixture, acme, acme_as, changed, given, identifier, unchanged};

#[tokio::test]
async fn first_who_asks_then_the_input_then_the_customer_then_the_dcn() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    stand.plant_twin(&organization, [5; 10]).await;
    let claims = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD69" });
    let before = stand.records().await;

    // Everything is wrong with it: another's dealer code, faults, an unknown customer, a taken DCN, a bad key and a bad parameter.
    let mut worst = given("TD68", "245TRSSDG343456", "nobody");
    worst["unknown"] = json!(1);
    let refused = stand.post("/dealer-customers?x=1").json(&worst).key("two words");
    refused.by(&claims).send().await.is_problem(403, "forbidden");

    // The caller's own dealer code, or any, leaves the faults.
    let refused = stand.post("/dealer-customers?x=1").json(&worst).key("two words");
    assert_eq!(
        refused.send().await.faults(),
        [
            "/headers/Idempotency-Key invalid-idempotency-key",
            "/query/x unknown-parameter",
            "/unknown unknown-property"
        ]
    );

    // Without faults: the customer, unknown or ambiguous, before the DCN that is taken.
    let unknown = given("TD68", "245TRSSDG343456", "nobody");
    let unknown = stand.associate(&unknown).await;
    unknown.is_problem(404, "customer-organization-not-found");
    let ambiguous = stand.associate(&acme()).await;
    ambiguous.is_problem(409, "ambiguous-customer-organization");

    // And the DCN last.
    let taken = stand.associate(&given("TD68", "245TRSSDG343456", &organization)).await;
    taken.is_problem(400, "dcn-already-associated");
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn a_dealer_code_that_is_none_is_a_fault_and_not_forbidden() {
    let stand = Fixture::new().await;
    let claims = json!({ "sub": "erp", "scope": "dealer", "dealer_codes": "TD69" });
    let request = |body| stand.post("/dealer-customers").json(&body).by(&claims);
    let answer = request(acme_as("TD|8", "1")).send().await;
    assert_eq!(answer.faults(), ["/dealerCode invalid-dealer-code"]);
    // Everything else about another dealer's request stays untold.
    let faulty = changed(acme_as("TD68", "#"), "address/city", json!(""));
    let answer = request(faulty).send().await;
    assert_eq!(answer.is_problem(403, "forbidden").get("errors"), None);
}
