//! The rules of an association, one after the other: how the customer is found, and what becomes of the DCN.

use serde_json::{Value, json};

use crate::fixture::{
    Fixture, acme, acme_as, changed, given, identifier, unchanged, with_another_tail, without,
};

#[tokio::test]
async fn the_worked_request_of_the_contract_gets_its_worked_answer() {
    let stand = Fixture::new().await;
    let answer = stand.associate(&acme()).await;
    let body = answer.is(201);
    assert_eq!(answer.header("location"), Some("/dealer-customers/TD68/245TRSSDG343456"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("x-request-id").is_some(), "{answer}");
    assert_eq!(
        body,
        json!({
            "dcn": "TD68|245TRSSDG343456", "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456", "dealerType": "REVENUE",
            "customerOrganizationIdentifier": identifier(&body), "customerNumber": "000000001", "customerOrganization": "created", "dealerCustomer": "created"
        })
    );
}

#[tokio::test]
async fn what_was_created_can_be_read_as_the_contract_shows_it() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let dealer_customer = json!({
        "dcn": "TD68|245TRSSDG343456", "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456", "dealerType": "REVENUE",
        "businessName": "Acme Mining", "alternateName": "Acme", "address": acme()["address"], "email": "office@acme.example",
        "phones": [ { "type": "BUSINESS", "number": "508-555-0100" } ], "customerOrganizationIdentifier": organization
    });
    let read = stand.get("/dealer-customers/TD68/245TRSSDG343456");
    assert_eq!(read.send().await.is(200), dealer_customer);
    let list = stand.get("/dealer-customers/TD68").send().await.is(200);
    assert_eq!(list, json!({ "dealerCustomers": [dealer_customer], "next": null }));
    let read = stand.get(&format!("/customer-organizations/{organization}")).send().await;
    assert_eq!(read.header("etag"), Some("\"1\""));
    assert_eq!(
        read.is(200),
        json!({
            "customerOrganizationIdentifier": organization, "customerNumber": "000000001", "status": "ACTIVE", "businessName": "Acme Mining",
            "alternateName": "Acme", "address": acme()["address"], "email": "office@acme.example",
            "phones": [ { "type": "BUSINESS", "number": "508-555-0100" } ], "version": 1, "dealerCustomers": [dealer_customer], "next": null
        })
    );
}

#[tokio::test]
async fn a_second_dealer_who_writes_the_same_business_otherwise_meets_the_same_customer_and_is_told_why()
 {
    let stand = Fixture::new().await;
    let first = identifier(&stand.associate(&acme()).await.is(201));
    let other = json!({
        "dealerCode": "td69", "dealerCustomerNumber": "A-1", "businessName": "ACME  mining.", "email": "acme@another.example",
        "address": { "line1": "100 Example St.", "city": "Westborough", "state": "ma", "postalCode": "01581", "country": "us" }
    });
    let answer = stand.associate(&other).await;
    let body = answer.is(201);
    assert_eq!(answer.header("location"), Some("/dealer-customers/TD69/A-1"));
    assert_eq!(
        body,
        json!({
            "dcn": "TD69|A-1", "dealerCode": "TD69", "dealerCustomerNumber": "A-1", "dealerType": "REVENUE",
            "customerOrganizationIdentifier": first, "customerNumber": "000000001", "customerOrganization": "matched", "dealerCustomer": "created",
            "match": {
                "first_name": "blank", "last_name": "blank", "company": "equal", "street": "equal-but-roadway", "address_line_2": "blank",
                "apartment": "blank", "city": "equal", "state": "equal", "email": "differs-allowed"
            }
        })
    );
    assert_eq!(stand.customers().await.len(), 1);
}

#[tokio::test]
async fn another_business_at_the_same_place_is_another_customer() {
    let stand = Fixture::new().await;
    let first = identifier(&stand.associate(&acme()).await.is(201));
    for (number, path, value) in [
        ("1", "businessName", "Acme Mineral Water"),
        ("2", "address/city", "Westboro"),
        ("3", "address/apartment", "4"),
    ] {
        let body = changed(acme_as("TD68", number), path, json!(value));
        let body = stand.associate(&body).await.is(201);
        assert_eq!(body["customerOrganization"], "created", "{path}");
        assert_ne!(identifier(&body), first, "{path}");
    }
    assert_eq!(stand.customers().await.len(), 4);
}

