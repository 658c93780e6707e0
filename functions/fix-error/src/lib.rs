//! The function `fix-error`: data stewards find, fix and reprocess requests in error, by API and in the console.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod body;
mod bulk;
mod console;
pub mod list;
mod route;
mod shown;
mod sign_in;

use api::answer::Answer;
use api::call::Call;
use api::caller::Scope;
use api::customer_out::CustomerOut;
use api::json;
use api::media;
use api::problem::{self, Problem, ProblemType};
use api::{StatusCode, status};
use domain::customer::CustomerNumber;
use domain::outcome::{MessageOutcome, Processed};
use domain::request_in_error::{Correction, RequestInErrorId, State};
use lambda_http::{Body, Request, Response};
use operations::fix::{self, Refused, Shown};
use operations::idempotency::Asked;
use operations::master::Master;
use operations::{erase, queue};
use store::table::Table;

use crate::route::Route;

pub use crate::sign_in::SignIn;

/// The contract, as anyone may read it.
const CONTRACT: &str = include_str!("../../../openapi.yaml");

/// The content types of a patch.
const PATCH: &[&str] = &[media::JSON, media::MERGE_PATCH];

/// Answers a request. Whatever happens, it is answered.
pub async fn handle<T: Table>(
    master: &Master<T>,
    sign_in: &SignIn,
    request: Request,
) -> Response<Body> {
    let call = Call::open(request);
    let master = master.counted();
    let (operation, result) = match Route::of(&call) {
        Ok(route) => {
            (route.operation(), call.in_time(answer(&master, sign_in, &call, route)).await)
        }
        Err(problem) => ("none", Err(problem)),
    };
    call.close(operation, result, master.cost())
}

async fn answer<T: Table>(
    master: &Master<T>,
    sign_in: &SignIn,
    call: &Call,
    route: Route<'_>,
) -> Result<Answer, Problem> {
    match route {
        Route::Console => return Ok(console::page(sign_in)),
        Route::ConsoleFile { file } => return console::file(file, sign_in),
        Route::Contract => return Ok(contract()),
        Route::List
        | Route::Export
        | Route::Show { .. }
        | Route::Correct { .. }
        | Route::Delete { .. }
        | Route::Reprocess { .. }
        | Route::ReprocessMany
        | Route::Erase { .. } => {}
    }
    let caller = call.caller()?;
    caller.require(Scope::Steward)?;
    let who = caller.name();
    match route {
        Route::List => list::list(master, call).await,
        Route::Export => list::export(master, call).await,
        Route::Show { id } => show(master, call, id).await,
        Route::Correct { id } => correct(master, call, who, id).await,
        Route::Delete { id } => delete(master, call, who, id).await,
        Route::Reprocess { id } => reprocess(master, call, who, id).await,
        Route::ReprocessMany => bulk::reprocess_many(master, call, who).await,
        Route::Erase { number } => erase(master, call, who, number).await,
        Route::Console => Ok(console::page(sign_in)),
        Route::ConsoleFile { file } => console::file(file, sign_in),
        Route::Contract => Ok(contract()),
    }
}

/// The contract in YAML (RFC 9512).
fn contract() -> Answer {
    Answer::bytes(StatusCode::OK, "served", "application/yaml", CONTRACT)
}

async fn show<T: Table>(master: &Master<T>, call: &Call, id: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    call.query(&mut faults).finish();
    problem::refuse_if_any(faults)?;
    let shown = fix::show(master, &id_of(id)?).await?.ok_or_else(Problem::not_found)?;
    detail(master, "found", &shown, false).await
}

/// The answer with a request in error, whole.
async fn detail<T: Table>(
    master: &Master<T>,
    outcome: &'static str,
    shown: &Shown,
    dry_run: bool,
) -> Result<Answer, Problem> {
    let request = &shown.request;
    let actions = queue::actions(master, std::slice::from_ref(request)).await?;
    let detail = shown::Detail::of(shown, actions[0], dry_run);
    Ok(Answer::json(StatusCode::OK, outcome, &detail).etag(request.version))
}

async fn correct<T: Table>(
    master: &Master<T>,
    call: &Call,
    who: &str,
    id: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let (dry_run, _) = asked_for(call, &mut faults);
    let correction = body::correction(&json::parse(call.body(PATCH)?)?, &mut faults);
    problem::refuse_if_any(faults)?;
    let if_match = call.if_match()?;
    let admits = |version| if_match.as_ref().is_some_and(|if_match| if_match.admits(version));
    let asked = Asked::new(master.table(), who, "correct", None, dry_run);
    match fix::correct(
        master,
        &id_of(id)?,
        &correction,
        if_match.is_some().then_some(&admits),
        &asked,
    )
    .await?
    {
        Ok(shown) => detail(master, "corrected", &shown, dry_run).await,
        Err(refused) => Err(refusal(&refused).dry_run(dry_run)),
    }
}

