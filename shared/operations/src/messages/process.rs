//! Process a message: decide whether it adds, changes, is a duplicate or fails, and write that. `Message → Decision → write → MessageOutcome`.
//!
//! A new message and one that a steward reprocesses go the same way; only what is kept of one that comes to nothing differs ([`Purpose`]).

use domain::customer::Customer;
use domain::effect::Did;
use domain::message::Message;
use domain::request::{EntryOutcome, Received};
use store::table::{Table, TableError};
use store::writes::{Refusal, Transacted, Write};
use store::{items, records};
use tokio::join;

use super::decide::{Decision, Verdict, decide};
use super::kept::{self, Kept, Purpose, Unprocessed};
use super::target::Holders;
use super::{MessageOutcome, MessageResult, Stored};
use crate::kit::{Attempt, Stopped, commit, customer_writes};

/// Processes a message that just came.
pub async fn process<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    received: &Received,
) -> Result<MessageOutcome, Stopped> {
    run(attempt, message, Purpose::Received(received)).await.map_err(|why| match why {
        Unprocessed::Stopped(stopped) => stopped,
        Unprocessed::Overtaken | Unprocessed::HistoryFull => {
            Stopped::Defect("a message that just came has no history".into())
        }
    })
}

/// Processes a message for this purpose, in as many rounds as it takes.
pub(crate) async fn run<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    purpose: Purpose<'_>,
) -> Result<MessageOutcome, Unprocessed> {
    let mut standardized = None;
    loop {
        let (bound, decision) = join!(attempt.bind(), decide(attempt, message, &mut standardized));
        bound?;
        let decision = decision?;
        let kept = match earlier(attempt, purpose, &decision.holders).await? {
            Some(kept) => Some(kept),
            None if attempt.dry_run => dry_run_outcome(decision),
            None => write(attempt, message, purpose, decision).await?,
        };
        if let Some(Kept { action, result, before }) = kept {
            let message = standardized.unwrap_or_else(|| message.clone());
            let replayed = before && attempt.is_replay();
            return Ok(MessageOutcome { message, action, result, replayed });
        }
        attempt.again().await?;
    }
}

/// What an earlier try or round of this request did, where the decision cannot know: it failed, or it found a customer by a number that this has given up since.
/// An earlier round may have written without hearing of it: the database client repeats a call whose answer was lost.
async fn earlier<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    holders: &Holders,
) -> Result<Option<Kept>, TableError> {
    let first = attempt.is_first_round();
    if first && !attempt.is_replay() {
        return Ok(None);
    }
    if first && let Some(failure) = kept::earlier_failure(attempt, purpose).await? {
        return Ok(Some(failure));
    }
    let former = records::customers(attempt.table(), &holders.claims.former_holders()).await?;
    Ok(former.iter().find_map(|customer| {
        let effect = customer.effects.of(attempt.effect())?;
        Some(Kept::done(effect.did, customer, true))
    }))
}

/// What a dry run would do; none where it must read again.
fn dry_run_outcome(Decision { action, verdict, .. }: Decision) -> Option<Kept> {
    let result = match verdict {
        Verdict::ReadAgain => return None,
        Verdict::Replay(did, customer) => return Some(Kept::done(did, &customer, true)),
        Verdict::Create(customer) => MessageResult::of(Did::Created, &customer),
        Verdict::WouldCreate(attributes) => {
            MessageResult::Created(Stored { number: None, identifier: None, attributes })
        }
        Verdict::Update { after, .. } => return Some(Kept::done(Did::Updated, &after, false)),
        Verdict::Duplicate { duplicates, .. } => MessageResult::Duplicate(duplicates),
        Verdict::Fail(failed) => MessageResult::Failed { failed, request_in_error: None },
    };
    Some(Kept { action, result, before: false })
}

/// Writes what was decided; none where what it rests on has changed.
async fn write<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    purpose: Purpose<'_>,
    decision: Decision,
) -> Result<Option<Kept>, Unprocessed> {
    let seen = &decision.holders.claims;
    match decision.verdict {
        Verdict::ReadAgain | Verdict::WouldCreate(_) => Ok(None),
        Verdict::Replay(did, customer) => Ok(Some(Kept::done(did, &customer, true))),
        Verdict::Create(customer) => {
            let writes = customer_writes::create(attempt, &customer, seen);
            write_customer(attempt, purpose, writes, Did::Created, &customer).await
        }
        Verdict::Update { before, after } => {
            let writes = customer_writes::update(attempt, &before, &after, seen);
            write_customer(attempt, purpose, writes, Did::Updated, &after).await
        }
        Verdict::Duplicate { duplicates, failed } => {
            kept::duplicate(attempt, purpose, duplicates, failed).await
        }
        Verdict::Fail(failed) => {
            kept::failure(attempt, purpose, message, (decision.action, failed)).await
        }
    }
}

/// Writes the customer, and with it the resolution of the request in error where there is one: all or nothing.
async fn write_customer<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    mut writes: Vec<Write>,
    did: Did,
    customer: &Customer,
) -> Result<Option<Kept>, Unprocessed> {
    let customer_writes = writes.len();
    let outcome = match did {
        Did::Created => EntryOutcome::Created(customer.number),
        Did::Updated => EntryOutcome::Updated(customer.number),
    };
    writes.extend(kept::resolution(attempt, purpose, outcome));
    let reasons = match commit(attempt.table(), &writes).await? {
        Transacted::Done => {
            return Ok(Some(Kept::done(did, customer, false)));
        }
        Transacted::Refused(reasons) => reasons,
    };
    if let Some(Some(Refusal::Condition(_))) = reasons.get(customer_writes) {
        return Err(Unprocessed::Overtaken);
    }
    // What stands where the customer was to be written may be what this very request wrote.
    if let Some(Some(Refusal::Condition(Some(stood)))) = reasons.first() {
        let stood = items::customer(stood.clone())?;
        if let Some(effect) = stood.effects.of(attempt.effect()) {
            return Ok(Some(Kept::done(effect.did, &stood, true)));
        }
    }
    Ok(None)
}
