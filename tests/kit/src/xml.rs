//! XML for the tests: messages are written and answers read by hand and by quick-xml, apart from the code that is tested.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

/// A `CWCustomerIn` with these attributes, as an order-management system writes it.
pub fn message(message_type: Option<&str>, attributes: &[(String, String)]) -> String {
    let outer = message_type.map_or_else(String::new, |kind| attribute("type", kind));
    let inner: String = attributes.iter().map(|(name, value)| attribute(name, value)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Message{outer}>\n  <CustSoldTo{inner}/>\n</Message>\n"
    )
}

fn attribute(name: &str, value: &str) -> String {
    let escaped: String = value
        .chars()
        .map(|character| match character {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '"' => "&quot;".to_owned(),
            '\t' | '\n' | '\r' => format!("&#{};", u32::from(character)),
            _ => character.to_string(),
        })
        .collect();
    format!(" {name}=\"{escaped}\"")
}

/// A `CWCustomerOut` as the object that its JSON would be.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's enum, of which only some matter here"
)]
pub fn read(text: &str) -> Value {
    let mut reader = Reader::from_str(text);
    reader.config_mut().enable_all_checks(true);
    let mut message = Map::new();
    let mut customer = Map::new();
    let mut warning = None;
    loop {
        match reader.read_event().expect("the answer is XML") {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = attributes(&tag);
                match tag.name().0 {
                    "Message" => message = attributes,
                    "CustSoldTo" => customer = attributes,
                    "Warning" => warning = Some(String::new()),
                    name @ ("Duplicate" | "Error") => push(&mut customer, name, json!(attributes)),
                    name => panic!("<{name}> is none of ours: {text}"),
                }
            }
            Event::Text(part) => {
                if let Some(warning) = &mut warning {
                    warning.push_str(&part);
                }
            }
            Event::End(tag) if tag.name().0 == "Warning" => {
                let warning = warning.take().expect("it began");
                push(&mut message, "warnings", json!(warning));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if message.get("dryRun") == Some(&json!("true")) {
        message.insert("dryRun".to_owned(), json!(true));
    }
    message.insert("CustSoldTo".to_owned(), Value::Object(customer));
    Value::Object(message)
}

fn attributes(tag: &BytesStart<'_>) -> Map<String, Value> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.expect("an attribute");
            let value = attribute.normalized_value(XmlVersion::Explicit1_0);
            let value = value.expect("a value").into_owned();
            (attribute.key.0.to_owned(), Value::String(value))
        })
        .collect()
}

fn push(object: &mut Map<String, Value>, name: &str, value: Value) {
    let list = object.entry(name).or_insert_with(|| json!([]));
    list.as_array_mut().expect("a list").push(value);
}
