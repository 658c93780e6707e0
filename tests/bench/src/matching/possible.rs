//! What is told as possible duplicates: recall and precision of both grades, and what each kind of key adds.

use std::collections::{BTreeMap, HashMap};

use domain::matching::generic_values::GenericValues;
use domain::matching::possible::keys::{self, AlikeKey, KeyKind};
use domain::matching::possible::score::Bits;
use domain::matching::possible::weights::Weights;
use domain::matching::possible::{Grade, MAX_UNDER_A_KEY, Profile, Score, Thresholds};

use super::febrl::{FITTED_ON, Record, SETS, records};
use super::{restaurants, share};

/// What is held of one set.
#[derive(Debug)]
pub struct Told {
    /// Its name.
    pub set: &'static str,
    /// How many pairs of its records are one person.
    pub true_pairs: usize,
    /// How many pairs the keys lead to, and how many of them are right.
    pub candidates: [usize; 2],
    /// How many pairs are likely, and how many of them are right.
    pub likely: [usize; 2],
    /// The same of likely and possible together.
    pub both: [usize; 2],
    /// How many keys had too many.
    pub passed_over: usize,
    /// Of each kind of key: the recall that it adds to those before it, and that it alone brings.
    pub keys: Vec<(KeyKind, f64, f64)>,
    /// Found and right from each number of bits on, to be seen where thresholds would lie.
    pub curve: Vec<(i32, usize, usize)>,
}

impl Told {
    /// How many of the true pairs are likely or possible.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.both[1], self.true_pairs)
    }

    /// How many of those that are likely are right; one where none is.
    #[must_use]
    pub fn likely_precision(&self) -> f64 {
        if self.likely[0] == 0 { 1.0 } else { share(self.likely[1], self.likely[0]) }
    }
}

/// Measures the three sets, the one that the weights were fitted on, and one of businesses.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn measure() -> Result<Vec<Told>, String> {
    let mut told = Vec::new();
    for set in SETS {
        told.push(judged(set, &records(set)?));
    }
    let mut fitted = records(FITTED_ON[0])?;
    fitted.extend(records(FITTED_ON[1])?);
    told.push(judged("dataset4", &fitted));
    told.push(judged(restaurants::SET, &restaurants::records()?));
    Ok(told)
}

/// Pairs of records, each with the kinds of the keys that they have in common, as bits; and how many keys were passed over.
pub(crate) type Pairs = HashMap<(usize, usize), u32>;

/// The profiles of records, and the pairs of them that the keys lead to.
pub(crate) fn candidates(profiles: &[Profile]) -> (Pairs, usize) {
    let mut by_key: BTreeMap<AlikeKey, Vec<usize>> = BTreeMap::new();
    for (place, profile) in profiles.iter().enumerate() {
        for key in keys::keys(profile).into_iter().take(keys::MAX_KEYS) {
            by_key.entry(key).or_default().push(place);
        }
    }
    let mut pairs = Pairs::new();
    let mut passed_over = 0;
    for (key, members) in &by_key {
        if members.len() > MAX_UNDER_A_KEY {
            passed_over += 1;
            continue;
        }
        for (index, one) in members.iter().enumerate() {
            for other in &members[index + 1..] {
                *pairs.entry((*one, *other)).or_default() |= 1 << key.kind as u32;
            }
        }
    }
    (pairs, passed_over)
}

pub(crate) fn profiles(records: &[Record]) -> Vec<Profile> {
    let values = GenericValues::default();
    let profile = |record: &Record| Profile::of_values(&record.attributes, None, &[], &values);
    records.iter().map(profile).collect()
}

fn judged(set: &'static str, records: &[Record]) -> Told {
    let mut persons: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        *persons.entry(&record.person).or_default() += 1;
    }
    let true_pairs = persons.values().map(|count| count * (count - 1) / 2).sum();
    let profiles = profiles(records);
    let (pairs, passed_over) = candidates(&profiles);
    let is_right = |(one, other): &(usize, usize)| records[*one].person == records[*other].person;
    let weights = Weights::default();
    let scored: Vec<(Bits, bool)> = pairs
        .keys()
        .map(|pair| {
            let score = Score::under(&weights, &profiles[pair.0], &profiles[pair.1]);
            (score.bits, is_right(pair))
        })
        .collect();
    let count = |wanted: &dyn Fn(Bits) -> bool| {
        let found = scored.iter().filter(|(bits, _)| wanted(*bits));
        [found.clone().count(), found.filter(|(_, right)| *right).count()]
    };
    let thresholds = Thresholds::default();
    let right: Vec<u32> =
        pairs.iter().filter(|(pair, _)| is_right(pair)).map(|(_, kinds)| *kinds).collect();
    let mut before = 0;
    let keys = KeyKind::ALL.into_iter().map(|kind| {
        let bit = 1 << kind as u32;
        let added = right.iter().filter(|kinds| **kinds & before == 0 && **kinds & bit != 0);
        let added = share(added.count(), true_pairs);
        before |= bit;
        let alone = right.iter().filter(|kinds| **kinds == bit).count();
        (kind, added, share(alone, true_pairs))
    });
    Told {
        set,
        true_pairs,
        candidates: [pairs.len(), right.len()],
        likely: count(&|bits| thresholds.grade(bits) == Some(Grade::Likely)),
        both: count(&|bits| thresholds.grade(bits).is_some()),
        passed_over,
        keys: keys.collect(),
        curve: (0..=13)
            .map(|step| {
                let from = step * 20;
                let [found, right] = count(&|bits| bits.tenths() >= from);
                (from / 10, found, right)
            })
            .collect(),
    }
}
