//! What an audit found and mended, so far or in all.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Damage, Finding};

/// How many items of each kind of damage are named.
const MAX_SAMPLES: usize = 5;

/// Counts, and a few examples by their keys; nothing of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// How many items were looked at.
    pub items: u64,
    pub damage: BTreeMap<Damage, Found>,
}

/// What was found of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    pub found: u64,
    pub mended: u64,
    /// Some of the items that show it, by their keys.
    pub samples: Vec<String>,
}

impl Report {
    /// Counts it, and says whether it is one of those that are named.
    pub(super) fn add(&mut self, finding: &Finding) -> bool {
        let Finding { damage, at, mended } = finding;
        let of_kind = self.damage.entry(*damage).or_default();
        of_kind.found += 1;
        of_kind.mended += u64::from(*mended);
        of_kind.sample(at)
    }

    /// Adds what was found in another part of the table.
    pub fn merge(&mut self, other: Self) {
        self.items += other.items;
        for (damage, Found { found, mended, samples }) in other.damage {
            let of_kind = self.damage.entry(damage).or_default();
            of_kind.found += found;
            of_kind.mended += mended;
            for at in &samples {
                of_kind.sample(at);
            }
        }
    }

    pub fn found(&self) -> u64 {
        self.damage.values().map(|of_kind| of_kind.found).sum()
    }

    pub fn mended(&self) -> u64 {
        self.damage.values().map(|of_kind| of_kind.mended).sum()
    }

    /// Whether nothing is damaged any more.
    pub fn is_whole(&self) -> bool {
        self.found() == self.mended()
    }
}

impl Found {
    /// Names an item, unless enough are named; says whether it did.
    fn sample(&mut self, at: &str) -> bool {
        let is_new = self.samples.len() < MAX_SAMPLES && !self.samples.iter().any(|one| one == at);
        if is_new {
            self.samples.push(at.to_owned());
        }
        is_new
    }
}
