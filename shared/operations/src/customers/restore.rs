//! Restore: a customer gets the values of an earlier version, as a new version.

use domain::customer::merge::Values;
use domain::customer::{Customer, CustomerNumber};
use domain::message::Attribute;
use domain::message::edits::{EditCode, FailedEdit};
use domain::request::Versions;
use store::follow::follow;
use store::table::Table;
use store::writes::Transacted;
use store::{keys, records};
use tokio::join;

use super::decision::{self, Decided, NotDecided, Refused};
use super::history::{AsOf, as_of};
use super::read::customer_by_number;
use crate::kit::customer_writes::SeenClaims;
use crate::kit::seats::{NextRound, blocks_of, missing, wanted};
use crate::kit::{Attempt, Seats, customer_writes, transact};

/// Gives the customer the values that it had in this version. A dry run goes the same way up to the write.
pub async fn restore<T: Table>(
    attempt: &Attempt<'_, T>,
    (number, version): (CustomerNumber, u64),
    seen: Option<&Versions>,
) -> Result<Decided, NotDecided> {
    let mut seats = Seats::default();
    let mut tried = None;
    loop {
        let (bound, customer) = join!(attempt.bind(), customer_by_number(attempt.master, number));
        bound?;
        let customer = customer?.ok_or(Refused::Unknown)?;
        if let Some(earlier) = decision::earlier(attempt, &customer, tried.as_ref()).await? {
            return Ok(earlier);
        }
        if attempt.is_replay() {
            attempt.look_for_unchanged().await?;
        }
        if attempt.found_unchanged() == Some(&customer.identifier) {
            let replayed = attempt.is_replay();
            return Ok(Decided { replayed, ..Decided::of(&customer, &customer) });
        }
        decision::admit(attempt, &customer).await?;
        let then = as_of(attempt.master, &customer, AsOf::Version(version)).await?;
        let mut values = then.ok_or(Refused::Unknown)?.values();
        let numbers = numbers(attempt, &customer, &mut values).await?;
        decision::admit_version(&customer, seen)?;
        if values == customer.values() {
            if !attempt.dry_run {
                attempt.remember_unchanged(&customer.identifier).await?;
            }
            return Ok(Decided::of(&customer, &customer));
        }
        let wanted = wanted(attempt, &values.attributes);
        let blocks = blocks_of(&wanted);
        let missing = missing(&customer, wanted);
        seats.read(attempt.table(), missing.iter().map(|seat| &seat.block)).await?;
        let mut next = NextRound::Anew;
        if let Some(seen_claims) = numbers.filter(|_| seats.are_complete(attempt.table())) {
            let after = customer.restored((values, &blocks), &attempt.stamp());
            let decided = Decided::of(&customer, &after);
            if attempt.dry_run {
                return Ok(decided);
            }
            let taken = seats.for_existing(attempt, &[(&customer.identifier, &missing)])?;
            let pair = (&customer, &after);
            let writes = customer_writes::update(attempt, pair, taken, &seen_claims);
            match transact(attempt.table(), &writes).await? {
                Transacted::Done => return Ok(decided),
                Transacted::Refused(reasons) => {
                    next = seats.admit(attempt.table(), &writes, reasons).await?;
                }
            }
            tried = Some(decided);
        }
        seats.begin(next, attempt).await?;
    }
}

/// The claims of the numbers that the customer would have again; none where what was read overlapped a write. A number that one has that was merged into it stays there.
///
/// # Errors
/// Where others have them.
async fn numbers<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
    values: &mut Values,
) -> Result<Option<SeenClaims>, NotDecided> {
    let table = attempt.table();
    let secret = &attempt.controls().secret;
    let mut seen = Vec::new();
    let mut taken = Vec::new();
    for (attribute, code) in [
        (Attribute::RELATE_ID, EditCode::RelateIdTaken),
        (Attribute::ALTERNATE_NUMBER, EditCode::AlternateNumberTaken),
    ] {
        let then = values.attributes.get(attribute).map(str::to_owned);
        let Some(then) = then.filter(|then| customer.attributes.get(attribute) != Some(then))
        else {
            continue;
        };
        let key = if attribute == Attribute::RELATE_ID {
            keys::relate_id(secret, &then)
        } else {
            keys::alternate_number(secret, &then)
        };
        let Some(claimed) = records::claim(table, &key).await? else { continue };
        if let Some(holder) = claimed.holder.as_ref().filter(|one| **one != customer.identifier) {
            let Some(holder) = records::customer(table, holder).await? else { return Ok(None) };
            let Some(followed) = follow(table, holder).await? else { return Ok(None) };
            if followed.leader.identifier == customer.identifier {
                let now = customer.attributes.text(attribute);
                values.attributes.set(attribute, now);
                continue;
            }
            taken.push(FailedEdit::on(attribute, code));
        }
        seen.push((key, claimed));
    }
    if taken.is_empty() {
        Ok(Some(seen.into_iter().collect()))
    } else {
        Err(Refused::NumbersTaken(taken).into())
    }
}
