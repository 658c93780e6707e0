//! The writes of a customer: of a new one, and of an update with all that hangs on it.

use domain::customer::{Customer, Identifier};
use domain::message::{Attribute, Attributes};
use store::items::{self, Claim};
use store::keys;
use store::writes::{Condition, Write};

use crate::messages::target::Holders;

/// The writes that create a customer: the customer first, then the claims of its numbers.
pub(crate) fn creation(customer: &Customer, seen: &Holders) -> Vec<Write> {
    let put = Write::Put { item: items::customer_item(customer), on: Condition::Absent };
    let claims = claims(&customer.attributes, &customer.identifier);
    std::iter::once(put)
        .chain(claims.iter().map(|claim| claim.stake(seen.of(&claim.key), customer.updated_at)))
        .collect()
}

/// The writes of an update: the customer first, then the claims that it makes and gives up, then the reference in the block that it moved to.
pub(crate) fn update(before: &Customer, after: &Customer, seen: &Holders) -> Vec<Write> {
    let now = after.updated_at;
    let mut writes = vec![Write::Put {
        item: items::customer_item(after),
        on: Condition::VersionIs(before.version),
    }];
    let (had, has) = (
        claims(&before.attributes, &before.identifier),
        claims(&after.attributes, &after.identifier),
    );
    writes.extend(
        has.iter()
            .filter(|claim| !had.contains(claim))
            .map(|claim| claim.stake(seen.of(&claim.key), now)),
    );
    writes.extend(had.iter().filter(|claim| !has.contains(claim)).map(|claim| claim.give_up(now)));
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
