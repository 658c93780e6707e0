//! A dealer associates a customer, reads it, is refused a second time, and releases it.

use serde_json::json;

use crate::stage::Stage;
use reqwest::Method;

#[tokio::test]
async fn a_dealer_associates_a_customer_once_and_releases_it() {
    let stage = Stage::open().await;
    let (code, number) = (&stage.dealer_code, &stage.name);
    let body = json!({
        "dealerCode": code, "dealerCustomerNumber": number, "businessName": format!("{number} Mining"),
        "address": {
            "line1": format!("{number} Example Street"), "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA"
        }
    });
    let path = format!("/dealer-customers/{code}/{number}");
    let tried = stage.post("/dealer-customers?dryRun=true").json(&body);
    tried.send().await.is(201);
    stage.get(&path).send().await.is_problem(404, "not-found");

    let key = format!("smoke-{number}-associate");
    let associate = || stage.post("/dealer-customers").json(&body);
    let first = associate().key(&key).send().await;
    let created = first.is(201);
    assert_eq!(created["customerOrganization"], "created", "{first}");
    let again = associate().key(&key).send().await;
    assert_eq!((again.is(201), again.is_replayed()), (created.clone(), true));
    associate().send().await.is(400);

    let read = stage.get(&path).send().await.is(200);
    assert_eq!(read["customerOrganizationIdentifier"], created["customerOrganizationIdentifier"]);
    let listed = stage.get(&format!("/dealer-customers/{code}")).send().await;
    assert!(listed.is(200)["dealerCustomers"].is_array(), "{listed}");
    let release = stage.request(Method::DELETE, &format!("{path}/association"));
    release.send().await.is_empty(204);
}
