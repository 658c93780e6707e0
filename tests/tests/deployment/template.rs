//! `template.yaml` as data: each tag in the long form that CloudFormation itself gives it, `!Ref x` as `{"Ref": "x"}`.

use std::path::PathBuf;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The template.
pub(crate) fn read() -> Value {
    let file = root().join("template.yaml");
    let text = std::fs::read_to_string(&file).expect("template.yaml can be read");
    let documents = Yaml::load_from_str(&text).expect("template.yaml is YAML");
    let [document] = documents.as_slice() else {
        panic!("template.yaml is one document")
    };
    value(document)
}

/// A part of the template, by its JSON pointer.
#[track_caller]
pub(crate) fn part<'a>(template: &'a Value, pointer: &str) -> &'a Value {
    template
        .pointer(pointer)
        .unwrap_or_else(|| panic!("template.yaml has {pointer}"))
}

/// The text at a JSON pointer.
#[track_caller]
pub(crate) fn text<'a>(template: &'a Value, pointer: &str) -> &'a str {
    part(template, pointer)
        .as_str()
        .unwrap_or_else(|| panic!("{pointer} is a text"))
}

fn value(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(boolean) => (*boolean).into(),
            Scalar::Integer(integer) => (*integer).into(),
            Scalar::FloatingPoint(float) => float.into_inner().into(),
            Scalar::String(text) => text.as_ref().into(),
        },
        Yaml::Sequence(sequence) => sequence.iter().map(value).collect(),
        Yaml::Mapping(mapping) => Value::Object(
            mapping
                .iter()
                .map(|(name, of)| {
                    let name = name.as_str().expect("names are texts");
                    (name.to_owned(), value(of))
                })
                .collect(),
        ),
        Yaml::Tagged(tag, of) => {
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            Value::Object(Map::from_iter([(name, value(of))]))
        }
        Yaml::Representation(text, ..) => text.as_ref().into(),
        Yaml::Alias(_) | Yaml::BadValue => panic!("template.yaml has a node that nobody can read"),
    }
}
