//! Address standardization (control I99): an HTTP service that verifies an address. It never fails a message: what it does not answer well, and in time, changes nothing.
//!
//! The address is sent as `POST` with the JSON that dealers use; the answer is `{"matches":[{…}]}` with the same properties. Exactly one match replaces the address.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use domain::controls::Controls;
use domain::customer::address::Address;
use domain::message::Attributes;
use serde_json::{Map, Value};

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many bytes of its answer are read: an address has a few hundred.
const MAX_ANSWER: usize = 64 * 1024;

/// The address service, or none.
#[derive(Debug, Default)]
pub struct Standardizer(Option<Service>);

struct Service {
    url: String,
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
        Self(
            controls
                .address_standardization_url
                .as_ref()
                .map(|url| Service { url: url.clone(), connector: OnceLock::new() }),
        )
    }

    /// The attributes with the address that the service verified; as they came where there is no service, or its answer is not exactly one match.
    pub async fn standardize(&self, attributes: Attributes) -> Attributes {
        let Some(service) = &self.0 else {
            return attributes;
        };
        let verified =
            match tokio::time::timeout(PATIENCE, service.verify(&Address::of(&attributes))).await {
                Ok(verified) => verified,
                Err(_) => Err("it did not answer in time".to_owned()),
            };
        match verified {
            Ok(verified) => with_address(attributes, &verified),
            Err(reason) => {
                tracing::warn!(reason, "the address service changed nothing");
                attributes
            }
        }
    }
}

impl Service {
    /// The one address that the service verified, or in words, without any of the address, why there is none.
    async fn verify(&self, address: &Address) -> Result<Address, String> {
        let mut request = HttpRequest::new(SdkBody::from(to_json(address).to_string()));
        request.set_method("POST").map_err(|_| "its method is none")?;
        request.set_uri(self.url.as_str()).map_err(|_| "its address is none")?;
        let headers: &mut Headers = request.headers_mut();
        headers.insert("content-type", "application/json");
        headers.insert("accept", "application/json");
        let mut response =
            self.connector().call(request).await.map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status().as_u16()));
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
async fn read(mut answer: ByteStream) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(part) = answer.next().await {
        body.extend(part.map_err(|_| "its answer broke off")?);
        if body.len() > MAX_ANSWER {
            return Err(format!("its answer has more than {MAX_ANSWER} bytes"));
        }
    }
    Ok(body)
}

/// The address of an answer with exactly one match.
fn one_match(body: &[u8]) -> Result<Address, String> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| "its answer is not JSON")?;
    let matches =
        answer.get("matches").and_then(Value::as_array).ok_or("its answer has no matches")?;
    match &matches[..] {
        [Value::Object(only)] => {
            from_json(only).ok_or_else(|| "its match is not an address".to_owned())
        }
        [_] => Err("its match is not an address".to_owned()),
        several => Err(format!("it answered {} matches", several.len())),
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
        for body in [
            "",
            "[]",
            r#"{"matches":[]}"#,
            r#"{"matches":[{"city":"A"},{"city":"B"}]}"#,
            r#"{"matches":["A"]}"#,
            r#"{"matches":[{"line1":"no city"}]}"#,
            r#"{"matches":[{"city":7}]}"#,
        ] {
            assert!(city(body).is_err(), "{body}");
        }
    }
}
