//! What follows from a change for the pairs of possible duplicates that the customer is in: they are found, judged anew, and kept, so that a steward meets them highest first.

use std::collections::HashMap;
use std::time::Duration;

use domain::customer::Customer;
use domain::matching::possible::pair::Judged;
use domain::matching::possible::{Pair, PairRecord};
use futures_util::future::try_join_all;
use store::table::{MAX_ITEMS, Table};
use store::writes::Written;
use store::{items, keys, records};

use crate::customers::possible_duplicates::{PossibleDuplicate, possible_duplicates};
use crate::kit::{Master, Stopped};

/// How many pairs are written at once.
const AT_ONCE: usize = 16;

/// How often pairs are judged anew that others write at the moment.
const MAX_TRIES: u32 = 5;

/// Finds those who look like this customer, and keeps the pairs. What an earlier try has done, and what is decided and holds, is left as it is.
pub(super) async fn pair_up<T: Table>(
    master: &Master<T>,
    customer: &Customer,
) -> Result<(), Stopped> {
    let mut found = possible_duplicates(master, customer).await?;
    for round in 0..MAX_TRIES {
        let mut left = Vec::new();
        for some in found.chunks(MAX_ITEMS) {
            left.extend(judge(master, customer, some.to_vec()).await?);
        }
        found = left;
        if found.is_empty() {
            return Ok(());
        }
        master.table().pause(Duration::from_millis(5_u64 << round)).await;
    }
    Err(Stopped::Busy)
}

/// Judges pairs, and returns those that others wrote meanwhile.
async fn judge<T: Table>(
    master: &Master<T>,
    customer: &Customer,
    found: Vec<PossibleDuplicate>,
) -> Result<Vec<PossibleDuplicate>, Stopped> {
    let table = master.table();
    let due = due(master, customer, found).await?;
    let mut left = Vec::new();
    for some in due.chunks(AT_ONCE) {
        let under_way = some.iter().map(|(other, record)| async move {
            let written = table.write(&items::pair(record)).await?;
            Ok::<_, Stopped>(matches!(written, Written::Refused(_)).then(|| other.clone()))
        });
        left.extend(try_join_all(under_way).await?.into_iter().flatten());
    }
    Ok(left)
}

/// Those of up to [`MAX_ITEMS`] who look like a customer of whom the pair is not kept as it should be, with the pair as it should.
pub(crate) async fn due<T: Table>(
    master: &Master<T>,
    customer: &Customer,
    found: Vec<PossibleDuplicate>,
) -> Result<Vec<(PossibleDuplicate, PairRecord)>, Stopped> {
    let (table, controls) = (master.table(), master.controls());
    let pairs: Vec<(PossibleDuplicate, Pair)> = found
        .into_iter()
        .filter_map(|other| {
            let pair = Pair::of(&customer.identifier, &other.customer.identifier)?;
            Some((other, pair))
        })
        .collect();
    let keys: Vec<_> = pairs.iter().map(|(_, pair)| keys::pair(pair)).collect();
    let known = records::pairs(table, &keys).await?.into_iter();
    let known: HashMap<Pair, PairRecord> =
        known.map(|record| (record.pair.clone(), record)).collect();
    let now = table.now();
    let due = pairs.into_iter().filter_map(|(other, pair)| {
        let is_low = *pair.low() == customer.identifier;
        let (low, high) =
            if is_low { (customer, &other.customer) } else { (&other.customer, customer) };
        let judged = Judged { low, high, bits: other.score.bits };
        let when = (&controls.secret, now);
        let record = PairRecord::judged(known.get(&pair), judged, controls.thresholds, when)?;
        Some((other, record))
    });
    Ok(due.collect())
}
