//! The gateway over real connections, in front of functions that say what they were given.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use lambda_http::{Body, Response as Answer, http::Method};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};

use super::*;

mod answers;
mod refusals;
mod requests;

/// A running gateway, and the client's side of it.
struct Stand {
    url: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Stand {
    async fn new<const N: usize>(
        routes: &[Route],
        functions: [(&'static str, Function); N],
    ) -> Self {
        Self::serving(Gateway::new(routes, &functions.into()).expect("a routing table")).await
    }

    async fn serving(gateway: Gateway) -> Self {
        let listener = listen(0).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let server = tokio::spawn(gateway.serve(listener, shutdown));
        Self { url, stop, server }
    }

    /// One function behind `/echo` that answers as `call` says.
    async fn answering<F, A>(call: F) -> Self
    where
        F: Fn(lambda_http::Request) -> A + Send + Sync + 'static,
        A: Future<Output = Answer<Body>> + Send + 'static,
    {
        Self::new(&[authorized("/echo", "echo")], [("echo", function(call))]).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        Client::new().request(method, format!("{}{path}", self.url))
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }
}

fn authorized(path: &str, function: &str) -> Route {
    Route {
        path: path.to_owned(),
        function: function.to_owned(),
        methods: BTreeMap::new(),
        access: Access::Authorized,
    }
}

fn open(path: &str, function: &str) -> Route {
    Route { access: Access::Anyone, ..authorized(path, function) }
}

/// Says which function it is and what it was given.
fn echo(name: &'static str) -> (&'static str, Function) {
    let function = function(move |request| async move {
        let context = match request.request_context() {
            lambda_http::request::RequestContext::ApiGatewayV2(context) => context,
            other => panic!("not an event of an HTTP API: {other:?}"),
        };
        let body = json!({
            "function": name,
            "method": request.method().as_str(),
            "route": context.route_key,
            "path": request.raw_http_path(),
            "number": request.path_parameters().first("number"),
            "claims": context.authorizer.and_then(|authorizer| authorizer.jwt).map(|jwt| jwt.claims),
            "body": match request.body() {
                Body::Empty => json!(null),
                Body::Text(text) => json!(text),
                Body::Binary(bytes) => json!(bytes),
                other => panic!("a new kind of body: {other:?}"),
            },
            "requestId": context.request_id,
            "lambdaRequestId": request.lambda_context().request_id,
        });
        Answer::builder()
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("an answer")
    });
    (name, function)
}

fn answer_with(body: impl Into<Body>, headers: &[(&str, &str)]) -> Answer<Body> {
    let mut answer = Answer::builder();
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(body.into()).expect("an answer")
}

async fn message(response: reqwest::Response) -> (u16, Value) {
    assert_eq!(response.headers()["content-type"], "application/json");
    assert!(response.headers().contains_key("apigw-requestid"));
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

/// Sends these bytes as they are and reads until the other side closes.
async fn raw(stand: &Stand, bytes: &[u8]) -> String {
    let address = stand.url.strip_prefix("http://").expect("an address");
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection.write_all(bytes).await.expect("sent");
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8(answer).expect("text")
}
