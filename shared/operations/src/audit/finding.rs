//! What an audit can find. It names items by their keys, in which nothing of a person is.

use std::fmt;

use domain::customer::Identifier;
use serde::{Deserialize, Serialize};
use store::keys::{self, Key};

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// An item that this release cannot read.
    Unreadable,
    /// A seat is missing before others of its block.
    LostSeat,
    /// A reference leads to a customer that is not there.
    ReferenceToNobody,
    /// A customer has no seat in a block of its values.
    CustomerWithoutSeat,
    /// A customer has an alternate number or a relate id whose claim is nobody's, or of somebody without it.
    NumberWithoutClaim,
    /// A claim is of a customer that is not there, or does not have the number.
    ClaimWithoutHolder,
    /// Two customers have one alternate number or relate id.
    NumberOfTwo,
    /// A dealer customer is of a customer that is not there.
    DealerCustomerOfNobody,
    /// What an un-merge must know of a merge is not there; it is mended where the history has it.
    MergeLost,
    /// The counter is below a customer number that was given.
    CounterTooLow,
    /// Two customers have one customer number.
    CustomerNumberOfTwo,
    /// A customer is not found under a value that it has, or had lately.
    LookUpKeyMissing,
    /// A look-up key leads to a customer that is not there, was erased, or does not have the value.
    LookUpKeyToNobody,
    /// Two customers look alike and are in no worklist.
    PairMissing,
    /// A pair waits for a steward whose customers do not look alike any more, or are not there.
    PairOutdated,
    /// The history lacks versions, which will not come any more.
    LostVersions,
    /// The history still has values of a person who was erased.
    HistoryOfErased,
    /// A dealer customer or a request in error still has something of a person who was erased.
    PersonLeft,
    /// A request in error is not found by what it is about.
    TopicMissing,
    /// A request in error is found by what it is not about, or is not there.
    TopicOfNothing,
}

impl Damage {
    pub const ALL: [Self; 20] = [
        Self::Unreadable,
        Self::LostSeat,
        Self::ReferenceToNobody,
        Self::CustomerWithoutSeat,
        Self::NumberWithoutClaim,
        Self::ClaimWithoutHolder,
        Self::NumberOfTwo,
        Self::DealerCustomerOfNobody,
        Self::MergeLost,
        Self::CounterTooLow,
        Self::CustomerNumberOfTwo,
        Self::LookUpKeyMissing,
        Self::LookUpKeyToNobody,
        Self::PairMissing,
        Self::PairOutdated,
        Self::LostVersions,
        Self::HistoryOfErased,
        Self::PersonLeft,
        Self::TopicMissing,
        Self::TopicOfNothing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::LostSeat => "lost-seat",
            Self::ReferenceToNobody => "reference-to-nobody",
            Self::CustomerWithoutSeat => "customer-without-seat",
            Self::NumberWithoutClaim => "number-without-claim",
            Self::ClaimWithoutHolder => "claim-without-holder",
            Self::NumberOfTwo => "number-of-two",
            Self::DealerCustomerOfNobody => "dealer-customer-of-nobody",
            Self::MergeLost => "merge-lost",
            Self::CounterTooLow => "counter-too-low",
            Self::CustomerNumberOfTwo => "customer-number-of-two",
            Self::LookUpKeyMissing => "look-up-key-missing",
            Self::LookUpKeyToNobody => "look-up-key-to-nobody",
            Self::PairMissing => "pair-missing",
            Self::PairOutdated => "pair-outdated",
            Self::LostVersions => "lost-versions",
            Self::HistoryOfErased => "history-of-erased",
            Self::PersonLeft => "person-left",
            Self::TopicMissing => "topic-missing",
            Self::TopicOfNothing => "topic-of-nothing",
        }
    }

    /// Whether an audit can mend it, and not only tell somebody.
    pub fn is_mendable(self) -> bool {
        !matches!(self, Self::Unreadable | Self::NumberOfTwo | Self::CustomerNumberOfTwo)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) damage: Damage,
    /// The key of the item that shows it.
    pub(super) at: String,
    pub(super) mended: bool,
}

impl Finding {
    pub(super) fn at(damage: Damage, key: &Key) -> Self {
        Self { damage, at: named(key), mended: false }
    }

    pub(super) fn of(damage: Damage, customer: &Identifier) -> Self {
        Self::at(damage, &keys::customer(customer))
    }
}

/// An item by its key. What follows from a customer has its identifier in its key, which opens its record, so there the partition has to do.
fn named(key: &Key) -> String {
    let Key { pk, sk } = key;
    match keys::kind_of(key) {
        Some(keys::KeyKind::LookUpKey) => pk.clone(),
        Some(keys::KeyKind::History) => "HISTORY".to_owned(),
        Some(keys::KeyKind::Pair) => "PAIR".to_owned(),
        Some(keys::KeyKind::Merge) => "MERGE".to_owned(),
        _ if pk == sk => pk.clone(),
        _ => format!("{pk} {sk}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_damage_has_one_name() {
        for damage in Damage::ALL {
            let json = serde_json::to_value(damage).unwrap();
            assert_eq!(json, damage.as_str());
            assert_eq!(serde_json::from_value::<Damage>(json).unwrap(), damage);
        }
    }
}
