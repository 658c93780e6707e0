//! What is kept of a message that came to no customer: a request in error, or one more attempt in its history. And how it ends with the customer that comes of it.

use domain::about;
use domain::customer::Customer;
use domain::effect::Effect;
use domain::history;
use domain::message::edits::FailedEdit;
use domain::message::{Action, Message};
use domain::request::{
    Correction, Entry, EntryOutcome, Received, RequestInError, RequestInErrorId, What,
};
use store::table::{Table, TableError};
use store::writes::{Refusal, Write, Written};
use store::{items, records};

use super::{MessageResult, Stored};
use crate::kit::{Attempt, Stopped, request_writes, topics};

/// What a message is processed for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose<'a> {
    /// It just came; a failure opens a request in error.
    Received(&'a Received),
    /// A steward tries it again; the request in error is resolved together with the customer that comes of it, or remembers the attempt.
    Reprocess(&'a RequestInError, &'a Correction),
}

/// What a message came to, as it is kept.
pub(crate) struct Kept {
    /// What it was decided to be when it was kept: its next try may meet a world in which it would be the other.
    pub(crate) action: Action,
    pub(crate) result: MessageResult,
    /// Whether an earlier try or round of the request kept it.
    pub(crate) before: bool,
    /// The version of the request in error that tells of the attempt, where one does.
    pub(crate) version: Option<u64>,
}

impl Kept {
    /// That this was done with a customer. An update is a Change, also of a duplicate, and a creation an Add, also when its next try finds it by its numbers.
    pub(crate) fn done(effect: &Effect, customer: &Customer, before: bool) -> Self {
        let result = MessageResult::of(effect, customer);
        Self { action: effect.did.into(), result, before, version: None }
    }

    /// What would be done with a customer, and what would change of it.
    pub(crate) fn foreseen(effect: &Effect, (before, after): (&Customer, &Customer)) -> Self {
        let mut foreseen = Self::done(effect, after, false);
        if let MessageResult::Updated(stored) = &mut foreseen.result {
            stored.would_change = history::changes(Some(before), after);
        }
        foreseen
    }

    /// That a customer is as the message wants it, and nothing was written.
    pub(crate) fn unchanged(customer: &Customer, before: bool) -> Self {
        let result = MessageResult::Unchanged(Stored::of(customer));
        Self { action: Action::Change, result, before, version: None }
    }
}

/// Why a message that is reprocessed came to no outcome.
pub(crate) enum Unprocessed {
    /// The request in error was changed meanwhile: nothing was done.
    Overtaken,
    /// The request in error was tried so often that it cannot remember one more attempt: nothing was done.
    HistoryFull,
    Stopped(Stopped),
}

impl From<Stopped> for Unprocessed {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl From<TableError> for Unprocessed {
    fn from(error: TableError) -> Self {
        Self::Stopped(error.into())
    }
}

/// The failure that an earlier try of this request left, if it did: the request in error has its id from the request.
pub(crate) async fn earlier_failure<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
) -> Result<Option<Kept>, TableError> {
    match purpose {
        Purpose::Received(_) => {
            let id = RequestInErrorId::of(attempt.effect());
            let request = records::request_in_error(attempt.table(), &id).await?;
            request.as_ref().map(|request| as_it_failed(request, true)).transpose()
        }
        // The history of the request in error was looked through before.
        Purpose::Reprocess(..) => Ok(None),
    }
}

/// Keeps a failure; none where what it rests on has changed.
pub(crate) async fn failure<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    message: &Message,
    (action, failed): (Action, Vec<FailedEdit>),
) -> Result<Option<Kept>, Unprocessed> {
    match purpose {
        Purpose::Received(received) => open(attempt, received, message, (action, failed)).await,
        Purpose::Reprocess(request, correction) => {
            let entry = Entry {
                outcome: Some(EntryOutcome::Failure(action)),
                failed: failed.clone(),
                correction: correction.clone(),
                ..Entry::new(What::Tried, &attempt.stamp())
            };
            let request_in_error = Some(request.id.clone());
            let result = MessageResult::Failed { failed, request_in_error };
            remember(attempt, request, entry, (action, result)).await
        }
    }
}

