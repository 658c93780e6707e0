//! The routes of this function.

use api::Method;
use api::call::Call;
use api::problem::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route<'a> {
    Add,
    Customer { number: &'a str },
}

impl<'a> Route<'a> {
    /// The route of a call: 404 for a path that is none of ours, 405 for a method that the path does not have.
    pub(crate) fn of(call: &'a Call) -> Result<Self, Problem> {
        let (method, route) = match call.segments()?[..] {
            ["customers"] => (Method::POST, Self::Add),
            ["customers", number] => (Method::GET, Self::Customer { number }),
            _ => return Err(Problem::not_found()),
        };
        if *call.method() == method {
            Ok(route)
        } else {
            Err(Problem::method_not_allowed(&[method]))
        }
    }

    /// The operation's name in the log.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Customer { .. } => "read-customer",
        }
    }
}
