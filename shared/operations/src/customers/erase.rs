//! Erase a person: what is known of one customer is taken away, from the customer, its dealer customers and its requests in error. Numbers and DCNs stay claimed.
//!
//! The customer is erased last, so that an erasure that was broken off is found and finished by the next try. Every step is done only to what still has a person in it.

use domain::customer::{Customer, CustomerNumber};
use domain::dealer::{Dcn, DealerCustomer};
use domain::matching::duplicate;
use domain::message::Attribute;
use domain::outcome::Stopped;
use domain::request::{Correction, Entry, RequestInError, What};
use store::items;
use store::table::Table;
use store::writes::{Transacted, Write};

use crate::dealers::read;
use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::{self as idempotency, Asked, Try};
use crate::kit::{customer_writes as change, token};
use crate::messages::failure::replace;
use crate::messages::target::Holders;
use crate::requests::list::{self as queue, Filter};

/// How many items one transaction has at the most, as the database allows.
const AT_ONCE: usize = 100;

/// What was erased, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// How many dealer customers.
    pub dealer_customers: usize,
    /// How many requests in error.
    pub requests_in_error: usize,
    /// Whether an earlier try of this very request erased, and this one found nothing to do.
    pub replayed: bool,
}

/// Erases; none where no customer has the number. The whole queue is looked through, since nothing but the messages themselves tells whom they are about.
pub async fn erase<T: Table>(
    master: &Master<T>,
    number: CustomerNumber,
    asked: &Asked,
) -> Result<Option<Erased>, Stopped> {
    let tried = idempotency::bind(&master.table, asked).await?;
    let mut rounds = Rounds::begin(&master.table);
    loop {
        let Some(customer) = read::customer_by_number(master, number).await? else {
            return Ok(None);
        };
        // The customer is written last: where it remembers this request, all else was erased before. What came to it since is not this request's.
        if tried == Try::Again && customer.effects.of(&asked.cause.id).is_some() {
            return Ok(Some(Erased { dealer_customers: 0, requests_in_error: 0, replayed: true }));
        }
        let dealer_customers = dealer_customers(master, &customer).await?;
        let requests = requests(master, &customer).await?;
        let erased = Erased {
            dealer_customers: dealer_customers.len(),
            requests_in_error: requests.len(),
            replayed: false,
        };
        if asked.dry_run || write(master, &customer, &dealer_customers, &requests, asked).await? {
            master.forget(&customer.identifier);
            return Ok(Some(erased));
        }
        rounds.again().await?;
    }
}

/// Writes the erasure; no where something of it changed meanwhile.
async fn write<T: Table>(
    master: &Master<T>,
    customer: &Customer,
    dealer_customers: &[DealerCustomer],
    requests: &[RequestInError],
    asked: &Asked,
) -> Result<bool, Stopped> {
    let now = master.table.now();
    let entry = || Entry {
        at: now,
        who: asked.who.clone(),
        what: What::Deleted,
        attempt: None,
        failed: Vec::new(),
        correction: Correction::default(),
        effect: asked.cause.id.clone(),
    };
    let profiles = dealer_customers.iter().map(|found| {
        items::replace_profile(&found.dcn, &found.profile.erased(), &customer.identifier)
    });
    let requests = requests.iter().map(|request| replace(request, &request.erased(entry())));
    let mut erased = customer.erased(now);
    erased.effects.updated(&asked.cause, now);
    let last = if erased.attributes == customer.attributes {
        Vec::new()
    } else {
        change::update(customer, &erased, &Holders::default())
    };
    let parts: Vec<Write> = profiles.chain(requests).collect();
    for writes in parts.chunks(AT_ONCE).chain(last.chunks(AT_ONCE)) {
        match master.table.transact(&token(&master.table), writes).await? {
            Transacted::Done => {}
            Transacted::Refused(_) => return Ok(false),
        }
    }
    Ok(true)
}

/// The dealer customers of the customer that still have somebody in them.
async fn dealer_customers<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<Vec<DealerCustomer>, Stopped> {
    let mut found = Vec::new();
    let mut after: Option<Dcn> = None;
    loop {
        let page =
            read::dealer_customers_of(master, &customer.identifier, |_| true, after.as_ref())
                .await?;
        found
            .extend(page.found.into_iter().filter(|found| found.profile != found.profile.erased()));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// The requests in error that are about the customer and still have somebody in them.
async fn requests<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<Vec<RequestInError>, Stopped> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let about = |request: &RequestInError| {
            !request.received.body.is_empty() && is_about(request, customer, master)
        };
        let page = queue::list_where(
            master,
            &Filter::default(),
            after.as_deref(),
            queue::MOST_EXAMINED,
            about,
        )
        .await?;
        found.extend(page.found);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Whether a request names the customer, became it, or would be its duplicate.
fn is_about<T: Table>(request: &RequestInError, customer: &Customer, master: &Master<T>) -> bool {
    let given = &request.message.attributes;
    let same = |attribute| {
        given.get(attribute).is_some_and(|value| customer.attributes.get(attribute) == Some(value))
    };
    given.get(Attribute::CUSTOMER_NUMBER).and_then(CustomerNumber::parse) == Some(customer.number)
        || same(Attribute::ALTERNATE_NUMBER)
        || same(Attribute::RELATE_ID)
        || request.customer_number() == Some(customer.number)
        || !duplicate::among(given, std::slice::from_ref(customer), master.controls()).is_empty()
}
