//! The routes of this function.

use api::Method;
use api::call::Call;
use api::problem::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    List,
    Export,
    Show { id: &'a str },
    Correct { id: &'a str },
    Delete { id: &'a str },
    Reprocess { id: &'a str },
    ReprocessMany,
    Erase { number: &'a str },
    Console,
    ConsoleFile { file: &'a str },
    Contract,
}

impl<'a> Route<'a> {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &'a Call) -> Result<Self, Problem> {
        let routes = match call.segments()?[..] {
            ["errors"] => vec![(Method::GET, Self::List)],
            ["errors.csv"] => vec![(Method::GET, Self::Export)],
            ["errors", "reprocess"] => vec![(Method::POST, Self::ReprocessMany)],
            ["errors", id] => vec![
                (Method::GET, Self::Show { id }),
                (Method::PATCH, Self::Correct { id }),
                (Method::DELETE, Self::Delete { id }),
            ],
            ["errors", id, "reprocess"] => vec![(Method::POST, Self::Reprocess { id })],
            ["customers", number, "erase"] => vec![(Method::POST, Self::Erase { number })],
            ["console"] => vec![(Method::GET, Self::Console)],
            ["console", file] => vec![(Method::GET, Self::ConsoleFile { file })],
            ["openapi.yaml"] => vec![(Method::GET, Self::Contract)],
            _ => return Err(Problem::not_found()),
        };
        match routes.iter().find(|(method, _)| method == call.method()) {
            Some((_, route)) => Ok(*route),
            None => {
                let allowed: Vec<_> = routes.into_iter().map(|(method, _)| method).collect();
                Err(Problem::method_not_allowed(&allowed))
            }
        }
    }

    /// The operation's name in the log.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::List => "list-errors",
            Self::Export => "export-errors",
            Self::Show { .. } => "show-error",
            Self::Correct { .. } => "correct-error",
            Self::Delete { .. } => "delete-error",
            Self::Reprocess { .. } => "reprocess-error",
            Self::ReprocessMany => "reprocess-errors",
            Self::Erase { .. } => "erase-customer",
            Self::Console | Self::ConsoleFile { .. } => "console",
            Self::Contract => "read-contract",
        }
    }
}
