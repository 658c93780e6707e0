//! The controls of a deployment, as far as dealers feel them.

use domain::message::Attribute;
use serde_json::{Value, json};

use crate::fixture::{Fixture, acme, acme_as, changed, identifier, without};

/// Associates the worked business, then the other one under another DCN, and returns the second answer's body.
async fn second(controls: &[(&str, &str)], other: Value) -> Value {
    let stand = Fixture::with(controls).await;
    stand.associate(&acme()).await.is(201);
    let other = changed(other, "dealerCustomerNumber", json!("other"));
    stand.associate(&other).await.is(201)
}

#[tokio::test]
async fn a_default_country_stands_in_where_none_is_given() {
    let body = without(acme(), "address/country");
    let stand = Fixture::new().await;
    assert_eq!(stand.associate(&body).await.faults(), ["/address/country country-blank"]);
    let stand = Fixture::with(&[("DEFAULT_COUNTRY", "US")]).await;
    stand.associate(&body).await.is(201);
    let read = stand.get("/dealer-customers/TD68/245TRSSDG343456");
    assert_eq!(read.send().await.is(200)["address"]["country"], "USA");
    // Its rules count too.
    let stateless = without(changed(body, "dealerCustomerNumber", json!("2")), "address/state");
    assert_eq!(stand.associate(&stateless).await.faults(), ["/address/state state-blank"]);
}

#[tokio::test]
async fn a_street_is_needed_where_the_control_asks_for_one() {
    let body = without(acme(), "address/line1");
    Fixture::new().await.associate(&body).await.is(201);
    let stand = Fixture::with(&[("REQUIRE_STREET_ADDRESS", "true")]).await;
    assert_eq!(stand.associate(&body).await.faults(), ["/address/line1 street-blank"]);
}

#[tokio::test]
async fn the_exact_match_values_decide_who_is_the_same() {
    let another_email = changed(acme(), "email", json!("acme@another.example"));
    let body = second(&[], another_email.clone()).await;
    assert_eq!(
        (&body["customerOrganization"], &body["match"]["email"]),
        (&json!("matched"), &json!("differs-allowed"))
    );
    let by_email = [("EXACT_MATCH", "email")];
    let body = second(&by_email, another_email).await;
    assert_eq!(body["customerOrganization"], "created");

    // First names are no dealer's to give, so that blank meets blank, and nothing else is compared.
    let by_first_name = [("EXACT_MATCH", "first_name")];
    let another_city = changed(acme(), "address/city", json!("Westboro"));
    let body = second(&[], another_city.clone()).await;
    assert_eq!(body["customerOrganization"], "created");
    let body = second(&by_first_name, another_city).await;
    assert_eq!(
        (&body["customerOrganization"], &body["match"]["first_name"], &body["match"]["city"]),
        (&json!("matched"), &json!("blank"), &json!("differs-allowed"))
    );
}

#[tokio::test]
async fn the_layout_of_the_match_code_decides_who_is_compared_at_all() {
    let neighbour = changed(
        changed(acme(), "businessName", json!("Bristol Bakery")),
        "address/line1",
        json!("3 Mill Row"),
    );
    let first_name = ("EXACT_MATCH", "first_name");
    let body = second(&[first_name], neighbour.clone()).await;
    assert_eq!(body["customerOrganization"], "created");
    let by_place = [first_name, ("MATCH_CODE_LAYOUT", "postal_code:5")];
    let body = second(&by_place, neighbour.clone()).await;
    assert_eq!(body["customerOrganization"], "matched");
    // The fields that must be equal still must.
    let layout = [("MATCH_CODE_LAYOUT", "postal_code:5")];
    let body = second(&layout, neighbour).await;
    assert_eq!(body["customerOrganization"], "created");
}

#[tokio::test]
async fn dealers_customers_belong_to_the_first_company() {
    let mut identifiers = Vec::new();
    for (companies, first) in [("1", "1"), ("007,8", "007"), ("8,7", "8"), ("7", "7")] {
        let stand = Fixture::with(&[("COMPANIES", companies)]).await;
        let organization = identifier(&stand.associate(&acme()).await.is(201));
        let customer = stand.customer(&organization).await;
        assert_eq!(customer.attributes.text(Attribute::COMPANY), first);
        identifiers.push(customer.identifier.block);
    }
    // Each company has blocks of its own, and `007` is `7`.
    assert_eq!(identifiers[1], identifiers[3]);
    assert_ne!(identifiers[0], identifiers[1]);
    assert_ne!(identifiers[1], identifiers[2]);
}

#[tokio::test]
async fn what_only_messages_give_is_not_asked_of_dealers() {
    let controls = [
        ("REQUIRE_CUSTOMER_CLASS", "true"),
        ("DEFAULT_EMAIL_STATUS", "O1"),
        ("CUSTOMER_CLASSES", "A,B"),
    ];
    let stand = Fixture::with(&controls).await;
    let organization = identifier(&stand.associate(&acme_as("TD68", "1")).await.is(201));
    let customer = stand.customer(&organization).await;
    assert_eq!(customer.attributes.text(Attribute::EMAIL_STATUS), "O1");
    assert_eq!(customer.attributes.text(Attribute::CUSTOMER_CLASS), "");
}
