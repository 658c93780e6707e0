//! What is left of a person beside its customer: dealer customers, and requests in error. Every step is done only to what still has somebody in it.

use std::collections::BTreeSet;

use domain::about::{self, Topic};
use domain::by::Stamp;
use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCustomer};
use domain::request::{RequestInError, RequestInErrorId};
use futures_util::future::{try_join, try_join_all};
use store::keys::TopicKey;
use store::table::{MAX_ITEMS, Table, TableError};
use store::writes::{Transacted, Write};
use store::{items, keys, records};

use crate::dealers::organization::all_dealer_customers_of;
use crate::kit::{Master, Stopped, request_writes, transact};

/// How many are emptied in one transaction: a request in error keeps its history.
const AT_ONCE: usize = MAX_ITEMS / 2;

/// Under how many topics it is looked at once: fifty customers may be one person.
const LOOKS_AT_ONCE: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Remains {
    pub(crate) dealer_customers: Vec<DealerCustomer>,
    pub(crate) requests: Vec<RequestInError>,
}

impl Remains {
    /// Finds what is left of customers that are one person, as they were before they were erased: after that only their numbers tell. What several have in common is looked for
    /// once, and all of it side by side.
    pub(crate) async fn find<T: Table>(
        master: &Master<T>,
        customers: &[Customer],
    ) -> Result<Self, Stopped> {
        let (dealer_customers, requests) =
            try_join(dealer_customers(master, customers), requests(master, customers)).await?;
        Ok(Self { dealer_customers, requests })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.dealer_customers.is_empty() && self.requests.is_empty()
    }

    /// Takes the person out of all of it; no where something of it changed meanwhile.
    pub(crate) async fn erase(
        &self,
        table: &impl Table,
        stamp: &Stamp,
    ) -> Result<bool, TableError> {
        let dealer_customers = self.dealer_customers.iter().map(|found| {
            let erased = found.profile.erased();
            items::replace_profile(&found.dcn, &erased, found.organization.as_ref(), stamp)
        });
        let requests = self.requests.iter();
        let requests =
            requests.map(|request| request_writes::erase(request, &request.erased(stamp)));
        let writes: Vec<Write> = dealer_customers.chain(requests).collect();
        for some in writes.chunks(AT_ONCE) {
            match transact(table, some).await? {
                Transacted::Done => {}
                Transacted::Refused(_) => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Whether a dealer said something of the person.
pub(crate) fn has_somebody(dealer_customer: &DealerCustomer) -> bool {
    dealer_customer.profile != dealer_customer.profile.erased()
}

/// The dealer customers of these customers that still have somebody in them.
async fn dealer_customers<T: Table>(
    master: &Master<T>,
    customers: &[Customer],
) -> Result<Vec<DealerCustomer>, Stopped> {
    let of: Vec<Identifier> = customers.iter().map(|one| one.identifier.clone()).collect();
    let mut found = Vec::new();
    let mut after: Option<Dcn> = None;
    loop {
        let (page, next) = all_dealer_customers_of(master, &of, after.as_ref()).await?;
        found.extend(page.into_iter().filter(has_somebody));
        match next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}

/// The requests in error that are about one of these customers and still have somebody in them. One that cannot be read may be about it, so it stops the search.
async fn requests<T: Table>(
    master: &Master<T>,
    customers: &[Customer],
) -> Result<Vec<RequestInError>, Stopped> {
    let (table, controls) = (master.table(), master.controls());
    let topics = customers.iter().flat_map(|customer| about::of_customer(customer, controls));
    let topics: BTreeSet<Topic> = topics.collect();
    let keys: Vec<TopicKey> =
        topics.iter().map(|topic| keys::topic(&controls.secret, topic)).collect();
    let mut ids: BTreeSet<RequestInErrorId> = BTreeSet::new();
    for some in keys.chunks(LOOKS_AT_ONCE) {
        let looks = some.iter().map(|key| records::requests_with_topic(table, key));
        ids.extend(try_join_all(looks).await?.into_iter().flatten());
    }
    let ids: Vec<RequestInErrorId> = ids.into_iter().collect();
    let mut found = Vec::new();
    for some in ids.chunks(MAX_ITEMS) {
        let requests = records::requests_in_error_of(table, some).await?.into_iter();
        let is_about = |request: &RequestInError| {
            customers.iter().any(|customer| about::is_about(request, customer, controls))
        };
        found.extend(requests.filter(|request| !request.is_erased() && is_about(request)));
    }
    Ok(found)
}
