//! The item of a customer.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::contact::Phone;
use domain::customer::merge::{Absorbed, Hanging, MergedInto};
use domain::customer::{Customer, CustomerNumber, Erased, Identifier, Tail, TakenNumber};
use domain::effect::{Did, Effect, EffectId, Effects};
use domain::matching::block::Block;
use domain::message::{Attribute, Attributes};

use super::VERSION;
use super::by::{BY, by_value};
use super::fields::{
    Fields, MERGES, MIN_READER, corrupt, in_index, map_of, needs_reader, new_item, number,
    rewritten, set, text, text_of,
};
use super::history::{changed_of, changed_value};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const CUSTOMER: &str = "customer";

/// The attribute with the numbers of other systems that an erased customer has, by their digests.
const NUMBERS: &str = "taken_numbers";
/// The attribute with what the answers of some effects say beside.
const MADE: &str = "made";
/// The attribute with what some effects changed.
const CHANGED: &str = "changed";
const MERGED_INTO: &str = "merged_into";
const ABSORBED: &str = "absorbed";
const HANGING: &str = "hanging";

pub fn customer_item(customer: &Customer) -> Item {
    let Customer {
        identifier,
        number: customer_number,
        version,
        created_at,
        updated_at,
        attributes,
        alternate_name,
        phones,
        seats,
        effects,
        by,
        erased,
        merged_into,
        absorbed,
        hanging,
    } = customer;
    let mut item = new_item(keys::customer(identifier));
    in_index(&mut item, keys::number(*customer_number));
    item.insert("tail".to_owned(), text(identifier.tail.as_str()));
    item.insert("number".to_owned(), number(u64::from(customer_number.get())));
    item.insert(VERSION.to_owned(), number(*version));
    item.insert("created_at".to_owned(), number(created_at.millis()));
    item.insert("updated_at".to_owned(), number(updated_at.millis()));
    item.insert("attributes".to_owned(), attributes_value(attributes));
    set(&mut item, "alternate_name", alternate_name.as_ref().map(text));
    set(&mut item, "phones", (!phones.is_empty()).then(|| phones_value(phones)));
    let seats: Vec<_> = seats.iter().map(|block| text(block.as_str())).collect();
    set(&mut item, "seats", (!seats.is_empty()).then_some(AttributeValue::L(seats)));
    item.insert("effects".to_owned(), effects_value(effects));
    set(&mut item, MADE, made_value(effects));
    set(&mut item, CHANGED, changes_value(effects));
    set(&mut item, BY, by.as_ref().map(by_value));
    set(&mut item, "erased", erased.as_ref().map(erased_value));
    let numbers = erased.iter().flat_map(|erased| &erased.numbers);
    let numbers: Item =
        numbers.map(|one| (one.attribute.name().to_owned(), text(one.digest()))).collect();
    set(&mut item, NUMBERS, (!numbers.is_empty()).then_some(AttributeValue::M(numbers)));
    if let Some(merged_into) = merged_into {
        item.insert(MERGED_INTO.to_owned(), merged_into_value(merged_into));
        // A release that does not know merges would act on it as on any other.
        needs_reader(&mut item, MERGES);
    }
    let absorbed: Vec<_> = absorbed.iter().map(absorbed_value).collect();
    set(&mut item, ABSORBED, (!absorbed.is_empty()).then_some(AttributeValue::L(absorbed)));
    set(&mut item, HANGING, (*hanging != Hanging::default()).then(|| hanging_value(*hanging)));
    item
}

/// The attributes of the item but its key.
const ATTRIBUTES: [&str; 21] = [
    keys::INDEX_PARTITION_KEY,
    keys::INDEX_SORT_KEY,
    "tail",
    "number",
    VERSION,
    "created_at",
    "updated_at",
    "attributes",
    "alternate_name",
    "phones",
    "seats",
    "effects",
    MADE,
    CHANGED,
    BY,
    "erased",
    NUMBERS,
    MERGED_INTO,
    ABSORBED,
    HANGING,
    MIN_READER,
];

/// Writes a customer in place of what it was in this version.
pub fn rewrite_customer(version: u64, customer: &Customer) -> Write {
    rewritten(customer_item(customer), &ATTRIBUTES, version)
}

/// Writes a customer without the person in place of what it was in this version. Nothing stays of what stands there: what this release does not know may tell of the
/// person.
pub fn erase_customer(version: u64, erased: &Customer) -> Write {
    Write::Put { item: customer_item(erased), on: Condition::VersionIs(version) }
}

/// Says in which blocks this customer has its seats, and nothing else of it.
pub fn seats_taken(customer: &Customer, seats: &[Block]) -> Write {
    let seats = seats.iter().map(|block| text(block.as_str())).collect();
    Write::Update {
        key: keys::customer(&customer.identifier),
        set: Item::from([("seats".to_owned(), AttributeValue::L(seats))]),
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on: Condition::VersionIs(customer.version),
    }
}

