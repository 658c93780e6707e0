//! One batch to the customer master, until each of its rows is settled or it has been busy for too long.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use serde_json::Value;

use crate::options::Options;
use crate::results::Outcome;
use crate::source::Kind;

/// How often a batch is sent at the most.
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
    pub rows: Vec<String>,
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
        Ok(Self { client, url, token: options.token.clone() })
    }

    /// Sends a batch, again and again where it must be.
    ///
    /// # Errors
    /// A sentence where there is no use in going on.
    pub async fn send(&self, batch: Batch) -> Result<Sent, String> {
        let body = format!("[{}]", batch.rows.join(","));
        let mut last = String::new();
        for tries in 0..MAX_TRIES {
            let (wait, why, outcomes) = match self.once(&batch, body.clone()).await? {
                Answer::Results(outcomes) => {
                    if outcomes.iter().all(|outcome| outcome.outcome != "busy")
                        || tries + 1 == MAX_TRIES
                    {
                        return Ok(Sent { batch: batch.name, outcomes, busy: tries });
                    }
                    (None, "rows are busy".to_owned(), Some(outcomes))
                }
                Answer::Later(wait, why) => (wait, why, None),
            };
            drop(outcomes);
            last = why;
            tokio::time::sleep(jittered(tries).max(wait.unwrap_or_default())).await;
        }
        Err(format!("The customer master does not take the rows from {}: {last}.", batch.first))
    }

    async fn once(&self, batch: &Batch, body: String) -> Result<Answer, String> {
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
            Err(error) => return Ok(Answer::Later(None, error.without_url().to_string())),
        };
        let status = answer.status();
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            let after = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok());
            let after = after.and_then(|after| after.parse().ok()).map(Duration::from_secs);
            return Ok(Answer::Later(after, format!("it answers {status}")));
        }
        let text = match answer.text().await {
            Ok(text) => text,
            Err(error) => return Ok(Answer::Later(None, error.without_url().to_string())),
        };
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        if status != StatusCode::OK {
            let title = json["title"].as_str().or(json["message"].as_str()).unwrap_or_default();
            return Err(format!("The customer master refuses to load: {status}. {title}."));
        }
        let results = json["results"].as_array().filter(|all| all.len() == batch.rows.len());
        let results = results.ok_or("What answers at this address is no customer master.")?;
        let outcome = |(row, result)| outcome(batch.first + row, result);
        Ok(Answer::Results((0..).zip(results).map(outcome).collect()))
    }
}

enum Answer {
    Results(Vec<Outcome>),
    /// Not now: how long it asks to wait, and why.
    Later(Option<Duration>, String),
}

fn outcome(row: u64, result: &Value) -> Outcome {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let codes = result["errors"].as_array().into_iter().flatten();
    let faults = result["problem"]["errors"].as_array().into_iter().flatten();
    let mut causes: Vec<_> = codes.chain(faults).map(|fault| text(&fault["code"])).collect();
    if let Some(kind) = result["problem"]["type"].as_str() {
        causes.insert(0, kind.trim_start_matches("/problems/").to_owned());
    }
    causes.dedup();
    Outcome {
        row,
        status: result["status"].as_u64().unwrap_or_default(),
        outcome: text(&result["outcome"]),
        customer_number: text(&result["customerNumber"]),
        request_in_error: text(&result["request_in_error"]),
        causes,
    }
}

/// A random wait before the next try (full jitter: Brooker 2015, "Exponential Backoff And Jitter").
fn jittered(tries: u32) -> Duration {
    let longest = FIRST_WAIT.saturating_mul(1 << tries.min(16)).min(MAX_WAIT);
    longest.mul_f64(fastrand::f64())
}
