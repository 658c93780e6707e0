//! Who did what to a request in error, and when. What may follow on what is decided beside it, where an entry is added.

use std::fmt;

use super::Correction;
use crate::customer::CustomerNumber;
use crate::edits::FailedEdit;
use crate::effect::EffectId;
use crate::time::Timestamp;

/// What happened to a request in error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// It came, and failed its edits.
    Received,
    /// A steward changed it.
    Corrected,
    /// A steward reprocessed it, and it failed again or was a duplicate.
    Tried,
    /// A steward reprocessed it, and a customer came of it.
    Resolved,
    /// A steward closed it.
    Deleted,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Received, Self::Corrected, Self::Tried, Self::Resolved, Self::Deleted];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Corrected => "corrected",
            Self::Tried => "tried",
            Self::Resolved => "resolved",
            Self::Deleted => "deleted",
        }
    }

    /// What that word says.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

/// What an attempt to process came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// A customer was created.
    Created(CustomerNumber),
    /// A customer was updated.
    Updated(CustomerNumber),
    /// Edits failed.
    Failure,
    /// It was a duplicate.
    Duplicate,
}

/// One entry of a history.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who: the caller's name.
    pub who: String,
    /// What.
    pub what: What,
    /// What the attempt came to, where there was one.
    pub attempt: Option<Attempt>,
    /// The edits that failed then.
    pub failed: Vec<FailedEdit>,
    /// What was changed.
    pub correction: Correction,
    /// The request that did it.
    pub effect: EffectId,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("at", &self.at)
            .field("what", &self.what)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
