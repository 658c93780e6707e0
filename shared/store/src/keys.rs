//! The keys of the table. The only place with a key prefix.
//!
//! No key, and so no entry of the index, holds personal data: what a sender calls a person by is in a key as its digest only.

use data_encoding::BASE32_NOPAD;
use domain::customer::{CustomerNumber, Identifier, Place};
use domain::dealer::{Dcn, DealerCode, DealerCustomerNumber};
use domain::effect::EffectId;
use domain::matching::fold;
use domain::matching::match_code::Block;
use domain::request::{RequestInErrorId, State};
use domain::time::Timestamp;
use sha2::{Digest as _, Sha256};

pub const PARTITION_KEY: &str = "pk";
pub const SORT_KEY: &str = "sk";
pub const INDEX: &str = "gsi1";
pub const INDEX_PARTITION_KEY: &str = "gsi1pk";
pub const INDEX_SORT_KEY: &str = "gsi1sk";
/// The attribute of DynamoDB's time to live.
pub const EXPIRES_AT: &str = "expires_at";

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

/// What stands in a block under a sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InBlock {
    Customer(Place),
    /// A reference to a customer that moved here.
    Moved(Identifier),
}

pub fn block(block: &Block) -> String {
    format!("BLOCK#{}", block.as_str())
}

pub fn customer(identifier: &Identifier) -> Key {
    let sort = match &identifier.place {
        Place::Seat(seat) => format!("SEAT#{seat:06}"),
        Place::Beside(name) => format!("ALSO#{name}"),
    };
    Key::new(block(&identifier.block), sort)
}

/// The reference, in the block that a customer moved to, to that customer.
pub fn moved(to: &Block, identifier: &Identifier) -> Key {
    Key::new(block(to), format!("MOVED#{identifier}"))
}

/// What stands in a block under this sort key; none for a key that no block has.
pub fn in_block(sort: &str) -> Option<InBlock> {
    match sort.split_once('#')? {
        ("SEAT", seat) => match Place::parse(seat)? {
            place @ Place::Seat(_) => Some(InBlock::Customer(place)),
            Place::Beside(_) => None,
        },
        ("ALSO", name) => match Place::parse(name)? {
            place @ Place::Beside(_) => Some(InBlock::Customer(place)),
            Place::Seat(_) => None,
        },
        ("MOVED", identifier) => Identifier::parse(identifier).map(InBlock::Moved),
        _ => None,
    }
}

/// The block of a partition; none for another partition.
pub fn block_of(partition: &str) -> Option<Block> {
    partition.strip_prefix("BLOCK#").and_then(Block::parse)
}

/// The customer under this key; none for another key.
pub fn identifier_of(key: &Key) -> Option<Identifier> {
    match in_block(&key.sk)? {
        InBlock::Customer(place) => Some(Identifier { block: block_of(&key.pk)?, place }),
        InBlock::Moved(_) => None,
    }
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

pub fn alternate_number(number: &str) -> Key {
    claim("ALTERNATE", number)
}

pub fn relate_id(id: &str) -> Key {
    claim("RELATE", id)
}

/// The claim of a value that is another system's name for a person: under 160 bits of its digest, which still tell two values apart and name
/// nobody in the table's metrics, its contributor insights and its backups. The tag keeps equal values of two kinds apart, and names the way.
fn claim(kind: &str, value: &str) -> Key {
    let value = fold::identifier(value);
    let digest =
        Sha256::new().chain_update(kind).chain_update("#1#").chain_update(value).finalize();
    let key = format!("{kind}#{}", BASE32_NOPAD.encode(&digest[..20]));
    Key::new(key.clone(), key)
}

pub fn request_in_error(id: &RequestInErrorId) -> Key {
    Key::new(format!("ERROR#{}", id.as_str()), "ERROR")
}

/// The request in error under this key; none for another key.
pub fn request_in_error_of(key: &Key) -> Option<RequestInErrorId> {
    key.pk.strip_prefix("ERROR#").and_then(RequestInErrorId::parse)
}

pub fn idempotency_key(effect: &EffectId) -> Key {
    Key::new(format!("KEY#{}", effect.as_str()), "KEY")
}

/// The counter of customer numbers. It is also what the warming read of a fresh process reads.
pub fn customer_counter() -> Key {
    Key::new("COUNTER#CUSTOMER".to_owned(), "COUNTER")
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
            ("0123456789ABCDEF-000007", "SEAT#000007"),
            ("0123456789ABCDEF-ZZZZZZZZZZZZZZZZ", "ALSO#ZZZZZZZZZZZZZZZZ"),
        ] {
            let identifier = Identifier::parse(identifier).unwrap();
            let key = customer(&identifier);
            assert_eq!((key.pk.as_str(), key.sk.as_str()), ("BLOCK#0123456789ABCDEF", sort));
            assert_eq!(identifier_of(&key), Some(identifier.clone()));
            assert_eq!(
                in_block(&moved(&identifier.block, &identifier).sk),
                Some(InBlock::Moved(identifier))
            );
        }
        let dcn = Dcn {
            dealer_code: DealerCode::parse("TD68").unwrap(),
            dealer_customer_number: DealerCustomerNumber::parse("24.5_x-Y").unwrap(),
        };
        let key = dealer_customer(&dcn);
        assert_eq!((key.pk.as_str(), key.sk.as_str()), ("DEALER#TD68", "DCN#24.5_x-Y"));
        assert_eq!(dcn_of(&key), Some(dcn));
        assert_eq!(in_block("SEAT#0123456789ABCDEF"), None);
        assert_eq!(in_block("OTHER#1"), None);
    }

    #[test]
    fn what_a_sender_calls_a_person_by_is_in_no_key() {
        let alternate = alternate_number(" JULIE.ROBINSON#7 ");
        assert_eq!(
            (alternate.pk.as_str(), alternate.sk.as_str()),
            (
                "ALTERNATE#GH352JI3N5VVVSBS52KLUXMF4S4OMDUR",
                "ALTERNATE#GH352JI3N5VVVSBS52KLUXMF4S4OMDUR"
            )
        );
        assert_eq!(alternate, alternate_number("JULIE.ROBINSON#7"));
        assert_ne!(alternate, alternate_number("julie.robinson#7"));
        assert_eq!(alternate_number("Zoe\u{308}"), alternate_number("Zo\u{eb}"));
        let relate = relate_id("JULIE.ROBINSON#7");
        assert_eq!(relate.pk, "RELATE#CNWA3JIPOVE4K5FBO34BB4TWN5PB2625");
        assert_eq!(relate.sk, relate.pk);
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
