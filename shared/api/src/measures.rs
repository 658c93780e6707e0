//! What one request adds to each metric of [`runtime::metrics::METRICS`].

use lambda_http::http::StatusCode;
use store::meter::Cost;

use crate::status;

/// What a request did to the queue of requests in error, which only its function knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) opened: u64,
    pub(crate) resolved: u64,
    pub(crate) oldest_age: Option<u64>,
}

/// The values of one request, each by the name of its metric in the table of metrics; none is not written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) succeeded: Option<u64>,
    pub(crate) refused: Option<u64>,
    pub(crate) busy: Option<u64>,
    pub(crate) failed: Option<u64>,
    pub(crate) duplicates: Option<u64>,
    pub(crate) conflicts: Option<u64>,
    pub(crate) rounds: Option<u64>,
    pub(crate) replays: Option<u64>,
    pub(crate) opened: Option<u64>,
    pub(crate) resolved: Option<u64>,
    pub(crate) damaged_blocks: Option<u64>,
    pub(crate) large_blocks: Option<u64>,
    pub(crate) keys_passed_over: Option<u64>,
    pub(crate) oldest_age: Option<u64>,
}

impl Values {
    /// The values of a request that was answered so.
    pub(crate) fn of(
        answered: StatusCode,
        outcome: &str,
        replayed: bool,
        cost: &Cost,
        queue: Queue,
    ) -> Values {
        let some = |count: u64| (count > 0).then_some(count);
        let once = |is: bool| some(u64::from(is));
        let busy = answered == StatusCode::SERVICE_UNAVAILABLE;
        Values {
            succeeded: once(!answered.is_client_error() && !answered.is_server_error()),
            refused: once(answered.is_client_error()),
            busy: once(busy),
            failed: once(answered.is_server_error() && !busy),
            duplicates: once(outcome == status::DUPLICATE),
            conflicts: once(cost.rounds > 0),
            rounds: some(u64::from(cost.rounds)),
            replays: once(replayed),
            opened: some(queue.opened),
            resolved: some(queue.resolved),
            damaged_blocks: some(u64::from(cost.damaged_blocks)),
            large_blocks: some(u64::from(cost.large_blocks)),
            keys_passed_over: some(u64::from(cost.keys_passed_over)),
            oldest_age: queue.oldest_age,
        }
    }
}
