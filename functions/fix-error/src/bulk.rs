//! Many requests in error reprocessed in one call: each gets the status that the single call would have had.

use api::answer::Answer;
use api::call::Call;
use api::json::{self, Json};
use api::problem::{self, Problem};
use api::{StatusCode, cursor, media, status};
use domain::outcome::MessageOutcome;
use domain::request::RequestInErrorId;
use operations::kit::Asked;
use operations::kit::Master;
use operations::requests::reprocess::{self as fix, Fixed, Refused};
use operations::requests::reprocess_batch as bulk;
use store::table::Table;

use crate::{asked_for, body, list, number_of, refusal, resolves, shown};

/// Reprocesses those that the body names, or that one cause hit.
pub(crate) async fn reprocess_many<T: Table>(
    master: &Master<T>,
    call: &Call,
    who: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let (dry_run, key) = asked_for(call, &mut faults);
    let body: Json = json::parse(call.body(&[media::JSON])?)?;
    let chosen = body::chosen(&body, |text| cursor::decode(list::QUEUE, text).ok(), &mut faults);
    problem::refuse_if_any(faults)?;
    let chosen = chosen.expect("a choice without faults was read");
    let key = key.as_ref().map(|(key, fingerprint)| (key.as_str(), fingerprint.clone()));
    let asked = Asked::new(master.table(), who, "reprocess-many", key, dry_run);
    let bulk = bulk::reprocess(master, &chosen, &asked).await?;
    let replayed = bulk
        .results
        .iter()
        .any(|(_, result)| matches!(result, Ok(Ok(done)) if done.processed.replayed));
    let resolved = bulk
        .results
        .iter()
        .filter(|(_, result)| matches!(result, Ok(Ok(done)) if resolves(&done.processed, dry_run)))
        .count();
    let results = bulk.results.into_iter().map(|(id, result)| one(&id, result)).collect();
    let next = bulk.next.map(|position| cursor::encode(list::QUEUE, &position));
    Ok(Answer::json(StatusCode::OK, "reprocessed", &shown::Bulk { results, next, dry_run })
        .replayed(replayed)
        .resolved(resolved as u64))
}

/// What came of one request among many: the status that the single call would have had.
fn one(
    id: &RequestInErrorId,
    result: Result<Fixed<fix::Reprocessed>, domain::outcome::Stopped>,
) -> shown::One {
    let (status, outcome, number, codes) = match result {
        Ok(Ok(fix::Reprocessed { processed, .. })) => {
            let (status, _) = status::processed(&processed.outcome);
            let (outcome, codes) = match &processed.outcome {
                MessageOutcome::Created(_) | MessageOutcome::Updated(_) => ("success", Vec::new()),
                MessageOutcome::Duplicate(_) => ("duplicate", Vec::new()),
                MessageOutcome::Failed { failed, .. } => ("failure", shown::codes(failed)),
            };
            (status, outcome, number_of(&processed), codes)
        }
        Ok(Err(Refused::AlreadyResolved(number))) => {
            (StatusCode::CONFLICT, "already-resolved", number, Vec::new())
        }
        Ok(Err(refused)) => {
            let kind = refusal(&refused).kind();
            (kind.status(), kind.slug(), None, Vec::new())
        }
        Err(stopped) => {
            let kind = Problem::from(stopped).kind();
            (kind.status(), kind.slug(), None, Vec::new())
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
