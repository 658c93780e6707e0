//! The keys of pairs of possible duplicates, and where the index lists them: the highest score first.

use data_encoding::BASE32_NOPAD;
use domain::customer::Identifier;
use domain::matching::possible::{Pair, PairRecord, PairState};
use sha2::{Digest as _, Sha256};

use super::{IndexKey, Key, SHARDS};

/// A sort key has a score so far above zero that every score has as many digits.
const ABOVE_ZERO: i32 = 50_000;

pub fn pair(pair: &Pair) -> Key {
    Key::new(pairs_of(pair.low()), pair.high().to_string())
}

/// The partition with the pairs of a customer: those in which it is the lower one, and pointers to the others.
pub fn pairs_of(customer: &Identifier) -> String {
    format!("PAIR#{customer}")
}

/// Where the higher one of a pair finds the lower.
pub fn pair_pointer(pair: &Pair) -> Key {
    Key::new(pairs_of(pair.high()), pair.low().to_string())
}

/// The pair under this key; none for another key, and for a pointer.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_one_key_and_is_found_from_both_sides() {
        let [one, other] = ["0123456789ABCDEF-000001-89ABCDEF", "FEDCBA9876543210-000002-89ABCDEF"]
            .map(|text| Identifier::parse(text).unwrap());
        let both = Pair::of(&other, &one).unwrap();
        let key = pair(&both);
        assert_eq!(
            (key.pk.as_str(), key.sk.as_str()),
            ("PAIR#0123456789ABCDEF-000001-89ABCDEF", "FEDCBA9876543210-000002-89ABCDEF")
        );
        assert_eq!(pair_of(&key), Some(both.clone()));
        let pointer = pair_pointer(&both);
        assert_eq!((pointer.pk, pointer.sk), (pairs_of(&other), one.to_string()));
        assert_eq!(pair_of(&pair_pointer(&both)), None);
    }
}
