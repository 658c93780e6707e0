//! The front door: the gateway, with functions that are processes.
//!
//! The gateway hands over requests as `lambda_http` reads them; here they become events again, as the Runtime API carries them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, RequestExt, Response};
use serde_json::{Map, Value, json};

use super::process::{Died, Pool};
use local::gateway::{self, Function};

/// The functions, by the names of their packages and binaries.
pub const BINARIES: [&str; 5] =
    ["associate-dealer", "add-customer", "fix-error", "find-customer", "merge-customers"];

/// Builds the functions, as programs of this package, with the profile of this very program, and says where they are.
///
/// # Errors
///
/// A sentence when they cannot be built.
pub fn build() -> Result<[PathBuf; 5], String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = here
        .ancestors()
        .find(|folder| ["debug", "release"].iter().any(|profile| folder.ends_with(profile)))
        .ok_or("This program is not in a target folder of cargo.")?;
    let mut cargo =
        std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--package", env!("CARGO_PKG_NAME"), "--bins"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    if let Some(target) = folder.parent() {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    let status = cargo.status().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(
            "The functions cannot be built: see what cargo says of `cargo build --package chaos`."
                .to_owned(),
        );
    }
    Ok(BINARIES.map(|name| folder.join(format!("chaos-{name}"))))
}

/// A function that a pool of processes serves. One whose process died is answered as the gateway answers a failed invocation.
pub fn function(pool: Arc<Pool>) -> Function {
    gateway::function(move |request| {
        let pool = Arc::clone(&pool);
        async move {
            match pool.invoke(event(&request).to_string()).await {
                Ok(Ok(answer)) => response(&answer).unwrap_or_else(|| failed("a broken answer")),
                Ok(Err(Died::Killed)) => failed("killed"),
                Ok(Err(Died::TimedOut)) => failed("timed out"),
                Err(sentence) => failed(&sentence),
            }
        }
    })
}

/// The event of a request: payload format 2.0.
fn event(request: &Request) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.raw_http_path(),
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "requestContext": request.request_context_ref(),
        "isBase64Encoded": false,
    });
    let headers: Map<String, Value> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), Value::String(value))
        })
        .collect();
    event["headers"] = Value::Object(headers);
    let bytes: &[u8] = request.body();
    match std::str::from_utf8(bytes) {
        _ if bytes.is_empty() => {}
        Ok(text) if matches!(request.body(), Body::Text(_)) => event["body"] = json!(text),
        Ok(_) | Err(_) => {
            event["body"] = json!(BASE64.encode(bytes));
            event["isBase64Encoded"] = json!(true);
        }
    }
    event
}

/// The response that an answer of payload format 2.0 stands for; none for what is no such answer.
fn response(answer: &[u8]) -> Option<Response<Body>> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let status = u16::try_from(answer["statusCode"].as_u64()?).ok()?;
    let mut response = Response::builder().status(status);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        response = response.header(name, value.as_str()?);
    }
    let body = match answer["body"].as_str() {
        None | Some("") => Body::Empty,
        Some(text) if answer["isBase64Encoded"] == json!(true) => {
            Body::Binary(BASE64.decode(text.as_bytes()).ok()?)
        }
        Some(text) => Body::from(text),
    };
    response.body(body).ok()
}

fn failed(why: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(
        json!({ "message": "Internal Server Error", "why": why }).to_string(),
    ));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
