//! A small address service on the loopback device, which answers as a test says and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What the service does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    /// It answers with this status and body.
    Answers(StatusCode, String),
    /// It reads the request and never answers.
    Hangs,
    /// It begins an answer that never ends.
    Drips,
    /// It answers what is no HTTP.
    Babbles,
    /// It closes the connection.
    HangsUp,
}

/// What the service was asked: method, content type and body.
pub(crate) type Asked = (String, String, Value);

/// A running address service. It stops when it is dropped.
pub(crate) struct AddressService {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    authorized: Arc<Mutex<Vec<Option<String>>>>,
    _server: JoinSet<()>,
}

impl AddressService {
    /// Starts a service of this manner.
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let authorized = Arc::new(Mutex::new(Vec::new()));
        let mut server = JoinSet::new();
        match manner {
            Manner::Babbles => server.spawn(raw(listener, b"MAY I HELP YOU?\r\n\r\n")),
            Manner::HangsUp => server.spawn(raw(listener, b"")),
            Manner::Answers(..) | Manner::Hangs | Manner::Drips => {
                let (asked, authorized) = (Arc::clone(&asked), Arc::clone(&authorized));
                server.spawn(serve(listener, manner, asked, authorized))
            }
        };
        let url = format!("http://{address}/verify?country=all");
        Self { url, asked, authorized, _server: server }
    }

    /// A service that answers with these matches.
    pub(crate) async fn matching(matches: Value) -> Self {
        let body = serde_json::json!({ "matches": matches }).to_string();
        Self::start(Manner::Answers(StatusCode::OK, body)).await
    }

    /// Where a service was that is gone.
    pub(crate) async fn gone() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        format!("http://{}/", listener.local_addr().expect("an address"))
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("nobody panicked").clone()
    }

    /// `Authorization` of each request so far.
    pub(crate) fn authorized(&self) -> Vec<Option<String>> {
        self.authorized.lock().expect("nobody panicked").clone()
    }
}

async fn serve(
    listener: TcpListener,
    manner: Manner,
    asked: Arc<Mutex<Vec<Asked>>>,
    authorized: Arc<Mutex<Vec<Option<String>>>>,
) {
    let service = move |request: Request<Body>| {
        let (manner, asked) = (manner.clone(), Arc::clone(&asked));
        let authorized = Arc::clone(&authorized);
        async move {
            let (head, body) = request.into_parts();
            let authorization = head.headers.get(header::AUTHORIZATION);
            let authorization = authorization.map(|value| value.to_str().expect("text").to_owned());
            authorized.lock().expect("nobody panicked").push(authorization);
            let body = body.collect().await.expect("a body").to_bytes();
            let content_type = head.headers.get(header::CONTENT_TYPE);
            let content_type = content_type.map(|kind| kind.to_str().expect("text").to_owned());
            asked.lock().expect("nobody panicked").push((
                head.method.to_string(),
                content_type.unwrap_or_default(),
                serde_json::from_slice(&body).expect("JSON"),
            ));
            answer(manner).await
        }
    };
    let router = Router::new().fallback(service);
    axum::serve(listener, router).await.expect("it serves");
}

async fn answer(manner: Manner) -> Response<Body> {
    match manner {
        Manner::Answers(status, body) => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            response
        }
        Manner::Drips => {
            let endless = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            Response::new(Body::from_stream(endless))
        }
        Manner::Hangs | Manner::Babbles | Manner::HangsUp => std::future::pending().await,
    }
}

/// Reads some of what comes and writes this, whatever it was.
async fn raw(listener: TcpListener, answer: &'static [u8]) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut some = [0; 1024];
        // The other side may be gone already.
        let _ = stream.read(&mut some).await;
        let _ = stream.write_all(answer).await;
    }
}
