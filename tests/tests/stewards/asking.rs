//! Requests that are sent and answers whose failures can be read.

use std::fmt;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, IF_MATCH};
use serde_json::Value;
use tests::claims;
use tokio::task::JoinSet;

/// A request that can still be changed.
pub(crate) struct Request {
    asked: String,
    builder: reqwest::RequestBuilder,
}

impl Request {
    pub(crate) fn new(http: &reqwest::Client, method: Method, base: &str, path: &str) -> Self {
        Self {
            asked: format!("{method} {path}"),
            builder: http.request(method, format!("{base}{path}")),
        }
    }

    /// By the caller of these claims.
    pub(crate) fn by(self, claims: &Value) -> Self {
        self.header(AUTHORIZATION, &claims::bearer(claims))
    }

    pub(crate) fn header(mut self, name: impl Into<HeaderName>, value: &str) -> Self {
        self.builder = self.builder.header(name.into(), value);
        self
    }

    /// With `If-Match`; empty: without.
    pub(crate) fn if_match(self, value: &str) -> Self {
        if value.is_empty() {
            self
        } else {
            self.header(IF_MATCH, value)
        }
    }

    /// With an `Idempotency-Key`.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    /// With a body of `application/json`.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    /// With a body, and no content type of its own.
    pub(crate) fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    /// Sends it. No test's request may meet a 5xx.
    pub(crate) async fn send(self) -> Answer {
        let answer = self.builder.send().await.expect("the stand answers");
        let answer = Answer {
            asked: self.asked,
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.expect("an answer is text"),
        };
        assert!(answer.status < 500, "{answer}");
        answer
    }
}

/// An answer. Shown, it tells what was asked and all that came back.
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// Holds that the status is this one and that there is no body.
    #[track_caller]
    pub(crate) fn is_empty(&self, status: u16) {
        assert_eq!((self.status, self.text.as_str()), (status, ""), "{self}");
    }

    /// The problem, if the answer is one of this status and type.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{self}");
        problem
    }

    /// The faults of an `invalid-request`, each as `pointer code`, sorted.
    #[track_caller]
    pub(crate) fn faults(&self) -> Vec<String> {
        let problem = self.is_problem(400, "invalid-request");
        let faults = problem["errors"].as_array();
        let faults = faults.unwrap_or_else(|| panic!("there are faults: {self}"));
        let text = |fault: &Value, name: &str| fault[name].as_str().expect("a text").to_owned();
        let mut faults: Vec<_> = faults
            .iter()
            .map(|fault| format!("{} {}", text(fault, "pointer"), text(fault, "code")))
            .collect();
        faults.sort();
        faults
    }

    /// The codes of the failed edits of a `CWCustomerOut`, or of a request in error.
    #[track_caller]
    pub(crate) fn codes(&self) -> Vec<String> {
        let body = self.json();
        let errors = body.get("errors").unwrap_or(&body["CustSoldTo"]["Error"]);
        codes(errors)
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it says that an earlier try of the request did it.
    pub(crate) fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n> {}\n< {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "< {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        writeln!(f, "{}", self.text)
    }
}

/// The codes of failed edits.
pub(crate) fn codes(errors: &Value) -> Vec<String> {
    let errors = errors.as_array().cloned().unwrap_or_default();
    let code = |error: &Value| error["code"].as_str().expect("a code").to_owned();
    errors.iter().map(code).collect()
}

/// Sends all requests at once, and returns their answers in no order.
pub(crate) async fn all_at_once(requests: impl IntoIterator<Item = Request>) -> Vec<Answer> {
    let under_way: JoinSet<Answer> = requests.into_iter().map(Request::send).collect();
    under_way.join_all().await
}
