//! Fix a request in error: show it, correct it, reprocess it, delete it.

use domain::customer::CustomerNumber;
use domain::message::edits::FailedEdit;
use domain::outcome::{MessageOutcome, Processed, Stopped, Stored};
use domain::request::{Attempt, Correction, Entry, RequestInError, RequestInErrorId, State, What};
use store::table::{Table, TableError};
use store::writes::{Refusal, Written};
use store::{items, keys};

use crate::dealers::read;
use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::{self as idempotency, Asked, Try};
use crate::messages::decide;
use crate::messages::failure::replace;
use crate::messages::process::{self as message, Processing, Purpose};

/// Which versions the caller is content with; none where the caller named none.
pub type Seen<'a> = Option<&'a (dyn Fn(u64) -> bool + Sync)>;

/// A request in error as it stands, with the edits that it fails now, under today's controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The request.
    pub request: RequestInError,
    /// The edits that its message fails now.
    pub failing: Vec<FailedEdit>,
}

/// Why a request in error was not corrected, deleted or reprocessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such request.
    Unknown,
    /// It was resolved before, with this customer.
    AlreadyResolved(Option<CustomerNumber>),
    /// It was deleted before.
    AlreadyDeleted,
    /// The caller gave no version, and must.
    VersionRequired,
    /// It has another version than the caller saw.
    VersionMismatch(u64),
    /// Its history is full: it can be resolved or deleted, but neither corrected nor tried in vain.
    HistoryFull,
}

/// What correcting, deleting or reprocessing came to.
pub type Fixed<D> = Result<D, Refused>;

/// A reprocessed message, and the version that the request in error has since.
#[derive(Debug)]
pub struct Reprocessed {
    /// What came of the message.
    pub processed: Processed,
    /// The request's version.
    pub version: u64,
}

/// Shows a request in error; none where there is none.
pub async fn show<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
) -> Result<Option<Shown>, Stopped> {
    match request(master, id).await? {
        Some(request) => Ok(Some(evaluated(master, request).await?)),
        None => Ok(None),
    }
}

/// Corrects a request in error.
pub async fn correct<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
    correction: &Correction,
    seen: Seen<'_>,
    asked: &Asked,
) -> Result<Fixed<Shown>, Stopped> {
    let mut rounds = Rounds::begin(&master.table);
    loop {
        let Some(request) = request(master, id).await? else {
            return Ok(Err(Refused::Unknown));
        };
        if did(&request, asked).is_some() {
            return Ok(Ok(evaluated(master, request).await?));
        }
        if let Some(refused) = refused(&request, seen, true) {
            return Ok(Err(refused));
        }
        let failed = decide::failing(master, &correction.apply(&request.message)).await?;
        let Ok(corrected) =
            request.after(entry(master, asked, What::Corrected, failed.clone(), correction))
        else {
            return Ok(Err(Refused::HistoryFull));
        };
        if asked.dry_run || put(master, &request, &corrected).await? {
            return Ok(Ok(Shown { request: corrected, failing: failed }));
        }
        rounds.again().await?;
    }
}

/// Deletes a request in error: it is closed, and no customer comes of it.
pub async fn delete<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
    seen: Seen<'_>,
    asked: &Asked,
) -> Result<Fixed<()>, Stopped> {
    let mut rounds = Rounds::begin(&master.table);
    loop {
        let Some(request) = request(master, id).await? else {
            return Ok(Err(Refused::Unknown));
        };
        if did(&request, asked).is_some() {
            return Ok(Ok(()));
        }
        if let Some(refused) = refused(&request, seen, true) {
            return Ok(Err(refused));
        }
        let deleted =
            request.after(entry(master, asked, What::Deleted, Vec::new(), &Correction::default()));
        let deleted = deleted.expect("a history has room for its end");
        if asked.dry_run || put(master, &request, &deleted).await? {
            return Ok(Ok(()));
        }
        rounds.again().await?;
    }
}

/// Reprocesses a request in error, with a correction in the same step if there is one: the whole order of work again.
pub async fn reprocess<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
    correction: &Correction,
    seen: Seen<'_>,
    asked: &Asked,
) -> Result<Fixed<Reprocessed>, Stopped> {
    let (tried, found) = tokio::join!(idempotency::bind(&master.table, asked), request(master, id));
    reprocess_found(master, found?, correction, seen, asked, tried?).await
}