pub fn customer(item: Item) -> Result<Customer, TableError> {
    let (mut fields, key) = Fields::of_item(CUSTOMER, item)?;
    let (block, place) = keys::place_of(&key).ok_or_else(|| corrupt(CUSTOMER, "key"))?;
    let numbers = fields.map(NUMBERS)?.into_iter().map(taken_number).collect::<Result<_, _>>()?;
    let customer = Customer {
        identifier: Identifier { block, place, tail: fields.parsed("tail", Tail::parse)? },
        number: CustomerNumber::new(fields.number("number")?)
            .ok_or_else(|| corrupt(CUSTOMER, "number"))?,
        version: fields.number(VERSION)?,
        created_at: fields.time("created_at")?,
        updated_at: fields.time("updated_at")?,
        attributes: attributes_of(fields.map("attributes")?)?,
        alternate_name: fields.optional_text("alternate_name")?,
        phones: phones_of(fields.list("phones")?)?,
        seats: seats_of(fields.list("seats")?)?,
        effects: effects_of(fields.map("effects")?, fields.map(MADE)?, fields.map(CHANGED)?)?,
        by: fields.by()?,
        erased: fields.take("erased").map(|erased| erased_of(erased, numbers)).transpose()?,
        merged_into: fields.take(MERGED_INTO).map(merged_into_of).transpose()?,
        absorbed: fields.list(ABSORBED)?.into_iter().map(absorbed_of).collect::<Result<_, _>>()?,
        hanging: fields.take(HANGING).map(hanging_of).transpose()?.unwrap_or_default(),
    };
    Ok(customer)
}

fn seats_of(list: Vec<AttributeValue>) -> Result<Vec<Block>, TableError> {
    let read =
        |value| Block::parse(&text_of(CUSTOMER, value)?).ok_or_else(|| corrupt(CUSTOMER, "seats"));
    list.into_iter().map(read).collect()
}

pub(super) fn attributes_value(attributes: &Attributes) -> AttributeValue {
    AttributeValue::M(
        attributes
            .iter()
            .map(|(attribute, value)| (attribute.name().to_owned(), text(value)))
            .collect(),
    )
}

pub(super) fn attributes_of(
    map: HashMap<String, AttributeValue>,
) -> Result<Attributes, TableError> {
    let read = |(name, value): (String, AttributeValue)| {
        let attribute =
            Attribute::named(&name).ok_or_else(|| corrupt("attributes", "unknown attribute"))?;
        Ok((attribute, text_of("attributes", value)?))
    };
    map.into_iter().map(read).collect()
}

pub(super) fn phones_value(phones: &[Phone]) -> AttributeValue {
    let phone = |phone: &Phone| {
        let mut map = Item::from([("number".to_owned(), text(phone.number()))]);
        set(&mut map, "type", phone.kind().map(text));
        AttributeValue::M(map)
    };
    AttributeValue::L(phones.iter().map(phone).collect())
}

pub(super) fn phones_of(list: Vec<AttributeValue>) -> Result<Vec<Phone>, TableError> {
    let read = |value| {
        let mut fields = map_of("phone", value)?;
        let (kind, number) = (fields.optional_text("type")?, fields.text("number")?);
        fields.end()?;
        Phone::parse(kind.as_deref(), &number).map_err(|_| corrupt("phone", "number"))
    };
    list.into_iter().map(read).collect()
}

fn erased_value(erased: &Erased) -> AttributeValue {
    let Erased { at, by, numbers: _ } = erased;
    AttributeValue::M(Item::from([
        ("at".to_owned(), number(at.millis())),
        (BY.to_owned(), by_value(by)),
    ]))
}

fn erased_of(value: AttributeValue, mut numbers: Vec<TakenNumber>) -> Result<Erased, TableError> {
    let mut fields = map_of("erased", value)?;
    let order = TakenNumber::ATTRIBUTES;
    numbers.sort_by_key(|number| order.iter().position(|one| *one == number.attribute));
    let erased = Erased {
        at: fields.time("at")?,
        by: fields.by()?.ok_or_else(|| corrupt("erased", BY))?,
        numbers,
    };
    fields.end()?;
    Ok(erased)
}

fn taken_number((name, value): (String, AttributeValue)) -> Result<TakenNumber, TableError> {
    let digest = text_of(CUSTOMER, value)?;
    Attribute::named(&name)
        .and_then(|attribute| TakenNumber::parse(attribute, &digest))
        .ok_or_else(|| corrupt(CUSTOMER, NUMBERS))
}

