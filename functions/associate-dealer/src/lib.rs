//! The function `associate-dealer`: dealers associate their customers with those of the master, release them, and read what is theirs.
//!
//! Here is the door: route, caller, body, answer. The work is in `operations`, the rules are in `domain`.

mod body;
mod route;

use api::answer::Answer;
use api::call::Call;
use api::caller::{Caller, Scope};
use api::media;
use api::problem::{self, Problem, ProblemType};
use api::{StatusCode, cursor, json, status};
use domain::customer::Identifier;
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::outcome::{AssociateOutcome, ReleaseOutcome};
use lambda_http::{Body, Request, Response};
use operations::dealers::{associate, read, release};
use operations::kit::Asked;
use operations::kit::Master;
use store::table::Table;

use crate::route::Route;

pub const LONGEST_PAGE: u32 = 100;

/// The length of a page where none is asked for.
pub const PAGE: u32 = 50;

/// Answers a request. Whatever happens, it is answered.
pub async fn handle<T: Table>(master: &Master<T>, request: Request) -> Response<Body> {
    let call = Call::open(request);
    let master = master.counted();
    let (operation, result) = match Route::of(&call) {
        Ok(route) => (route.operation(), call.in_time(answer(&master, &call, &route)).await),
        Err(problem) => ("none", Err(problem)),
    };
    call.close(operation, result, master.cost())
}

async fn answer<T: Table>(
    master: &Master<T>,
    call: &Call,
    route: &Route<'_>,
) -> Result<Answer, Problem> {
    match route {
        Route::Associate => associate(master, call).await,
        Route::DealerCustomers { dealer_code } => dealer_customers(master, call, dealer_code).await,
        Route::DealerCustomer { dealer_code, dealer_customer_number } => {
            dealer_customer(master, call, dealer_code, dealer_customer_number).await
        }
        Route::Association { dealer_code, dealer_customer_number } => {
            release(master, call, dealer_code, dealer_customer_number).await
        }
        Route::CustomerOrganization { identifier } => {
            customer_organization(master, call, identifier).await
        }
    }
}

async fn associate<T: Table>(master: &Master<T>, call: &Call) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    caller.require(Scope::Dealer)?;
    let json = json::parse(call.body(&[media::JSON])?)?;
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let dry_run = query.dry_run();
    query.finish();
    let key = call.idempotency_key(&mut faults);
    let (dealer_code, request) = body::read(&json, master.controls(), &mut faults);
    // Whose dealer code it is comes before what else is wrong.
    if dealer_code.is_some_and(|code| !caller.acts_for(&code)) {
        return Err(Problem::forbidden());
    }
    problem::refuse_if_any(faults)?;
    let request = request.expect("a request without faults was read");
    let key = key.as_ref().map(|(key, fingerprint)| (key.as_str(), fingerprint.clone()));
    let asked = Asked::new(master.table(), caller.name(), "associate", key, dry_run);
    match associate::associate(master, &request, &asked).await? {
        AssociateOutcome::Associated { organization, origin, dealer_customer, replayed } => {
            let (status, outcome) = status::associated(dealer_customer);
            let association = body::Association::new(&request, organization.as_ref(), &origin, dealer_customer, dry_run);
            let answer = Answer::json(status, outcome, &association).replayed(replayed);
            Ok(answer.location(&format!("/dealer-customers/{}/{}", request.dcn.dealer_code, request.dcn.dealer_customer_number)))
        }
        AssociateOutcome::Taken { holder, same } => Err(Problem::new(ProblemType::DcnAlreadyAssociated)
            .detail("This dealer customer belongs to a customer already.")
            .with("sameOrganization", same)
            .with("customerOrganizationIdentifier", holder.to_string())
            .dry_run(dry_run)),
        AssociateOutcome::UnknownOrganization => Err(Problem::new(ProblemType::CustomerOrganizationNotFound)
            .detail("No customer has this identifier.")
            .dry_run(dry_run)),
        AssociateOutcome::Ambiguous(candidates) => Err(Problem::new(ProblemType::AmbiguousCustomerOrganization)
            .detail("Name and address find several customers; send the identifier of the one that is meant.")
            .with("candidates", candidates.iter().map(ToString::to_string).collect::<Vec<_>>())
            .dry_run(dry_run)),
    }
}

async fn dealer_customer<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
    number: &str,
) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    caller.require(Scope::Dealer)?;
    without_parameters(call)?;
    let dcn = own_dcn(caller, code, number).ok_or_else(Problem::not_found)?;
    let found =
        read::dealer_customer(master, &dcn).await.map_err(domain::outcome::Stopped::from)?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(Answer::json(StatusCode::OK, "found", &body::DealerCustomer::of(&found)))
}

