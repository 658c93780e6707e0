//! What correcting, deleting, reprocessing and all else that is done to a request in error have in common: when it may be touched, and whether this very request did so before.

use domain::customer::CustomerNumber;
use domain::request::{Entry, RequestInError, RequestInErrorId, State, Versions};
use store::records;
use store::table::{Table, TableError};
use store::writes::{Refusal, Written};
use tokio::join;

use super::show::{Shown, evaluated};
use crate::kit::{Attempt, Stopped, request_writes, topics};

/// Why nothing was done to a request in error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such request.
    Unknown,
    /// It was resolved before, with this customer.
    AlreadyResolved(Option<CustomerNumber>),
    AlreadyDeleted,
    /// It is open, and only a deleted one is reopened.
    AlreadyOpen,
    /// The caller gave no version, and must.
    VersionRequired,
    /// It has another version than the caller saw.
    VersionMismatch(u64),
    /// Its history is full: it can be resolved or deleted, but neither corrected nor tried in vain.
    HistoryFull,
}

/// Why nothing was done: it was refused, or it could not be found out whether it may.
#[derive(Debug)]
pub enum NotFixed {
    Refused(Refused),
    Stopped(Stopped),
}

impl From<Refused> for NotFixed {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Stopped> for NotFixed {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<TableError> for NotFixed {
    fn from(error: TableError) -> Self {
        Self::Stopped(error.into())
    }
}

/// Reads a request in error that is to be touched.
pub(super) async fn read<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
) -> Result<RequestInError, NotFixed> {
    let request = records::request_in_error(attempt.table(), id).await?;
    Ok(request.ok_or(Refused::Unknown)?)
}

/// Goes on only with a request in error that may be touched. Refusals in the order of the contract: closed, version missing, version another.
pub(super) fn admit(
    request: &RequestInError,
    seen: Option<&Versions>,
    version_needed: bool,
) -> Result<(), Refused> {
    match request.state {
        State::Resolved => Err(Refused::AlreadyResolved(request.customer_number())),
        State::Deleted => Err(Refused::AlreadyDeleted),
        State::Open => admit_version(request, seen, version_needed),
    }
}

/// Goes on only with a version that the caller has seen.
pub(super) fn admit_version(
    request: &RequestInError,
    seen: Option<&Versions>,
    version_needed: bool,
) -> Result<(), Refused> {
    match seen {
        None if version_needed => Err(Refused::VersionRequired),
        Some(seen) if !seen.admit(request.version) => {
            Err(Refused::VersionMismatch(request.version))
        }
        None | Some(_) => Ok(()),
    }
}

/// A request in error after a steward said something of it.
#[derive(Debug)]
pub struct Remarked {
    pub shown: Shown,
    /// Whether an earlier try of the same request did it.
    pub replayed: bool,
}

/// Adds to the history of an open request in error what `entry` makes of it, or nothing where it says so already.
pub(super) async fn remark<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    seen: Option<&Versions>,
    entry: impl Fn(&RequestInError) -> Option<Entry>,
) -> Result<Remarked, NotFixed> {
    let (bound, mut found) = join!(attempt.bind(), read(attempt, id));
    bound?;
    loop {
        let request = found?;
        if own_entry(attempt, &request).is_some() {
            let shown = evaluated(attempt.master, request).await?;
            return Ok(Remarked { shown, replayed: attempt.is_replay() });
        }
        admit(&request, seen, true)?;
        let next = match entry(&request) {
            Some(entry) => {
                let next = request.after(entry, attempt.by()).map_err(|_| Refused::HistoryFull)?;
                put(attempt, &request, &next).await?.then_some(next)
            }
            None => Some(request),
        };
        if let Some(next) = next {
            let shown = evaluated(attempt.master, next).await?;
            return Ok(Remarked { shown, replayed: false });
        }
        attempt.again().await?;
        found = read(attempt, id).await;
    }
}

/// What this very request did to the request in error before.
pub(super) fn own_entry<'a, T: Table>(
    attempt: &Attempt<'_, T>,
    request: &'a RequestInError,
) -> Option<&'a Entry> {
    request.history.iter().find(|entry| entry.effect == *attempt.effect())
}

/// Puts the next state of a request in error; no where it is not as it was seen any more. A dry run puts nothing.
pub(super) async fn put<T: Table>(
    attempt: &Attempt<'_, T>,
    seen: &RequestInError,
    next: &RequestInError,
) -> Result<bool, Stopped> {
    if attempt.dry_run {
        return Ok(true);
    }
    topics::announce_next(attempt.master, seen, next).await?;
    match attempt.table().write(&request_writes::replace(seen, next)).await? {
        Written::Done(_) => Ok(true),
        Written::Refused(Refusal::Condition(_) | Refusal::Contended) => Ok(false),
    }
}
