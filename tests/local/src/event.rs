//! Writes the event that API Gateway's HTTP APIs send to a function: payload format 2.0, as JSON.
//!
//! What the format's documentation leaves open follows what was measured on the real gateway: the path is decoded, cookies leave
//! the headers, and few content types count as text. It knows HTTP and the format, not the functions, the routes or who may call.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::http::{HeaderMap, HeaderName, Method, header};
use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description};

use crate::claims::{self, Claims};

/// The account, the API and the domain that events come from.
const ACCOUNT: &str = "000000000000";
const API: &str = "local";
const DOMAIN: &str = "localhost";

/// What the gateway knows of a request when it writes the event.
pub struct Arrival<'a> {
    pub method: &'a Method,
    /// As [`decode_path`] gives it.
    pub path: &'a str,
    /// As it came, still percent-encoded; empty without one.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    /// The pattern of the route that matched, for example `/customers/{number}`.
    pub route: &'a str,
    /// What stands in the path where the pattern has a name in braces.
    pub path_parameters: BTreeMap<&'a str, &'a str>,
    /// `None` on a route that is open to anyone.
    pub claims: Option<&'a Claims>,
    pub request_id: &'a str,
    pub trace_id: &'a str,
    pub source: IpAddr,
    /// The port that the gateway listens on.
    pub port: u16,
    pub at: SystemTime,
}

/// The path as events carry it, or `None` where the encoding is broken (400 at the gateway).
///
/// HTTP APIs decode the path before they look for a route, so `%2F` separates segments, and they drop what follows a decoded `?`.
pub fn decode_path(encoded: &str) -> Option<String> {
    let broken = encoded.as_bytes().iter().enumerate().any(|(at, byte)| {
        let digits = encoded.as_bytes().get(at + 1..at + 3);
        *byte == b'%' && !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
        return None;
    }
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    let end = decoded.find('?').unwrap_or(decoded.len());
    Some(decoded[..end].to_owned())
}

/// The event as JSON text.
pub fn write(arrival: &Arrival<'_>) -> String {
    let route_key = format!("ANY {}", arrival.route);
    let since_epoch = arrival.at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": arrival.path,
        "rawQueryString": arrival.query,
        "headers": headers(arrival),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API,
            "domainName": DOMAIN,
            "domainPrefix": DOMAIN,
            "http": {
                "method": arrival.method.as_str(),
                "path": arrival.path,
                "protocol": "HTTP/1.1",
                "sourceIp": arrival.source.to_string(),
                "userAgent": joined(arrival.headers, &header::USER_AGENT),
            },
            "requestId": arrival.request_id,
            "routeKey": route_key,
            "stage": "$default",
            "time": clf_time(since_epoch),
            "timeEpoch": u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX),
        },
        "isBase64Encoded": false,
    });
    if let Some(claims) = arrival.claims {
        event["requestContext"]["authorizer"] = claims::authorizer(claims);
    }
    let cookies = cookies(arrival.headers);
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    let query = query_string_parameters(arrival.query);
    if !query.is_empty() {
        event["queryStringParameters"] = json!(query);
    }
    if !arrival.path_parameters.is_empty() {
        event["pathParameters"] = json!(arrival.path_parameters);
    }
    if !arrival.body.is_empty() {
        let (body, encoded) = body(arrival);
        event["body"] = Value::String(body);
        event["isBase64Encoded"] = Value::Bool(encoded);
    }
    event.to_string()
}

/// Names in small letters, values of one name joined by commas; cookies and what concerns the connection alone left out;
/// what the gateway itself adds put in, whatever the client claims.
fn headers(arrival: &Arrival<'_>) -> BTreeMap<String, String> {
    let left_out = [
        header::COOKIE,
        header::CONNECTION,
        header::EXPECT,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
    ];
    let mut headers: BTreeMap<String, String> = arrival
        .headers
        .keys()
        .filter(|name| !left_out.contains(name))
        .map(|name| (name.as_str().to_owned(), joined(arrival.headers, name)))
        .collect();
    let forwarded_for = headers.entry("x-forwarded-for".to_owned()).or_default();
    if !forwarded_for.is_empty() {
        forwarded_for.push_str(", ");
    }
    forwarded_for.push_str(&arrival.source.to_string());
    headers.insert("x-forwarded-port".to_owned(), arrival.port.to_string());
    headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    headers.insert("x-amzn-trace-id".to_owned(), arrival.trace_id.to_owned());
    headers
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    values.join(",")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .split(';')
                .map(|cookie| cookie.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn query_string_parameters(query: &str) -> BTreeMap<String, String> {
    let mut parameters = BTreeMap::<String, String>::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        parameters
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    parameters
}

/// The body as it stands in the event, and whether that is base64.
fn body(arrival: &Arrival<'_>) -> (String, bool) {
    let content_type = joined(arrival.headers, &header::CONTENT_TYPE);
    match str::from_utf8(arrival.body) {
        Ok(text) if is_text(&content_type) => (text.to_owned(), false),
        // A body that is not UTF-8 goes as base64 whatever it claims to be, so that the function sees its bytes.
        Ok(_) | Err(_) => (BASE64.encode(arrival.body), true),
    }
}

/// Whether the gateway passes a body of this type on as text: `text/*` and three application types, in no other character set than UTF-8.
/// A missing type, a form and the `+json` and `+xml` types are not text.
fn is_text(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_text = media_type.starts_with("text/")
        || matches!(
            media_type.as_str(),
            "application/json" | "application/xml" | "application/javascript"
        );
    is_text
        && parts
            .filter_map(|parameter| parameter.split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
            .all(|(_, charset)| charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// The time as the Common Log Format writes it, for example `12/Mar/2020:19:03:58 +0000`.
fn clf_time(since_epoch: Duration) -> String {
    let seconds = i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX);
    let format = format_description::parse_borrowed::<2>(
        "[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000",
    )
    .expect("the description is well formed");
    OffsetDateTime::from_unix_timestamp(seconds)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
        .format(&format)
        .expect("a date and time has every part of the description")
}

#[cfg(test)]
mod tests;
