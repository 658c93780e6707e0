//! What merging, un-merging and restoring have in common: when a steward may do it, what comes of it, and how a repeated request finds what it did.

use domain::customer::merge::Choice;
use domain::customer::merge::foreseen::{Compared, Proposal};
use domain::customer::{Customer, CustomerNumber};
use domain::history::{self, Changed};
use domain::message::edits::FailedEdit;
use domain::request::Versions;
use domain::time::Timestamp;
use store::records;
use store::table::{Table, TableError};

use crate::kit::{Attempt, Stopped};

/// For how long after a write the history may not have it yet.
const ON_ITS_WAY_SECONDS: u64 = 60;

/// A decision that was carried out, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The customer that it was made of.
    pub number: CustomerNumber,
    /// The version that it made.
    pub version: u64,
    /// What it changed of the customer.
    pub changed: Vec<Changed>,
    /// How many dealer customers hang on it, and whether there are more than are counted.
    pub dealer_customers: (usize, bool),
    /// What a steward sees before a merge; none of what was done.
    pub foreseen: Option<Box<Foreseen>>,
    /// Whether an earlier try of the same request did it.
    pub replayed: bool,
}

/// Two customers before they are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen {
    pub winner: Beforehand,
    pub loser: Beforehand,
    /// Who would better be the winner.
    pub proposed: (CustomerNumber, Proposal),
    pub compared: Vec<Compared>,
}

/// One of them, with how many dealer customers hang on it and whether there are more than are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beforehand {
    pub customer: Customer,
    pub dealer_customers: (usize, bool),
}

impl Decided {
    pub(super) fn of(before: &Customer, after: &Customer) -> Self {
        Self {
            number: after.number,
            version: after.version,
            changed: history::changes(Some(before), after),
            dealer_customers: (0, false),
            foreseen: None,
            replayed: false,
        }
    }

    pub(super) fn counted(self, dealer_customers: (usize, bool)) -> Self {
        Self { dealer_customers, ..self }
    }
}

/// Why a steward's decision was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such customer, or it has no such version.
    Unknown,
    /// There is no such other customer.
    UnknownLoser,
    /// The customer was merged into another, which acts for it.
    AlreadyMerged { number: CustomerNumber, winner: Option<CustomerNumber> },
    /// The one was not merged into the other, or was parted from it again.
    NotMerged,
    /// What was kept of the merge is lost from the table, so that nobody knows what the two were.
    MergeLost,
    /// The person was erased.
    Erased(CustomerNumber),
    /// The chain of merges would be too long, or too many would hang on one customer.
    TooManyMerged,
    /// What changed since the merge, of which nobody said where it belongs.
    ChangedSince(Vec<Choice>),
    /// The two are of two companies.
    OtherCompany,
    /// Others have the numbers that the customer had then.
    NumbersTaken(Vec<FailedEdit>),
    /// The caller did not say which version it saw.
    VersionRequired,
    /// This customer has another version than the caller saw.
    VersionMismatch { number: CustomerNumber, version: u64 },
}

/// Why nothing was done: it was refused, or it could not be found out whether it may.
#[derive(Debug)]
pub enum NotDecided {
    Refused(Refused),
    Stopped(Stopped),
}

impl From<Refused> for NotDecided {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Stopped> for NotDecided {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<TableError> for NotDecided {
    fn from(error: TableError) -> Self {
        Self::Stopped(error.into())
    }
}

/// Goes on with a customer that acts for itself and is somebody.
pub(super) async fn admit<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
) -> Result<(), NotDecided> {
    if let Some(merged) = &customer.merged_into {
        let winner = records::customer(attempt.table(), &merged.winner).await?;
        let winner = winner.map(|winner| winner.number);
        return Err(Refused::AlreadyMerged { number: customer.number, winner }.into());
    }
    if customer.erased.is_some() {
        return Err(Refused::Erased(customer.number).into());
    }
    Ok(())
}

/// Goes on where the caller saw the customer as it is.
pub(super) fn admit_version(customer: &Customer, seen: Option<&Versions>) -> Result<(), Refused> {
    let Customer { number, version, .. } = customer;
    match seen {
        None => Err(Refused::VersionRequired),
        Some(versions) if versions.admit(*version) => Ok(()),
        Some(_) => Err(Refused::VersionMismatch { number: *number, version: *version }),
    }
}

/// What an earlier try or round of this request did to the customer, if it did: another with the same key may be faster than the one that bound it. `tried` is what the round before was about to do: it may have been done without an answer.
pub(super) async fn earlier<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
    tried: Option<&Decided>,
) -> Result<Option<Decided>, Stopped> {
    let Some(effect) = customer.effects.of(attempt.effect()) else {
        attempt.refuse_if_forgotten(customer.effects.is_full())?;
        return Ok(None);
    };
    let version = effect.version.unwrap_or(customer.version);
    let replayed = attempt.is_replay();
    if let Some(tried) = tried.filter(|tried| tried.version == version) {
        return Ok(Some(Decided { replayed, ..tried.clone() }));
    }
    let changed = match &effect.changed {
        Some(changed) => changed.clone(),
        None => changed_by(attempt.table(), customer, (version, effect.at)).await?,
    };
    let dealer_customers = (0, false);
    let number = customer.number;
    let foreseen = None;
    Ok(Some(Decided { number, version, changed, dealer_customers, foreseen, replayed }))
}

/// What the version that was made then changed of the customer, as the history tells it.
async fn changed_by(
    table: &impl Table,
    customer: &Customer,
    (version, at): (u64, Timestamp),
) -> Result<Vec<Changed>, Stopped> {
    let page = records::history(table, &customer.identifier, version.saturating_sub(1), 1).await?;
    match page.found.into_iter().find(|(of, _)| *of == version) {
        Some((_, entry)) => Ok(entry?.changed),
        None if table.now() < at.plus_seconds(ON_ITS_WAY_SECONDS) => {
            Err(Stopped::Unavailable("the history does not have this version yet".into()))
        }
        None => Ok(Vec::new()),
    }
}
