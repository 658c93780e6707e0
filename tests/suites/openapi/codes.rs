//! Lists and texts of the contract that the code has as well: problem types, edits, attributes, states.

use std::collections::BTreeSet;

use api::problem::ProblemType;
use domain::message::Attribute;
use domain::message::edits::EditCode;
use domain::request::{State, What};
use serde_json::{Value, json};

use crate::conformity::Conformity;

fn schema(conformity: &Conformity, name: &str) -> Value {
    conformity.contract.document()["components"]["schemas"][name].clone()
}

#[test]
fn the_problem_types_are_those_of_the_registry() {
    let conformity = Conformity::new();
    let problem = schema(&conformity, "Problem");
    let types = &problem["properties"]["type"];
    let uris: Vec<_> =
        ProblemType::ALL.iter().map(|kind| format!("/problems/{}", kind.slug())).collect();
    assert_eq!(types["enum"], json!(uris));
    let statuses: BTreeSet<u16> =
        ProblemType::ALL.iter().map(|kind| kind.status().as_u16()).collect();
    assert_eq!(problem["properties"]["status"]["enum"], json!(statuses));
    let described = types["description"].as_str().unwrap();
    for kind in ProblemType::ALL {
        let row = format!("| `/problems/{}` | {} |", kind.slug(), kind.status().as_u16());
        assert!(described.contains(&row), "{row}");
    }
}

#[test]
fn every_problem_type_is_documented_where_it_has_its_status() {
    let conformity = Conformity::new();
    let mut documented = BTreeSet::from(["method-not-allowed".to_owned()]);
    for operation in conformity.contract.operations() {
        for (status, response) in operation.node["responses"].as_object().unwrap() {
            let response = conformity.contract.resolve(response).unwrap();
            for slug in response["x-problem-types"].as_array().into_iter().flatten() {
                let kind = ProblemType::ALL.iter().find(|kind| kind.slug() == slug);
                let kind = kind.unwrap_or_else(|| panic!("{slug} is no problem type"));
                assert_eq!(kind.status().as_str(), status, "{} {slug}", operation.id);
                documented.insert(kind.slug().to_owned());
            }
        }
    }
    let all: BTreeSet<_> = ProblemType::ALL.iter().map(|kind| kind.slug().to_owned()).collect();
    assert_eq!(documented, all);
}

#[test]
fn the_edits_are_those_of_the_rules_with_their_reason_texts() {
    let conformity = Conformity::new();
    let codes = schema(&conformity, "EditCode");
    assert_eq!(codes["enum"], json!(EditCode::ALL.map(EditCode::code)));
    for code in EditCode::ALL {
        let row = format!("| `{}` | {} |", code.code(), code.reason());
        assert!(codes["description"].as_str().unwrap().contains(&row), "{row}");
    }
}

#[test]
fn the_attributes_are_those_of_the_messages_with_their_lengths() {
    let conformity = Conformity::new();
    let names: Vec<_> = Attribute::all().map(Attribute::name).collect();
    assert_eq!(schema(&conformity, "AttributeName")["enum"], json!(names));
    let fields: Vec<_> = ["type"].into_iter().chain(names.iter().copied()).collect();
    assert_eq!(schema(&conformity, "FieldName")["enum"], json!(fields));
    let customer = schema(&conformity, "CustSoldTo");
    let properties = customer["properties"].as_object().unwrap();
    assert_eq!(properties.len(), names.len());
    for attribute in Attribute::all() {
        let value = conformity.contract.resolve(&properties[attribute.name()]).unwrap().clone();
        assert_eq!(value["maxLength"], attribute.max_characters(), "{attribute:?}");
        assert_eq!(value["xml"]["attribute"], true, "{attribute:?}");
    }
}

#[test]
fn the_states_and_what_happens_are_those_of_requests_in_error() {
    let conformity = Conformity::new();
    assert_eq!(schema(&conformity, "State")["enum"], json!(State::ALL.map(State::as_str)));
    let what = &schema(&conformity, "HistoryEntry")["properties"]["what"]["enum"];
    assert_eq!(*what, json!(What::ALL.map(What::as_str)));
}
