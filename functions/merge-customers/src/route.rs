//! The routes of this function.

use api::Method;
use api::call::Call;
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

pub(crate) enum Route {
    Merge { number: String },
    Unmerge { number: String },
    Restore { number: String },
    Erase { number: String },
}

impl Route {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        call.route(match call.segments()?[..] {
            ["customers", number, "merge"] => {
                vec![(Method::POST, Self::Merge { number: number.into() })]
            }
            ["customers", number, "unmerge"] => {
                vec![(Method::POST, Self::Unmerge { number: number.into() })]
            }
            ["customers", number, "restore"] => {
                vec![(Method::POST, Self::Restore { number: number.into() })]
            }
            ["customers", number, "erase"] => {
                vec![(Method::POST, Self::Erase { number: number.into() })]
            }
            _ => vec![],
        })
    }
}

impl api::Route for Route {
    fn operation(&self) -> &'static str {
        match self {
            Self::Merge { .. } => "merge-customers",
            Self::Unmerge { .. } => "unmerge-customers",
            Self::Restore { .. } => "restore-customer",
            Self::Erase { .. } => "erase-customer",
        }
    }

    fn right(&self) -> Right<'_> {
        match self {
            Self::Merge { .. } | Self::Unmerge { .. } | Self::Restore { .. } => {
                Right::Scope(&[Scope::Steward])
            }
            Self::Erase { .. } => Right::Scope(&[Scope::Privacy]),
        }
    }
}
