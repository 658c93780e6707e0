//! The function `merge-customers`: what is decided about customers as a whole. Two are made one and parted again, one is given what it was, a person is taken out.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod body;
mod foreseen;
mod pairs;
mod route;

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::json;
use api::media;
use api::problem::{self, Fault, Problem, ProblemType};
use domain::by::RESTORE;
use domain::customer::CustomerNumber;
use domain::customer::merge::Choices;
use domain::request::Versions;
use lambda_http::{Body, Request, Response};
use operations::customers::decision::Decided;
use operations::customers::erase::{self, Erased};
use operations::customers::merge::{self, Merging};
use operations::customers::restore;
use operations::customers::unmerge::{self, Parting};
use operations::kit::Master;
use store::table::Table;

use crate::body::{DecidedBody, Pair};
use crate::route::Route;

/// Answers a request. Whatever happens, it is answered.
pub async fn handle<T: Table>(master: &Master<T>, request: Request) -> Response<Body> {
    api::serve(master, request, Route::of, |master, call, route| {
        Box::pin(answer(master, call, route))
    })
    .await
}

async fn answer<T: Table>(
    master: &Master<T>,
    call: &Call,
    route: Route,
) -> Result<Answer, Problem> {
    match route {
        Route::Merge { number } => merge(master, call, &number).await,
        Route::Unmerge { number } => unmerge(master, call, &number).await,
        Route::Restore { number } => restore(master, call, &number).await,
        Route::Erase { number } => erase(master, call, &number).await,
        Route::KeepApart { number } => pairs::keep_apart(master, call, &number).await,
        Route::TakeBack { number, other } => {
            pairs::take_back(master, call, (&number, &other)).await
        }
        Route::Decide => pairs::decide(master, call).await,
    }
}

async fn merge<T: Table>(master: &Master<T>, call: &Call, number: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "merge", &mut faults)?;
    let pair = body::pair(&json::parse(call.body(&[media::JSON])?)?, body::TAKE, &mut faults);
    let winner = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let (loser, choices) = another(pair, winner, faults, attempt.dry_run)?;
    let (loser, loser_version) = loser;
    let merging = Merging {
        winner,
        loser,
        winner_seen: call.if_match()?,
        loser_seen: loser_version.map(|version| Versions::OneOf(vec![version])),
        choices,
        counts: true,
    };
    let decided = merge::merge(&attempt, &merging).await?;
    let body = DecidedBody::merged(&decided, loser, attempt.dry_run);
    Ok(answered("merged", &decided, &body))
}

async fn unmerge<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "unmerge", &mut faults)?;
    let pair = body::pair(&json::parse(call.body(&[media::JSON])?)?, body::KEEP, &mut faults);
    let winner = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let ((loser, _), keep) = another(pair, winner, faults, attempt.dry_run)?;
    let parting = Parting { winner, loser, seen: call.if_match()?, keep, counts: true };
    let decided = unmerge::unmerge(&attempt, &parting).await?;
    let body = DecidedBody::parted(&decided, loser, attempt.dry_run);
    Ok(answered("unmerged", &decided, &body))
}

async fn restore<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, RESTORE, &mut faults)?;
    let version = body::version(&json::parse(call.body(&[media::JSON])?)?, &mut faults);
    problem::refuse_if_any(faults)?;
    let version = version.expect("a body without faults was read");
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let seen = call.if_match()?;
    let decided = restore::restore(&attempt, (number, version), seen.as_ref()).await?;
    let body = DecidedBody::restored(&decided, attempt.dry_run);
    Ok(answered("restored", &decided, &body))
}

fn answered(word: &'static str, decided: &Decided, body: &DecidedBody) -> Answer {
    Answer::json(StatusCode::OK, word, body).etag(decided.version).replayed(decided.replayed)
}

/// The other customer with the version of it that was seen, and what was chosen.
///
/// # Errors
/// `invalid-request` with all faults, or `not-possible` with what reads well and cannot be.
fn another(
    pair: Pair,
    winner: CustomerNumber,
    mut faults: Vec<Fault>,
    dry_run: bool,
) -> Result<((CustomerNumber, Option<u64>), Choices), Problem> {
    const SAME: &str = "These are one customer already.";
    let Pair { loser, loser_version, choices, impossible } = pair;
    if loser == Some(winner) {
        faults.push(Fault::new("/loser", "same-customer", SAME));
    }
    problem::refuse_if_any(faults)?;
    if !impossible.is_empty() {
        let problem = Problem::new(ProblemType::NotPossible).with_faults(impossible);
        return Err(problem.dry_run(dry_run));
    }
    let loser = loser.expect("a body without faults was read");
    Ok(((loser, loser_version), choices))
}

async fn erase<T: Table>(master: &Master<T>, call: &Call, number: &str) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "erase", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let erased = erase::erase(&attempt, number).await?.ok_or_else(Problem::not_found)?;
    let Erased { dealer_customers, requests_in_error, replayed } = erased;
    if !attempt.dry_run {
        return Ok(Answer::empty(StatusCode::NO_CONTENT, "erased").replayed(replayed));
    }
    let erased = body::Erased {
        customer_number: number.to_string(),
        dealer_customers,
        requests_in_error,
        dry_run: attempt.dry_run,
    };
    Ok(Answer::json(StatusCode::OK, "erased", &erased))
}
