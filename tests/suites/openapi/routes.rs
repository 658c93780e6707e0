//! The routes of the contract are those of the gateway and of the functions, with their methods and scopes.

use std::collections::{BTreeMap, BTreeSet};

use local::claims;
use local::gateway::Access;
use local::template;
use serde_json::{Value, json};

use crate::conformity::Conformity;
use crate::requests::{self, send};

const SCOPES: [&str; 4] = ["dealer", "customers", "steward", "privacy"];

/// A path of the document with values that nothing has.
fn filled(path: &str) -> String {
    [
        ("{dealerCode}", "TD68"),
        ("{dealerCustomerNumber}", "nobody"),
        ("{identifier}", "0123456789ABCDEF-000001-01234567"),
        ("{number}", "999999999"),
        ("{id}", "0123456789ABCDEF"),
        ("{file}", "console.css"),
    ]
    .into_iter()
    .fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

#[test]
fn the_paths_are_those_of_the_routing_table() {
    let conformity = Conformity::new();
    let mut documented = BTreeMap::new();
    for operation in conformity.contract.operations() {
        let open = operation.node["security"].as_array().is_some_and(Vec::is_empty);
        documented.insert(operation.path.to_owned(), open);
    }
    let routes: BTreeMap<_, _> = template::routes()
        .expect("routes")
        .iter()
        .map(|route| (route.path.to_owned(), route.access == Access::Anyone))
        .collect();
    assert_eq!(documented, routes);
}

#[test]
fn operation_ids_are_unique() {
    let conformity = Conformity::new();
    let operations = conformity.contract.operations();
    let ids: BTreeSet<_> = operations.iter().map(|operation| operation.id).collect();
    assert_eq!(ids.len(), operations.len());
}

#[tokio::test]
async fn every_other_method_is_answered_with_405_and_allow() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    let mut methods: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let operations = conformity.contract.operations();
    for operation in &operations {
        methods.entry(operation.path).or_default().insert(operation.method);
    }
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    let problem = conformity.validator(&schema);
    for (path, known) in methods {
        for method in ["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"] {
            let url = format!("{}{}", stand.url, filled(path));
            if known.contains(method) {
                continue;
            }
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let response =
                reqwest::Client::new().request(method.clone(), url).send().await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            let allow = response.headers()["allow"].to_str().unwrap().to_owned();
            assert_eq!(allow.split(", ").collect::<BTreeSet<_>>(), known, "{path}");
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
            let body: Value = response.json().await.unwrap();
            assert!(problem.is_valid(&body), "{body}");
            assert_eq!(body["type"], "/problems/method-not-allowed");
        }
    }
    stand.stop().await.unwrap();
}

#[tokio::test]
async fn every_operation_asks_for_the_scopes_that_it_names() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    for operation in conformity.contract.operations() {
        let roles = operation.node["security"].as_array().expect("security");
        let roles: BTreeSet<&str> =
            roles.iter().filter_map(|role| role["bearer"][0].as_str()).collect();
        assert!(roles.iter().all(|role| SCOPES.contains(role)), "{roles:?}");
        let target = filled(operation.path);
        let ask = async |authorization: String| {
            let headers = [("Authorization".to_owned(), authorization)];
            let line = (operation.method, target.as_str());
            send(&stand, &conformity, operation.id, line, &headers, None).await.status
        };
        if roles.is_empty() {
            assert_eq!(ask("Bearer nobody".into()).await, 200, "{target} is open");
            continue;
        }
        assert_eq!(ask("Bearer nobody".into()).await, 401, "{target}");
        for scope in SCOPES {
            let claims = json!({ "sub": "a", "scope": scope, "dealer_codes": "TD68" });
            let refused = ask(claims::bearer(&claims)).await == 403;
            assert_eq!(refused, !roles.contains(scope), "{} with {scope}", operation.id);
        }
    }
    stand.stop().await.unwrap();
}

#[test]
fn every_answer_that_can_be_told_again_says_that_it_may_be_a_replay() {
    let conformity = Conformity::new();
    let mut keyed = BTreeSet::new();
    for operation in conformity.contract.operations() {
        let parameters = conformity.contract.parameters(&operation).unwrap();
        let takes_a_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        // It is a POST for its body alone, and has no effect.
        let has_an_effect = operation.method == "POST" && operation.id != "tryRules";
        assert_eq!(takes_a_key, has_an_effect, "{}", operation.id);
        for (status, response) in operation.node["responses"].as_object().unwrap() {
            let response = conformity.contract.resolve(response).unwrap();
            let description = response["description"].as_str().unwrap();
            // An effect is told again: a success, or a failure that was queued. A dry run has none.
            let failed = response["content"]["application/json"]["schema"]["$ref"]
                .as_str()
                .is_some_and(|schema| status == "422" && schema.ends_with("/MessageRefusal"));
            let had_an_effect = (status.starts_with('2') || failed)
                && !description.starts_with("Only of a dry run");
            let documented = response["headers"].get("Idempotency-Replayed").is_some();
            let place = format!("{} {status}", operation.id);
            assert_eq!(documented, takes_a_key && had_an_effect, "{place}");
            if documented {
                keyed.insert(place);
            }
        }
    }
    assert!(keyed.contains("eraseCustomer 204"), "{keyed:?}");
}

#[tokio::test]
async fn the_document_is_served_as_it_is() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    let answer =
        send(&stand, &conformity, "getContract", ("GET", "/openapi.yaml"), &[], None).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, kit::contract::TEXT));
    assert_eq!(answer.header("content-type"), Some("application/yaml"));
    stand.stop().await.unwrap();
}

#[tokio::test]
async fn pages_that_the_caller_has_are_answered_as_documented() {
    let conformity = Conformity::new();
    let stand = requests::empty().await;
    let has_all = [("if-none-match".to_owned(), "*".to_owned())];
    for operation in ["getConsole", "getConsoleFile", "getContract"] {
        let path = filled(conformity.contract.operation(operation).unwrap().path);
        for (headers, status) in [(&has_all[..], 304), (&[], 200)] {
            let answer = send(&stand, &conformity, operation, ("GET", &path), headers, None).await;
            assert_eq!(answer.status, status, "{path}");
        }
    }
    stand.stop().await.unwrap();
}
