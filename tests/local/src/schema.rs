//! Creates the table as `template.yaml` does, in a database that is not deployed: keys, index, time to live.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TimeToLiveSpecification,
};
use store::keys;

/// Creates the table of this name if it is missing; says whether it was.
///
/// # Errors
///
/// A sentence when the database refuses.
pub async fn create_table(client: &Client, name: &str) -> Result<bool, String> {
    let names =
        [keys::PARTITION_KEY, keys::SORT_KEY, keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY];
    let attributes = names.map(|name| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
    });
    let index = GlobalSecondaryIndex::builder()
        .index_name(keys::INDEX)
        .key_schema(key(keys::INDEX_PARTITION_KEY, KeyType::Hash))
        .key_schema(key(keys::INDEX_SORT_KEY, KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .expect("an index has a name and keys");
    let created = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key(keys::PARTITION_KEY, KeyType::Hash))
        .key_schema(key(keys::SORT_KEY, KeyType::Range))
        .set_attribute_definitions(Some(
            attributes
                .map(|attribute| attribute.expect("an attribute has a name and a type"))
                .into(),
        ))
        .global_secondary_indexes(index)
        .send()
        .await;
    match created {
        Ok(_) => {}
        Err(error) if error.code() == Some("ResourceInUseException") => return Ok(false),
        Err(error) => return Err(refused(name, &error)),
    }
    let expiry =
        TimeToLiveSpecification::builder().attribute_name(keys::EXPIRES_AT).enabled(true).build();
    let expiry = expiry.expect("a time to live has an attribute");
    client
        .update_time_to_live()
        .table_name(name)
        .time_to_live_specification(expiry)
        .send()
        .await
        .map_err(|error| refused(name, &error))?;
    Ok(true)
}

/// Why there is no table, as far as whoever started the program can mend it.
fn refused<E>(name: &str, error: &SdkError<E>) -> String
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    if matches!(error, SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)) {
        "Nothing answers there: is it running, and is the address right?".to_owned()
    } else if error.code().is_some() {
        let message = error.message().unwrap_or("it does not say why");
        format!("It does not make the table {name}: {message}.")
    } else {
        "What answers there is no DynamoDB.".to_owned()
    }
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .expect("a key has a name and a kind")
}
