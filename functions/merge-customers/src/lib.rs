//! The function `merge-customers`: what is decided about customers as a whole. A person is taken out of the customer master.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod body;
mod pairs;
mod route;

use api::StatusCode;
use api::answer::Answer;
use api::call::Call;
use api::problem::{self, Problem};
use domain::customer::CustomerNumber;
use lambda_http::{Body, Request, Response};
use operations::customers::erase::{self, Erased};
use operations::kit::Master;
use store::table::Table;

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
        Route::Erase { number } => erase(master, call, &number).await,
        Route::KeepApart { number } => pairs::keep_apart(master, call, &number).await,
        Route::TakeBack { number, other } => {
            pairs::take_back(master, call, (&number, &other)).await
        }
        Route::Decide => pairs::decide(master, call).await,
    }
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
