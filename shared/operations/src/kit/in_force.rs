//! Which rules are in force on the table, as far as this process knows: from its warming read on, and read again beside a request's first read when that is over a minute old.
//! A process that may not write says so at its start in a sentence, and afterwards to each request that would decide by its rules.

use std::sync::{Mutex, PoisonError};

use domain::controls::Controls;
use domain::matching::epoch::{Epoch, KNOWN_SECONDS, NotInForce};
use domain::time::Timestamp;
use store::item::Item;
use store::items::{self, InForce};
use store::numbers::Counter;
use store::table::{Table, TableError};
use store::writes::{Refusal, Write, Written};
use store::{keys, numbers};

use super::Stopped;

/// How often it is read anew who else wrote it meanwhile.
const MAX_ROUNDS: u32 = 5;

/// What a process knows of the rules in force.
#[derive(Debug)]
pub(crate) enum Known {
    /// It asks nobody: whoever made the master answers for it.
    ForGranted,
    /// Since when it is known that it may write; none where it is not known, or it may not.
    Since(Mutex<Option<Timestamp>>, Say),
}

/// Whether a process says which rules are in force, where nothing says so yet and where it gives some up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Say {
    Has,
    /// It creates nobody, and leaves that to those who do.
    None,
}

/// Why a process does not begin, or does not write.
#[derive(Debug)]
pub(crate) enum Unfit {
    OtherSecret,
    Rules(NotInForce),
    Table(TableError),
}

impl Unfit {
    /// The sentence for whoever deploys; none where the table did not answer, which the first request will tell.
    pub(crate) fn sentence(&self) -> Option<String> {
        match self {
            Self::OtherSecret => Some(
                "KEY_SECRET is not the secret that the keys of this table are made with: nobody would be found under it. It never changes."
                    .to_owned(),
            ),
            Self::Rules(rules) => Some(rules.to_string()),
            Self::Table(_) => None,
        }
    }
}

impl From<TableError> for Unfit {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl From<Unfit> for Stopped {
    fn from(unfit: Unfit) -> Self {
        match unfit.sentence() {
            Some(sentence) => Self::Unavailable(sentence.into()),
            None => match unfit {
                Unfit::Table(error) => error.into(),
                Unfit::OtherSecret | Unfit::Rules(_) => Self::Busy,
            },
        }
    }
}

impl Known {
    /// A process that knows nothing yet.
    pub(crate) fn nothing(say: Say) -> Self {
        Self::Since(Mutex::default(), say)
    }

    /// Sees to it that a request may decide by the rules of this process. Meant to run beside its first read.
    ///
    /// # Errors
    /// `Unavailable` where it may not, or where nobody can tell.
    pub(crate) async fn check(
        &self,
        table: &impl Table,
        controls: &Controls,
    ) -> Result<(), Stopped> {
        let Self::Since(since, say) = self else {
            return Ok(());
        };
        let known = *since.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some_and(|since| table.now() < since.plus_seconds(KNOWN_SECONDS)) {
            return Ok(());
        }
        // As of before it is read, and forgotten where it says no.
        let now = table.now();
        self.know(None);
        let counter = table.get(&keys::customer_counter()).await?;
        Box::pin(settle(table, controls, counter, *say)).await?;
        self.know(Some(now));
        Ok(())
    }

    /// Keeps since when it is known that this process may write.
    pub(crate) fn know(&self, when: Option<Timestamp>) {
        if let Self::Since(since, _) = self {
            *since.lock().unwrap_or_else(PoisonError::into_inner) = when;
        }
    }
}

/// Whether a process with these controls may write, by the counter as it was read. A counter that was lost is put back from its copy, with the rules in force and the
/// secret's fingerprint; where nothing is said yet, it is from now on; rules that are no longer kept are given up.
pub(crate) async fn settle(
    table: &impl Table,
    controls: &Controls,
    mut counter: Option<Item>,
    say: Say,
) -> Result<(), Unfit> {
    let mut counts = true;
    if say == Say::Has && !Counter::read(counter.clone())?.has_begun() {
        counts = Box::pin(numbers::begin(table)).await?;
        counter = table.get(&keys::customer_counter()).await?;
    }
    for _ in 0..MAX_ROUNDS {
        let InForce { epoch, has_customers, .. } = of_this_secret(table, controls, counter).await?;
        let (next, over) = match epoch {
            None => (Epoch::begin(&controls.rules, has_customers || !counts, table.now()), None),
            Some((epoch, version)) => {
                epoch.admit(&controls.rules).map_err(Unfit::Rules)?;
                match epoch.started(&controls.rules) {
                    None => return Ok(()),
                    Some(started) => (started, Some(version)),
                }
            }
        };
        if say == Say::None {
            return Ok(());
        }
        let writes = items::put_in_force(&next, &controls.secret, over);
        match Box::pin(say_so(table, writes)).await? {
            Written::Done(_) => return Ok(()),
            Written::Refused(Refusal::Condition(stood)) => counter = stood,
            Written::Refused(Refusal::Contended) => {
                counter = table.get(&keys::customer_counter()).await?;
            }
        }
    }
    Err(TableError::Unavailable("which rules are in force kept changing".into()).into())
}

/// Says on the counter which rules are in force, and then on its copy. What the copy lacks where that ends in between, an audit adds.
pub(crate) async fn say_so(
    table: &impl Table,
    [on_counter, on_copy]: [Write; 2],
) -> Result<Written, TableError> {
    let said = table.write(&on_counter).await?;
    if let Written::Done(_) = said {
        table.write(&on_copy).await?;
    }
    Ok(said)
}

/// What the counter says, or where it is lost its copy, where the keys are made with this secret.
pub(crate) async fn of_this_secret(
    table: &impl Table,
    controls: &Controls,
    counter: Option<Item>,
) -> Result<InForce, Unfit> {
    let mut in_force = InForce::read(counter)?;
    if in_force.epoch.is_none() {
        let copy = InForce::read(table.get(&keys::customer_counter_copy()).await?)?;
        if copy.epoch.is_some() {
            in_force = copy;
        }
    }
    if in_force.is_of(&controls.secret) { Ok(in_force) } else { Err(Unfit::OtherSecret) }
}
