//! Start-up: what each function's `main` does before and around its first request. No branch of a function may be here.

use std::convert::Infallible;
use std::env::{self, VarError};
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use domain::outcome::Cost;
use lambda_http::lambda_runtime::{self, LambdaEvent};

use lambda_http::tracing::subscriber::filter::LevelFilter;
use lambda_http::tracing::subscriber::fmt::MakeWriter;
use lambda_http::{Body, Request, RequestExt as _, Response};
use serde_json::value::RawValue;
use tracing::Subscriber;

use crate::call::Call;
use crate::event;
use crate::log_line::LogLine;
use crate::problem::Problem;

/// Opens the log: one JSON object a line on standard output.
///
/// `AWS_LAMBDA_LOG_LEVEL` (Lambda's own setting), or else `RUST_LOG`, may make it quieter: `WARN`, `ERROR`, `OFF`. It is never more
/// talkative than `INFO`, whatever they say, because the libraries under us write whole bodies below it. Of a panic it tells the
/// place and not the text, which may hold what was being worked on. Opening it again changes nothing.
///
/// The metrics ([`crate::metrics`]) are those of the table in `TABLE_NAME`.
pub fn open_log() {
    let table = env::var("TABLE_NAME").ok();
    open_log_on(io::stdout, table.filter(|name| !name.is_empty()));
}

/// The same on standard error, for a program whose standard output is for people, and of the table of this name.
pub fn open_log_on_standard_error(table: &str) {
    open_log_on(io::stderr, Some(table.to_owned()));
}

fn open_log_on<W>(writer: W, table: Option<String>)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let wish =
        env::var("AWS_LAMBDA_LOG_LEVEL").or_else(|_| env::var("RUST_LOG")).unwrap_or_default();
    if tracing::subscriber::set_global_default(subscriber(writer, level(&wish), table)).is_ok() {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string);
            tracing::error!(place, "panic");
        }));
    }
}

/// What writes the log lines. The runtime's default subscriber would do it as plain text unless the deployment says otherwise, and
/// nest the fields, which makes them harder to search.
pub(crate) fn subscriber<W>(
    writer: W,
    level: LevelFilter,
    table: Option<String>,
) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    lambda_http::tracing::subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_target(false)
        .with_span_list(false)
        .map_event_format(|members| LogLine { members, table })
        .with_max_level(level)
        .with_writer(writer)
        .finish()
}

/// The level that a setting stands for, never below `INFO` in importance; `FATAL` is Lambda's word for the last of them.
fn level(wish: &str) -> LevelFilter {
    if wish.eq_ignore_ascii_case("fatal") {
        return LevelFilter::ERROR;
    }
    if wish.is_empty() {
        // The parser takes an empty text for `ERROR`.
        return LevelFilter::INFO;
    }
    wish.parse().unwrap_or(LevelFilter::INFO).min(LevelFilter::INFO)
}

/// A setting from the environment; empty is the same as absent. It stops the process when the value is not Unicode.
pub fn setting(name: &str) -> Option<String> {
    match env::var(name) {
        Ok(value) => Some(value).filter(|value| !value.is_empty()),
        Err(VarError::NotPresent) => None,
        Err(VarError::NotUnicode(_)) => {
            stop(&format!("The environment variable {name} is not Unicode."))
        }
    }
}

/// Stops the process before its first request, with a sentence that says why, and exit code 1.
pub fn stop(sentence: &str) -> ! {
    open_log();
    tracing::error!(reason = sentence, "stopped at start");
    std::process::exit(1)
}

/// Answers the events of the Lambda runtime with `handler`, for as long as the process lives.
///
/// Whatever the event is and whatever the handler does, there is an answer, so no input fails an invocation.
pub async fn serve<H, F>(handler: H)
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
        stop(&format!("The Lambda runtime ended: {error}."));
    }
}

