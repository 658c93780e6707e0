//! Merge: two customers are one from now on. The loser keeps all that it has and leads to the winner, which gets the values that are chosen; one transaction, however much hangs
//! on either.

use domain::customer::company::Company;
use domain::customer::merge::{self, Choices, Merge, Values, foreseen};
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::message::Attribute;
use domain::request::Versions;
use store::items;
use store::table::Table;
use store::writes::Transacted;
use tokio::{join, try_join};

use super::decision::{self, Beforehand, Decided, Foreseen, NotDecided, Refused};
use super::read::customer_by_number;
use super::tree::readable_members;
use crate::dealers::organization::count;
use crate::kit::seats::{NextRound, blocks_of, missing, wanted};
use crate::kit::{Attempt, Seats, Stopped, customer_writes, transact};

/// What a steward asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merging {
    pub winner: CustomerNumber,
    pub loser: CustomerNumber,
    /// The versions that the steward saw; none where they were not said.
    pub winner_seen: Option<Versions>,
    pub loser_seen: Option<Versions>,
    pub choices: Choices,
    /// Whether the dealer customers are counted beside.
    pub counts: bool,
}

/// Merges the loser into the winner. A dry run goes the same way up to the write.
pub async fn merge<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Merging,
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
        let loser = loser?;
        if loser.as_ref().is_some_and(|loser| are_half_seen(&winner, loser)) {
            seats.begin(NextRound::Anew, attempt).await?;
            continue;
        }
        if let Some(earlier) = decision::earlier(attempt, &winner, tried.as_ref()).await? {
            let counted = dealer_customers(attempt, request.counts, &[&winner]).await?;
            return Ok(earlier.counted(counted));
        }
        let loser = loser.ok_or(Refused::UnknownLoser)?;
        admit(attempt, request, (&winner, &loser)).await?;
        let values = merge::merged(&winner, &loser, &request.choices);
        let wanted = wanted(attempt, &values.attributes);
        let blocks = blocks_of(&wanted);
        let missing = missing(&winner, wanted);
        seats.read(attempt.table(), missing.iter().map(|seat| &seat.block)).await?;
        let mut next = NextRound::Anew;
        if seats.are_complete(attempt.table()) {
            let stamp = attempt.stamp();
            let after = winner.absorbing(&loser, (values.clone(), &blocks), &stamp);
            let after = after.ok_or(Refused::TooManyMerged)?;
            let led = loser.merged_into(&winner, &stamp);
            let decided = Decided::of(&winner, &after);
            if attempt.dry_run {
                return foresee(attempt, request, (&winner, &loser), (&values, decided)).await;
            }
            let kept = items::merge_item(&Merge::of(&led, (&winner, &after), &stamp));
            let taken = seats.for_existing(attempt, &[(&winner.identifier, &missing)])?;
            let pair = [(&winner, &after), (&loser, &led)];
            let writes = customer_writes::decide(&pair, Some(kept), taken);
            // Counted beside the write, so that it adds no step.
            let both = [&winner, &loser];
            let (written, counted) = join!(
                transact(attempt.table(), &writes),
                dealer_customers(attempt, request.counts, &both)
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

/// What the merge would make, with what a steward wants to see before.
async fn foresee<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Merging,
    (winner, loser): (&Customer, &Customer),
    (values, decided): (&Values, Decided),
) -> Result<Decided, NotDecided> {
    let [one, other] = [[winner], [loser]];
    let (of_winner, of_loser) = try_join!(
        dealer_customers(attempt, request.counts, &one),
        dealer_customers(attempt, request.counts, &other)
    )?;
    let counted = (of_winner.0 + of_loser.0, of_winner.1 || of_loser.1);
    let has_dealers = |(counted, more): (usize, bool)| counted > 0 || more;
    let both = [(winner, has_dealers(of_winner)), (loser, has_dealers(of_loser))];
    let compared =
        foreseen::compared((winner, loser), (values, &request.choices), attempt.controls());
    let beforehand = |customer: &Customer, dealer_customers| Beforehand {
        customer: customer.clone(),
        dealer_customers,
    };
    let foreseen = Foreseen {
        winner: beforehand(winner, of_winner),
        loser: beforehand(loser, of_loser),
        proposed: foreseen::proposed_winner(both),
        compared,
    };
    Ok(Decided { foreseen: Some(Box::new(foreseen)), ..decided.counted(counted) })
}

/// Whether what was read of the two overlapped a merge or an un-merge of them, so that only one of them tells of it.
pub(super) fn are_half_seen(winner: &Customer, loser: &Customer) -> bool {
    let leads = loser.merged_into.as_ref().is_some_and(|to| to.winner == winner.identifier);
    leads != winner.has_absorbed(&loser.identifier)
}

/// Goes on where the two may be merged, as the steward saw them.
async fn admit<T: Table>(
    attempt: &Attempt<'_, T>,
    request: &Merging,
    (winner, loser): (&Customer, &Customer),
) -> Result<(), NotDecided> {
    for customer in [winner, loser] {
        decision::admit(attempt, customer).await?;
    }
    if winner.hanging.with(loser.hanging).is_none() {
        return Err(Refused::TooManyMerged.into());
    }
    if company(attempt, winner) != company(attempt, loser) {
        return Err(Refused::OtherCompany.into());
    }
    decision::admit_version(winner, request.winner_seen.as_ref())?;
    decision::admit_version(loser, request.loser_seen.as_ref())?;
    Ok(())
}

/// What was counted beside a write that was done; where that failed, none of them and that there are more.
pub(super) fn counted_or_not(counted: Result<(usize, bool), Stopped>) -> (usize, bool) {
    counted.unwrap_or_else(|stopped| {
        tracing::warn!("the dealer customers were not counted: {stopped}");
        (0, true)
    })
}

/// How many dealer customers hang on these and on all that were merged into them, where that is asked for.
pub(super) async fn dealer_customers<T: Table>(
    attempt: &Attempt<'_, T>,
    counts: bool,
    customers: &[&Customer],
) -> Result<(usize, bool), Stopped> {
    if !counts {
        return Ok((0, false));
    }
    let mut all: Vec<Identifier> = Vec::new();
    let mut is_whole = true;
    for customer in customers {
        all.push(customer.identifier.clone());
        let members = readable_members(attempt.master, customer).await?;
        all.extend(members.identifiers().cloned());
        is_whole &= members.unreadable.is_empty();
    }
    let (counted, more) = count(attempt.master, &all).await?;
    // What hangs on one that cannot be read is not known.
    Ok((counted, more || !is_whole))
}

fn company<T: Table>(attempt: &Attempt<'_, T>, customer: &Customer) -> Company {
    let own = customer.attributes.get(Attribute::COMPANY).map(Company::new);
    own.unwrap_or_else(|| attempt.controls().default_company().clone())
}
