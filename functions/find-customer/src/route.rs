//! The routes of this function.

use std::time::Duration;

use api::Method;
use api::call::{Call, MAX_CALL};
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

use crate::MAX_WAIT_SECONDS;

pub(crate) enum Route {
    Find,
    Customer { number: String },
    History { number: String },
    PossibleDuplicates { number: String },
    Worklist,
    Changes,
    TryRules,
}

impl Route {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        call.route(match call.segments()?[..] {
            // Who adds one there is answered by add-customer.
            ["customers"] => {
                return call.route_beside(&[Method::POST], vec![(Method::GET, Self::Find)]);
            }
            ["customers", number] => vec![(Method::GET, Self::Customer { number: number.into() })],
            ["customers", number, "history"] => {
                vec![(Method::GET, Self::History { number: number.into() })]
            }
            ["customers", number, "possible-duplicates"] => {
                vec![(Method::GET, Self::PossibleDuplicates { number: number.into() })]
            }
            ["possible-duplicates"] => vec![(Method::GET, Self::Worklist)],
            ["changes"] => vec![(Method::GET, Self::Changes)],
            ["rules", "try"] => vec![(Method::POST, Self::TryRules)],
            _ => vec![],
        })
    }
}

impl api::Route for Route {
    fn operation(&self) -> &'static str {
        match self {
            Self::Find => "find-customers",
            Self::Customer { .. } => "read-customer",
            Self::History { .. } => "read-history",
            Self::PossibleDuplicates { .. } => "find-possible-duplicates",
            Self::Worklist => "list-possible-duplicates",
            Self::Changes => "pull-changes",
            Self::TryRules => "try-rules",
        }
    }

    fn right(&self) -> Right<'_> {
        match self {
            Self::Find | Self::Customer { .. } | Self::History { .. } => {
                Right::Scope(&[Scope::Customers, Scope::Steward])
            }
            Self::Changes => Right::Scope(&[Scope::Customers]),
            Self::PossibleDuplicates { .. } | Self::Worklist | Self::TryRules => {
                Right::Scope(&[Scope::Steward])
            }
        }
    }

    fn longest(&self) -> Duration {
        match self {
            Self::Find
            | Self::Customer { .. }
            | Self::History { .. }
            | Self::PossibleDuplicates { .. }
            | Self::Worklist
            | Self::TryRules => MAX_CALL,
            // It may wait for news first.
            Self::Changes => MAX_CALL.saturating_add(Duration::from_secs(MAX_WAIT_SECONDS as u64)),
        }
    }
}
