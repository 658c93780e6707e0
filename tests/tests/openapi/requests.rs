//! A stand for each test, and answers that have been held against the contract.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tests::stand::Stand;

use crate::conformity::Conformity;

/// An answer that the contract describes.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are text"))
    }
}

/// A customer master without any data.
pub(crate) async fn empty() -> Stand {
    let controls = tests::controls::default();
    Stand::for_a_test(controls).await.expect("a stand")
}

/// Sends, and holds the answer against what the contract says of the operation.
pub(crate) async fn send(
    stand: &Stand,
    conformity: &Conformity,
    operation: &str,
    (method, target): (&str, &str),
    headers: &[(String, String)],
    body: Option<String>,
) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let asked = format!("{method} {target} {headers:?} {body:?}");
    let url = format!("{}{target}", stand.url);
    let mut request = reqwest::Client::new().request(method, url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if let Some(body) = body {
        request = request.body(body);
    }
    let response = request.send().await.expect("an answer");
    let answer = Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.expect("text"),
    };
    let faults = conformity.faults(operation, &answer);
    assert!(
        faults.is_empty(),
        "{asked}\nis answered with {} {}\nwhich openapi.yaml does not describe:\n{faults:#?}",
        answer.status,
        answer.text
    );
    answer
}
