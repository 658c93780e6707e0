//! Process a message: decide whether it adds, changes, is a duplicate or fails, and write that. `Message → Decision → write → MessageOutcome`.
//!
//! A new message and one that a steward reprocesses go the same way; only what is kept of one that comes to nothing differs ([`Purpose`]).

use domain::customer::Customer;
use domain::effect::{Did, Effect};
use domain::message::Message;
use domain::request::{EntryOutcome, Received};
use store::items::{self, Occupant};
use store::records;
use store::table::{Table, TableError};
use store::writes::{Refusal, Transacted, Write};

use super::decide::{Decision, Known, Verdict, alike, decide};
use super::kept::{self, Kept, Purpose, Unprocessed};
use super::{MessageOutcome, MessageResult, Stored};
use crate::kit::seats::NextRound;
use crate::kit::{Attempt, Stopped, commit, customer_writes};

/// Processes a message that just came.
pub async fn process<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    received: &Received,
) -> Result<MessageOutcome, Stopped> {
    let processed = run(attempt, message, Purpose::Received(received)).await;
    processed.map(|processed| processed.outcome).map_err(|why| match why {
        Unprocessed::Stopped(stopped) => stopped,
        Unprocessed::Overtaken | Unprocessed::HistoryFull => {
            Stopped::Defect("a message that just came has no history".into())
        }
    })
}

/// What came of a message, and what a request in error keeps of that.
pub(crate) struct Processed {
    pub(crate) outcome: MessageOutcome,
    /// The version of the request in error that tells of the attempt; none where a customer came of it, or nothing was written.
    pub(crate) version: Option<u64>,
}

/// Processes a message for this purpose, in as many rounds as it takes.
///
/// Two tries of one request may be under way side by side, and see different customers in a block: one that takes no seat can come between their looks, and what each would do
/// hinders the other in nothing. So a next try that would act looks a second time, a moment later, for what the first one did.
pub(crate) async fn run<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    purpose: Purpose<'_>,
) -> Result<Processed, Unprocessed> {
    let mut known = Known::default();
    loop {
        let decision = decide(attempt, message, &mut known).await?;
        let kept = match earlier(attempt, purpose, decision.acts()).await? {
            Some(kept) => Ok(kept),
            None if attempt.dry_run => {
                dry_run_outcome(attempt, decision).await?.ok_or(NextRound::Anew)
            }
            None if decision.acts() && attempt.is_replay() && !known.has_looked_again => {
                known.has_looked_again = true;
                Err(NextRound::Anew)
            }
            None => write(attempt, message, (purpose, decision), &mut known).await?,
        };
        match kept {
            Ok(Kept { action, result, before, version }) => {
                let alike = match &result {
                    MessageResult::Created(new) => alike(new, &known, attempt.controls()),
                    MessageResult::Updated(_)
                    | MessageResult::Unchanged(_)
                    | MessageResult::Duplicate(_)
                    | MessageResult::Failed { .. } => Vec::new(),
                };
                let message = known.standardized.unwrap_or_else(|| message.clone());
                let Known { not_compared, led_by, .. } = known;
                let replayed = before && attempt.is_replay();
                let outcome = MessageOutcome {
                    message,
                    action,
                    result,
                    not_compared,
                    led_by,
                    alike,
                    replayed,
                };
                return Ok(Processed { outcome, version });
            }
            Err(round) => known.seats.begin(round, attempt).await?,
        }
    }
}

/// What came of a round, or how the next one begins.
type Round = Result<Kept, NextRound>;

/// What an earlier try or round of this request did, where the decision cannot know: it failed, or found that there was nothing to change.
/// An earlier round may have written without hearing of it: the database client repeats a call whose answer was lost.
async fn earlier<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    acts: bool,
) -> Result<Option<Kept>, Stopped> {
    let first = attempt.is_first_round();
    if first && !attempt.is_replay() {
        return Ok(None);
    }
    if first && let Some(failure) = kept::earlier_failure(attempt, purpose).await? {
        return Ok(Some(failure));
    }
    if acts && !first && attempt.is_replay() {
        attempt.look_for_unchanged().await?;
    }
    if let Some(found) = attempt.found_unchanged()
        && let Some(customer) = records::customer(attempt.table(), found).await?
    {
        return Ok(Some(Kept::unchanged(&customer, true)));
    }
    Ok(None)
}

/// What a dry run would do; none where it must read again.
async fn dry_run_outcome<T: Table>(
    attempt: &Attempt<'_, T>,
    Decision { action, verdict, .. }: Decision,
) -> Result<Option<Kept>, TableError> {
    let result = match verdict {
        Verdict::ReadAgain => return Ok(None),
        Verdict::Replay(effect, customer) => {
            return replay(attempt, (&effect, &customer)).await.map(Some);
        }
        Verdict::Create(customer, _) => MessageResult::Created(Stored::of(&customer)),
        Verdict::WouldCreate(attributes) => {
            let (number, identifier, replaced, would_change) = (None, None, Vec::new(), Vec::new());
            let stored = Stored { number, identifier, attributes, replaced, would_change };
            MessageResult::Created(stored)
        }
        Verdict::Update { before, after, .. } => {
            let effect = after.effects.of(attempt.effect());
            return Ok(effect.map(|effect| Kept::foreseen(effect, (&before, &after))));
        }
        Verdict::Unchanged(customer, _) => return Ok(Some(Kept::unchanged(&customer, false))),
        Verdict::Duplicate { duplicates, .. } => MessageResult::Duplicate(duplicates),
        Verdict::Fail(failed) => MessageResult::Failed { failed, request_in_error: None },
    };
    Ok(Some(Kept { action, result, before: false, version: None }))
}

