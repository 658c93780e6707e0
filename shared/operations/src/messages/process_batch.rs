//! Process many messages: those that are about the same customer as if they came one after another, each finding those before it; one that fails harms no other, and each has a
//! key of its own.
//!
//! A dry run rehearses all of them, one after another, on what would stand in the table, so that it sees the batch's own rows too.

use domain::customer::{CustomerNumber, Identifier, TakenNumber};
use domain::message::{Attribute, Message};
use domain::request::Received;
use store::table::Table;

use super::decide::blocks_as_given;
use super::process::process;
use super::{MessageOutcome, MessageResult};
use crate::kit::lanes::{About, Mark};
use crate::kit::{Attempt, RowByRow, Rows, Stopped, in_lanes};

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

/// Processes the rows; what hinders one is its result.
pub async fn process_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
) -> Vec<Result<Processed, Stopped>> {
    if !attempt.dry_run {
        let about: Vec<About> = rows.iter().map(|row| about(attempt, &row.message)).collect();
        return each(attempt, rows, &about).await;
    }
    let stage = attempt.stage();
    let about: Vec<About> = rows.iter().map(|_| About::anyone()).collect();
    let mut results = each(&attempt.rehearsed(&stage), rows, &about).await;
    let mut made = Vec::new();
    for processed in results.iter_mut().flatten() {
        conceal(&mut processed.outcome.result, &mut made);
    }
    results
}

/// What a message says of whom it is about: its numbers, and the blocks of its values as they were given.
fn about<T: Table>(attempt: &Attempt<'_, T>, message: &Message) -> About {
    let secret = &attempt.controls().secret;
    let blocks = blocks_as_given(message, attempt.controls()).into_iter().map(Mark::Block);
    let number = message.attributes.get(Attribute::CUSTOMER_NUMBER);
    let number = number.and_then(CustomerNumber::parse).map(Mark::Number);
    let taken = TakenNumber::ATTRIBUTES.into_iter().filter_map(|attribute| {
        let number = message.attributes.get(attribute)?;
        Some(Mark::Taken(TakenNumber::of(secret, attribute, number)))
    });
    About { named_by: message.naming(), marks: blocks.chain(number).chain(taken).collect() }
}

/// Messages of one request.
struct Batch<'a, 'm, T> {
    attempt: &'a Attempt<'m, T>,
    rows: &'a [Row],
    time: Rows,
}

impl<T: Table> RowByRow for Batch<'_, '_, T> {
    type Outcome = Result<MessageOutcome, Stopped>;

    async fn row(&self, place: usize) -> Self::Outcome {
        let Row { index, digest, message, received } = &self.rows[place];
        let own = self.attempt.of_row(*index, digest);
        self.time.next(&own, process(&own, message, received)).await
    }
}

/// Processes the rows that say this of whom they are about.
async fn each<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
    about: &[About],
) -> Vec<Result<Processed, Stopped>> {
    let outcomes = in_lanes(about, &Batch { attempt, rows, time: Rows::begin(attempt) }).await;
    let mut made: Vec<(Identifier, usize)> = Vec::new();
    let results = rows.iter().zip(outcomes).map(|(row, outcome)| {
        outcome.map(|outcome| {
            let duplicate_of_row = found(&outcome.result, &made);
            if let MessageResult::Created(stored) = &outcome.result {
                made.extend(stored.identifier.clone().map(|identifier| (identifier, row.index)));
            }
            Processed { outcome, duplicate_of_row }
        })
    });
    results.collect()
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
