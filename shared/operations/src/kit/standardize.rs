//! Address standardization (control I99): an HTTP service that verifies an address. It never fails a message: what it does not answer well, and in time, changes nothing.
//!
//! The address is sent as `POST` with the JSON that dealers use; the answer is `{"matches":[{…}]}` with the same properties. Exactly one match replaces the address.
//!
//! A service that failed several times in a row is left alone for a while, so that messages do not wait for it in vain, nor it for its recovery.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use domain::controls::{BearerToken, Controls};
use domain::customer::address::Address;
use domain::message::Attributes;
use serde_json::{Map, Value};
use tokio::time::Instant;

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many bytes of its answer are read: an address has a few hundred.
const MAX_ANSWER: usize = 64 * 1024;

/// How many failures in a row are enough. Each costs a message up to a second, and one or two may be chance.
pub const MAX_FAILURES_IN_A_ROW: u32 = 3;

/// How long the service is left alone then, by this process. Afterwards one message asks it again; if that fails too, it is left alone for as long.
pub const LEFT_ALONE: Duration = Duration::from_secs(60);

/// The address service, or none.
#[derive(Debug, Default)]
pub struct Standardizer(Asked);

/// Who verifies addresses.
#[derive(Debug, Default)]
enum Asked {
    #[default]
    Nobody,
    Service(Box<Service>),
    /// Every address is verified to be this one.
    Known(Box<Address>),
}

struct Service {
    url: String,
    secret: Option<BearerToken>,
    health: Health,
    /// Made when it is first asked for: reading the system's root certificates would slow every start.
    connector: OnceLock<Connector>,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service(…)")
    }
}

impl Standardizer {
    /// The service that the controls name.
    pub fn of(controls: &Controls) -> Self {
        let service = controls.address_standardization_url.as_ref().map(|url| Service {
            url: url.clone(),
            secret: controls.address_standardization_secret.clone(),
            health: Health::default(),
            connector: OnceLock::new(),
        });
        Self(service.map_or(Asked::Nobody, |service| Asked::Service(Box::new(service))))
    }

    /// One that verifies every address to be this one, and asks nobody: for whoever tries what follows from that.
    pub fn to(address: Address) -> Self {
        Self(Asked::Known(Box::new(address)))
    }

    /// The attributes with the address that the service verified; as they came where there is no service, or its answer is not exactly one match.
    pub async fn standardize(&self, attributes: Attributes) -> Attributes {
        let service = match &self.0 {
            Asked::Nobody => return attributes,
            Asked::Known(address) => return with_address(attributes, address),
            Asked::Service(service) => service,
        };
        if !service.health.may_be_asked(Instant::now()) {
            // The name of its metric: `api::metrics`.
            tracing::warn!(AddressServiceLeftAlone = 1_u64, "the address service is left alone");
            return attributes;
        }
        let asked = tokio::time::timeout(PATIENCE, service.verify(&Address::of(&attributes))).await;
        let verified =
            asked.unwrap_or_else(|_| Err(Unverified::failed("it did not answer in time")));
        let failed = matches!(verified, Err(Unverified::Failed(_)));
        service.health.note(failed, Instant::now());
        match verified {
            Ok(verified) => with_address(attributes, &verified),
            Err(Unverified::Failed(reason) | Unverified::NoMatch(reason)) => {
                tracing::warn!(reason, "the address service changed nothing");
                attributes
            }
        }
    }
}

/// Why an address stays as it came, in words without any of it.
#[derive(Debug, PartialEq, Eq)]
enum Unverified {
    /// The service did not do its work.
    Failed(String),
    /// It did, and knows no such address, or several.
    NoMatch(String),
}

impl Unverified {
    fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }
}

/// How the service has answered of late.
#[derive(Debug, Default)]
struct Health(Mutex<Answered>);

#[derive(Debug, Default)]
struct Answered {
    failures_in_a_row: u32,
    left_alone_until: Option<Instant>,
}

impl Health {
    /// Whether the service may be asked now. Of those who wait for the end of the pause, one is told so.
    fn may_be_asked(&self, now: Instant) -> bool {
        let mut answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match answered.left_alone_until {
            Some(until) if now < until => false,
            Some(_) => {
                answered.left_alone_until = Some(now + LEFT_ALONE);
                true
            }
            None => true,
        }
    }

    fn note(&self, failed: bool, now: Instant) {
        let mut answered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !failed {
            *answered = Answered::default();
            return;
        }
        answered.failures_in_a_row = answered.failures_in_a_row.saturating_add(1);
        if answered.failures_in_a_row >= MAX_FAILURES_IN_A_ROW {
            answered.left_alone_until = Some(now + LEFT_ALONE);
        }
    }
}

