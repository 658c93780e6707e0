//! The event's JSON, held against what the real gateway sends, and against what `lambda_http` makes of it.

use lambda_http::{Body, RequestExt, http::HeaderValue, request::RequestContext};

use super::*;

/// A request that each test changes where it matters.
fn arrival<'a>(method: &'a Method, headers: &'a HeaderMap, body: &'a [u8]) -> Arrival<'a> {
    Arrival {
        method,
        path: "/customers",
        query: "",
        headers,
        body,
        route: "/customers",
        path_parameters: BTreeMap::new(),
        claims: None,
        request_id: "JKJaXmPLvHcESHA=",
        trace_id: "Root=1-5e6b67ad-2d4a5560cf6fb7a02780c3a0",
        source: IpAddr::from([127, 0, 0, 1]),
        port: 3000,
        at: UNIX_EPOCH + Duration::from_millis(1_583_348_638_390),
    }
}

fn headers<const N: usize>(pairs: [(&'static str, &'static str); N]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name, HeaderValue::from_str(value).expect("a header value"));
    }
    headers
}

fn event(arrival: &Arrival<'_>) -> Value {
    serde_json::from_str(&write(arrival)).expect("the event is JSON")
}

fn body_of(content_type: Option<&'static str>, body: &[u8]) -> (Value, Value) {
    let headers = match content_type {
        Some(content_type) => headers([("content-type", content_type)]),
        None => HeaderMap::new(),
    };
    let event = event(&arrival(&Method::POST, &headers, body));
    (event["body"].clone(), event["isBase64Encoded"].clone())
}

