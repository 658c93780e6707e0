//! Calls through real events of API Gateway (payload format 2.0): what they take from them and what they answer.

use domain::dealer::DealerCode;
use lambda_http::http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use store::meter::Cost;

use super::*;
use crate::caller::Scope;
use crate::media;

mod log_line;

/// An event as API Gateway makes it; `change` makes it the case in question.
fn event(change: impl FnOnce(&mut Value)) -> Call {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/dealer-customers",
        "rawQueryString": "",
        "headers": { "host": "api.example.com", "content-type": "application/json" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1",
            "stage": "$default",
            "requestId": "JKJaXmPLvHcESHA=",
            "http": { "method": "POST", "path": "/dealer-customers", "sourceIp": "192.0.2.1" },
            "authorizer": { "jwt": {
                "claims": { "sub": "erp", "scope": "dealer", "dealer_codes": "[TD68 TD69]" },
                "scopes": null
            } }
        },
        "body": "{}",
        "isBase64Encoded": false
    });
    change(&mut event);
    Call::open(crate::event::request(&event.to_string()))
}

fn with_headers(headers: &[(&str, &str)]) -> Call {
    event(|event| {
        for (name, value) in headers {
            event["headers"][name] = json!(value);
        }
    })
}

fn problem_of<T>(result: Result<T, Problem>) -> Option<ProblemType> {
    result.err().map(|problem| problem.kind())
}