async fn dealer_customers<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    caller.require(Scope::Dealer)?;
    let dealer = own_code(caller, code).ok_or_else(Problem::not_found)?;
    let list = format!("dealer-customers/{dealer}");
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let limit = query.limit(PAGE, LONGEST_PAGE);
    let after = query.cursor(&list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let after = after.and_then(|number| dcn(dealer.as_str(), &number));
    let page = read::dealer_customers(master, &dealer, after.as_ref(), limit)
        .await
        .map_err(domain::outcome::Stopped::from)?;
    let next = page.next.map(|last| cursor::encode(&list, last.dealer_customer_number.as_str()));
    Ok(Answer::json(StatusCode::OK, "listed", &body::DealerCustomers::of(&page.found, next)))
}

async fn release<T: Table>(
    master: &Master<T>,
    call: &Call,
    code: &str,
    number: &str,
) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    caller.require(Scope::Dealer)?;
    if DealerCode::parse(code).is_ok_and(|code| !caller.acts_for(&code)) {
        return Err(Problem::forbidden());
    }
    let dry_run = call.dry_run()?;
    let dcn = dcn(code, number).ok_or_else(Problem::not_found)?;
    let asked = Asked::new(master.table(), caller.name(), "release", None, dry_run);
    match release::release(master, &dcn, &asked).await? {
        ReleaseOutcome::Released if dry_run => Ok(Answer::json(
            StatusCode::OK,
            "released",
            &body::Released { dcn: dcn.to_string(), dry_run },
        )),
        ReleaseOutcome::Released => Ok(Answer::empty(StatusCode::NO_CONTENT, "released")),
        ReleaseOutcome::NotAssociated => Err(Problem::new(ProblemType::NotAssociated)
            .detail("This dealer customer belongs to no customer.")
            .dry_run(dry_run)),
        ReleaseOutcome::Unknown => Err(Problem::not_found().dry_run(dry_run)),
    }
}

async fn customer_organization<T: Table>(
    master: &Master<T>,
    call: &Call,
    identifier: &str,
) -> Result<Answer, Problem> {
    let caller = call.caller()?;
    if !caller.has(Scope::Customers) {
        caller.require(Scope::Dealer)?;
    }
    let list = format!("customer-organizations/{identifier}");
    let mut faults = Vec::new();
    let mut query = call.query(&mut faults);
    let after = query.cursor(&list);
    query.finish();
    problem::refuse_if_any(faults)?;
    let identifier = Identifier::parse(identifier).ok_or_else(Problem::not_found)?;
    let after = after
        .and_then(|position| position.split_once('|').and_then(|(code, number)| dcn(code, number)));
    let visible = |code: &DealerCode| caller.acts_for(code);
    let (customer, associated) = tokio::join!(
        read::customer(master, &identifier),
        read::dealer_customers_of(master, &identifier, visible, after.as_ref())
    );
    let (customer, associated) = (
        customer.map_err(domain::outcome::Stopped::from)?,
        associated.map_err(domain::outcome::Stopped::from)?,
    );
    let customer = customer.ok_or_else(Problem::not_found)?;
    if associated.found.is_empty() && after.is_none() && !caller.has(Scope::Customers) {
        return Err(Problem::not_found());
    }
    let next = associated.next.map(|last| cursor::encode(&list, &last.to_string()));
    Ok(Answer::json(
        StatusCode::OK,
        "found",
        &body::CustomerOrganization::of(&customer, &associated.found, next),
    ))
}

/// The dealer code of a path, if the caller acts for it: another's is as if it were not there.
fn own_code(caller: &Caller, code: &str) -> Option<DealerCode> {
    DealerCode::parse(code).ok().filter(|code| caller.acts_for(code))
}

fn own_dcn(caller: &Caller, code: &str, number: &str) -> Option<Dcn> {
    own_code(caller, code).and_then(|_| dcn(code, number))
}

fn dcn(code: &str, number: &str) -> Option<Dcn> {
    Some(Dcn {
        dealer_code: DealerCode::parse(code).ok()?,
        dealer_customer_number: DealerCustomerNumber::parse(number).ok()?,
    })
}

fn without_parameters(call: &Call) -> Result<(), Problem> {
    let mut faults = Vec::new();
    call.query(&mut faults).finish();
    problem::refuse_if_any(faults)
}
