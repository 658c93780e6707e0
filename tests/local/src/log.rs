//! What `cargo local` writes on standard error: one short line for each request, for people, or the functions' own lines, one JSON object each.
//!
//! A request's path, its headers and its body may name a person, so none of them is written; the route is.

use std::io;

use lambda_http::tracing::subscriber::{EnvFilter, fmt};

use crate::gateway::Served;

/// In which form requests are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line for people.
    Short,
    /// The functions' own lines.
    Json,
}

/// Warnings and worse of everybody but the embedded database, which warns of each condition that it refuses: that is its work.
const WARNINGS: &str = "warn,dynoxide=error";

/// Opens the log of the functions, whose metrics are those of the table of this name. In the short form it is quiet but for warnings and
/// errors; of a panic it tells the place and not the text, which may hold what was being worked on.
pub fn open(form: Form, table: &str) {
    match form {
        Form::Json => runtime::open_log_on_standard_error(table),
        Form::Short => {
            let log = fmt().compact().without_time().with_target(false);
            let log = log.with_env_filter(EnvFilter::new(WARNINGS)).with_writer(io::stderr);
            // Opening it again changes nothing.
            if tracing::subscriber::set_global_default(log.finish()).is_ok() {
                std::panic::set_hook(Box::new(|panic| {
                    let place = panic.location().map(ToString::to_string);
                    tracing::error!(place, "panic");
                }));
            }
        }
    }
}

/// The short line of a request.
#[must_use]
pub fn line(served: &Served<'_>) -> String {
    let Served { method, route, status, problem, took } = served;
    let route = route.unwrap_or("(no such path)");
    let problem = problem.map(|problem| format!("  {problem}")).unwrap_or_default();
    format!("{} {method} {route}{problem}  {} ms", status.as_u16(), took.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{Method, StatusCode};
    use std::time::Duration;

    #[test]
    fn a_line_has_status_method_route_problem_and_time() {
        let served = Served {
            method: &Method::POST,
            route: Some("/dealer-customers/{dealerCode}"),
            status: StatusCode::CREATED,
            problem: None,
            took: Duration::from_millis(14),
        };
        assert_eq!(line(&served), "201 POST /dealer-customers/{dealerCode}  14 ms");
        let unknown = Served { status: StatusCode::NOT_FOUND, route: None, ..served };
        assert_eq!(line(&unknown), "404 POST (no such path)  14 ms");
        let refused = Served { problem: Some("not-found"), ..unknown };
        assert_eq!(line(&refused), "404 POST (no such path)  not-found  14 ms");
    }
}
