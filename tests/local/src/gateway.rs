//! Stands in for API Gateway's HTTP API: takes HTTP/1.1 on 127.0.0.1, calls the function of the matching route with an event
//! of payload format 2.0, and writes its answer back.
//!
//! It refuses only what the real gateway refuses. Routes and functions are given as data; none is named here.

mod refusal;

use std::{
    collections::BTreeMap,
    future::{Future, IntoFuture, pending},
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
    serve::ListenerExt,
};
use data_encoding::{BASE64, HEXLOWER};
use http_body_util::BodyExt;
use lambda_http::{BoxFuture, Context, RequestExt};
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot};

use self::refusal::Refusal;
use crate::{
    claims::{self, Claims, WithoutToken},
    event::{self, Arrival},
};

/// The largest body that an HTTP API takes, in bytes.
pub const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The most that an HTTP API takes of request line and headers together, in bytes.
pub const LARGEST_HEAD: usize = 10_240;

/// How much of a refused body is still read, in bytes: a client that is busy sending would not see the answer otherwise.
const READ_OF_A_REFUSED_BODY: usize = 64 * 1024 * 1024;

/// How long requests that are under way may go on when the server stops.
const PATIENCE: Duration = Duration::from_secs(5);

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

/// A function as the gateway calls it. A panic in it is answered with 500, as a failed invocation is.
pub type Function = Arc<
    dyn Fn(lambda_http::Request) -> BoxFuture<'static, lambda_http::Response<lambda_http::Body>>
        + Send
        + Sync,
>;

/// What verifies tokens: the claims of a request with a good one, none for one that is answered with 401.
pub type Authorizer = Arc<dyn Fn(&HeaderMap) -> Option<Claims> + Send + Sync>;

/// What became of a request, for whoever watches the gateway. Of the request itself only its route is told: a path may name a person.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    pub method: &'a Method,
    /// The path of the route; none where no route has that path.
    pub route: Option<&'a str>,
    pub status: StatusCode,
    /// The last part of a problem's type, for example `not-found`.
    pub problem: Option<&'a str>,
    pub took: Duration,
}

/// How many requests are a crowd: more than somebody sends who waits for each answer.
const CROWD: usize = 4;

/// How many requests that may write are under way.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    /// Whether there are as many as make a crowd.
    #[must_use]
    pub fn is_crowd(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= CROWD
    }

    /// One more, for as long as what this answers is kept; none of it where the method only reads, which may wait long for news.
    fn begin(&self, method: &Method) -> Option<Ended> {
        if method.is_safe() {
            return None;
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        Some(Ended(Self(Arc::clone(&self.0))))
    }
}

/// Says at its end that a request is under way no more.
struct Ended(UnderWay);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Is told what became of each request.
pub type Watch = Arc<dyn Fn(&Served<'_>) + Send + Sync>;

/// The last part of a problem's type, beside the answer that has it.
#[derive(Clone)]
struct ProblemType(String);

/// Functions by the names under which routes lead to them.
pub type Functions = BTreeMap<&'static str, Function>;

/// Makes a [`Function`] of an async closure.
pub fn function<F, A>(call: F) -> Function
where
    F: Fn(lambda_http::Request) -> A + Send + Sync + 'static,
    A: Future<Output = lambda_http::Response<lambda_http::Body>> + Send + 'static,
{
    Arc::new(move |request| Box::pin(call(request)))
}

/// Whether a route asks who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The authorizer decides; the event carries claims ([`crate::claims`]).
    Authorized,
    /// Anyone may call; the `Authorization` header is not looked at, and the event carries no claims.
    Anyone,
}

/// One row of the routing table. It holds for every method, so that a function says which methods the path has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path, with names in braces for whole segments that vary, for example `/customers/{number}`. A literal segment wins over a name.
    pub path: String,
    /// The function's name among those given to [`Gateway::new`].
    pub function: String,
    /// The functions of single methods, where several share the path; each of them says which methods the path has.
    pub methods: BTreeMap<String, String>,
    /// Whether it asks who calls.
    pub access: Access,
}

/// Where a row of the routing table leads.
struct Target {
    route: Route,
    function: Function,
    /// Those of single methods.
    methods: BTreeMap<String, Function>,
}

impl Target {
    fn of(route: &Route, functions: &Functions) -> Result<Self, String> {
        let function = |name: &str| {
            functions.get(name).map(Arc::clone).ok_or_else(|| {
                format!("The route {} names the function {name}, and there is none.", route.path)
            })
        };
        let methods = route.methods.iter();
        Ok(Self {
            route: route.clone(),
            function: function(&route.function)?,
            methods: methods
                .map(|(method, name)| Ok((method.clone(), function(name)?)))
                .collect::<Result<_, String>>()?,
        })
    }

