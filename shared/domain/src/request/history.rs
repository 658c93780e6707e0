//! Who did what to a request in error, and when. What may follow on what is decided beside it, where an entry is added.

use std::fmt;

use super::Correction;
use crate::by::Stamp;
use crate::customer::CustomerNumber;
use crate::effect::EffectId;
use crate::message::Action;
use crate::message::edits::FailedEdit;
use crate::time::Timestamp;

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
    pub const ALL: [Self; 5] =
        [Self::Received, Self::Corrected, Self::Tried, Self::Resolved, Self::Deleted];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Corrected => "corrected",
            Self::Tried => "tried",
            Self::Resolved => "resolved",
            Self::Deleted => "deleted",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

/// What an attempt to process came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryOutcome {
    Created(CustomerNumber),
    Updated(CustomerNumber),
    /// The customer was as the message wants it.
    Unchanged(CustomerNumber),
    /// Its edits failed, of an Add or of a Change.
    Failure(Action),
    Duplicate,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    pub at: Timestamp,
    /// Who: the caller's name.
    pub who: String,
    pub what: What,
    /// What the attempt came to, where there was one.
    pub outcome: Option<EntryOutcome>,
    /// The edits that failed then.
    pub failed: Vec<FailedEdit>,
    pub correction: Correction,
    /// The request that did it.
    pub effect: EffectId,
}

impl Entry {
    /// That this happened; what else is to be said of it is the caller's to add.
    pub fn new(what: What, stamp: &Stamp) -> Self {
        Self {
            at: stamp.at,
            who: stamp.by.caller.clone(),
            what,
            outcome: None,
            failed: Vec::new(),
            correction: Correction::default(),
            effect: stamp.cause.id.clone(),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("at", &self.at)
            .field("what", &self.what)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
