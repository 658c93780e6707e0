//! The database client on a connector without a socket, to an embedded database in this process: with the client's own retries and time-outs, on the runtime's clock, which the
//! tests pause, so that waiting costs no time.
//!
//! What goes wrong on the connector is chosen by whoever makes it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use domain::time::Timestamp;
use dynoxide::Database;
use dynoxide::storage_backend::Clock as DatabaseClock;
use kit::clocked::Clocked;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::client::Connection;
use store::dynamo::Dynamo;
use tokio::time::Instant;

use super::fault::{Call, Fault};

/// The time at which the clock begins, so that times look like times: November 2026.
const BEGIN: Duration = Duration::from_secs(1_795_000_000);

/// How much time has passed on the runtime's clock since the connector was made.
#[derive(Debug, Clone, Copy)]
pub struct Since(Instant);

impl Since {
    /// From now on.
    #[must_use]
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// The time of day that it is.
    #[must_use]
    pub fn time(&self) -> Duration {
        BEGIN + self.0.elapsed()
    }
}

/// The database's own clock: its transaction tokens expire by it.
impl DatabaseClock for Since {
    fn now_unix_secs(&self) -> u64 {
        self.time().as_secs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        self.time().as_secs_f64()
    }
}

type Choose = dyn FnMut(&Call) -> Option<Fault> + Send;

/// The connector.
#[derive(Clone)]
pub struct Connector {
    database: Arc<Database>,
    since: Since,
    choose: Arc<Mutex<Box<Choose>>>,
    calls: Arc<AtomicU64>,
    killed: Arc<AtomicBool>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("calls", &self.calls).finish_non_exhaustive()
    }
}

impl Connector {
    /// A connector to a new database, on which nothing goes wrong.
    ///
    /// # Panics
    ///
    /// When the embedded database does not start.
    #[must_use]
    pub fn open() -> Self {
        let since = Since::now();
        let database = Database::memory_with_clock(Arc::new(since)).expect("a database");
        Self {
            database: Arc::new(database),
            since,
            choose: Arc::new(Mutex::new(Box::new(|_| None))),
            calls: Arc::default(),
            killed: Arc::default(),
        }
    }

    /// From now on this goes wrong.
    pub fn fault(&self, choose: impl FnMut(&Call) -> Option<Fault> + Send + 'static) {
        *self.choose.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(choose);
    }

    /// How many calls have arrived on the connector, each repetition counted.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether whoever calls was killed.
    #[must_use]
    pub fn was_killed(&self) -> bool {
        self.killed.load(Ordering::Relaxed)
    }

    /// Whoever calls lives again.
    pub fn revive(&self) {
        self.killed.store(false, Ordering::Relaxed);
    }

    /// The database client as the functions build it, on this connector.
    #[must_use]
    pub fn client(&self) -> Client {
        let connector = SharedHttpConnector::new(self.clone());
        let config = Connection::to_emulator("http://in-process")
            .client()
            .config()
            .to_builder()
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        Client::from_conf(config)
    }

    /// The table of this name on this connector, whose time is the clock's.
    #[must_use]
    pub fn table(&self, name: &str) -> Clocked<Dynamo> {
        let since = self.since;
        Clocked::new(Dynamo::new(self.client(), name), move |_| {
            let now = since.time().as_millis();
            Timestamp::from_millis(u64::try_from(now).expect("no run takes so long"))
        })
    }

    fn arrive(&self, operation: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let database = &*self.database;
        match operation {
            "GetItem" => done(body, |request| database.get_item(request)),
            "BatchGetItem" => done(body, |request| database.batch_get_item(request)),
            "Query" => done(body, |request| database.query(request)),
            "Scan" => done(body, |request| database.scan(request)),
            "PutItem" => done(body, |request| database.put_item(request)),
            "UpdateItem" => done(body, |request| database.update_item(request)),
            "DeleteItem" => done(body, |request| database.delete_item(request)),
            "TransactWriteItems" => done(body, |request| database.transact_write_items(request)),
            "CreateTable" => done(body, |request| database.create_table(request)),
            "UpdateTimeToLive" => done(body, |request| database.update_time_to_live(request)),
            other => panic!("no operation makes the call {other}"),
        }
    }
}

/// Does one call as the embedded database's server does it.
fn done<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    act: impl FnOnce(Q) -> dynoxide::Result<A>,
) -> (u16, Vec<u8>) {
    let request = serde_json::from_slice(body).expect("the database client writes JSON");
    match act(request) {
        Ok(answer) => (200, serde_json::to_vec(&answer).expect("the database answers in JSON")),
        Err(error) => (error.status_code(), error.to_json().into_bytes()),
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let call = Call::of(target, &body);
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            connector.calls.fetch_add(1, Ordering::Relaxed);
            let fault = {
                let mut choose = connector.choose.lock().unwrap_or_else(PoisonError::into_inner);
                choose(&call)
            };
            let arrive = || connector.arrive(&call.operation, &body);
            let lost = || Err(ConnectorError::io("lost on the connector".into()));
            match fault {
                None => answer(arrive()),
                Some(Fault::LoseRequest) => lost(),
                Some(Fault::LoseAnswer) => {
                    arrive();
                    lost()
                }
                Some(Fault::HalfAnswer) => {
                    let (status, mut body) = arrive();
                    body.truncate(body.len() / 2);
                    answer((status, body))
                }
                Some(Fault::FailAfterEffect(refusal)) => {
                    arrive();
                    let (status, body) = call.refused(refusal);
                    answer((status, body.to_string().into_bytes()))
                }
                Some(Fault::Refuse(refusal)) => {
                    let (status, body) = call.refused(refusal);
                    answer((status, body.to_string().into_bytes()))
                }
                Some(Fault::Slow(wait)) => {
                    let arrived = arrive();
                    tokio::time::sleep(wait).await;
                    answer(arrived)
                }
                Some(Fault::Late(wait)) => {
                    let connector = connector.clone();
                    // On its own: the effect comes, whether the caller still waits or is gone.
                    let late = tokio::spawn(async move {
                        tokio::time::sleep(wait).await;
                        connector.arrive(&call.operation, &body)
                    });
                    answer(late.await.map_err(|error| ConnectorError::io(error.into()))?)
                }
                Some(Fault::Hang) => std::future::pending().await,
                Some(Fault::Repeat) => {
                    arrive();
                    answer(arrive())
                }
                Some(Fault::KillBefore) => {
                    connector.killed.store(true, Ordering::Relaxed);
                    std::future::pending().await
                }
                Some(Fault::KillAfter) => {
                    arrive();
                    connector.killed.store(true, Ordering::Relaxed);
                    std::future::pending().await
                }
            }
        })
    }
}

fn answer((status, body): (u16, Vec<u8>)) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, body.into());
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}