    fn function(&self, method: &Method) -> &Function {
        self.methods.get(method.as_str()).unwrap_or(&self.function)
    }
}

/// The routing table with its functions.
pub struct Gateway {
    routes: matchit::Router<Target>,
    without_token: WithoutToken,
    authorizer: Option<Authorizer>,
    watch: Option<Watch>,
    under_way: UnderWay,
}

/// Opens the gateway's port on 127.0.0.1; 0 picks a free one.
///
/// # Errors
///
/// A sentence for the person at the keyboard that says why the port cannot be had, and what to do.
pub async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            let other = if port == u16::MAX { port - 1 } else { port + 1 };
            format!(
                "Port {port} is taken by another program. Stop it, or choose another port: `cargo local --port {other}` (`--port 0` picks a free one)."
            )
        } else if error.kind() == io::ErrorKind::PermissionDenied {
            format!("Port {port} needs more rights than this user has. Choose one from 1024 on: `cargo local --port 3000`.")
        } else {
            format!("Cannot listen on port {port} of 127.0.0.1: {error}.")
        }
    })
}

impl Gateway {
    /// Builds the routing table.
    ///
    /// # Errors
    ///
    /// A sentence that names the route that is malformed, conflicts with another one, or has no function.
    pub fn new(routes: &[Route], functions: &Functions) -> Result<Self, String> {
        let mut table = matchit::Router::new();
        for route in routes {
            table
                .insert(&route.path, Target::of(route, functions)?)
                .map_err(|error| format!("The route {} cannot be used: {error}.", route.path))?;
        }
        Ok(Self {
            routes: table,
            without_token: WithoutToken::LocalDeveloper,
            authorizer: None,
            watch: None,
            under_way: UnderWay::default(),
        })
    }

    /// Says what a request without a token comes to; unless told, the local developer sent it.
    #[must_use]
    pub fn without_token(self, without_token: WithoutToken) -> Self {
        Self { without_token, ..self }
    }

    /// What is under way, now and later.
    #[must_use]
    pub fn under_way(&self) -> UnderWay {
        self.under_way.clone()
    }

    /// Tells `watch` what becomes of each request.
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// Has tokens verified by this authorizer in place of [`claims`], which stand in for one: whoever has none that it takes is refused.
    #[must_use]
    pub fn authorized_by(self, authorizer: Authorizer) -> Self {
        Self { authorizer: Some(authorizer), ..self }
    }

    /// Answers requests until `shutdown` is done, and then for at most five seconds those that are under way.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let port = listener.local_addr()?.port();
        // Small answers would otherwise wait for the client's acknowledgement; a socket that cannot be set so is only slower.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        let service = Router::new()
            .fallback(answer)
            .with_state((Arc::new(self), port))
            .into_make_service_with_connect_info::<SocketAddr>();
        let (stopping, stop) = oneshot::channel();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            shutdown.await;
            // Nobody waits for it any more only when the server is gone already.
            let _ = stopping.send(());
        });
        tokio::select! {
            outcome = server.into_future() => outcome,
            () = out_of_patience(stop) => Ok(()),
        }
    }

    async fn respond(
        &self,
        request: Request,
        source: SocketAddr,
        port: u16,
        request_id: &str,
    ) -> Result<Response, Refusal> {
        let (head, body) = request.into_parts();
        // Read first: a client that is still sending would not see a refusal.
        let body = read(body).await;
        if size_of_head(&head.method, &head.uri, &head.headers) > LARGEST_HEAD {
            return Err(Refusal::HEAD_TOO_LARGE);
        }
        if !is_our_host(&head.headers) {
            return Err(Refusal::FORBIDDEN);
        }
        let path = event::decode_path(head.uri.path()).ok_or(Refusal::BAD_REQUEST)?;
        let matched = self.routes.at(&path).map_err(|_| Refusal::NOT_FOUND)?;
        let (route, function) = (&matched.value.route, matched.value.function(&head.method));
        let claims = match route.access {
            Access::Anyone => None,
            Access::Authorized => {
                let claims = match &self.authorizer {
                    Some(authorizer) => authorizer(&head.headers),
                    None => claims::authorize(&head.headers, self.without_token),
                };
                Some(claims.ok_or(Refusal::UNAUTHORIZED)?)
            }
        };
        let event = event::write(&Arrival {
            method: &head.method,
            path: &path,
            query: head.uri.query().unwrap_or_default(),
            headers: &head.headers,
            body: &body?,
            route: &route.path,
            path_parameters: matched.params.iter().collect(),
            claims: claims.as_ref(),
            request_id,
            trace_id: &trace_id(),
            source: source.ip(),
            port,
            at: SystemTime::now(),
        });
        let function = Arc::clone(function);
        let request_id = request_id.to_owned();
        // A task of its own: a panic ends there, and the function goes on when the client hangs up, as in Lambda.
        tokio::spawn(async move { invoke(&function, &event, request_id).await })
            .await
            .map_err(|_| Refusal::INTERNAL)
    }
}

