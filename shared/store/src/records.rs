//! Typed reads: what the table holds, as records of the domain. Each kind is read here and nowhere else; all reads are strongly consistent.

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode};
use domain::request::{RequestInError, RequestInErrorId};

use crate::item::Item;
use crate::items::{self, Claim, Claimed, DealerCustomerRecord, Occupant};
use crate::keys::{self, IndexEntry, Key};
use crate::table::{MAX_ITEMS, Page, Query, Table, TableError};

/// The customer of an identifier. One that stands in its place with another tail is another customer.
pub async fn customer(
    table: &impl Table,
    identifier: &Identifier,
) -> Result<Option<Customer>, TableError> {
    let customer = customer_at(table, identifier).await?;
    Ok(customer.filter(|customer| customer.identifier == *identifier))
}

/// The customer that lives at the place of this identifier, whatever its tail.
pub async fn customer_at(
    table: &impl Table,
    identifier: &Identifier,
) -> Result<Option<Customer>, TableError> {
    let item = table.get(&keys::customer(identifier)).await?;
    Ok(item.map(resident).transpose()?.flatten())
}

/// The customer that lives where this item stands; none where the item is another customer's seat, or an empty one.
fn resident(item: Item) -> Result<Option<Customer>, TableError> {
    match items::occupant(item)?.1 {
        Occupant::Customer(customer) => Ok(Some(*customer)),
        Occupant::Reference(_) | Occupant::Empty => Ok(None),
    }
}

/// Those of these customers that are there, in no order.
pub async fn customers(
    table: &impl Table,
    identifiers: &[Identifier],
) -> Result<Vec<Customer>, TableError> {
    let mut keys: Vec<_> = identifiers.iter().map(keys::customer).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut customers = Vec::with_capacity(keys.len());
    for some in keys.chunks(MAX_ITEMS) {
        for item in table.get_all(some).await? {
            customers.extend(resident(item)?);
        }
    }
    customers.retain(|customer| identifiers.contains(&customer.identifier));
    Ok(customers)
}

pub async fn dealer_customer(
    table: &impl Table,
    dcn: &Dcn,
) -> Result<Option<DealerCustomerRecord>, TableError> {
    table.get(&keys::dealer_customer(dcn)).await?.map(items::dealer_customer).transpose()
}

/// Those of up to [`MAX_ITEMS`] dealer customers that are there, in no order.
pub async fn dealer_customers(
    table: &impl Table,
    dcns: &[Dcn],
) -> Result<Vec<DealerCustomerRecord>, TableError> {
    if dcns.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<_> = dcns.iter().map(keys::dealer_customer).collect();
    table.get_all(&keys).await?.into_iter().map(items::dealer_customer).collect()
}

/// A page of a dealer's customers, by their numbers, behind `after`.
pub async fn dealer_customers_of(
    table: &impl Table,
    dealer: &DealerCode,
    after: Option<&Dcn>,
    limit: u32,
) -> Result<Page<DealerCustomerRecord>, TableError> {
    let query = Query {
        partition: keys::dealer(dealer),
        prefix: keys::DEALER_CUSTOMERS.to_owned(),
        after: after.map(|dcn| keys::dealer_customer(dcn).sk),
        limit: Some(limit),
    };
    let Page { found, more } = table.query(&query).await?;
    let found = found.into_iter().map(items::dealer_customer).collect::<Result<_, _>>()?;
    Ok(Page { found, more })
}

pub async fn claim(table: &impl Table, key: &Key) -> Result<Option<Claimed>, TableError> {
    table.get(key).await?.map(Claim::read).transpose()
}

pub async fn request_in_error(
    table: &impl Table,
    id: &RequestInErrorId,
) -> Result<Option<RequestInError>, TableError> {
    table.get(&keys::request_in_error(id)).await?.map(items::request_in_error).transpose()
}

/// Those of up to [`MAX_ITEMS`] requests in error that are there, in no order.
pub async fn requests_in_error(
    table: &impl Table,
    entries: &[IndexEntry],
) -> Result<Vec<RequestInError>, TableError> {
    let keys: Vec<_> = entries.iter().map(|entry| entry.key.clone()).collect();
    table.get_all(&keys).await?.into_iter().map(items::request_in_error).collect()
}
