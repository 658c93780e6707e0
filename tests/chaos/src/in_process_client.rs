//! The functions in this process, over a connector that can fail: one request at a time, each with its answer, its time and its calls. Times are those of the runtime's clock,
//! which the tests pause: it stands still while there is work, and jumps to the next moment that somebody waits for when there is none.
//!
//! What is asked and what must hold is the tests' business.

use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use fix_error::SignIn;
use kit::clocked::Clocked;
use lambda_http::{Body, Context, RequestExt, Response};
use operations::kit::Master;
use operations::kit::Standardizer;
use serde_json::{Value, json};
use store::dynamo::Dynamo;
use tokio::time::Instant;

use super::connector::Connector;
use super::judge::{self, Violation};
use super::log::{Answer, Entry, Intent, Log};
use super::snapshot;
use local::schema;

const TABLE: &str = "customer-master";

/// The caller of all requests.
const CALLER: &str = "caller";

/// How often a request is tried.
const MOST_TRIES: usize = 100;

/// Longer than anything is on its way.
const LATEST: Duration = Duration::from_secs(60);

/// A request: a POST with a key.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The path that it is posted to.
    pub path: String,
    /// The body; null: none.
    pub body: Value,
    /// The key.
    pub key: String,
    /// What it is for.
    pub intent: Intent,
}

/// What came of one try.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The answer; none where the function was killed.
    pub answer: Option<Answer>,
    /// How long it took on the clock.
    pub took: Duration,
    /// How many calls arrived on the connector, each repetition counted.
    pub calls: u64,
}

/// The functions.
pub struct InProcessClient {
    /// The connector, to make it fail.
    pub connector: Connector,
    log: Log,
    master: Master<Clocked<Dynamo>>,
}

impl InProcessClient {
    /// Functions over a new table.
    pub async fn open() -> Self {
        let connector = Connector::open();
        schema::create_table(&connector.client(), TABLE).await.expect("a table");
        let master = master(&connector);
        Self { connector, log: Log::default(), master }
    }

    /// Goes on with fresh processes, that remember nothing.
    pub fn restart(&mut self) {
        self.connector.revive();
        self.master = master(&self.connector);
    }

    /// Has a request answered, once.
    ///
    /// # Panics
    ///
    /// When the request is none that the gateway would let through.
    pub async fn ask(&self, asking: &Asking) -> Tried {
        let headers = json!({ "content-type": "application/json", "host": "localhost", "idempotency-key": asking.key });
        let claims =
            json!({ "sub": CALLER, "scope": "dealer customers steward", "dealer_codes": "*" });
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": asking.path, "rawQueryString": "", "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "000000000000", "apiId": "local", "domainName": "localhost", "domainPrefix": "localhost", "requestId": "request", "routeKey": "$default",
                "stage": "$default", "time": "01/Nov/2026:00:00:00 +0000", "timeEpoch": 0, "authorizer": { "jwt": { "claims": claims, "scopes": null } },
                "http": { "method": "POST", "path": asking.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "tests" },
            },
        });
        if !asking.body.is_null() {
            event["body"] = json!(asking.body.to_string());
        }
        let request = lambda_http::request::from_str(&event.to_string())
            .expect("an event")
            .with_lambda_context(Context::default());
        let (began, calls) = (Instant::now(), self.connector.calls());
        let (master, sign_in) = (&self.master, &SignIn::default());
        // On the heap: unoptimised, the future of a whole function is larger than the stack of a test.
        let mut work: Pin<Box<dyn Future<Output = Response<Body>>>> =
            match asking.path.split('/').nth(1) {
                Some("dealer-customers" | "customer-organizations") => {
                    Box::pin(associate_dealer::handle(master, request))
                }
                Some("customers") => Box::pin(add_customer::handle(master, request)),
                _ => Box::pin(fix_error::handle(master, sign_in, request)),
            };
        let response = std::future::poll_fn(|context| {
            let polled = work.as_mut().poll(context);
            if self.connector.was_killed() { Poll::Ready(None) } else { polled.map(Some) }
        });
        let response = response.await;
        drop(work);
        let answer = response.map(|response| {
            let header = |name: &str| {
                let value = response.headers().get(name)?;
                value.to_str().ok().map(str::to_owned)
            };
            Answer {
                status: response.status().as_u16(),
                replayed: header("idempotency-replayed").is_some(),
                location: header("location")
                    .and_then(|place| place.rsplit_once('/').map(|(_, last)| last.to_owned())),
                version: header("etag").and_then(|tag| tag.trim_matches('"').parse().ok()),
                body: serde_json::from_slice(response.body()).unwrap_or(Value::Null),
            }
        });
        Tried { answer, took: began.elapsed(), calls: self.connector.calls() - calls }
    }

    /// Has a request answered as often as it takes to learn what came of it, and keeps what came of it for the judge.
    ///
    /// # Panics
    ///
    /// When that takes a hundred tries.
    pub async fn decide(&mut self, asking: &Asking) -> Answer {
        let began = self.log.tick();
        let mut answers = Vec::new();
        while answers.len() < MOST_TRIES {
            let Some(answer) = self.ask(asking).await.answer else {
                self.restart();
                continue;
            };
            answers.push(answer.clone());
            if answer.decides() {
                self.log.add(Entry {
                    client: CALLER.to_owned(),
                    intent: asking.intent.clone(),
                    key: Some(asking.key.clone()),
                    line: format!("POST {}", asking.path),
                    sent: asking.body.clone(),
                    began,
                    ended: self.log.tick(),
                    answers,
                });
                return answer;
            }
        }
        panic!("nobody learns what comes of {asking:?}: {answers:?}")
    }

    /// What must not be, in the table and in what was decided, when nothing is on its way any more.
    ///
    /// # Panics
    ///
    /// When the database fails.
    pub async fn judge(&self) -> Vec<Violation> {
        self.connector.fault(|_| None);
        tokio::time::sleep(LATEST).await;
        let table = snapshot::read(&self.connector.client(), TABLE).await.expect("the table");
        let controls = local::controls::default();
        judge::judge(&table, &self.log, &controls, judge::Seats::OfTheseRules).violations
    }
}

fn master(connector: &Connector) -> Master<Clocked<Dynamo>> {
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    Master::new(connector.table(TABLE), controls, standardizer)
}
