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
        let outlived = self.former.iter().enumerate().filter(move |(place, (_, at))| {
            *place >= MOST_FORMER || at.plus_seconds(KEYED_SECONDS) <= now
        });
        outlived.map(|(_, (identifier, _))| identifier)
    }
}

impl Claim {
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

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::keys;

    fn claim(seat: u32) -> Claim {
        Claim {
            key: keys::relate_id("R"),
            holder: Identifier::parse(&format!("0123456789ABCDEF-{seat:06}")).unwrap(),
        }
    }

    /// What the item is after the write.
    fn after(item: &Item, write: Write) -> Item {
        let Write::Update { key, set, remove, .. } = write else {
            panic!("a claim is written by updates");
        };
        let mut item = item.clone();
        for (name, value) in keys_of(key).into_iter().chain(set) {
            item.insert(name, value);
        }
        for name in remove {
            item.remove(&name);
        }
        item
    }

    fn keys_of(key: Key) -> Item {
        Item::from([
            (keys::PARTITION_KEY.to_owned(), AttributeValue::S(key.pk)),
            (keys::SORT_KEY.to_owned(), AttributeValue::S(key.sk)),
        ])
    }

    #[test]
    fn who_had_a_number_is_known_when_another_has_it() {
        let now = Timestamp::from_millis(1_000);
        let mut item = after(&Item::new(), claim(1).stake(None, now));
        item = after(&item, claim(1).give_up(now));
        let free = Claim::read(item.clone()).unwrap();
        assert_eq!((free.holder.clone(), free.former.len()), (None, 1));
        item = after(&item, claim(2).stake(Some(&free), now));
        let taken = Claim::read(item).unwrap();
        assert_eq!(taken.holder, Some(claim(2).holder));
        assert_eq!(taken.former, [(claim(1).holder, now)]);
    }

    #[test]
    fn who_had_a_number_is_forgotten_after_the_time_of_a_key_and_beyond_the_most() {
        let start = Timestamp::from_millis(0);
        let more = u32::try_from(MOST_FORMER).unwrap() + 5;
        let mut item = Item::new();
        for seat in 1..=more {
            let at = start.plus_seconds(u64::from(seat));
            item = after(&item, claim(seat).stake(None, at));
            item = after(&item, claim(seat).give_up(at));
        }
        let seen = Claim::read(item.clone()).unwrap();
        let known = |now| {
            let staked = after(&item, claim(more + 1).stake(Some(&seen), now));
            Claim::read(staked).unwrap().former
        };
        let soon = known(start.plus_seconds(u64::from(more)));
        assert_eq!(soon.len(), MOST_FORMER);
        assert_eq!(soon[0].0, claim(more).holder);
        assert_eq!(known(start.plus_seconds(KEYED_SECONDS + u64::from(more))), []);
    }
}
