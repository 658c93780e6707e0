//! The keys of the table. The only place with a key prefix.
//!
//! No key, and so no entry of the index, holds personal data: what a sender calls a person by is in a key as its digest only.

mod followed;
mod pairs;

use data_encoding::BASE32_NOPAD;
use domain::about::Topic;
use domain::customer::{CustomerNumber, Identifier, Place, TakenNumber};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::effect::EffectId;
use domain::matching::block::Block;
use domain::message::Attribute;
use domain::request::{RequestInErrorId, State};
use domain::secret::Secret;
use domain::time::Timestamp;

pub use followed::{
    CHANGE_SHARDS, ChangesPlace, FOLLOWED, LookUpKey, OTHER_ENTRIES, VERSIONS, change,
    changes_head, changes_of, history, history_of_other, history_of_version, is_changes_head,
    is_dealer_customer, is_request_in_error, look_up, sequence_of, version_in_history,
};
pub use pairs::{pair, pair_in_list, pair_of, pair_pointer, pairs, pairs_of};

pub const PARTITION_KEY: &str = "pk";
pub const SORT_KEY: &str = "sk";
pub const INDEX: &str = "gsi1";
pub const INDEX_PARTITION_KEY: &str = "gsi1pk";
pub const INDEX_SORT_KEY: &str = "gsi1sk";
/// The attribute of a counter that says how far it has counted.
pub const COUNT: &str = "count";
/// The attribute of a counter that says up to where what it counts may be given. One without it has not begun, or was lost.
pub const CEILING: &str = "ceiling";
/// The attribute of DynamoDB's time to live.
pub const EXPIRES_AT: &str = "expires_at";

/// The sort key of a request in error.
const REQUEST_IN_ERROR: &str = "ERROR";

/// The number of partitions over which the requests in error of one state are spread in the index.
pub const SHARDS: u8 = 4;

/// Behind the last text that can follow a prefix: no key has this character.
const LAST: char = '\u{10ffff}';

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }
}

pub fn block(block: &Block) -> String {
    format!("BLOCK#{}", block.as_str())
}

/// Where a customer is. What stands there is it only where the tails are the same.
pub fn customer(identifier: &Identifier) -> Key {
    in_block(&identifier.block, &identifier.place)
}

/// What stands in a block at a place: a customer, or what holds its seat.
pub fn in_block(block: &Block, place: &Place) -> Key {
    let sort = match place {
        Place::Seat(seat) => format!("SEAT#{seat:06}"),
        Place::Beside(name) => format!("ALSO#{name}"),
    };
    Key::new(self::block(block), sort)
}

/// The block of a partition; none for another partition.
pub fn block_of(partition: &str) -> Option<Block> {
    partition.strip_prefix("BLOCK#").and_then(Block::parse)
}

/// The block and the place of this key; none for another key.
pub fn place_of(key: &Key) -> Option<(Block, Place)> {
    let place = match key.sk.split_once('#')? {
        ("SEAT", seat) => Place::parse(seat).filter(|place| matches!(place, Place::Seat(_))),
        ("ALSO", name) => Place::parse(name).filter(|place| matches!(place, Place::Beside(_))),
        _ => None,
    };
    Some((block_of(&key.pk)?, place?))
}

pub fn dealer(code: &DealerCode) -> String {
    format!("DEALER#{code}")
}

/// What the sort keys of a dealer's customers begin with.
pub const DEALER_CUSTOMERS: &str = "DCN#";

pub fn dealer_customer(dcn: &Dcn) -> Key {
    Key::new(dealer(&dcn.dealer_code), format!("{DEALER_CUSTOMERS}{}", dcn.dealer_customer_number))
}

/// The DCN under this key; none for another key.
pub fn dcn_of(key: &Key) -> Option<Dcn> {
    Some(Dcn {
        dealer_code: DealerCode::parse(key.pk.strip_prefix("DEALER#")?).ok()?,
        dealer_customer_number: DealerCustomerNumber::parse(key.sk.strip_prefix(DEALER_CUSTOMERS)?)
            .ok()?,
    })
}

pub fn alternate_number(secret: &Secret, number: &str) -> Key {
    claim(&TakenNumber::of(secret, Attribute::ALTERNATE_NUMBER, number))
}

pub fn relate_id(secret: &Secret, id: &str) -> Key {
    claim(&TakenNumber::of(secret, Attribute::RELATE_ID, id))
}

/// The claim of a number that is another system's name for a person.
pub fn claim(number: &TakenNumber) -> Key {
    let kind = if number.attribute == Attribute::RELATE_ID { "RELATE" } else { "ALTERNATE" };
    let key = format!("{kind}#{}", number.digest());
    Key::new(key.clone(), key)
}

pub fn request_in_error(id: &RequestInErrorId) -> Key {
    Key::new(format!("ERROR#{}", id.as_str()), REQUEST_IN_ERROR)
}

