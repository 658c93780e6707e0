//! What stewards tell each other of a request in error: who has it, a note, and that it is open again.

use api::answer::Answer;
use api::call::Call;
use api::problem::{self, Problem};
use api::{json, media};
use operations::kit::Master;
use operations::requests::{Remarked, assign, note, reopen};
use store::table::Table;

use crate::{body, detail, id_of};

/// Gives it to whom the body names, or to nobody.
pub(crate) async fn assign<T: Table>(
    master: &Master<T>,
    call: &Call,
    id: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "assign", &mut faults)?;
    let to = body::assignee(&json::parse(call.body(&[media::JSON])?)?, &mut faults);
    problem::refuse_if_any(faults)?;
    let seen = call.if_match()?;
    let remarked = assign::assign(&attempt, &id_of(id)?, to.as_deref(), seen.as_ref()).await?;
    told(master, "assigned", &remarked, attempt.dry_run).await
}

/// Writes the body's text into its history.
pub(crate) async fn note<T: Table>(
    master: &Master<T>,
    call: &Call,
    id: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "note", &mut faults)?;
    let text = body::note(&json::parse(call.body(&[media::JSON])?)?, &mut faults);
    problem::refuse_if_any(faults)?;
    let text = text.expect("a note without faults was read");
    let seen = call.if_match()?;
    let remarked = note::note(&attempt, &id_of(id)?, &text, seen.as_ref()).await?;
    told(master, "noted", &remarked, attempt.dry_run).await
}

/// Opens it again.
pub(crate) async fn reopen<T: Table>(
    master: &Master<T>,
    call: &Call,
    id: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "reopen", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let seen = call.if_match()?;
    let remarked = reopen::reopen(&attempt, &id_of(id)?, seen.as_ref()).await?;
    told(master, "reopened", &remarked, attempt.dry_run).await
}

/// The request as it is since, by this try or an earlier one.
async fn told<T: Table>(
    master: &Master<T>,
    outcome: &'static str,
    remarked: &Remarked,
    dry_run: bool,
) -> Result<Answer, Problem> {
    let answer = detail(master, outcome, &remarked.shown, dry_run).await?;
    Ok(answer.replayed(remarked.replayed))
}
