//! The function `add-customer`: order-management systems add and change customers with `CWCustomerIn` messages, and read them by number.
//!
//! Here is the door: route, caller, message, answer. The order of work is in `operations`, the rules are in `domain`.

pub mod json;
pub mod reading;
mod route;
mod stored;
pub mod xml;

use api::answer::Answer;
use api::call::{Call, LARGEST_BODY};
use api::caller::Scope;
use api::customer_out::CustomerOut;
use api::media::{self, Media};
use api::problem::{self, Problem, ProblemType};
use api::{StatusCode, status};
use domain::customer::CustomerNumber;
use domain::outcome::{MessageOutcome, Processed, Stopped};
use domain::request_in_error::Received;
use lambda_http::{Body, Request, Response};
use operations::idempotency::Asked;
use operations::master::Master;
use operations::message::{self, Processing, Purpose};
use operations::read;
use store::table::Table;

use crate::route::Route;
use crate::stored::StoredCustomer;

/// Answers a request. Whatever happens, it is answered.
pub async fn handle<T: Table>(master: &Master<T>, request: Request) -> Response<Body> {
    let call = Call::open(request);
    let master = master.counted();
    let (operation, result) = match Route::of(&call) {
        Ok(route) => (route.operation(), call.in_time(answer(&master, &call, route)).await),
        Err(problem) => ("none", Err(problem)),
    };
    call.close(operation, result, master.cost())
}

async fn answer<T: Table>(
    master: &Master<T>,
    call: &Call,
    route: Route<'_>,
) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    caller.require(Scope::Customers)?;
    match route {
        Route::Add => add(master, call, caller.name()).await,
        Route::Customer { number } => customer(master, call, number).await,
    }
}

async fn add<T: Table>(master: &Master<T>, call: &Call, who: &str) -> Result<Answer, Problem> {
    let body = call.body(&[media::JSON, media::XML, media::TEXT_XML])?;
    let form = Media::of(&call.media_type());
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let dry_run = query.dry_run();
    query.finish();
    let key = call.idempotency_key(&mut faults);
    problem::refuse_if_any(faults)?;
    let (message, body) = match form {
        Media::Json => (json::read(body)?, String::from_utf8_lossy(body)),
        Media::Xml => {
            let text = xml::decode(body, call.charset().as_deref())?;
            if text.len() > LARGEST_BODY {
                let detail = format!("A body has at most {LARGEST_BODY} bytes in UTF-8.");
                return Err(Problem::new(ProblemType::TooLarge).detail(detail));
            }
            (xml::read_text(&text)?, text)
        }
    };
    let received = Received { content_type: call.media_type(), body: body.into_owned() };
    let key = key.as_ref().map(|(key, fingerprint)| (key.as_str(), fingerprint.clone()));
    let asked = Asked::new(master.table(), who, "add", key, dry_run);
    match message::process(master, &message, Purpose::Received(&received), &asked).await? {
        Processing::Done(processed) => {
            let form = Media::preferred(call.accept().as_deref(), form);
            Ok(told(&processed, form, dry_run))
        }
        Processing::Overtaken | Processing::HistoryFull => {
            Err(Problem::from(Stopped::Defect("a message that just came has no history".into())))
        }
    }
}

/// The answer to a processed message: with a body where the sender wants one or nothing was done, and always with status and headers.
fn told(processed: &Processed, form: Media, dry_run: bool) -> Answer {
    let (status, outcome) = status::processed(&processed.outcome);
    let answer = if processed.message.wants_response() || dry_run {
        let told = CustomerOut::of(processed, dry_run);
        let body = match form {
            Media::Json => told.to_json(),
            Media::Xml => xml::write(&told),
        };
        Answer::bytes(status, outcome, form.content_type(), body)
    } else {
        Answer::empty(status, outcome)
    };
    let answer = answer.replayed(processed.replayed);
    match &processed.outcome {
        MessageOutcome::Created(stored) | MessageOutcome::Updated(stored) => match stored.number {
            Some(number) => answer.location(&format!("/customers/{number}")),
            None => answer,
        },
        MessageOutcome::Failed { request_in_error: Some(id), .. } => answer
            .location(&format!("/errors/{}", id.as_str()))
            .opened(u64::from(!processed.replayed)),
        MessageOutcome::Failed { request_in_error: None, .. } | MessageOutcome::Duplicate(_) => {
            answer
        }
    }
}

async fn customer<T: Table>(
    master: &Master<T>,
    call: &Call,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    call.query(&mut faults).finish();
    problem::refuse_if_any(faults)?;
    let number = CustomerNumber::parse(number).ok_or_else(Problem::not_found)?;
    let found = read::customer_by_number(master, number).await.map_err(Stopped::from)?;
    let customer = found.ok_or_else(Problem::not_found)?;
    Ok(Answer::json(StatusCode::OK, "found", &StoredCustomer(&customer)))
}