async fn delete<T: Table>(
    master: &Master<T>,
    call: &Call,
    who: &str,
    id: &str,
) -> Result<Answer, Problem> {
    let dry_run = call.dry_run()?;
    let if_match = call.if_match()?;
    let admits = |version| if_match.as_ref().is_some_and(|if_match| if_match.admits(version));
    let asked = Asked::new(master.table(), who, "delete", None, dry_run);
    match fix::delete(master, &id_of(id)?, if_match.is_some().then_some(&admits), &asked).await? {
        Ok(()) if dry_run => {
            let deleted =
                shown::Deleted { id: id.to_owned(), state: State::Deleted.as_str(), dry_run };
            Ok(Answer::json(StatusCode::OK, "deleted", &deleted))
        }
        Ok(()) => Ok(Answer::empty(StatusCode::NO_CONTENT, "deleted")),
        Err(refused) => Err(refusal(&refused).dry_run(dry_run)),
    }
}

async fn reprocess<T: Table>(
    master: &Master<T>,
    call: &Call,
    who: &str,
    id: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let (dry_run, key) = asked_for(call, &mut faults);
    // Without a content type an empty body is no patch; a patch may come with If-Match or without.
    let bytes = call.body(PATCH)?;
    let correction = if bytes.is_empty() {
        Correction::default()
    } else {
        body::correction(&json::parse(bytes)?, &mut faults)
    };
    problem::refuse_if_any(faults)?;
    let if_match = call.if_match()?;
    let admits = |version| if_match.as_ref().is_some_and(|if_match| if_match.admits(version));
    let key = key.as_ref().map(|(key, fingerprint)| (key.as_str(), fingerprint.clone()));
    let asked = Asked::new(master.table(), who, "reprocess", key, dry_run);
    match fix::reprocess(
        master,
        &id_of(id)?,
        &correction,
        if_match.is_some().then_some(&admits),
        &asked,
    )
    .await?
    {
        Ok(reprocessed) => Ok(told(&reprocessed.processed, dry_run).etag(reprocessed.version)),
        Err(refused) => Err(refusal(&refused).dry_run(dry_run)),
    }
}

/// The answer to a reprocessed message: always with a body, whatever the message itself asks for.
fn told(processed: &Processed, dry_run: bool) -> Answer {
    let (status, outcome) = status::processed(&processed.outcome);
    let answer =
        Answer::bytes(status, outcome, media::JSON, CustomerOut::of(processed, dry_run).to_json())
            .replayed(processed.replayed)
            .resolved(u64::from(resolves(processed, dry_run)));
    match number_of(processed) {
        Some(number) => answer.location(&format!("/customers/{number}")),
        None => answer,
    }
}

/// Whether this run resolved the request in error, and not an earlier try of it.
fn resolves(processed: &Processed, dry_run: bool) -> bool {
    number_of(processed).is_some() && !processed.replayed && !dry_run
}

async fn erase<T: Table>(
    master: &Master<T>,
    call: &Call,
    who: &str,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let (dry_run, key) = asked_for(call, &mut faults);
    problem::refuse_if_any(faults)?;
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let key = key.as_ref().map(|(key, fingerprint)| (key.as_str(), fingerprint.clone()));
    let asked = Asked::new(master.table(), who, "erase", key, dry_run);
    let erased = erase::erase(master, number, &asked).await?.ok_or_else(Problem::not_found)?;
    if !dry_run {
        return Ok(Answer::empty(StatusCode::NO_CONTENT, "erased").replayed(erased.replayed));
    }
    let erase::Erased { dealer_customers, requests_in_error, replayed: _ } = erased;
    let erased = shown::Erased {
        customer_number: number.to_string(),
        dealer_customers,
        requests_in_error,
        dry_run,
    };
    Ok(Answer::json(StatusCode::OK, "erased", &erased))
}

/// Whether nothing shall be written, and the idempotency key with its fingerprint.
fn asked_for(
    call: &Call,
    faults: &mut Vec<problem::Fault>,
) -> (bool, Option<(api::idempotency::IdempotencyKey, String)>) {
    let mut query = call.query(faults);
    let dry_run = query.dry_run();
    query.finish();
    (dry_run, call.idempotency_key(faults))
}

fn id_of(text: &str) -> Result<RequestInErrorId, Problem> {
    RequestInErrorId::parse(text).ok_or_else(Problem::not_found)
}

fn number_of(processed: &Processed) -> Option<CustomerNumber> {
    match &processed.outcome {
        MessageOutcome::Created(stored) | MessageOutcome::Updated(stored) => stored.number,
        MessageOutcome::Duplicate(_) | MessageOutcome::Failed { .. } => None,
    }
}

/// Why nothing was done.
fn refusal(refused: &Refused) -> Problem {
    match refused {
        Refused::Unknown => Problem::not_found(),
        Refused::AlreadyResolved(number) => Problem::new(ProblemType::AlreadyResolved)
            .detail("This request was resolved before.")
            .with("customerNumber", number.map(|number| number.to_string())),
        Refused::AlreadyDeleted => Problem::new(ProblemType::AlreadyDeleted).detail("This request was deleted before."),
        Refused::VersionRequired => {
            Problem::new(ProblemType::VersionRequired).detail("If-Match must name the version that you saw, or be `*`.")
        }
        Refused::VersionMismatch(version) => {
            Problem::new(ProblemType::VersionMismatch).detail("Somebody changed this request meanwhile.").with("version", *version)
        }
        Refused::HistoryFull => Problem::new(ProblemType::TooLarge)
            .detail("This request was changed and tried too often to remember more. It can be resolved or deleted."),
    }
}
