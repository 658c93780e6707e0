//! A recorder in front of a database: every call goes on as it came, and is kept with what it cost.
//!
//! It reads DynamoDB's wire format as far as that takes, and knows no table.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    /// Whether another call was under way when it came: then nobody waited for it.
    pub beside: bool,
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
    calls: Mutex<Vec<Recorded>>,
    under_way: AtomicUsize,
}

impl Shared {
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
        let unavailable =
            |error: std::io::Error| format!("Cannot open a port for the recorder: {error}.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let shared = Arc::new(Shared {
            database: database.to_owned(),
            http: reqwest::Client::new(),
            calls: Mutex::default(),
            under_way: AtomicUsize::new(0),
        });
        let router = Router::new()
            .fallback(forward)
            .with_state(Arc::clone(&shared));
        let mut server = JoinSet::new();
        server.spawn(async move {
            // It ends only with the recorder; a failure is seen by whoever calls.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            shared,
            _server: server,
        })
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
    let beside = shared.under_way.fetch_add(1, Ordering::SeqCst) > 0;
    // A call whose caller has given up goes on, and counts: the database has it.
    let call = tokio::spawn(async move {
        let answer = send(&shared, headers, body, beside).await;
        shared.under_way.fetch_sub(1, Ordering::SeqCst);
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
    beside: bool,
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
        beside,
    });
    Ok((status, headers, text).into_response())
}

/// The units of an answer; one table's, or several.
fn units(answer: &Value) -> f64 {
    let consumed = &answer["ConsumedCapacity"];
    let of = |one: &Value| one["CapacityUnits"].as_f64().unwrap_or_default();
    consumed
        .as_array()
        .map_or_else(|| of(consumed), |all| all.iter().map(of).sum())
}
