//! Reads: one dealer customer, a dealer's customers, a customer with its dealer customers, a customer by its number.

use std::time::Duration;

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCodes, DealerCustomer};
use futures_util::future;
use store::keys::IndexEntry;
use store::table::{IndexQuery, Page, Query, Table, TableError};
use store::{items, keys};
use tokio::join;

use crate::master::Master;

/// How many dealer customers of one customer are read at the most at once: as many items as the database reads in one call.
pub const MOST_DEALER_CUSTOMERS: u32 = 100;

/// How long the index may lag behind a number that it does not know before it is asked again.
const LAG: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(150)];

/// How long the index may lag behind an association that it does not know before it is asked once more.
const LAG_OF_AN_ASSOCIATION: Duration = Duration::from_millis(200);

/// How many ranges of the index are asked for at once.
const AT_ONCE: usize = 10;

/// From where to where in a partition of the index.
type Range = (String, String);

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<R, P> {
    /// What is on the page.
    pub found: Vec<R>,
    /// Where the next page begins: behind this one. None where there is no more.
    pub next: Option<P>,
}

/// A dealer customer.
pub async fn dealer_customer<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
) -> Result<Option<DealerCustomer>, TableError> {
    let item = master.table.get(&keys::dealer_customer(dcn)).await?;
    item.map(|item| items::dealer_customer(item).map(|record| record.dealer_customer)).transpose()
}

/// A page of a dealer's customers, by their numbers, behind `after`.
pub async fn dealer_customers<T: Table>(
    master: &Master<T>,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<Listed<DealerCustomer, Dcn>, TableError> {
    let query = Query {
        partition: keys::dealer(dealer),
        prefix: keys::DEALER_CUSTOMERS.to_owned(),
        after: after.map(|dcn| keys::dealer_customer(dcn).sk),
        limit: Some(limit),
    };
    let page = master.table.query(&query).await?;
    let found: Vec<_> = page
        .found
        .into_iter()
        .map(|item| items::dealer_customer(item).map(|record| record.dealer_customer))
        .collect::<Result<_, _>>()?;
    let next = found.last().filter(|_| page.more).map(|last| last.dcn.clone());
    Ok(Listed { found, next })
}

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
) -> Result<Option<InSight<'a>>, TableError> {
    let ranges = match viewer {
        Viewer::OfEverything => vec![keys::all_dealers()],
        Viewer::Dealer(codes) => inhabited(master, identifier, codes).await?,
    };
    Ok((!ranges.is_empty()).then_some(InSight { identifier, ranges }))
}

/// A customer with a page of its dealer customers behind `after`, by dealer code and number, a hundred at the most.
pub async fn customer_organization<T: Table>(
    master: &Master<T>,
    InSight { identifier, ranges }: InSight<'_>,
    after: Option<&Dcn>,
) -> Result<Option<(Customer, Listed<DealerCustomer, Dcn>)>, TableError> {
    let (customer, dealer_customers) =
        join!(master.customer(identifier), dealer_customers_of(master, identifier, ranges, after));
    let dealer_customers = dealer_customers?;
    Ok(customer?.map(|customer| (customer, dealer_customers)))
}

/// Where the index has dealer customers of these codes. It is asked once more where it knows none, because it may not know an association that was just made.
async fn inhabited<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    codes: &DealerCodes,
) -> Result<Vec<Range>, TableError> {
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
            Some(lag) if inhabited.is_empty() && !codes.is_none() => master.table.pause(lag).await,
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
) -> Result<Vec<Range>, TableError> {
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
) -> Result<Listed<DealerCustomer, Dcn>, TableError> {
    dealer_customers_of(master, identifier, vec![keys::all_dealers()], after).await
}

/// The dealer customers of a customer in these ranges of the index, behind `after`.
async fn dealer_customers_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    mut ranges: Vec<Range>,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn>, TableError> {
    let mut after = after.map(|dcn| keys::entry_of_organization(identifier, dcn));
    loop {
        if let Some(after) = &after {
            ranges.retain(|(_, to)| *to > after.sort);
        }
        let page = entries_of(master, identifier, &ranges, after.as_ref()).await?;
        let next = page.found.last().filter(|_| page.more).cloned();
        let dcns = page.found.iter().filter_map(|entry| keys::dcn_of(&entry.key));
        let wanted: Vec<_> = dcns.map(|dcn| keys::dealer_customer(&dcn)).collect();
        let mut found = Vec::with_capacity(wanted.len());
        if !wanted.is_empty() {
            for item in master.table.get_all(&wanted).await? {
                let dealer_customer = items::dealer_customer(item)?.dealer_customer;
                // The index lags: what was released or associated anew meanwhile is as the table says.
                if dealer_customer.organization.as_ref() == Some(identifier) {
                    found.push(dealer_customer);
                }
            }
        }
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
) -> Result<Page<IndexEntry>, TableError> {
    let most = usize::try_from(MOST_DEALER_CUSTOMERS).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    let mut left = ranges;
    while !left.is_empty() {
        let (some, rest) = left.split_at(AT_ONCE.min(left.len()));
        let asked = some
            .iter()
            .map(|range| entries(master, identifier, range, after, MOST_DEALER_CUSTOMERS));
        for page in future::try_join_all(asked).await? {
            found.extend(page.found);
            if page.more || found.len() > most {
                found.truncate(most);
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
) -> Result<Page<IndexEntry>, TableError> {
    let query = IndexQuery {
        partition: keys::organization(identifier),
        from: from.clone(),
        to: to.clone(),
        after: after.filter(|after| *from <= after.sort).cloned(),
        descending: false,
        limit,
    };
    master.table.index(&query).await
}

/// A customer by its number.
pub async fn customer_by_number<T: Table>(
    master: &Master<T>,
    number: CustomerNumber,
) -> Result<Option<Customer>, TableError> {
    let at = keys::number(number);
    let query = IndexQuery {
        partition: at.partition,
        from: at.sort.clone(),
        to: at.sort,
        after: None,
        descending: false,
        limit: 1,
    };
    for lag in LAG.map(Some).into_iter().chain([None]) {
        if let Some(entry) = master.table.index(&query).await?.found.first() {
            return master.table.get(&entry.key).await?.map(items::customer).transpose();
        }
        if let Some(lag) = lag {
            master.table.pause(lag).await;
        }
    }
    Ok(None)
}
