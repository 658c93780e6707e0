//! The routes of the template, of cargo-lambda and of the contract are those that the functions answer.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use kit::contract::Contract;
use local::gateway::Access;
use local::stand::{self, Stand};
use local::template;
use reqwest::Method;
use serde_json::Value;

use crate::template::{part, read, root, text};

/// A method, a path, and the name of the function's package.
type Route = (String, String, String);

/// The functions: logical name in the template, name of the package.
const FUNCTIONS: [(&str, &str); 5] = [
    ("AssociateDealer", "associate-dealer"),
    ("AddCustomer", "add-customer"),
    ("FixError", "fix-error"),
    ("FindCustomer", "find-customer"),
    ("MergeCustomers", "merge-customers"),
];

/// The functions that have no route.
const WITHOUT_ROUTES: [(&str, &str); 2] =
    [("FollowChanges", "follow-changes"), ("AuditCustomers", "audit-customers")];

/// The routes of the template, with the scopes of each; none where anyone may call.
fn deployed() -> BTreeMap<Route, BTreeSet<String>> {
    let template = read();
    let mut routes = BTreeMap::new();
    for (logical, function) in FUNCTIONS {
        let events = part(&template, &format!("/Resources/{logical}/Properties/Events"));
        for (name, event) in events.as_object().expect("events have names") {
            if event["Type"] != "HttpApi" {
                continue;
            }
            let properties = &event["Properties"];
            let route = (
                text(properties, "/Method").to_owned(),
                text(properties, "/Path").to_owned(),
                function.to_owned(),
            );
            let auth = &properties["Auth"];
            let scopes: BTreeSet<String> = match auth["Authorizer"].as_str() {
                Some("NONE") => BTreeSet::new(),
                _ => auth["AuthorizationScopes"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{name} has scopes or Authorizer NONE"))
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            };
            assert_eq!(properties["PayloadFormatVersion"], "2.0", "{name}");
            assert!(routes.insert(route.clone(), scopes).is_none(), "{route:?} is there twice");
        }
    }
    routes
}

/// A path with something in place of its names in braces.
fn filled(path: &str) -> String {
    path.replace("{file}", "main.js")
        .replace("{number}", "1")
        .replace("{identifier}", "0123456789ABCDEF-000001-01234567")
        .replace("{id}", "0123456789ABCDEF")
        .replace("{dealerCode}", "TD68")
        .replace("{dealerCustomerNumber}", "245TRSSDG343456")
}

/// The methods of every path, as the functions themselves tell them to whoever tries another: in `Allow`.
async fn answered() -> BTreeSet<Route> {
    let stand = Stand::for_a_test(local::controls::default()).await.expect("a stand");
    let http = reqwest::Client::new();
    let mut routes = BTreeSet::new();
    for route in template::routes().expect("routes") {
        let method = Method::from_bytes(b"PURGE").expect("a method");
        let url = format!("{}{}", stand.url, filled(&route.path));
        let answer = http.request(method, url).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 405, "{}", route.path);
        let allow = answer.headers().get("allow").expect("405 comes with Allow");
        for method in allow.to_str().expect("methods").split(',').map(str::trim) {
            let function = route.methods.get(method).unwrap_or(&route.function);
            routes.insert((method.to_owned(), route.path.clone(), function.clone()));
        }
    }
    routes
}

/// Shows two sets of routes as what only one of them has.
#[track_caller]
fn same(what: &str, one: &BTreeSet<Route>, other: &BTreeSet<Route>) {
    let missing: Vec<_> = other.difference(one).collect();
    let further: Vec<_> = one.difference(other).collect();
    assert!(
        missing.is_empty() && further.is_empty(),
        "{what}: missing {missing:?}, too many {further:?}"
    );
}

