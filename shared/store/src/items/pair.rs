//! The item of a pair of possible duplicates. It holds no value of a person: of what a decision rested on there are codes alone.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::effect::EffectId;
use domain::matching::possible::pair::Decision;
use domain::matching::possible::score::Bits;
use domain::matching::possible::{Pair, PairRecord, PairState, Prints};

use super::VERSION;
use super::by::{BY, by_value};
use super::fields::{Fields, corrupt, in_index, map_of, new_item, number, rewritten, set, text};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const PAIR: &str = "pair";
const STATE: &str = "state";
const BITS: &str = "bits";
const SINCE: &str = "since";
const DECISION: &str = "decision";

const TAKEN_BACK: &str = "taken_back";
const TAKEN_BACK_BY: &str = "taken_back_by";

/// What this release knows of a pair.
const ATTRIBUTES: [&str; 10] = [
    VERSION,
    STATE,
    BITS,
    SINCE,
    DECISION,
    TAKEN_BACK,
    TAKEN_BACK_BY,
    BY,
    keys::INDEX_PARTITION_KEY,
    keys::INDEX_SORT_KEY,
];

/// Writes a pair as its next version: where it is the first, nothing may be there.
pub fn pair(record: &PairRecord) -> Write {
    let item = pair_item(record);
    match record.version {
        1 => Write::Put { item, on: Condition::Absent },
        version => rewritten(item, &ATTRIBUTES, version - 1),
    }
}

/// Lets the higher one of a pair find it too, where it does not yet.
pub fn pair_pointer(pair: &Pair) -> Write {
    Write::Put { item: new_item(keys::pair_pointer(pair)), on: Condition::Absent }
}

fn pair_item(record: &PairRecord) -> Item {
    let mut item = new_item(keys::pair(&record.pair));
    item.insert(VERSION.to_owned(), number(record.version));
    item.insert(STATE.to_owned(), text(record.state.as_str()));
    item.insert(BITS.to_owned(), AttributeValue::N(record.bits.tenths().to_string()));
    item.insert(SINCE.to_owned(), number(record.since.millis()));
    set(&mut item, DECISION, record.decision.as_ref().map(decision_value));
    set(&mut item, BY, record.by.as_ref().map(by_value));
    let taken_back = record.taken_back.as_ref();
    set(&mut item, TAKEN_BACK, taken_back.map(|effect| text(effect.as_str())));
    let taken_back_by = record.taken_back_by.as_ref();
    set(&mut item, TAKEN_BACK_BY, taken_back_by.map(|effect| text(effect.as_str())));
    if let Some(at) = keys::pair_in_list(record) {
        in_index(&mut item, at);
    }
    item
}

fn decision_value(decision: &Decision) -> AttributeValue {
    let Decision { state, at, by, effect, prints: [low, high] } = decision;
    AttributeValue::M(Item::from([
        (STATE.to_owned(), text(state.as_str())),
        ("at".to_owned(), number(at.millis())),
        (BY.to_owned(), by_value(by)),
        ("effect".to_owned(), text(effect.as_str())),
        ("low".to_owned(), text(low.to_text())),
        ("high".to_owned(), text(high.to_text())),
    ]))
}

/// Reads a pair.
///
/// # Errors
/// Where it is not as this release writes it.
pub fn pair_of(item: Item) -> Result<PairRecord, TableError> {
    let (mut fields, key) = Fields::of_item(PAIR, item)?;
    let pair = keys::pair_of(&key).ok_or_else(|| corrupt(PAIR, "key"))?;
    let tenths = match fields.take(BITS) {
        Some(AttributeValue::N(digits)) => digits.parse().ok(),
        _ => None,
    };
    Ok(PairRecord {
        pair,
        version: fields.number(VERSION)?,
        state: fields.parsed(STATE, PairState::named)?,
        bits: Bits::from_tenths(tenths.ok_or_else(|| corrupt(PAIR, BITS))?),
        since: fields.time(SINCE)?,
        decision: fields.take(DECISION).map(decision_of).transpose()?,
        taken_back: fields.optional_parsed(TAKEN_BACK, effect)?,
        taken_back_by: fields.optional_parsed(TAKEN_BACK_BY, effect)?,
        by: fields.by()?,
    })
}

fn effect(text: &str) -> Option<EffectId> {
    EffectId::parse(text).ok()
}

fn decision_of(value: AttributeValue) -> Result<Decision, TableError> {
    let mut fields = map_of(DECISION, value)?;
    let decision = Decision {
        state: fields.parsed(STATE, PairState::named)?,
        at: fields.time("at")?,
        by: fields.by()?.ok_or_else(|| corrupt(DECISION, BY))?,
        effect: fields.parsed("effect", effect)?,
        prints: [fields.parsed("low", Prints::parse)?, fields.parsed("high", Prints::parse)?],
    };
    fields.end()?;
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use domain::by::By;
    use domain::customer::Identifier;
    use domain::time::Timestamp;

    use super::*;

    #[test]
    fn a_pair_is_written_and_read_back_and_is_listed_while_it_is_of_interest() {
        let [one, other] = ["0123456789ABCDEF-000001-89ABCDEF", "FEDCBA9876543210-000002-89ABCDEF"]
            .map(|text| Identifier::parse(text).unwrap());
        let prints = Prints::parse("a b c d").unwrap();
        let by = By::new("steward", "keep-apart", "request");
        let whole = PairRecord {
            pair: Pair::of(&other, &one).unwrap(),
            version: 3,
            state: PairState::Apart,
            bits: Bits::from_tenths(-35),
            since: Timestamp::from_millis(7),
            decision: Some(Decision {
                state: PairState::Apart,
                at: Timestamp::from_millis(6),
                by: by.clone(),
                effect: EffectId::random([7; 10]),
                prints: [prints.clone(), prints],
            }),
            taken_back: Some(EffectId::random([8; 10])),
            taken_back_by: Some(EffectId::random([9; 10])),
            by: Some(by),
        };
        assert_eq!(pair(&whole).condition(), &Condition::VersionIs(2));
        let item = pair_item(&whole);
        assert_eq!(item.len(), 2 + ATTRIBUTES.len());
        assert!(ATTRIBUTES.iter().all(|name| item.contains_key(*name)));
        assert_eq!(pair_of(item).unwrap(), whole);
        let bare = PairRecord {
            version: 1,
            state: PairState::Past,
            decision: None,
            taken_back: None,
            taken_back_by: None,
            by: None,
            ..whole
        };
        assert_eq!(pair(&bare).condition(), &Condition::Absent);
        assert_eq!(pair_item(&bare).len(), 6);
        assert_eq!(pair_of(pair_item(&bare)).unwrap(), bare);
    }
}
