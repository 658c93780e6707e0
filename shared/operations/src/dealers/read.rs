//! Reads: one dealer customer, a dealer's customers, a customer with its dealer customers, a customer by its number.

use std::time::Duration;

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::table::{IndexQuery, Query, Table, TableError};
use store::{items, keys};

use crate::kit::Master;

/// How many dealer customers of one customer are read at the most at once: as many items as the database reads in one call.
pub const MOST_DEALER_CUSTOMERS: u32 = 100;

/// How long the index may lag behind a number that it does not know before it is asked again.
const LAG: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(150)];

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<R, P> {
    /// What is on the page.
    pub found: Vec<R>,
    /// Where the next page begins: behind this one. None where there is no more.
    pub next: Option<P>,
}

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

/// A customer by its identifier.
pub async fn customer<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
) -> Result<Option<Customer>, TableError> {
    master.customer(identifier).await
}

/// The dealer customers of a customer, of the dealers that are `visible`, behind `after`, by dealer code and number, a hundred at the most.
pub async fn dealer_customers_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    visible: impl Fn(&DealerCode) -> bool,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn>, TableError> {
    let (from, to) = keys::all_dealers();
    let mut query = IndexQuery {
        partition: keys::organization(identifier),
        from,
        to,
        after: after.map(|dcn| keys::entry_of_organization(identifier, dcn)),
        descending: false,
        limit: MOST_DEALER_CUSTOMERS,
    };
    loop {
        let page = master.table.index(&query).await?;
        let next = page.found.last().filter(|_| page.more).cloned();
        let dcns = page.found.iter().filter_map(|entry| keys::dcn_of(&entry.key));
        let wanted: Vec<_> = dcns
            .filter(|dcn| visible(&dcn.dealer_code))
            .map(|dcn| keys::dealer_customer(&dcn))
            .collect();
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
        query.after = next;
    }
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