/// The request in error under this key; none for another key.
pub fn request_in_error_of(key: &Key) -> Option<RequestInErrorId> {
    key.pk.strip_prefix("ERROR#").and_then(RequestInErrorId::parse)
}

pub fn idempotency_key(effect: &EffectId) -> Key {
    Key::new(format!("KEY#{}", effect.as_str()), "KEY")
}

/// The partition with the requests in error that have a topic. Nobody without the deployment's secret can compute it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicKey(String);

impl TopicKey {
    pub fn partition(&self) -> &str {
        &self.0
    }

    /// The partition of an item that says so.
    pub fn at(key: &Key) -> Self {
        Self(key.pk.clone())
    }

    /// Where it says that this request has the topic.
    pub fn of(&self, id: &RequestInErrorId) -> Key {
        Key::new(self.0.clone(), request_in_error(id).pk)
    }
}

pub fn topic(secret: &Secret, topic: &Topic) -> TopicKey {
    let code = secret.code(&format!("about {}", topic.kind.as_str()), &topic.parts());
    TopicKey(format!("ABOUT#{}", BASE32_NOPAD.encode(&code[..20])))
}

/// The request in error that has the topic under this key; none for another key.
pub fn request_with_topic(key: &Key) -> Option<RequestInErrorId> {
    key.pk.strip_prefix("ABOUT#")?;
    key.sk.strip_prefix("ERROR#").and_then(RequestInErrorId::parse)
}

/// The merge that made this version of the loser at this time.
pub fn merge(loser: &Identifier, at: Timestamp, version: u64) -> Key {
    Key::new(format!("MERGE#{loser}"), format!("{:015}#{version:010}", at.millis()))
}

/// The loser of the merge under this key; none for another key.
pub fn loser_of(key: &Key) -> Option<Identifier> {
    key.pk.strip_prefix("MERGE#").and_then(Identifier::parse)
}

/// What an item is, as its key tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    InBlock,
    DealerCustomer,
    Claim,
    RequestInError,
    Topic,
    IdempotencyKey,
    Counter,
    LookUpKey,
    History,
    Change,
    Merge,
    Pair,
}

/// What is under this key; none for a kind that this release does not know.
pub fn kind_of(key: &Key) -> Option<KeyKind> {
    Some(match key.pk.split_once('#')?.0 {
        "BLOCK" => KeyKind::InBlock,
        "DEALER" => KeyKind::DealerCustomer,
        "ALTERNATE" | "RELATE" => KeyKind::Claim,
        "ERROR" => KeyKind::RequestInError,
        "ABOUT" => KeyKind::Topic,
        "KEY" => KeyKind::IdempotencyKey,
        "COUNTER" => KeyKind::Counter,
        "FIND" => KeyKind::LookUpKey,
        "HISTORY" => KeyKind::History,
        "CHANGES" => KeyKind::Change,
        "MERGE" => KeyKind::Merge,
        "PAIR" => KeyKind::Pair,
        _ => return None,
    })
}

/// The counter of customer numbers. It is also what the warming read of a fresh process reads.
pub fn customer_counter() -> Key {
    Key::new("COUNTER#CUSTOMER".to_owned(), "COUNTER")
}

/// What is kept of that counter on an item of its own, so that it is put back where it is lost.
pub fn customer_counter_copy() -> Key {
    Key::new("COUNTER#CUSTOMER".to_owned(), "COPY")
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexKey {
    pub partition: String,
    pub sort: String,
}

/// Where the index has the customer of a number.
pub fn number(number: CustomerNumber) -> IndexKey {
    IndexKey { partition: format!("NUMBER#{number}"), sort: "NUMBER".to_owned() }
}

/// The partition of the index with the dealer customers of a customer.
pub fn organization(identifier: &Identifier) -> String {
    format!("ORGANIZATION#{identifier}")
}

/// Where the index has a dealer customer of a customer.
pub fn of_organization(identifier: &Identifier, dcn: &Dcn) -> IndexKey {
    IndexKey {
        partition: organization(identifier),
        sort: format!("{}#{}", dcn.dealer_code, dcn.dealer_customer_number),
    }
}

/// One entry of the index: the index's sort key and the item's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    pub sort: String,
    pub key: Key,
}

/// The entry of the index for a dealer customer of a customer.
pub fn entry_of_organization(identifier: &Identifier, dcn: &Dcn) -> IndexEntry {
    IndexEntry { sort: of_organization(identifier, dcn).sort, key: dealer_customer(dcn) }
}

/// From where to where the index has the dealer customers of a customer: all of its partition.
pub fn all_dealers() -> (String, String) {
    ("0".to_owned(), LAST.to_string())
}

/// From where to where the index has the pairs of a state: all of its partitions.
pub fn all_pairs() -> (String, String) {
    all_dealers()
}

/// From where to where the index has those of one dealer.
pub fn one_dealer(code: &DealerCode) -> (String, String) {
    (format!("{code}#"), format!("{code}#{LAST}"))
}

