//! The claim of an alternate number or a relate id: whose it is. One item each, so that no two customers have the same.
//!
//! A claim that was given up stays, free for anybody, and tells for a while who had it, whoever has it now: the next try of a request that found its customer by this
//! number finds it still.

use domain::customer::Identifier;
use domain::effect::KEYED_SECONDS;
use domain::time::Timestamp;

use super::ORGANIZATION;
use super::fields::{Fields, corrupt, number, text, time_of};
use crate::item::Item;
use crate::keys::Key;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const CLAIM: &str = "claim";

/// What the names of the attributes begin with that tell who had it; each is the time at which it was given up.
const FORMER_PREFIX: &str = "former_";

/// How many of those who had it are remembered at the most, the last ones.
pub const MOST_FORMER: usize = 100;

/// A claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The claim's key: what is claimed.
    pub key: Key,
    /// Whose it is.
    pub holder: Identifier,
}

/// Who has what is claimed, and who had it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claimed {
    /// Whose it is; none: nobody's.
    pub holder: Option<Identifier>,
    /// Who had it, the last one first, and when it was given up.
    pub former: Vec<(Identifier, Timestamp)>,
}

impl Claimed {
    /// Those who had it and need not be remembered any more: the time of the keys by which they were found is over, or there are too many.
    fn outlived(&self, now: Timestamp) -> impl Iterator<Item = &Identifier> {
        let outlived = self
            .former
            .iter()
            .enumerate()
            .filter(move |(place, (_, at))| {
                *place >= MOST_FORMER || at.plus_seconds(KEYED_SECONDS) <= now
            });
        outlived.map(|(_, (identifier, _))| identifier)
    }
}

impl Claim {
    /// Reads the item of a claim.
    pub fn read(item: Item) -> Result<Claimed, TableError> {
        let (mut fields, _) = Fields::of_item(CLAIM, item)?;
        let mut former = Vec::new();
        for (identifier, at) in fields.beginning(FORMER_PREFIX) {
            let identifier =
                Identifier::parse(&identifier).ok_or_else(|| corrupt(CLAIM, FORMER_PREFIX))?;
            former.push((identifier, time_of(CLAIM, at)?));
        }
        former.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        let holder = fields.optional_parsed(ORGANIZATION, Identifier::parse)?;
        fields.end()?;
        Ok(Claimed { holder, former })
    }

    /// Makes the claim, unless another has it. `seen` is the claim as it was read, where it was there: whom it need not remember any more it forgets.
    pub fn stake(&self, seen: Option<&Claimed>, now: Timestamp) -> Write {
        let outlived = seen.into_iter().flat_map(|seen| seen.outlived(now));
        Write::Update {
            key: self.key.clone(),
            set: Item::from([(ORGANIZATION.to_owned(), text(self.holder.to_string()))]),
            set_if_absent: Item::new(),
            remove: outlived.map(former_attribute).collect(),
            on: Condition::AbsentOrBelongsTo(self.holder.clone()),
        }
    }

    /// Gives the claim up.
    pub fn give_up(&self, now: Timestamp) -> Write {
        Write::Update {
            key: self.key.clone(),
            set: Item::from([(former_attribute(&self.holder), number(now.millis()))]),
            set_if_absent: Item::new(),
            remove: vec![ORGANIZATION.to_owned()],
            on: Condition::BelongsTo(self.holder.clone()),
        }
    }
}

fn former_attribute(holder: &Identifier) -> String {
    format!("{FORMER_PREFIX}{holder}")
}
