//! The functions behind one door: an event as API Gateway writes it goes in, and what comes out is the answer with its log line.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64;
use kit::fixture::Fixture;
use lambda_http::http::HeaderMap;
use lambda_http::http::header::{AUTHORIZATION, HeaderValue};
use lambda_http::tracing::dispatcher::DefaultGuard;
use lambda_http::tracing::subscriber::{fmt, util::SubscriberInitExt};
use local::claims;
use local::claims::WithoutToken;
use local::gateway::Functions;
use local::stand;
use serde_json::{Map, Value, json};

/// An event in the making. It carries the claims of a caller who may do everything, unless it is told otherwise.
#[derive(Clone)]
pub(crate) struct Event {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    authorizer: Value,
}

impl Event {
    /// `GET /customers/7?dryRun=true` in two words; the path as the gateway has decoded it.
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: BTreeMap::new(),
            body: Vec::new(),
            authorizer: json!({ "jwt": { "claims": claims::local_developer(), "scopes": null } }),
        }
    }

    /// With the claims of this token, as the authorizer writes them.
    pub(crate) fn by(mut self, token: &Value) -> Self {
        let mut headers = HeaderMap::new();
        let bearer = HeaderValue::from_str(&claims::bearer(token)).expect("a token is a header");
        headers.insert(AUTHORIZATION, bearer);
        let claims =
            claims::authorize(&headers, WithoutToken::Refused).expect("an object is a token");
        self.authorizer = json!({ "jwt": { "claims": claims, "scopes": null } });
        self
    }

    /// With this in the place of the JWT authorizer's context.
    pub(crate) fn authorizer(mut self, authorizer: Value) -> Self {
        self.authorizer = authorizer;
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// What was asked, in words.
    pub(crate) fn asked(&self) -> String {
        let shown: String = self.path.chars().take(80).collect();
        format!("{} {shown}?{}", self.method, self.query.chars().take(80).collect::<String>())
    }

    fn text(&self, request_id: &str) -> String {
        let (body, encoded) = match std::str::from_utf8(&self.body) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => (BASE64.encode(&self.body), true),
        };
        let mut context = json!({
            "accountId": "000000000000", "apiId": "doors", "domainName": "doors", "domainPrefix": "doors", "requestId": request_id,
            "routeKey": "$default", "stage": "$default", "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_i64,
            "http": { "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "doors" }
        });
        if !self.authorizer.is_null() {
            context["authorizer"] = self.authorizer.clone();
        }
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": self.path, "rawQueryString": self.query,
            "headers": self.headers, "requestContext": context, "isBase64Encoded": encoded
        });
        if !body.is_empty() {
            event["body"] = json!(body);
        }
        event.to_string()
    }
}

/// The functions over a table of their own, and what they log on this thread.
pub(crate) struct Door {
    pub(crate) fixture: Fixture,
    functions: Functions,
    lines: Lines,
    _logging: DefaultGuard,
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::with(&[]).await
    }

    /// With these controls.
    pub(crate) async fn with(controls: &[(&str, &str)]) -> Self {
        let fixture = Fixture::with(controls).await;
        let functions = stand::functions(fixture.master());
        let lines = Lines::default();
        let writer = lines.clone();
        let logging = fmt()
            .json()
            .flatten_event(true)
            .with_writer(move || writer.clone())
            .finish()
            .set_default();
        Self { fixture, functions, lines, _logging: logging }
    }

    /// Sends an event to the function whose route has its first segment, and so also paths that no route has.
    pub(crate) async fn send(&self, event: &Event) -> Answer {
        let mut segments = event.path.split('/').skip(1);
        let function = match (segments.next(), segments.next()) {
            (Some("dealer-customers" | "customer-organizations"), _) => "associate-dealer",
            (Some("customers"), None) if event.method != "GET" => "add-customer",
            (Some("customers"), Some("batch")) => "add-customer",
            (Some("customers"), _)
                if ["/erase", "/merge", "/unmerge", "/restore"]
                    .iter()
                    .any(|end| event.path.ends_with(end)) =>
            {
                "merge-customers"
            }
            (Some("customers" | "changes" | "rules"), _) => "find-customer",
            _ => "fix-error",
        };
        self.send_to(function, event).await
    }

    /// Sends an event to this function.
    pub(crate) async fn send_to(&self, function: &str, event: &Event) -> Answer {
        let request_id = self.lines.next_id();
        let text = event.text(&request_id);
        let request = api::event::request(&text);
        let (head, body) = self.functions[function](request).await.into_parts();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            line: self.lines.of(&request_id),
        }
    }

    /// The log line of the request with this id.
    pub(crate) fn line_of(&self, request_id: &str) -> Map<String, Value> {
        self.lines.of(request_id)
    }

    /// The answer to a good request of a test's preparations.
    pub(crate) async fn prepare(&self, status: u16, event: &Event) -> Answer {
        let answer = self.send(event).await;
        assert_eq!(answer.status, status, "{answer:?}");
        answer
    }
}

/// An answer and its log line.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) line: Map<String, Value>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// How often the request waited for the table.
    pub(crate) fn steps(&self) -> u64 {
        self.line["steps"].as_u64().expect("a count")
    }

    /// All that a caller can tell this answer from another by, but the request's own id.
    pub(crate) fn told(&self) -> (u16, Vec<(String, String)>, String) {
        let id = self.header("x-request-id").unwrap_or_default();
        let headers = self.headers.iter().filter(|(name, _)| *name != "x-request-id");
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = headers.map(|(name, value)| (name.to_string(), text(value)));
        (self.status, headers.collect(), self.body.replace(id, "ID"))
    }

    /// Holds that this is a whole problem, and gives its type.
    pub(crate) fn problem(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(problem["status"], self.status, "{self:?}");
        assert!(problem["title"].is_string() && problem["requestId"].is_string(), "{self:?}");
        let kind = problem["type"].as_str().expect("a type");
        kind.strip_prefix("/problems/").expect("a type of ours").to_owned()
    }
}

/// How many of the newest lines are kept.
const KEPT: usize = 400;

/// What was logged of requests.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Logged>>);

#[derive(Default)]
struct Logged {
    requests: u64,
    /// Each line `request` with the id of its request, the newest first.
    lines: VecDeque<(String, Map<String, Value>)>,
    /// What was written behind the last end of a line.
    rest: Vec<u8>,
}

impl Lines {
    fn next_id(&self) -> String {
        let mut logged = self.logged();
        logged.requests += 1;
        format!("door-{:08}", logged.requests)
    }

    /// The one line `request` of a request.
    fn of(&self, request_id: &str) -> Map<String, Value> {
        let logged = self.logged();
        let mut found = logged.lines.iter().filter(|(id, _)| id == request_id);
        let (_, line) = found.next().unwrap_or_else(|| panic!("a line of {request_id}"));
        assert!(found.next().is_none(), "one line of {request_id}");
        line.clone()
    }

    fn logged(&self) -> MutexGuard<'_, Logged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut logged = self.logged();
        logged.rest.extend_from_slice(bytes);
        while let Some(end) = logged.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = logged.rest.drain(..=end).collect();
            let line: Map<String, Value> = serde_json::from_slice(&line).expect("JSON");
            if line["message"] == "request" {
                let id = line["request_id"].as_str().expect("an id").to_owned();
                logged.lines.push_front((id, line));
                logged.lines.truncate(KEPT);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
