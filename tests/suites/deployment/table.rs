//! The table that is deployed is the table that the tests create: keys, index, projection, time to live.

use std::collections::BTreeSet;

use local::embedded::Embedded;
use local::schema;
use serde_json::{Value, json};
use store::client::Connection;
use store::keys;

use crate::template::{part, read};

/// Keys as CloudFormation writes them.
fn key_schema(partition: &str, sort: &str) -> Value {
    json!([
        { "AttributeName": partition, "KeyType": "HASH" },
        { "AttributeName": sort, "KeyType": "RANGE" }
    ])
}

#[test]
fn the_deployed_table_has_the_keys_the_index_and_the_time_to_live_of_the_store() {
    let template = read();
    let properties = part(&template, "/Resources/Table/Properties");
    assert_eq!(properties["KeySchema"], key_schema(keys::PARTITION_KEY, keys::SORT_KEY));
    assert_eq!(
        properties["GlobalSecondaryIndexes"],
        json!([{
            "IndexName": keys::INDEX,
            "KeySchema": key_schema(keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY),
            "Projection": { "ProjectionType": "KEYS_ONLY" }
        }])
    );
    let defined: BTreeSet<(&str, &str)> = properties["AttributeDefinitions"]
        .as_array()
        .expect("attributes are defined")
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().expect("a text");
            (text("AttributeName"), text("AttributeType"))
        })
        .collect();
    let keys =
        [keys::PARTITION_KEY, keys::SORT_KEY, keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY];
    assert_eq!(defined, keys.map(|name| (name, "S")).into());
    assert_eq!(
        properties["TimeToLiveSpecification"],
        json!({ "AttributeName": keys::EXPIRES_AT, "Enabled": true })
    );
    assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(
        properties["StreamSpecification"],
        json!({ "StreamViewType": "NEW_AND_OLD_IMAGES" })
    );
}

#[tokio::test]
async fn the_table_of_the_tests_is_the_deployed_one() {
    let template = read();
    let deployed = part(&template, "/Resources/Table/Properties");
    let embedded = Embedded::start(None).await.expect("a database starts");
    let client = Connection::to_emulator(embedded.url()).client();
    schema::create_table(&client, "customer-master").await.expect("a table");
    let described = client
        .describe_table()
        .table_name("customer-master")
        .send()
        .await
        .expect("the table is there")
        .table
        .expect("the table is described");
    let written = |schema: &[aws_sdk_dynamodb::types::KeySchemaElement]| -> Value {
        schema
            .iter()
            .map(|key| json!({ "AttributeName": key.attribute_name, "KeyType": key.key_type.as_str() }))
            .collect()
    };
    assert_eq!(deployed["KeySchema"], written(described.key_schema()));
    let [index] = described.global_secondary_indexes() else { panic!("the table has one index") };
    let projection = index.projection().and_then(|one| one.projection_type());
    assert_eq!(
        deployed["GlobalSecondaryIndexes"],
        json!([{
            "IndexName": index.index_name(),
            "KeySchema": written(index.key_schema()),
            "Projection": { "ProjectionType": projection.map(|one| one.as_str()) }
        }])
    );
    let expiring = client
        .describe_time_to_live()
        .table_name("customer-master")
        .send()
        .await
        .expect("the table is there")
        .time_to_live_description
        .expect("time to live is described");
    assert_eq!(
        deployed["TimeToLiveSpecification"]["AttributeName"].as_str(),
        expiring.attribute_name()
    );
}
