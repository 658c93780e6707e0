//! The function `add-customer`: order-management systems add and change customers with `CWCustomerIn` messages.
//!
//! Here is the door: route, caller, message, answer. The order of work is in `operations`, the rules are in `domain`.

mod batch;
pub mod json;
pub mod reading;
mod route;
pub mod xml;

use api::answer::Answer;
use api::call::{Call, MAX_BODY};
use api::customer_out::CustomerOut;
use api::media::{self, Media};
use api::problem::{self, Problem, ProblemType};
use api::status;
use domain::request::Received;
use lambda_http::{Body, Request, Response};
use operations::kit::Master;
use operations::messages::process::process;
use operations::messages::{MessageOutcome, MessageResult};
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
        Route::Add => add(master, call).await,
        Route::AddBatch => batch::add_batch(master, call).await,
    }
}

async fn add<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let body = call.body(&[media::JSON, media::XML, media::TEXT_XML])?;
    let form = Media::of(&call.media_type());
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "add", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let (message, body) = match form {
        Media::Json => (json::read(body)?, String::from_utf8_lossy(body)),
        Media::Xml => {
            let text = xml::decode(body, call.charset().as_deref())?;
            if text.len() > MAX_BODY {
                let detail = format!("A body has at most {MAX_BODY} bytes in UTF-8.");
                return Err(Problem::new(ProblemType::TooLarge).detail(detail));
            }
            (xml::read_text(&text)?, text)
        }
    };
    let received = Received { content_type: call.media_type(), body: body.into_owned() };
    let outcome = process(&attempt, &message, &received).await?;
    let form = Media::preferred(call.accept().as_deref(), form);
    Ok(processed(&outcome, form, attempt.dry_run))
}

/// The answer to a processed message: with a body where the sender wants one or nothing was done, and always with status and headers.
fn processed(outcome: &MessageOutcome, form: Media, dry_run: bool) -> Answer {
    let (status, word) = status::processed(&outcome.result);
    let answer = if outcome.message.wants_response() || dry_run {
        let told = CustomerOut::of(outcome, dry_run);
        let body = match form {
            Media::Json => told.to_json(),
            Media::Xml => xml::write(&told),
        };
        Answer::bytes(status, word, form.content_type(), body)
    } else {
        Answer::empty(status, word)
    };
    let answer = answer.replayed(outcome.replayed);
    match &outcome.result {
        MessageResult::Created(stored)
        | MessageResult::Updated(stored)
        | MessageResult::Unchanged(stored) => match stored.number {
            Some(number) => {
                answer.customer_number(number).location(&format!("/customers/{number}"))
            }
            None => answer,
        },
        MessageResult::Failed { request_in_error: Some(id), .. } => answer
            .location(&format!("/errors/{}", id.as_str()))
            .opened(u64::from(!outcome.replayed)),
        MessageResult::Failed { request_in_error: None, .. } | MessageResult::Duplicate(_) => {
            answer
        }
    }
}
