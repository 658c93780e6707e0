//! The one table from what an operation came to, to its HTTP status and its word in the log.

use domain::outcome::{DealerCustomerOutcome, MessageOutcome, Stopped};
use lambda_http::http::StatusCode;

use crate::problem::{Problem, ProblemType};

/// The word of a message that is a duplicate.
pub const DUPLICATE: &str = "duplicate";

/// The status and the word of an association that was made.
pub fn associated(outcome: DealerCustomerOutcome) -> (StatusCode, &'static str) {
    match outcome {
        DealerCustomerOutcome::Created => (StatusCode::CREATED, "created"),
        DealerCustomerOutcome::Associated => (StatusCode::OK, "associated"),
    }
}

/// The status and the word of a processed message.
pub fn processed(outcome: &MessageOutcome) -> (StatusCode, &'static str) {
    match outcome {
        MessageOutcome::Created(_) => (StatusCode::CREATED, "created"),
        MessageOutcome::Updated(_) => (StatusCode::OK, "updated"),
        MessageOutcome::Duplicate(_) => (StatusCode::CONFLICT, DUPLICATE),
        MessageOutcome::Failed { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "failure"),
    }
}

/// Why there is no outcome.
impl From<Stopped> for Problem {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::KeyReused => Problem::new(ProblemType::IdempotencyKeyReused)
                .detail("This idempotency key belongs to another request. Nothing was done."),
            Stopped::Busy | Stopped::Unavailable(_) => Problem::busy(stopped),
            Stopped::Defect(_) => Problem::internal(stopped),
        }
    }
}
