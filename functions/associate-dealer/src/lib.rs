//! The function `associate-dealer`: dealers associate their customers with those of the master, release them, and read what is theirs.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod batch;
mod body;
mod route;

use api::answer::Answer;
use api::call::Call;
use api::caller::Scope;
use api::json::{self, Json};
use api::media;
use api::problem::{self, Fault, Problem, ProblemType};
use api::{StatusCode, status};
use domain::customer::Identifier;
use domain::dealer::association::Associate;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use lambda_http::{Body, Request, Response};
use operations::dealers::organization::{self, Seen, Viewer};
use operations::dealers::{associate, read, release};
use operations::kit::Master;
use store::table::Table;

use crate::route::Route;

pub const MAX_PAGE: u32 = 100;

/// The length of a page where none is asked for.
pub const PAGE: u32 = 50;

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
        Route::Associate => associate(master, call).await,
        Route::AssociateBatch => batch::associate_batch_of(master, call).await,
        Route::DealerCustomers { code } => dealer_customers(master, call, &code).await,
        Route::DealerCustomer { code, number } => {
            dealer_customer(master, call, &code, &number).await
        }
        Route::Association { code, number } => release(master, call, &code, &number).await,
        Route::CustomerOrganization { identifier } => {
            customer_organization(master, call, &identifier).await
        }
    }
}

/// Reads an association that the caller may make.
fn request<T: Table>(
    json: &Json,
    master: &Master<T>,
    call: &Call,
    mut faults: Vec<Fault>,
) -> Result<Associate, Problem> {
    let (dealer_code, request) = body::read(json, master.controls(), &mut faults);
    // Whose dealer code it is comes before what else is wrong.
    if let Some(code) = dealer_code
        && !call.caller()?.acts_for(&code)
    {
        return Err(Problem::forbidden());
    }
    problem::refuse_if_any(faults)?;
    Ok(request.expect("a request without faults was read"))
}

async fn associate<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let json = json::parse(call.body(&[media::JSON])?)?;
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "associate", &mut faults)?;
    let request = request(&json, master, call, faults)?;
    let outcome = associate::associate(&attempt, &request).await?;
    let ((status, word), associated) = status::associated(outcome)?;
    let association = body::Association::of(&request, &associated, attempt.dry_run)
        .warning(request.stands_for_nobody(master.controls()));
    let Dcn { dealer_code, dealer_customer_number } = &request.dcn;
    let path = format!("/dealer-customers/{dealer_code}/{dealer_customer_number}");
    Ok(Answer::json(status, word, &association).replayed(associated.replayed).location(&path))
}

async fn dealer_customer<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
    number: &str,
) -> Result<Answer, Problem> {
    call.without_parameters()?;
    let dcn = dcn(code, number).ok_or_else(Problem::not_found)?;
    let found = read::dealer_customer(master, &dcn).await?.ok_or_else(Problem::not_found)?;
    Ok(Answer::json(StatusCode::OK, "found", &body::DealerCustomer::of(&found)))
}

async fn dealer_customers<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
) -> Result<Answer, Problem> {
    let dealer = DealerCode::parse(code).map_err(|_| Problem::not_found())?;
    let list = call.list(master, format!("dealer-customers/{dealer}"))?;
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let limit = query.limit(PAGE, MAX_PAGE);
    let after = query.cursor(&list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let after = after.and_then(|number| dcn(dealer.as_str(), &number));
    let page = read::dealer_customers(master, &dealer, after.as_ref(), limit).await?;
    let next = page.next.as_ref().map(|last| list.cursor(last.dealer_customer_number.as_str()));
    Ok(Answer::json(StatusCode::OK, "listed", &body::DealerCustomers::of(&page, next)))
}

async fn release<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
    number: &str,
) -> Result<Answer, Problem> {
    let mut faults = Vec::new();
    let attempt = call.attempt(master, "release", &mut faults)?;
    problem::refuse_if_any(faults)?;
    let dcn = dcn(code, number).ok_or_else(Problem::not_found)?;
    let outcome = release::release(&attempt, &dcn).await?;
    let dry_run = attempt.dry_run;
    let (status, word) = status::released(outcome, dry_run)?;
    if dry_run {
        let released = body::Released { dcn: dcn.to_string(), dry_run };
        return Ok(Answer::json(status, word, &released));
    }
    Ok(Answer::empty(status, word))
}

async fn customer_organization<T: Table>(
    master: &Master<T>,
    call: &Call,
    identifier: &str,
) -> Result<Answer, Problem> {
    const GONE: &str = "This customer organization was merged into another, which acts for it.";
    let caller = call.caller()?;
    let identifier = Identifier::parse(identifier).ok_or_else(Problem::not_found)?;
    let viewer = if caller.has(Scope::Customers) || caller.has(Scope::Steward) {
        Viewer::OfEverything
    } else {
        Viewer::Dealer(caller.dealer_codes())
    };
    let in_sight = organization::in_sight(master, &identifier, viewer).await?;
    let in_sight = in_sight.ok_or_else(Problem::not_found)?;
    let list = call.list(master, format!("customer-organizations/{identifier}"))?;
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let after = query.cursor(&list);
    let follow = query.flag_or("follow", true);
    query.finish();
    problem::refuse_if_any(faults)?;
    let after = after
        .and_then(|position| position.split_once('|').and_then(|(code, number)| dcn(code, number)));
    let seen = organization::customer_organization(master, in_sight, after.as_ref()).await?;
    let seen = seen.ok_or_else(Problem::not_found)?;
    let Seen { customer, merged, dealer_customers, .. } = &seen;
    let (canonical, merged) = (format!("/customer-organizations/{}", customer.identifier), *merged);
    if merged && !follow {
        let problem = Problem::new(ProblemType::Gone).detail(GONE);
        let problem = problem.with("mergedInto", customer.number.to_string());
        return Err(problem.canonical(&canonical));
    }
    let next = dealer_customers.next.as_ref().map(|last| list.cursor(&last.to_string()));
    let body = body::CustomerOrganization::of(&seen, next);
    let answer = Answer::json(StatusCode::OK, "found", &body).etag(customer.version);
    Ok(if merged { answer.canonical(&canonical) } else { answer })
}

fn dcn(code: &str, number: &str) -> Option<Dcn> {
    Some(Dcn {
        dealer_code: DealerCode::parse(code).ok()?,
        dealer_customer_number: DealerCustomerNumber::parse(number).ok()?,
    })
}