#[tokio::test]
async fn with_the_identifier_nothing_else_is_needed_and_what_is_left_out_comes_from_the_customer() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let body = stand.associate(&given("TD69", "G-1", &organization)).await.is(201);
    assert_eq!(
        body,
        json!({
            "dcn": "TD69|G-1", "dealerCode": "TD69", "dealerCustomerNumber": "G-1", "dealerType": "REVENUE",
            "customerOrganizationIdentifier": organization, "customerNumber": "000000001", "customerOrganization": "given", "dealerCustomer": "created"
        })
    );
    let read = stand.get("/dealer-customers/TD69/G-1").send().await.is(200);
    for property in ["businessName", "alternateName", "address"] {
        assert_eq!(read[property], acme()[property], "{property}");
    }
    assert_eq!((&read["email"], &read["phones"]), (&Value::Null, &json!([])), "its own, or none");
    let own = json!({
        "dealerCode": "TD69", "dealerCustomerNumber": "G-2", "customerOrganizationIdentifier": organization, "dealerType": "NON_REVENUE",
        "businessName": "Acme, as we know it", "phones": ["1", "2"]
    });
    assert_eq!(stand.associate(&own).await.is(201)["dealerType"], "NON_REVENUE");
    let read = stand.get("/dealer-customers/TD69/G-2").send().await.is(200);
    assert_eq!(read["businessName"], "Acme, as we know it");
    assert_eq!(read["phones"], json!([{ "number": "1" }, { "number": "2" }]));
    assert_eq!(read["email"], Value::Null);
    assert_eq!(stand.customers().await.len(), 1);
}

#[tokio::test]
async fn what_a_dealer_left_out_is_the_customers_whenever_it_is_read() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    stand.associate(&given("TD69", "G-1", &organization)).await.is(201);
    let moved = json!({ "type": "CWCustomerIn", "CustSoldTo": {
        "cst_cust_nbr": "1", "cst_city": "Boston", "cst_zip": "02108", "cst_company_name": "Acme Mines"
    } });
    let change = stand.post("/customers").json(&moved);
    assert_eq!(change.send().await.status, 200);
    for path in ["/dealer-customers/TD69/G-1", "/dealer-customers/TD69"] {
        let read = stand.get(path).send().await.is(200);
        let read = read["dealerCustomers"].get(0).cloned().unwrap_or(read);
        assert_eq!(read["businessName"], "Acme Mines", "{path}");
        assert_eq!(read["address"]["city"], "Boston", "{path}");
    }
    let own = stand.get("/dealer-customers/TD68/245TRSSDG343456").send().await.is(200);
    assert_eq!(own["address"]["city"], acme()["address"]["city"]);
}

#[tokio::test]
async fn a_released_dealer_customer_can_be_associated_again_and_keeps_its_attributes() {
    let stand = Fixture::new().await;
    let first = identifier(&stand.associate(&acme()).await.is(201));
    stand.release("TD68", "245TRSSDG343456").await.is_empty(204);
    let path = "/dealer-customers/TD68/245TRSSDG343456";
    let free = stand.get(path).send().await.is(200);
    assert_eq!(free["customerOrganizationIdentifier"], Value::Null);
    assert_eq!(changed(free.clone(), "customerOrganizationIdentifier", json!(first)), {
        stand.associate(&acme()).await.is(200);
        stand.get(path).send().await.is(200)
    });
    stand.release("TD68", "245TRSSDG343456").await.is_empty(204);

    let elsewhere = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "245TRSSDG343456", "businessName": "Hillside Orchard", "dealerType": "OTHER",
        "address": { "line1": "7 Orchard Lane", "city": "Burlington", "state": "VT", "postalCode": "05401", "country": "USA" }
    });
    let answer = stand.associate(&elsewhere).await;
    let body = answer.is(200);
    assert_eq!(answer.header("location"), Some(path));
    assert_eq!(body["customerOrganization"], "created");
    assert_eq!(body["dealerCustomer"], "associated");
    let second = identifier(&body);
    assert_ne!(second, first);
    let now = stand.get(path).send().await.is(200);
    assert_eq!(now, changed(free, "customerOrganizationIdentifier", json!(second)));
    let organization = format!("/customer-organizations/{second}");
    let organization = stand.get(&organization).send().await.is(200);
    assert_eq!(organization["businessName"], "Hillside Orchard");

    stand.release("TD68", "245TRSSDG343456").await.is_empty(204);
    let body = given("TD68", "245TRSSDG343456", &first);
    let body = stand.associate(&body).await.is(200);
    assert_eq!(
        (&body["customerOrganization"], &body["dealerCustomer"]),
        (&json!("given"), &json!("associated"))
    );
}

