//! Reads of dealer customers: one, and a dealer's. What the dealer left out is filled in from the customers as they are now.

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::table::Table;
use store::{keys, records};

use crate::changes::chain;
use crate::customers::tree::followed;
use crate::kit::{Master, Stopped};

pub async fn dealer_customer<T: Table>(
    master: &Master<T>,
    dcn: &Dcn,
) -> Result<Option<DealerCustomer>, Stopped> {
    let Some(record) = records::dealer_customer(master.table(), dcn).await? else {
        return Ok(None);
    };
    let found = record.dealer_customer;
    let of = found.organization.clone().filter(|_| found.profile.is_filled_in());
    let of: Vec<Identifier> = of.into_iter().collect();
    let customers = records::customers(master.table(), &of).await?;
    Ok(filled_in(master, vec![found], customers).await?.pop())
}

/// A page of a dealer's customers.
#[derive(Debug)]
pub struct DealerCustomers {
    pub found: Vec<DealerCustomer>,
    /// Those that cannot be read, or whose customer cannot: they are damaged, or of a newer release.
    pub unreadable: Vec<Dcn>,
    /// Behind which the next page begins; none where there is no more.
    pub next: Option<Dcn>,
}

/// A page of a dealer's customers, by their numbers, behind `after`.
pub async fn dealer_customers<T: Table>(
    master: &Master<T>,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<DealerCustomers, Stopped> {
    let page = records::dealer_customers_of(master.table(), dealer, after, limit).await?;
    let next = page.found.last().filter(|_| page.more).and_then(|(key, _)| keys::dcn_of(key));
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    for (key, record) in page.found {
        match record {
            Ok(record) => found.push(record.dealer_customer),
            Err(error) => {
                // Nothing of a person is in its key.
                let (at, error) = (format!("{} {}", key.pk, key.sk), chain(&error));
                tracing::error!(at, error, "it cannot be read");
                unreadable.extend(keys::dcn_of(&key));
            }
        }
    }
    let left_out = found.iter().filter(|one| one.profile.is_filled_in());
    let of: Vec<Identifier> = left_out.filter_map(|one| one.organization.clone()).collect();
    let (customers, lost) = records::readable_customers(master.table(), &of).await?;
    let is_lost = |one: &DealerCustomer| {
        let its = one.organization.as_ref().filter(|_| one.profile.is_filled_in());
        its.is_some_and(|its| lost.contains(&keys::customer(its)))
    };
    unreadable.extend(found.iter().filter(|one| is_lost(one)).map(|one| one.dcn.clone()));
    found.retain(|one| !is_lost(one));
    let found = filled_in(master, found, customers).await?;
    Ok(DealerCustomers { found, unreadable, next })
}

/// These dealer customers, with what their dealers left out, where their customer is among these.
async fn filled_in<T: Table>(
    master: &Master<T>,
    found: Vec<DealerCustomer>,
    customers: Vec<Customer>,
) -> Result<Vec<DealerCustomer>, Stopped> {
    let mut leaders = Vec::new();
    for customer in customers {
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
