//! Reads of customers: by identifier and by number.

use std::time::Duration;

use domain::customer::{Customer, CustomerNumber, Identifier};
use store::item::Item;
use store::table::{IndexQuery, Table};
use store::{items, keys, records};

use crate::kit::{Master, Stopped};

/// How long the index may lag behind a number that it does not know before it is asked again: two seconds in all, before a number counts as unknown.
const LAG: [Duration; 5] = [
    Duration::from_millis(50),
    Duration::from_millis(150),
    Duration::from_millis(300),
    Duration::from_millis(500),
    Duration::from_millis(1000),
];

pub async fn customer<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
) -> Result<Option<Customer>, Stopped> {
    Ok(records::customer(master.table(), identifier).await?)
}

/// The customer of a number, which the index finds and the table tells as it stands.
pub async fn customer_by_number<T: Table>(
    master: &Master<T>,
    number: CustomerNumber,
) -> Result<Option<Customer>, Stopped> {
    let item = item_by_number(master, number).await?;
    Ok(item.map(items::customer).transpose()?)
}

/// The item of that customer, whether or not this release can read it.
pub(crate) async fn item_by_number<T: Table>(
    master: &Master<T>,
    number: CustomerNumber,
) -> Result<Option<Item>, Stopped> {
    let table = master.table();
    let query = IndexQuery::at(keys::number(number), 1);
    for lag in LAG.map(Some).into_iter().chain([None]) {
        if let Some(entry) = table.index(&query).await?.found.first() {
            return Ok(table.get(&entry.key).await?);
        }
        if let Some(lag) = lag {
            table.pause(lag).await;
        }
    }
    Ok(None)
}
