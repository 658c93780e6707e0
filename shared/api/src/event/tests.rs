//! Events as they should not be, read all the same.

use super::*;
use crate::call::Call;
use crate::caller::{Caller, Scope};
use crate::problem::ProblemType;
use domain::dealer::DealerCode;
use lambda_http::http::StatusCode;
use lambda_http::http::header::CONTENT_TYPE;
use serde_json::json;

fn event(change: impl FnOnce(&mut Value)) -> Call {
    let mut event = json!({
        "version": "2.0",
        "rawPath": "/customers",
        "rawQueryString": "",
        "headers": { "content-type": "application/json" },
        "requestContext": {
            "stage": "$default",
            "requestId": "JKJaXmPLvHcESHA=",
            "http": { "method": "POST", "path": "/customers" },
            "authorizer": { "jwt": { "claims": { "sub": "erp", "scope": "customers" } } }
        },
        "body": "{}",
        "isBase64Encoded": false
    });
    change(&mut event);
    Call::open(request(&event.to_string()))
}

/// Where an event cannot be read.
fn unreadable_at(change: impl FnOnce(&mut Value)) -> Vec<String> {
    match event(change).segments() {
        Ok(_) => Vec::new(),
        Err(problem) => {
            assert_eq!(problem.kind(), ProblemType::InvalidRequest);
            problem.faults().iter().map(|fault| fault.pointer.clone()).collect()
        }
    }
}

#[test]
fn what_is_odd_and_can_be_read_is_read() {
    let call = event(|event| {
        event["rawPath"] = json!("/customers/a b<\">\u{7f}é");
        event["rawQueryString"] = json!("state=<\"> \u{7f}é&x=%");
        event["headers"] = json!({ "Accept": ["text/html", 7], "x-name": "é", "x-true": true });
    });
    assert_eq!(call.segments().expect("a path"), ["customers", "a b<\">\u{7f}é"]);
    assert_eq!(call.accept().as_deref(), Some("text/html, 7"));
    assert_eq!(call.header(&HeaderName::from_static("x-true")), Some("true"));
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    assert_eq!(query.parameter("state"), Some("<\"> \u{7f}é"));
    assert_eq!(query.parameter("x"), Some("%"));
}

#[test]
fn each_part_that_cannot_be_read_is_named() {
    type Change = fn(&mut Value);
    let cases: &[(&str, Change)] = &[
        ("/method", |event| event["requestContext"] = json!(null)),
        ("/method", |event| event["requestContext"]["http"] = json!([])),
        ("/method", |event| event["requestContext"]["http"]["method"] = json!("GE T")),
        ("/method", |event| event["requestContext"]["http"]["method"] = json!("")),
        ("/path", |event| event["rawPath"] = json!(null)),
        ("/path", |event| event["rawPath"] = json!({})),
        ("/query", |event| event["rawQueryString"] = json!(7)),
        ("/query", |event| {
            event["rawQueryString"] = json!(null);
            event["queryStringParameters"] = json!({ "dryRun": "true" });
        }),
        ("/headers", |event| event["headers"] = json!("accept: text/html")),
        ("/headers", |event| event["headers"] = json!({ "": "x" })),
        ("/headers", |event| event["headers"] = json!({ "if match": "x" })),
        ("/headers", |event| event["headers"] = json!({ "x-é": "x" })),
        ("/headers", |event| event["headers"] = json!({ "if-match": "a\nb" })),
        ("/headers", |event| event["headers"] = json!({ "if-match": null })),
        ("/headers", |event| event["headers"] = json!({ "if-match": { "a": "b" } })),
        ("/headers", |event| event["headers"] = json!({ "if-match": ["*", null] })),
        ("/headers", |event| {
            let names = (0..40_000).map(|number| (format!("x-{number}"), json!("")));
            event["headers"] = Value::Object(names.collect());
        }),
        ("/body", |event| event["body"] = json!({ "a": 1 })),
        ("/body", |event| event["isBase64Encoded"] = json!(true)),
        ("/body", |event| event["isBase64Encoded"] = json!("false")),
    ];
    for (pointer, change) in cases {
        assert_eq!(unreadable_at(change), [*pointer]);
    }
    assert!(unreadable_at(|_| ()).is_empty());
    let every = unreadable_at(|event| *event = json!({ "headers": 1, "body": 2 }));
    assert_eq!(every, ["/method", "/path", "/headers", "/body"]);
}

