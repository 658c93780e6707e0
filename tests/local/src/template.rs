//! The routes of `template.yaml`, for the gateway: what is deployed is what answers here, and no second table can say otherwise.
//!
//! Only the functions and their `HttpApi` events are read. Methods count only where several functions share a path: every other goes to its function whatever the
//! method, so that the function itself says which methods the path has.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::gateway::{Access, Route};
use crate::yaml;

const TEXT: &str = include_str!("../../../template.yaml");

/// Where a function's package is, as `cargo lambda build` leaves it.
const PACKAGES: &str = "target/lambda/";

/// The routes, each to the function with the name of its package.
///
/// # Errors
///
/// A sentence that names what in the template is no route, or that two functions want one path.
pub fn routes() -> Result<&'static [Route], String> {
    static ROUTES: LazyLock<Result<Vec<Route>, String>> = LazyLock::new(|| {
        yaml::read(TEXT)
            .and_then(|template| routes_of(&template))
            .map_err(|sentence| format!("template.yaml cannot be used. {sentence}"))
    });
    ROUTES.as_deref().map_err(Clone::clone)
}

fn routes_of(template: &Value) -> Result<Vec<Route>, String> {
    let mut routes: BTreeMap<String, Route> = BTreeMap::new();
    for (name, resource) in template["Resources"].as_object().into_iter().flatten() {
        if resource["Type"] != "AWS::Serverless::Function" {
            continue;
        }
        let properties = &resource["Properties"];
        let package = properties["CodeUri"].as_str().and_then(|code| code.strip_prefix(PACKAGES));
        let function = package
            .ok_or_else(|| format!("{name} has no package in {PACKAGES}."))?
            .trim_end_matches('/');
        for (name, event) in properties["Events"].as_object().into_iter().flatten() {
            if event["Type"] != "HttpApi" {
                continue;
            }
            let path = event["Properties"]["Path"].as_str();
            let path = path.ok_or_else(|| format!("The event {name} has no path."))?;
            let access = match event["Properties"]["Auth"]["Authorizer"].as_str() {
                Some("NONE") => Access::Anyone,
                Some(_) | None => Access::Authorized,
            };
            let method = event["Properties"]["Method"].as_str();
            let method = method.ok_or_else(|| format!("The event {name} has no method."))?;
            let route = routes.entry(path.to_owned()).or_insert_with(|| Route {
                path: path.to_owned(),
                function: function.to_owned(),
                methods: BTreeMap::new(),
                access,
            });
            if route.access != access {
                return Err(format!("{path} asks who calls for one method only."));
            }
            if let Some(other) = route.methods.insert(method.to_owned(), function.to_owned())
                && other != function
            {
                return Err(format!("{method} {path} goes to {other} and to {function}."));
            }
        }
    }
    for route in routes.values_mut() {
        if route.methods.values().all(|function| *function == route.function) {
            route.methods.clear();
        }
    }
    Ok(routes.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn function(package: &str, events: &[(&str, Value)]) -> Value {
        let events: serde_json::Map<String, Value> = events
            .iter()
            .enumerate()
            .map(|(at, (path, auth))| {
                let properties = json!({ "Path": path, "Method": "GET", "Auth": auth });
                (format!("E{at}"), json!({ "Type": "HttpApi", "Properties": properties }))
            })
            .collect();
        json!({ "Type": "AWS::Serverless::Function", "Properties": { "CodeUri": package, "Events": events } })
    }

    #[test]
    fn a_route_is_the_path_of_an_event_with_its_function_and_whether_it_asks_who_calls() {
        let scopes = json!({ "AuthorizationScopes": ["dealer"] });
        let mut first = function("target/lambda/first/", &[("/a", scopes.clone()), ("/a", scopes)]);
        first["Properties"]["Events"]["Often"] = json!({ "Type": "Schedule" });
        let second = function("target/lambda/second", &[("/b", json!({ "Authorizer": "NONE" }))]);
        let table = json!({ "Type": "AWS::DynamoDB::Table" });
        let template = json!({ "Resources": { "A": first, "B": second, "T": table } });
        let route = |path: &str, function: &str, access| Route {
            path: path.to_owned(),
            function: function.to_owned(),
            methods: BTreeMap::new(),
            access,
        };
        assert_eq!(
            routes_of(&template),
            Ok(vec![
                route("/a", "first", Access::Authorized),
                route("/b", "second", Access::Anyone)
            ])
        );
    }

    #[test]
    fn functions_that_share_a_path_answer_a_method_each() {
        let get = function("target/lambda/first/", &[("/a", json!({}))]);
        let mut post = function("target/lambda/second/", &[("/a", json!({}))]);
        post["Properties"]["Events"]["E0"]["Properties"]["Method"] = json!("POST");
        let routes = routes_of(&json!({ "Resources": { "A": get, "B": post } })).expect("routes");
        let [route] = &routes[..] else { panic!("one path: {routes:?}") };
        let methods = [("GET", "first"), ("POST", "second")];
        let methods = methods.map(|(method, function)| (method.to_owned(), function.to_owned()));
        assert_eq!((route.function.as_str(), &route.methods), ("first", &methods.into()));
    }

    #[test]
    fn what_is_no_route_is_named() {
        let open = json!({ "Authorizer": "NONE" });
        let refusal = |resources: Value| {
            routes_of(&json!({ "Resources": resources })).expect_err("a refusal")
        };
        let nowhere = refusal(json!({ "A": function("elsewhere/", &[]) }));
        assert!(nowhere.starts_with("A has no package"), "{nowhere}");
        let mut pathless = function("target/lambda/a/", &[("/a", json!({}))]);
        pathless["Properties"]["Events"]["E0"]["Properties"] = json!({});
        assert_eq!(refusal(json!({ "A": pathless })), "The event E0 has no path.");
        let (one, other) = (("/a", json!({})), ("/a", open));
        let both = refusal(json!({
            "A": function("target/lambda/a/", std::slice::from_ref(&one)),
            "B": function("target/lambda/b/", std::slice::from_ref(&one)),
        }));
        assert!(both.starts_with("GET /a goes to a and to b"), "{both}");
        let half = refusal(json!({ "A": function("target/lambda/a/", &[one, other]) }));
        assert!(half.contains("asks who calls for one method only"), "{half}");
    }
}
