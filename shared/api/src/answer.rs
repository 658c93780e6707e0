//! Answers: what an operation that came to a decision says over HTTP, before the call is closed with it.
//!
//! Refusals in the form of a problem are [`crate::problem::Problem`]s; headers that every answer has are set when the
//! call is closed, not here.

use std::fmt;

use domain::customer::CustomerNumber;
use lambda_http::Body;
use lambda_http::http::header::{CONTENT_TYPE, ETAG, LINK, LOCATION};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::measures::Queue;
use crate::media;

/// Told to the caller when an idempotency key's effect is answered again.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Which customer a message made or changed: told beside `Location` to those who want no body.
const CUSTOMER_NUMBER: HeaderName = HeaderName::from_static("customer-number");

/// A status, an outcome for the log, headers and a body.
pub struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) outcome: &'static str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) replayed: bool,
    pub(crate) queue: Queue,
}

/// The link to the path under which something really is.
pub(crate) fn canonical_link(path: &str) -> String {
    format!("<{path}>; rel=\"canonical\"")
}

impl Answer {
    /// An answer without a body.
    ///
    /// `outcome` is the word for it in the log line: a fixed word, never something that a caller sent.
    pub fn empty(status: StatusCode, outcome: &'static str) -> Answer {
        Answer {
            status,
            outcome,
            headers: HeaderMap::new(),
            body: Body::Empty,
            replayed: false,
            queue: Queue::default(),
        }
    }

    /// An answer in JSON. A struct keeps the order of its fields; a [`serde_json::Value`] is sorted by name.
    pub fn json(status: StatusCode, outcome: &'static str, value: &impl Serialize) -> Answer {
        let body = serde_json::to_string(value)
            .expect("the answers' own types have nothing that JSON cannot say");
        Answer::bytes(status, outcome, media::JSON, body)
    }

    /// An answer of another content type. Text that is UTF-8 travels as text, anything else as bytes.
    pub fn bytes(
        status: StatusCode,
        outcome: &'static str,
        content_type: &'static str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let body = match String::from_utf8(body.into()) {
            Ok(text) => Body::Text(text),
            Err(bytes) => Body::Binary(bytes.into_bytes()),
        };
        let mut answer = Answer::empty(status, outcome);
        answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        answer.body = body;
        answer
    }

    /// Sets a header. A value that no header can carry (a control character) leaves the header out and is logged by the
    /// header's name, since by then the effect has happened and the answer must still arrive.
    pub fn header(mut self, name: HeaderName, value: &str) -> Answer {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
            }
            Err(_) => tracing::error!(header = name.as_str(), "a header's value cannot be sent"),
        }
        self
    }

    pub fn etag(self, version: u64) -> Answer {
        self.header(ETAG, &format!("\"{version}\""))
    }

    /// Sets `Customer-Number`.
    pub fn customer_number(self, number: CustomerNumber) -> Answer {
        self.header(CUSTOMER_NUMBER, &number.to_string())
    }

    /// Sets `Location` to a path of ours.
    pub fn location(self, path: &str) -> Answer {
        self.header(LOCATION, path)
    }

    /// Says under which path of ours what was asked for really is (RFC 6596).
    pub fn canonical(self, path: &str) -> Answer {
        self.header(LINK, &canonical_link(path))
    }

    /// Says, if `replayed`, that the effect is an earlier one, found by its idempotency key.
    pub fn replayed(mut self, replayed: bool) -> Answer {
        self.replayed = replayed;
        if replayed {
            self.headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        } else {
            self.headers.remove(IDEMPOTENCY_REPLAYED);
        }
        self
    }

    /// Says, for the metrics, how many messages this request put into the queue of requests in error.
    pub fn opened(mut self, requests: u64) -> Answer {
        self.queue.opened = requests;
        self
    }

    /// Says, for the metrics, how many requests in error this request resolved.
    pub fn resolved(mut self, requests: u64) -> Answer {
        self.queue.resolved = requests;
        self
    }

    /// Says, for the metrics, how many seconds the oldest open request in error has waited; 0 when none is open.
    pub fn oldest_request_in_error(mut self, seconds: u64) -> Answer {
        self.queue.oldest_age = Some(seconds);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The word for it in the log line.
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }
}

/// Headers and body may hold personal data, so only status and outcome are shown.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_json_answer_carries_its_content_type_version_and_place() {
        let answer = Answer::json(StatusCode::CREATED, "created", &json!({ "dcn": "TD68|7" }))
            .etag(3)
            .location("/dealer-customers/TD68/7")
            .replayed(true);
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json");
        assert_eq!(answer.headers[ETAG], "\"3\"");
        assert_eq!(answer.headers[LOCATION], "/dealer-customers/TD68/7");
        assert_eq!(answer.headers[IDEMPOTENCY_REPLAYED], "true");
        assert_eq!(&*answer.body, br#"{"dcn":"TD68|7"}"#);
    }

    #[test]
    fn an_answer_that_is_no_replay_does_not_speak_of_one() {
        let answer =
            Answer::empty(StatusCode::NO_CONTENT, "released").replayed(true).replayed(false);
        assert!(answer.headers.is_empty());
    }

    #[test]
    fn bytes_that_are_not_text_stay_as_they_are() {
        let answer = Answer::bytes(StatusCode::OK, "file", "image/png", vec![0x89, 0xff, 0x00]);
        assert!(matches!(&answer.body, Body::Binary(bytes) if bytes == &[0x89, 0xff, 0x00]));
    }

    #[test]
    fn a_value_that_would_break_the_header_is_left_out() {
        let answer = Answer::empty(StatusCode::OK, "found").location("/a\r\nSet-Cookie: x");
        assert!(answer.headers.is_empty());
    }

    #[test]
    fn debug_shows_no_body() {
        let answer = Answer::json(StatusCode::OK, "found", &json!({ "businessName": "Acme" }))
            .location("/Acme");
        assert!(!format!("{answer:?}").contains("Acme"));
    }
}
