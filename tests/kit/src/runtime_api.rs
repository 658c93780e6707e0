//! A small stand-in for the Lambda Runtime API: it starts a function's binary as Lambda does, hands it events one by one, and takes its answers.
//!
//! It measures from the start of the process and counts connections. It knows neither the functions nor their events, and limits nothing as
//! Lambda does (memory, time, the size of an answer).

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as PathParameters, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long an invocation may take, as the event tells the function.
const INVOCATION: Duration = Duration::from_secs(10);

/// How long the stand-in waits for a function that neither answers nor ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the function told the stand-in, and when.
#[derive(Debug)]
enum Told {
    /// It asked for an event.
    Next,
    /// It answered the event.
    Response(Bytes),
    /// It failed the invocation, or its own start.
    Error(Bytes),
}

/// A Runtime API for one function on a port of its own. It stops when it is dropped.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    events: mpsc::UnboundedSender<Bytes>,
    told: mpsc::UnboundedReceiver<(Instant, Told)>,
    connections: Arc<AtomicU64>,
    server: JoinHandle<io::Result<()>>,
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// What the requests of the function share.
#[derive(Clone)]
struct Shared {
    events: Arc<Mutex<mpsc::UnboundedReceiver<Bytes>>>,
    told: mpsc::UnboundedSender<(Instant, Told)>,
    invocations: Arc<AtomicU64>,
}

impl Shared {
    fn tell(&self, told: Told) {
        // Nobody listens any more when the stand-in is being dropped.
        let _ = self.told.send((Instant::now(), told));
    }
}

impl RuntimeApi {
    /// Starts on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// A sentence when there is no port.
    pub async fn start() -> Result<Self, String> {
        let unavailable =
            |error: io::Error| format!("Cannot open a port for the Runtime API: {error}.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let (events, waiting) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let connections = Arc::<AtomicU64>::default();
        let shared = Shared {
            events: Arc::new(Mutex::new(waiting)),
            told: tell,
            invocations: Arc::default(),
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(invocation_error))
            .route("/2018-06-01/runtime/init/error", post(error))
            .with_state(shared);
        let counting = Counting { listener, connections: Arc::clone(&connections) };
        Ok(Self {
            address,
            events,
            told,
            connections,
            server: tokio::spawn(async move { axum::serve(counting, router).await }),
        })
    }

    /// Where it listens, as `AWS_LAMBDA_RUNTIME_API` wants it: address and port.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// How many connections the function has opened to the stand-in.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    async fn told(&mut self) -> Result<(Instant, Told), String> {
        match timeout(PATIENCE, self.told.recv()).await {
            Ok(Some(told)) => Ok(told),
            Ok(None) => Err("The Runtime API ended.".to_owned()),
            Err(_) => Err(format!("The function was silent for {PATIENCE:?}.")),
        }
    }
}

async fn next(State(shared): State<Shared>) -> Response {
    shared.tell(Told::Next);
    let Some(event) = shared.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let id = shared.invocations.fetch_add(1, Ordering::Relaxed) + 1;
    let deadline = SystemTime::now() + INVOCATION;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let texts = [
        ("lambda-runtime-aws-request-id", format!("00000000-0000-4000-8000-{id:012x}")),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:bench".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            format!("Root=1-00000000-{id:024x};Parent={id:016x};Sampled=0"),
        ),
        ("content-type", "application/json".to_owned()),
    ];
    let headers: HeaderMap = texts
        .into_iter()
        .map(|(name, text)| {
            let value = HeaderValue::try_from(text).expect("digits, letters and marks");
            (HeaderName::from_static(name), value)
        })
        .collect();
    (headers, event).into_response()
}

async fn response(
    State(shared): State<Shared>,
    PathParameters(_): PathParameters<String>,
    body: Bytes,
) -> StatusCode {
    shared.tell(Told::Response(body));
    StatusCode::ACCEPTED
}

async fn invocation_error(
    State(shared): State<Shared>,
    PathParameters(_): PathParameters<String>,
    body: Bytes,
) -> StatusCode {
    shared.tell(Told::Error(body));
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Shared>, body: Bytes) -> StatusCode {
    shared.tell(Told::Error(body));
    StatusCode::ACCEPTED
}

