//! A request under way: one try of it, with all that an operation must know of who asks. Every operation that writes takes it first.
//!
//! The idempotency key is bound to its request beside the first read; what an earlier try did is found where it did it.

use std::fmt;
use std::sync::OnceLock;

use data_encoding::BASE32_NOPAD;
use domain::by::{By, Stamp};
use domain::controls::Controls;
use domain::customer::Identifier;
use domain::effect::{Cause, EffectId};
use domain::secret::{Seal, Secret};
use store::item::Item;
use store::rehearsal::Rehearsal;
use store::table::{Table, TableError};
use store::writes::{Refusal, Written};
use store::{items, keys};
use tokio::join;

use super::rounds::Rounds;
use super::{Inputs, Master, Stopped};

pub struct Attempt<'m, T> {
    pub(crate) master: &'m Master<T>,
    by: By,
    cause: Cause,
    /// What tells this request from another under the same key; none without a key.
    print: Option<Print>,
    /// Whether nothing shall be written.
    pub dry_run: bool,
    binding: OnceLock<Binding>,
    inputs: OnceLock<Inputs>,
    unchanged: OnceLock<Identifier>,
    rounds: Rounds,
}

/// What is kept of a request under its key, and what nobody can make who does not have the request.
#[derive(Debug)]
struct Print {
    fingerprint: String,
    digest: String,
    seal: Seal,
}

impl Print {
    fn of(secret: &Secret, digest: &str, effect: &EffectId) -> Self {
        let parts = [digest.as_bytes(), effect.as_str().as_bytes()];
        Self {
            fingerprint: BASE32_NOPAD
                .encode(&secret.code("fingerprint", &[digest.as_bytes()])[..20]),
            digest: digest.to_owned(),
            seal: Seal::of(secret, &parts),
        }
    }
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
    /// One try. `key` is the idempotency key, where there is one, with a digest that is the same for the same request and differs for another.
    /// A dry run uses up no key.
    pub fn new(master: &'m Master<T>, by: By, key: Option<(&str, String)>, dry_run: bool) -> Self {
        let table = master.table();
        let secret = &master.controls().secret;
        let (cause, print) = match key.filter(|_| !dry_run) {
            Some((key, digest)) => {
                let id = EffectId::of_key(secret, &by.caller, &by.operation, key);
                let print = Print::of(secret, &digest, &id);
                (Cause { id, keyed: true }, Some(print))
            }
            None => (Cause { id: EffectId::random(table.chance()), keyed: false }, None),
        };
        Self::begin(master, by, (cause, print), dry_run)
    }

    /// A try that has done nothing yet.
    fn begin(
        master: &'m Master<T>,
        by: By,
        (cause, print): (Cause, Option<Print>),
        dry_run: bool,
    ) -> Self {
        Self {
            master,
            by,
            cause,
            print,
            dry_run,
            binding: OnceLock::new(),
            inputs: OnceLock::new(),
            unchanged: OnceLock::new(),
            rounds: Rounds::begin(master.table()),
        }
    }

    /// A look at what would happen, for nobody: nothing is written.
    pub(crate) fn look(master: &'m Master<T>, operation: &str) -> Self {
        Self::new(master, By::new("", operation, ""), None, true)
    }

    /// The part of this request that acts on one of several things, with time of its own.
    #[must_use]
    pub fn on(&self, thing: &str) -> Self {
        let id = self.cause.id.on(thing);
        let secret = &self.controls().secret;
        let print = self.print.as_ref().map(|print| Print::of(secret, &print.digest, &id));
        let cause = Cause { id, keyed: self.cause.keyed };
        Self::begin(self.master, self.by.clone(), (cause, print), self.dry_run)
    }

    /// The part of this request, a batch, that one of its rows is: with a key of its own, derived from the batch's, that is bound to what `digest` is of.
    #[must_use]
    pub(crate) fn of_row(&self, index: usize, digest: &str) -> Self {
        let id = self.cause.id.on(&format!("row {index}"));
        let secret = &self.controls().secret;
        let print = self.print.as_ref().map(|_| Print::of(secret, digest, &id));
        let cause = Cause { id, keyed: self.cause.keyed };
        Self::begin(self.master, self.by.clone(), (cause, print), self.dry_run)
    }

    /// The master for a rehearsal of this request: over the table as it stands, of which nothing is written.
    pub(crate) fn stage(&self) -> Master<Rehearsal<T>> {
        self.master.rehearsal()
    }

