//! What the gateway refuses by itself, and what it says at its port.

use super::*;

#[tokio::test]
async fn an_unknown_path_is_the_gateways_own_404() {
    let stand = Stand::new(&[authorized("/customers/{number}", "add")], [echo("add")]).await;
    for path in [
        "/",
        "/customers",
        "/customers/",
        "/customers/1/",
        "/customers/1/2",
        "/Customers/1",
        "//customers/1",
    ] {
        assert_eq!(
            message(stand.get(path).await).await,
            (404, json!({ "message": "Not Found" })),
            "{path}"
        );
    }
}

#[tokio::test]
async fn any_other_token_is_401_before_the_function_is_called() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let stand = Stand::answering(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { answer_with("called", &[]) }
    })
    .await;
    for token in
        ["Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer dev.nonsense!", "Basic dXNlcjpwYXNz", ""]
    {
        let answer = stand
            .request(Method::GET, "/echo")
            .header("Authorization", token)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer", "{token:?}");
        assert_eq!(message(answer).await, (401, json!({ "message": "Unauthorized" })), "{token:?}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn where_a_token_is_required_only_open_routes_answer_without_one() {
    let routes = [authorized("/echo", "echo"), open("/open", "echo")];
    let gateway = Gateway::new(&routes, &[echo("echo")].into()).expect("a routing table");
    let stand = Stand::serving(gateway.without_token(WithoutToken::Refused)).await;
    assert_eq!(
        message(stand.get("/echo").await).await,
        (401, json!({ "message": "Unauthorized" }))
    );
    let with = stand.request(Method::GET, "/echo");
    let with = with.header("Authorization", "Bearer dev.e30").send().await;
    assert_eq!(with.expect("an answer").status(), 200);
    assert_eq!(stand.get("/open").await.status(), 200);
}

#[tokio::test]
async fn a_body_of_ten_megabytes_passes_and_a_byte_more_is_413() {
    let stand =
        Stand::answering(
            |request| async move { answer_with(request.body().len().to_string(), &[]) },
        )
        .await;
    let post = async |length: usize| {
        let request = stand.request(Method::POST, "/echo").header("content-type", "text/plain");
        request.body(vec![b'a'; length]).send().await.expect("an answer")
    };
    assert_eq!(post(LARGEST_BODY).await.text().await.expect("text"), "10485760");
    assert_eq!(
        message(post(LARGEST_BODY + 1).await).await,
        (413, json!({ "message": "Request Entity Too Large" }))
    );
}

#[tokio::test]
async fn a_request_line_with_headers_over_ten_kilobytes_is_431() {
    let stand = Stand::answering(|_| async { answer_with("done", &[]) }).await;
    let get = async |length: usize| {
        stand
            .request(Method::GET, "/echo")
            .header("x-long", "a".repeat(length))
            .send()
            .await
            .expect("an answer")
    };
    assert_eq!(get(9_000).await.status(), 200);
    assert_eq!(get(LARGEST_HEAD).await.status(), 431);
    assert_eq!(stand.get(&format!("/echo?{}", "a".repeat(60_000))).await.status(), 431);
}

#[tokio::test]
async fn a_request_for_another_host_is_403() {
    let stand = Stand::answering(|_| async { answer_with("done", &[]) }).await;
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:3000", 200),
        ("127.0.0.1:1", 200),
        ("attacker.example", 403),
        ("localhost.attacker.example", 403),
        ("localhost:3000@attacker.example", 403),
        ("localhost:99999", 403),
        ("localhost:+80", 403),
        ("localhost:", 403),
        ("", 403),
    ] {
        let answer = stand
            .request(Method::GET, "/echo")
            .header("host", host)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status, "{host:?}");
    }
    let without = raw(&stand, b"GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(without.starts_with("HTTP/1.1 403 "), "{without}");
    let twice = raw(
        &stand,
        b"GET /echo HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(twice.starts_with("HTTP/1.1 4"), "{twice}");
}

#[tokio::test]
async fn odd_requests_are_refused_and_none_takes_the_server_down() {
    let stand = Stand::answering(|_| async { answer_with("done", &[]) }).await;
    for (target, status) in [
        ("OPTIONS *", "404"),
        ("GET /echo/../echo", "404"),
        ("BREW /echo", "200"),
        ("GET /echo?a=%zz&%", "200"),
    ] {
        let answer = raw(&stand, format!("{target} HTTP/1.1\r\nHost: localhost\r\nX-Name: \u{e4}\r\nConnection: close\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {answer}");
    }
    let latin = raw(
        &stand,
        b"GET /echo HTTP/1.1\r\nHost: localhost\r\nX-Name: \xe4\r\nConnection: close\r\n\r\n",
    )
    .await;
    assert!(latin.starts_with("HTTP/1.1 200 "), "{latin}");
}

#[tokio::test]
async fn a_taken_port_is_said_with_what_to_do() {
    let first = listen(0).await.expect("a port");
    let port = first.local_addr().expect("an address").port();
    let sentence = listen(port).await.expect_err("the port is taken");
    assert!(
        sentence.starts_with(&format!("Port {port} is taken by another program.")),
        "{sentence}"
    );
    assert!(sentence.contains("cargo local --port "), "{sentence}");
}

#[tokio::test]
async fn the_port_is_open_on_the_loopback_address_only() {
    let listener = listen(0).await.expect("a port");
    assert!(listener.local_addr().expect("an address").ip().is_loopback());
}
