//! Whether an answer is one that the contract describes: status, problem type, headers, content type and body.
//!
//! Callers are told to ignore properties that they do not know. We are not: here an answer with an undocumented property, or header, is wrong.

use jsonschema::Validator;
use kit::contract::{Contract, Operation};
use local::yaml;
use serde_json::{Value, json};

use crate::requests::Answer;
use kit::xml;

/// Headers that HTTP, the server or the gateway sets, and those that every answer has for the browser's sake.
const OF_EVERY_ANSWER: [&str; 7] = [
    "apigw-requestid",
    "cache-control",
    "content-length",
    "content-type",
    "date",
    "referrer-policy",
    "x-content-type-options",
];

/// The contract, ready to be compared with.
pub(crate) struct Conformity {
    pub(crate) contract: Contract,
    strict: Value,
}

impl Conformity {
    pub(crate) fn new() -> Self {
        let contract = Contract::read().expect("the contract is YAML");
        let mut strict = contract.document()["components"].clone();
        close(&mut strict);
        Self { contract, strict }
    }

    /// A validator of a schema of the document, with its limits and formats, that allows no undocumented property.
    #[track_caller]
    pub(crate) fn validator(&self, schema: &Value) -> Validator {
        let mut schema = schema.clone();
        close(&mut schema);
        let root = json!({ "allOf": [schema], "components": self.strict });
        let options = jsonschema::draft202012::options().should_validate_formats(true);
        options.build(&root).expect("a schema of JSON Schema 2020-12")
    }

    /// What is wrong with an answer.
    pub(crate) fn faults(&self, operation: &str, answer: &Answer) -> Vec<String> {
        let operation = self.contract.operation(operation).expect("an operation");
        let response = &operation.node["responses"][answer.status.to_string()];
        if response.is_null() {
            return vec![format!("{} has no status {}", operation.id, answer.status)];
        }
        let response = self.contract.resolve(response).expect("a response");
        let mut faults = self.header_faults(response, answer);
        faults.extend(self.body_faults(&operation, response, answer));
        faults
    }

    fn header_faults(&self, response: &Value, answer: &Answer) -> Vec<String> {
        let mut faults = Vec::new();
        let documented = response["headers"].as_object();
        for (name, header) in documented.into_iter().flatten() {
            let header = self.contract.resolve(header).expect("a header");
            match answer.header(name) {
                None if header["required"] == true && !is_of_the_gateway(answer) => {
                    faults.push(format!("the header {name} is missing"));
                }
                None => {}
                Some(text) => {
                    let number = text.parse::<u64>().ok().map(Value::from);
                    let value = match &header["schema"]["type"] {
                        kind if kind == "integer" => number.unwrap_or_default(),
                        _ => Value::from(text),
                    };
                    let validator = self.validator(&header["schema"]);
                    let wrong = validator.iter_errors(&value);
                    faults.extend(wrong.map(|error| format!("{name}: {error}")));
                }
            }
        }
        for name in answer.headers.keys().map(|name| name.as_str()) {
            let mut known = documented.into_iter().flatten();
            if !known.any(|(known, _)| known.eq_ignore_ascii_case(name))
                && !OF_EVERY_ANSWER.contains(&name)
                && !OF_SHARED_RESPONSES.contains(&name)
            {
                faults.push(format!("the header {name} is not documented"));
            }
        }
        faults
    }

    fn body_faults(
        &self,
        operation: &Operation<'_>,
        response: &Value,
        answer: &Answer,
    ) -> Vec<String> {
        let content = response["content"].as_object();
        if answer.text.is_empty() {
            // A message's sender may want no body, whatever comes of the message.
            let may_be_empty = content.is_none() || response["x-may-be-empty"] == true;
            let mut faults = Vec::new();
            if !may_be_empty {
                faults.push(format!("the body of {} is missing", operation.id));
            }
            if let Some(kind) = answer.header("content-type") {
                faults.push(format!("nothing is said to be {kind}"));
            }
            return faults;
        }
        let content_type = answer.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default();
        let Some(schema) = content.and_then(|content| Some(&content.get(media_type)?["schema"]))
        else {
            return vec![format!("the content type {media_type} is not documented")];
        };
        let value = match media_type {
            "application/xml" => xml::read(&answer.text),
            "application/yaml" => yaml::read(&answer.text).expect("YAML"),
            kind if kind.ends_with("json") => answer.json(),
            _ => Value::from(answer.text.as_str()),
        };
        let validator = match media_type {
            "application/yaml" => jsonschema::validator_for(schema).expect("a schema"),
            _ => self.validator(schema),
        };
        let wrong = validator.iter_errors(&value);
        let mut faults: Vec<String> =
            wrong.map(|error| format!("{}: {error}", error.instance_path())).collect();
        if media_type == "application/problem+json" {
            let slug = value["type"].as_str().unwrap_or_default();
            let slug = slug.trim_start_matches("/problems/");
            let types = response["x-problem-types"].as_array();
            if !types.into_iter().flatten().any(|known| known == slug) {
                faults.push(format!("the problem {slug} is not documented here"));
            }
            if value["status"] != answer.status {
                faults.push(format!("the problem says {}", value["status"]));
            }
        }
        // Where one schema is that of both content types, each has its own part of it.
        let is_problem = value["type"].as_str().is_some_and(|kind| kind.starts_with("/problems/"));
        if is_problem != (media_type == "application/problem+json") {
            faults.push(format!("the content type of {} is {media_type}", value["type"]));
        }
        faults
    }
}

/// Headers that an answer has where it says the same of every operation.
const OF_SHARED_RESPONSES: [&str; 2] = ["x-request-id", "x-correlation-id"];

/// Whether the gateway refused by itself; it knows no headers of ours.
fn is_of_the_gateway(answer: &Answer) -> bool {
    answer.header("x-request-id").is_none() && answer.text.starts_with("{\"message\":")
}

/// Closes every object that has named properties and does not say what others may be. What a schema says further of its own properties, in
/// `oneOf` and its kin, is no object of its own.
fn close(schema: &mut Value) {
    const FURTHER: [&str; 6] = ["allOf", "anyOf", "oneOf", "if", "then", "else"];
    match schema {
        Value::Object(node) => {
            let has_properties = node.get("properties").is_some_and(Value::is_object);
            if has_properties && !node.contains_key("additionalProperties") {
                node.insert("additionalProperties".into(), Value::Bool(false));
            }
            for (name, part) in node {
                if !(has_properties && FURTHER.contains(&name.as_str())) {
                    close(part);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
