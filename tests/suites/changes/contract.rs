//! The contract of the events, `asyncapi.yaml`: its types are the code's, its examples are as it says, and so is every event that is told.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use domain::change::ChangeType;
use jsonschema::Validator;
use kit::contract::Contract;
use kit::stream_events;
use local::event_lines::EventLines;
use local::stand::Storage;
use local::yaml;
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};

fn contract() -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../functions/follow-changes/asyncapi.yaml");
    let text = fs::read_to_string(file).expect("asyncapi.yaml can be read");
    let mut contract = yaml::read(&text).expect("asyncapi.yaml is YAML");
    merge(&mut contract);
    contract
}

/// Takes YAML's merge keys for what they mean.
fn merge(node: &mut Value) {
    match node {
        Value::Object(members) => {
            if let Some(Value::Object(merged)) = members.remove("<<") {
                for (name, value) in merged {
                    members.entry(name).or_insert(value);
                }
            }
            members.values_mut().for_each(merge);
        }
        Value::Array(items) => items.iter_mut().for_each(merge),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn validator(contract: &Value, schema: &Value) -> Validator {
    let mut whole = json!({ "components": contract["components"] });
    for (name, value) in schema.as_object().expect("a schema") {
        whole[name] = value.clone();
    }
    jsonschema::draft7::options().should_validate_formats(true).build(&whole).expect("a schema")
}

/// The validator of the events of this type.
fn of_type(contract: &Value, kind: &str) -> Validator {
    validator(contract, &contract["components"]["messages"][kind]["payload"])
}

#[test]
fn the_types_are_those_of_the_code_and_those_that_can_be_pulled() {
    let contract = contract();
    assert_eq!(contract["asyncapi"], "3.0.0");
    let types: Vec<&str> = ChangeType::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(contract["components"]["schemas"]["ChangeType"]["enum"], json!(types));
    let named = |node: &Value| -> BTreeSet<String> {
        node.as_object().expect("names").keys().cloned().collect()
    };
    let types: BTreeSet<String> = types.into_iter().map(str::to_owned).collect();
    assert_eq!(named(&contract["components"]["messages"]), types);
    assert_eq!(named(&contract["channels"]["changes"]["messages"]), types);
    for (kind, message) in
        contract["channels"]["changes"]["messages"].as_object().expect("messages")
    {
        assert_eq!(message["$ref"], format!("#/components/messages/{kind}"));
    }
    let openapi = Contract::read().expect("the contract");
    let openapi = openapi.document();
    let schemas = (&contract["components"]["schemas"], &openapi["components"]["schemas"]);
    assert_eq!(schemas.0["ChangeType"]["enum"], schemas.1["ChangeType"]["enum"]);
    assert_eq!(
        named(&schemas.0["Change"]["properties"]),
        named(&schemas.1["Change"]["properties"])
    );
    assert_eq!(schemas.0["Change"]["required"], schemas.1["Change"]["required"]);
}

#[test]
fn every_example_is_as_its_schema_says_and_no_other_types() {
    let contract = contract();
    for (kind, message) in contract["components"]["messages"].as_object().expect("messages") {
        let validator = of_type(&contract, kind);
        let examples = message["examples"].as_array().expect("examples");
        assert!(!examples.is_empty(), "{kind}");
        for example in examples {
            let event = &example["payload"];
            let faults: Vec<String> =
                validator.iter_errors(event).map(|error| error.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new(), "{event}");
            assert_eq!(
                (&event["detail-type"], &event["detail"]["type"]),
                (&json!(kind), &json!(kind))
            );
            let mut wrong = event.clone();
            wrong["detail"]["changed"] = json!(["Robinson"]);
            assert!(!validator.is_valid(&wrong), "a value is no name");
        }
    }
}

#[tokio::test]
async fn every_event_that_is_told_is_as_the_contract_says() {
    let contract = contract();
    let events = EventLines::default();
    let storage = Storage::embedded(None).await.expect("a database");
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    let master = Master::new(storage.table.clone(), controls, standardizer);
    let follower = Follower::new(master, events.clone());
    let story = stream_events::story().await.expect("a story");
    let (_, whole) = story.iter().find(|(name, _)| name == "whole-story").expect("it is told");
    // Over an empty table: of whom nothing is there, nothing is told but what happened.
    follow_changes::handle(&follower, whole).await.expect("a batch");
    let kept = events.kept();
    assert!(kept.len() >= 6, "{}", kept.len());
    for event in &kept {
        let kind = event["detail-type"].as_str().expect("a type");
        let faults: Vec<String> =
            of_type(&contract, kind).iter_errors(event).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{event}");
    }
}
