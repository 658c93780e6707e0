//! What is kept of a message that came to nothing: a request in error, or one more attempt in its history.

use domain::customer::Customer;
use domain::message::edits::FailedEdit;
use domain::outcome::MessageOutcome;
use domain::request::{Attempt, Correction, Entry, RequestInError, RequestInErrorId, What};
use store::table::{Table, TableError};
use store::writes::{Condition, Refusal, Write, Written};
use store::{items, keys};

use crate::messages::process::{Purpose, Settled, Task};

impl<T: Table> Task<'_, T> {
    /// The failure that an earlier try of this request left, if it did: the request in error has its id from the request.
    pub(crate) async fn earlier_failure(&self) -> Result<Option<MessageOutcome>, TableError> {
        match self.purpose {
            Purpose::Received(_) => {
                let id = RequestInErrorId::of(&self.asked.cause.id);
                let item = self.master.table.get(&keys::request_in_error(&id)).await?;
                item.map(items::request_in_error)
                    .transpose()
                    .map(|request| request.as_ref().map(as_it_failed))
            }
            // The history of the request in error was looked through before.
            Purpose::Reprocess(..) => Ok(None),
        }
    }

    /// Keeps a failure.
    pub(crate) async fn keep_failure(
        &self,
        failed: Vec<FailedEdit>,
    ) -> Result<Settled, TableError> {
        match self.purpose {
            Purpose::Received(received) => {
                let now = self.master.table.now();
                let request = RequestInError::open(
                    received.clone(),
                    self.message.clone(),
                    failed,
                    &self.asked.who,
                    &self.asked.cause.id,
                    now,
                );
                let write = Write::Put {
                    item: items::request_in_error_item(&request),
                    on: Condition::Absent,
                };
                match self.master.table.write(&write).await? {
                    Written::Done(_) => {
                        Ok(Settled::As { outcome: as_it_failed(&request), earlier: false })
                    }
                    Written::Refused(Refusal::Condition(Some(stood))) => Ok(Settled::As {
                        outcome: as_it_failed(&items::request_in_error(stood)?),
                        earlier: true,
                    }),
                    Written::Refused(Refusal::Condition(None) | Refusal::Contended) => {
                        Ok(Settled::Again)
                    }
                }
            }
            Purpose::Reprocess(request, _) => {
                let outcome = MessageOutcome::Failed {
                    failed: failed.clone(),
                    request_in_error: Some(request.id.clone()),
                };
                self.remember(Attempt::Failure, failed, outcome).await
            }
        }
    }

    /// Keeps that a message is a duplicate: of one that just came, nothing.
    pub(crate) async fn keep_duplicate(
        &self,
        duplicates: Vec<Customer>,
        failed: Vec<FailedEdit>,
    ) -> Result<Settled, TableError> {
        let outcome = MessageOutcome::Duplicate(duplicates);
        match self.purpose {
            Purpose::Received(_) => Ok(Settled::As { outcome, earlier: false }),
            Purpose::Reprocess(..) => self.remember(Attempt::Duplicate, failed, outcome).await,
        }
    }

    /// The write that resolves the request in error, where there is one, with the customer that came of it.
    pub(crate) fn resolution(&self, attempt: Attempt) -> Option<Write> {
        match self.purpose {
            Purpose::Received(_) => None,
            Purpose::Reprocess(request, correction) => {
                let entry = self.entry(What::Resolved, attempt, Vec::new(), correction);
                let resolved = request.after(entry).expect("a history has room for its end");
                Some(replace(request, &resolved))
            }
        }
    }

    /// Adds an attempt to the history of the request in error.
    async fn remember(
        &self,
        attempt: Attempt,
        failed: Vec<FailedEdit>,
        outcome: MessageOutcome,
    ) -> Result<Settled, TableError> {
        let Purpose::Reprocess(request, correction) = self.purpose else {
            return Ok(Settled::Overtaken);
        };
        if request.history.last().is_some_and(|last| last.effect == self.asked.cause.id) {
            return Ok(Settled::As { outcome, earlier: true });
        }
        let Ok(tried) = request.after(self.entry(What::Tried, attempt, failed, correction)) else {
            return Ok(Settled::HistoryFull);
        };
        match self.master.table.write(&replace(request, &tried)).await? {
            Written::Done(_) => Ok(Settled::As { outcome, earlier: false }),
            Written::Refused(Refusal::Condition(Some(stood))) => {
                let stood = items::request_in_error(stood)?;
                let ours = stood.history.iter().any(|entry| entry.effect == self.asked.cause.id);
                Ok(if ours { Settled::As { outcome, earlier: true } } else { Settled::Overtaken })
            }
            Written::Refused(Refusal::Condition(None)) => Ok(Settled::Overtaken),
            Written::Refused(Refusal::Contended) => Ok(Settled::Again),
        }
    }

    fn entry(
        &self,
        what: What,
        attempt: Attempt,
        failed: Vec<FailedEdit>,
        correction: &Correction,
    ) -> Entry {
        Entry {
            at: self.master.table.now(),
            who: self.asked.who.clone(),
            what,
            attempt: Some(attempt),
            failed,
            correction: correction.clone(),
            effect: self.asked.cause.id.clone(),
        }
    }
}

/// Replaces a request in error, if it is still as it was seen.
pub(crate) fn replace(seen: &RequestInError, next: &RequestInError) -> Write {
    Write::Put { item: items::request_in_error_item(next), on: Condition::VersionIs(seen.version) }
}

/// What a request in error says of the try that opened it.
fn as_it_failed(request: &RequestInError) -> MessageOutcome {
    let failed = request.history.first().map(|first| first.failed.clone()).unwrap_or_default();
    MessageOutcome::Failed { failed, request_in_error: Some(request.id.clone()) }
}