/// Reprocesses a request in error that was read, for a request whose key is bound.
pub(crate) async fn reprocess_found<T: Table>(
    master: &Master<T>,
    mut found: Option<RequestInError>,
    correction: &Correction,
    seen: Seen<'_>,
    asked: &Asked,
    tried: Try,
) -> Result<Fixed<Reprocessed>, Stopped> {
    let mut rounds = Rounds::begin(&master.table);
    loop {
        let Some(request) = found else {
            return Ok(Err(Refused::Unknown));
        };
        if let Some(earlier) = did(&request, asked) {
            match replay(master, &request, earlier, tried).await? {
                Replay::Answer(processed) => {
                    return Ok(Ok(Reprocessed { processed: *processed, version: request.version }));
                }
                Replay::NotYet => {
                    rounds.again().await?;
                    found = self::request(master, &request.id).await?;
                    continue;
                }
                Replay::Anew => {}
            }
        }
        if let Some(refused) = refused(&request, seen, false) {
            return Ok(Err(refused));
        }
        let message = correction.apply(&request.message);
        match message::process_bound(
            master,
            &message,
            Purpose::Reprocess(&request, correction),
            asked,
            tried,
        )
        .await?
        {
            Processing::Done(processed) => {
                let version = if asked.dry_run { request.version } else { request.version + 1 };
                return Ok(Ok(Reprocessed { processed: *processed, version }));
            }
            Processing::HistoryFull => return Ok(Err(Refused::HistoryFull)),
            Processing::Overtaken => rounds.again().await?,
        }
        found = self::request(master, &request.id).await?;
    }
}

/// Reads a request in error.
pub(crate) async fn request<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
) -> Result<Option<RequestInError>, TableError> {
    master.table.get(&keys::request_in_error(id)).await?.map(items::request_in_error).transpose()
}

async fn evaluated<T: Table>(
    master: &Master<T>,
    request: RequestInError,
) -> Result<Shown, Stopped> {
    let failing = decide::failing(master, &request.message).await?;
    Ok(Shown { request, failing })
}

/// Why the request in error cannot be touched, in the order of the contract: closed, version missing, version another.
fn refused(request: &RequestInError, seen: Seen<'_>, version_needed: bool) -> Option<Refused> {
    match (request.state, seen) {
        (State::Resolved, _) => Some(Refused::AlreadyResolved(request.customer_number())),
        (State::Deleted, _) => Some(Refused::AlreadyDeleted),
        (State::Open, None) if version_needed => Some(Refused::VersionRequired),
        (State::Open, Some(seen)) if !seen(request.version) => {
            Some(Refused::VersionMismatch(request.version))
        }
        (State::Open, _) => None,
    }
}

/// What this very request did to the request in error before.
fn did<'a>(request: &'a RequestInError, asked: &Asked) -> Option<&'a Entry> {
    request.history.iter().find(|entry| entry.effect == asked.cause.id)
}

/// What an earlier try says of the answer.
enum Replay {
    /// This is it.
    Answer(Box<Processed>),
    /// The customer that came of it cannot be found yet: it was written in one transaction with the request in error, of which a reader may see the one before the other,
    /// and the index, which finds it by its number, lags behind both.
    NotYet,
    /// Nothing: it had no effect but its entry, and is decided anew.
    Anew,
}

/// The outcome of an earlier try.
async fn replay<T: Table>(
    master: &Master<T>,
    request: &RequestInError,
    earlier: &Entry,
    tried: Try,
) -> Result<Replay, Stopped> {
    let stored = async |number| {
        let customer = read::customer_by_number(master, number).await?;
        Ok::<_, TableError>(customer.as_ref().map(Stored::of))
    };
    let outcome = match earlier.attempt {
        Some(Attempt::Created(number)) => stored(number).await?.map(MessageOutcome::Created),
        Some(Attempt::Updated(number)) => stored(number).await?.map(MessageOutcome::Updated),
        Some(Attempt::Failure) => Some(MessageOutcome::Failed {
            failed: earlier.failed.clone(),
            request_in_error: Some(request.id.clone()),
        }),
        Some(Attempt::Duplicate) | None => return Ok(Replay::Anew),
    };
    let Some(outcome) = outcome else {
        return Ok(Replay::NotYet);
    };
    Ok(Replay::Answer(Box::new(Processed {
        message: request.message.clone(),
        action: decide::action_of(&outcome, &request.message),
        outcome,
        replayed: tried == Try::Again,
    })))
}

fn entry<T: Table>(
    master: &Master<T>,
    asked: &Asked,
    what: What,
    failed: Vec<FailedEdit>,
    correction: &Correction,
) -> Entry {
    Entry {
        at: master.table.now(),
        who: asked.who.clone(),
        what,
        attempt: None,
        failed,
        correction: correction.clone(),
        effect: asked.cause.id.clone(),
    }
}

/// Puts the next state of a request in error; no where it is not as it was seen any more.
async fn put<T: Table>(
    master: &Master<T>,
    seen: &RequestInError,
    next: &RequestInError,
) -> Result<bool, TableError> {
    match master.table.write(&replace(seen, next)).await? {
        Written::Done(_) => Ok(true),
        Written::Refused(Refusal::Condition(_) | Refusal::Contended) => Ok(false),
    }
}