/// The answer of what `work` begins; `internal` where it panics.
async fn answered<F>(work: impl FnOnce() -> F) -> Response<Body>
where
    F: Future<Output = Response<Body>>,
{
    // On the heap before anything holds it: the runtime hands the future of a request through a dozen layers, each of which would move all that the work may ever hold.
    let begun = catch_unwind(AssertUnwindSafe(|| Box::pin(work())));
    let answer = match begun {
        Ok(mut work) => {
            poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
                    Ok(polled) => polled.map(Ok),
                    Err(panic) => Poll::Ready(Err(panic)),
                }
            })
            .await
        }
        Err(panic) => Err(panic),
    };
    answer.unwrap_or_else(|_| {
        let call = Call::open(Request::new(Body::Empty));
        call.close("none", Err(Problem::internal("the function panicked")), Cost::default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answer;
    use std::process::Command;

    #[test]
    fn the_log_can_be_made_quieter_and_never_more_talkative() {
        let cases = [
            ("", LevelFilter::INFO),
            ("INFO", LevelFilter::INFO),
            ("info", LevelFilter::INFO),
            ("DEBUG", LevelFilter::INFO),
            ("TRACE", LevelFilter::INFO),
            ("warn", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
            ("OFF", LevelFilter::OFF),
            ("store=trace", LevelFilter::INFO),
        ];
        for (wish, expected) in cases {
            assert_eq!(level(wish), expected, "{wish}");
        }
    }

    /// Set in the process of its own in which a test runs again what ends or changes its process.
    const ALONE: &str = "CUSTOMER_MASTER_TEST_ALONE";

    /// A process of its own that runs the test `name` of this file again; nothing, when this is that process.
    fn alone(name: &str) -> Option<Command> {
        if env::var_os(ALONE).is_some() {
            return None;
        }
        let mut command = Command::new(env::current_exe().expect("the test binary"));
        command.args([
            "--exact",
            &format!("start_up::tests::{name}"),
            "--nocapture",
            "--test-threads=1",
        ]);
        command.env(ALONE, "1").env_remove("AWS_LAMBDA_LOG_LEVEL").env_remove("RUST_LOG");
        Some(command)
    }

    /// The exit code of a process, what it wrote to standard output, and to standard error.
    fn output(command: &mut Command) -> (Option<i32>, String, String) {
        let output = command.output().expect("the test binary runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// The JSON of the one printed line that holds `word`; the test harness may have begun the line with words of its own.
    fn line(printed: &str, word: &str) -> serde_json::Value {
        let lines: Vec<&str> = printed.lines().filter(|line| line.contains(word)).collect();
        let [line] = lines.as_slice() else { panic!("one line with {word} in {printed}") };
        serde_json::from_str(line.trim_start_matches(|character| character != '{')).expect("JSON")
    }

    #[test]
    fn a_bad_control_stops_the_start_with_a_sentence() {
        let Some(mut command) = alone("a_bad_control_stops_the_start_with_a_sentence") else {
            stop("EXACT_MATCH names shoe_size, which is no field.")
        };
        let (code, printed, _) = output(&mut command);
        assert_eq!(code, Some(1), "{printed}");
        let line = line(&printed, "stopped at start");
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["reason"], "EXACT_MATCH names shoe_size, which is no field.");
    }

    #[test]
    fn a_setting_that_is_empty_is_absent() {
        let Some(mut command) = alone("a_setting_that_is_empty_is_absent") else {
            open_log();
            open_log();
            tracing::info!(
                set = setting("SET"),
                empty = setting("EMPTY"),
                absent = setting("ABSENT"),
                "settings"
            );
            tracing::debug!("too quiet to be heard");
            return;
        };
        let (code, printed, _) =
            output(command.env("SET", "x").env("EMPTY", "").env("RUST_LOG", "trace"));
        assert_eq!(code, Some(0), "{printed}");
        let line = line(&printed, "\"settings\"");
        assert_eq!(
            (&line["set"], line.get("empty"), line.get("absent")),
            (&"x".into(), None, None)
        );
        assert!(!printed.contains("too quiet"), "{printed}");
    }

    #[test]
    #[cfg(unix)]
    fn a_setting_that_is_not_unicode_stops_the_start() {
        use std::os::unix::ffi::OsStrExt;
        let Some(mut command) = alone("a_setting_that_is_not_unicode_stops_the_start") else {
            setting("NOT_UNICODE");
            return;
        };
        let (code, printed, _) =
            output(command.env("NOT_UNICODE", std::ffi::OsStr::from_bytes(b"\xff")));
        assert_eq!(code, Some(1), "{printed}");
        assert_eq!(
            line(&printed, "stopped")["reason"],
            "The environment variable NOT_UNICODE is not Unicode."
        );
    }

    #[test]
    fn a_panic_is_logged_by_its_place_and_without_its_text() {
        let Some(mut command) = alone("a_panic_is_logged_by_its_place_and_without_its_text") else {
            open_log();
            panic!("Julie Robinson");
        };
        let (code, printed, complained) = output(&mut command);
        assert_ne!(code, Some(0), "{printed}");
        let place = line(&printed, "\"panic\"")["place"].to_string();
        assert!(place.contains("start_up.rs"), "{place}");
        assert!(
            !printed.contains("Julie") && !complained.contains("Julie"),
            "{printed}{complained}"
        );
    }

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
            let result = call.in_time(operation(master, &call)).await;
            call.close("operation", result, Cost::default())
        }
        fn assert_served(_: impl Future<Output = ()>) {}
        let master = String::from("master");
        assert_served(serve(|request| handle(&master, request)));
    }
}