fn merged_into_value(MergedInto { winner, at, version }: &MergedInto) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("winner".to_owned(), text(winner.to_string())),
        ("at".to_owned(), number(at.millis())),
        (VERSION.to_owned(), number(*version)),
    ]))
}

fn merged_into_of(value: AttributeValue) -> Result<MergedInto, TableError> {
    let mut fields = map_of(MERGED_INTO, value)?;
    let merged_into = MergedInto {
        winner: fields.parsed("winner", Identifier::parse)?,
        at: fields.time("at")?,
        version: fields.number(VERSION)?,
    };
    fields.end()?;
    Ok(merged_into)
}

fn absorbed_value(Absorbed { loser, number: of, gave_up }: &Absorbed) -> AttributeValue {
    let mut map = Item::from([
        ("loser".to_owned(), text(loser.to_string())),
        ("number".to_owned(), number(u64::from(of.get()))),
    ]);
    set(&mut map, "gave_up", gave_up.as_ref().map(attributes_value));
    AttributeValue::M(map)
}

fn absorbed_of(value: AttributeValue) -> Result<Absorbed, TableError> {
    let mut fields = map_of(ABSORBED, value)?;
    let gave_up = fields.map("gave_up")?;
    let absorbed = Absorbed {
        loser: fields.parsed("loser", Identifier::parse)?,
        number: number_of(fields.number("number")?)?,
        gave_up: if gave_up.is_empty() { None } else { Some(attributes_of(gave_up)?) },
    };
    fields.end()?;
    Ok(absorbed)
}

fn hanging_value(Hanging { customers, depth }: Hanging) -> AttributeValue {
    AttributeValue::M(Item::from([
        ("customers".to_owned(), number(u64::from(customers))),
        ("depth".to_owned(), number(u64::from(depth))),
    ]))
}

fn hanging_of(value: AttributeValue) -> Result<Hanging, TableError> {
    let mut fields = map_of(HANGING, value)?;
    let mut count =
        |name| u32::try_from(fields.number(name)?).map_err(|_| corrupt(CUSTOMER, HANGING));
    let hanging = Hanging { customers: count("customers")?, depth: count("depth")? };
    fields.end()?;
    Ok(hanging)
}

fn number_of(number: u64) -> Result<CustomerNumber, TableError> {
    CustomerNumber::new(number).ok_or_else(|| corrupt(CUSTOMER, "number"))
}

/// What some effects tell beside what every effect does, under the same names.
fn made_value(effects: &Effects) -> Option<AttributeValue> {
    let mut made = Item::new();
    for (id, Effect { version, on, .. }) in effects.iter() {
        let mut map = Item::new();
        set(&mut map, VERSION, version.map(number));
        if let Some((identifier, of)) = on {
            map.insert("on".to_owned(), text(identifier.to_string()));
            map.insert("number".to_owned(), number(u64::from(of.get())));
        }
        if !map.is_empty() {
            made.insert(id.as_str().to_owned(), AttributeValue::M(map));
        }
    }
    (!made.is_empty()).then_some(AttributeValue::M(made))
}

/// What some effects changed, under the same names.
fn changes_value(effects: &Effects) -> Option<AttributeValue> {
    let changes = effects.iter().filter_map(|(id, effect)| {
        let changed = changed_value(effect.changed.as_ref()?);
        let changed = changed.unwrap_or_else(|| AttributeValue::M(Item::new()));
        Some((id.as_str().to_owned(), changed))
    });
    let changes: Item = changes.collect();
    (!changes.is_empty()).then_some(AttributeValue::M(changes))
}

fn effects_value(effects: &Effects) -> AttributeValue {
    let value = |effect: &Effect| {
        let did = match effect.did {
            Did::Created => "created",
            Did::Updated => "updated",
        };
        let mut map = Item::from([
            ("did".to_owned(), text(did)),
            ("at".to_owned(), number(effect.at.millis())),
            ("keyed".to_owned(), AttributeValue::Bool(effect.keyed)),
        ]);
        let replaced: Vec<_> = effect.replaced.iter().map(|one| text(one.name())).collect();
        set(&mut map, "replaced", (!replaced.is_empty()).then_some(AttributeValue::L(replaced)));
        AttributeValue::M(map)
    };
    AttributeValue::M(
        effects.iter().map(|(id, effect)| (id.as_str().to_owned(), value(effect))).collect(),
    )
}

