//! YAML as data: a document of the core schema becomes JSON, and a tag of CloudFormation's the long form that it stands for, `!Ref x` as
//! `{"Ref": "x"}`. Nothing of what the documents are about may be known here.

use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use serde_json::{Map, Value};

/// Reads one document.
///
/// # Errors
///
/// A sentence that says why the text is none.
pub fn read(text: &str) -> Result<Value, String> {
    let documents =
        Yaml::load_from_str(text).map_err(|error| format!("It is not YAML: {error}."))?;
    match documents.as_slice() {
        [document] => value(document),
        documents => Err(format!("There are {} documents and not one.", documents.len())),
    }
}

fn value(node: &Yaml<'_>) -> Result<Value, String> {
    match node {
        Yaml::Value(scalar) => Ok(match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(boolean) => (*boolean).into(),
            Scalar::Integer(integer) => (*integer).into(),
            Scalar::FloatingPoint(float) => float.into_inner().into(),
            Scalar::String(text) => text.as_ref().into(),
        }),
        Yaml::Sequence(sequence) => sequence.iter().map(value).collect(),
        Yaml::Mapping(mapping) => {
            let members = mapping.iter().map(|(name, of)| {
                let name = name.as_str().ok_or("A name is no text.")?;
                Ok((name.to_owned(), value(of)?))
            });
            Ok(Value::Object(members.collect::<Result<_, String>>()?))
        }
        Yaml::Tagged(tag, of) => {
            let name = match tag.suffix.as_str() {
                name @ ("Ref" | "Condition") => name.to_owned(),
                name => format!("Fn::{name}"),
            };
            Ok(Value::Object(Map::from_iter([(name, value(of)?)])))
        }
        Yaml::Representation(text, ..) => Ok(text.as_ref().into()),
        Yaml::Alias(_) | Yaml::BadValue => Err("There is a node that nobody can read.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_becomes_json_and_tags_their_long_form() {
        let text = "a: [1, 1.5, yes, true, null, '2', \"\\u00e9\"]\nb: !Ref T\nc: !GetAtt T.Arn\nd: |\n  two\n  lines\n";
        let expected = json!({
            "a": [1, 1.5, "yes", true, null, "2", "é"],
            "b": { "Ref": "T" },
            "c": { "Fn::GetAtt": "T.Arn" },
            "d": "two\nlines\n"
        });
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn what_is_not_one_document_is_refused_with_a_sentence() {
        for text in ["", "a: 1\n---\nb: 2\n", "a: [1", "1: a", "a: 1\na: 2"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