/// What an earlier try did, with the customer on whom it took effect: another one than it is remembered by, where the two were merged then and are not any more.
async fn replay<T: Table>(
    attempt: &Attempt<'_, T>,
    (effect, customer): (&Effect, &Customer),
) -> Result<Kept, TableError> {
    let on = match &effect.on {
        Some((identifier, _)) => records::customer(attempt.table(), identifier).await?,
        None => None,
    };
    Ok(Kept::done(effect, on.as_ref().unwrap_or(customer), true))
}

/// Writes what was decided.
async fn write<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    (purpose, decision): (Purpose<'_>, Decision),
    known: &mut Known,
) -> Result<Round, Unprocessed> {
    let seen = &decision.holders.claims;
    match decision.verdict {
        Verdict::ReadAgain | Verdict::WouldCreate(_) => Ok(Err(NextRound::Anew)),
        Verdict::Replay(effect, customer) => Ok(Ok(replay(attempt, (&effect, &customer)).await?)),
        Verdict::Create(customer, seats) => {
            let writes = customer_writes::create(attempt, &customer, seats, seen);
            write_customer(attempt, purpose, (writes, &customer), known).await
        }
        Verdict::Update { before, after, seats } => {
            let writes = customer_writes::update(attempt, (&before, &after), seats, seen);
            write_customer(attempt, purpose, (writes, &after), known).await
        }
        Verdict::Unchanged(customer, seats) => {
            write_unchanged(attempt, purpose, (&customer, seats), known).await
        }
        Verdict::Duplicate { duplicates, failed } => {
            let kept = kept::duplicate(attempt, purpose, duplicates, failed).await?;
            Ok(kept.ok_or(NextRound::Anew))
        }
        Verdict::Fail(failed) => {
            let failed = (decision.action, failed);
            let kept = kept::failure(attempt, purpose, message, failed).await?;
            Ok(kept.ok_or(NextRound::Anew))
        }
    }
}

/// Writes the customer, and with it the resolution of the request in error where there is one: all or nothing.
async fn write_customer<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    (mut writes, customer): (Vec<Write>, &Customer),
    known: &mut Known,
) -> Result<Round, Unprocessed> {
    let effect = customer.effects.of(attempt.effect());
    let effect = effect.ok_or_else(|| Stopped::Defect("a write does not name its cause".into()))?;
    let customer_writes = writes.len();
    let outcome = match effect.did {
        Did::Created => EntryOutcome::Created(customer.number),
        Did::Updated => EntryOutcome::Updated(customer.number),
    };
    writes.extend(kept::resolution(attempt, purpose, outcome));
    let reasons = match commit(attempt.table(), &writes).await? {
        Transacted::Done => return Ok(Ok(Kept::done(effect, customer, false))),
        Transacted::Refused(reasons) => reasons,
    };
    if let Some(Some(Refusal::Condition(_))) = reasons.get(customer_writes) {
        return Err(Unprocessed::Overtaken);
    }
    // What stands where the customer was to be written may be what this very request wrote.
    if let Some(Some(Refusal::Condition(Some(stood)))) = reasons.first()
        && let (_, Occupant::Customer(stood)) = items::occupant(stood.clone())?
        && let Some(effect) = stood.effects.of(attempt.effect())
    {
        return Ok(Ok(Kept::done(effect, &stood, true)));
    }
    Ok(Err(known.seats.admit(attempt.table(), &writes, reasons).await?))
}

/// Takes the seats of a customer that is as the message wants it, resolves the request in error where there is one, and lets the key remember that nothing was changed.
async fn write_unchanged<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    (customer, seats): (&Customer, Vec<Write>),
    known: &mut Known,
) -> Result<Round, Unprocessed> {
    let (taken, mut writes) = (seats.len(), seats);
    writes.extend(kept::resolution(attempt, purpose, EntryOutcome::Unchanged(customer.number)));
    if !writes.is_empty()
        && let Transacted::Refused(reasons) = commit(attempt.table(), &writes).await?
    {
        if let Some(Some(Refusal::Condition(_))) = reasons.get(taken) {
            return Err(Unprocessed::Overtaken);
        }
        return Ok(Err(known.seats.admit(attempt.table(), &writes, reasons).await?));
    }
    attempt.remember_unchanged(&customer.identifier).await?;
    Ok(Ok(Kept::unchanged(customer, false)))
}
