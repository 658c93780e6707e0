//! The item of a dealer customer. It is written by updates alone, so that one call serves a new and a released one: what the dealer said of it stays from its creation on.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::{By, Stamp};
use domain::customer::Identifier;
use domain::customer::address::Address;
use domain::customer::contact::Email;
use domain::dealer::association::{DealerCustomerEffect, Origin};
use domain::dealer::{Dcn, DealerCustomer, DealerProfile, DealerType};
use domain::effect::{EffectId, MAX_EFFECTS};
use domain::matching::comparison::Explanation;
use domain::retention::{self, Retention};
use domain::time::Timestamp;

use super::by::{BY, by_value};
use super::customer::{phones_of, phones_value};
use super::fields::{Fields, corrupt, map_of, number, set, text};
use super::{EFFECT_PREFIX, ORGANIZATION, effect_attribute};
use crate::item::Item;
use crate::keys;
use crate::table::TableError;
use crate::writes::{Condition, Write};

const DEALER_CUSTOMER: &str = "dealer customer";
const CREATED_BY: &str = "created_by";
const PROFILE: &str = "profile";

/// A dealer customer as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealerCustomerRecord {
    pub dealer_customer: DealerCustomer,
    /// The request that created it.
    pub created_by: EffectId,
    /// Who last wrote it; none for one that was written before this was kept.
    pub by: Option<By>,
    /// What requests did to it.
    effects: Vec<RememberedEffect>,
}

/// A dealer customer and the customer that it shall belong to.
#[derive(Debug, Clone, Copy)]
pub struct Association<'a> {
    pub dcn: &'a Dcn,
    pub profile: &'a DealerProfile,
    pub organization: &'a Identifier,
    pub origin: &'a Origin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct RememberedEffect {
    id: EffectId,
    effect: DealerCustomerEffect,
    at: Timestamp,
    keyed: bool,
}

impl DealerCustomerRecord {
    /// What that request did here, if it did anything.
    pub fn effect_of(&self, id: &EffectId) -> Option<&DealerCustomerEffect> {
        self.effects.iter().find(|known| known.id == *id).map(|known| &known.effect)
    }

    /// Whether so many effects are remembered that an older one may have been forgotten before its time.
    pub fn is_full(&self) -> bool {
        self.effects.len() >= MAX_EFFECTS
    }

    /// What was done to it since it was like `before`, and when.
    pub fn effects_since<'a>(
        &'a self,
        before: Option<&'a Self>,
    ) -> impl Iterator<Item = (&'a EffectId, &'a DealerCustomerEffect, Timestamp)> {
        let new = move |known: &&RememberedEffect| {
            before.is_none_or(|before| before.effect_of(&known.id).is_none())
        };
        self.effects.iter().filter(new).map(|known| (&known.id, &known.effect, known.at))
    }

    /// The effects that need not be remembered any more.
    fn forgotten(&self, now: Timestamp) -> Vec<&EffectId> {
        let effects = self.effects.iter();
        let effects = effects.map(|known| (&known.id, known.at, Retention::of_effect(known.keyed)));
        retention::forgotten(effects, MAX_EFFECTS, now)
    }
}

pub fn dealer_customer(item: Item) -> Result<DealerCustomerRecord, TableError> {
    let (mut fields, key) = Fields::of_item(DEALER_CUSTOMER, item)?;
    let mut effects = Vec::new();
    for (id, value) in fields.beginning(EFFECT_PREFIX) {
        effects.push(remembered(&id, value)?);
    }
    let record = DealerCustomerRecord {
        dealer_customer: DealerCustomer {
            dcn: keys::dcn_of(&key).ok_or_else(|| corrupt(DEALER_CUSTOMER, "key"))?,
            profile: profile_of(Fields::of("profile", fields.map(PROFILE)?))?,
            organization: fields.optional_parsed(ORGANIZATION, Identifier::parse)?,
        },
        created_by: fields.parsed(CREATED_BY, |id| EffectId::parse(id).ok())?,
        by: fields.by()?,
        effects,
    };
    Ok(record)
}

/// Associates a dealer customer that is there or not with a customer, if it belongs to none.
pub fn associate(association: Association<'_>, stamp: &Stamp) -> Write {
    let Association { dcn, profile, organization, origin } = association;
    let effect_id = &stamp.cause.id;
    let at = keys::of_organization(organization, dcn);
    let effect = DealerCustomerEffect::Associated {
        organization: organization.clone(),
        origin: origin.clone(),
    };
    Write::Update {
        key: keys::dealer_customer(dcn),
        set: Item::from([
            (ORGANIZATION.to_owned(), text(organization.to_string())),
            (keys::INDEX_PARTITION_KEY.to_owned(), text(at.partition)),
            (keys::INDEX_SORT_KEY.to_owned(), text(at.sort)),
            (effect_attribute(effect_id), effect_value(&effect, stamp)),
            (BY.to_owned(), by_value(&stamp.by)),
        ]),
        set_if_absent: Item::from([
            (PROFILE.to_owned(), AttributeValue::M(profile_map(profile))),
            (CREATED_BY.to_owned(), text(effect_id.as_str())),
        ]),
        remove: Vec::new(),
        on: Condition::Unassociated(effect_id.clone()),
    }
}

