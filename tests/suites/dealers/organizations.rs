//! Reading a customer organization: who sees it, and which of its dealer customers.

use serde_json::{Value, json};

use crate::fixture::{Fixture, acme, acme_as, given, identifier, with_another_tail};

/// The DCNs that a caller of these claims sees with a customer, or the status where they see none of it.
async fn seen(stand: &Fixture, organization: &str, claims: Value) -> Result<Vec<String>, u16> {
    let path = format!("/customer-organizations/{organization}");
    let answer = stand.get(&path).by(&claims).send().await;
    if answer.status != 200 {
        return Err(answer.status);
    }
    let body = answer.json();
    assert_eq!(body["customerOrganizationIdentifier"], organization);
    let dcns = body["dealerCustomers"].as_array().expect("a list");
    let dcn = |one: &Value| one["dcn"].as_str().expect("a DCN").to_owned();
    Ok(dcns.iter().map(dcn).collect())
}

#[tokio::test]
async fn an_organization_is_seen_whole_by_order_management_and_stewards_and_by_its_dealers_with_what_is_theirs()
 {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme_as("TD68", "a")).await.is(201));
    for (dealer_code, number) in [("TD68", "b"), ("TD69", "c"), ("TD70", "d")] {
        let body = acme_as(dealer_code, number);
        assert_eq!(identifier(&stand.associate(&body).await.is(201)), organization);
    }
    let all = ["TD68|a", "TD68|b", "TD69|c", "TD70|d"];
    for (scope, codes, expected) in [
        ("dealer", "TD68", Ok(&all[..2])),
        ("dealer", "TD68 TD70", Ok(&["TD68|a", "TD68|b", "TD70|d"][..])),
        ("dealer", "*", Ok(&all[..])),
        ("dealer", "TD71", Err(404)),
        ("dealer", "", Err(404)),
        ("customers", "", Ok(&all[..])),
        ("customers", "TD69", Ok(&all[..])),
        ("customers dealer", "*", Ok(&all[..])),
        ("steward", "", Ok(&all[..])),
        ("privacy", "*", Err(403)),
        ("", "*", Err(403)),
    ] {
        let claims = json!({ "sub": "x", "scope": scope, "dealer_codes": codes });
        let found = seen(&stand, &organization, claims).await;
        let expected = expected.map(|dcns| dcns.iter().map(ToString::to_string).collect());
        assert_eq!(found, expected, "{scope:?} {codes:?}");
    }
}

#[tokio::test]
async fn an_organization_is_out_of_a_dealers_sight_once_its_last_dealer_customer_is_released() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme_as("TD68", "a")).await.is(201));
    stand.associate(&acme_as("TD69", "b")).await.is(201);
    let dealer = json!({ "sub": "x", "scope": "dealer", "dealer_codes": "TD68" });
    let one = seen(&stand, &organization, dealer.clone()).await;
    assert_eq!(one, Ok(vec!["TD68|a".to_owned()]));
    stand.release("TD68", "a").await.is_empty(204);
    assert_eq!(seen(&stand, &organization, dealer).await, Err(404));
}

#[tokio::test]
async fn an_unknown_identifier_is_not_found_for_whoever_may_ask() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let next = with_another_tail(&organization);
    for unknown in
        [next.as_str(), "0123456789ABCDEF-000001-01234567", "nobody", "%00", "SEAT%23000001", "-"]
    {
        let path = format!("/customer-organizations/{unknown}");
        stand.get(&path).send().await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_dealer_customers_of_a_large_organization_come_in_pages_each_exactly_once() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme_as("TD00", "first")).await.is(201));
    let mut expected = vec!["TD00|first".to_owned()];
    for number in 0..230 {
        let dealer_code = format!("TD{:02}", number % 23);
        let number = format!("n{number:03}");
        stand.associate(&given(&dealer_code, &number, &organization)).await.is(201);
        expected.push(format!("{dealer_code}|{number}"));
    }
    expected.sort();
    let mut found = Vec::new();
    let mut cursor = String::new();
    let mut pages = 0;
    loop {
        let path = format!("/customer-organizations/{organization}{cursor}");
        let page = stand.get(&path).send().await.is(200);
        let dcns = page["dealerCustomers"].as_array().expect("a list");
        assert!((1..=100).contains(&dcns.len()));
        found.extend(dcns.iter().map(|one| one["dcn"].as_str().expect("a DCN").to_owned()));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => cursor = format!("?cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, expected);
    assert_eq!(pages, 3);

    // A dealer whose only dealer customer stands behind the first hundred of others sees it on the first page.
    let claims = json!({ "sub": "x", "scope": "dealer", "dealer_codes": "TD22" });
    let own = seen(&stand, &organization, claims).await.expect("a page");
    assert_eq!(own.len(), 10);

    // Its cursors are its own.
    let other = identifier(
        &stand
            .associate(&crate::fixture::changed(
                acme_as("TD00", "other"),
                "businessName",
                json!("Bristol Bakery"),
            ))
            .await
            .is(201),
    );
    let path = format!("/customer-organizations/{other}{cursor}");
    assert_eq!(stand.get(&path).send().await.faults(), ["/query/cursor invalid-cursor"]);
}
