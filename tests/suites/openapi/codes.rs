//! Lists and texts of the contract that the code has as well: problem types, edits, attributes, states.

use std::collections::BTreeSet;

use api::problem::ProblemType;
use domain::message::edits::EditCode;
use domain::message::{Attribute, Attributes, DuplicateCheck};
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
    let uris: BTreeSet<_> =
        ProblemType::ALL.iter().map(|kind| format!("/problems/{}", kind.slug())).collect();
    let told_apart = told_apart(&conformity, &problem);
    assert_eq!(told_apart, uris);
    let described = problem["description"].as_str().unwrap();
    for kind in ProblemType::ALL {
        let row = format!("| `/problems/{}` | {} |", kind.slug(), kind.status().as_u16());
        assert!(described.contains(&row), "{row}");
    }
}

#[test]
fn what_a_refused_message_is_answered_with_is_told_apart_by_its_type() {
    let conformity = Conformity::new();
    let refusal = schema(&conformity, "MessageRefusal");
    let problems = told_apart(&conformity, &schema(&conformity, "Problem"));
    let mut expected = BTreeSet::from(["CWCustomerOut".to_owned()]);
    for operation in conformity.contract.operations() {
        for response in operation.node["responses"].as_object().unwrap().values() {
            let response = conformity.contract.resolve(response).unwrap();
            let json = &response["content"]["application/json"]["schema"]["$ref"];
            if json == "#/components/schemas/MessageRefusal" {
                let types = response["x-problem-types"].as_array().unwrap().iter();
                expected.extend(types.map(|slug| format!("/problems/{}", slug.as_str().unwrap())));
            }
        }
    }
    // A plain problem may be any of those that say all by their type; the mapping names those that are answered.
    let named: BTreeSet<_> =
        refusal["discriminator"]["mapping"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(named, expected);
    assert!(told_apart(&conformity, &refusal).is_superset(&named));
    assert!(named.iter().all(|kind| problems.contains(kind) || kind == "CWCustomerOut"));
}

/// The values by which the members of a union are told apart. Each is in one member alone, and the union's mapping leads to that one.
fn told_apart(conformity: &Conformity, union: &Value) -> BTreeSet<String> {
    let property =
        union["discriminator"]["propertyName"].as_str().expect("a union that is told apart");
    let mapping = union["discriminator"]["mapping"].as_object().expect("a mapping");
    let mut values = BTreeSet::new();
    for reference in union["oneOf"].as_array().expect("members") {
        let member = conformity.contract.resolve(reference).expect("a member");
        assert!(
            member["required"]
                .as_array()
                .expect("required properties")
                .iter()
                .any(|name| name == property)
        );
        let kind = conformity.contract.resolve(&member["properties"][property]).expect("its type");
        let several = kind["enum"].as_array().cloned().unwrap_or_default();
        if let Some(names) = kind["x-enum-varnames"].as_array() {
            let slug =
                |name: &Value| name.as_str().expect("a name").to_lowercase().replace('_', "-");
            let uris: Vec<_> =
                names.iter().map(|name| format!("/problems/{}", slug(name))).collect();
            assert_eq!(json!(uris), kind["enum"]);
        }
        let one = kind.get("const").cloned();
        for value in several.into_iter().chain(one) {
            let value = value.as_str().expect("a text").to_owned();
            if let Some(target) = mapping.get(&value) {
                assert_eq!(*target, reference["$ref"], "{value}");
            }
            assert!(values.insert(value.clone()), "{value} is in two members");
        }
    }
    assert!(mapping.keys().all(|value| values.contains(value)), "{mapping:?}");
    values
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
    let causes = &schema(&conformity, "ReprocessRequest")["properties"]["code"]["enum"];
    let causes: Vec<_> =
        causes.as_array().unwrap().iter().filter(|cause| !cause.is_null()).collect();
    assert_eq!(json!(causes), codes["enum"]);
    for code in EditCode::ALL {
        let row = format!("| `{}` | {} |", code.code(), code.reason());
        assert!(codes["description"].as_str().unwrap().contains(&row), "{row}");
    }
}

#[test]
fn the_attributes_are_those_of_the_messages_with_their_lengths() {
    let conformity = Conformity::new();
    let names: Vec<_> = Attribute::all().map(Attribute::name).collect();
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
fn what_an_add_does_with_duplicates_is_one_of_the_documented_letters() {
    let conformity = Conformity::new();
    let letters = &schema(&conformity, "CustSoldTo")["properties"]["cst_duplicate"]["enum"];
    let mut checks = Vec::new();
    for letter in letters.as_array().unwrap() {
        let letter = letter.as_str().unwrap();
        let mut attributes = Attributes::default();
        attributes.set(Attribute::DUPLICATE, letter);
        checks.push(DuplicateCheck::of(&attributes));
    }
    let expected =
        [DuplicateCheck::UpdateSingle, DuplicateCheck::UpdateBest, DuplicateCheck::Report];
    assert_eq!(checks, [&expected[..], &[DuplicateCheck::Unchecked]].concat());
}

#[test]
fn what_may_be_null_is_otherwise_what_it_is_elsewhere() {
    let conformity = Conformity::new();
    for (optional, certain) in [
        ("OptionalIdentifier", "CustomerOrganizationIdentifier"),
        ("OptionalCustomerNumber", "CustomerNumber"),
    ] {
        let (optional, certain) = (schema(&conformity, optional), schema(&conformity, certain));
        assert_eq!(optional["pattern"], certain["pattern"]);
        assert_eq!(optional["type"], json!(["string", "null"]));
    }
}

#[test]
fn no_text_is_cut_off_at_a_comma() {
    let conformity = Conformity::new();
    let mut cut = Vec::new();
    find_cut(conformity.contract.document(), "", &mut cut);
    assert!(cut.is_empty(), "{cut:?}");
}

/// In `{ description: one, two }` the rest of the text is a name without a value. Only examples have names without a value otherwise.
fn find_cut(node: &Value, place: &str, cut: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "value") {
                let place = format!("{place}/{name}");
                if member.is_null() {
                    cut.push(place);
                } else {
                    find_cut(member, &place, cut);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| find_cut(item, place, cut)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_states_and_what_happens_are_those_of_requests_in_error() {
    let conformity = Conformity::new();
    assert_eq!(schema(&conformity, "State")["enum"], json!(State::ALL.map(State::as_str)));
    let what = &schema(&conformity, "HistoryEntry")["properties"]["what"]["enum"];
    assert_eq!(*what, json!(What::ALL.map(What::as_str)));
}
