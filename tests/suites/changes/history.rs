//! A customer's history, and the customer as it was.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use store::client::Connection;
use store::item;

use crate::world::{World, person, text, with};

#[tokio::test]
async fn every_version_tells_who_did_what_with_before_and_after() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Boston" })).await;
    world.follow().await;
    let history = world.get(&format!("/customers/{number}/history")).await;
    let entries = history["history"].as_array().expect("entries");
    let told = |entry: &Value| (entry["version"].clone(), entry["what"].clone());
    assert_eq!(told(&entries[0]), (json!(2), json!("updated")));
    assert_eq!(
        entries[0]["changed"],
        json!([{ "attribute": "cst_city", "before": "Westborough", "after": "Boston" }])
    );
    assert_eq!(entries[0]["by"]["operation"], "add");
    assert!(entries[0]["by"]["requestId"].is_string() && entries[0]["by"]["caller"].is_string());
    assert_eq!(told(&entries[1]), (json!(1), json!("created")));
    let first: Vec<_> = entries[1]["changed"].as_array().expect("changes").iter().collect();
    assert!(first.iter().all(|changed| changed["before"].is_null()), "{first:?}");
    let is_name = |changed: &&&Value| changed["attribute"] == "cst_lname";
    assert_eq!(first.iter().find(is_name).expect("the name")["after"], "Robinson");
    assert_eq!((entries.len(), &history["next"]), (2, &Value::Null));
}

#[tokio::test]
async fn dealers_and_requests_in_error_stand_between_the_versions_and_pages_have_all_of_it() {
    let world = World::new().await;
    let failing = with(person("Julie", "Robinson"), &json!({ "cst_city": "" }));
    let failed = world.message(&failing).await.is(422);
    let request = text(&failed["request_in_error"]);
    let path = format!("/errors/{request}/reprocess");
    let city = json!({ "cst_city": "Westborough" });
    let answer = world.master.post(&path).if_match("*").json(&city).send().await.is(201);
    let number = text(&answer["CustSoldTo"]["cst_cust_nbr"]);
    let identifier = text(&answer["customerOrganizationIdentifier"]);
    for dealer_customer in ["A-1", "A-2"] {
        let associate = json!({
            "dealerCode": "TD68", "dealerCustomerNumber": dealer_customer, "customerOrganizationIdentifier": identifier
        });
        world.master.associate(&associate).await.is(201);
    }
    world.release("A-1").await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Boston" })).await;
    world.follow().await;

    let mut told = Vec::new();
    let mut path = format!("/customers/{number}/history?limit=2");
    loop {
        let page = world.get(&path).await;
        let entries = page["history"].as_array().expect("entries");
        assert!(entries.len() <= 2, "{page}");
        for entry in entries {
            let of = ["version", "dcn", "requestInError"].map(|of| entry[of].clone());
            let of = of.into_iter().find(|of| !of.is_null()).expect("what it is of");
            told.push((text(&entry["what"]), of));
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/customers/{number}/history?limit=2&cursor={next}"),
            None => break,
        }
    }
    let of = |what: &str, of: Value| (what.to_owned(), of);
    // The customer and the request that it came of were written at the same moment.
    told[4..].sort_by_key(|(what, _)| what.clone());
    assert_eq!(
        told,
        [
            of("updated", json!(2)),
            of("released", json!("TD68|A-1")),
            of("associated", json!("TD68|A-2")),
            of("associated", json!("TD68|A-1")),
            of("created", json!(1)),
            of("resolved", json!(request)),
        ]
    );
}

#[tokio::test]
async fn a_customer_is_shown_as_it_was_at_every_version_and_time() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let mut states = vec![world.get(&format!("/customers/{number}")).await];
    for city in ["Boston", "Concord", "Dover"] {
        world.add(&json!({ "cst_cust_nbr": number, "cst_city": city, "cst_fname": city })).await;
        states.push(world.get(&format!("/customers/{number}")).await);
    }
    world.follow().await;
    for (version, state) in (1..).zip(&states) {
        let shown = world.get(&format!("/customers/{number}?version={version}")).await;
        assert_eq!(&shown, state);
        let at = text(&state["updatedAt"]);
        let shown = world.get(&format!("/customers/{number}?at={at}")).await;
        // Two versions of one millisecond are told apart by nothing but their numbers.
        assert_eq!(shown["updatedAt"], state["updatedAt"]);
        assert!(shown["version"].as_u64() >= state["version"].as_u64());
    }
    for (query, status) in [
        ("version=5", 404),
        ("version=0", 400),
        ("version=x", 400),
        ("at=2020-01-01T00:00:00Z", 404),
        ("at=yesterday", 400),
        ("version=1&at=2020-01-01T00:00:00Z", 400),
    ] {
        let answer = world.master.get(&format!("/customers/{number}?{query}")).send().await;
        assert_eq!(answer.status, status, "{query}: {answer}");
    }
}

#[tokio::test]
async fn a_history_that_is_still_on_its_way_is_an_empty_one_and_of_nobody_there_is_none() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    let history = world.get(&format!("/customers/{number}/history")).await;
    assert_eq!(history, json!({ "history": [], "next": null }));
    let current = world.get(&format!("/customers/{number}?version=1")).await;
    assert_eq!(current["version"], 1);
    world.master.get("/customers/999999999/history").send().await.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_version_whose_history_is_not_kept_is_not_found_and_later_ones_are() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    for city in ["Boston", "Concord"] {
        world.add(&json!({ "cst_cust_nbr": number, "cst_city": city })).await;
    }
    world.follow().await;
    let client = Connection::to_emulator(&world.master.database).client();
    for entry in world.master.items("HISTORY#").await {
        let key = item::key_of(&entry);
        if key.sk.ends_with('1') {
            let delete = client.delete_item().table_name(&world.master.table);
            let delete = delete.key("pk", AttributeValue::S(key.pk));
            delete.key("sk", AttributeValue::S(key.sk)).send().await.expect("it is taken away");
        }
    }
    let second = world.get(&format!("/customers/{number}?version=2")).await;
    assert_eq!(second["CustSoldTo"]["cst_city"], "Boston");
    let first = world.master.get(&format!("/customers/{number}?version=1")).send().await;
    first.is_problem(404, "not-found");
}
