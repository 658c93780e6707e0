//! Who may come in, by which method, and the console's files.

use std::path::PathBuf;

use reqwest::Method;
use serde_json::json;

use crate::fixture::{Fixture, without_city};

/// All routes that need a steward: method and path.
fn routes(id: &str) -> Vec<(Method, String)> {
    vec![
        (Method::GET, "/errors".to_owned()),
        (Method::GET, "/errors.csv".to_owned()),
        (Method::GET, format!("/errors/{id}")),
        (Method::PATCH, format!("/errors/{id}")),
        (Method::DELETE, format!("/errors/{id}")),
        (Method::POST, format!("/errors/{id}/reprocess")),
        (Method::POST, "/errors/reprocess".to_owned()),
        (Method::POST, "/customers/1/erase".to_owned()),
    ]
}

#[tokio::test]
async fn without_a_token_nobody_and_without_the_scope_only_stewards_come_in() {
    let master = Fixture::new().await;
    let id = master.refused(&without_city("Robinson")).await;
    let before = master.everything().await;
    let unknown = "0000000000000000".to_owned();
    for (method, path) in routes(&id).into_iter().chain(routes(&unknown)) {
        let ask = || master.request(method.clone(), &path);
        let nobody = ask().header(reqwest::header::AUTHORIZATION, "Bearer nonsense").send().await;
        assert_eq!(nobody.status, 401, "{nobody}");
        for scope in ["", "customers dealer", "stewards", "Steward"] {
            let claims = json!({ "sub": "x", "scope": scope, "dealer_codes": "*" });
            ask().by(&claims).send().await.is_problem(403, "forbidden");
        }
    }
    assert!(master.everything().await == before);
    let steward = json!({ "sub": "anna", "scope": "openid steward" });
    master.get("/errors").by(&steward).send().await.is(200);
    master.get("/customers/1").by(&steward).send().await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused_with_those_it_has() {
    let master = Fixture::new().await;
    for (path, allowed) in [
        ("/errors", "GET"),
        ("/errors.csv", "GET"),
        ("/errors/0000000000000000", "GET, PATCH, DELETE"),
        ("/errors/0000000000000000/reprocess", "POST"),
        ("/errors/reprocess", "POST"),
        ("/customers/1/erase", "POST"),
        ("/console", "GET"),
        ("/console/main.js", "GET"),
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if allowed.split(", ").any(|one| one == method.as_str()) {
                continue;
            }
            let answer = master.request(method, path).send().await;
            answer.is_problem(405, "method-not-allowed");
            assert_eq!(answer.header("allow"), Some(allowed), "{answer}");
        }
    }
}

#[tokio::test]
async fn the_console_is_served_to_anyone_with_a_strict_policy_and_the_right_types() {
    let master = Fixture::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../functions/fix-error/console");
    let mut files = 0;
    let foreign = ["index.js", "LICENSE.md"]
        .map(|name| PathBuf::from(folder).join("oauth4webapi").join(name));
    let own = std::fs::read_dir(folder).expect("the console's folder");
    let own = own.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
    for file in own.chain(foreign) {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let (path, content_type) = match name.rsplit_once('.') {
            Some(("index", "js")) => {
                ("/console/oauth4webapi.js".to_owned(), "text/javascript; charset=utf-8")
            }
            Some(("LICENSE", "md")) => {
                ("/console/oauth4webapi-license.txt".to_owned(), "text/plain; charset=utf-8")
            }
            Some(("index", "html")) => ("/console".to_owned(), "text/html; charset=utf-8"),
            Some((_, "css")) => (format!("/console/{name}"), "text/css; charset=utf-8"),
            Some((_, "js")) => (format!("/console/{name}"), "text/javascript; charset=utf-8"),
            _ => panic!("{name} is none of the console's kinds"),
        };
        let answer = master
            .get(&path)
            .header(reqwest::header::AUTHORIZATION, "Bearer nonsense")
            .send()
            .await;
        assert_eq!(answer.status, 200, "{answer}");
        assert!(answer.text == std::fs::read_to_string(&file).expect("text"), "{name}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
        let policy = answer.header("content-security-policy").expect("a policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.split("; ").any(|one| one == part), "{part}: {policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"),
            "{policy}"
        );
        files += 1;
    }
    assert!(files > 20, "{files}");
    let sign_in = master.get("/console/sign-in.json").send().await;
    assert_eq!((sign_in.status, &*sign_in.text), (200, r#"{"signIn":null}"#));
    assert_eq!(sign_in.header("content-type"), Some("application/json"));
    for unknown in
        ["/console/nothing.js", "/console/oauth4webapi", "/console/..%5Csrc", "/console/index.html"]
    {
        master.get(unknown).send().await.is_problem(404, "not-found");
    }
}
