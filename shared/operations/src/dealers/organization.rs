//! Read a customer organization with its dealer customers, as far as who asks may see them. The right is decided from the index alone, before anything of the customer is read.

use std::time::Duration;

use domain::customer::{Customer, Identifier};
use domain::dealer::{Dcn, DealerCode, DealerCodes, DealerCustomer};
use futures_util::future;
use store::follow::Followed;
use store::keys::IndexEntry;
use store::table::{IndexQuery, MAX_ITEMS, Page, Table, TableError};
use store::{keys, records};
use tokio::join;

use crate::customers::read::customer;
use crate::customers::tree::{followed, readable_members};
use crate::kit::{Listed, Master, Stopped, readable};

/// How many dealer customers of one customer are on a page: as many items as the database reads in one call.
pub const MAX_DEALER_CUSTOMERS: u32 = MAX_ITEMS as u32;

/// How many dealer customers of one customer are counted: as many as the index tells for what one costs.
const MAX_COUNTED: u32 = 25;

/// How long the index may lag behind an association that it does not know before it is asked once more.
const LAG_OF_AN_ASSOCIATION: Duration = Duration::from_millis(200);

/// How many ranges of the index are asked for at once.
const AT_ONCE: usize = 10;

/// From where to where in a partition of the index.
type Range = (String, String);

/// Who asks for a customer organization.
#[derive(Debug, Clone, Copy)]
pub enum Viewer<'a> {
    /// Somebody who sees every customer, with all of its dealer customers.
    OfEverything,
    /// A dealer, who sees the customers that are associated with one of its dealer codes, with the dealer customers of those codes.
    Dealer(&'a DealerCodes),
}

/// A customer organization that its viewer may see, if it is there.
#[derive(Debug)]
pub struct InSight<'a> {
    identifier: &'a Identifier,
    /// What was found out of it on the way; nothing where the viewer sees everything.
    found: Option<Found>,
}

/// Who acts for a customer, and where in the index of its dealer customers the viewer may look.
#[derive(Debug)]
struct Found {
    followed: Followed,
    partitions: Vec<(Identifier, Vec<Range>)>,
    /// Those merged into it that cannot be read.
    unreadable: Vec<Identifier>,
}

/// A customer organization with a page of its dealer customers.
#[derive(Debug)]
pub struct Seen {
    /// The customer that acts.
    pub customer: Customer,
    /// Whether it is another than the one that was named, which was merged into it.
    pub merged: bool,
    /// Those merged into it that this release cannot read: what was merged into them is missing.
    pub unreadable: Vec<Identifier>,
    pub dealer_customers: Listed<DealerCustomer, Dcn, Dcn>,
}

/// Whether the viewer may see this customer organization; none where it may not. That is found out from the index alone, of all that were merged with it, and costs the same
/// whatever else hangs on the customer.
pub async fn in_sight<'a, T: Table>(
    master: &Master<T>,
    identifier: &'a Identifier,
    viewer: Viewer<'_>,
) -> Result<Option<InSight<'a>>, Stopped> {
    let found = match viewer {
        Viewer::OfEverything => None,
        Viewer::Dealer(_) => match found(master, identifier, viewer).await? {
            Some(found) => Some(found),
            None => return Ok(None),
        },
    };
    Ok(Some(InSight { identifier, found }))
}

/// Who acts for the customer, and where the viewer may look; none where that is nowhere.
async fn found<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    viewer: Viewer<'_>,
) -> Result<Option<Found>, Stopped> {
    let ranges = |of| async move {
        match viewer {
            Viewer::OfEverything => Ok(vec![keys::all_dealers()]),
            Viewer::Dealer(codes) => inhabited(master, of, codes).await,
        }
    };
    let (customer, own) = join!(customer(master, identifier), ranges(identifier));
    let (Some(customer), own) = (customer?, own?) else {
        return Ok(None);
    };
    let mut partitions = vec![(identifier.clone(), own)];
    let followed = followed(master, customer).await?;
    let members = readable_members(master, &followed.leader).await?;
    for member in std::iter::once(&followed.leader.identifier).chain(members.identifiers()) {
        if member != identifier {
            partitions.push((member.clone(), ranges(member).await?));
        }
    }
    partitions.retain(|(_, ranges)| !ranges.is_empty());
    // Whom the viewer knows by no dealer customer is not named.
    let may_see = |member: &Identifier| partitions.iter().any(|(one, _)| one == member);
    let unreadable = members.unreadable.into_iter().map(|(member, _)| member);
    let unreadable = unreadable.filter(may_see).collect();
    Ok((!partitions.is_empty()).then_some(Found { followed, partitions, unreadable }))
}

