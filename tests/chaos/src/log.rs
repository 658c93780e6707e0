//! What the clients asked and were told: the log that the judge holds against the table.
//!
//! Nothing is judged here.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::effect::EffectId;
use serde_json::Value;

/// One answer that reached a client.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status; 502 where the function died.
    pub status: u16,
    /// The body; null without one.
    pub body: Value,
    /// Whether it said `Idempotency-Replayed`.
    pub replayed: bool,
    /// The last part of `Location`: a customer number, or the id of a request in error.
    pub location: Option<String>,
    /// The version that `ETag` names.
    pub version: Option<u64>,
}

impl Answer {
    /// Whether the client knows now what came of its request.
    #[must_use]
    pub fn decides(&self) -> bool {
        self.status < 500
    }

    /// What two answers to one key must agree in, where the request had an effect; none where it had none and is decided anew.
    #[must_use]
    pub fn effect(&self) -> Option<(u16, Vec<String>)> {
        let told = |path: &str| self.body.pointer(path).and_then(Value::as_str).map(str::to_owned);
        // A failure has its effect in the queue: a request in error, or one more attempt in its history.
        let failed = self.status == 422 && told("/request_in_error").is_some();
        if !(self.status == 200 || self.status == 201 || failed) {
            return None;
        }
        let names = [
            self.location.clone(),
            told("/customerOrganizationIdentifier"),
            told("/dcn"),
            told("/customerOrganization"),
            told("/CustSoldTo/cst_cust_nbr"),
            told("/CustSoldTo/cst_action_type"),
            told("/CustSoldTo/cst_action_result"),
            told("/request_in_error"),
        ];
        Some((self.status, names.into_iter().flatten().collect()))
    }
}

/// What a client wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Associate this DCN with a customer that is searched, or with this one.
    Associate {
        /// The DCN.
        dcn: String,
        /// The identifier of the customer that is meant.
        given: Option<String>,
    },
    /// Release this DCN.
    Release {
        /// The DCN.
        dcn: String,
    },
    /// Add a customer with this duplicate check.
    Add {
        /// `Y`, `S`, `A` or `N`.
        check: char,
        /// Which person or business; the same text means the same customer to a duplicate check.
        identity: String,
        /// Whether nothing else than checked Adds and associations ever touches this identity.
        quiet: bool,
    },
    /// Add a customer with a message that fails its edits.
    AddInVain,
    /// Change a customer.
    Change,
    /// Correct a request in error.
    Correct,
    /// Reprocess a request in error.
    Reprocess {
        /// Its id.
        id: String,
    },
    /// Delete a request in error.
    Delete {
        /// Its id.
        id: String,
    },
    /// Reprocess several requests in error.
    Bulk,
    /// Send another request under a key that is used.
    Reuse,
}

impl Intent {
    /// The operation under which its key is kept, where it takes one.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Associate { .. } => Some("associate"),
            Self::Add { .. } | Self::AddInVain | Self::Change => Some("add"),
            Self::Reprocess { .. } => Some("reprocess"),
            Self::Bulk => Some("reprocess-many"),
            Self::Release { .. } | Self::Correct | Self::Delete { .. } | Self::Reuse => None,
        }
    }
}

/// One request of a client, with all answers up to the one that decided.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Who.
    pub client: String,
    /// What for.
    pub intent: Intent,
    /// Its key.
    pub key: Option<String>,
    /// Method and path.
    pub line: String,
    /// The body that was sent.
    pub sent: Value,
    /// When it began, in ticks of the log.
    pub began: u64,
    /// When the last answer came, in ticks of the log.
    pub ended: u64,
    /// All answers in order; those before the last decided nothing.
    pub answers: Vec<Answer>,
}

impl Entry {
    /// The answer that decided; none where the client gave up.
    #[must_use]
    pub fn decided(&self) -> Option<&Answer> {
        self.answers.last().filter(|answer| answer.decides())
    }

    /// The effect that its key names.
    #[must_use]
    pub fn effect_id(&self) -> Option<EffectId> {
        let operation = self.intent.operation()?;
        Some(EffectId::of_key(
            &local::controls::default().secret,
            &self.client,
            operation,
            self.key.as_ref()?,
        ))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "[{}..{}] {} {} key {} {}",
            self.began,
            self.ended,
            self.client,
            self.line,
            self.key.as_deref().unwrap_or("-"),
            self.sent
        )?;
        for answer in &self.answers {
            write!(
                f,
                "\n      {}{} {} {}",
                answer.status,
                if answer.replayed { " replayed" } else { "" },
                answer.location.as_deref().unwrap_or("-"),
                answer.body
            )?;
        }
        Ok(())
    }
}

/// A copy of a call that was under way to the database for longer than its caller waited.
#[derive(Debug, Clone)]
pub struct LateCopy {
    /// When it had arrived, in ticks of the log.
    pub arrived: u64,
    /// What it said.
    pub body: String,
}

/// The log of all clients, and of what was late on its way to the database.
#[derive(Debug, Default)]
pub struct Log {
    ticks: AtomicU64,
    entries: Mutex<Vec<Entry>>,
    late: Mutex<Vec<LateCopy>>,
}

impl Log {
    /// The next tick: what ended at an earlier one than another thing began at was over before it.
    pub fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    /// Adds an entry.
    pub fn add(&self, entry: Entry) {
        self.entries().push(entry);
    }

    /// Adds a call that arrived just now, and late.
    pub fn add_late(&self, body: &[u8]) {
        let copy =
            LateCopy { arrived: self.tick(), body: String::from_utf8_lossy(body).into_owned() };
        self.late_copies().push(copy);
    }

    /// All calls so far that arrived late.
    pub fn late_copies(&self) -> MutexGuard<'_, Vec<LateCopy>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries so far.
    pub fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
