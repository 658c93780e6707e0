//! The function `find-customer`: finds customers by what is known of them, shows them as they are and as they were, tells what changes, and what other rules would match or
//! part, and who looks like whom. It reads only.
//!
//! Here is the door: route, caller, query, answer. The work is in `operations`, the rules are in `domain`.

mod body;
mod possible;
mod query;
mod route;
mod stored;
mod trial;

use std::time::Duration;

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::json;
use api::media;
use api::problem::{self, Problem, ProblemType};
use domain::customer::{Customer, CustomerNumber};
use domain::matching::possible::PairState;
use lambda_http::{Body, Request, Response};
use operations::changes::pull::{self, Position, Pulled};
use operations::customers::find;
use operations::customers::history::{self, Place};
use operations::customers::possible_duplicates;
use operations::customers::read::customer_by_number;
use operations::customers::tree;
use operations::customers::try_rules;
use operations::customers::worklist;
use operations::kit::Master;
use store::follow::Followed;
use store::table::Table;

use crate::possible::{PossibleDuplicates, Worklist};
use crate::route::Route;
use crate::stored::StoredCustomer;
use crate::trial::{Asked, Differences};

/// How many customers a page of a look-up has at the most, and where no limit is given.
pub const MAX_FOUND: u32 = 50;
pub const FOUND: u32 = 20;

/// The same for a page of a history.
pub const MAX_HISTORY: u32 = 100;
pub const HISTORY: u32 = 50;

/// The same for the worklist.
pub const MAX_PAIRS: u32 = 100;
pub const PAIRS: u32 = 50;

/// The same for changes.
pub const MAX_CHANGES: u32 = 500;
pub const CHANGES: u32 = 100;

/// How long a reader of changes may wait for news.
pub const MAX_WAIT_SECONDS: u32 = 20;

/// How many values a list of generic values may have that is tried.
pub const MAX_GENERIC_VALUES: usize = 200;

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
        Route::Find => found(master, call).await,
        Route::Customer { number } => customer(master, call, &number).await,
        Route::History { number } => history(master, call, &number).await,
        Route::PossibleDuplicates { number } => possible_duplicates(master, call, &number).await,
        Route::Worklist => worklist(master, call).await,
        Route::Changes => changes(master, call).await,
        Route::TryRules => try_rules(master, call).await,
    }
}

async fn found<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let (look_up, asked) = query::look_up(&mut query);
    let list = call.list(master, format!("customers {asked}"))?;
    let limit = query.limit(FOUND, MAX_FOUND);
    let after = query.cursor(&list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let after = after.as_deref().and_then(find::Place::parse);
    let page = find::find(master, &look_up, after, limit as usize).await?;
    let next = page.next.as_ref().map(|place| list.cursor(&place.to_text()));
    Ok(Answer::json(StatusCode::OK, "found", &body::Found::of(&page, next)))
}

async fn customer<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let when = query::as_of(&mut query);
    let follow = query.flag_or("follow", true);
    query.finish();
    problem::refuse_if_any(faults)?;
    let (customer, merged) = acting(master, number, follow).await?;
    let customer = match when {
        None => customer,
        Some(when) => {
            let earlier = history::as_of(master, &customer, when).await?;
            earlier.ok_or_else(Problem::not_found)?
        }
    };
    let body = StoredCustomer { customer: &customer, merged };
    let answer = Answer::json(StatusCode::OK, "found", &body).etag(customer.version);
    Ok(if merged { answer.canonical(&path_of(customer.number)) } else { answer })
}

