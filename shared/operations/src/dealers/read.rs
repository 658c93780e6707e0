//! Reads of dealer customers: one, and a dealer's. What the dealer left out is filled in from the customers as they are now.

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::table::Table;
use store::{keys, records};

use crate::customers::tree::{followed, leaders};
use crate::kit::{Listed, Master, Stopped, readable};

pub async fn dealer_customer<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
) -> Result<Option<DealerCustomer>, Stopped> {
    let Some(record) = records::dealer_customer(master.table(), dcn).await? else {
        return Ok(None);
    };
    let found = record.dealer_customer;
    let Some(of) = left_out_of(&found) else {
        return Ok(Some(found));
    };
    match records::customer(master.table(), of).await? {
        Some(customer) => {
            let leader = followed(master, customer).await?.leader;
            Ok(Some(filled_in(found, &leader)))
        }
        None => Ok(Some(found)),
    }
}

/// A page of a dealer's customers, by their numbers, behind `after`.
pub async fn dealer_customers<T: Table>(
    master: &Master<T>,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<Listed<DealerCustomer, Dcn, Dcn>, Stopped> {
    let page = records::dealer_customers_of(master.table(), dealer, after, limit).await?;
    let next = page.found.last().filter(|_| page.more).and_then(|(key, _)| keys::dcn_of(key));
    let (records, unreadable) = readable(page.found);
    let mut unreadable: Vec<Dcn> =
        unreadable.iter().filter_map(|(key, _)| keys::dcn_of(key)).collect();
    let found = records.into_iter().map(|record| record.dealer_customer);
    let mut found: Vec<DealerCustomer> = found.collect();
    let of: Vec<Identifier> = found.iter().filter_map(left_out_of).cloned().collect();
    let (customers, unread) = records::readable_customers(master.table(), &of).await?;
    let (leaders, lost) = leaders(master, customers).await?;
    let is_lost = |one: &DealerCustomer| {
        left_out_of(one).is_some_and(|its| {
            let key = keys::customer(its);
            lost.contains(its) || unread.iter().any(|(unread, _)| *unread == key)
        })
    };
    unreadable.extend(found.iter().filter(|one| is_lost(one)).map(|one| one.dcn.clone()));
    found.retain(|one| !is_lost(one));
    let fill_in = |one: DealerCustomer| {
        let leader = left_out_of(&one)
            .and_then(|its| leaders.iter().find(|(identifier, _)| identifier == its));
        match leader {
            Some((_, leader)) => filled_in(one, leader),
            None => one,
        }
    };
    Ok(Listed { found: found.into_iter().map(fill_in).collect(), unreadable, next })
}

/// Whose name and address a dealer customer is shown under, where its dealer left out some.
fn left_out_of(one: &DealerCustomer) -> Option<&Identifier> {
    one.organization.as_ref().filter(|_| one.profile.is_filled_in())
}

fn filled_in(one: DealerCustomer, leader: &Customer) -> DealerCustomer {
    DealerCustomer { profile: one.profile.filled_in(leader), ..one }
}