#[tokio::test]
async fn the_gateway_serves_the_paths_of_the_template_by_the_functions_that_there_are() {
    let stand = Stand::for_a_test(local::controls::default()).await.expect("a stand");
    let there: BTreeSet<&str> = stand::functions(&stand.master).into_keys().collect();
    assert_eq!(there, FUNCTIONS.map(|(_, package)| package).into());
    let served = template::routes().expect("routes").iter().flat_map(|route| {
        let open = route.access == Access::Anyone;
        let functions = route.methods.values().chain([&route.function]);
        functions.map(move |function| (route.path.as_str(), (function.as_str(), open)))
    });
    let served: BTreeSet<(&str, (&str, bool))> = served.collect();
    let deployed = deployed();
    let expected: BTreeSet<(&str, (&str, bool))> = deployed
        .iter()
        .map(|((_, path, function), scopes)| {
            (path.as_str(), (function.as_str(), scopes.is_empty()))
        })
        .collect();
    assert_eq!(served, expected);
}

#[tokio::test]
async fn the_template_has_the_routes_that_the_functions_answer() {
    let deployed: BTreeSet<Route> = deployed().into_keys().collect();
    same("template.yaml", &deployed, &answered().await);
}

#[test]
fn the_template_and_the_contract_have_the_same_routes_with_the_same_scopes() {
    let contract = Contract::read().expect("the contract is YAML");
    let documented: BTreeMap<(String, String), BTreeSet<String>> = contract
        .operations()
        .into_iter()
        .map(|operation| {
            let roles = operation.node["security"].as_array();
            let roles = roles.unwrap_or_else(|| panic!("{} has scopes or none", operation.id));
            let scopes =
                roles.iter().flat_map(|role| role["bearer"].as_array().into_iter().flatten());
            let scopes = scopes.filter_map(Value::as_str).map(str::to_owned);
            let route = (operation.method.to_owned(), operation.path.to_owned());
            (route, scopes.collect())
        })
        .collect();
    let deployed: BTreeMap<_, _> = deployed()
        .into_iter()
        .map(|((method, path, _), scopes)| ((method, path), scopes))
        .collect();
    assert_eq!(deployed, documented);
}

#[test]
fn cargo_lambda_sends_every_path_to_its_function() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's metadata");
    let lambda = part(&metadata, "/metadata/lambda");
    let router = part(lambda, "/watch/router").as_object().expect("a table");
    // Where functions share a path, each method goes to its own.
    let routed = router.iter().flat_map(|(path, to)| match to.as_array() {
        None => vec![(path.as_str(), "", to.as_str().expect("a function"))],
        Some(methods) => methods
            .iter()
            .map(|one| {
                let method = one["method"].as_str().expect("a method");
                (path.as_str(), method, one["function"].as_str().expect("a function"))
            })
            .collect(),
    });
    let routed: BTreeSet<(&str, &str, &str)> = routed.collect();
    let deployed = deployed();
    let shared = |path: &str| {
        let functions = deployed.keys().filter(|(_, known, _)| known == path);
        functions.map(|(_, _, function)| function).collect::<BTreeSet<_>>().len() > 1
    };
    let expected: BTreeSet<(&str, &str, &str)> = deployed
        .keys()
        .map(|(method, path, function)| {
            let method = if shared(path) { method.as_str() } else { "" };
            (path.as_str(), method, function.as_str())
        })
        .collect();
    assert_eq!(routed, expected);
    let binaries = FUNCTIONS.into_iter().chain(WITHOUT_ROUTES).map(|(_, package)| package);
    let binaries: Vec<&str> = binaries.collect();
    assert_eq!(part(lambda, "/build/bin"), &Value::from(binaries), "what cargo-lambda packages");
}

#[test]
fn each_function_is_deployed_from_the_package_that_cargo_lambda_builds() {
    let template = read();
    for (logical, binary) in FUNCTIONS.into_iter().chain(WITHOUT_ROUTES) {
        let code = format!("/Resources/{logical}/Properties/CodeUri");
        assert_eq!(text(&template, &code).trim_end_matches('/'), format!("target/lambda/{binary}"));
    }
    let globals = part(&template, "/Globals/Function");
    assert_eq!(globals["Runtime"], "provided.al2023");
    assert_eq!(globals["Architectures"], serde_json::json!(["arm64"]));
}