/// A listener that counts what it accepts.
struct Counting {
    listener: TcpListener,
    connections: Arc<AtomicU64>,
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        let (stream, from) = Listener::accept(&mut self.listener).await;
        // An answer held back for a fuller packet would be a delay of ours.
        let _ = stream.set_nodelay(true);
        self.connections.fetch_add(1, Ordering::Relaxed);
        (stream, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One invocation: what the function answered, and how long it took from the event's departure to the answer's arrival.
#[derive(Debug)]
pub struct Invocation {
    /// The answer as the function sent it: JSON. API Gateway's form of an HTTP answer, for the functions here.
    pub answer: Result<Bytes, Bytes>,
    /// From the event to the answer.
    pub took: Duration,
    /// From the start of the process to the answer.
    pub since_start: Duration,
}

/// A function's process, started as Lambda starts it. It is killed when this is dropped.
#[derive(Debug)]
pub struct Function {
    api: RuntimeApi,
    child: Child,
    started: Instant,
    waits: bool,
}

impl Function {
    /// Starts a binary with these variables, and with nothing else in its environment but what Lambda itself sets. Its standard output is
    /// thrown away; its standard error is ours.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be started.
    pub async fn start(binary: &Path, variables: &[(&str, String)]) -> Result<Self, String> {
        Self::start_under(&[], binary, variables).await
    }

    /// The same under a program that watches it, for example `["valgrind", "--tool=callgrind"]`.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be started.
    pub async fn start_under(
        watcher: &[String],
        binary: &Path,
        variables: &[(&str, String)],
    ) -> Result<Self, String> {
        let command = match watcher {
            [] => Command::new(binary),
            [program, options @ ..] => {
                let mut command = Command::new(program);
                command.args(options).arg(binary);
                command
            }
        };
        Self::spawn(command, variables).await
    }

    /// The same with arguments, for a program that is a function only when it is told.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be started.
    pub async fn start_with(
        binary: &Path,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Result<Self, String> {
        let mut command = Command::new(binary);
        command.args(arguments);
        Self::spawn(command, variables).await
    }

    async fn spawn(mut command: Command, variables: &[(&str, String)]) -> Result<Self, String> {
        let api = RuntimeApi::start().await?;
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("AWS_LAMBDA_RUNTIME_API", api.address())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let started = Instant::now();
        let child = command.spawn().map_err(|error| {
            let program = command.as_std().get_program();
            format!("{} cannot be started: {error}.", program.display())
        })?;
        Ok(Self { api, child, started, waits: false })
    }

    /// How many connections the function has opened to the Runtime API.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.api.connections()
    }

    /// The process.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until the function asks for an event, and says how long after the start of the process that was. At once when it asked already.
    ///
    /// # Errors
    ///
    /// A sentence when the process ended, or failed its start, before it asked.
    pub async fn ready(&mut self) -> Result<Duration, String> {
        if self.waits {
            return Ok(self.started.elapsed());
        }
        match self.told().await? {
            (at, Told::Next) => {
                self.waits = true;
                Ok(at.duration_since(self.started))
            }
            (_, told @ (Told::Response(_) | Told::Error(_))) => {
                Err(format!("The function did not ask for an event but told {told:?}."))
            }
        }
    }

    /// Hands the function an event, as JSON, and waits for its answer.
    ///
    /// # Errors
    ///
    /// A sentence when the process ended, or is not as a function should be.
    pub async fn invoke(&mut self, event: impl Into<Bytes>) -> Result<Invocation, String> {
        self.ready().await?;
        self.waits = false;
        let sent = Instant::now();
        self.api.events.send(event.into()).map_err(|_| "The Runtime API ended.".to_owned())?;
        let (at, answer) = match self.told().await? {
            (at, Told::Response(body)) => (at, Ok(body)),
            (at, Told::Error(body)) => (at, Err(body)),
            (_, Told::Next) => return Err("The function asked twice for an event.".to_owned()),
        };
        Ok(Invocation {
            answer,
            took: at.duration_since(sent),
            since_start: at.duration_since(self.started),
        })
    }

    /// Asks the process to end, as a shell's `kill` does, and waits for it: a watcher then writes what it has seen.
    ///
    /// # Errors
    ///
    /// A sentence when it cannot be told or waited for.
    pub async fn stop(mut self) -> Result<(), String> {
        if let Some(process) = self.child.id() {
            let told = Command::new("kill")
                .arg(process.to_string())
                .status()
                .await
                .map_err(|error| format!("kill cannot be started: {error}."))?;
            if !told.success() {
                return Err("The function cannot be told to end.".to_owned());
            }
        }
        let ended = timeout(PATIENCE, self.child.wait()).await;
        match ended {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("The function cannot be waited for: {error}.")),
            Err(_) => Err(format!("The function did not end within {PATIENCE:?}.")),
        }
    }

    fn told(&mut self) -> impl Future<Output = Result<(Instant, Told), String>> {
        let Self { api, child, .. } = self;
        async move {
            tokio::select! {
                // First what it said, then that it is gone.
                biased;
                told = api.told() => told,
                ended = child.wait() => Err(match ended {
                    Ok(status) => format!("The function ended: {status}."),
                    Err(error) => format!("The function cannot be waited for: {error}."),
                }),
            }
        }
    }
}
