//! Functions that are deployed somewhere, in place of those that are linked here. Which event gets which answer is not known here.

use std::env;

use data_encoding::BASE64;
use kit::fixture::Fixture;
use lambda_http::{Body, Response};
use local::stand::DYNAMODB_URL;
use serde_json::Value;

/// What the keys of the table are made with.
const KEY_SECRET: &str = "KEY_SECRET";

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The table of the functions.
pub(crate) async fn fixture() -> Fixture {
    match variable("INVOKE_URL") {
        Some(_) => {
            let needed = |name| variable(name).unwrap_or_else(|| panic!("INVOKE_URL needs {name}"));
            let secret = needed(KEY_SECRET);
            let controls = [(KEY_SECRET, secret.as_str())];
            Fixture::at(needed(DYNAMODB_URL), needed("TABLE_NAME"), &controls).await
        }
        None => Fixture::new().await,
    }
}

/// What the deployed function answers; none where none is deployed.
pub(crate) async fn invoked(function: &str, event: &str) -> Option<Response<Body>> {
    let url = format!("{}/{function}", variable("INVOKE_URL")?.trim_end_matches('/'));
    let request = reqwest::Client::new().post(&url).body(event.to_owned());
    let answer = request.send().await.expect("there is somebody at INVOKE_URL");
    let status = answer.status();
    let text = answer.text().await.expect("text");
    assert!(status.is_success(), "{function} fails the invocation: {text}");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    Some(response(&answer))
}

/// The response that an answer of payload format 2.0 stands for.
fn response(answer: &Value) -> Response<Body> {
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let mut response = Response::builder().status(status.expect("a status"));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        response = response.header(name, value.as_str().expect("a header is text"));
    }
    let body = match answer["body"].as_str() {
        None | Some("") => Body::Empty,
        Some(text) if answer["isBase64Encoded"] == true => {
            Body::Binary(BASE64.decode(text.as_bytes()).expect("base64"))
        }
        Some(text) => Body::from(text),
    };
    response.body(body).expect("a response")
}
