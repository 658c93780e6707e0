//! Rights: who may do what, decided from the caller and the key in the path, before anything of the thing is read and before anything else of the request is looked at.
//!
//! Every function's routes say which [`Right`] they need, and [`Call::authorize`] is the one place that decides. Two questions have a key that is not in the path, and
//! are asked with the same words: whose dealer code a body names ([`crate::caller::Caller::acts_for`]), and whether one of the caller's dealers is associated with a customer, which
//! the table knows (`operations::dealers::organization::in_sight`). What is refused here is refused alike for what is there and for what is not.

use domain::dealer::DealerCode;

use crate::call::Call;
use crate::caller::Scope;
use crate::problem::Problem;

const DEALER: &[Scope] = &[Scope::Dealer];

/// What a route needs of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right<'a> {
    /// Nothing: the same for anyone, without a token.
    None,
    /// One of these scopes; without it 403.
    Scope(&'static [Scope]),
    /// The scope `dealer`, and to act for the dealer code in the path; another dealer's things are as if they were not there: 404.
    ReadOf(&'a str),
    /// The scope `dealer`, and to act for the dealer code in the path; without it 403.
    WriteFor(&'a str),
}

impl Call {
    /// Goes on only if the caller has the right.
    ///
    /// # Errors
    /// `unauthenticated` without a caller, `forbidden` without the scope, and without the dealer code `forbidden` for a write and `not-found` for a read.
    pub(crate) fn authorize(&self, right: Right<'_>) -> Result<(), Problem> {
        let (scopes, code): (&[Scope], _) = match right {
            Right::None => return Ok(()),
            Right::Scope(scopes) => (scopes, None),
            Right::ReadOf(code) => (DEALER, Some((code, Problem::not_found as fn() -> Problem))),
            Right::WriteFor(code) => (DEALER, Some((code, Problem::forbidden as fn() -> Problem))),
        };
        let caller = self.caller()?;
        caller.require(scopes)?;
        match code.map(|(code, refusal)| (DealerCode::parse(code), refusal)) {
            None => Ok(()),
            Some((Ok(code), _)) if caller.acts_for(&code) => Ok(()),
            Some((Ok(_), refusal)) => Err(refusal()),
            // What is no dealer code is nobody's.
            Some((Err(_), _)) => Err(Problem::not_found()),
        }
    }
}
