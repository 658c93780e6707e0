//! What is wrong with a request beside its body: method, path, parameters, headers.

use reqwest::Method;
use serde_json::json;

use crate::fixture::{Fixture, acme, identifier, unchanged};

#[tokio::test]
async fn a_path_that_names_no_possible_thing_is_as_one_that_is_not_there() {
    let stand = Fixture::new().await;
    for path in [
        "/dealer-customers/TD%2368",
        "/dealer-customers/TD%7C68/1",
        "/dealer-customers/TD68/a%7Cb",
        "/dealer-customers/TD68/%E2%80%AE1",
        "/dealer-customers/TD68/%2523",
        "/dealer-customers/%EF%BC%B4%EF%BC%A468/1",
        "/customer-organizations/BLOCK%230123456789ABCDEF",
        "/customer-organizations/%25",
    ] {
        stand.get(path).send().await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_parameter_that_a_route_does_not_know_or_cannot_read_is_a_fault() {
    let stand = Fixture::new().await;
    let organization = identifier(&stand.associate(&acme()).await.is(201));
    let before = stand.records().await;
    let known = "/dealer-customers/TD68/245TRSSDG343456";
    let organization = format!("/customer-organizations/{organization}");
    let unknown = ["/query/x unknown-parameter"];
    for (method, path, faults) in [
        (Method::GET, format!("{known}?x=1"), &unknown[..]),
        (Method::GET, "/dealer-customers/TD68?x=1".to_owned(), &unknown),
        (Method::GET, format!("{organization}?x=1"), &unknown),
        (Method::DELETE, format!("{known}/association?x=1"), &unknown),
        (Method::DELETE, format!("{known}/association?dryRun=1"), &["/query/dryRun invalid-flag"]),
        (Method::GET, format!("{known}?dryRun=true"), &["/query/dryRun unknown-parameter"]),
        (Method::GET, format!("{organization}?limit=5"), &["/query/limit unknown-parameter"]),
        (Method::GET, format!("{organization}?cursor=x"), &["/query/cursor invalid-cursor"]),
        (
            Method::GET,
            "/dealer-customers/TD68?limit=0&cursor=x&x=1&a%2Fb".to_owned(),
            &[
                "/query/a~1b unknown-parameter",
                "/query/cursor invalid-cursor",
                "/query/limit invalid-limit",
                "/query/x unknown-parameter",
            ],
        ),
        (Method::GET, "/dealer-customers/TD68?limit=%FF".to_owned(), &["/query/limit not-utf-8"]),
    ] {
        let answer = stand.request(method, &path).send().await;
        assert_eq!(answer.faults(), faults, "{path}");
    }
    let faulty = stand
        .post("/dealer-customers?dryRun=maybe&y=2")
        .json(&json!({ "dealerCode": "TD68" }))
        .key("two words");
    assert_eq!(
        faulty.send().await.faults(),
        [
            "/address/city city-blank",
            "/address/country country-blank",
            "/businessName name-blank",
            "/dealerCustomerNumber required",
            "/headers/Idempotency-Key invalid-idempotency-key",
            "/query/dryRun invalid-flag",
            "/query/y unknown-parameter"
        ]
    );
    unchanged(&before, &stand.records().await, &"");
}

#[tokio::test]
async fn every_answer_carries_its_id_and_the_callers_correlation_id_and_is_not_to_be_kept() {
    let stand = Fixture::new().await;
    let correlation = reqwest::header::HeaderName::from_static("x-correlation-id");
    let mut ids = Vec::new();
    for request in [
        stand.post("/dealer-customers").json(&acme()),
        stand.post("/dealer-customers").json(&acme()),
        stand.post("/dealer-customers").json(&json!([])),
        stand.get("/dealer-customers/TD68"),
        stand.get("/dealer-customers/TD68/nobody"),
        stand.delete("/dealer-customers/TD68/245TRSSDG343456/association"),
        stand.request(Method::PUT, "/dealer-customers"),
    ] {
        let answer = request.header(correlation.clone(), "order-7").send().await;
        assert_eq!(answer.header("x-correlation-id"), Some("order-7"), "{answer}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer}");
        ids.push(answer.header("x-request-id").expect("an id").to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);

    // What is no id, or would be a line of its own in a log, is not repeated.
    let long = "x".repeat(129);
    for bad in ["a b", "", long.as_str(), "\u{e9}"] {
        let request = stand.get("/dealer-customers/TD68");
        let answer = request.header(correlation.clone(), bad).send().await;
        answer.is(200);
        assert_eq!(answer.header("x-correlation-id"), None, "{bad:?}");
    }
}
