//! A customer's history: its pages, the newest entry first, and the customer as it was at an earlier version or time.
//!
//! Versions have no gap, so a page of them is found by their numbers. The newest may still be on their way.

use std::time::Duration;

use domain::customer::Customer;
use domain::history::{self, HistoryEntry, Of};
use domain::retention::Retention;
use domain::time::Timestamp;
use store::records;
use store::table::{Table, TableError};

use crate::kit::{Listed, Master, Stopped};

/// How many versions are read at once on the way back.
const STRIDE: u32 = 50;

/// For how long after a write its entry is waited for.
const ON_ITS_WAY_SECONDS: u64 = 10;

/// How long a version that is on its way is waited for, and how often.
const ON_ITS_WAY: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];

/// Where a page ended: what is below that version, and behind that entry of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub below: u64,
    pub other: Option<String>,
}

impl Place {
    /// As text, for a cursor.
    pub fn to_text(&self) -> String {
        format!("{} {}", self.below, self.other.as_deref().unwrap_or_default())
    }

    pub fn parse(text: &str) -> Option<Self> {
        let (below, other) = text.split_once(' ')?;
        let other = (!other.is_empty()).then(|| other.to_owned());
        Some(Self { below: below.parse().ok()?, other })
    }
}

/// A page of the history, behind `after`; of what cannot be read the version, or where it stands among what makes no version.
pub async fn history<T: Table>(
    master: &Master<T>,
    customer: &Customer,
    after: Option<Place>,
    limit: u32,
) -> Result<Listed<HistoryEntry, Place, String>, Stopped> {
    let table = master.table();
    let identifier = &customer.identifier;
    let Place { mut below, mut other } =
        after.unwrap_or(Place { below: customer.version + 1, other: None });
    let others = records::other_history(table, identifier, other.clone(), limit).await?;
    let mut versions = Vec::new();
    let mut floor = below;
    while versions.is_empty() && floor > 1 {
        let ceiling = floor;
        floor = ceiling.saturating_sub(u64::from(limit)).max(1);
        let page = records::history(table, identifier, floor - 1, limit).await?;
        versions = page.found.into_iter().filter(|(version, _)| *version < ceiling).collect();
    }
    let mut others_left = others.found.into_iter().peekable();
    let (mut found, mut unreadable) = (Vec::new(), Vec::new());
    while found.len() + unreadable.len() < limit as usize {
        let take_other = match (versions.last(), others_left.peek()) {
            (Some((_, Ok(version))), Some((_, Ok(other)))) => other.at > version.at,
            // When it was, it does not tell.
            (Some(_), Some((_, Err(_)))) => true,
            (Some((_, Err(_))), Some(_)) => false,
            (Some(_), None) => false,
            // What is below the versions that were read may be newer than these.
            (None, Some(_)) => floor <= 1,
            (None, None) => break,
        };
        if take_other {
            let Some((place, entry)) = others_left.next() else { break };
            match entry {
                Ok(entry) => found.push(entry),
                Err(_) => unreadable.push(place.clone()),
            }
            other = Some(place);
        } else {
            let Some((version, entry)) = versions.pop() else { break };
            match entry {
                Ok(entry) => found.push(entry),
                Err(_) => unreadable.push(version.to_string()),
            }
            below = version;
        }
    }
    let more = !versions.is_empty() || floor > 1 || others_left.peek().is_some() || others.more;
    if versions.is_empty() {
        below = below.min(floor);
    }
    Ok(Listed { found, unreadable, next: more.then_some(Place { below, other }) })
}

/// Which state of a customer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    Version(u64),
    At(Timestamp),
}

impl AsOf {
    /// Whether it is this version or a later one.
    fn is_a_version_from(self, first: u64) -> bool {
        matches!(self, Self::Version(version) if version >= first)
    }
}

