//! A recorder in front of a database: every call goes on as it came, and is kept with what it cost.
//!
//! It reads DynamoDB's wire format as far as that takes, and knows no table.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// One call of the database.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What was called, for example `PutItem`.
    pub action: String,
    /// The request.
    pub body: Value,
    /// The status of the answer.
    pub status: u16,
    /// The read capacity units that the database reported.
    pub read_units: f64,
    /// The write capacity units that the database reported, indexes included.
    pub write_units: f64,
    /// From when to when it was under way, in turns of a clock that every beginning and every end moves on.
    pub turns: Range<u64>,
}

/// How many of these calls came one after another: those that came while no other was under way. A call beside another one makes nobody wait.
#[must_use]
pub fn steps(calls: &[Recorded]) -> usize {
    let beside = |call: &Recorded| {
        calls.iter().any(|other| {
            other.turns.start < call.turns.start && other.turns.contains(&call.turns.start)
        })
    };
    calls.iter().filter(|call| !beside(call)).count()
}

/// A running recorder. It stops when it is dropped.
#[derive(Debug)]
pub struct Recorder {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    database: String,
    http: reqwest::Client,
    hold: Duration,
    calls: Mutex<Vec<Recorded>>,
    clock: AtomicU64,
}

impl Shared {
    /// Moves the clock on by a turn.
    fn turn(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn calls(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    /// Starts a recorder in front of the database at this address, for example `http://127.0.0.1:8000`.
    ///
    /// # Errors
    ///
    /// A sentence when there is no port.
    pub async fn start(database: &str) -> Result<Self, String> {
        Self::holding(Duration::ZERO, database).await
    }

    /// The same, with a recorder that holds each call back for so long: calls that were sent together are then seen to be under way together.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn holding(hold: Duration, database: &str) -> Result<Self, String> {
        let unavailable =
            |error: std::io::Error| format!("Cannot open a port for the recorder: {error}.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let shared = Arc::new(Shared {
            database: database.to_owned(),
            http: reqwest::Client::new(),
            hold,
            calls: Mutex::default(),
            clock: AtomicU64::new(0),
        });
        let router = Router::new().fallback(forward).with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move {
            // It ends only with the recorder; a failure is seen by whoever calls.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, shared, _server: server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as an address for clients, for example `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was recorded since the last time, in the order of the answers.
    #[must_use]
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.shared.calls())
    }
}

async fn forward(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    let came = shared.turn();
    // A call whose caller has given up goes on, and counts: the database has it.
    let call = tokio::spawn(async move {
        // The timer's shortest sleep is a millisecond, also for none.
        if !shared.hold.is_zero() {
            tokio::time::sleep(shared.hold).await;
        }
        let answer = send(&shared, headers, body, came).await;
        answer.map_err(|error| error.to_string())
    });
    let failed = |sentence: String| (StatusCode::BAD_GATEWAY, sentence).into_response();
    match call.await {
        Ok(answer) => answer.unwrap_or_else(failed),
        Err(error) => failed(error.to_string()),
    }
}

async fn send(
    shared: &Shared,
    mut headers: HeaderMap,
    body: Bytes,
    came: u64,
) -> Result<Response, reqwest::Error> {
    let action = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default()
        .to_owned();
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    let request = shared.http.post(&shared.database).headers(headers);
    let answer = request.body(body.clone()).send().await?;
    let status = answer.status();
    let mut headers = answer.headers().clone();
    headers.remove(header::TRANSFER_ENCODING);
    let text = answer.bytes().await?;
    let units = units(&serde_json::from_slice(&text).unwrap_or_default());
    let reads = matches!(action.as_str(), "GetItem" | "Query" | "BatchGetItem");
    shared.calls().push(Recorded {
        action,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        status: status.as_u16(),
        read_units: if reads { units } else { 0.0 },
        write_units: if reads { 0.0 } else { units },
        turns: came..shared.turn(),
    });
    Ok((status, headers, text).into_response())
}

/// The units of an answer; one table's, or several.
fn units(answer: &Value) -> f64 {
    let consumed = &answer["ConsumedCapacity"];
    let of = |one: &Value| one["CapacityUnits"].as_f64().unwrap_or_default();
    consumed.as_array().map_or_else(|| of(consumed), |all| all.iter().map(of).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(turns: Range<u64>) -> Recorded {
        Recorded {
            action: "Query".to_owned(),
            body: Value::Null,
            status: 200,
            read_units: 0.0,
            write_units: 0.0,
            turns,
        }
    }

    #[test]
    fn a_call_beside_one_that_counts_is_no_step_and_one_beside_none_is() {
        let (first, beside, later) = (call(0..3), call(1..2), call(4..5));
        assert_eq!(steps(&[beside.clone(), first.clone(), later.clone()]), 2);
        assert_eq!(steps(&[beside, later]), 2);
        assert_eq!(steps(&[]), 0);
    }
}
