//! A bare twin: at each event it sends the database requests that a function was seen to send, with fixed inputs, and answers a fixed text.
//!
//! It decides nothing and checks nothing. `TWIN_REQUESTS` names a file with a JSON list of `{"action", "body"}`, as they went over the wire.
//! Where a request writes, each event gets partitions of its own, as new customers do, so that conditions hold again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde_json::Value;
use store::client::Connection;

type Attributes = HashMap<String, AttributeValue>;

/// One database request, ready to be sent.
enum Sent {
    Get {
        table: String,
        key: Attributes,
    },
    Query {
        table: String,
        condition: String,
        names: HashMap<String, String>,
        values: Attributes,
        partition: String,
    },
    Put {
        table: String,
        item: Attributes,
        condition: String,
        names: Option<HashMap<String, String>>,
        values: Option<Attributes>,
    },
    Update {
        table: String,
        key: Attributes,
        update: String,
        condition: String,
        names: HashMap<String, String>,
        values: Attributes,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = Connection::read(|name| std::env::var(name).ok())?.client();
    let text = std::fs::read_to_string(std::env::var("TWIN_REQUESTS")?)?;
    let requests: Vec<Value> = serde_json::from_str(&text)?;
    let requests: Vec<Sent> = requests.iter().map(parse).collect();
    let writes = requests
        .iter()
        .any(|request| matches!(request, Sent::Put { .. } | Sent::Update { .. }));
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let turns = AtomicU64::new(u64::try_from(since_epoch.as_micros())?);
    let (client, requests, turns) = (&client, &requests, &turns);
    run(service_fn(move |_: Request| async move {
        let turn = writes.then(|| turns.fetch_add(1, Ordering::Relaxed));
        for request in requests {
            let sent = send(client, request, turn).await;
            sent.map_err(|error| DisplayErrorContext(&*error).to_string())?;
        }
        Ok::<_, Error>(Response::new(Body::from("done")))
    }))
    .await
}

/// Puts the turn, which no other process has either, in place of the last sixteen characters.
fn partition(attributes: &mut Attributes, name: &str, turn: Option<u64>) {
    if let (Some(turn), Some(AttributeValue::S(text))) = (turn, attributes.get_mut(name)) {
        text.truncate(text.len().saturating_sub(16));
        text.push_str(&format!("{turn:016}"));
    }
}

async fn send(client: &Client, request: &Sent, turn: Option<u64>) -> Result<(), Error> {
    let total = ReturnConsumedCapacity::Total;
    let stood = ReturnValuesOnConditionCheckFailure::AllOld;
    match request {
        Sent::Get { table, key } => {
            let get = client
                .get_item()
                .table_name(table)
                .set_key(Some(key.clone()));
            get.consistent_read(true)
                .return_consumed_capacity(total)
                .send()
                .await?;
        }
        Sent::Query {
            table,
            condition,
            names,
            values,
            partition: name,
        } => {
            let mut values = values.clone();
            partition(&mut values, name, turn);
            client
                .query()
                .table_name(table)
                .consistent_read(true)
                .key_condition_expression(condition)
                .set_expression_attribute_names(Some(names.clone()))
                .set_expression_attribute_values(Some(values))
                .return_consumed_capacity(total)
                .send()
                .await?;
        }
        Sent::Put {
            table,
            item,
            condition,
            names,
            values,
        } => {
            let mut item = item.clone();
            partition(&mut item, "pk", turn);
            client
                .put_item()
                .table_name(table)
                .set_item(Some(item))
                .condition_expression(condition)
                .set_expression_attribute_names(names.clone())
                .set_expression_attribute_values(values.clone())
                .return_values_on_condition_check_failure(stood)
                .return_consumed_capacity(total)
                .send()
                .await?;
        }
        Sent::Update {
            table,
            key,
            update,
            condition,
            names,
            values,
        } => {
            let mut key = key.clone();
            partition(&mut key, "sk", turn);
            client
                .update_item()
                .table_name(table)
                .set_key(Some(key))
                .update_expression(update)
                .condition_expression(condition)
                .set_expression_attribute_names(Some(names.clone()))
                .set_expression_attribute_values(Some(values.clone()))
                .return_values(ReturnValue::AllOld)
                .return_values_on_condition_check_failure(stood)
                .return_consumed_capacity(total)
                .send()
                .await?;
        }
    }
    Ok(())
}

/// Reads a request as it went over the wire. The twin is run with recorded requests only, so anything else ends it.
fn parse(request: &Value) -> Sent {
    let body = &request["body"];
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let table = text("TableName");
    match request["action"].as_str() {
        Some("GetItem") => Sent::Get {
            table,
            key: attributes(&body["Key"]),
        },
        Some("Query") => {
            let condition = text("KeyConditionExpression");
            let partition = condition
                .split([' ', '='])
                .find(|word| word.starts_with(':'));
            Sent::Query {
                table,
                partition: partition.unwrap_or_default().to_owned(),
                condition,
                names: names(body),
                values: attributes(&body["ExpressionAttributeValues"]),
            }
        }
        Some("PutItem") => Sent::Put {
            table,
            item: attributes(&body["Item"]),
            condition: text("ConditionExpression"),
            names: Some(names(body)).filter(|names| !names.is_empty()),
            values: Some(attributes(&body["ExpressionAttributeValues"]))
                .filter(|values| !values.is_empty()),
        },
        Some("UpdateItem") => Sent::Update {
            table,
            key: attributes(&body["Key"]),
            update: text("UpdateExpression"),
            condition: text("ConditionExpression"),
            names: names(body),
            values: attributes(&body["ExpressionAttributeValues"]),
        },
        other => panic!("the twin does not send {other:?}"),
    }
}

fn names(body: &Value) -> HashMap<String, String> {
    let names = body["ExpressionAttributeNames"]
        .as_object()
        .into_iter()
        .flatten();
    names
        .filter_map(|(name, stands)| Some((name.clone(), stands.as_str()?.to_owned())))
        .collect()
}

fn attributes(of: &Value) -> Attributes {
    let all = of.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

fn attribute(of: &Value) -> AttributeValue {
    let (kind, value) = of
        .as_object()
        .and_then(|object| object.iter().next())
        .expect("an attribute has a kind");
    let text = || value.as_str().expect("a text").to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "BOOL" => AttributeValue::Bool(value.as_bool().expect("a boolean")),
        "NULL" => AttributeValue::Null(true),
        "M" => AttributeValue::M(attributes(value)),
        "L" => AttributeValue::L(
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(attribute)
                .collect(),
        ),
        other => panic!("the twin sends no {other}"),
    }
}
