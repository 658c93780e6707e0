//! The item of the counter of customer numbers, which also says which rules are in force, and which secret the table's keys are made with. It is what the warming read reads.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::BASE32_NOPAD;
use domain::matching::epoch::{Epoch, RuleName, fingerprint};
use domain::secret::Secret;

use super::VERSION;
use super::fields::{Fields, number, text, text_of};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const COUNTER: &str = "counter";
const COMPLETE: &str = "complete_rules";
const REQUIRED: &str = "required_rule";
const REQUIRED_AT: &str = "required_at";
const SECRET: &str = "secret_fingerprint";

/// What stands on the counter beside its count.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InForce {
    /// The rules, and the version of what is said of them; none where nothing is said yet.
    pub epoch: Option<(Epoch, u64)>,
    fingerprint: Option<String>,
    /// Whether a number was ever given.
    pub has_customers: bool,
}

impl InForce {
    pub fn read(item: Option<Item>) -> Result<Self, TableError> {
        let Some(item) = item else {
            return Ok(Self::default());
        };
        let (mut fields, _) = Fields::of_item(COUNTER, item)?;
        let has_customers = fields.optional_number(keys::COUNT)?.is_some_and(|count| count > 0);
        let version = fields.optional_number(VERSION)?;
        let rule = |value| Ok(RuleName::stored(text_of(COUNTER, value)?));
        let epoch = match version {
            None => None,
            Some(version) => {
                let complete = fields.list(COMPLETE)?.into_iter().map(rule);
                let epoch = Epoch {
                    complete: complete.collect::<Result<_, TableError>>()?,
                    required: RuleName::stored(fields.text(REQUIRED)?),
                    required_at: fields.time(REQUIRED_AT)?,
                };
                Some((epoch, version))
            }
        };
        Ok(Self { epoch, fingerprint: fields.optional_text(SECRET)?, has_customers })
    }

    /// Whether the table's keys are made with this secret, as far as it says.
    pub fn is_of(&self, secret: &Secret) -> bool {
        self.fingerprint.as_ref().is_none_or(|known| *known == shown(secret))
    }
}

/// Says which rules are in force, and with which secret the keys are made, over what this version said of it, or where nothing is said: on the counter and on its copy.
pub fn put_in_force(epoch: &Epoch, secret: &Secret, over: Option<u64>) -> [Write; 2] {
    let Epoch { complete, required, required_at } = epoch;
    let complete = complete.iter().map(|rule| text(rule.as_str())).collect();
    let version = over.unwrap_or(0) + 1;
    let set = Item::from([
        (VERSION.to_owned(), number(version)),
        (COMPLETE.to_owned(), AttributeValue::L(complete)),
        (REQUIRED.to_owned(), text(required.as_str())),
        (REQUIRED_AT.to_owned(), number(required_at.millis())),
        (SECRET.to_owned(), text(shown(secret))),
    ]);
    let said = |key, on| Write::Update {
        key,
        set: set.clone(),
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on,
    };
    let on = over.map_or(Condition::Without(VERSION), Condition::VersionIs);
    [
        said(keys::customer_counter(), on),
        said(keys::customer_counter_copy(), Condition::Outdated(version)),
    ]
}

fn shown(secret: &Secret) -> String {
    BASE32_NOPAD.encode(&fingerprint(secret))
}

#[cfg(test)]
mod tests {
    use domain::controls::Controls;
    use domain::time::Timestamp;

    use super::super::tests::secret;
    use super::*;
    use crate::meaning;

    #[test]
    fn what_is_in_force_is_written_beside_the_count_and_read_back() {
        let controls = Controls::read(|name| {
            (name == "KEY_SECRET").then(|| "the secret of the tests of this crate".to_owned())
        });
        let controls = controls.unwrap();
        let epoch = Epoch::begin(&controls.rules, false, Timestamp::from_millis(7));
        let counted = Item::from([("count".to_owned(), number(3))]);
        let mut item = meaning::empty(&keys::customer_counter());
        item.extend(counted);
        let [first, copy] = put_in_force(&epoch, &controls.secret, None);
        assert!(meaning::holds(first.condition(), Some(&item)));
        let item = meaning::after(&first, Some(&item));
        assert_eq!(item.len(), 8);
        assert!(!meaning::holds(first.condition(), Some(&item)), "once");
        let read = InForce::read(Some(item.clone())).unwrap();
        assert_eq!(read.epoch, Some((epoch.clone(), 1)));
        assert!(read.has_customers && read.is_of(&secret()));
        assert!(!read.is_of(&Secret::new(&"x".repeat(32)).unwrap()));
        let [next, copy_next] = put_in_force(&epoch, &controls.secret, Some(1));
        assert!(meaning::holds(next.condition(), Some(&item)));
        let item = meaning::after(&next, Some(&item));
        assert_eq!(InForce::read(Some(item)).unwrap().epoch.unwrap().1, 2);
        assert!(meaning::holds(copy.condition(), None));
        let copy = meaning::after(&copy, None);
        assert!(meaning::holds(copy_next.condition(), Some(&copy)));
        let copy = meaning::after(&copy_next, Some(&copy));
        assert_eq!(InForce::read(Some(copy)).unwrap().epoch, Some((epoch, 2)));
        assert_eq!(InForce::read(None).unwrap(), InForce::default());
    }
}
