//! The item of a look-up key: that a customer is found under a term, was until lately, or is no more. Every write of one has the version of the customer that it comes of, so that
//! what is late or comes again changes nothing.

use domain::customer::Identifier;
use domain::retention::Retention;
use domain::time::Timestamp;

use super::VERSION;
use super::fields::{Fields, corrupt, new_item, number, text};
use crate::item::{self, Item};
use crate::keys::{self, LookUpKey};
use crate::table::TableError;
use crate::writes::{Condition, Write};

const LOOK_UP_KEY: &str = "look-up key";
const STANDING: &str = "standing";

/// How a customer stands under a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has the value.
    Current,
    /// It had the value until then.
    Former(Timestamp),
    /// It is not found under it any more; this stays for a while, so that what is late does not bring it back.
    Removed(Timestamp),
}

/// A customer under a term, and how it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub identifier: Identifier,
    pub standing: Standing,
}

/// Says how a customer stands under a term since this version of it (of a dealer customer: since this time), unless something newer is known.
pub fn look_up_key(
    key: &LookUpKey,
    identifier: &Identifier,
    version: u64,
    standing: Standing,
) -> Write {
    let mut item = new_item(key.of(identifier));
    item.insert(VERSION.to_owned(), number(version));
    let (word, expires_at) = match standing {
        Standing::Current => ("current", None),
        Standing::Former(since) => ("former", Some(Retention::FormerValue.end(since))),
        Standing::Removed(since) => ("removed", Some(Retention::RemovedLookUpKey.end(since))),
    };
    item.insert(STANDING.to_owned(), text(word));
    if let Some(expires_at) = expires_at {
        item.insert(keys::EXPIRES_AT.to_owned(), number(expires_at.seconds()));
    }
    Write::Put { item, on: Condition::AbsentOrOlder(version) }
}

/// Who is found, and how; none for who is not found any more at this time, though the database has not removed the item yet.
pub fn found(item: Item, now: Timestamp) -> Result<Option<Found>, TableError> {
    let identifier = Identifier::parse(&item::key_of(&item).sk);
    let (mut fields, _) = Fields::of_item(LOOK_UP_KEY, item)?;
    let identifier = identifier.ok_or_else(|| corrupt(LOOK_UP_KEY, "key"))?;
    fields.number(VERSION)?;
    let expires_at = fields.optional_number(keys::EXPIRES_AT)?;
    let standing = match (fields.text(STANDING)?.as_str(), expires_at) {
        ("current", None) => Some(Standing::Current),
        ("former", Some(end)) if end > now.seconds() => {
            let since = end.saturating_sub(Retention::FormerValue.seconds());
            Some(Standing::Former(Timestamp::default().plus_seconds(since)))
        }
        ("former" | "removed", Some(_)) => None,
        _ => return Err(corrupt(LOOK_UP_KEY, STANDING)),
    };
    Ok(standing.map(|standing| Found { identifier, standing }))
}

/// A look-up key as it stands, found or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub identifier: Identifier,
    /// That of the customer that it comes of; of a dealer customer the time.
    pub version: u64,
    /// None for one that says that the customer is not found there any more.
    pub standing: Option<Standing>,
}

/// A look-up key with its version.
pub fn kept(item: Item, now: Timestamp) -> Result<Kept, TableError> {
    let version = item.get(VERSION).and_then(|value| value.as_n().ok()?.parse().ok());
    let version = version.ok_or_else(|| corrupt(LOOK_UP_KEY, VERSION))?;
    let identifier = Identifier::parse(&item::key_of(&item).sk);
    let identifier = identifier.ok_or_else(|| corrupt(LOOK_UP_KEY, "key"))?;
    let standing = found(item, now)?.map(|found| found.standing);
    Ok(Kept { identifier, version, standing })
}

#[cfg(test)]
mod tests {
    use domain::look_up::LookUp;
    use domain::secret::Secret;

    use super::*;

    #[test]
    fn a_look_up_key_is_written_and_read_back_until_its_time_is_over() {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let secret = Secret::new(&"x".repeat(32)).unwrap();
        let email = Some("a@b.c".to_owned());
        let term = LookUp { email, ..LookUp::default() }.sought().remove(0);
        let key = keys::look_up(&secret, &term);
        let now = Timestamp::from_millis(5_000);
        let read = |standing, at| {
            let write = look_up_key(&key, &identifier, 3, standing);
            let Write::Put { item, on: Condition::AbsentOrOlder(3) } = write else {
                panic!("a key is put over an older one");
            };
            assert!((4..=5).contains(&item.len()));
            found(item, at).unwrap().map(|found| found.standing)
        };
        assert_eq!(read(Standing::Current, now), Some(Standing::Current));
        assert_eq!(read(Standing::Former(now), now), Some(Standing::Former(now)));
        assert_eq!(read(Standing::Former(now), Retention::FormerValue.end(now)), None);
        assert_eq!(read(Standing::Removed(now), now), None);
    }
}
