//! The log of a process: where it goes, how much of it, and what is told of a panic. What is in a line is not decided here.

use std::{env, io};

use lambda_runtime::tracing::subscriber::filter::LevelFilter;
use lambda_runtime::tracing::subscriber::fmt::MakeWriter;
use tracing::Subscriber;

use crate::log_line::LogLine;

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
pub fn subscriber<W>(
    writer: W,
    level: LevelFilter,
    table: Option<String>,
) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    lambda_runtime::tracing::subscriber::fmt()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alone::{alone, line, output};

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

    #[test]
    fn a_panic_is_logged_by_its_place_and_without_its_text() {
        let Some(mut command) =
            alone("log::tests::a_panic_is_logged_by_its_place_and_without_its_text")
        else {
            open_log();
            panic!("Julie Robinson");
        };
        let (code, printed, complained) = output(&mut command);
        assert_ne!(code, Some(0), "{printed}");
        let place = line(&printed, "\"panic\"")["place"].to_string();
        assert!(place.contains("log.rs"), "{place}");
        assert!(
            !printed.contains("Julie") && !complained.contains("Julie"),
            "{printed}{complained}"
        );
    }
}
