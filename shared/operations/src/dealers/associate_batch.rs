//! Associate many as if they came one after another: each finds the customers of those before it, one that is refused harms no other, and each has a key of its own.
//!
//! A dry run rehearses all of them on what would stand in the table, so that it sees the batch's own rows too.

use domain::customer::Identifier;
use domain::dealer::Dcn;
use domain::dealer::association::{Associate, Origin};
use store::table::Table;

use super::associate::{AssociateOutcome, Associated, associate};
use crate::kit::{Attempt, Rows, Stopped};

/// One association of a batch.
#[derive(Debug)]
pub struct Row {
    /// Where it stands in the batch, from 0.
    pub index: usize,
    /// What is the same for the same row, and differs for another.
    pub digest: String,
    pub request: Associate,
}

/// What became of one association of a batch.
#[derive(Debug)]
pub struct Tried {
    pub outcome: AssociateOutcome,
    /// The row of this batch that made the customer that this one found, or took its DCN.
    pub duplicate_of_row: Option<usize>,
    /// Whether the customer that the outcome names is there; not where it was only rehearsed.
    pub is_there: bool,
}

/// What the rows so far have left.
#[derive(Default)]
struct Left {
    customers: Vec<(Identifier, usize)>,
    dealer_customers: Vec<(Dcn, usize)>,
}

impl Left {
    fn row_of(&self, identifier: &Identifier) -> Option<usize> {
        self.customers.iter().find(|(own, _)| own == identifier).map(|(_, row)| *row)
    }
}

/// Associates the rows in their order; what hinders one is its result.
pub async fn associate_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
) -> Vec<Result<Tried, Stopped>> {
    if attempt.dry_run {
        let stage = attempt.stage();
        in_turn(&attempt.rehearsed(&stage), rows, true).await
    } else {
        in_turn(attempt, rows, false).await
    }
}

async fn in_turn<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
    is_rehearsal: bool,
) -> Vec<Result<Tried, Stopped>> {
    let time = Rows::begin(attempt);
    let mut left = Left::default();
    let mut results = Vec::with_capacity(rows.len());
    for row in rows {
        let own = attempt.of_row(row.index, &row.digest);
        let outcome = time.next(&own, associate(&own, &row.request)).await;
        results.push(outcome.map(|outcome| tried(row, outcome, &mut left, is_rehearsal)));
    }
    results
}

/// An outcome beside those of the rows before. What was only rehearsed has no name in it.
fn tried(row: &Row, mut outcome: AssociateOutcome, left: &mut Left, is_rehearsal: bool) -> Tried {
    let mut duplicate_of_row = None;
    let mut is_there = true;
    match &mut outcome {
        AssociateOutcome::Associated(Associated { organization, number, origin, .. }) => {
            let is_new = *origin == Origin::Created;
            if let Some(organization) = organization {
                duplicate_of_row = left.row_of(organization);
                if is_new {
                    left.customers.push((organization.clone(), row.index));
                }
            }
            left.dealer_customers.push((row.request.dcn.clone(), row.index));
            is_there = !(is_rehearsal && (is_new || duplicate_of_row.is_some()));
            if !is_there {
                (*organization, *number) = (None, None);
            }
        }
        AssociateOutcome::Taken { holder, .. } => {
            let taken = left.dealer_customers.iter().find(|(dcn, _)| *dcn == row.request.dcn);
            duplicate_of_row = taken.map(|(_, row)| *row);
            is_there = !is_rehearsal || left.row_of(holder).is_none();
        }
        AssociateOutcome::Ambiguous(candidates) if is_rehearsal => {
            candidates.retain(|candidate| left.row_of(candidate).is_none());
        }
        AssociateOutcome::Ambiguous(_) | AssociateOutcome::UnknownOrganization => {}
    }
    Tried { outcome, duplicate_of_row, is_there }
}
