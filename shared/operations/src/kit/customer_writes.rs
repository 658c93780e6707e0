//! The writes of a customer, whoever asks for them: of a new one, and of an update with all that hangs on it. No other place writes one.

use domain::customer::{Customer, Identifier};
use domain::matching::duplicate;
use domain::message::Attributes;
use domain::secret::Secret;
use store::items::{self, Claim, Claimed};
use store::keys::{self, Key};
use store::table::Table;
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

/// A customer that is about to be created, with a number that nobody else has, and with a seat in each block of its values.
pub(crate) async fn new_customer<T: Table>(
    attempt: &Attempt<'_, T>,
    identifier: Identifier,
    attributes: Attributes,
) -> Result<Customer, Stopped> {
    let number = attempt.master.numbers.take(attempt.table()).await?;
    let blocks = duplicate::blocks_of(&attributes, attempt.controls());
    Ok(Customer::new(identifier, number, attributes, &attempt.stamp()).seated(&blocks))
}

/// The writes that create a customer: the customer first, then its other seats, then the claims of its numbers.
pub(crate) fn create<T: Table>(
    attempt: &Attempt<'_, T>,
    customer: &Customer,
    seats: Vec<Write>,
    seen: &SeenClaims,
) -> Vec<Write> {
    let stamp = attempt.stamp();
    let put = Write::Put { item: items::customer_item(customer), on: Condition::Absent };
    let claims = claims(attempt, customer);
    let stakes = claims.iter().map(|claim| claim.stake(seen.of(&claim.key), &stamp));
    std::iter::once(put).chain(seats).chain(stakes).collect()
}

/// The writes of an update: the customer first, then the seats that it takes, then the claims that it makes and gives up.
pub(crate) fn update<T: Table>(
    attempt: &Attempt<'_, T>,
    (before, after): (&Customer, &Customer),
    seats: Vec<Write>,
    seen: &SeenClaims,
) -> Vec<Write> {
    let stamp = attempt.stamp();
    let mut writes = vec![items::rewrite_customer(before.version, after)];
    writes.extend(seats);
    let (had, has) = (claims(attempt, before), claims(attempt, after));
    let made = has.iter().filter(|claim| !had.contains(claim));
    writes.extend(made.map(|claim| claim.stake(seen.of(&claim.key), &stamp)));
    let given_up = had.iter().filter(|claim| !has.contains(claim));
    writes.extend(given_up.map(|claim| claim.give_up(&stamp)));
    writes
}

/// The writes of a steward's decision on these customers, each as it was and as it will be: they first, then what is kept of the decision, then the seats that they take. No claim
/// is made or given up by it.
pub(crate) fn decide(
    customers: &[(&Customer, &Customer)],
    kept: Option<Write>,
    seats: Vec<Write>,
) -> Vec<Write> {
    let rewritten = customers.iter().map(|(was, is)| items::rewrite_customer(was.version, is));
    rewritten.chain(kept).chain(seats).collect()
}

/// The write that takes the person out of a customer. It holds on to its numbers, so its claims stay.
pub(crate) fn erase(before: &Customer, erased: &Customer) -> Write {
    items::erase_customer(before.version, erased)
}

/// What a customer has claimed.
fn claims<T: Table>(attempt: &Attempt<'_, T>, customer: &Customer) -> Vec<Claim> {
    let claim = |key| Claim { key, holder: customer.identifier.clone() };
    claims_of(&attempt.controls().secret, customer).into_iter().map(claim).collect()
}

/// The keys of the claims of a customer.
pub(crate) fn claims_of(secret: &Secret, customer: &Customer) -> Vec<Key> {
    customer.numbers(secret).iter().map(keys::claim).collect()
}
