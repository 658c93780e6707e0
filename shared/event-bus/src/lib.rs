//! The deployment's bus on Amazon EventBridge, for the functions that tell the rest of the world.

use std::error::Error;
use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::retry::RetryConfig;
use aws_sdk_eventbridge::config::timeout::TimeoutConfig;
use aws_sdk_eventbridge::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use domain::change::Change;
use operations::changes::{Bus, Told, chain};
use store::client::{Connection, http_client};

/// What every event says where it comes from: what rules select by.
pub const SOURCE: &str = "customer-master";

/// How many events one call takes.
const MAX_ENTRIES: usize = 10;

/// How long one attempt of a call may take, and a call with all its attempts.
const ATTEMPT: Duration = Duration::from_secs(2);
const OPERATION: Duration = Duration::from_secs(8);

/// The bus of this name.
#[derive(Debug)]
pub struct EventBridge {
    client: Client,
    name: String,
}

impl EventBridge {
    /// The bus that the environment names (`EVENT_BUS`).
    ///
    /// # Errors
    /// A sentence that names the variable that is missing or bad.
    pub fn open(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let name = variable("EVENT_BUS").ok_or("EVENT_BUS is not set.")?;
        let connection = Connection::read(&variable)?;
        let endpoint = variable("AWS_ENDPOINT_URL_EVENTBRIDGE");
        Ok(Self::over(connection, endpoint, &name))
    }

    /// The bus of this name, at this address or at the region's own.
    pub fn over(connection: Connection, endpoint: Option<String>, name: &str) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(ATTEMPT)
            .operation_attempt_timeout(ATTEMPT)
            .operation_timeout(OPERATION)
            .build();
        let mut config = aws_sdk_eventbridge::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(connection.region))
            .credentials_provider(connection.credentials)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .http_client(http_client(connection.roots));
        if let Some(endpoint) = endpoint {
            config = config.endpoint_url(endpoint);
        }
        Self { client: Client::from_conf(config.build()), name: name.to_owned() }
    }

    fn entry(&self, change: &Change) -> Result<PutEventsRequestEntry, serde_json::Error> {
        let at = i64::try_from(change.at.millis()).unwrap_or(i64::MAX);
        Ok(PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(SOURCE)
            .detail_type(change.kind.as_str())
            .detail(serde_json::to_string(&Told::of(change))?)
            .time(DateTime::from_millis(at))
            .build())
    }
}

impl Bus for EventBridge {
    async fn put(&self, changes: &[&Change]) -> Result<Vec<bool>, Box<dyn Error + Send + Sync>> {
        let mut taken = Vec::with_capacity(changes.len());
        for some in changes.chunks(MAX_ENTRIES) {
            let entries: Vec<_> =
                some.iter().map(|change| self.entry(change)).collect::<Result<_, _>>()?;
            let sent = self.client.put_events().set_entries(Some(entries)).send().await;
            match sent {
                Ok(answer) => {
                    // One answer for each entry, in their order; a missing one says nothing was taken.
                    let answers = answer.entries();
                    taken.extend((0..some.len()).map(|place| {
                        answers.get(place).is_some_and(|answer| answer.error_code().is_none())
                    }));
                }
                // What was taken before stays taken.
                Err(error) if !taken.is_empty() => {
                    tracing::warn!(error = chain(&error), "the bus did not answer");
                    taken.resize(changes.len(), false);
                    return Ok(taken);
                }
                Err(error) => return Err(Box::new(error)),
            }
        }
        Ok(taken)
    }
}