/// Keeps that a message is a duplicate: of one that just came, nothing.
pub(crate) async fn duplicate<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    duplicates: Vec<Customer>,
    failed: Vec<FailedEdit>,
) -> Result<Option<Kept>, Unprocessed> {
    // Only an Add is looked for duplicates.
    let (action, result) = (Action::Add, MessageResult::Duplicate(duplicates));
    match purpose {
        Purpose::Received(_) => Ok(Some(Kept { action, result, before: false, version: None })),
        Purpose::Reprocess(request, correction) => {
            let entry = Entry {
                outcome: Some(EntryOutcome::Duplicate),
                failed,
                correction: correction.clone(),
                ..Entry::new(What::Tried, &attempt.stamp())
            };
            remember(attempt, request, entry, (action, result)).await
        }
    }
}

/// The write that resolves the request in error, where there is one, with the customer that came of it.
pub(crate) fn resolution<T: Table>(
    attempt: &Attempt<'_, T>,
    purpose: Purpose<'_>,
    outcome: EntryOutcome,
) -> Option<Write> {
    match purpose {
        Purpose::Received(_) => None,
        Purpose::Reprocess(request, correction) => {
            let entry = Entry {
                outcome: Some(outcome),
                correction: correction.clone(),
                ..Entry::new(What::Resolved, &attempt.stamp())
            };
            let resolved = request.after(entry, attempt.by());
            let resolved = resolved.expect("a history has room for its end");
            Some(request_writes::replace(request, &resolved))
        }
    }
}

async fn open<T: Table>(
    attempt: &Attempt<'_, T>,
    received: &Received,
    message: &Message,
    (action, failed): (Action, Vec<FailedEdit>),
) -> Result<Option<Kept>, Unprocessed> {
    let stamp = attempt.stamp();
    let request = RequestInError::open(received.clone(), message.clone(), (action, failed), &stamp);
    let topics = about::of_request(&request, attempt.controls());
    topics::announce(attempt.master, &request.id, request.version, &topics).await?;
    match attempt.table().write(&request_writes::open(&request)).await? {
        Written::Done(_) => Ok(Some(as_it_failed(&request, false)?)),
        Written::Refused(Refusal::Condition(Some(stood))) => {
            let stood = items::request_in_error(stood)?;
            Ok(Some(as_it_failed(&stood, true)?))
        }
        Written::Refused(Refusal::Condition(None) | Refusal::Contended) => Ok(None),
    }
}

/// Adds an attempt to the history of the request in error; one that came to what the last one came to is told by that one.
async fn remember<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &RequestInError,
    entry: Entry,
    (action, result): (Action, MessageResult),
) -> Result<Option<Kept>, Unprocessed> {
    let kept = |action, result, before, version| {
        Ok(Some(Kept { action, result, before, version: Some(version) }))
    };
    if request.history.last().is_some_and(|last| last.effect == *attempt.effect()) {
        return kept(action, result, true, request.version);
    }
    if request.tells(&entry) {
        return kept(action, result, false, request.version);
    }
    let Ok(tried) = request.after(entry, attempt.by()) else {
        return Err(Unprocessed::HistoryFull);
    };
    match attempt.table().write(&request_writes::replace(request, &tried)).await? {
        Written::Done(_) => kept(action, result, false, tried.version),
        Written::Refused(Refusal::Condition(Some(stood))) => {
            let stood = items::request_in_error(stood)?;
            // What another try or round kept is told, whatever this one came to in a world that has changed meanwhile.
            let own = stood.history.iter().find(|entry| entry.effect == *attempt.effect());
            match own {
                Some(Entry { outcome: Some(EntryOutcome::Duplicate), .. }) => {
                    kept(action, result, true, stood.version)
                }
                Some(own) => match failed_as(&stood, own, true) {
                    Some(failure) => Ok(Some(failure)),
                    None => Err(Unprocessed::Overtaken),
                },
                None => Err(Unprocessed::Overtaken),
            }
        }
        Written::Refused(Refusal::Condition(None)) => Err(Unprocessed::Overtaken),
        Written::Refused(Refusal::Contended) => Ok(None),
    }
}

/// What a request in error says of the try that opened it.
fn as_it_failed(request: &RequestInError, before: bool) -> Result<Kept, TableError> {
    let opened = request.history.first().and_then(|first| failed_as(request, first, before));
    opened.ok_or_else(|| TableError::Defect("a request in error does not say how it failed".into()))
}

/// The failure that an entry of a request in error tells of, where it tells of one.
fn failed_as(request: &RequestInError, entry: &Entry, before: bool) -> Option<Kept> {
    let Some(EntryOutcome::Failure(action)) = entry.outcome else { return None };
    let request_in_error = Some(request.id.clone());
    let result = MessageResult::Failed { failed: entry.failed.clone(), request_in_error };
    Some(Kept { action, result, before, version: Some(request.version) })
}
