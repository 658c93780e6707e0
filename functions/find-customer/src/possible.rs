//! Possible duplicates in JSON: both customers, and why.

use std::collections::BTreeSet;

use domain::by::By;
use domain::customer::Identifier;
use domain::matching::possible::{Grade, Pair, PairState, Score, Why};
use operations::customers::possible_duplicates::{Alike, PossibleDuplicate};
use operations::customers::worklist::ListedPair;
use operations::kit::Listed;
use serde::Serialize;

use crate::body::{ByBody, CustomerBody};

/// Those who look like one customer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PossibleDuplicates {
    possible_duplicates: Vec<PossibleDuplicateBody>,
    /// The identifiers of those who may look like it and cannot be read by this release.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
}

impl PossibleDuplicates {
    /// Those in `apart` are kept apart from the customer; the others wait for a steward, or will in a moment.
    pub(crate) fn of(alike: &Alike, apart: &BTreeSet<Identifier>) -> Self {
        let state = |found: &PossibleDuplicate| {
            let is_apart = apart.contains(&found.customer.identifier);
            if is_apart { PairState::Apart } else { PairState::Open }
        };
        let found = alike.found.iter();
        Self {
            possible_duplicates: found
                .map(|found| PossibleDuplicateBody::of(found, state(found)))
                .collect(),
            unreadable: alike.unreadable.iter().map(ToString::to_string).collect(),
        }
    }
}

#[derive(Serialize)]
struct PossibleDuplicateBody {
    customer: CustomerBody,
    #[serde(flatten)]
    score: ScoreBody,
    state: &'static str,
}

impl PossibleDuplicateBody {
    fn of(found: &PossibleDuplicate, state: PairState) -> Self {
        let PossibleDuplicate { customer, score, grade } = found;
        Self {
            customer: CustomerBody::of(customer),
            score: ScoreBody::of(score, Some(*grade)),
            state: state.as_str(),
        }
    }
}

/// How alike two are, and why.
#[derive(Serialize)]
struct ScoreBody {
    score: f64,
    grade: Option<&'static str>,
    why: Vec<WhyBody>,
}

impl ScoreBody {
    fn of(score: &Score, grade: Option<Grade>) -> Self {
        let grade = grade.map(Grade::name);
        Self { score: score.bits.value(), grade, why: score.why.iter().map(WhyBody::of).collect() }
    }
}

#[derive(Serialize)]
struct WhyBody {
    field: &'static str,
    agreement: &'static str,
    bits: f64,
    mine: String,
    theirs: String,
}

impl WhyBody {
    fn of(why: &Why) -> Self {
        let Why { field, agreement, bits, mine, theirs } = why.clone();
        Self { field, agreement, bits: bits.value(), mine, theirs }
    }
}

/// A page of the worklist.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Worklist {
    possible_duplicates: Vec<PairBody>,
    /// The identifiers of the two of each pair that this release cannot read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<[String; 2]>,
    next: Option<String>,
}

impl Worklist {
    pub(crate) fn of(page: &Listed<ListedPair, String, Pair>, next: Option<String>) -> Self {
        let both = |pair: &Pair| [pair.low(), pair.high()].map(ToString::to_string);
        Self {
            possible_duplicates: page.found.iter().map(PairBody::of).collect(),
            unreadable: page.unreadable.iter().map(both).collect(),
            next,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PairBody {
    customer: CustomerBody,
    other: CustomerBody,
    #[serde(flatten)]
    score: ScoreBody,
    state: &'static str,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionBody>,
}

/// The last decision, also where the pair came back since.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecisionBody {
    decision: &'static str,
    at: String,
    by: ByBody,
    changed_since: Vec<&'static str>,
}

impl PairBody {
    fn of(found: &ListedPair) -> Self {
        let ListedPair { customer, other, score, grade, record, changed_since } = found;
        let decision = record.decision.as_ref().map(|decision| {
            let By { caller, operation, request_id } = decision.by.clone();
            DecisionBody {
                decision: decision.state.as_str(),
                at: decision.at.to_string(),
                by: ByBody { caller, operation, request_id },
                changed_since: changed_since.iter().map(|part| part.name()).collect(),
            }
        });
        Self {
            customer: CustomerBody::of(customer),
            other: CustomerBody::of(other),
            score: ScoreBody::of(score, *grade),
            state: record.state.as_str(),
            since: record.since.to_string(),
            decision,
        }
    }
}
