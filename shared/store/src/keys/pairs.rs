//! The keys of pairs of possible duplicates, and where the index lists them: the highest score first.

use data_encoding::BASE32_NOPAD;
use domain::customer::Identifier;
use domain::matching::possible::{Pair, PairRecord, PairState};
use sha2::{Digest as _, Sha256};

use super::{IndexKey, Key, SHARDS};

/// A sort key has a score so far above zero that every score has as many digits.
const ABOVE_ZERO: i32 = 50_000;

pub fn pair(pair: &Pair) -> Key {
    Key::new(format!("PAIR#{}", pair.low()), pair.high().to_string())
}

/// The pair under this key; none for another key.
pub fn pair_of(key: &Key) -> Option<Pair> {
    let low = Identifier::parse(key.pk.strip_prefix("PAIR#")?)?;
    let high = Identifier::parse(&key.sk)?;
    Pair::of(&low, &high).filter(|pair| *pair.low() == low)
}

/// The partitions of the index with the pairs of a state.
pub fn pairs(state: PairState) -> impl Iterator<Item = String> {
    (0..SHARDS).map(move |shard| partition(state, shard))
}

fn partition(state: PairState, shard: u8) -> String {
    format!("PAIRS#{}#{shard}", state.as_str())
}

/// Where the index lists a pair: by its score, and by the time since which it stands so; none for one that is of no interest.
pub fn pair_in_list(record: &PairRecord) -> Option<IndexKey> {
    if !PairState::LISTED.contains(&record.state) {
        return None;
    }
    let Key { pk, sk } = pair(&record.pair);
    let digest = Sha256::digest(format!("{pk} {sk}"));
    let score = ABOVE_ZERO + record.bits.tenths();
    Some(IndexKey {
        partition: partition(record.state, digest[0] % SHARDS),
        sort: format!(
            "{score:05}#{:015}#{}",
            record.since.millis(),
            BASE32_NOPAD.encode(&digest[..10])
        ),
    })
}
