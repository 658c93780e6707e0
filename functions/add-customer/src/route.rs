//! The routes of this function.

use api::Method;
use api::call::Call;
use api::caller::Scope;
use api::problem::Problem;
use api::rights::Right;

pub(crate) enum Route {
    Add,
    AddBatch,
}

impl Route {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &Call) -> Result<Self, Problem> {
        match call.segments()?[..] {
            // Who looks customers up there is answered by find-customer.
            ["customers"] => call.route_beside(&[Method::GET], vec![(Method::POST, Self::Add)]),
            ["customers", "batch"] => call.route(vec![(Method::POST, Self::AddBatch)]),
            _ => call.route(vec![]),
        }
    }
}

impl api::Route for Route {
    fn operation(&self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::AddBatch => "add-batch",
        }
    }
    fn right(&self) -> Right<'_> {
        match self {
            Self::Add | Self::AddBatch => Right::Scope(&[Scope::Customers]),
        }
    }
}
