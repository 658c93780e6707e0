//! From an event to its answer: the one way through the door of every function.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::{Body, Request, RequestExt as _, Response};
use operations::kit::Master;
use serde_json::value::RawValue;
use store::meter::Cost;
use store::table::Table;

use crate::answer::Answer;
use crate::call::{Call, MAX_CALL};
use crate::event;
use crate::problem::Problem;
use crate::rights::Right;

/// What the routes of all functions have in common.
pub trait Route {
    /// The operation's name in the log: a fixed word, never something that a caller sent.
    fn operation(&self) -> &'static str;

    /// What the route needs of its caller.
    fn right(&self) -> Right<'_>;

    /// How long an answer may take.
    fn longest(&self) -> Duration {
        MAX_CALL
    }
}

/// An answer in the making. On the heap, because the runtime hands the future of a request through a dozen layers, each of which would move all that the work may ever hold.
pub type Answering<'call> = Pin<Box<dyn Future<Output = Result<Answer, Problem>> + Send + 'call>>;

/// Answers one request: finds its route, decides whether the caller has the right to it, has it answered for as long as a call may take, and closes the call. Whatever
/// happens, it is answered.
pub async fn serve<T: Table, R: Route>(
    master: &Master<T>,
    request: Request,
    route: impl FnOnce(&Call) -> Result<R, Problem>,
    answer: impl for<'call> FnOnce(&'call Master<T>, &'call Call, R) -> Answering<'call>,
) -> Response<Body> {
    let call = Call::open(request);
    let master = master.counted();
    let (operation, result) = match route(&call) {
        Ok(route) => {
            let operation = route.operation();
            let longest = route.longest();
            let result = match call.authorize(route.right()) {
                Ok(()) => call.within(longest, answer(&master, &call, route)).await,
                Err(problem) => Err(problem),
            };
            (operation, result)
        }
        Err(problem) => ("none", Err(problem)),
    };
    call.close(operation, result, master.cost())
}

/// Answers the events of the Lambda runtime with `handler`, for as long as the process lives.
///
/// Whatever the event is and whatever the handler does, there is an answer, so no input fails an invocation.
pub async fn run<H, F>(handler: H)
where
    H: Fn(Request) -> F,
    F: Future<Output = Response<Body>> + Send,
{
    let handler = &handler;
    let service = lambda_http::service_fn(async move |event: LambdaEvent<Box<RawValue>>| {
        let request =
            || handler(event::request(event.payload.get()).with_lambda_context(event.context));
        Ok::<_, Infallible>(event::response(answered(request).await))
    });
    if let Err(error) = lambda_runtime::run(service).await {
        runtime::stop(&format!("The Lambda runtime ended: {error}."));
    }
}

/// What `work` comes to; none where it panics.
pub(crate) async fn guarded<T>(mut work: Pin<Box<impl Future<Output = T> + ?Sized>>) -> Option<T> {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// The answer of what `work` begins; `internal` where it panics.
async fn answered<F>(work: impl FnOnce() -> F) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    // On the heap before anything holds it: the runtime hands the future of a request through a dozen layers, each of which would move all that the work may ever hold.
    let answer = match catch_unwind(AssertUnwindSafe(|| Box::pin(work()))) {
        Ok(work) => guarded(work).await,
        Err(_) => None,
    };
    answer.unwrap_or_else(|| {
        let call = Call::open(Request::new(Body::Empty));
        call.close("none", Err(Problem::internal("the function panicked")), Cost::default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_of_a_handler_is_an_answer() {
        type Handling = std::future::Ready<Response<Body>>;
        let at_once = answered(|| -> Handling { panic!("on purpose") }).await;
        let later = answered(|| async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        })
        .await;
        for answer in [at_once, later] {
            assert_eq!(answer.status(), 500);
            assert_eq!(answer.headers()["content-type"], "application/problem+json");
            assert!(answer.headers().contains_key("x-request-id"));
        }
    }

    /// Compiles only if a function's `handle`, which borrows its master and waits for its operation, can be served.
    #[test]
    fn a_handler_may_borrow_what_lives_as_long_as_main() {
        async fn operation(master: &str, call: &Call) -> Result<Answer, Problem> {
            let caller = call.caller()?;
            tokio::task::yield_now().await;
            if caller.name() == master {
                Err(Problem::not_found())
            } else {
                Err(Problem::forbidden())
            }
        }
        async fn handle(master: &str, request: Request) -> Response<Body> {
            let call = Call::open(request);
            let result = call.in_time(Box::pin(operation(master, &call))).await;
            call.close("operation", result, Cost::default())
        }
        fn assert_served(_: impl Future<Output = ()>) {}
        let master = String::from("master");
        assert_served(run(|request| handle(&master, request)));
    }
}
