//! Writes and their conditions as data: what two tables could drift apart on is the meaning of these few conditions and nothing else.

use domain::customer::Identifier;
use domain::effect::EffectId;
use domain::time::Timestamp;

use crate::item::{self, Item};
use crate::keys::Key;
use crate::table::Table;

/// What must hold of the item that stands where a write goes. There is no write without a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    Absent,
    /// Nothing is there, or what is there expired before this time.
    AbsentOrExpired(Timestamp),
    /// What is there, if anything, has no inputs of a request, or expired before this time.
    Unbound(Timestamp),
    /// What is there, if anything, has no attribute of this name.
    Without(&'static str),
    /// The item is there and has this version.
    VersionIs(u64),
    /// What is there, if anything, has no version, or a lower one.
    Outdated(u64),
    /// A counter that may count up to here.
    CeilingIs(u64),
    /// Nothing is there, or an item of a lower version.
    AbsentOrOlder(u64),
    /// Nothing is there, or a dealer customer that belongs to no customer; and the effect has not been here before.
    Unassociated(EffectId),
    /// A dealer customer that belongs to this customer; and the effect has not been here before.
    Releasable(Identifier, EffectId),
    /// A dealer customer, or a claim, that belongs to this customer.
    BelongsTo(Identifier),
    /// Nothing is there, or what belongs to nobody or to this customer.
    AbsentOrBelongsTo(Identifier),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// The whole item, in place of what is there.
    Put {
        /// The item, keys included.
        item: Item,
        /// What must hold of what is there.
        on: Condition,
    },
    /// Some attributes of an item, which is made if it is not there.
    Update {
        key: Key,
        /// Attributes that get these values.
        set: Item,
        /// Attributes that get these values unless they have one.
        set_if_absent: Item,
        /// Attributes that are taken away.
        remove: Vec<String>,
        /// What must hold of what is there.
        on: Condition,
    },
}

impl Write {
    pub fn key(&self) -> Key {
        match self {
            Self::Put { item, .. } => item::key_of(item),
            Self::Update { key, .. } => key.clone(),
        }
    }

    /// Whether it puts something where nothing may be.
    pub fn takes_a_place(&self) -> bool {
        matches!(self, Self::Put { on: Condition::Absent, .. })
    }

    /// What must hold of what is there.
    pub fn condition(&self) -> &Condition {
        match self {
            Self::Put { on, .. } | Self::Update { on, .. } => on,
        }
    }
}

/// Why a write did not happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The condition does not hold; what stood there instead.
    Condition(Option<Item>),
    /// Another transaction holds the item at the moment, or the item is throttled. It may be free a moment later.
    Contended,
}

/// What came of one write.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It happened. An update tells what stood there before.
    Done(Option<Item>),
    Refused(Refusal),
}

/// What came of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Transacted {
    Done,
    /// None of it happened; for each write, in order, why it did not, or nothing where it could have.
    Refused(Vec<Option<Refusal>>),
}

/// A token for one transaction. The database client repeats it with the same token; the next round is another transaction.
pub fn token(table: &impl Table) -> String {
    table.chance().iter().map(|byte| format!("{byte:02x}")).collect()
}
