//! Reads of dealer customers: one, and a dealer's. What the dealer left out is filled in from the customers as they are now.

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::records;
use store::table::{Table, TableError};

use crate::kit::{Listed, Master, Stopped};

pub async fn dealer_customer<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
) -> Result<Option<DealerCustomer>, Stopped> {
    let Some(record) = records::dealer_customer(master.table(), dcn).await? else {
        return Ok(None);
    };
    Ok(filled_in(master, vec![record.dealer_customer]).await?.pop())
}

/// A page of a dealer's customers, by their numbers, behind `after`.
pub async fn dealer_customers<T: Table>(
    master: &Master<T>,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<Listed<DealerCustomer, Dcn>, Stopped> {
    let page = records::dealer_customers_of(master.table(), dealer, after, limit).await?;
    let found: Vec<_> = page.found.into_iter().map(|record| record.dealer_customer).collect();
    let next = found.last().filter(|_| page.more).map(|last| last.dcn.clone());
    Ok(Listed { found: filled_in(master, found).await?, next })
}

/// These dealer customers, with what their dealers left out.
async fn filled_in<T: Table>(
    master: &Master<T>,
    found: Vec<DealerCustomer>,
) -> Result<Vec<DealerCustomer>, TableError> {
    let left_out = found.iter().filter(|one| one.profile.is_filled_in());
    let of: Vec<Identifier> = left_out.filter_map(|one| one.organization.clone()).collect();
    let customers = records::customers(master.table(), &of).await?;
    Ok(found.into_iter().map(|one| filled_in_from(one, &customers)).collect())
}

/// A dealer customer, with what its dealer left out, if its customer is among these.
pub(super) fn filled_in_from(found: DealerCustomer, customers: &[Customer]) -> DealerCustomer {
    let its = |customer: &&Customer| Some(&customer.identifier) == found.organization.as_ref();
    match customers.iter().find(its) {
        Some(customer) => {
            DealerCustomer { profile: found.profile.clone().filled_in(customer), ..found }
        }
        None => found,
    }
}
