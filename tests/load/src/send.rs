//! One batch to the customer master, until each of its rows is settled or it has been busy for too long.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use serde_json::Value;

use crate::options::Options;
use crate::results::{Former, Outcome};
use crate::source::{Kind, Row};

/// How often a batch is sent at the most without any of its rows being settled.
const MAX_TRIES: u32 = 12;

/// How long the first wait may be; each further one twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(200);

const MAX_WAIT: Duration = Duration::from_secs(20);

/// How long one answer may take: the customer master answers within nine seconds.
const MAX_ANSWER: Duration = Duration::from_secs(30);

/// Rows that are sent in one call.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its name, and the key under which it is sent: the same whenever the same file is loaded.
    pub name: String,
    /// The number of its first row.
    pub first: u64,
    pub rows: Vec<Row>,
}

/// What is sent in place of a row about a customer that is not there: it is no row, so it does nothing, and the others keep their places.
const HELD_BACK: &str = "null";

impl Batch {
    /// Names the customers as they are called now. One that is not there holds its rows back.
    pub fn name_customers(&mut self, kind: Kind, former: &Former) {
        for row in &mut self.rows {
            let Some(of) = &row.of else { continue };
            let named = former.now(of).and_then(|(number, identifier)| {
                let mut json: Value = serde_json::from_str(&row.body).ok()?;
                match kind {
                    Kind::Messages => json["CustSoldTo"]["cst_cust_nbr"] = number.into(),
                    Kind::Associations => {
                        json["customerOrganizationIdentifier"] = identifier.into();
                    }
                }
                Some(json.to_string())
            });
            row.body = named.unwrap_or_else(|| HELD_BACK.to_owned());
        }
    }
}

/// What became of a batch.
#[derive(Debug)]
pub struct Sent {
    pub batch: String,
    pub outcomes: Vec<Outcome>,
    /// How often the other side was busy with it.
    pub busy: u32,
}

/// Where batches are sent.
#[derive(Debug, Clone)]
pub struct Door {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
    dry_run: bool,
    /// Why it was last tried again, where nobody was told that yet.
    trouble: Arc<Mutex<Option<String>>>,
}

impl Door {
    /// The door that these options name, for rows of this kind.
    ///
    /// # Errors
    /// A sentence.
    pub fn of(options: &Options, kind: Kind) -> Result<Self, String> {
        let client = reqwest::Client::builder().timeout(MAX_ANSWER).build();
        let client = client.map_err(|error| format!("No connection can be made: {error}."))?;
        let query = if options.dry_run { "?dryRun=true" } else { "" };
        let url = format!("{}{}{query}", options.url, kind.path());
        let (token, dry_run) = (options.token.clone(), options.dry_run);
        Ok(Self { client, url, token, dry_run, trouble: Arc::default() })
    }

    /// Why a batch is tried again, if one is since this was asked last.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Why no answer came.
    fn unheard(&self, error: &reqwest::Error) -> Answer {
        let url = &self.url;
        let why = match error {
            error if error.is_connect() => {
                format!("nothing answers at {url} (is it running, and is the address right?)")
            }
            error if error.is_timeout() => {
                format!("{url} does not answer within {} s", MAX_ANSWER.as_secs())
            }
            _ => format!("the answer of {url} broke off"),
        };
        Answer::Later(None, why)
    }

    /// Sends a batch, again and again where it must be, until each of its rows is settled, or the other side settles none for too long.
    ///
    /// # Errors
    /// A sentence where there is no use in going on.
    pub async fn send(&self, batch: Batch) -> Result<Sent, String> {
        let held_back = |row: &Row| (row.body == HELD_BACK).then(|| self.held_back(row));
        let mut heard: Vec<_> = batch.rows.iter().map(held_back).collect();
        let (mut left, mut busy, mut tries) = (unsettled(&heard), 0, 0);
        let mut why = String::new();
        while left > 0 && tries < MAX_TRIES {
            let wait = match self.once(&batch, &heard).await? {
                Answer::Results(outcomes) => {
                    heard = outcomes.into_iter().map(Some).collect();
                    None
                }
                Answer::Later(wait, reason) => {
                    why.clone_from(&reason);
                    *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
                    wait
                }
            };
            let before = std::mem::replace(&mut left, unsettled(&heard));
            if left > 0 {
                busy += 1;
                // Who gets on, however slowly, is waited for.
                tries = if left < before { 0 } else { tries + 1 };
                tokio::time::sleep(jittered(tries).max(wait.unwrap_or_default())).await;
            }
        }
        let outcomes: Option<Vec<_>> = heard.into_iter().collect();
        let outcomes = outcomes.ok_or_else(|| {
            format!(
                "The customer master does not take the rows from {}: {why}. Started again, it goes on where it was.",
                batch.first
            )
        })?;
        let numbered = (batch.first..).zip(outcomes).map(|(row, one)| Outcome { row, ..one });
        Ok(Sent { batch: batch.name, outcomes: numbered.collect(), busy })
    }

