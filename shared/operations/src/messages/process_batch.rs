//! Process many messages as if they came one after another: each finds those before it, one that fails harms no other, and each has a key of its own.
//!
//! A dry run rehearses all of them on what would stand in the table, so that it sees the batch's own rows too.

use domain::customer::Identifier;
use domain::message::Message;
use domain::request::Received;
use store::table::Table;

use super::process::process;
use super::{MessageOutcome, MessageResult};
use crate::kit::{Attempt, Rows, Stopped};

/// One message of a batch.
#[derive(Debug)]
pub struct Row {
    /// Where it stands in the batch, from 0.
    pub index: usize,
    /// What is the same for the same row, and differs for another.
    pub digest: String,
    pub message: Message,
    pub received: Received,
}

/// What became of one message of a batch.
#[derive(Debug)]
pub struct Processed {
    pub outcome: MessageOutcome,
    /// The row of this batch that made the customer that this one found.
    pub duplicate_of_row: Option<usize>,
}

/// Processes the rows in their order; what hinders one is its result.
pub async fn process_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
) -> Vec<Result<Processed, Stopped>> {
    if !attempt.dry_run {
        return in_turn(attempt, rows).await;
    }
    let stage = attempt.stage();
    let mut results = in_turn(&attempt.rehearsed(&stage), rows).await;
    let mut made = Vec::new();
    for processed in results.iter_mut().flatten() {
        conceal(&mut processed.outcome.result, &mut made);
    }
    results
}

async fn in_turn<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
) -> Vec<Result<Processed, Stopped>> {
    let time = Rows::begin(attempt);
    let mut made: Vec<(Identifier, usize)> = Vec::new();
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let own = attempt.of_row(row.index, &row.digest);
        let outcome = time.next(&own, process(&own, &row.message, &row.received)).await;
        results.push(outcome.map(|outcome| {
            let duplicate_of_row = found(&outcome.result, &made);
            if let MessageResult::Created(stored) = &outcome.result {
                made.extend(stored.identifier.clone().map(|identifier| (identifier, row.index)));
            }
            Processed { outcome, duplicate_of_row }
        }));
    }
    results
}

/// The row that made the customer that a message found.
fn found(result: &MessageResult, made: &[(Identifier, usize)]) -> Option<usize> {
    let row_of = |identifier: &Identifier| {
        made.iter().find(|(own, _)| own == identifier).map(|(_, row)| *row)
    };
    match result {
        MessageResult::Updated(stored) | MessageResult::Unchanged(stored) => {
            stored.identifier.as_ref().and_then(row_of)
        }
        MessageResult::Duplicate(duplicates) => {
            duplicates.iter().find_map(|duplicate| row_of(&duplicate.identifier))
        }
        MessageResult::Created(_) | MessageResult::Failed { .. } => None,
    }
}

/// Takes away the names of what was only rehearsed. `made` are the customers that the rows before would have made.
fn conceal(result: &mut MessageResult, made: &mut Vec<Identifier>) {
    match result {
        MessageResult::Created(stored) => {
            made.extend(stored.identifier.take());
            stored.number = None;
        }
        MessageResult::Updated(stored) | MessageResult::Unchanged(stored) => {
            if stored.identifier.as_ref().is_some_and(|identifier| made.contains(identifier)) {
                (stored.identifier, stored.number) = (None, None);
            }
        }
        MessageResult::Duplicate(duplicates) => {
            duplicates.retain(|duplicate| !made.contains(&duplicate.identifier));
        }
        MessageResult::Failed { request_in_error, .. } => *request_in_error = None,
    }
}
