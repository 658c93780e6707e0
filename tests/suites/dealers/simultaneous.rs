//! Many requests at the same moment: whatever their order, the result is that of one after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::fixture::{Answer, Fixture, acme, acme_as, all_at_once, changed, given, identifier};

/// How many answers have each status.
fn statuses(answers: &[Answer]) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    for answer in answers {
        *statuses.entry(answer.status).or_default() += 1;
    }
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_associations_of_one_dcn_for_fifty_businesses_one_wins_and_only_its_customer_exists()
 {
    let stand = Fixture::new().await;
    let answers = all_at_once((0..50).map(|business| {
        let body = changed(acme(), "businessName", json!(format!("{business} Business")));
        stand.post("/dealer-customers").json(&body)
    }))
    .await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 1), (400, 49)]));
    let winner = answers.iter().find(|answer| answer.status == 201);
    let winner = identifier(&winner.expect("one of them").json());
    for loser in answers.iter().filter(|answer| answer.status == 400) {
        let problem = loser.is_problem(400, "dcn-already-associated");
        assert_eq!(problem["sameOrganization"], false, "{loser}");
        assert_eq!(identifier(&problem), winner, "{loser}");
    }
    let customers = stand.customers().await;
    let there: Vec<_> = customers.iter().map(|customer| customer.identifier.to_string()).collect();
    assert_eq!(there, [winner]);
    assert_eq!(stand.dealer_customers().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_dealers_with_one_new_business_make_one_customer_and_thirty_dealer_customers() {
    let stand = Fixture::new().await;
    let answers =
        all_at_once((0..30).map(|dealer| {
            stand.post("/dealer-customers").json(&acme_as(&format!("TD{dealer}"), "1"))
        }))
        .await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 30)]));
    let identifiers: BTreeSet<_> =
        answers.iter().map(|answer| identifier(&answer.json())).collect();
    assert_eq!(identifiers.len(), 1, "{identifiers:?}");
    let created =
        answers.iter().filter(|answer| answer.json()["customerOrganization"] == "created");
    assert_eq!(created.count(), 1);
    assert_eq!(stand.customers().await.len(), 1);
    assert_eq!(stand.dealer_customers().await, 30);
    let organization = identifiers.first().expect("one");
    let organization = format!("/customer-organizations/{organization}");
    let organization = stand.get(&organization).send().await.is(200);
    let seen = organization["dealerCustomers"].as_array().map(Vec::len);
    assert_eq!(seen, Some(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_equal_requests_without_a_key_one_is_201_and_the_others_learn_that_it_is_the_same_customer()
 {
    let stand = Fixture::new().await;
    let answers = all_at_once((0..20).map(|_| stand.post("/dealer-customers").json(&acme()))).await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 1), (400, 19)]));
    let holders: BTreeSet<_> = answers.iter().map(|answer| identifier(&answer.json())).collect();
    assert_eq!(holders.len(), 1);
    for loser in answers.iter().filter(|answer| answer.status == 400) {
        // Whoever found no customer yet was told of the winner's under that business's own name and place.
        let problem = loser.is_problem(400, "dcn-already-associated");
        assert_eq!(problem["sameOrganization"], true, "{loser}");
    }
    assert_eq!(stand.customers().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tries_with_one_key_have_one_effect_and_get_the_same_answer() {
    let stand = Fixture::new().await;
    let key = "one-key-for-twenty";
    let answers =
        all_at_once((0..20).map(|_| stand.post("/dealer-customers").json(&acme()).key(key))).await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 20)]));
    let bodies: BTreeSet<_> = answers.iter().map(|answer| answer.text.as_str()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    // The one that bound the key, and the one that had the effect, if that is another, are not repetitions.
    let replayed =
        answers.iter().filter(|answer| answer.header("idempotency-replayed") == Some("true"));
    assert!((18..20).contains(&replayed.count()));
    assert_eq!(stand.customers().await.len(), 1);
    assert_eq!(stand.dealer_customers().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_releases_one_is_204_and_the_others_find_it_released() {
    let stand = Fixture::new().await;
    stand.associate(&acme()).await.is(201);
    let path = "/dealer-customers/TD68/245TRSSDG343456/association";
    let answers = all_at_once((0..40).map(|_| stand.delete(path))).await;
    assert_eq!(statuses(&answers), BTreeMap::from([(204, 1), (409, 39)]));
    for loser in answers.iter().filter(|answer| answer.status == 409) {
        loser.is_problem(409, "not-associated");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn releases_against_associations_leave_as_many_of_each_as_the_end_tells() {
    let stand = Fixture::new().await;
    let first = identifier(&stand.associate(&acme()).await.is(201));
    let other = changed(acme_as("TD69", "1"), "businessName", json!("Bristol Bakery"));
    let second = identifier(&stand.associate(&other).await.is(201));
    let path = "/dealer-customers/TD68/245TRSSDG343456";
    let answers = all_at_once((0..60).map(|turn| match turn % 3 {
        0 => stand.delete(&format!("{path}/association")),
        1 => stand.post("/dealer-customers").json(&given("TD68", "245TRSSDG343456", &first)),
        _ => stand.post("/dealer-customers").json(&given("TD68", "245TRSSDG343456", &second)),
    }))
    .await;
    let statuses = statuses(&answers);
    let count = |status| statuses.get(&status).copied().unwrap_or_default();
    assert_eq!(count(204) + count(409) + count(200) + count(400), 60, "{statuses:?}");
    assert_eq!(count(204) + count(409), 20, "{statuses:?}");
    let now = stand.get(path).send().await.is(200);
    let associated = usize::from(!now["customerOrganizationIdentifier"].is_null());
    assert_eq!(1 + count(200) - count(204), associated, "{statuses:?}");

    // The dealer customer is shown under the customer that it belongs to and under no other.
    for organization in [&first, &second] {
        let read = format!("/customer-organizations/{organization}");
        let read = stand.get(&read).send().await.is(200);
        let listed = read["dealerCustomers"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|one| one["dcn"] == "TD68|245TRSSDG343456");
        let holds = now["customerOrganizationIdentifier"] == organization.as_str();
        assert_eq!(listed, holds, "{organization}");
    }
    assert_eq!(stand.customers().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_made_at_the_same_moment_have_different_numbers() {
    let stand = Fixture::new().await;
    let answers = all_at_once((0..40).map(|business| {
        let body = changed(
            acme_as("TD68", &business.to_string()),
            "businessName",
            json!(format!("Business {business}")),
        );
        stand.post("/dealer-customers").json(&body)
    }))
    .await;
    assert_eq!(statuses(&answers), BTreeMap::from([(201, 40)]));
    let customers = stand.customers().await;
    let numbers: BTreeSet<_> = customers.iter().map(|customer| customer.number).collect();
    assert_eq!((customers.len(), numbers.len()), (40, 40));
}
