//! The function `fix-error`: data stewards find, fix and reprocess requests in error, by API and in the console.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod batch;
mod body;
mod console;
pub mod list;
mod prepared;
mod remark;
mod reprocessed;
mod route;
mod shown;
mod sign_in;

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::json;
use api::media;
use api::page::Page;
use api::problem::{self, Problem};
use domain::request::{Correction, MAX_TEXT, RequestInErrorId, State};
use lambda_http::{Body, Request, Response};
use operations::kit::Master;
use operations::requests::actions;
use operations::requests::show::Shown;
use operations::requests::{correct, delete, reprocess, show};
use store::table::Table;

use crate::prepared::prepared;
use crate::route::Route;

pub use crate::sign_in::SignIn;

const CONTRACT: &str = include_str!("../../../openapi.yaml");

const PATCH: &[&str] = &[media::JSON, media::MERGE_PATCH];

/// Answers a request. Whatever happens, it is answered.
pub async fn handle<T: Table>(
    master: &Master<T>,
    sign_in: &SignIn,
    request: Request,
) -> Response<Body> {
    let sign_in = sign_in.clone();
    api::serve(master, request, Route::of, |master, call, route| {
        Box::pin(answer(master, sign_in, call, route))
    })
    .await
}

async fn answer<T: Table>(
    master: &Master<T>,
    sign_in: SignIn,
    call: &Call,
    route: Route,
) -> Result<Answer, Problem> {
    match route {
        Route::Console => Ok(console::page(call, &sign_in)),
        Route::ConsoleFile { file } => console::file(call, &file, &sign_in),
        Route::Contract => Ok(contract(call)),
        Route::List => list::list(master, call).await,
        Route::Export => list::export(master, call).await,
        Route::Show { id } => show(master, call, &id).await,
        Route::Correct { id } => correct(master, call, &id).await,
        Route::Delete { id } => delete(master, call, &id).await,
        Route::Reprocess { id } => reprocess(master, call, &id).await,
        Route::Assign { id } => remark::assign(master, call, &id).await,
        Route::Note { id } => remark::note(master, call, &id).await,
        Route::Reopen { id } => remark::reopen(master, call, &id).await,
        Route::ReprocessBatch => batch::reprocess_batch(master, call).await,
    }
}

/// The contract in YAML (RFC 9512).
fn contract(call: &Call) -> Answer {
    Page::fixed("application/yaml", CONTRACT, prepared("openapi.yaml")).answer(call)
}

async fn show<T: Table>(master: &Master<T>, call: &Call, id: &str) -> Result<Answer, Problem> {
    call.without_parameters()?;
    let shown = show::show(master, &id_of(id)?).await?.ok_or_else(Problem::not_found)?;
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
    let actions = actions(master, std::slice::from_ref(request)).await?;
    let detail = shown::Detail::of(shown, actions[0], dry_run);
    Ok(Answer::json(StatusCode::OK, outcome, &detail).etag(request.version))
}

async fn correct<T: Table>(master: &Master<T>, call: &Call, id: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "correct", &mut faults)?;
    let correction = body::correction(&json::parse(call.body(PATCH)?)?, "", &mut faults);
    problem::refuse_if_any(faults)?;
    let seen = call.if_match()?;
    let shown = correct::correct(&attempt, &id_of(id)?, &correction, seen.as_ref()).await?;
    detail(master, "corrected", &shown, attempt.dry_run).await
}

async fn delete<T: Table>(master: &Master<T>, call: &Call, id: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let (attempt, reason) = call.attempt_with(master, "delete", &mut faults, |query| {
        query.optional("reason", |text| body::written(text, MAX_TEXT))
    })?;
    problem::refuse_if_any(faults)?;
    let seen = call.if_match()?;
    delete::delete(&attempt, &id_of(id)?, reason.as_deref(), seen.as_ref()).await?;
    if !attempt.dry_run {
        return Ok(Answer::empty(StatusCode::NO_CONTENT, "deleted"));
    }
    let state = State::Deleted.as_str();
    let deleted = shown::Deleted { id: id.to_owned(), state, dry_run: attempt.dry_run };
    Ok(Answer::json(StatusCode::OK, "deleted", &deleted))
}

async fn reprocess<T: Table>(master: &Master<T>, call: &Call, id: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "reprocess", &mut faults)?;
    // Without a content type an empty body is no patch; a patch may come with If-Match or without.
    let bytes = call.body(PATCH)?;
    let correction = if bytes.is_empty() {
        Correction::default()
    } else {
        body::correction(&json::parse(bytes)?, "", &mut faults)
    };
    problem::refuse_if_any(faults)?;
    let seen = call.if_match()?;
    let done = reprocess::reprocess(&attempt, &id_of(id)?, &correction, seen.as_ref()).await?;
    Ok(reprocessed::answer(&done.outcome, attempt.dry_run, master.controls()).etag(done.version))
}

fn id_of(text: &str) -> Result<RequestInErrorId, Problem> {
    RequestInErrorId::parse(text).ok_or_else(Problem::not_found)
}
