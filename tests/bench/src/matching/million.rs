//! How many candidates the keys lead to among a million customers: each has the values of FEBRL 4, which were drawn by how frequent they are, every one drawn anew.

use std::collections::{BTreeSet, HashMap};

use domain::matching::generic_values::GenericValues;
use domain::matching::possible::keys::{self, AlikeKey, KeyKind};
use domain::matching::possible::{MAX_UNDER_A_KEY, Profile};
use domain::message::{Attribute, Attributes};

use super::febrl::{FITTED_ON, Record, records};
use super::share;

/// How many customers there are.
pub const CUSTOMERS: usize = 1_000_000;

/// Of how many of them the candidates are counted.
const SAMPLE: usize = 1_000;

/// What is drawn together: a city is where its postal code is.
const DRAWN: [&[Attribute]; 4] = [
    &[Attribute::FIRST_NAME],
    &[Attribute::LAST_NAME],
    &[Attribute::ADDRESS_LINE_2],
    &[Attribute::CITY, Attribute::POSTAL_CODE, Attribute::STATE],
];

/// What was counted.
#[derive(Debug)]
pub struct Counted {
    /// Candidates of a customer, on average.
    pub mean: f64,
    /// The share of customers with under [`MAX_UNDER_A_KEY`] candidates.
    pub under_the_most: f64,
    /// The most that one has.
    pub most: usize,
    /// Keys that were passed over, of a customer, on average.
    pub passed_over: f64,
    /// Candidates under each kind of key, of a customer, on average.
    pub kinds: Vec<(KeyKind, f64)>,
}

/// Counts the candidates of a sample.
///
/// # Errors
///
/// A sentence when the data cannot be had.
pub fn measure() -> Result<Counted, String> {
    let originals = records(FITTED_ON[0])?;
    let mut chance = 1_u64;
    let sample: Vec<Profile> = (0..SAMPLE).map(|_| drawn(&originals, &mut chance)).collect();
    let mut holders: HashMap<AlikeKey, Vec<usize>> = HashMap::new();
    for profile in &sample {
        for key in keys::keys(profile).into_iter().take(keys::MAX_KEYS) {
            holders.entry(key).or_default();
        }
    }
    for customer in 0..CUSTOMERS {
        let profile = drawn(&originals, &mut chance);
        for key in keys::keys(&profile).into_iter().take(keys::MAX_KEYS) {
            if let Some(holders) = holders.get_mut(&key) {
                holders.push(customer);
            }
        }
    }
    let mut counts = Vec::with_capacity(SAMPLE);
    let mut kinds: HashMap<KeyKind, usize> = HashMap::new();
    let mut passed_over = 0;
    for profile in &sample {
        let mut found = BTreeSet::new();
        for key in keys::keys(profile).into_iter().take(keys::MAX_KEYS) {
            let holders = &holders[&key];
            if holders.len() > MAX_UNDER_A_KEY {
                passed_over += 1;
            } else {
                *kinds.entry(key.kind).or_default() += holders.len();
                found.extend(holders.iter().copied());
            }
        }
        counts.push(found.len());
    }
    let of_each = |sum: usize| share(sum, SAMPLE);
    Ok(Counted {
        mean: of_each(counts.iter().sum()),
        under_the_most: of_each(counts.iter().filter(|count| **count < MAX_UNDER_A_KEY).count()),
        most: counts.iter().copied().max().unwrap_or_default(),
        passed_over: of_each(passed_over),
        kinds: KeyKind::ALL
            .into_iter()
            .map(|kind| (kind, of_each(kinds.get(&kind).copied().unwrap_or_default())))
            .collect(),
    })
}

/// A customer of values that were drawn each by itself.
fn drawn(originals: &[Record], chance: &mut u64) -> Profile {
    let mut one = || {
        // Knuth's MMIX generator: the same customers in every run.
        *chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &originals[usize::try_from(*chance >> 33).unwrap_or_default() % originals.len()].attributes
    };
    let mut attributes = Attributes::default();
    for together in DRAWN {
        let drawn = one();
        for attribute in together {
            attributes.set(*attribute, drawn.text(*attribute));
        }
    }
    let number = one().text(Attribute::STREET).split(' ').next().unwrap_or_default();
    let street = one().text(Attribute::STREET).split_once(' ').map_or("", |(_, name)| name);
    attributes.set(Attribute::STREET, format!("{number} {street}"));
    Profile::of_values(&attributes, None, &[], &GenericValues::default())
}
