//! The clients: each sends mixed requests, mostly with keys, and repeats each until it knows what came of it.
//!
//! They choose and send; whether the answers are right is the judge's business.

mod choice;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::log::{Answer, Entry, Intent, Log};
use local::claims;

/// How often a request is repeated before the client gives up.
const MOST_TRIES: usize = 300;

/// What the clients know of each other's work, so that they get in each other's way.
#[derive(Debug, Default)]
struct Known {
    /// Numbers and identifiers of customers that may be changed.
    customers: Vec<(String, Option<String>)>,
    /// Ids of requests in error.
    errors: Vec<String>,
}

/// What all clients share.
pub struct Field {
    /// Where the master answers.
    pub url: String,
    /// What was asked and answered.
    pub log: Arc<Log>,
    /// How many requests are wanted in all.
    pub wanted: u64,
    begun: AtomicU64,
    known: Mutex<Known>,
    http: reqwest::Client,
}

impl Field {
    /// A field with the master at this address.
    #[must_use]
    pub fn new(url: &str, wanted: u64, log: Arc<Log>) -> Self {
        Self {
            url: url.to_owned(),
            log,
            wanted,
            begun: AtomicU64::new(0),
            known: Mutex::default(),
            http: reqwest::Client::new(),
        }
    }

    /// How many requests have begun.
    pub fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One client.
pub struct Client<'a> {
    field: &'a Field,
    name: String,
    chance: fastrand::Rng,
    /// Requests with keys that were decided, to be sent again.
    sent: Vec<Sending>,
}

/// A request as it is sent.
#[derive(Debug, Clone)]
struct Sending {
    method: Method,
    path: String,
    body: Value,
    if_match: bool,
    key: Option<String>,
    intent: Intent,
}

impl Sending {
    fn new(method: Method, path: impl Into<String>, body: Value, intent: Intent) -> Self {
        Self { method, path: path.into(), body, if_match: false, key: None, intent }
    }
}

impl<'a> Client<'a> {
    /// A client of this name, whose choices come from this seed.
    #[must_use]
    pub fn new(field: &'a Field, name: String, seed: u64) -> Self {
        Self { field, name, chance: fastrand::Rng::with_seed(seed), sent: Vec::new() }
    }

    /// Sends requests until all that are wanted have begun, or the time is over.
    pub async fn work(&mut self, until: Option<tokio::time::Instant>) {
        loop {
            let turn = self.field.begun.fetch_add(1, Ordering::Relaxed);
            if turn >= self.field.wanted
                || until.is_some_and(|until| tokio::time::Instant::now() >= until)
            {
                return;
            }
            let mut sending = self.choose(turn);
            let once_more = sending.key.is_some();
            if sending.intent == Intent::Reuse || sending.intent.operation().is_none() || once_more
            {
                self.decide(&sending).await;
            } else {
                sending.key = self.key(&sending.intent);
                if sending.key.is_some() && self.chance.u8(..) < 20 {
                    // Two at once, as when a client did not wait long enough for the first.
                    tokio::join!(
                        decide(self.field, &self.name, self.chance.fork(), &sending),
                        decide(self.field, &self.name, self.chance.fork(), &sending)
                    );
                } else {
                    self.decide(&sending).await;
                }
                if sending.key.is_some() {
                    self.sent.push(sending);
                }
            }
        }
    }

    async fn decide(&mut self, sending: &Sending) {
        decide(self.field, &self.name, self.chance.fork(), sending).await;
    }

    /// Most requests have a key; those that change a customer always do, so that its versions can be counted.
    fn key(&mut self, intent: &Intent) -> Option<String> {
        let may_lack_one = match intent {
            Intent::Associate { .. } => true,
            Intent::Add { check, .. } => *check == 'Y',
            Intent::AddInVain
            | Intent::Change
            | Intent::Reprocess { .. }
            | Intent::Bulk
            | Intent::Release { .. }
            | Intent::Correct
            | Intent::Delete { .. }
            | Intent::Reuse => false,
        };
        (!may_lack_one || self.chance.u8(..) > 20)
            .then(|| format!("key-{:016x}", self.chance.u64(..)))
    }
}

/// Sends a request until an answer decides it, and logs it.
async fn decide(field: &Field, client: &str, mut chance: fastrand::Rng, sending: &Sending) {
    let began = field.log.tick();
    let mut answers = Vec::new();
    for _ in 0..MOST_TRIES {
        let answer = send(field, client, sending).await;
        let decided = answer.decides();
        answers.push(answer);
        if decided {
            break;
        }
        tokio::time::sleep(Duration::from_millis(chance.u64(10..120))).await;
    }
    if let Some(answer) = answers.last() {
        learn(field, &sending.intent, answer);
    }
    field.log.add(Entry {
        client: client.to_owned(),
        intent: sending.intent.clone(),
        key: sending.key.clone(),
        line: format!("{} {}", sending.method, sending.path),
        sent: sending.body.clone(),
        began,
        ended: field.log.tick(),
        answers,
    });
}

/// What a client tells the others: customers that may be changed, and requests that may be fixed.
fn learn(field: &Field, intent: &Intent, answer: &Answer) {
    let mut known = field.known();
    match intent {
        Intent::AddInVain | Intent::Change | Intent::Add { quiet: false, .. } => {
            if answer.status == 422
                && let Some(id) = &answer.location
            {
                known.errors.push(id.clone());
            } else if answer.status == 201
                && let Some(number) = &answer.location
            {
                let identifier =
                    answer.body["customerOrganizationIdentifier"].as_str().map(str::to_owned);
                known.customers.push((number.clone(), identifier));
            }
        }
        Intent::Add { quiet: true, .. }
        | Intent::Associate { .. }
        | Intent::Release { .. }
        | Intent::Correct
        | Intent::Reprocess { .. }
        | Intent::Delete { .. }
        | Intent::Bulk
        | Intent::Reuse => {}
    }
}

async fn send(field: &Field, client: &str, sending: &Sending) -> Answer {
    let caller = json!({ "sub": client, "scope": "dealer customers steward", "dealer_codes": "*" });
    let mut request = field
        .http
        .request(sending.method.clone(), format!("{}{}", field.url, sending.path))
        .header("Authorization", claims::bearer(&caller));
    if let Some(key) = &sending.key {
        request = request.header("Idempotency-Key", key);
    }
    if sending.if_match {
        request = request.header("If-Match", "*");
    }
    if !sending.body.is_null() {
        request = request.header("Content-Type", "application/json").body(sending.body.to_string());
    }
    let lost = |why: &dyn std::fmt::Display| Answer {
        status: 599,
        body: json!({ "lost": why.to_string() }),
        replayed: false,
        location: None,
        version: None,
    };
    let got = match request.send().await {
        Ok(got) => got,
        Err(error) => return lost(&error),
    };
    let header = |name: &str| {
        let value = got.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let (status, replayed) = (got.status().as_u16(), header("idempotency-replayed").is_some());
    let location = header("location")
        .and_then(|location| location.rsplit_once('/').map(|(_, last)| last.to_owned()));
    let version = header("etag").and_then(|tag| tag.trim_matches('"').parse().ok());
    match got.bytes().await {
        Ok(bytes) => Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            replayed,
            location,
            version,
        },
        Err(error) => lost(&error),
    }
}
