//! A request under way: one try of it, with all that an operation must know of who asks. Every operation that writes takes it first.
//!
//! The idempotency key is bound to its request beside the first read; what an earlier try did is found where it did it.

use std::fmt;
use std::sync::OnceLock;

use domain::by::{By, Stamp};
use domain::controls::Controls;
use domain::effect::{Cause, EffectId};
use store::items;
use store::table::{Table, TableError};
use store::writes::{Refusal, Written};

use super::rounds::Rounds;
use super::{Master, Stopped};

pub struct Attempt<'m, T> {
    pub(crate) master: &'m Master<T>,
    by: By,
    cause: Cause,
    /// What tells this request from another under the same key; empty without a key.
    fingerprint: String,
    /// Whether nothing shall be written.
    pub dry_run: bool,
    binding: OnceLock<Binding>,
    rounds: Rounds,
}

/// Whether the request was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binding {
    /// It has no key, or its key is new.
    First,
    /// Its key is bound to this very request: an earlier try may have had its effect.
    Replay,
}

impl<'m, T: Table> Attempt<'m, T> {
    /// One try. `key` is the idempotency key, where there is one, with a fingerprint that is the same for the same request and differs for another.
    /// A dry run uses up no key.
    pub fn new(master: &'m Master<T>, by: By, key: Option<(&str, String)>, dry_run: bool) -> Self {
        let table = master.table();
        let (cause, fingerprint) = match key.filter(|_| !dry_run) {
            Some((key, fingerprint)) => {
                let id = EffectId::of_key(&by.caller, &by.operation, key);
                (Cause { id, keyed: true }, fingerprint)
            }
            None => (Cause { id: EffectId::random(table.chance()), keyed: false }, String::new()),
        };
        let rounds = Rounds::begin(table);
        Self { master, by, cause, fingerprint, dry_run, binding: OnceLock::new(), rounds }
    }

    /// A look at what would happen, for nobody: nothing is written.
    pub(crate) fn look(master: &'m Master<T>, operation: &str) -> Self {
        Self::new(master, By::new("", operation, ""), None, true)
    }

    /// The part of this request that acts on one of several things, with time of its own.
    #[must_use]
    pub fn on(&self, thing: &str) -> Self {
        Self {
            master: self.master,
            by: self.by.clone(),
            cause: Cause { id: self.cause.id.on(thing), keyed: self.cause.keyed },
            fingerprint: self.fingerprint.clone(),
            dry_run: self.dry_run,
            binding: self.binding.clone(),
            rounds: Rounds::begin(self.table()),
        }
    }

    /// The name of what this request does: the same for each try under one key.
    pub fn effect(&self) -> &EffectId {
        &self.cause.id
    }

    /// Who asks.
    pub(crate) fn by(&self) -> &By {
        &self.by
    }

    /// What a write of this request leaves, at this time.
    pub(crate) fn stamp(&self) -> Stamp {
        Stamp { by: self.by.clone(), cause: self.cause.clone(), at: self.table().now() }
    }

    pub(crate) fn table(&self) -> &'m T {
        self.master.table()
    }

    pub(crate) fn controls(&self) -> &'m Controls {
        self.master.controls()
    }

    /// Binds the request's key to it, once.
    ///
    /// # Errors
    /// `KeyReused` where the key is bound to another request.
    pub(crate) async fn bind(&self) -> Result<(), Stopped> {
        if self.binding.get().is_none() {
            let binding = self.bound().await?;
            self.binding.get_or_init(|| binding);
        }
        Ok(())
    }

    async fn bound(&self) -> Result<Binding, Stopped> {
        if !self.cause.keyed {
            return Ok(Binding::First);
        }
        let write = items::idempotency_key(&self.fingerprint, &self.stamp());
        match self.table().write(&write).await? {
            Written::Done(_) => Ok(Binding::First),
            Written::Refused(Refusal::Condition(Some(bound)))
                if items::same_request(bound.clone(), &self.fingerprint)? =>
            {
                Ok(Binding::Replay)
            }
            Written::Refused(Refusal::Condition(Some(_))) => Err(Stopped::KeyReused),
            Written::Refused(Refusal::Condition(None)) => {
                Err(TableError::Defect("a key was refused and nothing stood there".into()).into())
            }
            Written::Refused(Refusal::Contended) => Err(Stopped::Busy),
        }
    }

    /// Whether an earlier try of this request may have had its effect. Known once the key is bound.
    pub(crate) fn is_replay(&self) -> bool {
        self.binding.get() == Some(&Binding::Replay)
    }

    /// Whether nothing was decided again yet.
    pub(crate) fn is_first_round(&self) -> bool {
        self.rounds.is_first()
    }

    /// Begins the next round: what this one decided on is no longer so.
    ///
    /// # Errors
    /// `Busy` when the request's time is used up.
    pub(crate) async fn again(&self) -> Result<(), Stopped> {
        self.rounds.next(self.table()).await
    }

    /// Has a number ready for a customer that may be created; a dry run needs none.
    pub(crate) async fn have_number(&self) -> Result<(), TableError> {
        if self.dry_run { Ok(()) } else { self.master.numbers.have_one(self.table()).await }
    }
}

/// The caller's name may be a person's, so it is not shown.
impl<T> fmt::Debug for Attempt<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("by", &self.by)
            .field("cause", &self.cause)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}
