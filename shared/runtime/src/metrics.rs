//! Metrics: their names, units and meanings in one table, and how a log line carries them to CloudWatch (embedded metric format).
//!
//! One line of a request is both its log and its metrics: the format wants the values as members of the line itself and beside them a member
//! `_aws` that names them, and admits any other member. Nothing that a caller sent may be a metric, a unit or a dimension.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use tracing::Event;
use tracing::field::{Field, Visit};

pub const NAMESPACE: &str = "CustomerMaster";

/// Their only dimension: the name of the table, which tells the deployments of one account apart. More dimensions would multiply their number.
pub const DIMENSION: &str = "Table";

/// A metric, which is written as its name and its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    /// Its name, which never changes its meaning.
    pub name: &'static str,
    /// One of CloudWatch's units.
    pub unit: &'static str,
    /// What it counts or measures.
    #[serde(skip)]
    pub meaning: &'static str,
}

const fn count(name: &'static str, meaning: &'static str) -> Metric {
    Metric { name, unit: "Count", meaning }
}

/// Every metric; the last is written where it happens, the others with the request. `Succeeded`, `Refused`, `Busy` and `Failed` together are all requests. A count of 0 is not written.
pub const METRICS: [Metric; 17] = [
    count("Succeeded", "Requests answered with 2xx, dry runs included, or with 304"),
    count(
        "Refused",
        "Requests answered with 4xx: messages that fail their edits or are duplicates, and whatever the caller has to put right",
    ),
    count(
        "Busy",
        "Requests answered with 503: the block kept moving, or the database throttled or did not answer",
    ),
    count("Failed", "Requests answered with 500: a defect of the code or of the deployment"),
    count(
        "Duplicates",
        "Messages answered Duplicate, reprocessed ones included; they are among the refused",
    ),
    count(
        "Conflicts",
        "Requests that had to decide again, because what they had decided on changed meanwhile",
    ),
    count("Rounds", "How often they decided again, all requests together"),
    count(
        "Replays",
        "Requests answered from the effect that an earlier try with the same idempotency key had",
    ),
    count("RequestsInErrorOpened", "Messages put into the queue of requests in error"),
    count(
        "RequestsInErrorResolved",
        "Requests in error resolved, in bulk or alone; deleted ones are not among them",
    ),
    count(
        "DamagedBlocks",
        "Blocks in which an item was lost: a seat that is missing and was made an empty one, or a reference that leads nowhere",
    ),
    count(
        "LargeBlocks",
        "Blocks with more than 500 items, which every check there must read; the log names them",
    ),
    count(
        "KeysPassedOver",
        "Keys of possible duplicates that lead to more than 500 customers, under which nobody was looked for",
    ),
    count(
        "DamageFound",
        "What audits found lost or not fitting together; their log names examples, and says which are mended",
    ),
    count("DamageMended", "How much of it they mended"),
    Metric {
        name: "OldestRequestInErrorAge",
        unit: "Seconds",
        meaning: "How long the oldest open request in error has waited, 0 when none is open; measured whenever GET /errors?state=open&limit=1 is asked, as the schedule does",
    },
    count(
        "AddressServiceLeftAlone",
        "Messages taken as they came without asking the address service, because it had failed several times in a row; in lines of their own",
    ),
];

/// What CloudWatch reads in a line: the dimension's value, and which members are metrics (CloudWatch embedded metric format).
#[derive(Serialize)]
struct Members<'line> {
    // `DIMENSION`
    #[serde(rename = "Table")]
    table: &'line str,
    #[serde(rename = "_aws")]
    metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    directions: [Directions; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directions {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: Vec<&'static Metric>,
}

/// The members that make metrics of an event's fields, for the end of its line; none where it has no metric.
pub(crate) fn members(event: &Event<'_>, table: &str) -> Option<String> {
    struct Found(Vec<&'static Metric>);
    impl Visit for Found {
        fn record_debug(&mut self, field: &Field, _: &dyn std::fmt::Debug) {
            self.0.extend(METRICS.iter().find(|metric| metric.name == field.name()));
        }
    }
    let mut found = Found(Vec::new());
    event.record(&mut found);
    if found.0.is_empty() {
        return None;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let metadata = Metadata {
        timestamp: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
        directions: [Directions {
            namespace: NAMESPACE,
            dimensions: [[DIMENSION]],
            metrics: found.0,
        }],
    };
    // A member of the line's own object: what stands between the braces.
    let members = serde_json::to_string(&Members { table, metadata }).ok()?;
    Some(format!(",{}", &members[1..members.len() - 1]))
}