#[test]
fn an_event_has_every_part_of_payload_format_2() {
    let headers = headers([
        ("Host", "127.0.0.1:3000"),
        ("Accept", "application/json"),
        ("Accept", "text/html"),
        ("Cookie", "a=1; b=2"),
        ("Cookie", "c=3"),
        ("Connection", "keep-alive"),
        ("Content-Type", "application/json"),
        ("User-Agent", "erp/1.0"),
        ("X-Forwarded-For", "203.0.113.9"),
        ("X-Forwarded-Proto", "gopher"),
    ]);
    let claims = Claims::from([("sub".to_owned(), "erp".to_owned())]);
    let written = event(&Arrival {
        path: "/dealer-customers/TD68/Ä 1",
        query: "limit=5&code=a&code=b%2Cc&blank=&text=x+y",
        route: "/dealer-customers/{dealerCode}/{dealerCustomerNumber}",
        path_parameters: BTreeMap::from([("dealerCode", "TD68"), ("dealerCustomerNumber", "Ä 1")]),
        claims: Some(&claims),
        ..arrival(&Method::POST, &headers, b"{\"a\":1}")
    });
    assert_eq!(
        written,
        json!({
            "version": "2.0",
            "routeKey": "ANY /dealer-customers/{dealerCode}/{dealerCustomerNumber}",
            "rawPath": "/dealer-customers/TD68/Ä 1",
            "rawQueryString": "limit=5&code=a&code=b%2Cc&blank=&text=x+y",
            "cookies": ["a=1", "b=2", "c=3"],
            "headers": {
                "accept": "application/json,text/html",
                "content-type": "application/json",
                "host": "127.0.0.1:3000",
                "user-agent": "erp/1.0",
                "x-amzn-trace-id": "Root=1-5e6b67ad-2d4a5560cf6fb7a02780c3a0",
                "x-forwarded-for": "203.0.113.9, 127.0.0.1",
                "x-forwarded-port": "3000",
                "x-forwarded-proto": "http",
            },
            "queryStringParameters": { "limit": "5", "code": "a,b,c", "blank": "", "text": "x y" },
            "pathParameters": { "dealerCode": "TD68", "dealerCustomerNumber": "Ä 1" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "authorizer": { "jwt": { "claims": { "sub": "erp" }, "scopes": null } },
                "domainName": "localhost",
                "domainPrefix": "localhost",
                "http": {
                    "method": "POST",
                    "path": "/dealer-customers/TD68/Ä 1",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "erp/1.0",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "ANY /dealer-customers/{dealerCode}/{dealerCustomerNumber}",
                "stage": "$default",
                "time": "04/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_u64,
            },
            "body": "{\"a\":1}",
            "isBase64Encoded": false,
        })
    );
}

#[test]
fn what_a_request_lacks_the_event_lacks() {
    let written = event(&arrival(&Method::GET, &HeaderMap::new(), b""));
    for absent in ["cookies", "queryStringParameters", "pathParameters", "body"] {
        assert_eq!(written.get(absent), None, "{absent}");
    }
    assert_eq!(written["requestContext"].get("authorizer"), None);
    assert_eq!(written["isBase64Encoded"], json!(false));
    assert_eq!(written["rawQueryString"], json!(""));
}

#[test]
fn json_xml_script_and_text_bodies_are_text_in_utf8_only() {
    for text in [
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON;CHARSET=\"UTF-8\"",
        "application/xml",
        "application/javascript",
        "text/xml",
        "text/plain;charset=UTF-8",
    ] {
        assert_eq!(body_of(Some(text), b"{}"), (json!("{}"), json!(false)), "{text}");
    }
    for binary in [
        "application/octet-stream",
        "application/x-www-form-urlencoded",
        "application/merge-patch+json",
        "application/problem+json",
        "image/svg+xml",
        "text/plain; charset=iso-8859-1",
        "application/jsonx",
        "nonsense",
        "",
    ] {
        assert_eq!(body_of(Some(binary), b"{}"), (json!("e30="), json!(true)), "{binary}");
    }
    assert_eq!(body_of(None, b"{}"), (json!("e30="), json!(true)), "no content type");
}

#[test]
fn a_body_that_is_not_utf8_keeps_its_bytes_whatever_its_type() {
    assert_eq!(body_of(Some("application/json"), b"\xff\xfe"), (json!("//4="), json!(true)));
}

#[test]
fn lambda_http_reads_the_event_back_as_the_request_that_came() {
    let headers = headers([
        ("host", "localhost:3000"),
        ("content-type", "application/merge-patch+json"),
        ("cookie", "a=1; b=2"),
        ("x-name", "Ä"),
    ]);
    let written = write(&Arrival {
        path: "/customers/a b#c%2Fd",
        query: "code=a%2Cb&code=c",
        route: "/customers/{number}",
        path_parameters: BTreeMap::from([("number", "a b#c%2Fd")]),
        claims: Some(&claims::local_developer()),
        ..arrival(&Method::PATCH, &headers, b"{}")
    });
    let request = lambda_http::request::from_str(&written).expect("an event of format 2.0");
    assert_eq!(request.method(), Method::PATCH);
    assert_eq!(request.raw_http_path(), "/customers/a b#c%2Fd");
    assert_eq!(request.path_parameters().first("number"), Some("a b#c%2Fd"));
    assert_eq!(request.query_string_parameters().all("code"), Some(vec!["a,b", "c"]));
    assert_eq!(request.headers()["cookie"], "a=1; b=2");
    assert_eq!(request.headers()["x-name"].as_bytes(), "Ä".as_bytes());
    assert_eq!(*request.body(), Body::Binary(b"{}".to_vec()));
    match request.request_context() {
        RequestContext::ApiGatewayV2(context) => {
            let jwt = context.authorizer.and_then(|authorizer| authorizer.jwt).expect("claims");
            assert_eq!(jwt.claims["scope"], "dealer customers steward privacy");
            assert_eq!(context.request_id.as_deref(), Some("JKJaXmPLvHcESHA="));
        }
        other => panic!("not an event of an HTTP API: {other:?}"),
    }
}

#[test]
fn a_path_is_decoded_once_and_ends_at_a_decoded_question_mark() {
    assert_eq!(decode_path("/a%20b/%C3%84/c+d").as_deref(), Some("/a b/Ä/c+d"));
    assert_eq!(decode_path("/a%2Fb").as_deref(), Some("/a/b"));
    assert_eq!(decode_path("/a%252Fb").as_deref(), Some("/a%2Fb"));
    assert_eq!(decode_path("/a%3Fb/c").as_deref(), Some("/a"));
}

#[test]
fn a_path_whose_encoding_is_broken_is_none() {
    for broken in ["/%", "/%4", "/%zz", "/%4g/x", "/%ff", "/%C3"] {
        assert_eq!(decode_path(broken), None, "{broken}");
    }
}
