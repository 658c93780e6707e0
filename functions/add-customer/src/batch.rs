//! Many messages in one call: each gets the status that it would have had alone.

use api::StatusCode;
use api::answer::Answer;
use api::batch::{self, Batch, RowResult};
use api::call::Call;
use api::customer_out::{CustomerOut, ErrorElement};
use api::media;
use api::problem::{self, Problem};
use api::status;
use domain::request::Received;
use operations::kit::{Master, Stopped};
use operations::messages::process_batch::{Processed, Row, process_batch};
use operations::messages::{MessageOutcome, MessageResult};
use serde::Serialize;
use serde::ser::Serializer;
use store::table::Table;

use crate::json;

/// What is told of a message that came to an outcome.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_organization_identifier: Option<String>,
    #[serde(rename = "request_in_error", skip_serializing_if = "Option::is_none")]
    request_in_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "elements")]
    errors: Option<CustomerOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl Told {
    fn of(outcome: &MessageOutcome) -> Self {
        let told = CustomerOut::of(outcome, false);
        let (number, identifier) = match &outcome.result {
            MessageResult::Duplicate(duplicates) => {
                let first = duplicates.first();
                (first.map(|first| first.number), first.map(|first| &first.identifier))
            }
            MessageResult::Created(stored)
            | MessageResult::Updated(stored)
            | MessageResult::Unchanged(stored) => (stored.number, stored.identifier.as_ref()),
            MessageResult::Failed { .. } => (None, None),
        };
        Self {
            customer_number: number.map(|number| number.to_string()),
            customer_organization_identifier: identifier.map(ToString::to_string),
            request_in_error: told.request_in_error.as_ref().map(|id| id.as_str().to_owned()),
            warnings: told.warnings.clone(),
            errors: (!told.errors.is_empty()).then_some(told),
        }
    }
}

/// The failed edits of an answer, as that answer has them.
fn elements<S: Serializer>(told: &Option<CustomerOut>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(told.iter().flat_map(|told| &told.errors).map(ErrorElement))
}

/// Processes the rows one after another.
pub(crate) async fn add_batch<T: Table>(
    master: &Master<T>,
    call: &Call,
) -> Result<Answer, Problem> {
    let given = batch::rows(call)?;
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "add", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let mut results: Vec<Option<RowResult<Told>>> = Vec::new();
    let mut rows = Vec::new();
    for row in &given {
        let read = read(row);
        results
            .push(read.as_ref().err().map(|problem| RowResult::refused(row.index, problem, call)));
        rows.extend(read.ok());
    }
    let processed = process_batch(&attempt, &rows).await;
    let done = processed.iter().flatten().map(|processed| &processed.outcome);
    let replayed = done.clone().any(|outcome| outcome.replayed);
    let opened = done.filter(|outcome| opens(outcome)).count();
    for (row, processed) in rows.iter().zip(processed) {
        results[row.index] = Some(result(row.index, processed, call));
    }
    let results = results.into_iter().flatten().collect();
    let answer = Batch { results, dry_run: attempt.dry_run };
    Ok(Answer::json(StatusCode::OK, "processed", &answer).replayed(replayed).opened(opened as u64))
}

fn read(row: &batch::Row<'_>) -> Result<Row, Problem> {
    let text = row.text()?;
    let message = json::read(text)?;
    let body = String::from_utf8_lossy(text).into_owned();
    let received = Received { content_type: media::JSON.to_owned(), body };
    Ok(Row { index: row.index, digest: row.digest(), message, received })
}

fn result(index: usize, processed: Result<Processed, Stopped>, call: &Call) -> RowResult<Told> {
    let Processed { outcome, duplicate_of_row } = match processed {
        Ok(processed) => processed,
        Err(stopped) => return RowResult::refused(index, &stopped.into(), call),
    };
    RowResult {
        index,
        status: status::processed(&outcome.result).0.as_u16(),
        outcome: status::outcome(&outcome.result),
        told: Some(Told::of(&outcome)),
        duplicate_of_row,
        problem: None,
    }
}

/// Whether this try opened a request in error, and not an earlier one.
fn opens(outcome: &MessageOutcome) -> bool {
    let is_kept =
        matches!(&outcome.result, MessageResult::Failed { request_in_error: Some(_), .. });
    is_kept && !outcome.replayed
}
