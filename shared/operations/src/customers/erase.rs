//! Erase a person: what is known of one customer is taken away, from the customer, its dealer customers and its requests in error. Numbers and DCNs stay claimed.
//!
//! Whoever was merged with it is the same person, and is erased with it. The customer is erased last, so that an erasure that was broken off is found and finished by the next try. Every step is done only to what still has a person in it.

use domain::customer::{Customer, CustomerNumber};
use domain::dealer::{Dcn, DealerCustomer};
use domain::matching::duplicate;
use domain::message::Attribute;
use domain::request::RequestInError;
use store::items;
use store::table::{MAX_ITEMS, Table};
use store::writes::{Transacted, Write};

use super::read::customer_by_number;
use super::tree::{followed, members};
use crate::dealers::organization::all_dealer_customers_of;
use crate::kit::{Attempt, Stopped, customer_writes, request_writes, transact};
use crate::requests::list::{self, Filter};

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
    attempt: &Attempt<'_, T>,
    number: CustomerNumber,
) -> Result<Option<Erased>, Stopped> {
    attempt.bind().await?;
    loop {
        let Some(customer) = customer_by_number(attempt.master, number).await? else {
            return Ok(None);
        };
        // The customer is written last: where it remembers this request, all else was erased before. What came to it since is not this request's.
        if attempt.is_replay() && customer.effects.of(attempt.effect()).is_some() {
            return Ok(Some(Erased { dealer_customers: 0, requests_in_error: 0, replayed: true }));
        }
        let leader = followed(attempt.master, customer).await?.leader;
        let mut customers = members(attempt.master, &leader).await?;
        customers.push(leader);
        let mut dealer_customers = Vec::new();
        for customer in &customers {
            dealer_customers.extend(dealer_customers_of(attempt, customer).await?);
        }
        let requests = requests(attempt, &customers).await?;
        let erased = Erased {
            dealer_customers: dealer_customers.len(),
            requests_in_error: requests.len(),
            replayed: false,
        };
        if attempt.dry_run || write(attempt, &customers, &dealer_customers, &requests).await? {
            return Ok(Some(erased));
        }
        attempt.again().await?;
    }
}

/// Writes the erasure; no where something of it changed meanwhile.
async fn write<T: Table>(
    attempt: &Attempt<'_, T>,
    customers: &[Customer],
    dealer_customers: &[DealerCustomer],
    requests: &[RequestInError],
) -> Result<bool, Stopped> {
    let stamp = attempt.stamp();
    let profiles = dealer_customers.iter().filter_map(|found| {
        let erased = found.profile.erased();
        let holder = found.organization.as_ref()?;
        Some(items::replace_profile(&found.dcn, &erased, holder, &stamp))
    });
    let requests =
        requests.iter().map(|request| request_writes::erase(request, &request.erased(&stamp)));
    let mut last = Vec::new();
    for customer in customers {
        let erased = customer.erased(&stamp);
        if erased.attributes != customer.attributes {
            last.push(customer_writes::erase(customer, &erased));
        }
    }
    let merges = customers.iter().filter_map(|customer| {
        let merged = customer.merged_into.as_ref()?;
        Some(items::erased_merge(&customer.identifier, merged, stamp.at))
    });
    let parts: Vec<Write> = profiles.chain(requests).chain(merges).collect();
    for writes in parts.chunks(MAX_ITEMS).chain(last.chunks(MAX_ITEMS)) {
        match transact(attempt.table(), writes).await? {
            Transacted::Done => {}
            Transacted::Refused(_) => return Ok(false),
        }
    }
    Ok(true)
}

/// The dealer customers of the customer that still have somebody in them.
async fn dealer_customers_of<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
) -> Result<Vec<DealerCustomer>, Stopped> {
    let mut found = Vec::new();
    let mut after: Option<Dcn> = None;
    loop {
        let of = &customer.identifier;
        let page = all_dealer_customers_of(attempt.master, of, after.as_ref()).await?;
        let has_somebody = |found: &DealerCustomer| found.profile != found.profile.erased();
        found.extend(page.found.into_iter().filter(has_somebody));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// The requests in error that are about one of the customers and still have somebody in them.
async fn requests<T: Table>(
    attempt: &Attempt<'_, T>,
    customers: &[Customer],
) -> Result<Vec<RequestInError>, Stopped> {
    let (filter, limit) = (Filter::default(), list::MAX_EXAMINED);
    let about = |request: &RequestInError| {
        !request.received.body.is_empty()
            && customers.iter().any(|customer| is_about(attempt, request, customer))
    };
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page =
            list::list_where(attempt.master, &filter, after.as_deref(), limit, about).await?;
        // It may be about the person.
        if let Some((_, error)) = page.unreadable.into_iter().next() {
            return Err(error.into());
        }
        found.extend(page.found);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Whether a request names the customer, became it, or would be its duplicate.
fn is_about<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &RequestInError,
    customer: &Customer,
) -> bool {
    let given = &request.message.attributes;
    let same = |attribute| {
        given.get(attribute).is_some_and(|value| customer.attributes.get(attribute) == Some(value))
    };
    given.get(Attribute::CUSTOMER_NUMBER).and_then(CustomerNumber::parse) == Some(customer.number)
        || same(Attribute::ALTERNATE_NUMBER)
        || same(Attribute::RELATE_ID)
        || request.customer_number() == Some(customer.number)
        || duplicate::are_same(given, &customer.attributes, attempt.controls())
}
