//! What a request came to, told without HTTP.

use std::fmt;

use domain::customer::{CustomerNumber, Identifier};
use operations::customers::decision;
use operations::customers::keep_apart::KeptApart;
use operations::requests::Refused;

/// What a request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The dealer customer belongs to this customer.
    Associated {
        /// The customer.
        organization: Identifier,
        /// `created`, `matched` or `given`.
        origin: &'static str,
        /// Whether the dealer customer was created too.
        created: bool,
    },
    /// The dealer customer belongs to a customer already.
    Taken {
        /// That customer.
        holder: Identifier,
        /// Whether it is the one that was meant.
        same: bool,
    },
    /// No customer has that identifier.
    UnknownOrganization,
    /// Several customers are meant.
    Ambiguous(Vec<Identifier>),
    /// The dealer customer belongs to nobody any more.
    Released,
    /// It belonged to nobody.
    NotAssociated,
    /// There is no such dealer customer.
    UnknownDealerCustomer,
    /// A customer was created.
    Created(CustomerNumber),
    /// A customer was updated.
    Updated(CustomerNumber),
    /// These are duplicates.
    Duplicate(Vec<CustomerNumber>),
    /// Edits failed, by their codes; the message waits under this name.
    Failed(Vec<&'static str>, String),
    /// The request in error has this version after the correction.
    Corrected(u64),
    /// The request in error is closed.
    Deleted,
    /// The request in error was not touched.
    Refused(Refused),
    /// Two customers are one; the winner, and the version that it got.
    Merged(CustomerNumber, u64),
    /// They are two again; the winner, and the version that it got.
    Parted(CustomerNumber, u64),
    /// They were not merged or parted.
    NotDecided(decision::Refused),
    /// No customer has that number.
    Unknown,
    /// The person is erased.
    Erased,
    /// What came of keeping two apart.
    KeptApart(KeptApart),
    /// What came of taking that back.
    TakenBack(KeptApart),
    /// Every writer keeps the rule from now on.
    BroughtIn,
    /// The table was audited.
    Audited {
        /// How much of what was found is not mended.
        left: u64,
    },
    /// So much happened since that nobody knows any more what the key did.
    AlreadyProcessed,
    /// The rules of the process are not in force.
    NotInForce,
    /// The idempotency key is another request's.
    KeyReused,
    /// It could not be done in time.
    Busy,
    /// The table gave no answer.
    Unavailable,
    /// The code found itself wrong.
    Defect(String),
}

impl Answer {
    /// Whether the client knows what came of its request; if not it may ask again.
    pub fn tells(&self) -> bool {
        !matches!(self, Self::Busy | Self::Unavailable | Self::NotInForce)
    }

    /// Whether it tells of an effect.
    pub fn is_effect(&self) -> bool {
        match self {
            Self::Associated { .. }
            | Self::Released
            | Self::Created(_)
            | Self::Updated(_)
            | Self::Failed(..)
            | Self::Corrected(_)
            | Self::Deleted
            | Self::Merged(..)
            | Self::Parted(..)
            | Self::Erased
            | Self::KeptApart(KeptApart::Done { .. })
            | Self::TakenBack(KeptApart::Done { .. })
            | Self::BroughtIn
            | Self::Audited { .. } => true,
            Self::Taken { .. }
            | Self::UnknownOrganization
            | Self::Ambiguous(_)
            | Self::NotAssociated
            | Self::UnknownDealerCustomer
            | Self::Duplicate(_)
            | Self::Refused(_)
            | Self::NotDecided(_)
            | Self::Unknown
            | Self::KeptApart(_)
            | Self::TakenBack(_)
            | Self::AlreadyProcessed
            | Self::NotInForce
            | Self::KeyReused
            | Self::Busy
            | Self::Unavailable
            | Self::Defect(_) => false,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Associated { organization, origin, created } => write!(
                f,
                "associated with {organization} ({origin}), dealer customer {}",
                if *created { "created" } else { "associated" }
            ),
            Self::Taken { holder, same } => write!(
                f,
                "taken by {holder}, which is {}",
                if *same { "the one meant" } else { "another" }
            ),
            Self::Ambiguous(candidates) => write!(f, "ambiguous: {} candidates", candidates.len()),
            Self::UnknownOrganization
            | Self::Released
            | Self::NotAssociated
            | Self::UnknownDealerCustomer
            | Self::Created(_)
            | Self::Updated(_)
            | Self::Duplicate(_)
            | Self::Failed(..)
            | Self::Corrected(_)
            | Self::Deleted
            | Self::Refused(_)
            | Self::Merged(..)
            | Self::Parted(..)
            | Self::NotDecided(_)
            | Self::Unknown
            | Self::Erased
            | Self::KeptApart(_)
            | Self::TakenBack(_)
            | Self::BroughtIn
            | Self::Audited { .. }
            | Self::AlreadyProcessed
            | Self::NotInForce
            | Self::KeyReused
            | Self::Busy
            | Self::Unavailable
            | Self::Defect(_) => write!(f, "{self:?}"),
        }
    }
}
