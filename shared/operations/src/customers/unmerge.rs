//! Un-merge: a merge is taken back. Both are as they were before, but for what changed since, of which the steward says with whom it stays.

use domain::customer::CustomerNumber;
use domain::customer::merge::{Choices, MergedInto};
use domain::customer::{Customer, Identifier};
use domain::request::Versions;
use store::follow::ARRIVAL_SECONDS;
use store::records::KeptMerge;
use store::table::Table;
use store::writes::Transacted;
use store::{items, records};
use tokio::join;

use super::decision::{self, Decided, NotDecided, Refused};
use super::merge::{are_half_seen, counted_or_not, dealer_customers};
use super::read::customer_by_number;
use crate::kit::seats::{NextRound, blocks_of, missing, wanted};
use crate::kit::{Attempt, Seats, Stopped, customer_writes, transact};

/// What a steward asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    pub winner: CustomerNumber,
    pub loser: CustomerNumber,
    /// The versions of the winner that the steward saw; none where they were not said.
    pub seen: Option<Versions>,
    /// With whom stays what changed since.
    pub keep: Choices,
    /// Whether the dealer customers are counted beside.
    pub counts: bool,
}

/// Takes the loser out of the winner. A dry run goes the same way up to the write.
pub async fn unmerge<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Parting,
) -> Result<Decided, NotDecided> {
    let mut seats = Seats::default();
    let mut tried = None;
    loop {
        let (bound, winner, loser) = join!(
            biased;
            attempt.bind(),
            customer_by_number(attempt.master, request.winner),
            customer_by_number(attempt.master, request.loser)
        );
        bound?;
        let winner = winner?.ok_or(Refused::Unknown)?;
        if let Some(earlier) = decision::earlier(attempt, &winner, tried.as_ref()).await? {
            let counted = dealer_customers(attempt, request.counts, &[&winner]).await?;
            return Ok(earlier.counted(counted));
        }
        let loser = loser?.ok_or(Refused::UnknownLoser)?;
        decision::admit(attempt, &winner).await?;
        if are_half_seen(&winner, &loser) {
            seats.begin(NextRound::Anew, attempt).await?;
            continue;
        }
        let merged = loser.merged_into.clone();
        let merged = merged.filter(|merged| merged.winner == winner.identifier);
        let merged = merged.ok_or(Refused::NotMerged)?;
        let (kept, others) = join!(
            biased;
            records::merge(attempt.table(), &loser.identifier, &merged),
            others(attempt, &winner, &loser.identifier)
        );
        let others = others?;
        let kept = match kept? {
            KeptMerge::Whole(kept) => kept,
            KeptMerge::Absent if is_long_ago(attempt, &merged) => {
                return Err(Refused::MergeLost.into());
            }
            KeptMerge::Over | KeptMerge::Absent => {
                // It was undone meanwhile, or is not to be seen yet.
                seats.begin(NextRound::Anew, attempt).await?;
                continue;
            }
        };
        let (of_winner, of_loser) =
            kept.undone((&winner, &loser), &request.keep).map_err(Refused::ChangedSince)?;
        decision::admit_version(&winner, request.seen.as_ref())?;
        let winner_wants = wanted(attempt, &of_winner.attributes);
        let loser_wants = wanted(attempt, &of_loser.attributes);
        let blocks = [blocks_of(&winner_wants), blocks_of(&loser_wants)];
        let winner_misses = missing(&winner, winner_wants);
        let loser_misses = missing(&loser, loser_wants);
        let read = winner_misses.iter().chain(&loser_misses).map(|seat| &seat.block);
        seats.read(attempt.table(), read).await?;
        let mut next = NextRound::Anew;
        if seats.are_complete(attempt.table()) {
            let stamp = attempt.stamp();
            let alone =
                winner.releasing(&loser.identifier, (of_winner, &blocks[0]), &others, &stamp);
            let parted = loser.parted_from(&winner, (of_loser, &blocks[1]), &stamp);
            let decided = Decided::of(&winner, &alone);
            if attempt.dry_run {
                let counted = dealer_customers(attempt, request.counts, &[&alone]).await?;
                return Ok(decided.counted(counted));
            }
            let taken = seats.for_existing(
                attempt,
                &[(&winner.identifier, &winner_misses), (&loser.identifier, &loser_misses)],
            )?;
            let undone = items::undone_merge(&loser.identifier, &merged, &stamp);
            let pair = [(&winner, &alone), (&loser, &parted)];
            let writes = customer_writes::decide(&pair, Some(undone), taken);
            let counted = [&alone];
            let (written, counted) = join!(
                transact(attempt.table(), &writes),
                dealer_customers(attempt, request.counts, &counted)
            );
            match written? {
                Transacted::Done => return Ok(decided.counted(counted_or_not(counted))),
                Transacted::Refused(reasons) => {
                    next = seats.admit(attempt.table(), &writes, reasons).await?;
                }
            }
            tried = Some(decided);
        }
        seats.begin(next, attempt).await?;
    }
}

/// Whether all of the merge can be seen by now.
fn is_long_ago<T: Table>(attempt: &Attempt<'_, T>, merged: &MergedInto) -> bool {
    merged.at.plus_seconds(ARRIVAL_SECONDS) <= attempt.table().now()
}

/// Those that hang on the winner beside the loser.
async fn others<T: Table>(
    attempt: &Attempt<'_, T>,
    winner: &Customer,
    loser: &Identifier,
) -> Result<Vec<Customer>, Stopped> {
    let others = winner.absorbed.iter().map(|absorbed| &absorbed.loser);
    let others: Vec<Identifier> = others.filter(|other| *other != loser).cloned().collect();
    if others.is_empty() {
        return Ok(Vec::new());
    }
    Ok(records::customers(attempt.table(), &others).await?)
}
