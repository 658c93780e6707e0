//! Associate many: those that are about the same customer as if they came one after another, each finding those before it; one that is refused harms no other, and each has a
//! key of its own.
//!
//! A dry run rehearses all of them, one after another, on what would stand in the table, so that it sees the batch's own rows too.

use domain::customer::Identifier;
use domain::dealer::Dcn;
use domain::dealer::association::{Associate, Organization, Origin};
use domain::matching::duplicate;
use store::table::Table;

use super::associate::{AssociateOutcome, Associated, associate};
use crate::kit::lanes::{About, Mark};
use crate::kit::{Attempt, RowByRow, Rows, Stopped, in_lanes};

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

/// Associates the rows; what hinders one is its result.
pub async fn associate_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
) -> Vec<Result<Tried, Stopped>> {
    if attempt.dry_run {
        let stage = attempt.stage();
        let about: Vec<About> = rows.iter().map(|_| About::anyone()).collect();
        each(&attempt.rehearsed(&stage), rows, (&about, true)).await
    } else {
        let about: Vec<About> = rows.iter().map(|row| about(attempt, &row.request)).collect();
        each(attempt, rows, (&about, false)).await
    }
}

/// What an association says of whom it is about: its DCN, and the blocks of the values by which the customer is searched.
fn about<T: Table>(attempt: &Attempt<'_, T>, request: &Associate) -> About {
    let blocks = match &request.organization {
        Organization::Searched => duplicate::blocks_of(request.attributes(), attempt.controls()),
        Organization::Given(_) | Organization::Unknown => Vec::new(),
    };
    let blocks = blocks.into_iter().map(Mark::Block);
    let dcn = Mark::DealerCustomer(request.dcn.clone());
    About { named_by: None, marks: blocks.chain([dcn]).collect() }
}

/// Associations of one request.
struct Batch<'a, 'm, T> {
    attempt: &'a Attempt<'m, T>,
    rows: &'a [Row],
    time: Rows,
}

impl<T: Table> RowByRow for Batch<'_, '_, T> {
    type Outcome = Result<AssociateOutcome, Stopped>;

    async fn row(&self, place: usize) -> Self::Outcome {
        let Row { index, digest, request } = &self.rows[place];
        let own = self.attempt.of_row(*index, digest);
        self.time.next(&own, associate(&own, request)).await
    }
}

/// Associates the rows that say this of whom they are about.
async fn each<T: Table>(
    attempt: &Attempt<'_, T>,
    rows: &[Row],
    (about, is_rehearsal): (&[About], bool),
) -> Vec<Result<Tried, Stopped>> {
    let outcomes = in_lanes(about, &Batch { attempt, rows, time: Rows::begin(attempt) }).await;
    let mut left = Left::default();
    let results = rows.iter().zip(outcomes);
    let results = results
        .map(|(row, outcome)| outcome.map(|outcome| tried(row, outcome, &mut left, is_rehearsal)));
    results.collect()
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
