//! Conditions and updates in DynamoDB's expression language, with every name and value behind a placeholder.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::customer::Identifier;

use crate::item::Item;
use crate::items;
use crate::keys;
use crate::writes::Condition;

/// Collects the placeholders of one request.
#[derive(Debug, Default)]
pub(crate) struct Expression {
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Expression {
    /// The names behind the placeholders; none where there are none, for DynamoDB refuses an empty map.
    pub(crate) fn names(&mut self) -> Option<HashMap<String, String>> {
        Some(std::mem::take(&mut self.names)).filter(|names| !names.is_empty())
    }

    pub(crate) fn values(&mut self) -> Option<HashMap<String, AttributeValue>> {
        Some(std::mem::take(&mut self.values)).filter(|values| !values.is_empty())
    }

    pub(crate) fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::Absent => self.absent(keys::PARTITION_KEY),
            Condition::AbsentOrExpired(now) => {
                let absent = self.absent(keys::PARTITION_KEY);
                let (expires_at, now) = (self.name(keys::EXPIRES_AT), self.number(now.seconds()));
                format!("{absent} OR {expires_at} < {now}")
            }
            Condition::Unbound(now) => {
                let unbound = self.absent(items::INPUTS);
                let (expires_at, now) = (self.name(keys::EXPIRES_AT), self.number(now.seconds()));
                format!("{unbound} OR {expires_at} < {now}")
            }
            Condition::Without(name) => self.absent(name),
            Condition::VersionIs(version) => {
                let value = self.number(*version);
                format!("{} = {value}", self.name(items::VERSION))
            }
            Condition::Outdated(version) => {
                let absent = self.absent(items::VERSION);
                let (name, value) = (self.name(items::VERSION), self.number(*version));
                format!("{absent} OR {name} < {value}")
            }
            Condition::CeilingIs(ceiling) => {
                let value = self.number(*ceiling);
                format!("{} = {value}", self.name(keys::CEILING))
            }
            Condition::AbsentOrOlder(version) => {
                let absent = self.absent(keys::PARTITION_KEY);
                let (name, value) = (self.name(items::VERSION), self.number(*version));
                format!("{absent} OR {name} < {value}")
            }
            Condition::Unassociated(effect) => {
                let free = self.absent(items::ORGANIZATION);
                format!("{free} AND {}", self.absent(&items::effect_attribute(effect)))
            }
            Condition::Releasable(holder, effect) => {
                let held = self.belongs_to(holder);
                format!("{held} AND {}", self.absent(&items::effect_attribute(effect)))
            }
            Condition::BelongsTo(holder) => self.belongs_to(holder),
            Condition::AbsentOrBelongsTo(holder) => {
                let absent = self.absent(items::ORGANIZATION);
                format!("{absent} OR {}", self.belongs_to(holder))
            }
        }
    }

    pub(crate) fn update(&mut self, set: &Item, set_if_absent: &Item, remove: &[String]) -> String {
        let mut sets = Vec::with_capacity(set.len() + set_if_absent.len());
        for (name, value) in set {
            let (name, value) = (self.name(name), self.value(value.clone()));
            sets.push(format!("{name} = {value}"));
        }
        for (name, value) in set_if_absent {
            let (name, value) = (self.name(name), self.value(value.clone()));
            sets.push(format!("{name} = if_not_exists({name}, {value})"));
        }
        let removes: Vec<_> = remove.iter().map(|name| self.name(name)).collect();
        let clause = |verb: &str, parts: &[String]| {
            if parts.is_empty() { String::new() } else { format!("{verb} {} ", parts.join(", ")) }
        };
        format!("{}{}", clause("SET", &sets), clause("REMOVE", &removes)).trim_end().to_owned()
    }

    /// That a counter has begun.
    pub(crate) fn has_begun(&mut self) -> String {
        format!("attribute_exists({})", self.name(keys::CEILING))
    }

    pub(crate) fn add(&mut self, name: &str, amount: u64) -> String {
        let (name, amount) = (self.name(name), self.number(amount));
        format!("ADD {name} {amount}")
    }

    pub(crate) fn equals(&mut self, name: &str, value: AttributeValue) -> String {
        let (name, value) = (self.name(name), self.value(value));
        format!("{name} = {value}")
    }

    pub(crate) fn begins_with(&mut self, name: &str, prefix: &str) -> String {
        let (name, prefix) = (self.name(name), self.value(AttributeValue::S(prefix.to_owned())));
        format!("begins_with({name}, {prefix})")
    }

    pub(crate) fn between(&mut self, name: &str, from: &str, to: &str) -> String {
        let name = self.name(name);
        let (from, to) = (
            self.value(AttributeValue::S(from.to_owned())),
            self.value(AttributeValue::S(to.to_owned())),
        );
        format!("{name} BETWEEN {from} AND {to}")
    }

    fn absent(&mut self, name: &str) -> String {
        format!("attribute_not_exists({})", self.name(name))
    }

    fn belongs_to(&mut self, holder: &Identifier) -> String {
        self.equals(items::ORGANIZATION, AttributeValue::S(holder.to_string()))
    }

    fn name(&mut self, name: &str) -> String {
        // A placeholder has no hyphen; no two of our attributes differ in that alone.
        let placeholder = format!("#{}", name.replace('-', "_"));
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    fn number(&mut self, value: u64) -> String {
        self.value(AttributeValue::N(value.to_string()))
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }
}