/// The customer that acts, with a page of its dealer customers behind `after`, by dealer code and number; none where there is no such customer.
pub async fn customer_organization<T: Table>(
    master: &Master<T>,
    InSight { identifier, found }: InSight<'_>,
    after: Option<&Dcn>,
) -> Result<Option<Seen>, Stopped> {
    let found = match found {
        Some(found) => Some(found),
        None => self::found(master, identifier, Viewer::OfEverything).await?,
    };
    let Some(Found { followed, partitions, unreadable: members }) = found else {
        return Ok(None);
    };
    let Listed { found, unreadable, next } = dealer_customers_of(master, partitions, after).await?;
    let Followed { passed, leader } = followed;
    let fill_in =
        |one: DealerCustomer| DealerCustomer { profile: one.profile.filled_in(&leader), ..one };
    let found = found.into_iter().map(fill_in).collect();
    let unreadable = unreadable.into_iter().map(|(dcn, _)| dcn).collect();
    let dealer_customers = Listed { found, unreadable, next };
    let merged = !passed.is_empty();
    Ok(Some(Seen { customer: leader, merged, unreadable: members, dealer_customers }))
}

/// How many dealer customers hang on these customers, counted up to so many that it costs the same whatever hangs there; and whether there are more.
pub(crate) async fn count<T: Table>(
    master: &Master<T>,
    customers: &[Identifier],
) -> Result<(usize, bool), Stopped> {
    let range = keys::all_dealers();
    let asked = customers.iter().map(|one| entries(master, one, &range, None, MAX_COUNTED));
    let pages: Vec<_> = future::join_all(asked).await.into_iter().collect::<Result<_, _>>()?;
    let counted = pages.iter().map(|page| page.found.len()).sum();
    Ok((counted, pages.iter().any(|page| page.more)))
}

/// Where the index has dealer customers of these codes. It is asked once more where it knows none, because it may not know an association that was just made.
async fn inhabited<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    codes: &DealerCodes,
) -> Result<Vec<Range>, Stopped> {
    for lag in [Some(LAG_OF_AN_ASSOCIATION), None] {
        let inhabited = match codes {
            DealerCodes::All => {
                let any = entries(master, identifier, &keys::all_dealers(), None, 1).await?;
                any.found.iter().map(|_| keys::all_dealers()).collect()
            }
            DealerCodes::Only(codes) => {
                let codes: Vec<_> = codes.iter().collect();
                let share = codes.len().div_ceil(AT_ONCE).max(1);
                let asked = codes.chunks(share).map(|some| inhabited_of(master, identifier, some));
                future::try_join_all(asked).await?.concat()
            }
        };
        match lag {
            Some(lag) if inhabited.is_empty() && !codes.is_none() => {
                master.table().pause(lag).await
            }
            Some(_) | None => return Ok(inhabited),
        }
    }
    Ok(Vec::new())
}

/// The same for some of the codes, in their order. Each look leaps over the codes before the next dealer that is there, so that many codes take no more looks than there
/// are dealers between them.
async fn inhabited_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    codes: &[&DealerCode],
) -> Result<Vec<Range>, Stopped> {
    let mut inhabited = Vec::new();
    let mut left = codes;
    while let [first, .., last] | [first @ last] = left {
        let range = (keys::one_dealer(first).0, keys::one_dealer(last).1);
        let next = entries(master, identifier, &range, None, 1).await?;
        let Some(dcn) = next.found.first().and_then(|entry| keys::dcn_of(&entry.key)) else {
            break;
        };
        left = &left[left.partition_point(|code| **code < dcn.dealer_code)..];
        if let [code, rest @ ..] = left
            && **code == dcn.dealer_code
        {
            inhabited.push(keys::one_dealer(code));
            left = rest;
        }
    }
    Ok(inhabited)
}

/// A page of all dealer customers of these customers, behind `after`, and where the next one begins.
///
/// # Errors
/// Also where one of them cannot be read.
pub(crate) async fn all_dealer_customers_of<T: Table>(
    master: &Master<T>,
    customers: &[Identifier],
    after: Option<&Dcn>,
) -> Result<(Vec<DealerCustomer>, Option<Dcn>), Stopped> {
    let partitions = customers.iter().map(|one| (one.clone(), vec![keys::all_dealers()])).collect();
    let Listed { found, unreadable, next } = dealer_customers_of(master, partitions, after).await?;
    match unreadable.into_iter().next() {
        None => Ok((found, next)),
        Some((_, error)) => Err(error.into()),
    }
}

