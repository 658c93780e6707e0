//! Possible duplicates in JSON: both customers, and why.

use domain::matching::possible::{Score, Why};
use operations::customers::possible_duplicates::PossibleDuplicate;
use serde::Serialize;

use crate::body::CustomerBody;

/// Those who look like one customer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PossibleDuplicates {
    possible_duplicates: Vec<PossibleDuplicateBody>,
}

impl PossibleDuplicates {
    pub(crate) fn of(found: &[PossibleDuplicate]) -> Self {
        Self { possible_duplicates: found.iter().map(PossibleDuplicateBody::of).collect() }
    }
}

#[derive(Serialize)]
struct PossibleDuplicateBody {
    customer: CustomerBody,
    #[serde(flatten)]
    score: ScoreBody,
}

impl PossibleDuplicateBody {
    fn of(found: &PossibleDuplicate) -> Self {
        let PossibleDuplicate { customer, score, grade } = found;
        Self { customer: CustomerBody::of(customer), score: ScoreBody::of(score, grade.name()) }
    }
}

/// How alike two are, and why.
#[derive(Serialize)]
pub(crate) struct ScoreBody {
    score: f64,
    grade: &'static str,
    why: Vec<WhyBody>,
}

impl ScoreBody {
    pub(crate) fn of(score: &Score, grade: &'static str) -> Self {
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
