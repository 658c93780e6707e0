//! Process a message: read what it is about, decide whether it adds, changes, is a duplicate or fails, and write that.
//!
//! A new message and one that a steward reprocesses go the same way; only what is kept of a failure differs ([`Purpose`]).

use domain::customer::Customer;
use domain::effect::Did;
use domain::message::Message;
use domain::outcome::{Action, MessageOutcome, Processed, Stopped, Stored};
use domain::request::{Attempt, Correction, Received, RequestInError};
use store::table::Table;
use store::writes::{Refusal, Transacted, Write};
use store::{block, items};
use tokio::join;

use super::decide;
use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::{self as idempotency, Asked, Try};
use crate::kit::commit;
use crate::kit::customer_writes as change;
use crate::messages::decide::{Case, Decided, Decision};
use crate::messages::target::Holders;

/// What a message is processed for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// It just came; a failure opens a request in error.
    Received(&'a Received),
    /// A steward tries it again; the request in error is resolved together with the customer that comes of it, or remembers the attempt.
    Reprocess(&'a RequestInError, &'a Correction),
}

/// What processing came to.
#[derive(Debug)]
pub enum Processing {
    /// An outcome.
    Done(Box<Processed>),
    /// The request in error was changed meanwhile: nothing was done.
    Overtaken,
    /// The request in error was tried so often that it cannot remember one more attempt: nothing was done.
    HistoryFull,
}

/// What became of a decision.
pub(crate) enum Settled {
    /// It holds. `earlier`: an earlier try of the request did it.
    As { outcome: MessageOutcome, earlier: bool },
    /// What it rests on has changed: read and decide again.
    Again,
    /// The request in error was changed meanwhile.
    Overtaken,
    /// The request in error cannot remember one more attempt.
    HistoryFull,
}

/// One message on its way.
pub(crate) struct Task<'a, T> {
    pub(crate) master: &'a Master<T>,
    pub(crate) asked: &'a Asked,
    pub(crate) purpose: Purpose<'a>,
    /// The message as it came, which is what is kept of a failure.
    pub(crate) message: &'a Message,
}

/// Processes a message.
pub async fn process<T: Table>(
    master: &Master<T>,
    message: &Message,
    purpose: Purpose<'_>,
    asked: &Asked,
) -> Result<Processing, Stopped> {
    run(&Task { master, asked, purpose, message }, None).await
}

/// Processes a message for a request whose key is bound already.
pub(crate) async fn process_bound<T: Table>(
    master: &Master<T>,
    message: &Message,
    purpose: Purpose<'_>,
    asked: &Asked,
    tried: Try,
) -> Result<Processing, Stopped> {
    run(&Task { master, asked, purpose, message }, Some(tried)).await
}

async fn run<T: Table>(task: &Task<'_, T>, mut bound: Option<Try>) -> Result<Processing, Stopped> {
    let mut rounds = Rounds::begin(&task.master.table);
    let case = Case { master: task.master, asked: task.asked, message: task.message };
    let mut standardized = None;
    // Whether an earlier round may have written without hearing of it: the database client repeats a call whose answer was lost.
    let mut has_written = false;
    loop {
        let (tried, decided) = join!(task.bind(bound), decide::decide(&case, &mut standardized));
        let (tried, decided) = (tried?, decided?);
        let earlier = if tried == Try::Again || has_written {
            task.earlier(bound, &decided.holders).await?
        } else {
            None
        };
        bound = Some(tried);
        let Decided { action, decision, holders } = decided;
        let settled = match earlier {
            Some(outcome) => Settled::As { outcome, earlier: true },
            None if task.asked.dry_run => foresee(decision),
            None => task.settle(decision, &holders).await?,
        };
        match settled {
            Settled::As { outcome, earlier } => {
                return Ok(Processing::Done(Box::new(Processed {
                    action: told_as(&outcome, action),
                    message: standardized.unwrap_or_else(|| task.message.clone()),
                    outcome,
                    replayed: earlier && tried == Try::Again,
                })));
            }
            Settled::Overtaken => return Ok(Processing::Overtaken),
            Settled::HistoryFull => return Ok(Processing::HistoryFull),
            Settled::Again => {
                has_written = true;
                rounds.again().await?;
            }
        }
    }
}

