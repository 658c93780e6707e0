//! Trees of merged customers: who acts for a customer, and who else leads to that one.

use std::time::Duration;

use domain::customer::{Customer, Identifier};
use store::follow::{Followed, Led, follow, lead_all};
use store::table::{Table, TableError};
use store::{keys, records};

use crate::kit::{Master, Stopped, log_unreadable};

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
///
/// # Errors
/// Also where one of them cannot be read.
pub(crate) async fn members<T: Table>(
    master: &Master<T>,
    leader: &Customer,
) -> Result<Vec<Customer>, Stopped> {
    let Members { read, unreadable } = readable_members(master, leader).await?;
    match unreadable.into_iter().next() {
        None => Ok(read),
        Some((_, error)) => Err(error.into()),
    }
}

/// Those that were merged into a customer.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) read: Vec<Customer>,
    /// Those that cannot be read, each with the reason: who was merged into them is not known.
    pub(crate) unreadable: Vec<(Identifier, TableError)>,
}

impl Members {
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = &Identifier> {
        let read = self.read.iter().map(|member| &member.identifier);
        read.chain(self.unreadable.iter().map(|(identifier, _)| identifier))
    }
}

/// The same where one that cannot be read hinders none of the others.
pub(crate) async fn readable_members<T: Table>(
    master: &Master<T>,
    leader: &Customer,
) -> Result<Members, Stopped> {
    let absorbed = |customers: &[Customer]| -> Vec<Identifier> {
        let absorbed = customers.iter().flat_map(|customer| &customer.absorbed);
        absorbed.map(|absorbed| absorbed.loser.clone()).collect()
    };
    let mut members = Members::default();
    let mut wanted = absorbed(std::slice::from_ref(leader));
    while !wanted.is_empty() {
        let (read, unread) = records::readable_customers(master.table(), &wanted).await?;
        for (key, error) in unread {
            log_unreadable(&key, &error);
            let its = wanted.iter().find(|one| keys::customer(one) == key);
            members.unreadable.extend(its.map(|one| (one.clone(), error)));
        }
        wanted = absorbed(&read);
        members.read.extend(read);
        wanted.retain(|one| members.identifiers().all(|known| known != one));
    }
    Ok(members)
}
