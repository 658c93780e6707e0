//! Requests in error: messages that failed their edits, kept for a steward to fix and reprocess.

mod correction;
mod history;
mod versions;

use std::fmt;

use crate::Invalid;
use crate::base32::{is_sixteen, sixteen};
use crate::by::{By, Stamp};
use crate::customer::{self, CustomerNumber};
use crate::effect::EffectId;
use crate::message::edits::FailedEdit;
use crate::message::{Action, Attribute, Message};
use crate::retention::Retention;
use crate::time::Timestamp;

pub use correction::Correction;
pub use history::{Entry, EntryOutcome, What};
pub use versions::Versions;

/// How many entries a history has; resolving or deleting comes on top.
pub const MAX_HISTORY: usize = 300;

/// How large a request may grow by corrections and attempts, in bytes, so that it always fits an item of the table (400 KiB) with its end.
pub const MAX_SIZE: usize = 350 * 1024;

/// How large one correction may be, in bytes of names and values.
pub const MAX_CORRECTION: usize = 16 * 1024;

/// How long a note is, or why a request was deleted, in characters.
pub const MAX_TEXT: usize = 1_000;

/// How long the name of whom a request is assigned to is, in characters.
pub const MAX_ASSIGNEE: usize = 200;

/// The name of a request in error. It derives from the request that failed, so that its next try finds it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestInErrorId(String);

impl RequestInErrorId {
    /// The request in error that this effect opens.
    pub fn of(effect: &EffectId) -> Self {
        Self(sixteen(effect.bits("request in error")))
    }

    /// Parses an id; none for anything but sixteen characters of Crockford's base 32.
    pub fn parse(text: &str) -> Option<Self> {
        is_sixteen(text).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It waits for a steward.
    Open,
    /// It was reprocessed, and a customer came of it.
    Resolved,
    /// It was closed, and no customer comes of it.
    Deleted,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Open, Self::Resolved, Self::Deleted];

    /// `open`, `resolved` or `deleted`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Resolved => "resolved",
            Self::Deleted => "deleted",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// The message as it was received: never changed.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// The content type it came with.
    pub content_type: String,
    /// The body, character for character.
    pub body: String,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Received({}, …)", self.content_type)
    }
}

#[derive(Clone, PartialEq, Eq)]
pub struct RequestInError {
    pub id: RequestInErrorId,
    pub state: State,
    /// 1 when it is opened, one more with each change.
    pub version: u64,
    pub received_at: Timestamp,
    pub received: Received,
    /// The message as corrected so far.
    pub message: Message,
    /// The edits that failed at the last evaluation that was recorded.
    pub failed: Vec<FailedEdit>,
    /// What happened to it, the oldest first; only ever appended to.
    pub history: Vec<Entry>,
    /// Who last wrote it; none for one that was written before this was kept.
    pub by: Option<By>,
}

impl RequestInError {
    /// A message that just failed, with what it was decided to be.
    pub fn open(
        received: Received,
        message: Message,
        (action, failed): (Action, Vec<FailedEdit>),
        stamp: &Stamp,
    ) -> Self {
        let entry = Entry {
            outcome: Some(EntryOutcome::Failure(action)),
            failed: failed.clone(),
            ..Entry::new(What::Received, stamp)
        };
        Self {
            id: RequestInErrorId::of(&stamp.cause.id),
            state: State::Open,
            version: 1,
            received_at: stamp.at,
            received,
            message,
            failed,
            history: vec![entry],
            by: Some(stamp.by.clone()),
        }
    }

    /// The request after one more thing happened to it.
    ///
    /// # Errors
    /// `history-full` where the history is so long that only resolving or deleting ends it.
    pub fn after(&self, entry: Entry, by: &By) -> Result<Self, Invalid> {
        let closes = matches!(entry.what, What::Resolved | What::Deleted);
        let added = entry.correction.size() + entry.text.as_ref().map_or(0, String::len);
        if (self.history.len() >= MAX_HISTORY || self.size() + added > MAX_SIZE) && !closes {
            return Err(Invalid::new(
                "history-full",
                "the request was changed and tried too often; resolve or delete it",
            ));
        }
        let mut next = self.clone();
        next.version += 1;
        next.by = Some(by.clone());
        next.message = entry.correction.apply(&next.message);
        next.state = match entry.what {
            What::Resolved => State::Resolved,
            What::Deleted => State::Deleted,
            What::Received | What::Corrected | What::Tried | What::Reopened => State::Open,
            What::Assigned | What::Noted => self.state,
        };
        if !matches!(entry.what, What::Deleted | What::Assigned | What::Noted) {
            next.failed.clone_from(&entry.failed);
        }
        next.history.push(entry);
        Ok(next)
    }

