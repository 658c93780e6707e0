//! Read a customer organization with its dealer customers, as far as who asks may see them. The right is decided from the index alone, before anything of the customer is read.

use std::time::Duration;

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCodes, DealerCustomer};
use futures_util::future;
use store::keys::IndexEntry;
use store::table::{IndexQuery, MAX_ITEMS, Page, Table};
use store::{keys, records};
use tokio::join;

use super::read::filled_in_from;
use crate::customers::read::customer;
use crate::kit::{Listed, Master, Stopped};

/// How many dealer customers of one customer are on a page: as many items as the database reads in one call.
pub const MAX_DEALER_CUSTOMERS: u32 = MAX_ITEMS as u32;

/// How long the index may lag behind an association that it does not know before it is asked once more.
const LAG_OF_AN_ASSOCIATION: Duration = Duration::from_millis(200);

/// How many ranges of the index are asked for at once.
const AT_ONCE: usize = 10;

/// From where to where in a partition of the index.
type Range = (String, String);

/// Who asks for a customer organization.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// Somebody who sees every customer, with all of its dealer customers.
    OfEverything,
    /// A dealer, who sees the customers that are associated with one of its dealer codes, with the dealer customers of those codes.
    Dealer(&'a DealerCodes),
}

/// A customer organization that its viewer may see, if it is there, and where in the index of its dealer customers the viewer may look.
#[derive(Debug)]
pub struct InSight<'a> {
    identifier: &'a Identifier,
    ranges: Vec<Range>,
}

/// Whether the viewer may see this customer organization; none where it may not. It is found out from the index alone, and costs the same whatever hangs on the customer.
pub async fn in_sight<'a, T: Table>(
    master: &Master<T>,
    identifier: &'a Identifier,
    viewer: Viewer<'_>,
) -> Result<Option<InSight<'a>>, Stopped> {
    let ranges = match viewer {
        Viewer::OfEverything => vec![keys::all_dealers()],
        Viewer::Dealer(codes) => inhabited(master, identifier, codes).await?,
    };
    Ok((!ranges.is_empty()).then_some(InSight { identifier, ranges }))
}

/// A customer with a page of its dealer customers behind `after`, by dealer code and number.
pub async fn customer_organization<T: Table>(
    master: &Master<T>,
    InSight { identifier, ranges }: InSight<'_>,
    after: Option<&Dcn>,
) -> Result<Option<(Customer, Listed<DealerCustomer, Dcn>)>, Stopped> {
    let (customer, dealer_customers) =
        join!(customer(master, identifier), dealer_customers_of(master, identifier, ranges, after));
    let Listed { found, next } = dealer_customers?;
    Ok(customer?.map(|customer| {
        let own = std::slice::from_ref(&customer);
        let found = found.into_iter().map(|one| filled_in_from(one, own)).collect();
        (customer, Listed { found, next })
    }))
}

/// Where the index has dealer customers of these codes. It is asked once more where it knows none, because it may not know an association that was just made.
async fn inhabited<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    codes: &DealerCodes,
) -> Result<Vec<Range>, Stopped> {
    for lag in [Some(LAG_OF_AN_ASSOCIATION), None] {
        let inhabited = match codes {
            DealerCodes::All => {
                let any = entries(master, identifier, &keys::all_dealers(), None, 1).await?;
                any.found.iter().map(|_| keys::all_dealers()).collect()
            }
            DealerCodes::Only(codes) => {
                let codes: Vec<_> = codes.iter().collect();
                let share = codes.len().div_ceil(AT_ONCE).max(1);
                let asked = codes.chunks(share).map(|some| inhabited_of(master, identifier, some));
                future::try_join_all(asked).await?.concat()
            }
        };
        match lag {
            Some(lag) if inhabited.is_empty() && !codes.is_none() => {
                master.table().pause(lag).await
            }
            Some(_) | None => return Ok(inhabited),
        }
    }
    Ok(Vec::new())
}

/// The same for some of the codes, in their order. Each look leaps over the codes before the next dealer that is there, so that many codes take no more looks than there
/// are dealers between them.
async fn inhabited_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    codes: &[&DealerCode],
) -> Result<Vec<Range>, Stopped> {
    let mut inhabited = Vec::new();
    let mut left = codes;
    while let [first, .., last] | [first @ last] = left {
        let range = (keys::one_dealer(first).0, keys::one_dealer(last).1);
        let next = entries(master, identifier, &range, None, 1).await?;
        let Some(dcn) = next.found.first().and_then(|entry| keys::dcn_of(&entry.key)) else {
            break;
        };
        left = &left[left.partition_point(|code| **code < dcn.dealer_code)..];
        if let [code, rest @ ..] = left
            && **code == dcn.dealer_code
        {
            inhabited.push(keys::one_dealer(code));
            left = rest;
        }
    }
    Ok(inhabited)
}

/// A page of all dealer customers of a customer, behind `after`.
pub(crate) async fn all_dealer_customers_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn>, Stopped> {
    dealer_customers_of(master, identifier, vec![keys::all_dealers()], after).await
}

/// The dealer customers of a customer in these ranges of the index, behind `after`.
async fn dealer_customers_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    mut ranges: Vec<Range>,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn>, Stopped> {
    let mut after = after.map(|dcn| keys::entry_of_organization(identifier, dcn));
    loop {
        if let Some(after) = &after {
            ranges.retain(|(_, to)| *to > after.sort);
        }
        let page = entries_of(master, identifier, &ranges, after.as_ref()).await?;
        let next = page.found.last().filter(|_| page.more).cloned();
        let dcns = page.found.iter().filter_map(|entry| keys::dcn_of(&entry.key));
        let records = records::dealer_customers(master.table(), &dcns.collect::<Vec<_>>()).await?;
        let dealer_customers = records.into_iter().map(|record| record.dealer_customer);
        // The index lags: what was released or associated anew meanwhile is as the table says.
        let belongs = |found: &DealerCustomer| found.organization.as_ref() == Some(identifier);
        let mut found: Vec<_> = dealer_customers.filter(belongs).collect();
        if !found.is_empty() || next.is_none() {
            found.sort_by(|one, other| one.dcn.cmp(&other.dcn));
            return Ok(Listed { found, next: next.and_then(|last| keys::dcn_of(&last.key)) });
        }
        after = next;
    }
}

/// The first entries behind `after` in these ranges, as many as are read at once.
async fn entries_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    ranges: &[Range],
    after: Option<&IndexEntry>,
) -> Result<Page<IndexEntry>, Stopped> {
    let mut found = Vec::new();
    let mut left = ranges;
    while !left.is_empty() {
        let (some, rest) = left.split_at(AT_ONCE.min(left.len()));
        let asked = some
            .iter()
            .map(|range| entries(master, identifier, range, after, MAX_DEALER_CUSTOMERS));
        for page in future::try_join_all(asked).await? {
            found.extend(page.found);
            if page.more || found.len() > MAX_ITEMS {
                found.truncate(MAX_ITEMS);
                return Ok(Page { found, more: true });
            }
        }
        left = rest;
    }
    Ok(Page { found, more: false })
}

/// The first entries of one range of the index of the customer's dealer customers, behind `after`.
async fn entries<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    (from, to): &Range,
    after: Option<&IndexEntry>,
    limit: u32,
) -> Result<Page<IndexEntry>, Stopped> {
    let query = IndexQuery {
        partition: keys::organization(identifier),
        from: from.clone(),
        to: to.clone(),
        after: after.filter(|after| *from <= after.sort).cloned(),
        descending: false,
        limit,
    };
    Ok(master.table().index(&query).await?)
}
