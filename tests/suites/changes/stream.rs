//! The stream's batches: a poison record holds up nobody but its own item, is put aside whole, and is done when it is sent again after the cure.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::Identifier;
use serde_json::{Value, json};
use store::client::Connection;
use store::keys::Key;

use crate::world::{World, person, text};

/// Changes an attribute of a customer's item behind the master's back.
async fn set(world: &World, key: &Key, name: &str, value: Option<AttributeValue>) {
    let key = key.clone();
    let client = Connection::to_emulator(&world.master.database).client();
    let update = client
        .update_item()
        .table_name(&world.master.table)
        .key("pk", AttributeValue::S(key.pk))
        .key("sk", AttributeValue::S(key.sk))
        .expression_attribute_names("#name", name);
    let update = match value {
        Some(value) => update
            .update_expression("SET #name = :value")
            .expression_attribute_values(":value", value),
        None => update.update_expression("REMOVE #name"),
    };
    update.send().await.expect("the item is changed");
}

async fn told(world: &World, number: &str) -> Vec<String> {
    let history = world.get(&format!("/customers/{number}/history")).await;
    let entries = history["history"].as_array().expect("entries").iter();
    entries.map(|entry| entry["version"].to_string()).collect()
}

#[tokio::test]
async fn a_poison_record_is_put_aside_and_everything_else_goes_on() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    world.follow().await;
    let customer = world.get(&format!("/customers/{number}")).await;
    let identifier = Identifier::parse(&text(&customer["customerOrganizationIdentifier"]));
    let key = store::keys::customer(&identifier.expect("an identifier"));
    // A record whose image nobody can read, between two that are well.
    set(&world, &key, "alternate_name", Some(AttributeValue::Bool(true))).await;
    set(&world, &key, "alternate_name", None).await;
    let other = world.add(&person("Bob", "Dryer")).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_city": "Boston" })).await;
    let put_aside = {
        let mut following = world.following.lock().await;
        following.drain().await.expect("the stream is read");
        following.failed.clone()
    };
    // The one that breaks it, and the one that mends it, for it has the broken one before it.
    assert_eq!(put_aside.len(), 2, "{put_aside:?}");
    assert!(put_aside.iter().all(|record| record["dynamodb"]["NewImage"].is_object()));
    assert_eq!(told(&world, &other).await, ["1"]);
    assert_eq!(told(&world, &number).await, ["2", "1"]);
    assert_eq!(world.found("name=dryer").await, [other]);
}

#[tokio::test]
async fn a_change_that_was_put_aside_is_done_when_it_is_sent_again() {
    let world = World::new().await;
    let number = world.add(&person("Julie", "Robinson")).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_lname": "Underwood" })).await;
    world.add(&json!({ "cst_cust_nbr": number, "cst_lname": "Winter" })).await;
    {
        let mut following = world.following.lock().await;
        let (batches, _) = following.read().await.expect("the stream is read");
        let mut records = batches.concat();
        // What the first failure was, nobody knows any more; the record is whole.
        let second = records.remove(1);
        for record in records {
            following.send(vec![record]).await;
        }
        following.failed.push(second);
    }
    assert_eq!(told(&world, &number).await, ["3", "1"]);
    world.following.lock().await.send_again().await;
    assert_eq!(told(&world, &number).await, ["3", "2", "1"]);
    let found = world.found_whole("name=underwood").await;
    assert_eq!(found.iter().map(|one| &one["formerly"]).collect::<Vec<_>>(), [&Value::from(true)]);
    assert_eq!(world.found("name=winter").await, [number]);
    let ids: Vec<String> = world.events.kept().iter().map(|event| text(&event["id"])).collect();
    assert_eq!(ids.len(), 3, "{ids:?}");
}
