//! Reads of dealer customers: one, and a dealer's.

use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::records;
use store::table::Table;

use crate::kit::{Listed, Master, Stopped};

pub async fn dealer_customer<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
) -> Result<Option<DealerCustomer>, Stopped> {
    let record = records::dealer_customer(master.table(), dcn).await?;
    Ok(record.map(|record| record.dealer_customer))
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
    Ok(Listed { found, next })
}
