//! The end of a call: its response and its log line, which also carries the metrics. Of what a caller is known by, the line has the name, so that it can be told who did
//! what, and nothing else.

use lambda_http::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use lambda_http::http::{HeaderMap, HeaderValue};
use lambda_http::{Body, Response};
use store::meter::Cost;

use super::{CORRELATION_ID, Call, REQUEST_ID};
use crate::answer::Answer;
use crate::caller::Caller;
use crate::measures::{Queue, Values};
use crate::problem::{self, Problem};

impl Call {
    /// Closes the call: makes the response and writes its log line.
    ///
    /// `operation` is the operation's name, a fixed word; `cost` is what it cost the table.
    pub fn close(
        self,
        operation: &'static str,
        result: Result<Answer, Problem>,
        cost: Cost,
    ) -> Response<Body> {
        let dry_run = self.is_dry_run();
        let result = result.map_err(|problem| problem.dry_run(dry_run));
        let (outcome, replayed, queue, inside) = match &result {
            Ok(answer) => (answer.outcome, answer.replayed, answer.queue, None),
            Err(problem) => (problem.kind().slug(), false, Queue::default(), problem.inside()),
        };
        let mut response = self.response(result);
        let measured = Values::of(response.status(), outcome, replayed, &cost, queue);
        let Cost { steps, calls, read_units, write_units, rounds, .. } = cost;
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            operation,
            outcome,
            status = response.status().as_u16(),
            duration_ms,
            request_id = self.request_id,
            correlation_id = self.correlation_id,
            caller = self.caller.as_ref().map(Caller::name),
            steps,
            calls,
            read_units,
            write_units,
            rounds,
            dry_run,
            replayed,
            Succeeded = measured.succeeded,
            Refused = measured.refused,
            Busy = measured.busy,
            Failed = measured.failed,
            Duplicates = measured.duplicates,
            Conflicts = measured.conflicts,
            Rounds = measured.rounds,
            Replays = measured.replays,
            RequestsInErrorOpened = measured.opened,
            RequestsInErrorResolved = measured.resolved,
            DamagedBlocks = measured.damaged_blocks,
            LargeBlocks = measured.large_blocks,
            KeysPassedOver = measured.keys_passed_over,
            OldestRequestInErrorAge = measured.oldest_age,
            "request"
        );
        if response.status().is_server_error() {
            tracing::error!(operation, outcome, request_id = self.request_id, inside, "failed");
        }
        let headers = response.headers_mut();
        // Only a page for anyone says otherwise.
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REQUEST_ID, id_value(&self.request_id));
        if let Some(id) = &self.correlation_id {
            headers.insert(CORRELATION_ID, id_value(id));
        }
        response
    }

    fn response(&self, result: Result<Answer, Problem>) -> Response<Body> {
        let (status, headers, body) = match result {
            Ok(Answer { status, outcome: _, headers, body, replayed: _, queue: _ }) => {
                (status, headers, body)
            }
            Err(problem) => {
                let mut headers: HeaderMap = problem.headers().iter().cloned().collect();
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(problem::CONTENT_TYPE));
                (problem.kind().status(), headers, Body::Text(problem.body(&self.request_id)))
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

fn id_value(id: &str) -> HeaderValue {
    HeaderValue::from_str(id).expect("an id is visible ASCII, which every header can carry")
}