/// The same, if the dealer customer is not there: in a transaction, which tells nothing of what stood there before.
pub fn associate_absent(associate: Write) -> Write {
    match associate {
        Write::Update { key, set, set_if_absent, remove, on: _ } => {
            Write::Update { key, set, set_if_absent, remove, on: Condition::Absent }
        }
        other @ Write::Put { .. } => other,
    }
}

/// Releases a dealer customer from its customer, and forgets the effects that need not be remembered any more.
pub fn release(record: &DealerCustomerRecord, organization: &Identifier, stamp: &Stamp) -> Write {
    let index = [keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY];
    let belonging = index.into_iter().chain([ORGANIZATION]).map(str::to_owned);
    let forgotten = record.forgotten(stamp.at).into_iter().map(effect_attribute);
    Write::Update {
        key: keys::dealer_customer(&record.dealer_customer.dcn),
        set: Item::from([
            (
                effect_attribute(&stamp.cause.id),
                effect_value(&DealerCustomerEffect::Released, stamp),
            ),
            (BY.to_owned(), by_value(&stamp.by)),
        ]),
        set_if_absent: Item::new(),
        remove: belonging.chain(forgotten).collect(),
        on: Condition::Releasable(organization.clone(), stamp.cause.id.clone()),
    }
}

/// Frees a dealer customer of a customer that is not there. It leaves no effect: no request did it, and nobody's history can tell of it.
pub fn abandon(dcn: &Dcn, organization: &Identifier, stamp: &Stamp) -> Write {
    let index = [keys::INDEX_PARTITION_KEY, keys::INDEX_SORT_KEY];
    Write::Update {
        key: keys::dealer_customer(dcn),
        set: Item::from([(BY.to_owned(), by_value(&stamp.by))]),
        set_if_absent: Item::new(),
        remove: index.into_iter().chain([ORGANIZATION]).map(str::to_owned).collect(),
        on: Condition::BelongsTo(organization.clone()),
    }
}

/// Replaces what the dealer said of its customer, while the dealer customer belongs to this one, or still to nobody; the DCN stays as it is.
pub fn replace_profile(
    dcn: &Dcn,
    profile: &DealerProfile,
    organization: Option<&Identifier>,
    stamp: &Stamp,
) -> Write {
    let on = match organization {
        Some(organization) => Condition::BelongsTo(organization.clone()),
        None => Condition::Without(ORGANIZATION),
    };
    Write::Update {
        key: keys::dealer_customer(dcn),
        set: Item::from([
            (PROFILE.to_owned(), AttributeValue::M(profile_map(profile))),
            (BY.to_owned(), by_value(&stamp.by)),
        ]),
        set_if_absent: Item::new(),
        remove: Vec::new(),
        on,
    }
}

fn effect_value(effect: &DealerCustomerEffect, stamp: &Stamp) -> AttributeValue {
    let mut map = Item::from([
        ("at".to_owned(), number(stamp.at.millis())),
        ("keyed".to_owned(), AttributeValue::Bool(stamp.cause.keyed)),
    ]);
    match effect {
        DealerCustomerEffect::Associated { organization, origin } => {
            map.insert(ORGANIZATION.to_owned(), text(organization.to_string()));
            let (origin, letters) = match origin {
                Origin::Created => ("created", None),
                Origin::Matched(explanation) => ("matched", Some(text(explanation.letters()))),
                Origin::Given => ("given", None),
            };
            map.insert("origin".to_owned(), text(origin));
            set(&mut map, "match", letters);
        }
        DealerCustomerEffect::Released => {}
    }
    AttributeValue::M(map)
}

fn remembered(id: &str, value: AttributeValue) -> Result<RememberedEffect, TableError> {
    const EFFECT: &str = "dealer customer's effect";
    let mut fields = map_of(EFFECT, value)?;
    let effect = match fields.optional_parsed(ORGANIZATION, Identifier::parse)? {
        None => DealerCustomerEffect::Released,
        Some(organization) => {
            let origin = match fields.text("origin")?.as_str() {
                "created" => Origin::Created,
                "matched" => Origin::Matched(fields.parsed("match", Explanation::from_letters)?),
                "given" => Origin::Given,
                _ => return Err(corrupt(EFFECT, "origin")),
            };
            DealerCustomerEffect::Associated { organization, origin }
        }
    };
    let id = EffectId::parse(id).map_err(|_| corrupt(EFFECT, "id"))?;
    let remembered =
        RememberedEffect { id, effect, at: fields.time("at")?, keyed: fields.flag("keyed")? };
    fields.end()?;
    Ok(remembered)
}

