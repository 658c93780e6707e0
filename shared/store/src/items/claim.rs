//! The claim of an alternate number or a relate id: whose it is. One item each, so that no two customers have the same.
//!
//! A claim that was given up stays, free for anybody, and tells for a while who had it, whoever has it now: the next try of a request that found its customer by this
//! number finds it still.

use domain::by::Stamp;
use domain::customer::Identifier;
use domain::retention::{self, Retention};
use domain::time::Timestamp;

use super::ORGANIZATION;
use super::by::{BY, by_value};
use super::fields::{Fields, corrupt, number, text, time_of};
use crate::item::Item;
use crate::keys::Key;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const CLAIM: &str = "claim";

/// What the names of the attributes begin with that tell who had it; each is the time at which it was given up.
const FORMER_PREFIX: &str = "former_";

/// How many of those who had it are remembered, the last ones.
pub const MAX_FORMER: usize = 100;

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
    /// Those who had it and need not be remembered any more.
    fn forgotten(&self, now: Timestamp) -> Vec<&Identifier> {
        let former = self.former.iter();
        let former = former.map(|(identifier, at)| (identifier, *at, Retention::FormerHolder));
        retention::forgotten(former, MAX_FORMER, now)
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
        fields.by()?;
        Ok(Claimed { holder, former })
    }

    /// Makes the claim, unless another has it. `seen` is the claim as it was read, where it was there: whom it need not remember any more it forgets.
    pub fn stake(&self, seen: Option<&Claimed>, stamp: &Stamp) -> Write {
        let forgotten = seen.into_iter().flat_map(|seen| seen.forgotten(stamp.at));
        Write::Update {
            key: self.key.clone(),
            set: Item::from([
                (ORGANIZATION.to_owned(), text(self.holder.to_string())),
                (BY.to_owned(), by_value(&stamp.by)),
            ]),
            set_if_absent: Item::new(),
            remove: forgotten.map(former_attribute).collect(),
            on: Condition::AbsentOrBelongsTo(self.holder.clone()),
        }
    }

    /// Gives the claim up. One that was lost is given up too, so that nobody waits for it for ever.
    pub fn give_up(&self, stamp: &Stamp) -> Write {
        Write::Update {
            key: self.key.clone(),
            set: Item::from([
                (former_attribute(&self.holder), number(stamp.at.millis())),
                (BY.to_owned(), by_value(&stamp.by)),
            ]),
            set_if_absent: Item::new(),
            remove: vec![ORGANIZATION.to_owned()],
            on: Condition::AbsentOrBelongsTo(self.holder.clone()),
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
            key: keys::relate_id(&super::super::tests::secret(), "R"),
            holder: Identifier::parse(&format!("0123456789ABCDEF-{seat:06}-01234567")).unwrap(),
        }
    }

    fn stamp(at: Timestamp) -> Stamp {
        super::super::tests::stamp("claim", at)
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
        let mut item = after(&Item::new(), claim(1).stake(None, &stamp(now)));
        item = after(&item, claim(1).give_up(&stamp(now)));
        let free = Claim::read(item.clone()).unwrap();
        assert_eq!((free.holder.clone(), free.former.len()), (None, 1));
        item = after(&item, claim(2).stake(Some(&free), &stamp(now)));
        let taken = Claim::read(item).unwrap();
        assert_eq!(taken.holder, Some(claim(2).holder));
        assert_eq!(taken.former, [(claim(1).holder, now)]);
    }

    #[test]
    fn a_claims_item_is_pinned() {
        let now = Timestamp::from_millis(1_000);
        let staked = after(&Item::new(), claim(1).stake(None, &stamp(now)));
        let mut names: Vec<_> = staked.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["by", "organization", "pk", "sk"]);
        assert_eq!(after(&staked, claim(1).give_up(&stamp(now))).len(), 4);
    }

    #[test]
    fn who_had_a_number_is_forgotten_after_the_time_of_a_key_and_beyond_the_most() {
        let start = Timestamp::from_millis(0);
        let more = u32::try_from(MAX_FORMER).unwrap() + 5;
        let mut item = Item::new();
        for seat in 1..=more {
            let at = start.plus_seconds(u64::from(seat));
            item = after(&item, claim(seat).stake(None, &stamp(at)));
            item = after(&item, claim(seat).give_up(&stamp(at)));
        }
        let seen = Claim::read(item.clone()).unwrap();
        let known = |now| {
            let staked = after(&item, claim(more + 1).stake(Some(&seen), &stamp(now)));
            Claim::read(staked).unwrap().former
        };
        let soon = known(start.plus_seconds(u64::from(more)));
        assert_eq!(soon.len(), MAX_FORMER);
        assert_eq!(soon[0].0, claim(more).holder);
        assert_eq!(known(Retention::FormerHolder.end(start.plus_seconds(u64::from(more)))), []);
    }
}
