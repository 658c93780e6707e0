//! Many associations in one call: each gets the status that it would have had alone.

use api::StatusCode;
use api::answer::Answer;
use api::batch::{self, Batch, RowResult};
use api::call::Call;
use api::json;
use api::problem::{self, Problem};
use api::status;
use operations::dealers::associate::AssociateOutcome;
use operations::dealers::associate_batch::{Row, Tried, associate_batch};
use operations::kit::{Master, Stopped};
use store::table::Table;

use crate::body::Association;
use crate::request;

/// Associates the rows one after another.
pub(crate) async fn associate_batch_of<T: Table>(
    master: &Master<T>,
    call: &Call,
) -> Result<Answer, Problem> {
    let given = batch::rows(call)?;
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "associate", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let mut results: Vec<Option<RowResult<Association>>> = Vec::new();
    let mut rows = Vec::new();
    for row in &given {
        let read = read(row, master, call);
        results
            .push(read.as_ref().err().map(|problem| RowResult::refused(row.index, problem, call)));
        rows.extend(read.ok());
    }
    let tried = associate_batch(&attempt, &rows).await;
    let replayed = tried.iter().flatten().any(|tried| is_replayed(&tried.outcome));
    for (row, tried) in rows.iter().zip(tried) {
        results[row.index] = Some(result(row, tried, call));
    }
    let results = results.into_iter().flatten().collect();
    let answer = Batch { results, dry_run: attempt.dry_run };
    Ok(Answer::json(StatusCode::OK, "processed", &answer).replayed(replayed))
}

fn read<T: Table>(row: &batch::Row<'_>, master: &Master<T>, call: &Call) -> Result<Row, Problem> {
    let json = json::parse(row.text()?)?;
    let request = request(&json, master, call, Vec::new())?;
    Ok(Row { index: row.index, digest: row.digest(), request })
}

fn is_replayed(outcome: &AssociateOutcome) -> bool {
    matches!(outcome, AssociateOutcome::Associated(associated) if associated.replayed)
}

fn result(row: &Row, tried: Result<Tried, Stopped>, call: &Call) -> RowResult<Association> {
    let index = row.index;
    let Tried { outcome, duplicate_of_row, is_there } = match tried {
        Ok(tried) => tried,
        Err(stopped) => return RowResult::refused(index, &stopped.into(), call),
    };
    let ((status, _), associated) = match status::associated(outcome) {
        Ok(told) => told,
        Err(problem) => {
            let problem =
                if is_there { problem } else { problem.without("customerOrganizationIdentifier") };
            let refused = RowResult::refused(index, &problem, call);
            return RowResult { duplicate_of_row, ..refused };
        }
    };
    RowResult {
        index,
        status: status.as_u16(),
        outcome: status::SUCCESS,
        told: Some(Association::of(&row.request, &associated, false)),
        duplicate_of_row,
        problem: None,
    }
}