fn effects_of(
    map: HashMap<String, AttributeValue>,
    mut made: HashMap<String, AttributeValue>,
    mut changes: HashMap<String, AttributeValue>,
) -> Result<Effects, TableError> {
    let mut read = |(id, value): (String, AttributeValue)| {
        let mut made = map_of(MADE, made.remove(&id).unwrap_or(AttributeValue::M(Item::new())))?;
        let changed = match changes.remove(&id) {
            Some(AttributeValue::M(changed)) => Some(changed_of(changed)?),
            Some(_) => return Err(corrupt(CUSTOMER, CHANGED)),
            None => None,
        };
        let id = EffectId::parse(&id).map_err(|_| corrupt("effect", "id"))?;
        let mut fields = map_of("effect", value)?;
        let did = fields.parsed("did", |did| match did {
            "created" => Some(Did::Created),
            "updated" => Some(Did::Updated),
            _ => None,
        })?;
        let replaced = |value| {
            let name = text_of("effect", value)?;
            Attribute::named(&name).ok_or_else(|| corrupt("effect", "replaced"))
        };
        let effect = Effect {
            did,
            at: fields.time("at")?,
            keyed: fields.flag("keyed")?,
            replaced: fields
                .list("replaced")?
                .into_iter()
                .map(replaced)
                .collect::<Result<_, _>>()?,
            version: made.optional_number(VERSION)?,
            on: match made.optional_parsed("on", Identifier::parse)? {
                Some(identifier) => Some((identifier, number_of(made.number("number")?)?)),
                None => None,
            },
            changed,
        };
        fields.end()?;
        made.end()?;
        Ok((id, effect))
    };
    map.into_iter().map(&mut read).collect()
}

#[cfg(test)]
mod tests {
    use domain::history::{Changed, Part, Value};
    use domain::time::Timestamp;

    use super::super::tests::{secret, stamp};
    use super::*;

    #[test]
    fn a_customer_is_written_and_read_back_and_its_item_is_pinned() {
        let stamp = stamp("key", Timestamp::from_millis(1));
        let whole = Customer {
            identifier: Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap(),
            number: CustomerNumber::new(13_962).unwrap(),
            version: 3,
            created_at: Timestamp::from_millis(1),
            updated_at: Timestamp::from_millis(2),
            attributes: Attribute::all().map(|attribute| (attribute, attribute.name())).collect(),
            alternate_name: Some("Acme".to_owned()),
            phones: vec![
                Phone::parse(Some("BUSINESS"), "1").unwrap(),
                Phone::parse(None, "2").unwrap(),
            ],
            seats: Block::parse("ZZZZZZZZZZZZZZZZ").into_iter().collect(),
            effects: {
                let mut effects = Effects::created(&stamp.cause, stamp.at);
                effects.made_version(&stamp.cause.id, 3);
                effects.made_changes(
                    &stamp.cause.id,
                    vec![Changed {
                        part: Part::Attribute(Attribute::CITY),
                        before: None,
                        after: Some(Value::Text("Westboro".to_owned())),
                    }],
                );
                effects
            },
            by: Some(stamp.by.clone()),
            erased: Some(Erased {
                at: stamp.at,
                by: stamp.by.clone(),
                numbers: vec![TakenNumber::of(&secret(), Attribute::RELATE_ID, "R")],
            }),
            merged_into: Some(MergedInto {
                winner: Identifier::parse("ZZZZZZZZZZZZZZZZ-000001-01234567").unwrap(),
                at: stamp.at,
                version: 3,
            }),
            absorbed: vec![Absorbed {
                loser: Identifier::parse("ZZZZZZZZZZZZZZZZ-000002-01234567").unwrap(),
                number: CustomerNumber::new(7).unwrap(),
                gave_up: Some([(Attribute::CITY, "Westboro")].into_iter().collect()),
            }],
            hanging: Hanging { customers: 1, depth: 1 },
        };
        let item = customer_item(&whole);
        let mut names: Vec<_> = item.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "absorbed",
                "alternate_name",
                "attributes",
                "by",
                "changed",
                "created_at",
                "effects",
                "erased",
                "gsi1pk",
                "gsi1sk",
                "hanging",
                "made",
                "merged_into",
                "min_reader",
                "number",
                "phones",
                "pk",
                "seats",
                "sk",
                "tail",
                "taken_numbers",
                "updated_at",
                "version"
            ]
        );
        assert_eq!(customer(item.clone()).unwrap(), whole);

        let bare = Customer {
            alternate_name: None,
            phones: Vec::new(),
            seats: Vec::new(),
            by: None,
            erased: None,
            effects: Effects::created(&stamp.cause, stamp.at),
            merged_into: None,
            absorbed: Vec::new(),
            hanging: Hanging::default(),
            ..whole
        };
        assert_eq!(customer_item(&bare).len(), 11);
        assert_eq!(customer(customer_item(&bare)).unwrap(), bare);

        for strange in ["pk", "number", "min_reader"] {
            let mut item = item.clone();
            item.insert(strange.to_owned(), text("?"));
            assert!(customer(item).is_err(), "{strange}");
        }
    }
}
