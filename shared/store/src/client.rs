//! The database client, built by hand from the environment: no profile, no metadata service, no default that a new version of the SDK could change.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Credentials, Region, SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// How long one attempt of a call may take.
pub const ATTEMPT: Duration = Duration::from_secs(1);
/// How long a call may take with all its attempts.
pub const OPERATION: Duration = Duration::from_secs(8);
pub const ATTEMPTS: u32 = 4;
/// How long the first wait between two attempts may be; each further one twice as long.
pub const BACKOFF: Duration = Duration::from_millis(25);

/// How many tokens a client has for its attempts after the first. Such an attempt takes tokens and gives them back when it comes through; a call that comes through at
/// its first attempt earns one. Without tokens a call is attempted once, so that a database that is down is not asked four times as often.
pub const TOKENS: usize = 500;
/// What another attempt takes after a throttled one. At this price the tokens last for ever at half of all calls throttled: half a token earned for each call, and 0.375
/// taken, for all attempts of a call but its last give nothing back.
pub const THROTTLED_COST: u32 = 1;
/// What another attempt takes after the database failed.
pub const FAILED_COST: u32 = 5;
/// What another attempt takes after a lost answer or a time-out.
pub const LOST_COST: u32 = 10;

/// The roots that DynamoDB's endpoints chain to; see `roots/README.md`.
const AMAZON_ROOTS: &[u8] = include_bytes!("../roots/amazon.pem");

/// Where the database is and who asks.
#[derive(Clone)]
pub struct Connection {
    pub region: String,
    /// `AWS_ENDPOINT_URL_DYNAMODB`; none: the region's own endpoint.
    pub endpoint: Option<String>,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    pub credentials: Credentials,
    /// What `AWS_CA_BUNDLE` names: root certificates in PEM, in place of Amazon's.
    pub roots: Option<Vec<u8>>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// Reads the environment, as Lambda sets it.
    ///
    /// # Errors
    /// A sentence that names the variable that is missing or bad.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        let needed = |name: &str| value(name).ok_or_else(|| format!("{name} is not set."));
        let credentials = Credentials::new(
            needed("AWS_ACCESS_KEY_ID")?,
            needed("AWS_SECRET_ACCESS_KEY")?,
            value("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let region = value("AWS_REGION")
            .or_else(|| value("AWS_DEFAULT_REGION"))
            .ok_or("AWS_REGION is not set.")?;
        let endpoint = value("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| value("AWS_ENDPOINT_URL"));
        let plain = endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let roots = match value("AWS_CA_BUNDLE") {
            Some(file) if !plain => Some(
                std::fs::read(&file)
                    .map_err(|error| format!("AWS_CA_BUNDLE cannot be read: {error}."))?,
            ),
            Some(_) | None => None,
        };
        Ok(Self { region, endpoint, credentials, roots })
    }

    /// The connection to an emulator at this address, which asks for no real credentials.
    pub fn to_emulator(endpoint: &str) -> Self {
        Self {
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint.to_owned()),
            credentials: Credentials::new("local", "local", None, None, "emulator"),
            roots: None,
        }
    }

    pub fn client(mut self) -> Client {
        let http = http_client(self.roots.take());
        self.client_over(http)
    }

    /// The client, over an HTTP client that brings its own TLS: for comparing one with another.
    pub fn client_over(self, http: SharedHttpClient) -> Client {
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(BACKOFF)
            .with_max_backoff(Duration::from_millis(400));
        let tokens = TokenBucket::builder()
            .capacity(TOKENS)
            .throttling_retry_cost(THROTTLED_COST)
            .retry_cost(FAILED_COST)
            .timeout_retry_cost(LOST_COST)
            .build();
        let tokens = RetryPartition::custom("table").token_bucket(tokens).build();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region))
            .credentials_provider(self.credentials)
            .retry_config(retries)
            .retry_partition(tokens)
            .timeout_config(timeouts)
            .sleep_impl(TokioSleep::new())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http);
        if let Some(endpoint) = self.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Client::from_conf(config.build())
    }
}

/// The HTTP client, for the database and for other services that the functions call: rustls with ring, and a trust store of few roots.
pub fn http_client(roots: Option<Vec<u8>>) -> SharedHttpClient {
    let roots = roots.unwrap_or_else(|| AMAZON_ROOTS.to_vec());
    let trust = TrustStore::empty().with_pem_certificate(roots);
    let context = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .expect("a trust store is all that a context needs");
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::rustls(CryptoMode::Ring))
        .tls_context(context)
        .build_https()
}