/// The customer as it was; none where it was not yet, is not yet of that version, or has no history from then.
///
/// # Errors
/// `Unavailable` where the newest entry is still on its way.
pub async fn as_of<T: Table>(
    master: &Master<T>,
    customer: &Customer,
    when: AsOf,
) -> Result<Option<Customer>, Stopped> {
    let is_it = |version: u64, at: Timestamp| match when {
        AsOf::Version(wanted) => version == wanted,
        AsOf::At(time) => at <= time,
    };
    if match when {
        AsOf::Version(version) => version == 0 || version > customer.version,
        AsOf::At(time) => time < customer.created_at,
    } {
        return Ok(None);
    }
    let mut earlier = customer.clone();
    if is_it(earlier.version, earlier.updated_at) {
        return Ok(Some(earlier));
    }
    loop {
        let run = back_from(master, &earlier).await?;
        if run.is_empty() {
            return if is_on_its_way(master, customer, &earlier) {
                Err(Stopped::Unavailable("the history does not have this version yet".into()))
            } else {
                Ok(None)
            };
        }
        for entry in run {
            earlier.updated_at = entry.at;
            earlier.by.clone_from(&entry.by);
            if is_it(version(&entry), entry.at) {
                return Ok(Some(earlier));
            }
            // The first, or one that was lost.
            if first_version(&entry) <= 1 || when.is_a_version_from(first_version(&entry)) {
                return Ok(None);
            }
            earlier = history::undo(&earlier, &entry);
        }
    }
}

/// Whether the entry of this version may still come: only that of the newest may, and only for as long as the stream keeps what it has to tell.
fn is_on_its_way<T: Table>(master: &Master<T>, customer: &Customer, at: &Customer) -> bool {
    let kept_until = Retention::RemovedLookUpKey.end(customer.updated_at);
    at.version == customer.version && master.table().now() < kept_until
}

/// The entries of this version and those before it, the newest first, without a gap; none where this version has none.
///
/// # Errors
/// Also where the entry of this version cannot be read.
async fn back_from<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<Vec<HistoryEntry>, Stopped> {
    let table = master.table();
    let floor = customer.version.saturating_sub(u64::from(STRIDE));
    let is_current = master.table().now() < customer.updated_at.plus_seconds(ON_ITS_WAY_SECONDS);
    let waits = ON_ITS_WAY.map(Some).into_iter().filter(|_| is_current);
    for wait in waits.chain([None]) {
        let page = records::history(table, &customer.identifier, floor, STRIDE).await?;
        let newest_first = page.found.into_iter().rev();
        let mut next = customer.version;
        let mut run = Vec::new();
        for (version, entry) in newest_first.skip_while(|(version, _)| *version > customer.version)
        {
            match entry {
                _ if version != next => break,
                Ok(entry) => {
                    next = first_version(&entry).saturating_sub(1);
                    run.push(entry);
                }
                Err(error) if run.is_empty() => return Err(error.into()),
                Err(_) => break,
            }
        }
        if !run.is_empty() {
            return Ok(run);
        }
        if let Some(wait) = wait {
            table.pause(wait).await;
        }
    }
    Ok(Vec::new())
}

/// The earlier versions of a customer that ended at this time or later, the newest first, as far as one reading of the history goes.
pub(crate) async fn earlier_versions(
    table: &impl Table,
    customer: &Customer,
    since: Timestamp,
) -> Result<Vec<Customer>, TableError> {
    let floor = customer.version.saturating_sub(u64::from(STRIDE));
    let page = records::history(table, &customer.identifier, floor, STRIDE).await?;
    let mut versions = Vec::new();
    let mut earlier = customer.clone();
    for (_, entry) in page.found.iter().rev() {
        let Ok(entry) = entry else { break };
        // The newest may not be there yet; what is there then tells nothing of the customer as it is.
        if version(entry) != earlier.version || entry.at < since || first_version(entry) <= 1 {
            break;
        }
        earlier = history::undo(&earlier, entry);
        versions.push(earlier.clone());
    }
    Ok(versions)
}

/// The version that an entry tells of.
fn version(entry: &HistoryEntry) -> u64 {
    match entry.of {
        Of::Version(version) => version,
        Of::DealerCustomer(_) | Of::RequestInError(_) => 0,
    }
}

/// The first of the versions that an entry tells of.
fn first_version(entry: &HistoryEntry) -> u64 {
    entry.first_version().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_text_and_read_back() {
        for place in [
            Place { below: 7, other: None },
            Place { below: 1, other: Some("AT#998204591503992#M7IT".to_owned()) },
        ] {
            assert_eq!(Place::parse(&place.to_text()), Some(place));
        }
        assert_eq!(Place::parse("7"), None);
    }
}