#[tokio::test]
async fn a_taken_dcn_is_refused_with_its_holder_and_whether_that_is_the_same_customer() {
    let stand = Fixture::new().await;
    let holder = identifier(&stand.associate(&acme()).await.is(201));
    let before = stand.records().await;
    let another = changed(acme(), "businessName", json!("Bristol Bakery"));
    for (body, same) in
        [(acme(), true), (given("TD68", "245TRSSDG343456", &holder), true), (another, false)]
    {
        let answer = stand.associate(&body).await;
        let problem = answer.is_problem(400, "dcn-already-associated");
        assert_eq!(problem["sameOrganization"], same, "{answer}");
        assert_eq!(problem["customerOrganizationIdentifier"], holder, "{answer}");
        assert_eq!(answer.header("location"), None);
    }
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn an_unknown_identifier_is_refused_and_nothing_is_created() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let before = stand.records().await;
    let next = with_another_tail(&organization);
    for unknown in [
        next.as_str(),
        "0123456789ABCDEF-000001-01234567",
        "0123456789ABCDEF-ZZZZZZZZZZZZZZZZ-7TZ8Q2XK",
        "nobody",
        "../..",
        "BLOCK#0123456789ABCDEF",
        &organization.to_lowercase(),
        &"x".repeat(5_000),
    ] {
        let body = changed(acme_as("TD69", "1"), "customerOrganizationIdentifier", json!(unknown));
        stand.associate(&body).await.is_problem(404, "customer-organization-not-found");
    }
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn several_fitting_customers_are_named_and_one_of_them_can_be_picked() {
    let stand = Fixture::new().await;
    let first = identifier(&stand.associate(&acme()).await.is(201));
    let second = stand.plant_twin(&first, [2; 10]).await;
    let third = stand.plant_twin(&first, [3; 10]).await;
    let before = stand.records().await;
    let problem = stand.associate(&acme_as("TD69", "1")).await;
    let problem = problem.is_problem(409, "ambiguous-customer-organization");
    // The highest customer number first.
    assert_eq!(problem["candidates"], json!([third, second, first]));
    unchanged(&before, &stand.records().await, &"");
    let picked = stand.associate(&given("TD69", "1", &second)).await.is(201);
    assert_eq!(identifier(&picked), second);
}

#[tokio::test]
async fn a_business_without_street_and_postal_code_has_no_duplicates() {
    let stand = Fixture::new().await;
    let irish = |number: &str| json!({ "dealerCode": "TD68", "dealerCustomerNumber": number, "businessName": "Cork Cork", "address": { "city": "Cork", "country": "IRL" } });
    for number in ["1", "2"] {
        let body = stand.associate(&irish(number)).await.is(201);
        assert_eq!(body["customerOrganization"], "created");
        let path = format!("/customer-organizations/{}", identifier(&body));
        stand.get(&path).send().await.is(200);
    }
    assert_eq!(stand.customers().await.len(), 2);
}

#[tokio::test]
async fn null_and_empty_are_as_good_as_not_given() {
    let stand = Fixture::new().await;
    let mut body = without(without(acme(), "alternateName"), "email");
    body["alternateName"] = Value::Null;
    body["email"] = json!("");
    body["phones"] = Value::Null;
    body["dealerType"] = Value::Null;
    body["customerOrganizationIdentifier"] = json!("");
    body["address"]["line2"] = Value::Null;
    stand.associate(&body).await.is(201);
    let read = stand.get("/dealer-customers/TD68/245TRSSDG343456");
    let read = read.send().await.is(200);
    assert_eq!(
        (&read["alternateName"], &read["email"], &read["phones"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(read["dealerType"], "REVENUE");
}

#[tokio::test]
async fn the_customer_that_an_association_creates_is_active_and_opted_out() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let customer = stand.customer(&organization).await;
    let email_status = domain::message::Attribute::EMAIL_STATUS;
    assert_eq!(customer.attributes.text(email_status), "O2");
    assert_eq!(customer.status(), domain::customer::Status::Active);
    assert_eq!(customer.version, 1);
}
