//! What reaches a function: which one, with which path, claims and body.

use super::*;

#[tokio::test]
async fn the_path_alone_picks_the_function_and_a_literal_segment_wins() {
    let routes = [
        authorized("/customers", "add"),
        authorized("/customers/{number}", "add"),
        authorized("/customers/{number}/erase", "fix"),
        authorized("/errors", "fix"),
        authorized("/errors.csv", "fix"),
        authorized("/errors/reprocess", "fix"),
        authorized("/errors/{id}", "fix"),
        authorized("/errors/{id}/reprocess", "fix"),
    ];
    let stand = Stand::new(&routes, [echo("add"), echo("fix")]).await;
    for (method, path, function, route, number) in [
        (Method::POST, "/customers", "add", "ANY /customers", json!(null)),
        (
            Method::GET,
            "/customers/000013962?dryRun=true",
            "add",
            "ANY /customers/{number}",
            json!("000013962"),
        ),
        (Method::DELETE, "/customers/7", "add", "ANY /customers/{number}", json!("7")),
        (Method::PUT, "/customers/7/erase", "fix", "ANY /customers/{number}/erase", json!("7")),
        (Method::GET, "/errors", "fix", "ANY /errors", json!(null)),
        (Method::GET, "/errors.csv", "fix", "ANY /errors.csv", json!(null)),
        (Method::POST, "/errors/reprocess", "fix", "ANY /errors/reprocess", json!(null)),
        (
            Method::POST,
            "/errors/reprocess/reprocess",
            "fix",
            "ANY /errors/{id}/reprocess",
            json!(null),
        ),
    ] {
        let told: Value = stand
            .request(method.clone(), path)
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        assert_eq!(told["function"], function, "{path}");
        assert_eq!(told["method"], method.as_str(), "{path}");
        assert_eq!(told["route"], route, "{path}");
        assert_eq!(told["number"], number, "{path}");
    }
}

#[tokio::test]
async fn paths_are_decoded_before_they_are_matched() {
    let stand = Stand::new(&[authorized("/customers/{number}", "add")], [echo("add")]).await;
    let told: Value = stand.get("/customers/a%20%C3%84%23+%25").await.json().await.expect("JSON");
    assert_eq!(told["path"], "/customers/a Ä#+%");
    assert_eq!(told["number"], "a Ä#+%");
    assert_eq!(stand.get("/customers/a%2Fb").await.status(), 404);
    assert_eq!(
        message(stand.get("/customers/%ff").await).await,
        (400, json!({ "message": "Bad Request" }))
    );
}

#[tokio::test]
async fn without_a_token_the_local_developer_calls_and_with_one_its_bearer() {
    let stand = Stand::new(&[authorized("/echo", "echo")], [echo("echo")]).await;
    let told: Value = stand.get("/echo").await.json().await.expect("JSON");
    assert_eq!(told["claims"], json!(claims::local_developer()));

    let token = claims::bearer(&json!({ "sub": "erp", "dealer_codes": ["TD68", "TD69"] }));
    let answer = stand
        .request(Method::GET, "/echo")
        .header("Authorization", token)
        .send()
        .await
        .expect("an answer");
    let told: Value = answer.json().await.expect("JSON");
    assert_eq!(told["claims"], json!({ "sub": "erp", "dealer_codes": "[TD68 TD69]" }));
}

#[tokio::test]
async fn an_open_route_does_not_look_at_the_token_and_passes_no_claims() {
    let stand = Stand::new(&[open("/console", "fix")], [echo("fix")]).await;
    for token in ["Bearer nonsense".to_owned(), claims::bearer(&json!({ "sub": "erp" }))] {
        let answer = stand
            .request(Method::GET, "/console")
            .header("Authorization", token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        let told: Value = answer.json().await.expect("JSON");
        assert_eq!(told["claims"], json!(null));
    }
    assert_eq!(stand.get("/console").await.status(), 200);
}

#[tokio::test]
async fn text_arrives_as_text_and_anything_else_as_bytes() {
    let stand = Stand::new(&[authorized("/echo", "echo")], [echo("echo")]).await;
    for (content_type, body, expected) in [
        ("application/json", &b"{}"[..], json!("{}")),
        ("application/octet-stream", &b"\x00\xff"[..], json!([0, 255])),
        ("application/json", &b"\xff"[..], json!([255])),
        ("application/json", &b""[..], json!(null)),
    ] {
        let request =
            stand.request(Method::POST, "/echo").header("content-type", content_type).body(body);
        let told: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert_eq!(told["body"], expected, "{content_type} {body:?}");
    }
}

#[test]
fn a_faulty_routing_table_is_refused_with_the_route_named() {
    let fault =
        |routes: &[Route]| Gateway::new(routes, &[echo("only")].into()).err().expect("a fault");
    assert!(fault(&[authorized("/a", "other")]).contains("/a names the function other"));
    assert!(
        fault(&[authorized("/a/{b}", "only"), authorized("/a/{c}", "only")])
            .starts_with("The route /a/{c} cannot be used")
    );
    assert!(fault(&[authorized("/a/{", "only")]).starts_with("The route /a/{ cannot be used"));
}