impl<T: Table> Task<'_, T> {
    /// Binds the key in the first round; it stays bound.
    async fn bind(&self, bound: Option<Try>) -> Result<Try, Stopped> {
        match bound {
            Some(tried) => Ok(tried),
            None => idempotency::bind(&self.master.table, self.asked).await,
        }
    }

    /// What an earlier try or round of this request did, where the decision cannot know: it failed, or it found a customer by a number that this has given up since.
    async fn earlier(
        &self,
        bound: Option<Try>,
        holders: &Holders,
    ) -> Result<Option<MessageOutcome>, Stopped> {
        let failed = match bound {
            None => self.earlier_failure().await?,
            Some(_) => None,
        };
        if failed.is_some() {
            return Ok(failed);
        }
        let former = block::read_customers(&self.master.table, &holders.former()).await?;
        let done = former.iter().find_map(|customer| {
            let effect = customer.effects.of(&self.asked.cause.id)?;
            Some(outcome(effect.did, customer))
        });
        Ok(done)
    }

    async fn settle(&self, decision: Decision, holders: &Holders) -> Result<Settled, Stopped> {
        match decision {
            Decision::ReadAgain | Decision::WouldCreate(_) => Ok(Settled::Again),
            Decision::Did(did, customer) => {
                Ok(Settled::As { outcome: outcome(did, &customer), earlier: true })
            }
            Decision::Create(customer) => {
                self.write(change::creation(&customer, holders), Did::Created, &customer).await
            }
            Decision::Update(before, after) => {
                self.write(change::update(&before, &after, holders), Did::Updated, &after).await
            }
            Decision::Duplicate(duplicates, failed) => {
                Ok(self.keep_duplicate(duplicates, failed).await?)
            }
            Decision::Fail(failed) => Ok(self.keep_failure(failed).await?),
        }
    }

    /// Writes the customer, and with it the resolution of the request in error where there is one: all or nothing.
    async fn write(
        &self,
        mut writes: Vec<Write>,
        did: Did,
        customer: &Customer,
    ) -> Result<Settled, Stopped> {
        let customer_writes = writes.len();
        let attempt = match did {
            Did::Created => Attempt::Created(customer.number),
            Did::Updated => Attempt::Updated(customer.number),
        };
        writes.extend(self.resolution(attempt));
        let reasons = match commit(&self.master.table, &writes).await? {
            Transacted::Done => {
                return Ok(Settled::As { outcome: outcome(did, customer), earlier: false });
            }
            Transacted::Refused(reasons) => reasons,
        };
        if let Some(Some(Refusal::Condition(_))) = reasons.get(customer_writes) {
            return Ok(Settled::Overtaken);
        }
        // What stands where the customer was to be written may be what this very request wrote.
        if let Some(Some(Refusal::Condition(Some(stood)))) = reasons.first() {
            let stood = items::customer(stood.clone())?;
            if let Some(effect) = stood.effects.of(&self.asked.cause.id) {
                return Ok(Settled::As { outcome: outcome(effect.did, &stood), earlier: true });
            }
        }
        Ok(Settled::Again)
    }
}

/// What the answer says that the message was: an update is a Change, also of a duplicate, and a creation an Add, also when its next try finds it by its numbers.
fn told_as(outcome: &MessageOutcome, decided: Action) -> Action {
    match outcome {
        MessageOutcome::Created(_) => Action::Add,
        MessageOutcome::Updated(_) => Action::Change,
        MessageOutcome::Duplicate(_) | MessageOutcome::Failed { .. } => decided,
    }
}

/// What a dry run foresees.
fn foresee(decision: Decision) -> Settled {
    let outcome = match decision {
        Decision::ReadAgain => return Settled::Again,
        Decision::Did(did, customer) => outcome(did, &customer),
        Decision::Create(customer) => outcome(Did::Created, &customer),
        Decision::WouldCreate(attributes) => {
            MessageOutcome::Created(Stored { number: None, identifier: None, attributes })
        }
        Decision::Update(_, after) => MessageOutcome::Updated(Stored::of(&after)),
        Decision::Duplicate(duplicates, _) => MessageOutcome::Duplicate(duplicates),
        Decision::Fail(failed) => MessageOutcome::Failed { failed, request_in_error: None },
    };
    Settled::As { outcome, earlier: false }
}

fn outcome(did: Did, customer: &Customer) -> MessageOutcome {
    match did {
        Did::Created => MessageOutcome::Created(Stored::of(customer)),
        Did::Updated => MessageOutcome::Updated(Stored::of(customer)),
    }
}
