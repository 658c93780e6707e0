//! The writes of a customer, whoever asks for them: of a new one, and of an update with all that hangs on it. No other place writes one.

use domain::customer::{Customer, Identifier, Place};
use domain::effect::EffectId;
use domain::matching::match_code::Block;
use domain::message::{Attribute, Attributes};
use store::items::{self, Claim, Claimed};
use store::keys::{self, Key};
use store::table::{Table, TableError};
use store::writes::{Condition, Write};

use super::{Attempt, Stopped};

/// The claims that a request has read, with who has and who had what is claimed.
#[derive(Debug, Default)]
pub(crate) struct SeenClaims(Vec<(Key, Claimed)>);

impl SeenClaims {
    fn of(&self, key: &Key) -> Option<&Claimed> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, claimed)| claimed)
    }

    /// The customers that had one of the numbers and gave it up.
    pub(crate) fn former_holders(&self) -> Vec<Identifier> {
        let former = self.0.iter().flat_map(|(_, claimed)| &claimed.former);
        former.map(|(identifier, _)| identifier.clone()).collect()
    }
}

impl FromIterator<(Key, Claimed)> for SeenClaims {
    fn from_iter<I: IntoIterator<Item = (Key, Claimed)>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

/// Where a customer is created. `home` is the block of its attributes, none where they make none; `free_seat` the seat behind the last one, where the block was read.
///
/// # Errors
/// A defect where the block has no seat left.
pub(crate) fn place(
    home: Option<Block>,
    free_seat: Option<u32>,
    effect: &EffectId,
) -> Result<Identifier, TableError> {
    let beside = || Place::beside(effect.bits("place"));
    match (home, free_seat) {
        (Some(_), Some(seat)) if seat > Place::MAX_SEAT => {
            Err(TableError::Defect("a block has no seat left".into()))
        }
        (Some(block), Some(seat)) => Ok(Identifier { block, place: Place::Seat(seat) }),
        (Some(block), None) => Ok(Identifier { block, place: beside() }),
        (None, _) => Ok(Identifier { block: Block::apart(effect.bits("block")), place: beside() }),
    }
}

/// A customer that is about to be created, with a number that nobody else has.
pub(crate) async fn new_customer<T: Table>(
    attempt: &Attempt<'_, T>,
    identifier: Identifier,
    attributes: Attributes,
) -> Result<Customer, Stopped> {
    let number = attempt.master.numbers.take(attempt.table()).await?;
    Ok(Customer::new(identifier, number, attributes, &attempt.stamp()))
}

/// The writes that create a customer: the customer first, then the claims of its numbers.
pub(crate) fn create<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
    seen: &SeenClaims,
) -> Vec<Write> {
    let stamp = attempt.stamp();
    let put = Write::Put { item: items::customer_item(customer), on: Condition::Absent };
    let claims = claims(&customer.attributes, &customer.identifier);
    let stakes = claims.iter().map(|claim| claim.stake(seen.of(&claim.key), &stamp));
    std::iter::once(put).chain(stakes).collect()
}

/// The writes of an update: the customer first, then the claims that it makes and gives up, then the reference in the block that it moved to.
pub(crate) fn update<T: Table>(
    attempt: &Attempt<'_, T>,
    before: &Customer,
    after: &Customer,
    seen: &SeenClaims,
) -> Vec<Write> {
    let stamp = attempt.stamp();
    let on = Condition::VersionIs(before.version);
    let mut writes = vec![Write::Put { item: items::customer_item(after), on }];
    let had = claims(&before.attributes, &before.identifier);
    let has = claims(&after.attributes, &after.identifier);
    let made = has.iter().filter(|claim| !had.contains(claim));
    writes.extend(made.map(|claim| claim.stake(seen.of(&claim.key), &stamp)));
    let given_up = had.iter().filter(|claim| !has.contains(claim));
    writes.extend(given_up.map(|claim| claim.give_up(&stamp)));
    if before.moved_to != after.moved_to {
        let to = after.moved_to.as_ref();
        writes.extend(to.map(|block| items::moved_reference(block, &after.identifier)));
    }
    writes
}

/// What a customer with these attributes has claimed.
fn claims(attributes: &Attributes, holder: &Identifier) -> Vec<Claim> {
    let claim = |key| Claim { key, holder: holder.clone() };
    let relate_id = attributes.get(Attribute::RELATE_ID).map(keys::relate_id);
    let alternate_number = attributes.get(Attribute::ALTERNATE_NUMBER).map(keys::alternate_number);
    relate_id.into_iter().chain(alternate_number).map(claim).collect()
}
