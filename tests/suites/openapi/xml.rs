//! A message in XML as the JSON that the same schema describes, by the schema's XML names: attributes are strings, `Duplicate` and `Error` are lists.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

/// Reads a `CWCustomerOut`.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's enum, of which only some matter here"
)]
#[track_caller]
pub(crate) fn read(text: &str) -> Value {
    let mut reader = Reader::from_str(text);
    let (mut message, mut customer) = (Map::new(), Map::new());
    let mut warnings = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(tag) | Event::Empty(tag) => match tag.name().as_ref() {
                "Message" => message.extend(attributes(&tag)),
                "CustSoldTo" => customer.extend(attributes(&tag)),
                "Warning" => {}
                _ => {
                    let name = tag.name().as_ref().to_owned();
                    let list = customer.entry(name).or_insert_with(|| Value::Array(Vec::new()));
                    let list = list.as_array_mut().expect("an element is no attribute");
                    list.push(Value::Object(attributes(&tag)));
                }
            },
            Event::Text(text) => warnings.push(Value::from(&*text)),
            Event::Eof => break,
            _ => {}
        }
    }
    if message.get("dryRun").is_some_and(|flag| flag == "true") {
        message.insert("dryRun".into(), Value::Bool(true));
    }
    if !warnings.is_empty() {
        message.insert("warnings".into(), Value::Array(warnings));
    }
    message.insert("CustSoldTo".into(), Value::Object(customer));
    Value::Object(message)
}

fn attributes(tag: &BytesStart<'_>) -> Map<String, Value> {
    let all = tag.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute");
        let name = attribute.key.as_ref().to_owned();
        let value =
            attribute.normalized_value(XmlVersion::Explicit1_0).expect("a value").into_owned();
        (name, Value::from(value))
    });
    all.collect()
}