    /// This request as it is rehearsed there: without a key, since nothing of it stays.
    pub(crate) fn rehearsed<'s>(
        &self,
        stage: &'s Master<Rehearsal<T>>,
    ) -> Attempt<'s, Rehearsal<T>> {
        Attempt::new(stage, self.by.clone(), None, false)
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
        let (admitted, bound) = join!(self.master.check_rules(), async {
            match self.binding.get() {
                Some(_) => Ok(()),
                None => self.bound(None).await,
            }
        });
        bound?;
        admitted
    }

    /// Binds the request's key to it, with what this try would decide on, and tells what it is decided on: the same in each try.
    ///
    /// # Errors
    /// `KeyReused` where the key is bound to another request.
    pub(crate) async fn bind_inputs(&self, own: &Inputs) -> Result<&Inputs, Stopped> {
        let (admitted, bound) = join!(self.master.check_rules(), self.bound_inputs(own));
        let inputs = bound?;
        admitted.map(|()| inputs)
    }

    async fn bound_inputs(&self, own: &Inputs) -> Result<&Inputs, Stopped> {
        let Some(print) = &self.print else {
            return Ok(self.inputs.get_or_init(|| own.clone()));
        };
        if self.binding.get().is_none() {
            self.bound(Some(own)).await?;
        }
        if self.inputs.get().is_none() {
            let sealed = own.sealed(&print.seal, self.table());
            let write = items::bind_inputs(&print.fingerprint, &sealed, &self.stamp());
            match self.table().write(&write).await? {
                Written::Done(_) => {}
                Written::Refused(Refusal::Condition(Some(stood))) => self.recall(print, stood)?,
                Written::Refused(Refusal::Condition(None) | Refusal::Contended) => {
                    return Err(Stopped::Busy);
                }
            }
        }
        Ok(self.inputs.get_or_init(|| own.clone()))
    }

    async fn bound(&self, inputs: Option<&Inputs>) -> Result<(), Stopped> {
        let Some(print) = &self.print else {
            self.binding.get_or_init(|| Binding::First);
            return Ok(());
        };
        let sealed = inputs.map(|inputs| inputs.sealed(&print.seal, self.table()));
        let write = items::bind_key(&print.fingerprint, sealed.as_ref(), &self.stamp());
        let binding = match self.table().write(&write).await? {
            Written::Done(_) => {
                inputs.map(|inputs| self.inputs.get_or_init(|| inputs.clone()));
                Binding::First
            }
            Written::Refused(Refusal::Condition(Some(stood))) => {
                self.recall(print, stood)?;
                Binding::Replay
            }
            Written::Refused(Refusal::Condition(None)) => {
                return Err(
                    TableError::Defect("a key was refused and nothing stood there".into()).into()
                );
            }
            Written::Refused(Refusal::Contended) => return Err(Stopped::Busy),
        };
        self.binding.get_or_init(|| binding);
        Ok(())
    }

    /// Takes over what an earlier try left on the key.
    fn recall(&self, print: &Print, stood: Item) -> Result<(), Stopped> {
        let bound = items::bound_key(stood)?;
        if bound.fingerprint != print.fingerprint {
            return Err(Stopped::KeyReused);
        }
        if let Some(inputs) = bound.inputs {
            let inputs = Inputs::opened(inputs, &print.seal)?;
            self.inputs.get_or_init(|| inputs);
        }
        if let Some(unchanged) = bound.unchanged {
            self.unchanged.get_or_init(|| unchanged);
        }
        Ok(())
    }

    /// The customer that an earlier try of this request found to be as it wants it, where it did. Known once the key is bound.
    pub(crate) fn found_unchanged(&self) -> Option<&Identifier> {
        self.unchanged.get()
    }

    /// Looks on the key once more for the customer that another try found to be as the request wants it: it may have done so since this one was bound. To be asked
    /// after the customer was read that is to be written, so that no change in between is taken back.
    pub(crate) async fn look_for_unchanged(&self) -> Result<(), Stopped> {
        if let Some(print) = self.print.as_ref().filter(|_| self.unchanged.get().is_none())
            && let Some(bound) = self.table().get(&keys::idempotency_key(self.effect())).await?
        {
            self.recall(print, bound)?;
        }
        Ok(())
    }

    /// Writes to the key, where there is one, that the request found this customer to be as it wants it: a change in between shall not make its next try another change.
    pub(crate) async fn remember_unchanged(&self, customer: &Identifier) -> Result<(), Stopped> {
        if let Some(print) = &self.print {
            let write = items::remember_unchanged(&print.fingerprint, customer, &self.stamp());
            match self.table().write(&write).await? {
                Written::Done(_) => {}
                // Another try wrote it.
                Written::Refused(Refusal::Condition(_)) => {}
                Written::Refused(Refusal::Contended) => return Err(Stopped::Busy),
            }
        }
        Ok(())
    }

    /// Refuses to do again what an earlier try may have done, where so much happened since that its trace may be gone.
    ///
    /// # Errors
    /// `AlreadyProcessed`.
    pub(crate) fn refuse_if_forgotten(&self, is_full: bool) -> Result<(), Stopped> {
        if self.is_replay() && is_full { Err(Stopped::AlreadyProcessed) } else { Ok(()) }
    }

    /// Whether an earlier try of this request may have had its effect. Known once the key is bound.
    pub(crate) fn is_replay(&self) -> bool {
        self.binding.get() == Some(&Binding::Replay)
    }

    /// Whether nothing was decided again yet.
    pub(crate) fn is_first_round(&self) -> bool {
        self.rounds.is_first()
    }

    /// Begins the next round at once: what refused this one told what is so.
    ///
    /// # Errors
    /// `Busy` when the request's time is used up.
    pub(crate) fn again_at_once(&self) -> Result<(), Stopped> {
        self.rounds.next_at_once(self.table())
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
