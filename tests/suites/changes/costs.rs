//! What it costs the table that something follows: a unit for the history, one for each look-up key that is new or given up, and four for the list of changes, whose head a batch shares.

use kit::fixture::Fixture;
use local::event_lines::EventLines;
use local::stand::Storage;
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};
use store::item;
use store::table::Table as _;
use store::writes::{Condition, Write, Written};

use crate::world::{World, person, text, with};

/// The write units of what follows from these records, over a table as it is now.
async fn units(world: &World, records: &[Value]) -> f64 {
    let storage = Storage::embedded(None).await.expect("a database");
    let everything: Vec<_> = world.master.everything().await.into_values().collect();
    for item in everything {
        let is_followed = item::key_of(&item).pk;
        if ["HISTORY#", "FIND#"].iter().any(|prefix| is_followed.starts_with(prefix)) {
            continue;
        }
        let written = storage.table.write(&Write::Put { item, on: Condition::Absent }).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    let master = Master::new(storage.table.clone(), controls, standardizer);
    let follower = Follower::new(master.counted(), EventLines::nowhere());
    let batch = as_records(records);
    let followed = follower.follow(&batch).await;
    assert!(followed.iter().all(Result::is_ok), "{followed:?}");
    follower.master().cost().write_units
}

/// The records as the operation takes them.
fn as_records(records: &[Value]) -> Vec<operations::changes::Record> {
    let event = json!({ "Records": records });
    follow_changes::records(&event).expect("a batch")
}

#[tokio::test]
async fn each_kind_of_change_costs_a_fixed_number_of_units() {
    if Fixture::that_counts().await.is_none() {
        return;
    }
    let world = World::new().await;
    let records = async || {
        let (batches, _) = world.following.lock().await.read().await.expect("the stream is read");
        batches.concat()
    };
    let julie = with(
        person("Julie", "Robinson"),
        &json!({ "cst_email": "julie@example.com", "cst_day_phone": "508-555-0100" }),
    );
    let number = world.add(&julie).await;
    let created = records().await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Boston" })).await;
    let moved = records().await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_email": "robinson@example.com" })).await;
    let mailed = records().await;
    let customer = world.get(&format!("/customers/{number}")).await;
    let associate = json!({
        "dealerCode": "TD68", "dealerCustomerNumber": "A-1",
        "customerOrganizationIdentifier": text(&customer["customerOrganizationIdentifier"])
    });
    world.master.associate(&associate).await.is(201);
    let associated = records().await;
    world.release("A-1").await;
    let released = records().await;
    let failing = with(person("Bob", "Dryer"), &json!({ "cst_city": "" }));
    world.message(&failing).await.is(422);
    let failed = records().await;
    let twin = world.add(&person("Julie", "Robinsen")).await;
    let apart = json!({ "other": twin });
    let apart = world.master.post(&format!("/customers/{number}/keep-apart")).json(&apart);
    apart.send().await.is_empty(204);
    let mut decided = records().await;
    decided.retain(|record| text(&record["dynamodb"]["Keys"]["pk"]["S"]).starts_with("PAIR#"));
    const HISTORY: f64 = 1.0;
    const LIST: f64 = 4.0;
    for (what, records, keys) in [
        // E-mail, phone, three beginnings of the name, and the name with the postal code; and ten that possible duplicates may have in common with it.
        ("created", &created, 6.0 + 10.0),
        // Three of those have the city.
        ("moved", &moved, 2.0 * 3.0),
        // One is gained, one given up.
        ("another e-mail", &mailed, 2.0),
        ("associated", &associated, 0.0),
        ("released", &released, 1.0),
    ] {
        assert_eq!(units(&world, records).await, HISTORY + LIST + keys, "{what}");
    }
    assert_eq!(units(&world, &failed).await, LIST, "a message that failed is in no history");
    assert_eq!(
        units(&world, &decided).await,
        LIST,
        "a pair is in no history, and leads to no other"
    );
}