#[test]
fn a_call_has_what_the_event_has() {
    let call = event(|event| {
        event["rawPath"] = json!("/live/dealer-customers/TD68/24%2E5");
        event["requestContext"]["stage"] = json!("live");
        event["rawQueryString"] = json!("dryRun=true");
        event["body"] = json!("eyJhIjoiw6kifQ==");
        event["isBase64Encoded"] = json!(true);
    });
    let segments = call.segments().expect("a path");
    match (call.method(), segments.as_slice()) {
        (&Method::POST, ["dealer-customers", code, number]) => {
            assert_eq!((*code, *number), ("TD68", "24.5"))
        }
        other => panic!("{other:?}"),
    }
    assert!(call.query(&mut Vec::new()).dry_run());
    assert_eq!(call.body(&[media::JSON]).expect("JSON"), r#"{"a":"é"}"#.as_bytes());
    assert_eq!(call.request_id(), "JKJaXmPLvHcESHA=");
    let caller = call.caller().expect("claims");
    assert!(caller.has(Scope::Dealer) && !caller.has(Scope::Steward));
    assert!(caller.acts_for(&DealerCode::parse("TD69").expect("a code")));
}

#[test]
fn a_path_that_cannot_be_decoded_is_one_that_no_route_knows() {
    for path in ["/customers/%ff", "/customers/", "//customers", "/customers/%zz"] {
        let call = event(|event| event["rawPath"] = json!(path));
        assert_eq!(problem_of(call.segments()), Some(ProblemType::NotFound), "{path}");
    }
}

#[test]
fn only_verified_claims_make_a_caller() {
    let claims = json!({ "sub": "erp", "scope": "dealer steward customers", "dealer_codes": "*" });
    let text = claims.to_string();
    type Change<'a> = &'a dyn Fn(&mut Value);
    let cases: &[(&str, Change<'_>)] = &[
        ("no authorizer", &|event| event["requestContext"]["authorizer"] = Value::Null),
        ("an empty authorizer", &|event| event["requestContext"]["authorizer"] = json!({})),
        ("no claims", &|event| {
            event["requestContext"]["authorizer"] = json!({ "jwt": { "claims": {} } })
        }),
        ("null claims", &|event| {
            event["requestContext"]["authorizer"] = json!({ "jwt": { "claims": null } })
        }),
        ("a Lambda authorizer", &|event| {
            event["requestContext"]["authorizer"] = json!({ "lambda": claims })
        }),
        ("scopes alone", &|event| {
            event["requestContext"]["authorizer"] =
                json!({ "jwt": { "claims": {}, "scopes": ["dealer"] } });
        }),
        ("a claim elsewhere", &|event| {
            event["requestContext"]["authorizer"] = Value::Null;
            event["authorizer"] = json!({ "jwt": { "claims": claims } });
            event["headers"]["authorization"] = json!("Bearer x");
            event["headers"]["x-claims"] = json!(text);
            event["body"] = json!(text);
        }),
    ];
    for (name, change) in cases {
        let call = event(|event| change(event));
        assert_eq!(problem_of(call.caller()), Some(ProblemType::Unauthenticated), "{name}");
    }
}

#[test]
fn a_body_is_read_in_the_content_types_of_the_route_and_no_others() {
    let cases: &[(&str, bool)] = &[
        ("application/json", true),
        ("APPLICATION/JSON; charset=UTF-8", true),
        ("text/xml", true),
        ("application/json; charset=iso-8859-1", false),
        ("application/merge-patch+json", false),
        ("application/xml", false),
        ("text/plain", false),
        ("application/json, application/json", false),
        ("json", false),
        ("", false),
    ];
    for (content_type, read) in cases {
        let call = with_headers(&[("content-type", content_type)]);
        let expected = (!read).then_some(ProblemType::UnsupportedMediaType);
        assert_eq!(
            problem_of(call.body(&[media::JSON, media::TEXT_XML])),
            expected,
            "{content_type}"
        );
    }
    let bare = event(|event| event["headers"] = json!({}));
    assert_eq!(bare.body(&[media::JSON]).expect("JSON is the default"), b"{}");
    assert_eq!(bare.media_type(), media::JSON);
    let gzip = with_headers(&[("content-encoding", "gzip")]);
    assert_eq!(problem_of(gzip.body(&[media::JSON])), Some(ProblemType::UnsupportedMediaType));
}

#[test]
fn a_body_of_128_kib_is_read_and_a_byte_more_is_too_large() {
    for (size, expected) in [(131_072, None), (131_073, Some(ProblemType::TooLarge))] {
        let call = event(|event| event["body"] = json!("x".repeat(size)));
        assert_eq!(problem_of(call.body(&[media::JSON])), expected);
    }
    let wide = event(|event| event["body"] = json!("é".repeat(65_537)));
    assert_eq!(problem_of(wide.body(&[media::JSON])), Some(ProblemType::TooLarge));
}

#[test]
fn an_absent_body_is_an_empty_one() {
    let call = event(|event| event["body"] = Value::Null);
    assert_eq!(call.body(&[media::JSON]).expect("a body"), b"");
}

#[test]
fn an_idempotency_key_is_read_and_a_repeated_or_bad_one_is_a_fault() {
    let read = |call: &Call| {
        let mut faults = Vec::new();
        let key = call.idempotency_key(&mut faults);
        let pointers = faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
        (key.map(|key| key.as_str().to_owned()), pointers)
    };
    assert_eq!(read(&with_headers(&[])), (None, vec![]));
    let quoted = with_headers(&[("idempotency-key", "\"0123456789abcdef\"")]);
    assert_eq!(read(&quoted), (Some("0123456789abcdef".to_owned()), vec![]));
    let refused = (None, vec!["/headers/Idempotency-Key".to_owned()]);
    for bad in ["", "two words", "0123456789abcdef, 0123456789abcdef", "0123456789abcdeé"] {
        assert_eq!(read(&with_headers(&[("idempotency-key", bad)])), refused, "{bad}");
    }
    let twice = event(|event| {
        event["headers"]["idempotency-key"] = json!(["0123456789abcdef", "0123456789abcdef"])
    });
    assert_eq!(read(&twice), refused);
}

#[test]
fn a_fingerprint_is_the_same_for_the_same_request_and_another_for_another() {
    let fingerprint = |change: &dyn Fn(&mut Value)| event(|event| change(event)).fingerprint();
    let same = fingerprint(&|_| {});
    assert_eq!(fingerprint(&|event| event["headers"]["x-correlation-id"] = "x".into()), same);
    assert_ne!(fingerprint(&|event| event["body"] = "other".into()), same);
    assert_ne!(fingerprint(&|event| event["rawPath"] = "/other".into()), same);
    assert_ne!(fingerprint(&|event| event["headers"]["if-match"] = "\"3\"".into()), same);
    assert_ne!(fingerprint(&|event| event["headers"]["content-type"] = "text/xml".into()), same);
}

#[test]
fn if_match_is_absent_read_or_a_fault() {
    assert_eq!(with_headers(&[]).if_match().expect("no fault"), None);
    assert_eq!(
        with_headers(&[("if-match", "*")]).if_match().expect("no fault"),
        Some(Versions::Any)
    );
    assert_eq!(
        with_headers(&[("if-match", "\"3\"")]).if_match().expect("no fault"),
        Some(Versions::OneOf(vec![3]))
    );
    let problem = with_headers(&[("if-match", "3")]).if_match().expect_err("not quoted");
    assert_eq!(problem.faults()[0].pointer, "/headers/If-Match");
}

#[test]
fn a_query_with_other_parameters_is_refused_where_only_dry_run_is_known() {
    let call = event(|event| event["rawQueryString"] = json!("dryRun=maybe&dryrun=true"));
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    query.dry_run();
    query.finish();
    let pointers: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/query/dryRun", "/query/dryrun"]);
}

#[tokio::test]
async fn an_answer_that_is_not_there_in_time_is_busy() {
    let mut call = with_headers(&[]);
    call.started =
        Instant::now().checked_sub(MAX_CALL).expect("the clock has run for some seconds");
    let problem = call.in_time(Box::pin(std::future::pending())).await.expect_err("no answer");
    assert_eq!(problem.kind(), ProblemType::Busy);
    let response = call.close("associate", Err(problem), Cost::default());
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &HeaderValue::from_static("1"))
    );
}

