//! One master: dealers find the customers that messages added, and messages those that dealers did.

use serde_json::{Value, json};

use crate::fixture::{Fixture, acme, acme_as, changed, identifier};
use crate::message::{Message, change, checked, julie};

/// The worked business of the dealers, as a message has it.
fn acme_in_a_message(check: &str) -> Message {
    checked(check)
        .with_all(&[("cst_company_name", "ACME Mining."), ("cst_street_addr", "100 Example St.")])
        .without("cst_fname")
        .without("cst_lname")
}

#[tokio::test]
async fn a_dealer_finds_the_customer_that_a_message_added() {
    for check in ["Y", "N"] {
        let stand = Fixture::new().await;
        let added = stand.add(&acme_in_a_message(check)).await.created();
        let associated = stand.associate(&acme()).await.is(201);
        assert_eq!(associated["customerOrganization"], "matched");
        let found = identifier(&associated);
        assert_eq!(added.body["customerOrganizationIdentifier"], *found);
        let read = stand.get(&format!("/customer-organizations/{found}"));
        let read = read.send().await.is(200);
        assert_eq!(read["customerNumber"], *added.number());
        assert_eq!(read["businessName"], "ACME Mining.");
        assert_eq!(stand.customers().await.len(), 1);
    }
}

#[tokio::test]
async fn a_message_finds_the_customer_that_a_dealer_added() {
    let stand = Fixture::new().await;
    let associated = identifier(&stand.associate(&acme()).await.is(201));
    let duplicates = stand.add(&acme_in_a_message("Y")).await.duplicates();
    let stored = stand.stored(&duplicates[0]).await;
    assert_eq!(stored["customerOrganizationIdentifier"], *associated);
    assert_eq!(stored["CustSoldTo"]["cst_email_status"], "O2");
    let updated =
        acme_in_a_message("S").with_all(&[("cst_vat_nbr", "V"), ("cst_email", "new@acme.example")]);
    assert_eq!(stand.add(&updated).await.updated().number(), duplicates[0]);
    let read = stand.get(&format!("/customer-organizations/{associated}"));
    let read = read.send().await.is(200);
    assert_eq!(read["email"], "new@acme.example");
    assert_eq!(read["version"], 2);
    // What the dealer gave and messages have no name for is still there.
    assert_eq!(read["alternateName"], "Acme");
    assert_eq!(read["phones"][0]["number"], "508-555-0100");
    let by_number = change("cst_cust_nbr", &duplicates[0]).with("cst_city", "Boston");
    stand.add(&by_number).await.updated();
}

#[tokio::test]
async fn a_dealer_does_not_find_a_person_and_a_message_no_other_business() {
    let stand = Fixture::new().await;
    stand.add(&julie()).await.created();
    let robinson = changed(acme(), "businessName", json!("Robinson"));
    let associated = stand.associate(&robinson).await.is(201);
    assert_eq!(associated["customerOrganization"], "created");
    let other = acme_in_a_message("Y").with("cst_company_name", "Acme Milling");
    stand.add(&other).await.created();
}

#[tokio::test]
async fn two_unchecked_customers_are_ambiguous_to_a_dealer_who_can_pick_one() {
    let stand = Fixture::new().await;
    let mut identifiers: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let added = stand.add(&acme_in_a_message("N")).await.created();
        identifiers.push(added.body["customerOrganizationIdentifier"].clone());
    }
    let refused = stand.associate(&acme()).await;
    let problem = refused.is_problem(409, "ambiguous-customer-organization");
    for identifier in &identifiers {
        assert!(
            problem["candidates"].as_array().expect("a list").contains(identifier),
            "{refused}"
        );
    }
    let picked = changed(acme(), "customerOrganizationIdentifier", identifiers[1].clone());
    assert_eq!(identifier(&stand.associate(&picked).await.is(201)), identifiers[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dealers_and_messages_at_the_same_moment_make_one_customer() {
    let stand = Fixture::new().await;
    let adds = (0..10).map(|_| stand.message(crate::message::Form::Xml, &acme_in_a_message("Y")));
    let associations = (0..10).map(|dealer| {
        let body = acme_as("TD68", &dealer.to_string());
        stand.post("/dealer-customers").json(&body)
    });
    let answers = crate::fixture::all_at_once(adds.chain(associations)).await;
    for answer in &answers {
        assert!([201, 409].contains(&answer.status), "{answer}");
    }
    assert_eq!(stand.customers().await.len(), 1);
    assert_eq!(stand.dealer_customers().await, 10);
}