    /// Whether the last attempt says all that this one would: it came to the same, by the same edits, and nothing is corrected.
    pub fn tells(&self, entry: &Entry) -> bool {
        let last = self.history.iter().rev().find(|entry| entry.outcome.is_some());
        last.is_some_and(|last| last.outcome == entry.outcome && last.failed == entry.failed)
            && self.failed == entry.failed
            && entry.correction.apply(&self.message) == self.message
    }

    /// About how large its item is, in bytes; rather too much than too little.
    fn size(&self) -> usize {
        let attributes = self
            .message
            .attributes
            .iter()
            .map(|(attribute, value)| attribute.name().len() + value.len() + 3);
        let unknown = self.message.unknown.iter().map(|name| name.len() + 3);
        let entries = self.history.iter().map(|entry| {
            let text = entry.text.as_ref().map_or(0, String::len);
            200 + 50 * entry.failed.len() + 2 * entry.correction.size() + text
        });
        2_000 + self.received.body.len() + attributes.chain(unknown).chain(entries).sum::<usize>()
    }

    /// The request without the person: the customer number in the message stays, and what happened when. An open one is closed, for there is nothing left to fix.
    pub fn erased(&self, stamp: &Stamp) -> Self {
        let numbers = [Attribute::COMPANY, Attribute::CUSTOMER_NUMBER];
        let message = Message {
            message_type: self.message.message_type.clone(),
            attributes: self
                .message
                .attributes
                .iter()
                .filter(|(attribute, _)| numbers.contains(attribute))
                .collect(),
            ..Message::default()
        };
        let history = self.history.iter().map(Entry::erased);
        let closing = (self.state == State::Open).then(|| Entry::new(What::Deleted, stamp));
        Self {
            state: if self.state == State::Open { State::Deleted } else { self.state },
            version: self.version + 1,
            received: Received { body: String::new(), ..self.received.clone() },
            message,
            history: history.chain(closing).collect(),
            by: Some(stamp.by.clone()),
            ..self.clone()
        }
    }

    /// When it is forgotten; open ones never are.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.state {
            State::Open => None,
            State::Resolved | State::Deleted => {
                self.history.last().map(|last| Retention::ClosedRequest.end(last.at))
            }
        }
    }

    /// Whether the person was taken out of it: of what was received, nothing is left.
    pub fn is_erased(&self) -> bool {
        self.received.body.is_empty()
    }

    /// Who has it, as the last assignment says.
    pub fn assigned_to(&self) -> Option<&str> {
        let last = self.history.iter().rev().find(|entry| entry.what == What::Assigned);
        last.and_then(|entry| entry.text.as_deref())
    }

    /// How it was closed, of one that is closed.
    pub fn closing(&self) -> Option<&Entry> {
        let closes = |entry: &&Entry| matches!(entry.what, What::Resolved | What::Deleted);
        let last = self.history.iter().rev().find(closes);
        last.filter(|_| self.state != State::Open)
    }

    /// The number of the customer that came of it.
    pub fn customer_number(&self) -> Option<CustomerNumber> {
        self.history.iter().rev().find_map(|entry| match entry.outcome {
            Some(
                EntryOutcome::Created(number)
                | EntryOutcome::Updated(number)
                | EntryOutcome::Unchanged(number),
            ) => Some(number),
            Some(EntryOutcome::Failure(_) | EntryOutcome::Duplicate) | None => None,
        })
    }

    /// Who it is about: the name in the message.
    pub fn name(&self) -> String {
        customer::display_name(&self.message.attributes)
    }

    /// An attribute of the message as corrected so far.
    pub fn attribute(&self, attribute: Attribute) -> Option<&str> {
        self.message.attributes.get(attribute)
    }
}

impl fmt::Debug for RequestInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInError")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("version", &self.version)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}