/// The partitions of the index with the requests in error of a state.
pub fn errors(state: State) -> impl Iterator<Item = String> {
    (0..SHARDS).map(move |shard| format!("ERRORS#{}#{shard}", state.as_str()))
}

/// Where the index has a request in error: by the time it came, spread over the shards by its id.
pub fn error(state: State, received_at: Timestamp, id: &RequestInErrorId) -> IndexKey {
    let shard = id.as_str().bytes().fold(0_u8, u8::wrapping_add) % SHARDS;
    IndexKey {
        partition: format!("ERRORS#{}#{shard}", state.as_str()),
        sort: error_sort(received_at, id.as_str()),
    }
}

/// From where to where the index has requests in error that came in this time.
pub fn error_range(
    received_after: Option<Timestamp>,
    received_before: Option<Timestamp>,
) -> (String, String) {
    let from = received_after.map_or_else(|| "0".to_owned(), |after| error_sort(after, ""));
    let to = received_before
        .map_or_else(|| LAST.to_string(), |before| error_sort(before, &LAST.to_string()));
    (from, to)
}

/// When the request in error at this place in the index came; none for a place that no request in error has.
pub fn error_received_at(sort: &str) -> Option<Timestamp> {
    let (millis, _) = sort.split_once('#')?;
    millis.parse().ok().map(Timestamp::from_millis)
}

fn error_sort(received_at: Timestamp, id: &str) -> String {
    format!("{:015}#{id}", received_at.millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_pinned_and_read_back() {
        for (identifier, sort) in [
            ("0123456789ABCDEF-000007-01234567", "SEAT#000007"),
            ("0123456789ABCDEF-ZZZZZZZZZZZZZZZZ-01234567", "ALSO#ZZZZZZZZZZZZZZZZ"),
        ] {
            let identifier = Identifier::parse(identifier).unwrap();
            let key = customer(&identifier);
            assert_eq!((key.pk.as_str(), key.sk.as_str()), ("BLOCK#0123456789ABCDEF", sort));
            assert_eq!(place_of(&key), Some((identifier.block, identifier.place)));
        }
        let dcn = Dcn {
            dealer_code: DealerCode::parse("TD68").unwrap(),
            dealer_customer_number: DealerCustomerNumber::parse("24.5_x-Y").unwrap(),
        };
        let key = dealer_customer(&dcn);
        assert_eq!((key.pk.as_str(), key.sk.as_str()), ("DEALER#TD68", "DCN#24.5_x-Y"));
        assert_eq!(dcn_of(&key), Some(dcn));
        for sort in ["SEAT#0123456789ABCDEF", "ALSO#000001", "OTHER#1", "SEAT"] {
            assert_eq!(place_of(&Key::new("BLOCK#0123456789ABCDEF".to_owned(), sort)), None);
        }
    }

    #[test]
    fn what_a_sender_calls_a_person_by_is_in_no_key_and_nobody_without_the_secret_finds_it() {
        let secret = Secret::new("the secret of the tests of this crate").unwrap();
        let alternate = alternate_number(&secret, " JULIE.ROBINSON#7 ");
        assert_eq!(alternate.pk.len(), "ALTERNATE#".len() + 32);
        assert_eq!(alternate.sk, alternate.pk);
        assert_eq!(alternate, alternate_number(&secret, "JULIE.ROBINSON#7"));
        assert_ne!(alternate, alternate_number(&secret, "julie.robinson#7"));
        assert_eq!(alternate_number(&secret, "Zoe\u{308}"), alternate_number(&secret, "Zo\u{eb}"));
        let code = |key: Key| key.pk.split_once('#').unwrap().1.to_owned();
        assert_ne!(code(relate_id(&secret, "JULIE.ROBINSON#7")), code(alternate.clone()));
        assert!([&alternate, &relate_id(&secret, "7")].iter().all(|key| !key.pk.contains("JULIE")));
        let another = Secret::new("another secret of the tests of this crate").unwrap();
        assert_ne!(alternate, alternate_number(&another, "JULIE.ROBINSON#7"));
    }

    #[test]
    fn requests_in_error_are_in_the_index_by_the_time_they_came() {
        let id = RequestInErrorId::parse("0123456789ABCDEF").unwrap();
        let moment = Timestamp::from_millis(1_795_408_496_007);
        let at = error(State::Open, moment, &id);
        assert!(errors(State::Open).any(|partition| partition == at.partition), "{at:?}");
        assert_eq!(at.sort, "001795408496007#0123456789ABCDEF");
        assert_eq!(error_received_at(&at.sort), Some(moment));
        assert_eq!(error_received_at("NUMBER"), None);
        let (from, to) = error_range(Some(moment), Some(moment));
        assert!(from <= at.sort && at.sort <= to);
        let (from, to) = error_range(Some(Timestamp::from_millis(1_795_408_496_008)), None);
        assert!(at.sort < from && from < to);
    }
}