    /// What became of a row that was not sent. In a dry run no customer is made that it could be about.
    fn held_back(&self, row: &Row) -> Outcome {
        let (status, outcome, causes) = match self.dry_run {
            true => (0, "unforeseen", Vec::new()),
            false => (404, "refused", vec!["customer-not-loaded".to_owned()]),
        };
        Outcome {
            row: 0,
            status,
            outcome: outcome.to_owned(),
            customer_number: String::new(),
            identifier: String::new(),
            request_in_error: String::new(),
            was: row.was.clone().unwrap_or_default(),
            causes,
        }
    }

    /// Sends those rows of which nothing final was heard; in a dry run all of them, because they see each other.
    async fn once(&self, batch: &Batch, heard: &[Option<Outcome>]) -> Result<Answer, String> {
        let sent = batch.rows.iter().zip(heard).map(|(row, heard)| match is_settled(heard) {
            true if !self.dry_run => HELD_BACK,
            _ => &row.body,
        });
        let body = format!("[{}]", sent.collect::<Vec<_>>().join(","));
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("load-{}", batch.name))
            .body(body);
        let request = match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => return Ok(self.unheard(&error)),
        };
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
            let after = after.and_then(|after| after.parse().ok()).map(Duration::from_secs);
            return Ok(Answer::Later(after, format!("it answers {status}")));
        }
        let text = match answer.text().await {
            Ok(text) => text,
            Err(error) => return Ok(self.unheard(&error)),
        };
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        if status != StatusCode::OK {
            let title = json["title"].as_str().or(json["message"].as_str()).unwrap_or_default();
            return Err(format!("The customer master refuses to load: {status}. {title}."));
        }
        let results = json["results"].as_array().filter(|all| all.len() == batch.rows.len());
        let results = results.ok_or("What answers at this address is no customer master.")?;
        let rows = batch.rows.iter().zip(heard).zip(results);
        let outcomes = rows.map(|((row, heard), result)| match heard {
            Some(outcome) if is_settled(heard) => outcome.clone(),
            Some(_) | None => outcome(row, result),
        });
        Ok(Answer::Results(outcomes.collect()))
    }
}

/// Whether something final was heard of a row.
fn is_settled(heard: &Option<Outcome>) -> bool {
    heard.as_ref().is_some_and(|outcome| outcome.outcome != "busy")
}

fn unsettled(heard: &[Option<Outcome>]) -> usize {
    heard.iter().filter(|heard| !is_settled(heard)).count()
}

enum Answer {
    Results(Vec<Outcome>),
    /// Not now: how long it asks to wait, and why.
    Later(Option<Duration>, String),
}

fn outcome(row: &Row, result: &Value) -> Outcome {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let codes = result["errors"].as_array().into_iter().flatten();
    let faults = result["problem"]["errors"].as_array().into_iter().flatten();
    let mut causes: Vec<_> = codes.chain(faults).map(|fault| text(&fault["code"])).collect();
    if let Some(kind) = result["problem"]["type"].as_str() {
        causes.insert(0, kind.trim_start_matches("/problems/").to_owned());
    }
    causes.dedup();
    Outcome {
        row: 0,
        status: result["status"].as_u64().unwrap_or_default(),
        outcome: text(&result["outcome"]),
        customer_number: text(&result["customerNumber"]),
        identifier: text(&result["customerOrganizationIdentifier"]),
        request_in_error: text(&result["request_in_error"]),
        was: row.was.clone().unwrap_or_default(),
        causes,
    }
}

/// A random wait before the next try (full jitter: Brooker 2015, "Exponential Backoff And Jitter").
fn jittered(tries: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << tries.min(16)).min(MAX_WAIT);
    longest.mul_f64(fastrand::f64())
}
