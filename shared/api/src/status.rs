//! The one table from what an operation came to, to its HTTP status, its word in the log, and its problem where it is one.

use domain::customer::CustomerNumber;
use domain::customer::merge::{MAX_ABSORBED, MAX_DEPTH};
use domain::message::edits::FailedEdit;
use lambda_http::http::StatusCode;
use operations::customers::decision::{self, NotDecided};
use operations::dealers::associate::{AssociateOutcome, Associated, DealerCustomerOutcome};
use operations::dealers::release::ReleaseOutcome;
use operations::kit::Stopped;
use operations::messages::MessageResult;
use operations::requests::{NotFixed, Refused};

use crate::problem::{Fault, Problem, ProblemType};

/// The word of one of many that was done.
pub const SUCCESS: &str = "success";

/// The word of a message that failed its edits.
const FAILURE: &str = "failure";

/// The word of a message that wants what is so.
pub const UNCHANGED: &str = "unchanged";

/// The word of a message that is a duplicate.
pub const DUPLICATE: &str = "duplicate";

/// A status and its word in the log.
pub type Told = (StatusCode, &'static str);

/// An association that was made, or why none was.
pub fn associated(outcome: AssociateOutcome) -> Result<(Told, Associated), Problem> {
    const TAKEN: &str = "This dealer customer belongs to a customer already.";
    const UNKNOWN: &str = "No customer has this identifier.";
    const AMBIGUOUS: &str =
        "Name and address find several customers; send the identifier of the one that is meant.";
    Err(match outcome {
        AssociateOutcome::Associated(associated) => {
            let told = match associated.dealer_customer {
                DealerCustomerOutcome::Created => (StatusCode::CREATED, "created"),
                DealerCustomerOutcome::Associated => (StatusCode::OK, "associated"),
            };
            return Ok((told, associated));
        }
        AssociateOutcome::Taken { holder, same } => Problem::new(ProblemType::DcnAlreadyAssociated)
            .detail(TAKEN)
            .with("sameOrganization", same)
            .with("customerOrganizationIdentifier", holder.to_string()),
        AssociateOutcome::UnknownOrganization => {
            Problem::new(ProblemType::CustomerOrganizationNotFound).detail(UNKNOWN)
        }
        AssociateOutcome::Ambiguous(candidates) => {
            let candidates: Vec<_> = candidates.iter().map(ToString::to_string).collect();
            let problem = Problem::new(ProblemType::AmbiguousCustomerOrganization);
            problem.detail(AMBIGUOUS).with("candidates", candidates)
        }
    })
}

/// A release; a dry run has a body, and so another status.
pub fn released(outcome: ReleaseOutcome, dry_run: bool) -> Result<Told, Problem> {
    match outcome {
        ReleaseOutcome::Released if dry_run => Ok((StatusCode::OK, "released")),
        ReleaseOutcome::Released => Ok((StatusCode::NO_CONTENT, "released")),
        ReleaseOutcome::NotAssociated => Err(Problem::new(ProblemType::NotAssociated)
            .detail("This dealer customer belongs to no customer.")),
        ReleaseOutcome::Unknown => Err(Problem::not_found()),
    }
}

/// A processed message, that just came or was reprocessed.
pub fn processed(result: &MessageResult) -> Told {
    match result {
        MessageResult::Created(_) => (StatusCode::CREATED, "created"),
        MessageResult::Updated(_) => (StatusCode::OK, "updated"),
        MessageResult::Unchanged(_) => (StatusCode::OK, UNCHANGED),
        MessageResult::Duplicate(_) => (StatusCode::CONFLICT, DUPLICATE),
        MessageResult::Failed { .. } => (StatusCode::UNPROCESSABLE_ENTITY, FAILURE),
    }
}

/// What came of a message that is one of many, in a word.
pub fn outcome(result: &MessageResult) -> &'static str {
    match result {
        MessageResult::Created(_) | MessageResult::Updated(_) => SUCCESS,
        MessageResult::Unchanged(_) => UNCHANGED,
        MessageResult::Duplicate(_) => DUPLICATE,
        MessageResult::Failed { .. } => FAILURE,
    }
}

/// Why a request in error was not touched.
impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        const RESOLVED: &str = "This request was resolved before.";
        const DELETED: &str = "This request was deleted before.";
        const OPEN: &str = "This request is open; only one that was deleted is reopened.";
        const VERSION_REQUIRED: &str = "If-Match must name the version that you saw, or be `*`.";
        const CHANGED: &str = "Somebody changed this request meanwhile.";
        const FULL: &str = "This request was changed and tried too often to remember more. It can be resolved or deleted.";
        match refused {
            Refused::Unknown => Problem::not_found(),
            Refused::AlreadyResolved(number) => Problem::new(ProblemType::AlreadyResolved)
                .detail(RESOLVED)
                .with("customerNumber", number.map(|number| number.to_string())),
            Refused::AlreadyDeleted => Problem::new(ProblemType::AlreadyDeleted).detail(DELETED),
            Refused::AlreadyOpen => Problem::new(ProblemType::AlreadyOpen).detail(OPEN),
            Refused::VersionRequired => {
                Problem::new(ProblemType::VersionRequired).detail(VERSION_REQUIRED)
            }
            Refused::VersionMismatch(version) => {
                Problem::new(ProblemType::VersionMismatch).detail(CHANGED).with("version", version)
            }
            Refused::HistoryFull => Problem::new(ProblemType::TooLarge).detail(FULL),
        }
    }
}

