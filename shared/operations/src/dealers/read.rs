//! Reads of dealer customers: one, a dealer's, a customer's.

use domain::customer::Identifier;
use domain::dealer::{Dcn, DealerCode, DealerCustomer};
use store::table::{IndexQuery, MAX_ITEMS, Table};
use store::{keys, records};

use crate::kit::{Listed, Master, Stopped};

/// How many dealer customers of one customer are on a page: as many items as the database reads in one call.
pub const MAX_DEALER_CUSTOMERS: u32 = MAX_ITEMS as u32;

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

/// The dealer customers of a customer, of the dealers that are `visible`, behind `after`, by dealer code and number.
pub async fn dealer_customers_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    visible: impl Fn(&DealerCode) -> bool,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn>, Stopped> {
    let (from, to) = keys::all_dealers();
    let mut query = IndexQuery {
        partition: keys::organization(identifier),
        from,
        to,
        after: after.map(|dcn| keys::entry_of_organization(identifier, dcn)),
        descending: false,
        limit: MAX_DEALER_CUSTOMERS,
    };
    loop {
        let page = master.table().index(&query).await?;
        let next = page.found.last().filter(|_| page.more).cloned();
        let dcns = page.found.iter().filter_map(|entry| keys::dcn_of(&entry.key));
        let wanted: Vec<_> = dcns.filter(|dcn| visible(&dcn.dealer_code)).collect();
        let records = records::dealer_customers(master.table(), &wanted).await?;
        let dealer_customers = records.into_iter().map(|record| record.dealer_customer);
        // The index lags: what was released or associated anew meanwhile is as the table says.
        let belongs = |found: &DealerCustomer| found.organization.as_ref() == Some(identifier);
        let mut found: Vec<_> = dealer_customers.filter(belongs).collect();
        if !found.is_empty() || next.is_none() {
            found.sort_by(|one, other| one.dcn.cmp(&other.dcn));
            return Ok(Listed { found, next: next.and_then(|last| keys::dcn_of(&last.key)) });
        }
        query.after = next;
    }
}
