//! The functions in this process, on a line that can fail and a clock that needs no time: one request at a time, each with its answer, its time and its calls.
//!
//! What is asked and what must hold is the tests' business.

use std::sync::Arc;
use std::time::Duration;

use domain::controls::Controls;
use dynoxide::Database;
use dynoxide::storage_backend::Clock as DatabaseClock;
use lambda_http::{Context, RequestExt};
use operations::master::Master;
use operations::standardize::Standardizer;
use serde_json::{Value, json};

use super::clock::Clock;
use super::line::{Clocked, Line};
use super::log::Answer;
use super::snapshot::{self, Snapshot};
use crate::schema;

const TABLE: &str = "customer-master";

/// The caller of all requests.
pub const CALLER: &str = "caller";

/// A request.
#[derive(Debug, Clone)]
pub struct Asking {
    /// `POST` and so on.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The body; null: none.
    pub body: Value,
    /// The key.
    pub key: Option<String>,
}

/// What came of one try.
#[derive(Debug, Clone)]
pub struct Told {
    /// The answer; none where the function was killed.
    pub answer: Option<Answer>,
    /// How long it took on the clock.
    pub took: Duration,
    /// How many calls arrived on the line, each repetition counted.
    pub calls: u64,
}

/// The functions.
pub struct Desk {
    /// The line, to make it fail.
    pub line: Line,
    /// The clock.
    pub clock: Clock,
    master: Master<Clocked>,
}

/// The database's own clock: its transaction tokens expire by it.
struct Shared(Clock);

impl DatabaseClock for Shared {
    fn now_unix_secs(&self) -> u64 {
        1_795_000_000 + self.0.now().as_secs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        1_795_000_000.0 + self.0.now().as_secs_f64()
    }
}

impl Desk {
    /// Functions over a new table.
    pub async fn open() -> Self {
        let clock = Clock::default();
        let database =
            Database::memory_with_clock(Arc::new(Shared(clock.clone()))).expect("a database");
        let line = Line::new(database, clock.clone());
        schema::create_table(&line.client(), TABLE)
            .await
            .expect("a table");
        let master = master(&line);
        Self {
            line,
            clock,
            master,
        }
    }

    /// Goes on with fresh processes, that remember nothing.
    pub fn restart(&mut self) {
        self.line.revive();
        self.master = master(&self.line);
    }

    /// Has a request answered, once.
    ///
    /// # Panics
    ///
    /// When the request is none that the gateway would let through.
    pub async fn ask(&self, asking: &Asking) -> Told {
        let mut headers = json!({ "content-type": "application/json", "host": "localhost" });
        if let Some(key) = &asking.key {
            headers["idempotency-key"] = json!(key);
        }
        if asking.method != "POST" {
            headers["if-match"] = json!("*");
        }
        let claims =
            json!({ "sub": CALLER, "scope": "dealer customers steward", "dealer_codes": "*" });
        let mut event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": asking.path, "rawQueryString": "", "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "000000000000", "apiId": "local", "domainName": "localhost", "domainPrefix": "localhost", "requestId": "request", "routeKey": "$default",
                "stage": "$default", "time": "01/Nov/2026:00:00:00 +0000", "timeEpoch": 0, "authorizer": { "jwt": { "claims": claims, "scopes": null } },
                "http": { "method": asking.method, "path": asking.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "tests" },
            },
        });
        if !asking.body.is_null() {
            event["body"] = json!(asking.body.to_string());
        }
        let request = lambda_http::request::from_str(&event.to_string())
            .expect("an event")
            .with_lambda_context(Context::default());
        let (began, calls) = (self.clock.now(), self.line.calls());
        let master = &self.master;
        let work = async move {
            match asking.path.split('/').nth(1) {
                Some("dealer-customers" | "customer-organizations") => {
                    associate_dealer::handle(master, request).await
                }
                Some("customers") => add_customer::handle(master, request).await,
                _ => fix_error::handle(master, request).await,
            }
        };
        let response = self.clock.drive(work, || self.line.was_killed()).await;
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
                body: serde_json::from_slice(response.body()).unwrap_or(Value::Null),
            }
        });
        Told {
            answer,
            took: self.clock.now() - began,
            calls: self.line.calls() - calls,
        }
    }

    /// Has a request answered as often as it takes to learn what came of it.
    ///
    /// # Panics
    ///
    /// When that takes a hundred tries.
    pub async fn decide(&mut self, asking: &Asking) -> Answer {
        for _ in 0..100 {
            match self.ask(asking).await.answer {
                Some(answer) if answer.decides() => return answer,
                Some(_) => {}
                None => self.restart(),
            }
        }
        panic!("nobody learns what comes of {asking:?}")
    }

    /// The whole table.
    ///
    /// # Panics
    ///
    /// When the database fails.
    pub async fn snapshot(&self) -> Snapshot {
        self.line.fault(|_| None);
        snapshot::read(&self.line.client(), TABLE)
            .await
            .expect("the table")
    }
}

fn master(line: &Line) -> Master<Clocked> {
    let controls = Controls::read(|_| None).expect("controls");
    let standardizer = Standardizer::of(&controls);
    Master::new(line.table(TABLE), controls, standardizer)
}
