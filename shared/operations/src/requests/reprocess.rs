//! Reprocess a request in error, with a correction in the same step if there is one: the whole order of work of a message again.

use domain::about;
use domain::customer::CustomerNumber;
use domain::matching::party::Party;
use domain::message::Message;
use domain::request::{
    Correction, Entry, EntryOutcome, RequestInError, RequestInErrorId, Versions,
};
use store::records;
use store::table::Table;
use tokio::join;

use super::fix::{self, NotFixed, Refused};
use crate::customers::read::customer_by_number;
use crate::kit::{Attempt, Stopped, topics};
use crate::messages::kept::{Purpose, Unprocessed};
use crate::messages::process::{self, Processed};
use crate::messages::{Action, MessageOutcome, MessageResult, Stored, is_not_compared};

/// What came of the message, and the version that the request in error has since.
#[derive(Debug)]
pub struct Reprocessed {
    pub outcome: MessageOutcome,
    pub version: u64,
}

/// `seen` are the versions that the caller is content with; none where it is content with any.
pub async fn reprocess<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    correction: &Correction,
    seen: Option<&Versions>,
) -> Result<Reprocessed, NotFixed> {
    // The key is bound beside the first read, and what it says comes first.
    let (bound, mut found) = join!(attempt.bind(), records::request_in_error(attempt.table(), id));
    bound?;
    loop {
        let request = found?.ok_or(Refused::Unknown)?;
        match replay(attempt, &request).await? {
            Replay::Outcome(outcome) => {
                return Ok(Reprocessed { outcome: *outcome, version: request.version });
            }
            Replay::NotYet => {}
            Replay::None => {
                fix::admit(&request, seen, false)?;
                let message = correction.apply(&request.message);
                announce(attempt, &request, &message).await?;
                let purpose = Purpose::Reprocess(&request, correction);
                match process::run(attempt, &message, purpose).await {
                    Ok(Processed { outcome, version }) => {
                        let next = request.version + u64::from(!attempt.dry_run);
                        return Ok(Reprocessed { outcome, version: version.unwrap_or(next) });
                    }
                    Err(Unprocessed::HistoryFull) => return Err(Refused::HistoryFull.into()),
                    Err(Unprocessed::Stopped(stopped)) => return Err(stopped.into()),
                    Err(Unprocessed::Overtaken) => {}
                }
            }
        }
        attempt.again().await?;
        found = records::request_in_error(attempt.table(), id).await;
    }
}

/// Says what the corrected message is about besides, before anything else remembers the correction.
async fn announce<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &RequestInError,
    corrected: &Message,
) -> Result<(), Stopped> {
    if attempt.dry_run || corrected.attributes == request.message.attributes {
        return Ok(());
    }
    let about = |message: &Message| about::of_message(&message.attributes, attempt.controls());
    let new = about(corrected).difference(&about(&request.message)).cloned().collect();
    topics::announce(attempt.master, &request.id, request.version + 1, &new).await
}

/// What an earlier try says of the answer.
enum Replay {
    Outcome(Box<MessageOutcome>),
    /// The customer that came of it cannot be found yet: it was written in one transaction with the request in error, of which a reader may see the one before the other,
    /// and the index, which finds it by its number, lags behind both.
    NotYet,
    /// There was no earlier try, or it had no effect but its entry, and is decided anew.
    None,
}

async fn replay<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &RequestInError,
) -> Result<Replay, Stopped> {
    let Some(Entry { outcome, failed, .. }) = fix::own_entry(attempt, request) else {
        return Ok(Replay::None);
    };
    let (action, result) = match outcome {
        Some(EntryOutcome::Created(number)) => {
            (Action::Add, stored(attempt, *number).await?.map(MessageResult::Created))
        }
        Some(EntryOutcome::Updated(number)) => {
            (Action::Change, stored(attempt, *number).await?.map(MessageResult::Updated))
        }
        Some(EntryOutcome::Unchanged(number)) => {
            (Action::Change, stored(attempt, *number).await?.map(MessageResult::Unchanged))
        }
        Some(EntryOutcome::Failure(action)) => {
            let request_in_error = Some(request.id.clone());
            (*action, Some(MessageResult::Failed { failed: failed.clone(), request_in_error }))
        }
        Some(EntryOutcome::Duplicate) | None => return Ok(Replay::None),
    };
    let Some(result) = result else {
        return Ok(Replay::NotYet);
    };
    let message = request.message.clone();
    let given = &message.attributes;
    let controls = attempt.controls();
    let not_compared =
        action == Action::Add && is_not_compared(given, &Party::of(given, controls), controls);
    let replayed = attempt.is_replay();
    let (led_by, alike) = (None, Vec::new());
    let outcome = MessageOutcome { message, action, result, not_compared, led_by, alike, replayed };
    Ok(Replay::Outcome(Box::new(outcome)))
}

/// The customer of that number as this request's answer tells of it; none where it cannot be found yet.
async fn stored<T: Table>(
    attempt: &Attempt<'_, T>,
    number: CustomerNumber,
) -> Result<Option<Stored>, Stopped> {
    let customer = customer_by_number(attempt.master, number).await?;
    Ok(customer.as_ref().map(|customer| Stored::by(attempt.effect(), customer)))
}
