//! Customers to be merged, and the steward who does it.

use kit::asking::Answer;
use kit::fixture::{Fixture, changed, given};
use kit::message::{Form, Message, MessageAnswer, julie};
use serde_json::{Value, json};

/// Julie Robinson at another street.
pub(crate) fn at(street: &str) -> Message {
    julie().with("cst_duplicate", "S").with("cst_street_addr", street)
}

/// A customer that a message made, with its identifier.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) number: String,
    pub(crate) identifier: String,
}

pub(crate) async fn made(master: &Fixture, message: &Message) -> Made {
    let number = master.add(message).await.created().number();
    let read = read(master, &number).await;
    let identifier = read["customerOrganizationIdentifier"].as_str().expect("one").to_owned();
    Made { number, identifier }
}

/// Two customers, the winner first.
pub(crate) async fn two(master: &Fixture) -> (Made, Made) {
    (made(master, &at("100 Example Street")).await, made(master, &at("7 Mill Road")).await)
}

pub(crate) async fn read(master: &Fixture, number: &str) -> Value {
    master.get(&format!("/customers/{number}")).send().await.is(200)
}

pub(crate) async fn version(master: &Fixture, number: &str) -> u64 {
    read(master, number).await["version"].as_u64().expect("a version")
}

/// What is stored under the number, without its version and times.
pub(crate) async fn attributes(master: &Fixture, number: &str) -> Value {
    read(master, number).await["CustSoldTo"].clone()
}

/// Merges with these further properties, whatever the versions are.
pub(crate) async fn merge_with(
    master: &Fixture,
    (winner, loser): (&str, &str),
    further: &Value,
) -> Answer {
    let mut body = json!({ "loser": loser, "loserVersion": version(master, loser).await });
    for (name, value) in further.as_object().expect("properties") {
        body = changed(body, name, value.clone());
    }
    let seen = format!("\"{}\"", version(master, winner).await);
    let path = format!("/customers/{winner}/merge");
    master.post(&path).if_match(&seen).json(&body).send().await
}

pub(crate) async fn merge(master: &Fixture, winner: &Made, loser: &Made) -> Value {
    merge_with(master, (&winner.number, &loser.number), &json!({})).await.is(200)
}

pub(crate) async fn unmerge_with(
    master: &Fixture,
    (winner, loser): (&str, &str),
    keep: &Value,
) -> Answer {
    let body = json!({ "loser": loser, "keep": keep });
    let path = format!("/customers/{winner}/unmerge");
    master.post(&path).if_match("*").json(&body).send().await
}

pub(crate) async fn unmerge(master: &Fixture, winner: &Made, loser: &Made) -> Value {
    unmerge_with(master, (&winner.number, &loser.number), &json!({})).await.is(200)
}

/// Associates the customer with a dealer, under this number.
pub(crate) async fn associated(master: &Fixture, of: &Made, number: &str) -> Value {
    master.associate(&given("TD68", number, &of.identifier)).await.is(201)
}

/// The DCNs of a customer organization, in their order.
pub(crate) async fn dcns(master: &Fixture, identifier: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = format!("/customer-organizations/{identifier}");
    loop {
        let page = master.get(&path).send().await.is(200);
        for one in page["dealerCustomers"].as_array().expect("dealer customers") {
            found.push(one["dcn"].as_str().expect("a DCN").to_owned());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/customer-organizations/{identifier}?cursor={next}"),
            None => return found,
        }
    }
}

/// Sends a message with an idempotency key.
pub(crate) async fn keyed(master: &Fixture, message: &Message, key: &str) -> MessageAnswer {
    MessageAnswer::of(master.message(Form::Json, message).key(key).send().await)
}
