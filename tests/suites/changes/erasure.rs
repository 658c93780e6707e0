//! Erasing a person takes it out of history and look-up keys as well, and nothing that comes late brings it back.

use serde_json::{Value, json};

use crate::world::{World, person, with};

/// Values of the person, current and former.
const VALUES: [&str; 6] =
    ["Qanari", "Qanaria", "qanari@qanari.example", "former@qanari.example", "Qanal", "6175550142"];

fn qanari() -> Value {
    with(
        person("Qanari", "Qanaria"),
        &json!({
            "cst_street_addr": "1 Qanal Street", "cst_email": "former@qanari.example", "cst_day_phone": "6175550142"
        }),
    )
}

/// Look-ups by all that the person was known by.
const ASKED: [&str; 5] = [
    "name=qanaria",
    "name=qanaria&postalCode=01581",
    "email=former@qanari.example",
    "email=qanari@qanari.example",
    "phone=6175550142",
];

async fn nothing_is_left(world: &World, number: &str) {
    for prefix in ["HISTORY#", "FIND#", "CHANGES#"] {
        for item in world.master.items(prefix).await {
            let shown = format!("{item:?}");
            assert!(VALUES.iter().all(|value| !shown.contains(value)), "{shown}");
        }
    }
    for asked in ASKED {
        assert_eq!(world.found(asked).await, Vec::<String>::new(), "{asked}");
    }
    let history = world.get(&format!("/customers/{number}/history")).await;
    let entries = history["history"].as_array().expect("entries");
    assert_eq!(entries[0]["what"], "erased");
    assert_eq!(entries[0]["by"]["operation"], "erase");
    for entry in entries {
        for changed in entry["changed"].as_array().expect("changes") {
            assert!(changed["before"].is_null() && changed["after"].is_null(), "{entry}");
        }
    }
    let earlier = world.get(&format!("/customers/{number}?version=1")).await;
    assert_eq!(earlier["CustSoldTo"].get("cst_lname"), None);
}

async fn erase(world: &World, number: &str) {
    world.master.post(&format!("/customers/{number}/erase")).send().await.is_empty(204);
}

#[tokio::test]
async fn what_was_written_before_an_erasure_is_emptied_by_it() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_email": "qanari@qanari.example" })).await;
    world.follow().await;
    assert_eq!(world.found(ASKED[2]).await, std::slice::from_ref(&number));
    erase(&world, &number).await;
    world.follow().await;
    nothing_is_left(&world, &number).await;
    let types: Vec<_> =
        world.events.kept().iter().map(|event| event["detail-type"].clone()).collect();
    assert_eq!(types, ["customer.created", "customer.updated", "customer.erased"]);
}

#[tokio::test]
async fn what_is_still_in_the_stream_brings_nobody_back() {
    let world = World::new().await;
    let number = world.add(&qanari()).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_email": "qanari@qanari.example" })).await;
    erase(&world, &number).await;
    let (batches, _) = world.following.lock().await.read().await.expect("the stream is read");
    let mut records = batches.concat();
    assert_eq!(records.len(), 3);
    // The first comes last of all, as one that was put aside does.
    records.rotate_left(1);
    for record in records {
        world.following.lock().await.send(vec![record]).await;
    }
    world.follow().await;
    nothing_is_left(&world, &number).await;
}