async fn answer(
    State((gateway, port)): State<(Arc<Gateway>, u16)>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let request_id = request_id();
    let arrived = Instant::now();
    let _until_it_ends = gateway.under_way.begin(request.method());
    let asked = gateway.watch.is_some().then(|| (request.method().clone(), request.uri().clone()));
    let mut response = match gateway.respond(request, source, port, &request_id).await {
        Ok(response) => response,
        Err(refusal) => refusal.into_response(),
    };
    let value = HeaderValue::try_from(request_id).expect("base64 is a header value");
    response.headers_mut().insert(REQUEST_ID, value);
    if let (Some(watch), Some((method, uri))) = (&gateway.watch, asked) {
        let path = event::decode_path(uri.path()).unwrap_or_default();
        watch(&Served {
            method: &method,
            route: gateway.routes.at(&path).ok().map(|matched| matched.value.route.path.as_str()),
            status: response.status(),
            problem: response.extensions().get::<ProblemType>().map(|problem| problem.0.as_str()),
            took: arrived.elapsed(),
        });
    }
    response
}

/// Calls the function as the Lambda runtime would, and turns its answer into the client's.
async fn invoke(function: &Function, event: &str, request_id: String) -> Response {
    let request = api::event::request(event);
    let mut context = Context::default();
    context.request_id = request_id;
    let (mut head, body) = function(request.with_lambda_context(context)).await.into_parts();
    head.headers = answered_headers(&head.headers, !body.is_empty());
    if let Some(problem) = problem_type(&head.headers, &body) {
        head.extensions.insert(problem);
    }
    Response::from_parts(head, axum::body::Body::from(body.to_vec()))
}

/// What kind of problem this answer is, if it is one.
fn problem_type(headers: &HeaderMap, body: &[u8]) -> Option<ProblemType> {
    if headers.get(header::CONTENT_TYPE)? != "application/problem+json" {
        return None;
    }
    let problem: Value = serde_json::from_slice(body).ok()?;
    let kind = problem["type"].as_str()?.rsplit('/').next()?;
    Some(ProblemType(kind.to_owned()))
}

/// The headers of an answer after their way through the event format: of several values of one name only the first survives,
/// cookies excepted, and a body without a type is plain text. The length is the server's business.
fn answered_headers(given: &HeaderMap, has_body: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let dropped =
            [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONNECTION].contains(name);
        if *name == header::SET_COOKIE {
            headers.append(name, value.clone());
        } else if !dropped && !headers.contains_key(name) {
            headers.insert(name, value.clone());
        }
    }
    if has_body && !headers.contains_key(header::CONTENT_TYPE) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    headers
}

async fn read(mut body: axum::body::Body) -> Result<Vec<u8>, Refusal> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        // The client broke off or broke the protocol.
        let frame = frame.map_err(|_| Refusal::BAD_REQUEST)?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length <= LARGEST_BODY {
            kept.extend_from_slice(data);
        } else if length > READ_OF_A_REFUSED_BODY {
            break;
        }
    }
    if length > LARGEST_BODY { Err(Refusal::BODY_TOO_LARGE) } else { Ok(kept) }
}

/// Counted as it came on the wire: the request line, and each header with its separators.
fn size_of_head(method: &axum::http::Method, uri: &axum::http::Uri, headers: &HeaderMap) -> usize {
    let target = uri.path().len() + uri.query().map_or(0, |query| 1 + query.len());
    let line = method.as_str().len() + " ".len() + target + " HTTP/1.1\r\n".len();
    let fields: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + ": ".len() + value.len() + "\r\n".len())
        .sum();
    line + fields
}

/// Whether the request is meant for this machine. A gateway answers for its own names only; here it also keeps a web page
/// from elsewhere, whose name was made to point at 127.0.0.1, from acting as the local developer.
fn is_our_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let is_port =
        |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && port.is_none_or(is_port)
}

async fn out_of_patience(stop: oneshot::Receiver<()>) {
    match stop.await {
        Ok(()) => tokio::time::sleep(PATIENCE).await,
        Err(_) => pending().await,
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// As the real ones look: sixteen characters of base64.
fn request_id() -> String {
    BASE64.encode(&random::<11>())
}

fn trace_id() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    format!("Root=1-{seconds:08x}-{}", HEXLOWER.encode(&random::<12>()))
}

#[cfg(test)]
mod tests;
