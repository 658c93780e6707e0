//! Reads of dealer customers: one, and a dealer's. What the dealer left out is filled in from the customers as they are now.

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::records;
use store::table::Table;

use crate::customers::tree::followed;
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
) -> Result<Vec<DealerCustomer>, Stopped> {
    let left_out = found.iter().filter(|one| one.profile.is_filled_in());
    let of: Vec<Identifier> = left_out.filter_map(|one| one.organization.clone()).collect();
    let mut leaders = Vec::new();
    for customer in records::customers(master.table(), &of).await? {
        let identifier = customer.identifier.clone();
        leaders.push((identifier, followed(master, customer).await?.leader));
    }
    let leader = |one: &DealerCustomer| {
        let its = |(identifier, _): &&(Identifier, Customer)| {
            Some(identifier) == one.organization.as_ref()
        };
        leaders.iter().find(its).map(|(_, leader)| leader)
    };
    let fill_in = |one: DealerCustomer| match leader(&one) {
        Some(leader) => DealerCustomer { profile: one.profile.clone().filled_in(leader), ..one },
        None => one,
    };
    Ok(found.into_iter().map(fill_in).collect())
}
