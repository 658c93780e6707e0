//! What happened once, as it happened: a cursor opened a customer to whoever had one, and a refusal cost more the more hung on the customer.

use serde_json::{Value, json};

use super::cursors::{forged, of_the_first_form};
use super::rights::{OWNER, RELEASED, STRANGER};
use super::world::{associate_many, cursor, organization, release_many};
use crate::door::{Door, Event};

/// How many dealer customers of others hang on a customer where that must not count.
const MANY: usize = 1_000;

fn dealer(codes: &Value) -> Value {
    json!({ "sub": "erp", "scope": "dealer", "dealer_codes": codes })
}

/// Holds that the organization is not there for this caller, with this query, in two steps at the most: the index is asked twice, and beside it the customer with whom it was merged.
#[track_caller]
fn is_not_there(answer: &crate::door::Answer, about: &str) {
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (404, "not-found"),
        "{about}: {answer:?}"
    );
    assert!(answer.steps() <= 2, "{about}: {answer:?}");
    assert!(answer.line["calls"].as_u64().expect("a count") <= 3, "{about}: {answer:?}");
}

/// Cursors of the organization's list, from those who have the right to it and from nobody.
async fn cursors(door: &Door, organization: &str) -> Vec<String> {
    let list = format!("customer-organizations/{organization}");
    let all = json!({ "sub": "oms", "scope": "customers", "dealer_codes": "*" });
    let genuine = cursor(door, &format!("/{list}"), &all).await;
    let mut cursors = forged(&genuine);
    cursors.push(genuine);
    cursors.extend(["", "TD00|0", "TD69|N00007"].map(|at| of_the_first_form(&list, at)));
    cursors
}

#[tokio::test]
async fn a_dealer_without_dealer_codes_sees_no_organization_with_any_cursor() {
    let door = Door::open().await;
    let organization = organization(&door).await;
    associate_many(&door, OWNER, &organization, 101).await;
    let target = format!("/customer-organizations/{organization}");
    let cursors = cursors(&door, &organization).await;
    for codes in [json!(null), json!(""), json!([])] {
        let claims = dealer(&codes);
        is_not_there(&door.send(&Event::new("GET", &target).by(&claims)).await, "without a cursor");
        for cursor in &cursors {
            let with = format!("{target}?cursor={cursor}");
            is_not_there(&door.send(&Event::new("GET", &with).by(&claims)).await, &with);
        }
    }
}

#[tokio::test]
async fn a_dealer_that_released_its_dealer_customers_sees_no_organization_with_a_cursor_from_before()
 {
    let door = Door::open().await;
    let organization = organization(&door).await;
    associate_many(&door, RELEASED, &organization, 101).await;
    let target = format!("/customer-organizations/{organization}");
    let claims = dealer(&json!(RELEASED));
    let before = cursor(&door, &target, &claims).await;
    let with = format!("{target}?cursor={before}");
    door.prepare(200, &Event::new("GET", &with).by(&claims)).await;
    release_many(&door, RELEASED, 101).await;
    is_not_there(&door.send(&Event::new("GET", &target).by(&claims)).await, "without a cursor");
    is_not_there(&door.send(&Event::new("GET", &with).by(&claims)).await, "with one from before");
}

#[tokio::test]
async fn a_refusal_costs_the_same_whatever_hangs_on_the_customer() {
    let door = Door::open().await;
    let organization = organization(&door).await;
    associate_many(&door, OWNER, &organization, MANY).await;
    let target = format!("/customer-organizations/{organization}");
    let cursors = cursors(&door, &organization).await;
    for codes in [json!(null), json!(STRANGER)] {
        let claims = dealer(&codes);
        is_not_there(&door.send(&Event::new("GET", &target).by(&claims)).await, "without a cursor");
        let with = format!("{target}?cursor={}", cursors[0]);
        is_not_there(&door.send(&Event::new("GET", &with).by(&claims)).await, &with);
    }
    // As many codes as are asked for at once cost as many calls, in no more steps.
    let codes: Vec<_> = (0..10).map(|at| format!("TA{at}")).collect();
    let answer = door.send(&Event::new("GET", &target).by(&dealer(&json!(codes)))).await;
    assert_eq!(answer.status, 404, "{answer:?}");
    assert!(answer.steps() <= 2, "{answer:?}");
}