/// The dealer customers of these customers in these ranges of the index, behind `after`.
async fn dealer_customers_of<T: Table>(
    master: &Master<T>,
    mut partitions: Vec<(Identifier, Vec<Range>)>,
    after: Option<&Dcn>,
) -> Result<Listed<DealerCustomer, Dcn, (Dcn, TableError)>, Stopped> {
    let customers: Vec<Identifier> = partitions.iter().map(|(one, _)| one.clone()).collect();
    // Where an entry stands in a partition is the same in each.
    let mut after =
        after.zip(customers.first()).map(|(dcn, of)| keys::entry_of_organization(of, dcn));
    loop {
        if let Some(after) = &after {
            for (_, ranges) in &mut partitions {
                ranges.retain(|(_, to)| *to > after.sort);
            }
        }
        let page = entries_of_all(master, &partitions, after.as_ref()).await?;
        let next = page.found.last().filter(|_| page.more).cloned();
        let dcns = page.found.iter().filter_map(|entry| keys::dcn_of(&entry.key));
        let read = records::dealer_customers(master.table(), &dcns.collect::<Vec<_>>()).await?;
        let (records, unreadable) = readable(read);
        let dcn_of = |(key, error)| Some((keys::dcn_of(&key)?, error));
        let unreadable: Vec<_> = unreadable.into_iter().filter_map(dcn_of).collect();
        let dealer_customers = records.into_iter().map(|record| record.dealer_customer);
        // The index lags: what was released or associated anew meanwhile is as the table says.
        let belongs = |found: &DealerCustomer| {
            found.organization.as_ref().is_some_and(|holder| customers.contains(holder))
        };
        let mut found: Vec<_> = dealer_customers.filter(belongs).collect();
        if !found.is_empty() || !unreadable.is_empty() || next.is_none() {
            found.sort_by(|one, other| one.dcn.cmp(&other.dcn));
            let next = next.and_then(|last| keys::dcn_of(&last.key));
            return Ok(Listed { found, unreadable, next });
        }
        after = next;
    }
}

/// The first entries behind `after` of all these customers, in one order.
async fn entries_of_all<T: Table>(
    master: &Master<T>,
    partitions: &[(Identifier, Vec<Range>)],
    after: Option<&IndexEntry>,
) -> Result<Page<IndexEntry>, Stopped> {
    let mut pages = Vec::new();
    for some in partitions.chunks(AT_ONCE) {
        let asked = some.iter().map(|(one, ranges)| entries_of(master, one, ranges, after));
        pages.extend(future::try_join_all(asked).await?);
    }
    // Behind the end of a page that is not all, entries may be missing.
    let ends = pages.iter().filter(|page| page.more);
    let end = ends.filter_map(|page| page.found.last().map(|last| last.sort.clone())).min();
    let mut found: Vec<IndexEntry> = pages.into_iter().flat_map(|page| page.found).collect();
    found.sort_by(|one, other| one.sort.cmp(&other.sort));
    // A DCN that was released and associated anew may stand in two partitions for a moment.
    found.dedup_by(|one, other| one.key == other.key);
    let more = end.is_some() || found.len() > MAX_ITEMS;
    if let Some(end) = end {
        found.retain(|entry| entry.sort <= end);
    }
    found.truncate(MAX_ITEMS);
    Ok(Page { found, more })
}

/// The first entries behind `after` in these ranges, as many as are read at once.
async fn entries_of<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    ranges: &[Range],
    after: Option<&IndexEntry>,
) -> Result<Page<IndexEntry>, Stopped> {
    let mut found = Vec::new();
    let mut left = ranges;
    while !left.is_empty() {
        let (some, rest) = left.split_at(AT_ONCE.min(left.len()));
        let asked = some
            .iter()
            .map(|range| entries(master, identifier, range, after, MAX_DEALER_CUSTOMERS));
        for page in future::try_join_all(asked).await? {
            found.extend(page.found);
            if page.more || found.len() > MAX_ITEMS {
                found.truncate(MAX_ITEMS);
                return Ok(Page { found, more: true });
            }
        }
        left = rest;
    }
    Ok(Page { found, more: false })
}

/// The first entries of one range of the index of the customer's dealer customers, behind `after`.
async fn entries<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
    (from, to): &Range,
    after: Option<&IndexEntry>,
    limit: u32,
) -> Result<Page<IndexEntry>, Stopped> {
    let query = IndexQuery {
        partition: keys::organization(identifier),
        from: from.clone(),
        to: to.clone(),
        after: after.filter(|after| *from <= after.sort).cloned(),
        descending: false,
        limit,
    };
    Ok(master.table().index(&query).await?)
}