impl From<NotFixed> for Problem {
    fn from(why: NotFixed) -> Self {
        match why {
            NotFixed::Refused(refused) => refused.into(),
            NotFixed::Stopped(stopped) => stopped.into(),
        }
    }
}

/// Why a steward's decision was not carried out.
impl From<decision::Refused> for Problem {
    fn from(refused: decision::Refused) -> Self {
        use decision::Refused;
        const LOSER: &str = "No customer has the number of `loser`.";
        const MERGED: &str = "Decide on the customer that acts for it.";
        const NOT_MERGED: &str = "The one was not merged into the other, or was parted from it.";
        const MERGE_LOST: &str = "What was kept of this merge is lost from the table. An audit that mends brings it back from the history.";
        const CHANGED: &str =
            "What changed since the merge stays with one of the two: say with which, in `keep`.";
        const VERSION_REQUIRED: &str = "Say which version you saw: of the customer in the path in If-Match, of the other one in `loserVersion`.";
        const MISMATCH: &str = "Somebody changed this customer meanwhile.";
        const OTHER_COMPANY: &str = "The two customers are of different companies.";
        let number = |number: CustomerNumber| number.to_string();
        match refused {
            Refused::Unknown => Problem::not_found(),
            Refused::UnknownLoser => Problem::not_found().detail(LOSER),
            Refused::AlreadyMerged { number: of, winner } => {
                Problem::new(ProblemType::AlreadyMerged)
                    .detail(MERGED)
                    .with("customerNumber", number(of))
                    .with("mergedInto", winner.map(number))
            }
            Refused::NotMerged => Problem::new(ProblemType::NotMerged).detail(NOT_MERGED),
            Refused::MergeLost => Problem::new(ProblemType::Gone).detail(MERGE_LOST),
            Refused::Erased(of) => {
                Problem::new(ProblemType::CustomerErased).with("customerNumber", number(of))
            }
            Refused::TooManyMerged => Problem::new(ProblemType::TooManyMerged).detail(format!(
                "At most {MAX_ABSORBED} customers hang on one, in chains of at most {MAX_DEPTH}."
            )),
            Refused::ChangedSince(choices) => {
                let names: Vec<_> = choices.iter().map(|choice| choice.name()).collect();
                Problem::new(ProblemType::ChangedSince).detail(CHANGED).with("attributes", names)
            }
            Refused::OtherCompany => Problem::new(ProblemType::NotPossible)
                .with_faults(vec![Fault::new("/loser", "other-company", OTHER_COMPANY)]),
            Refused::NumbersTaken(failed) => {
                let fault = |failed: FailedEdit| {
                    Fault::new("/version", failed.code.code(), failed.code.reason())
                };
                let faults = failed.into_iter().map(fault).collect();
                Problem::new(ProblemType::NotPossible).with_faults(faults)
            }
            Refused::VersionRequired => {
                Problem::new(ProblemType::VersionRequired).detail(VERSION_REQUIRED)
            }
            Refused::VersionMismatch { number: of, version } => {
                Problem::new(ProblemType::VersionMismatch)
                    .detail(MISMATCH)
                    .with("version", version)
                    .with("customerNumber", number(of))
            }
        }
    }
}

impl From<NotDecided> for Problem {
    fn from(why: NotDecided) -> Self {
        match why {
            NotDecided::Refused(refused) => refused.into(),
            NotDecided::Stopped(stopped) => stopped.into(),
        }
    }
}

/// Why there is no outcome.
impl From<Stopped> for Problem {
    fn from(stopped: Stopped) -> Self {
        const ALREADY_PROCESSED: &str = "So much happened since this key was first used that what it did is not known any more. Nothing was done; read what is there.";
        const REUSED: &str = "This idempotency key belongs to another request. Nothing was done.";
        match stopped {
            Stopped::AlreadyProcessed => {
                Problem::new(ProblemType::AlreadyProcessed).detail(ALREADY_PROCESSED)
            }
            Stopped::KeyReused => Problem::new(ProblemType::IdempotencyKeyReused).detail(REUSED),
            Stopped::Busy | Stopped::Unavailable(_) => Problem::busy(stopped),
            Stopped::Defect(_) => Problem::internal(stopped),
        }
    }
}
