//! Keep two customers apart that look alike, and take that back. The decision is of the pair, whichever is named first, and holds until one of the two changes what it rested on.

use domain::customer::{Customer, CustomerNumber};
use domain::matching::party::company_of;
use domain::matching::possible::pair::Judged;
use domain::matching::possible::{Pair, PairRecord, PairState, Profile, Score};
use futures_util::future::{join_all, try_join};
use store::records;
use store::table::Table;
use store::writes::Written;

use super::read::customer_by_number;
use super::tree;
use crate::kit::{Attempt, Stopped, pair_writes};

/// How many pairs one call decides on.
pub const MAX_BATCH: usize = 100;

/// What came of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptApart {
    Done {
        /// Whether an earlier try of this very request did it.
        replayed: bool,
    },
    /// One of the two is not there, or, where a decision is taken back, there is none.
    NotFound,
    /// A customer with itself.
    Itself,
    /// The two are of different companies, so they are apart anyway.
    OfTwoCompanies,
    /// This one was merged into another, which acts for it.
    Merged { number: CustomerNumber, into: CustomerNumber },
}

/// The two numbers of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Two {
    pub customer: CustomerNumber,
    pub other: CustomerNumber,
}

/// What is done about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    KeepApart,
    /// The pair is judged again at once.
    TakeBack,
}

/// Keeps two customers apart; it is well where they are already.
pub async fn keep_apart<T: Table>(
    attempt: &Attempt<'_, T>,
    two: Two,
) -> Result<KeptApart, Stopped> {
    decide(attempt, two, Wish::KeepApart).await
}

/// Takes it back: the pair is judged again at once.
pub async fn take_back<T: Table>(attempt: &Attempt<'_, T>, two: Two) -> Result<KeptApart, Stopped> {
    decide(attempt, two, Wish::TakeBack).await
}

/// Decides on each of these pairs as a single call would; no pair is among them twice. What hinders one is its result.
///
/// # Errors
/// `KeyReused`, and where the key cannot be bound.
pub async fn decide_batch<T: Table>(
    attempt: &Attempt<'_, T>,
    pairs: &[(Two, Wish)],
) -> Result<Vec<Result<KeptApart, Stopped>>, Stopped> {
    attempt.bind().await?;
    // Side by side: to be sure that somebody is not there takes a while.
    let decided = pairs.iter().map(|(two, wish)| async move {
        let Two { customer, other } = two;
        decide(&attempt.on(&format!("{customer} {other}")), *two, *wish).await
    });
    Ok(join_all(decided).await)
}

async fn decide<T: Table>(
    attempt: &Attempt<'_, T>,
    two: Two,
    wish: Wish,
) -> Result<KeptApart, Stopped> {
    attempt.bind().await?;
    let Two { customer, other } = two;
    if customer == other {
        return Ok(KeptApart::Itself);
    }
    loop {
        let both = try_join(
            customer_by_number(attempt.master, customer),
            customer_by_number(attempt.master, other),
        );
        let (Some(one), Some(other)) = both.await? else {
            return Ok(KeptApart::NotFound);
        };
        let merged = [&one, &other].into_iter().find(|one| one.merged_into.is_some());
        let led = match merged {
            Some(merged) => Some((merged, tree::followed(attempt.master, merged.clone()).await?)),
            None => None,
        };
        let Some(pair) = Pair::of(&one.identifier, &other.identifier) else {
            return Ok(KeptApart::Itself);
        };
        // Read last: what this request did is told, whatever became of the two since.
        let known = records::pair(attempt.table(), &pair).await?;
        let is_own = |known: &PairRecord| match wish {
            Wish::KeepApart => known.was_decided_by(attempt.effect()),
            Wish::TakeBack => known.was_taken_back_by(attempt.effect()),
        };
        if known.as_ref().is_some_and(is_own) {
            return Ok(KeptApart::Done { replayed: attempt.is_replay() });
        }
        if let Some((merged, followed)) = led {
            if followed.leader.identifier == merged.identifier {
                // It was parted meanwhile.
                attempt.again().await?;
                continue;
            }
            return Ok(KeptApart::Merged { number: merged.number, into: followed.leader.number });
        }
        let company = |of: &Customer| company_of(&of.attributes, attempt.controls());
        if company(&one) != company(&other) {
            return Ok(KeptApart::OfTwoCompanies);
        }
        let Some(next) = next(attempt, known.as_ref(), (&pair, [&one, &other]), wish) else {
            return Ok(match wish {
                Wish::KeepApart => KeptApart::Done { replayed: false },
                Wish::TakeBack => KeptApart::NotFound,
            });
        };
        if attempt.dry_run {
            return Ok(KeptApart::Done { replayed: false });
        }
        match pair_writes::write(attempt.table(), &next).await? {
            Written::Done(_) => return Ok(KeptApart::Done { replayed: false }),
            Written::Refused(_) => attempt.again().await?,
        }
    }
}

/// The pair as it is to be written; none where there is nothing to do.
fn next<T: Table>(
    attempt: &Attempt<'_, T>,
    known: Option<&PairRecord>,
    (pair, [one, other]): (&Pair, [&Customer; 2]),
    wish: Wish,
) -> Option<PairRecord> {
    let controls = attempt.controls();
    let (low, high) = if *pair.low() == one.identifier { (one, other) } else { (other, one) };
    let profile = |of| Profile::of(of, &controls.generic_values);
    let judged = Judged {
        low,
        high,
        bits: Score::of(&controls.weights, &profile(low), &profile(high)).bits,
    };
    let stamp = attempt.stamp();
    match wish {
        Wish::KeepApart => {
            PairRecord::decided(known, judged, PairState::Apart, (&controls.secret, &stamp))
        }
        Wish::TakeBack => PairRecord::taken_back(known, judged, controls.thresholds, &stamp),
    }
}
