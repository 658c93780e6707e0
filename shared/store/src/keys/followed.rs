//! The keys of what follows from a change: history, look-up keys, and the lists of changes to be pulled.

use data_encoding::BASE32_NOPAD;
use domain::change::ChangeId;
use domain::customer::Identifier;
use domain::look_up::{Kind, Term};
use domain::secret::Secret;
use domain::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Key;

/// Over how many lists the changes are spread, by customer. It never changes: a customer's changes are in order within one list only.
pub const CHANGE_SHARDS: u8 = 4;

/// What the sort keys of versions begin with: ten digits, of which the first stays 0.
pub const VERSIONS: &str = "0";

/// What the sort keys of a history's other entries begin with.
pub const OTHER_ENTRIES: &str = "AT#";

/// The sort key of a list's head.
const HEAD: &str = "HEAD";

/// The longest time, in milliseconds, that a sort key can count down from: fifteen digits.
const END_OF_TIME: u64 = 999_999_999_999_999;

/// The partition with the history of a customer.
pub fn history(identifier: &Identifier) -> String {
    format!("HISTORY#{identifier}")
}

pub fn history_of_version(identifier: &Identifier, version: u64) -> Key {
    Key::new(history(identifier), format!("{version:010}"))
}

/// The version that an entry of a history is of; none for one that makes no version.
pub fn version_in_history(key: &Key) -> Option<u64> {
    key.sk.parse().ok()
}

/// An entry that makes no version of the customer, the newest first.
pub fn history_of_other(identifier: &Identifier, at: Timestamp, id: &ChangeId) -> Key {
    let left = END_OF_TIME.saturating_sub(at.millis());
    let digest = Sha256::digest(id.as_str());
    let digest = BASE32_NOPAD.encode(&digest[..10]);
    Key::new(history(identifier), format!("{OTHER_ENTRIES}{left:015}#{digest}"))
}

/// The partition with those who are found, or were, under a term. Nobody without the deployment's secret can compute it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LookUpKey(String);

impl LookUpKey {
    pub fn partition(&self) -> &str {
        &self.0
    }

    /// The partition of an item that is a look-up key.
    pub fn at(key: &Key) -> Self {
        Self(key.pk.clone())
    }

    /// Whether what is found under it is found by this.
    pub fn is_of(&self, kind: Kind) -> bool {
        self.0
            .strip_prefix("FIND#")
            .and_then(|rest| rest.split_once('#'))
            .is_some_and(|(word, _)| word == kind.as_str())
    }

    /// Where this customer stands there.
    pub fn of(&self, identifier: &Identifier) -> Key {
        Key::new(self.0.clone(), identifier.to_string())
    }
}

pub fn look_up(secret: &Secret, term: &Term) -> LookUpKey {
    let kind = term.kind.as_str();
    let code = secret.code(&format!("find {kind}"), &term.parts());
    LookUpKey(format!("FIND#{kind}#{}", BASE32_NOPAD.encode(&code[..20])))
}

/// The list that has the changes of this customer, dealer customer or request in error.
pub fn changes_of(owner: &str) -> u8 {
    Sha256::digest(owner)[0] % CHANGE_SHARDS
}

/// The partition of a list of changes.
fn changes(shard: u8) -> String {
    format!("CHANGES#{shard}")
}

/// How many changes were ever appended to a list.
pub fn changes_head(shard: u8) -> Key {
    Key::new(changes(shard), HEAD)
}

pub fn is_changes_head(key: &Key) -> bool {
    key.sk == HEAD
}

/// A place in a list of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangesPlace {
    pub shard: u8,
    /// 1, 2, 3 … without a gap.
    pub sequence: u64,
}

pub fn change(place: ChangesPlace) -> Key {
    Key::new(changes(place.shard), format!("{:012}", place.sequence))
}

/// The number of an entry of a list of changes; none for the list's head.
pub fn sequence_of(key: &Key) -> Option<u64> {
    key.sk.parse().ok()
}

/// What the partitions begin with from whose items something follows.
pub const FOLLOWED: [&str; 4] = ["BLOCK#", "DEALER#", "ERROR#", "PAIR#"];

pub fn is_dealer_customer(key: &Key) -> bool {
    super::dcn_of(key).is_some()
}

pub fn is_request_in_error(key: &Key) -> bool {
    super::request_in_error_of(key).is_some() && key.sk == super::REQUEST_IN_ERROR
}

#[cfg(test)]
mod tests {
    use domain::customer::CustomerNumber;
    use domain::look_up::LookUp;

    use super::*;

    #[test]
    fn keys_of_what_follows_are_pinned() {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let version = history_of_version(&identifier, 3);
        assert_eq!(
            (version.pk.as_str(), version.sk.as_str()),
            ("HISTORY#0123456789ABCDEF-000001-89ABCDEF", "0000000003")
        );
        assert!(version.sk.starts_with(VERSIONS));
        let id = ChangeId::of_version(CustomerNumber::new(7).unwrap(), 3);
        let at = |millis| history_of_other(&identifier, Timestamp::from_millis(millis), &id).sk;
        assert_eq!(at(1_795_408_496_007), "AT#998204591503992#EXG25I6HZX5UYI4G");
        assert!(at(2) < at(1), "the newest come first");
        let head = changes_head(2);
        assert_eq!((head.pk.as_str(), head.sk.as_str()), ("CHANGES#2", "HEAD"));
        let first = change(ChangesPlace { shard: 2, sequence: 41 });
        assert_eq!((first.pk.as_str(), first.sk.as_str()), ("CHANGES#2", "000000000041"));
        assert!(first.sk < head.sk);
    }

    #[test]
    fn a_look_up_key_needs_the_secret_and_its_kind() {
        let secret = |text: &str| Secret::new(&text.repeat(32)).unwrap();
        let term = |look_up: LookUp| look_up.sought().remove(0);
        let text = Some("A-7".to_owned());
        let alternate = term(LookUp { alternate_number: text.clone(), ..LookUp::default() });
        let relate = term(LookUp { relate_id: text, ..LookUp::default() });
        let key = look_up(&secret("x"), &alternate);
        assert_eq!(key, look_up(&secret("x"), &alternate));
        assert_ne!(key, look_up(&secret("y"), &alternate));
        let digest = |key: &LookUpKey| key.partition().rsplit('#').next().map(str::to_owned);
        assert_ne!(digest(&key), digest(&look_up(&secret("x"), &relate)));
        assert!(key.partition().starts_with("FIND#alternate-number#"));
    }
}
