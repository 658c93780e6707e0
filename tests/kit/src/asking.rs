//! Requests of the tests through the front door, and answers whose failures can be read: shown, an answer tells what was asked and all that came back.
//!
//! Nothing of the customer master's own rules may be here.

use std::fmt;

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, IF_MATCH};
use serde_json::Value;
use tokio::task::JoinSet;

use local::claims;

/// A request that can still be changed.
pub struct Request {
    asked: String,
    builder: reqwest::RequestBuilder,
}

impl Request {
    /// A request to this path of the master at `base`, which ends without a slash.
    #[must_use]
    pub fn new(http: &reqwest::Client, method: Method, base: &str, path: &str) -> Self {
        Self {
            asked: format!("{method} {path}"),
            builder: http.request(method, format!("{base}{path}")),
        }
    }

    /// By the caller of these claims, for a stand whose authorizer takes them unsigned.
    #[must_use]
    pub fn by(self, claims: &Value) -> Self {
        self.header(AUTHORIZATION, &claims::bearer(claims))
    }

    /// By the bearer of this token.
    #[must_use]
    pub fn bearing(self, token: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<HeaderName>, value: &str) -> Self {
        self.builder = self.builder.header(name.into(), value);
        self
    }

    /// With `If-Match`; empty: without.
    #[must_use]
    pub fn if_match(self, value: &str) -> Self {
        if value.is_empty() { self } else { self.header(IF_MATCH, value) }
    }

    /// With an `Idempotency-Key`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header(HeaderName::from_static("idempotency-key"), key)
    }

    /// With a body of `application/json`.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE, "application/json").body(body.to_string())
    }

    /// With a body, and no content type of its own.
    #[must_use]
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    /// Sends it.
    ///
    /// # Panics
    ///
    /// When there is no answer, or a 5xx: no test's request may meet one.
    pub async fn send(self) -> Answer {
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

/// An answer.
pub struct Answer {
    asked: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// Holds that the status is this one and that there is no body.
    #[track_caller]
    pub fn is_empty(&self, status: u16) {
        assert_eq!((self.status, self.text.as_str()), (status, ""), "{self}");
    }

    /// The problem, if the answer is a whole one of this status and type.
    #[track_caller]
    pub fn is_problem(&self, status: u16, slug: &str) -> Value {
        let problem = self.is(status);
        assert_eq!(problem["type"], format!("/problems/{slug}"), "{self}");
        assert_eq!(problem["status"], status, "{self}");
        assert!(problem["title"].is_string(), "{self}");
        assert_eq!(problem["requestId"].as_str(), self.header("x-request-id"), "{self}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self}");
        problem
    }

    /// The faults of an `invalid-request`, each as `pointer code`, sorted.
    #[track_caller]
    pub fn faults(&self) -> Vec<String> {
        let problem = self.is_problem(400, "invalid-request");
        let faults = problem["errors"].as_array();
        let faults = faults.unwrap_or_else(|| panic!("there are faults: {self}"));
        let text = |fault: &Value, name: &str| fault[name].as_str().expect("a text").to_owned();
        let mut faults: Vec<_> = faults
            .iter()
            .map(|fault| {
                assert!(fault["message"].is_string(), "{self}");
                format!("{} {}", text(fault, "pointer"), text(fault, "code"))
            })
            .collect();
        faults.sort();
        faults
    }

    /// The codes of the failed edits of a `CWCustomerOut`, or of a request in error.
    #[track_caller]
    pub fn codes(&self) -> Vec<String> {
        let body = self.json();
        let errors = body.get("errors").unwrap_or(&body["CustSoldTo"]["Error"]);
        codes(errors)
    }

    /// The body as JSON.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it says that an earlier try of the request did it.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
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
///
/// # Panics
///
/// Where one has no code.
#[must_use]
pub fn codes(errors: &Value) -> Vec<String> {
    let errors = errors.as_array().cloned().unwrap_or_default();
    let code = |error: &Value| error["code"].as_str().expect("a code").to_owned();
    errors.iter().map(code).collect()
}

/// Sends all requests at once, and returns their answers in no order.
pub async fn all_at_once(requests: impl IntoIterator<Item = Request>) -> Vec<Answer> {
    let under_way: JoinSet<Answer> = requests.into_iter().map(Request::send).collect();
    under_way.join_all().await
}
