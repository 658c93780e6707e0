//! The answer to a request in error that is reprocessed: a `CWCustomerOut`, with what only a steward may see beside it. Of a duplicate, all values of the customers that the
//! message looks like, and which of them differ; of a change that is only tried, what would be replaced by what.

use api::answer::Answer;
use api::customer_out::{CustomerOut, MAX_DUPLICATES};
use api::parts::{ChangedBody, ValueBody};
use api::status;
use domain::controls::Controls;
use domain::customer::Customer;
use domain::matching::difference::{self, BesideMessage};
use domain::message::Attributes;
use operations::messages::{MessageOutcome, MessageResult};
use serde::Serialize;

#[derive(Serialize)]
struct Reprocessed {
    #[serde(flatten)]
    out: CustomerOut,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<CandidateBody>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed: Vec<ChangedBody>,
}

/// A customer that the message looks like.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CandidateBody {
    customer_number: String,
    name: String,
    status: &'static str,
    version: u64,
    values: Vec<BesideBody>,
}

/// A value of it beside the message's; what one does not have is null.
#[derive(Serialize)]
struct BesideBody {
    attribute: &'static str,
    message: Option<ValueBody>,
    customer: Option<ValueBody>,
    differs: bool,
}

/// The answer: always with a body, whatever the message itself asks for.
pub(crate) fn answer(outcome: &MessageOutcome, dry_run: bool, controls: &Controls) -> Answer {
    let (status, word) = status::processed(&outcome.result);
    let body = Reprocessed {
        out: CustomerOut::of(outcome, dry_run),
        candidates: candidates(outcome, controls),
        changed: changed(&outcome.result),
    };
    let answer = Answer::json(status, word, &body)
        .replayed(outcome.replayed)
        .resolved(u64::from(resolves(outcome, dry_run)));
    match outcome.number() {
        Some(number) => answer.location(&format!("/customers/{number}")),
        None => answer,
    }
}

/// Whether this run resolved the request in error, and not an earlier try of it.
pub(crate) fn resolves(outcome: &MessageOutcome, dry_run: bool) -> bool {
    outcome.number().is_some() && !outcome.replayed && !dry_run
}

fn candidates(outcome: &MessageOutcome, controls: &Controls) -> Vec<CandidateBody> {
    match &outcome.result {
        MessageResult::Duplicate(duplicates) => {
            let listed = duplicates.iter().take(MAX_DUPLICATES);
            let message = &outcome.message.attributes;
            listed.map(|customer| CandidateBody::of(message, customer, controls)).collect()
        }
        MessageResult::Created(_)
        | MessageResult::Updated(_)
        | MessageResult::Unchanged(_)
        | MessageResult::Failed { .. } => Vec::new(),
    }
}

fn changed(result: &MessageResult) -> Vec<ChangedBody> {
    match result {
        MessageResult::Updated(stored) => stored.would_change.iter().map(ChangedBody::of).collect(),
        MessageResult::Created(_)
        | MessageResult::Unchanged(_)
        | MessageResult::Duplicate(_)
        | MessageResult::Failed { .. } => Vec::new(),
    }
}

impl CandidateBody {
    fn of(message: &Attributes, customer: &Customer, controls: &Controls) -> Self {
        let values = difference::beside_message(message, customer, controls);
        Self {
            customer_number: customer.number.to_string(),
            name: customer.business_name(),
            status: customer.status().as_str(),
            version: customer.version,
            values: values.iter().map(BesideBody::of).collect(),
        }
    }
}

impl BesideBody {
    fn of(beside: &BesideMessage) -> Self {
        let BesideMessage { part, message, customer, differs } = beside;
        Self {
            attribute: part.name(),
            message: message.as_ref().map(ValueBody::of),
            customer: customer.as_ref().map(ValueBody::of),
            differs: *differs,
        }
    }
}
