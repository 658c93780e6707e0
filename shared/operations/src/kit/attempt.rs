//! Who asks, and whether they asked before. A key is bound to its request beside the first read; what the request did is found where it did it.

use std::fmt;

use domain::effect::{Cause, EffectId};
use domain::outcome::Stopped;
use store::items;
use store::table::{Table, TableError};
use store::writes::{Refusal, Written};

/// One try of a request.
#[derive(Clone)]
pub struct Asked {
    /// The caller's name, for histories.
    pub who: String,
    /// What names the request's effect.
    pub cause: Cause,
    /// What tells this request from another under the same key; empty without a key.
    fingerprint: String,
    /// Whether nothing shall be written.
    pub dry_run: bool,
}

/// The caller's name may be a person's.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("cause", &self.cause)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

impl Asked {
    /// One try of a request of this caller. `key` is the idempotency key, where there is one, with a fingerprint that is the same for the same
    /// request and differs for another. A dry run uses up no key.
    pub fn new(
        table: &impl Table,
        who: &str,
        operation: &str,
        key: Option<(&str, String)>,
        dry_run: bool,
    ) -> Self {
        let (cause, fingerprint) = match key.filter(|_| !dry_run) {
            Some((key, fingerprint)) => {
                (Cause { id: EffectId::of_key(who, operation, key), keyed: true }, fingerprint)
            }
            None => (Cause { id: EffectId::random(table.chance()), keyed: false }, String::new()),
        };
        Self { who: who.to_owned(), cause, fingerprint, dry_run }
    }

    /// The part of this request that acts on one of several things.
    #[must_use]
    pub fn on(&self, thing: &str) -> Self {
        Self {
            cause: Cause { id: self.cause.id.on(thing), keyed: self.cause.keyed },
            ..self.clone()
        }
    }
}

/// Whether the key was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// The request has no key, or its key is new.
    First,
    /// The key is bound to this very request: an earlier try may have had its effect.
    Again,
}

/// Binds the request's key to it.
///
/// # Errors
/// `KeyReused` where the key is bound to another request.
pub async fn bind(table: &impl Table, asked: &Asked) -> Result<Try, Stopped> {
    if !asked.cause.keyed {
        return Ok(Try::First);
    }
    match table
        .write(&items::idempotency_key(&asked.cause.id, &asked.fingerprint, table.now()))
        .await?
    {
        Written::Done(_) => Ok(Try::First),
        Written::Refused(Refusal::Condition(Some(bound)))
            if items::same_request(bound.clone(), &asked.fingerprint)? =>
        {
            Ok(Try::Again)
        }
        Written::Refused(Refusal::Condition(Some(_))) => Err(Stopped::KeyReused),
        Written::Refused(Refusal::Condition(None)) => {
            Err(TableError::Defect("a key was refused and nothing stood there".into()).into())
        }
        Written::Refused(Refusal::Contended) => Err(Stopped::Busy),
    }
}