fn profile_map(profile: &DealerProfile) -> Item {
    let DealerProfile { dealer_type, business_name, alternate_name, address, email, phones } =
        profile;
    let mut map = Item::from([("dealer_type".to_owned(), text(dealer_type.as_str()))]);
    set(&mut map, "business_name", business_name.as_ref().map(text));
    set(&mut map, "address", address.as_ref().map(address_value));
    set(&mut map, "alternate_name", alternate_name.as_ref().map(text));
    set(&mut map, "email", email.as_ref().map(|email| text(email.as_str())));
    set(&mut map, "phones", (!phones.is_empty()).then(|| phones_value(phones)));
    map
}

fn address_value(address: &Address) -> AttributeValue {
    let parts =
        Address::PARTS.into_iter().zip(address.values()).filter(|(_, value)| !value.is_empty());
    AttributeValue::M(parts.map(|((name, _), value)| (name.to_owned(), text(value))).collect())
}

fn address_of(value: AttributeValue) -> Result<Address, TableError> {
    let mut fields = map_of("address", value)?;
    let mut parts: [String; 7] = Default::default();
    for ((name, _), part) in Address::PARTS.into_iter().zip(&mut parts) {
        *part = fields.optional_text(name)?.unwrap_or_default();
    }
    fields.end()?;
    Ok(Address::from_values(parts))
}

fn profile_of(mut fields: Fields) -> Result<DealerProfile, TableError> {
    let profile = DealerProfile {
        dealer_type: fields.parsed("dealer_type", |text| DealerType::parse(text).ok())?,
        business_name: fields.optional_text("business_name")?,
        alternate_name: fields.optional_text("alternate_name")?,
        address: fields.take("address").map(address_of).transpose()?,
        email: fields.optional_parsed("email", |text| Email::parse(text).ok())?,
        phones: phones_of(fields.list("phones")?)?,
    };
    fields.end()?;
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use domain::customer::contact::Phone;
    use domain::dealer::{DealerCode, DealerCustomerNumber};

    use super::super::fields::new_item;
    use super::super::tests::stamp;
    use super::*;

    fn written(write: &Write) -> Item {
        match write {
            Write::Update { key, set, set_if_absent, .. } => new_item(key.clone())
                .into_iter()
                .chain(set.clone())
                .chain(set_if_absent.clone())
                .collect(),
            Write::Put { .. } => {
                panic!("a dealer customer is written by updates")
            }
        }
    }

    #[test]
    fn a_dealer_customer_is_written_and_read_back_and_its_item_is_pinned() {
        let dcn = Dcn {
            dealer_code: DealerCode::parse("TD68").unwrap(),
            dealer_customer_number: DealerCustomerNumber::parse("245").unwrap(),
        };
        let profile = DealerProfile {
            dealer_type: DealerType::default(),
            business_name: Some("Acme Mining".to_owned()),
            alternate_name: Some("Acme".to_owned()),
            address: Some(Address { city: "Westborough".to_owned(), ..Address::default() }),
            email: Email::parse("a@b.c").ok(),
            phones: vec![Phone::parse(None, "1").unwrap()],
        };
        let identifier = Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap();
        let explanation = Explanation::from_letters("EEEEEEEDB").unwrap();
        let now = Timestamp::from_millis(7);
        let first = stamp("a", now);
        let write = associate(
            Association {
                dcn: &dcn,
                profile: &profile,
                organization: &identifier,
                origin: &Origin::Matched(explanation.clone()),
            },
            &first,
        );
        let item = written(&write);
        assert_eq!(item.len(), 9);
        let record = dealer_customer(item).unwrap();
        assert_eq!(
            record.dealer_customer,
            DealerCustomer { dcn, profile, organization: Some(identifier.clone()) }
        );
        assert_eq!(record.created_by, first.cause.id);
        assert_eq!(record.by, Some(first.by.clone()));
        assert_eq!(
            record.effect_of(&first.cause.id),
            Some(&DealerCustomerEffect::Associated {
                organization: identifier.clone(),
                origin: Origin::Matched(explanation)
            })
        );
        let released = |at| release(&record, &identifier, &stamp("b", at));
        let (soon, late) = (released(now), released(Retention::KeyedEffect.end(now)));
        let removed = |write: &Write| match write {
            Write::Update { remove, .. } => remove.len(),
            Write::Put { .. } => 0,
        };
        assert_eq!((removed(&soon), removed(&late)), (3, 4));
    }
}
