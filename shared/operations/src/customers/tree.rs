//! Trees of merged customers: who acts for a customer, and who else leads to that one.

use std::time::Duration;

use domain::customer::{Customer, Identifier};
use store::follow::{Followed, Led, follow, lead_all};
use store::records;
use store::table::Table;

use crate::kit::{Master, Stopped};

/// How long what was read of a merge is waited for, where it overlapped the merge.
const WAITS: [Duration; 4] = [
    Duration::from_millis(10),
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_millis(500),
];

/// Where this customer leads.
///
/// # Errors
/// `Unavailable` where what is read keeps overlapping merges.
pub async fn followed<T: Table>(
    master: &Master<T>,
    customer: Customer,
) -> Result<Followed, Stopped> {
    let table = master.table();
    let identifier = customer.identifier.clone();
    let mut customer = Some(customer);
    for wait in WAITS {
        if let Some(named) = customer
            && let Some(followed) = follow(table, named).await?
        {
            return Ok(followed);
        }
        table.pause(wait).await;
        customer = records::customer(table, &identifier).await?;
    }
    Err(Stopped::Unavailable("a customer and whom it was merged into do not agree".into()))
}

/// Where each of these customers leads, by its identifier; and those that lead to what cannot be read, or is not there.
pub(crate) async fn leaders<T: Table>(
    master: &Master<T>,
    mut customers: Vec<Customer>,
) -> Result<(Vec<(Identifier, Customer)>, Vec<Identifier>), Stopped> {
    let table = master.table();
    let (mut leaders, mut lost) = (Vec::new(), Vec::new());
    for wait in WAITS.map(Some).into_iter().chain([None]) {
        let named: Vec<Identifier> = customers.iter().map(|one| one.identifier.clone()).collect();
        let mut unsettled = Vec::new();
        for (identifier, led) in named.into_iter().zip(lead_all(table, customers).await?) {
            match led {
                Led::To(followed) => leaders.push((identifier, followed.leader)),
                Led::Unsettled => unsettled.push(identifier),
                Led::Unreadable => lost.push(identifier),
            }
        }
        let (Some(wait), false) = (wait, unsettled.is_empty()) else {
            lost.append(&mut unsettled);
            break;
        };
        table.pause(wait).await;
        customers = records::readable_customers(table, &unsettled).await?.0;
        unsettled.retain(|one| customers.iter().all(|read| read.identifier != *one));
        lost.append(&mut unsettled);
    }
    Ok((leaders, lost))
}

/// Those that were merged into this customer, directly or by others between.
pub(crate) async fn members<T: Table>(
    master: &Master<T>,
    leader: &Customer,
) -> Result<Vec<Customer>, Stopped> {
    let absorbed = |customers: &[Customer]| -> Vec<Identifier> {
        let absorbed = customers.iter().flat_map(|customer| &customer.absorbed);
        absorbed.map(|absorbed| absorbed.loser.clone()).collect()
    };
    let mut members: Vec<Customer> = Vec::new();
    let mut wanted = absorbed(std::slice::from_ref(leader));
    while !wanted.is_empty() {
        let read = records::customers(master.table(), &wanted).await?;
        wanted = absorbed(&read);
        wanted.retain(|one| members.iter().chain(&read).all(|known| known.identifier != *one));
        members.extend(read);
    }
    Ok(members)
}