#[test]
fn what_is_no_object_is_a_request_that_cannot_be_read() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let texts =
        ["", "null", "[]", "7", "\"GET /\"", "{", "{\"a\":1e999}", r#"{"a":"\ud800"}"#, &deep];
    for text in texts {
        let call = Call::open(request(text));
        let problem = call.segments().expect_err("no path");
        assert_eq!(problem.kind(), ProblemType::InvalidRequest, "{text:.20}");
        assert!(call.caller().is_err());
    }
}

/// The caller of an event with this as its claims.
fn caller(claims: Value) -> Option<Caller> {
    event(|event| event["requestContext"]["authorizer"]["jwt"]["claims"] = claims)
        .caller()
        .ok()
        .cloned()
}

#[test]
fn claims_that_are_numbers_or_lists_are_read() {
    let caller = caller(json!({
        "sub": 42, "scope": ["openid", "customers", "dealer"], "dealer_codes": ["TD68", "TD69"], "iat": 1_516_239_022,
        "email_verified": true, "address": { "country": "US" }, "nothing": null
    }))
    .expect("a caller");
    assert_eq!(caller.name(), "42");
    let scopes = Scope::ALL.iter().filter(|scope| caller.has(**scope)).count();
    assert!(caller.has(Scope::Customers) && caller.has(Scope::Dealer));
    assert_eq!(scopes, 2);
    for code in ["TD68", "TD69"] {
        assert!(caller.acts_for(&DealerCode::parse(code).expect("a code")), "{code}");
    }
    assert!(!caller.acts_for(&DealerCode::parse("TD70").expect("a code")));
}

#[test]
fn claims_that_cannot_be_read_grant_nothing() {
    let nobody = [
        json!(null),
        json!([]),
        json!("sub"),
        json!({}),
        json!({ "sub": true }),
        json!({ "sub": ["erp"] }),
        json!({ "sub": { "name": "erp" } }),
        json!({ "sub": null }),
    ];
    for claims in nobody {
        assert!(caller(claims.clone()).is_none(), "{claims}");
    }
    let odd = [
        json!(null),
        json!(true),
        json!(7),
        json!({ "dealer": "TD68" }),
        json!([["TD68", "dealer"]]),
        json!(["TD68 dealer"]),
        json!(["TD68,dealer", "dealer"]),
        json!(["TD68", "dealer", null]),
        json!(["TD68", "dealer", 1]),
        json!(["dealer", "TD68", ""]),
        json!(["dealer", "TD68\u{a0}"]),
    ];
    for value in odd {
        let claims = json!({ "sub": "erp", "scope": value, "dealer_codes": value });
        let caller = caller(claims).expect("a name");
        assert!(Scope::ALL.iter().all(|scope| !caller.has(*scope)), "{value}");
        assert!(!caller.acts_for(&DealerCode::parse("TD68").expect("a code")), "{value}");
    }
}

#[test]
fn no_other_authorizer_makes_a_caller() {
    let claims = json!({ "sub": "erp", "scope": "customers" });
    let others = [
        json!(null),
        json!([claims]),
        json!({ "lambda": claims }),
        json!({ "claims": claims }),
        json!({ "jwt": claims }),
        json!({ "jwt": [{ "claims": claims }] }),
    ];
    for other in others {
        let call = event(|event| event["requestContext"]["authorizer"] = other.clone());
        assert!(call.caller().is_err(), "{other}");
    }
}

#[test]
fn an_answer_is_text_or_base64_with_its_headers() {
    let mut given = Response::new(Body::Binary(vec![0x1f, 0x8b]));
    *given.status_mut() = StatusCode::CREATED;
    given.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    let answer = serde_json::to_value(response(given)).expect("JSON");
    assert_eq!(answer["statusCode"], 201);
    assert_eq!(answer["headers"], json!({ "content-type": "image/png" }));
    assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&json!("H4s="), &json!(true)));
    let text = response(Response::new(Body::Text("é".to_owned())));
    let text = serde_json::to_value(text).expect("JSON");
    assert_eq!((&text["body"], &text["isBase64Encoded"]), (&json!("é"), &json!(false)));
    let empty = serde_json::to_value(response(Response::new(Body::Empty))).expect("JSON");
    assert_eq!((empty.get("body"), &empty["isBase64Encoded"]), (None, &json!(false)));
}
