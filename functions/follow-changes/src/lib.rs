//! The function `follow-changes`: follows the table's stream, and does what follows from each change.
//!
//! Here is the door: the event of a batch, and which of its records failed. The work is in `operations`.

mod event;

use std::error::Error;
use std::time::Instant;

use operations::changes::{Bus, Follower, Record, chain};
use serde::Serialize;
use serde_json::Value;
use store::meter::Cost;
use store::table::Table;

pub use event::{Unreadable, item};

/// Which records of a batch failed: Lambda sends them again, and all behind the first of them.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub batch_item_failures: Vec<Failure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The record's sequence number in the stream.
    pub item_identifier: String,
}

/// The records of a batch, as the work takes them.
///
/// # Errors
/// Where the event is no batch of a stream, or one of its records cannot be read.
pub fn records(event: &Value) -> Result<Vec<Record>, Unreadable> {
    event::batch(event)?.into_iter().map(|(_, record)| record).collect()
}

/// Handles a batch of the stream.
///
/// # Errors
/// Where the event is no batch of a stream, so that it cannot even be said which record failed.
pub async fn handle<T: Table, B: Bus>(
    follower: &Follower<T, B>,
    event: &Value,
) -> Result<Answer, Unreadable> {
    let started = Instant::now();
    let batch = event::batch(event)?;
    let (mut places, mut records) = (Vec::new(), Vec::new());
    let mut failures: Vec<Option<Box<dyn Error + Send + Sync>>> = Vec::new();
    for (place, (_, record)) in batch.iter().enumerate() {
        failures.push(None);
        match record {
            Ok(record) => {
                places.push(place);
                records.push(Record::clone(record));
            }
            Err(unreadable) => failures[place] = Some(Box::new(*unreadable)),
        }
    }
    let follower = follower.counted();
    for (place, followed) in places.into_iter().zip(follower.follow(&records).await) {
        failures[place] = followed.err();
    }
    let mut answer = Answer::default();
    for ((sequence, _), failure) in batch.into_iter().zip(failures) {
        if let Some(error) = failure {
            tracing::error!(
                operation = "follow",
                sequence,
                error = chain(&*error),
                "a record failed"
            );
            answer.batch_item_failures.push(Failure { item_identifier: sequence });
        }
    }
    let Cost { steps, calls, read_units, write_units, .. } = follower.master().cost();
    let failed = answer.batch_item_failures.len();
    tracing::info!(
        operation = "follow",
        records = records.len(),
        failed,
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        steps,
        calls,
        read_units,
        write_units,
        "batch"
    );
    Ok(answer)
}