impl Service {
    /// The one address that the service verified, or why there is none.
    async fn verify(&self, address: &Address) -> Result<Address, Unverified> {
        let mut request = HttpRequest::new(SdkBody::from(to_json(address).to_string()));
        request.set_method("POST").map_err(|_| Unverified::failed("its method is none"))?;
        request
            .set_uri(self.url.as_str())
            .map_err(|_| Unverified::failed("its address is none"))?;
        let headers: &mut Headers = request.headers_mut();
        headers.insert("content-type", "application/json");
        headers.insert("accept", "application/json");
        if let Some(secret) = &self.secret {
            headers.insert("authorization", format!("Bearer {}", secret.reveal()));
        }
        let answer = self.connector().call(request).await;
        let mut response = answer.map_err(|error| Unverified::failed(error.to_string()))?;
        if !response.status().is_success() {
            return Err(Unverified::failed(format!("it answered {}", response.status().as_u16())));
        }
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        one_match(&read(ByteStream::new(body)).await?)
    }

    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| {
            if self.url.starts_with("https:") {
                Connector::builder().tls_provider(Provider::rustls(CryptoMode::Ring)).build()
            } else {
                Connector::builder().build_http()
            }
        })
    }
}

/// All of an answer of a reasonable size.
async fn read(mut answer: ByteStream) -> Result<Vec<u8>, Unverified> {
    let mut body = Vec::new();
    while let Some(part) = answer.next().await {
        body.extend(part.map_err(|_| Unverified::failed("its answer broke off"))?);
        if body.len() > MAX_ANSWER {
            let reason = format!("its answer has more than {MAX_ANSWER} bytes");
            return Err(Unverified::Failed(reason));
        }
    }
    Ok(body)
}

/// The address of an answer with exactly one match.
fn one_match(body: &[u8]) -> Result<Address, Unverified> {
    let answer: Value =
        serde_json::from_slice(body).map_err(|_| Unverified::failed("its answer is not JSON"))?;
    let matches = answer.get("matches").and_then(Value::as_array);
    let matches = matches.ok_or_else(|| Unverified::failed("its answer has no matches"))?;
    let no_address = || Unverified::failed("its match is not an address");
    match &matches[..] {
        [Value::Object(only)] => from_json(only).ok_or_else(no_address),
        [_] => Err(no_address()),
        several => Err(Unverified::NoMatch(format!("it answered {} matches", several.len()))),
    }
}

fn to_json(address: &Address) -> Value {
    let parts = Address::PARTS.into_iter().zip(address.values());
    Value::Object(parts.map(|((name, _), value)| (name.to_owned(), Value::from(value))).collect())
}

/// An address of texts alone; a part that is left out is empty.
fn from_json(properties: &Map<String, Value>) -> Option<Address> {
    let mut values: [String; 7] = Default::default();
    for ((name, _), value) in Address::PARTS.into_iter().zip(&mut values) {
        match properties.get(name) {
            None | Some(Value::Null) => {}
            Some(text) => text.as_str()?.clone_into(value),
        }
    }
    Some(Address::from_values(values)).filter(|address| !address.city.is_empty())
}

/// The attributes with the verified address in place of their own.
fn with_address(mut attributes: Attributes, verified: &Address) -> Attributes {
    for ((_, attribute), value) in Address::PARTS.into_iter().zip(verified.values()) {
        attributes.set(attribute, value);
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exactly_one_match_that_is_an_address_counts() {
        let city = |body: &str| one_match(body.as_bytes()).map(|address| address.city);
        assert_eq!(
            city(r#"{"matches":[{"line1":"100 EXAMPLE ST","city":"WESTBOROUGH","state":null}]}"#),
            Ok("WESTBOROUGH".to_owned())
        );
        for body in [r#"{"matches":[]}"#, r#"{"matches":[{"city":"A"},{"city":"B"}]}"#] {
            assert!(matches!(city(body), Err(Unverified::NoMatch(_))), "{body}");
        }
        for body in [
            "",
            "[]",
            r#"{"matches":["A"]}"#,
            r#"{"matches":[{"line1":"no city"}]}"#,
            r#"{"matches":[{"city":7}]}"#,
        ] {
            assert!(matches!(city(body), Err(Unverified::Failed(_))), "{body}");
        }
    }

    #[test]
    fn a_service_that_keeps_failing_is_asked_once_a_pause() {
        let health = Health::default();
        let start = Instant::now();
        for _ in 0..MAX_FAILURES_IN_A_ROW {
            assert!(health.may_be_asked(start));
            health.note(true, start);
        }
        assert!(!health.may_be_asked(start));
        assert!(!health.may_be_asked(start + LEFT_ALONE - Duration::from_millis(1)));
        let later = start + LEFT_ALONE;
        assert!(health.may_be_asked(later));
        assert!(!health.may_be_asked(later), "one of them asks");
        health.note(true, later);
        assert!(!health.may_be_asked(later + LEFT_ALONE - Duration::from_millis(1)));
        assert!(health.may_be_asked(later + LEFT_ALONE));
        health.note(false, later + LEFT_ALONE);
        assert!(health.may_be_asked(later + LEFT_ALONE));
    }

    #[test]
    fn failures_that_are_not_in_a_row_pass() {
        let health = Health::default();
        let now = Instant::now();
        for failed in [true, true, false, true, true, false] {
            assert!(health.may_be_asked(now));
            health.note(failed, now);
        }
        assert!(health.may_be_asked(now));
    }
}
