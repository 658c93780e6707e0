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
    /// A steward took it over, was given it, or released it.
    Assigned,
    /// A steward wrote something about it.
    Noted,
    /// A steward opened it again after it was deleted.
    Reopened,
}

impl What {
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::Corrected,
        Self::Tried,
        Self::Resolved,
        Self::Deleted,
        Self::Assigned,
        Self::Noted,
        Self::Reopened,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Corrected => "corrected",
            Self::Tried => "tried",
            Self::Resolved => "resolved",
            Self::Deleted => "deleted",
            Self::Assigned => "assigned",
            Self::Noted => "noted",
            Self::Reopened => "reopened",
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
    /// What was written: a note, why it was deleted, or to whom it was assigned; none where it was released.
    pub text: Option<String>,
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
            text: None,
            effect: stamp.cause.id.clone(),
        }
    }

    /// The same without what may tell of a person; who has the request does not.
    pub(super) fn erased(&self) -> Self {
        let text = self.text.clone().filter(|_| self.what == What::Assigned);
        Self { correction: Correction::default(), text, ..self.clone() }
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
