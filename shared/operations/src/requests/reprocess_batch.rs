//! Reprocess many requests in error: those that one cause hit, or those that are named.

use std::time::Duration;

use domain::message::edits::EditCode;
use domain::outcome::Stopped;
use domain::request::{Correction, RequestInErrorId, State};
use store::table::Table;

use crate::kit::Master;
use crate::kit::attempt::{self as idempotency, Asked, Try};
use crate::requests::list::{self as queue, Filter};
use crate::requests::reprocess::{self as fix, Fixed, Reprocessed};

/// How many requests one call reprocesses at the most.
pub const MOST: usize = 100;

/// How long a call goes on beginning with one more request. Those that it does not come to are answered `busy`, or are behind the cursor.
const BUDGET: Duration = Duration::from_secs(5);

/// Which requests are reprocessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// Those with these ids.
    Ids(Vec<RequestInErrorId>),
    /// The open ones that failed this edit at the last evaluation that was recorded, behind a position in the queue, so many at the most.
    Cause {
        /// The edit.
        code: EditCode,
        /// How many.
        limit: usize,
        /// The position that the call before ended with.
        after: Option<String>,
    },
}

/// One request and what came of it; an operation that could not be carried out stops that request only.
pub type One = (RequestInErrorId, Result<Fixed<Reprocessed>, Stopped>);

/// What came of all.
#[derive(Debug)]
pub struct Bulk {
    /// What came of each, in order.
    pub results: Vec<One>,
    /// Where to go on; none where there is no more.
    pub next: Option<String>,
}

/// Reprocesses each request as a single call would.
///
/// # Errors
/// `KeyReused`, and what hinders the list itself from being read. What hinders one request is its result.
pub async fn reprocess<T: Table>(
    master: &Master<T>,
    chosen: &Chosen,
    asked: &Asked,
) -> Result<Bulk, Stopped> {
    let tried = idempotency::bind(&master.table, asked).await?;
    let until = master.table.now().millis()
        + u64::try_from(BUDGET.as_millis()).expect("five seconds are few");
    let mut results = Vec::new();
    match chosen {
        Chosen::Ids(ids) => {
            for id in ids {
                results.push((
                    id.clone(),
                    if master.table.now().millis() < until {
                        one(master, id, asked, tried).await
                    } else {
                        Err(Stopped::Busy)
                    },
                ));
            }
            Ok(Bulk { results, next: None })
        }
        Chosen::Cause { code, limit, after } => {
            // The next try of the same call looks for what the one before resolved, too.
            let states = if tried == Try::Again {
                vec![State::Open, State::Resolved]
            } else {
                vec![State::Open]
            };
            let filter = Filter { states, ..Filter::default() };
            let page = queue::list_where(master, &filter, after.as_deref(), *limit, |request| {
                let open = request.state == State::Open
                    && request.failed.iter().any(|failed| failed.code == *code);
                let ours = asked.on(request.id.as_str()).cause.id;
                open || request.history.iter().any(|entry| entry.effect == ours)
            });
            let page = page.await?;
            let mut behind = after.clone();
            for request in page.found {
                if master.table.now().millis() >= until {
                    return Ok(Bulk { results, next: behind });
                }
                behind = Some(queue::position(&request));
                results.push((request.id.clone(), one(master, &request.id, asked, tried).await));
            }
            Ok(Bulk { results, next: page.next })
        }
    }
}

async fn one<T: Table>(
    master: &Master<T>,
    id: &RequestInErrorId,
    asked: &Asked,
    tried: Try,
) -> Result<Fixed<Reprocessed>, Stopped> {
    let found = fix::request(master, id).await?;
    fix::reprocess_found(master, found, &Correction::default(), None, &asked.on(id.as_str()), tried)
        .await
}
