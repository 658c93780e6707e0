//! Many requests in error reprocessed in one call: each gets the status that the single call would have had.

use api::answer::Answer;
use api::call::Call;
use api::json;
use api::problem::{self, Problem};
use api::{StatusCode, media, status};
use domain::request::RequestInErrorId;
use operations::kit::Master;
use operations::messages::MessageResult;
use operations::requests::list::Order;
use operations::requests::reprocess::Reprocessed;
use operations::requests::{NotFixed, Refused, reprocess_batch as batch};
use store::table::Table;

use crate::reprocessed::resolves;
use crate::{body, list, shown};

/// Reprocesses those that the body names, or that one cause hit, with the body's patch.
pub(crate) async fn reprocess_batch<T: Table>(
    master: &Master<T>,
    call: &Call,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "reprocess-many", &mut faults)?;
    let body = json::parse(call.body(&[media::JSON])?)?;
    let queue = list::cursors(master, call, Order::NewestFirst)?;
    let chosen = body::chosen(&body, |text| queue.position(text), &mut faults);
    problem::refuse_if_any(faults)?;
    let (chosen, patch) = chosen.expect("a choice without faults was read");
    let dry_run = attempt.dry_run;
    let batch = batch::reprocess_batch(&attempt, &chosen, &patch).await?;
    let done = batch.results.iter().filter_map(|(_, result)| result.as_ref().ok());
    let replayed = done.clone().any(|done| done.outcome.replayed);
    let resolved = done.filter(|done| resolves(&done.outcome, dry_run)).count();
    let results = batch.results.into_iter().map(|(id, result)| one(&id, result)).collect();
    let next = batch.next.map(|position| queue.cursor(&position));
    Ok(Answer::json(StatusCode::OK, "reprocessed", &shown::Batch { results, next, dry_run })
        .replayed(replayed)
        .resolved(resolved as u64))
}

/// What came of one request among many: the status that the single call would have had.
fn one(id: &RequestInErrorId, result: Result<Reprocessed, NotFixed>) -> shown::One {
    let mut codes = Vec::new();
    let (status, outcome, number) = match result {
        Ok(Reprocessed { outcome, .. }) => {
            let (status, _) = status::processed(&outcome.result);
            let word = match &outcome.result {
                MessageResult::Created(_)
                | MessageResult::Updated(_)
                | MessageResult::Unchanged(_) => "success",
                MessageResult::Duplicate(_) => "duplicate",
                MessageResult::Failed { failed, .. } => {
                    codes = shown::codes(failed);
                    "failure"
                }
            };
            (status, word, outcome.number())
        }
        Err(why) => {
            let number = match &why {
                NotFixed::Refused(Refused::AlreadyResolved(number)) => *number,
                NotFixed::Refused(_) | NotFixed::Stopped(_) => None,
            };
            let kind = Problem::from(why).kind();
            (kind.status(), kind.slug(), number)
        }
    };
    shown::One {
        id: id.as_str().to_owned(),
        status: status.as_u16(),
        outcome,
        customer_number: number.map(|number| number.to_string()),
        codes,
    }
}
