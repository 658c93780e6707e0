//! Reprocess many requests in error: those that one cause hit, or those that are named; with one correction for all of them, if there is one.

use domain::message::edits::EditCode;
use domain::request::{Correction, RequestInError, RequestInErrorId, State};
use domain::time::Timestamp;
use store::table::Table;

use super::fix::NotFixed;
use super::list::{self, Filter};
use super::reprocess::{Reprocessed, reprocess};
use crate::kit::{Attempt, Stopped};

/// How many requests one call reprocesses.
pub const MAX_BATCH: usize = 100;

/// How long a call goes on beginning with one more request. Those that it does not come to are answered `busy`, or are behind the cursor.
const BUDGET_SECONDS: u64 = 5;

/// Which requests are reprocessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Ids(Vec<RequestInErrorId>),
    /// The open ones that failed this edit at the last evaluation that was recorded, behind a position in the queue, so many at the most.
    Cause {
        code: EditCode,
        limit: usize,
        /// The position that the call before ended with.
        after: Option<String>,
    },
}

/// One request and what came of it; an operation that could not be carried out stops that request only.
pub type One = (RequestInErrorId, Result<Reprocessed, NotFixed>);

#[derive(Debug)]
pub struct Batch {
    /// What came of each, in order.
    pub results: Vec<One>,
    /// Where to go on; none where there is no more.
    pub next: Option<String>,
}

/// Reprocesses each request as a single call with this correction would.
///
/// # Errors
/// `KeyReused`, and what hinders the list itself from being read. What hinders one request is its result.
pub async fn reprocess_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    chosen: &Chosen,
    correction: &Correction,
) -> Result<Batch, Stopped> {
    attempt.bind().await?;
    let until = attempt.table().now().plus_seconds(BUDGET_SECONDS);
    match chosen {
        Chosen::Ids(ids) => Ok(by_id(attempt, ids, correction, until).await),
        Chosen::Cause { code, limit, after } => {
            let wanted = |request: &RequestInError| {
                let open = request.state == State::Open
                    && request.failed.iter().any(|failed| failed.code == *code);
                let effect = attempt.effect().on(request.id.as_str());
                open || request.history.iter().any(|entry| entry.effect == effect)
            };
            // The next try of the same call looks for what the one before resolved, too.
            let resolved = attempt.is_replay().then_some(State::Resolved);
            let states = [State::Open].into_iter().chain(resolved).collect();
            let filter = Filter { states, ..Filter::default() };
            let page =
                list::list_where(attempt.master, &filter, after.as_deref(), *limit, wanted).await?;
            let mut batch = Batch { results: Vec::new(), next: after.clone() };
            for request in page.found {
                if attempt.table().now() >= until {
                    return Ok(batch);
                }
                batch.next = Some(list::position(&request));
                let result = one(attempt, &request.id, correction).await;
                batch.results.push((request.id, result));
            }
            Ok(Batch { next: page.next, ..batch })
        }
    }
}

async fn by_id<T: Table>(
    attempt: &Attempt<'_, T>,
    ids: &[RequestInErrorId],
    correction: &Correction,
    until: Timestamp,
) -> Batch {
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let result = if attempt.table().now() < until {
            one(attempt, id, correction).await
        } else {
            Err(NotFixed::Stopped(Stopped::Busy))
        };
        results.push((id.clone(), result));
    }
    Batch { results, next: None }
}

async fn one<T: Table>(
    attempt: &Attempt<'_, T>,
    id: &RequestInErrorId,
    correction: &Correction,
) -> Result<Reprocessed, NotFixed> {
    reprocess(&attempt.on(id.as_str()), id, correction, None).await
}