/// The customer that acts for the one of this number, and whether that is another.
///
/// # Errors
/// `gone` where it is another and shall not be followed.
async fn acting<T: Table>(
    master: &Master<T>,
    number: &str,
    follow: bool,
) -> Result<(Customer, bool), Problem> {
    const GONE: &str = "This customer was merged into another, which acts for it.";
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let customer = customer_by_number(master, number).await?.ok_or_else(Problem::not_found)?;
    let Followed { passed, leader } = tree::followed(master, customer).await?;
    let merged = !passed.is_empty();
    if merged && !follow {
        let problem = Problem::new(ProblemType::Gone).detail(GONE);
        let problem = problem.with("mergedInto", leader.number.to_string());
        return Err(problem.canonical(&path_of(leader.number)));
    }
    Ok((leader, merged))
}

fn path_of(number: CustomerNumber) -> String {
    format!("/customers/{number}")
}

async fn history<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let list = call.list(master, format!("history {number}"))?;
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let limit = query.limit(HISTORY, MAX_HISTORY);
    let after = query.cursor(&list);
    let follow = query.flag_or("follow", true);
    query.finish();
    problem::refuse_if_any(faults)?;
    let (customer, merged) = acting(master, &number.to_string(), follow).await?;
    let after = after.as_deref().and_then(Place::parse);
    let page = history::history(master, &customer, after, limit).await?;
    let next = page.next.as_ref().map(|place| list.cursor(&place.to_text()));
    let merged_into = merged.then_some(customer.number);
    let body = body::History::of(&page, next, merged_into);
    let answer = Answer::json(StatusCode::OK, "listed", &body);
    Ok(if merged { answer.canonical(&path_of(customer.number)) } else { answer })
}

async fn possible_duplicates<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    call.query(&mut faults).finish();
    problem::refuse_if_any(faults)?;
    let (customer, merged) = acting(master, number, true).await?;
    let found = possible_duplicates::possible_duplicates(master, &customer).await?;
    let apart = possible_duplicates::kept_apart_from(master, &customer.identifier, &found).await?;
    let answer = Answer::json(StatusCode::OK, "listed", &PossibleDuplicates::of(&found, &apart));
    Ok(if merged { answer.canonical(&path_of(customer.number)) } else { answer })
}

async fn worklist<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let state = query.optional("state", query::state).unwrap_or(PairState::Open);
    let list = call.list(master, format!("possible-duplicates {}", state.as_str()))?;
    let limit = query.limit(PAIRS, MAX_PAIRS);
    let after = query.cursor(&list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let page = worklist::worklist(master, state, after.as_deref(), limit as usize).await?;
    let next = page.next.as_ref().map(|position| list.cursor(position));
    Ok(Answer::json(StatusCode::OK, "listed", &Worklist::of(&page, next)))
}

/// A POST because of what it is asked with. It has no effect that a dry run could leave out or a key tell again.
async fn try_rules<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let dry_run = query.dry_run();
    query.finish();
    let json = json::parse(call.body(&[media::JSON])?)?;
    let asked = trial::asked(&json, &mut faults);
    problem::refuse_if_any(faults)?;
    let Asked { tried, messages, customer_number } = &asked;
    let found = try_rules::try_rules(master, tried, messages, *customer_number).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Answer::json(StatusCode::OK, "compared", &Differences::of(&found, &asked, dry_run)))
}

async fn changes<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    const GONE: &str = "What came since is older than 30 days and no longer here. Read the customers that you know anew, and start without `after`.";
    let list = call.list(master, "changes")?;
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let limit = query.limit(CHANGES, MAX_CHANGES);
    let wait = query.wait(MAX_WAIT_SECONDS);
    let after = query.position("after", &list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let after = after.as_deref().and_then(Position::parse);
    let wait = Duration::from_secs(u64::from(wait));
    match pull::pull(master, after, limit, wait).await? {
        Pulled::Changes { changes, unreadable, next } => {
            let next = list.cursor(&next.to_text());
            let body = body::Changes::of(&changes, &unreadable, next);
            Ok(Answer::json(StatusCode::OK, "listed", &body))
        }
        Pulled::Gone => Err(Problem::new(ProblemType::Gone).detail(GONE)),
    }
}
