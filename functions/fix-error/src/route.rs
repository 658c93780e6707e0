//! The routes of this function.

use api::Method;
use api::call::Call;
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

pub(crate) enum Route {
    List,
    Export,
    Show { id: String },
    Correct { id: String },
    Delete { id: String },
    Reprocess { id: String },
    Assign { id: String },
    Note { id: String },
    Reopen { id: String },
    ReprocessBatch,
    Console,
    ConsoleFile { file: String },
    Contract,
}

impl Route {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        call.route(match call.segments()?[..] {
            ["errors"] => vec![(Method::GET, Self::List)],
            ["errors.csv"] => vec![(Method::GET, Self::Export)],
            ["errors", "reprocess"] => vec![(Method::POST, Self::ReprocessBatch)],
            ["errors", id] => vec![
                (Method::GET, Self::Show { id: id.into() }),
                (Method::PATCH, Self::Correct { id: id.into() }),
                (Method::DELETE, Self::Delete { id: id.into() }),
            ],
            ["errors", id, "reprocess"] => {
                vec![(Method::POST, Self::Reprocess { id: id.into() })]
            }
            ["errors", id, "assign"] => vec![(Method::POST, Self::Assign { id: id.into() })],
            ["errors", id, "note"] => vec![(Method::POST, Self::Note { id: id.into() })],
            ["errors", id, "reopen"] => vec![(Method::POST, Self::Reopen { id: id.into() })],
            ["console"] => vec![(Method::GET, Self::Console)],
            ["console", file] => vec![(Method::GET, Self::ConsoleFile { file: file.into() })],
            ["openapi.yaml"] => vec![(Method::GET, Self::Contract)],
            _ => vec![],
        })
    }
}

impl api::Route for Route {
    fn operation(&self) -> &'static str {
        match self {
            Self::List => "list-errors",
            Self::Export => "export-errors",
            Self::Show { .. } => "show-error",
            Self::Correct { .. } => "correct-error",
            Self::Delete { .. } => "delete-error",
            Self::Reprocess { .. } => "reprocess-error",
            Self::Assign { .. } => "assign-error",
            Self::Note { .. } => "note-error",
            Self::Reopen { .. } => "reopen-error",
            Self::ReprocessBatch => "reprocess-errors",
            Self::Console | Self::ConsoleFile { .. } => "console",
            Self::Contract => "read-contract",
        }
    }
    fn right(&self) -> Right<'_> {
        match self {
            Self::List
            | Self::Export
            | Self::Show { .. }
            | Self::Correct { .. }
            | Self::Delete { .. }
            | Self::Reprocess { .. }
            | Self::Assign { .. }
            | Self::Note { .. }
            | Self::Reopen { .. }
            | Self::ReprocessBatch => Right::Scope(&[Scope::Steward]),
            Self::Console | Self::ConsoleFile { .. } | Self::Contract => Right::None,
        }
    }
}