#[tokio::test]
async fn an_answer_in_time_is_the_answer() {
    let call = with_headers(&[]);
    let answer = call
        .in_time(Box::pin(async { Ok(Answer::empty(StatusCode::NO_CONTENT, "released")) }))
        .await
        .expect("an answer");
    assert_eq!(answer.outcome(), "released");
    let problem =
        call.in_time(Box::pin(async { Err(Problem::forbidden()) })).await.expect_err("a problem");
    assert_eq!(problem.kind(), ProblemType::Forbidden);
}

#[tokio::test]
async fn a_panic_is_an_internal_problem_and_not_a_failed_invocation() {
    let call = with_headers(&[]);
    let problem =
        call.in_time(Box::pin(async { panic!("on purpose") })).await.expect_err("a panic");
    assert_eq!(problem.kind(), ProblemType::Internal);
}

#[test]
fn every_answer_has_the_common_headers() {
    for result in [Ok(Answer::json(StatusCode::OK, "found", &json!({}))), Err(Problem::not_found())]
    {
        let call = with_headers(&[("x-correlation-id", "order-7")]);
        let response = call.close("read", result, Cost::default());
        for (name, value) in [
            ("x-request-id", "JKJaXmPLvHcESHA="),
            ("x-correlation-id", "order-7"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
    }
}

#[test]
fn a_problem_is_answered_with_its_type_status_headers_and_request_id() {
    let response = with_headers(&[]).close(
        "none",
        Err(Problem::method_not_allowed(&[Method::GET])),
        Cost::default(),
    );
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "GET");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(body["requestId"], "JKJaXmPLvHcESHA=");
    assert_eq!(body["type"], "/problems/method-not-allowed");
    let response =
        with_headers(&[]).close("none", Err(Problem::unauthenticated()), Cost::default());
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}

#[test]
fn a_correlation_id_that_is_not_short_visible_ascii_is_ignored() {
    for id in ["", "a b", "é", &"x".repeat(129), "a\tb"] {
        let response = with_headers(&[("x-correlation-id", id)]).close(
            "read",
            Err(Problem::not_found()),
            Cost::default(),
        );
        assert!(!response.headers().contains_key("x-correlation-id"), "{id}");
    }
}

#[test]
fn a_request_without_a_usable_id_gets_one_of_its_own() {
    let unusable = [Value::Null, json!(""), json!("a\nb"), json!("x".repeat(129))];
    let ids: Vec<String> = unusable
        .iter()
        .map(|id| {
            event(|event| event["requestContext"]["requestId"] = id.clone()).request_id().to_owned()
        })
        .collect();
    for (at, id) in ids.iter().enumerate() {
        assert!(is_an_id(id) && !ids[..at].contains(id), "{ids:?}");
    }
    let mut request = Request::new(Body::Empty);
    let mut context = lambda_http::Context::default();
    context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
    request = request.with_lambda_context(context);
    assert_eq!(Call::open(request).request_id(), "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
}

#[test]
fn a_request_that_is_no_event_is_opened_all_the_same() {
    let call = Call::open(Request::new(Body::Empty));
    assert_eq!(problem_of(call.segments()), Some(ProblemType::NotFound));
    assert_eq!(problem_of(call.caller()), Some(ProblemType::Unauthenticated));
}
