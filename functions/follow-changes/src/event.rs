//! The event of a batch of the stream, read record by record: one that cannot be read is that record's failure and no other's.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::BASE64;
use domain::time::Timestamp;
use operations::changes::Record;
use serde_json::{Map, Value};
use store::item::Item;
use store::keys::{Key, PARTITION_KEY, SORT_KEY};

/// How deep maps and lists may stand in each other: DynamoDB's own limit.
const MAX_DEPTH: usize = 32;

/// What of an event cannot be read. It names a part and never a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stream's event cannot be read: {}", self.0)
    }
}

impl Error for Unreadable {}

/// The records of an event, each with its sequence number.
pub(crate) type Batch = Vec<(String, Result<Record, Unreadable>)>;

pub(crate) fn batch(event: &Value) -> Result<Batch, Unreadable> {
    let records = event.get("Records").and_then(Value::as_array);
    let records = records.ok_or(Unreadable("it has no Records"))?;
    let numbered = |record: &Value| {
        let number = record.pointer("/dynamodb/SequenceNumber").and_then(Value::as_str);
        let number = number.ok_or(Unreadable("a record has no SequenceNumber"))?;
        Ok((number.to_owned(), read(record)))
    };
    records.iter().map(numbered).collect()
}

fn read(record: &Value) -> Result<Record, Unreadable> {
    let change = record.get("dynamodb").ok_or(Unreadable("a record has no dynamodb"))?;
    let keys = change.get("Keys").ok_or(Unreadable("a record has no Keys"))?;
    let key = |name| keys.pointer(name).and_then(Value::as_str).map(str::to_owned);
    let (Some(pk), Some(sk)) =
        (key(&format!("/{PARTITION_KEY}/S")), key(&format!("/{SORT_KEY}/S")))
    else {
        return Err(Unreadable("its Keys are not the table's"));
    };
    // Lambda writes seconds; what is finer than that does not matter.
    let at = change.get("ApproximateCreationDateTime").and_then(Value::as_f64).unwrap_or(0.0);
    Ok(Record {
        key: Key { pk, sk },
        before: image(change.get("OldImage"))?,
        after: image(change.get("NewImage"))?,
        at: Timestamp::default().plus_seconds(at.max(0.0) as u64),
    })
}

fn image(image: Option<&Value>) -> Result<Option<Item>, Unreadable> {
    match image {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(attributes)) => item(attributes).map(Some),
        Some(_) => Err(Unreadable("an image is no item")),
    }
}

/// An item as DynamoDB writes it in JSON: in the records of a stream, and in an export.
///
/// # Errors
/// What of it is no item.
pub fn item(attributes: &Map<String, Value>) -> Result<Item, Unreadable> {
    map(attributes, 0)
}

fn map(
    attributes: &Map<String, Value>,
    depth: usize,
) -> Result<HashMap<String, AttributeValue>, Unreadable> {
    attributes.iter().map(|(name, given)| Ok((name.clone(), value(given, depth + 1)?))).collect()
}

/// A value as DynamoDB writes it in JSON: an object with the name of its type.
fn value(given: &Value, depth: usize) -> Result<AttributeValue, Unreadable> {
    let unreadable = Unreadable("an attribute has no value");
    if depth > MAX_DEPTH {
        return Err(Unreadable("its attributes are too deep"));
    }
    let object = given.as_object().filter(|object| object.len() == 1);
    let (kind, given) = object.and_then(|object| object.iter().next()).ok_or(unreadable)?;
    let text = || given.as_str().map(str::to_owned).ok_or(unreadable);
    let list = || given.as_array().ok_or(unreadable);
    let texts = || {
        let text = |one: &Value| one.as_str().map(str::to_owned).ok_or(unreadable);
        list()?.iter().map(text).collect::<Result<Vec<_>, _>>()
    };
    let bytes = |text: &str| {
        BASE64.decode(text.as_bytes()).map(Blob::new).map_err(|_| Unreadable("no base64"))
    };
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text()?),
        "N" => AttributeValue::N(text()?),
        "B" => AttributeValue::B(bytes(&text()?)?),
        "BOOL" => AttributeValue::Bool(given.as_bool().ok_or(unreadable)?),
        "NULL" => AttributeValue::Null(true),
        "M" => AttributeValue::M(map(given.as_object().ok_or(unreadable)?, depth)?),
        "L" => AttributeValue::L(
            list()?.iter().map(|one| value(one, depth + 1)).collect::<Result<_, _>>()?,
        ),
        "SS" => AttributeValue::Ss(texts()?),
        "NS" => AttributeValue::Ns(texts()?),
        "BS" => {
            AttributeValue::Bs(texts()?.iter().map(|text| bytes(text)).collect::<Result<_, _>>()?)
        }
        _ => return Err(unreadable),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(number: &str, image: Value) -> Value {
        json!({
            "eventName": "INSERT",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_408_496.0,
                "Keys": { "pk": { "S": "BLOCK#A" }, "sk": { "S": "SEAT#000001" } },
                "NewImage": image,
                "SequenceNumber": number
            }
        })
    }

    #[test]
    fn every_type_of_value_is_read() {
        let image = json!({
            "s": { "S": "a" }, "n": { "N": "7" }, "b": { "B": "AQI=" }, "t": { "BOOL": true }, "0": { "NULL": true },
            "m": { "M": { "l": { "L": [{ "S": "b" }] } } }, "ss": { "SS": ["c"] }, "ns": { "NS": ["1"] }, "bs": { "BS": ["AQ=="] }
        });
        let batch = batch(&json!({ "Records": [record("1", image)] })).unwrap();
        let [(number, Ok(record))] = &batch[..] else { panic!("one record: {batch:?}") };
        assert_eq!((number.as_str(), record.at.seconds()), ("1", 1_795_408_496));
        let item = record.after.as_ref().expect("an image");
        let inner = HashMap::from([(
            "l".to_owned(),
            AttributeValue::L(vec![AttributeValue::S("b".to_owned())]),
        )]);
        assert_eq!(item["m"], AttributeValue::M(inner));
        assert_eq!(item["b"], AttributeValue::B(Blob::new([1, 2])));
        assert_eq!((item.len(), &record.before), (9, &None));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_told_by_its_number_and_by_no_value() {
        let mut deep = json!({ "S": "Robinson" });
        for _ in 0..40 {
            deep = json!({ "L": [deep] });
        }
        for bad in [
            json!({ "a": "Robinson" }),
            json!({ "a": { "X": "Robinson" } }),
            json!({ "a": { "S": 7 } }),
            json!({ "a": { "S": "Robinson", "N": "7" } }),
            json!({ "a": { "B": "Robinson!" } }),
            json!({ "a": deep }),
            json!("Robinson"),
        ] {
            let records = json!({ "Records": [record("1", json!({})), record("2", bad.clone())] });
            let batch = batch(&records).unwrap();
            assert!(batch[0].1.is_ok());
            let refused = batch[1].1.as_ref().expect_err("unreadable");
            assert_eq!(batch[1].0, "2", "{bad}");
            assert!(!refused.to_string().contains("Robinson"));
        }
        assert!(batch(&json!({})).is_err());
        assert!(batch(&json!({ "Records": [{ "dynamodb": {} }] })).is_err());
    }
}
