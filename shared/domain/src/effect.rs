//! Effects: what one request did, kept on what it did it to, so that the request's next try finds it and answers the same.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::Invalid;
use crate::base32::{hash, is_sixteen, sixteen};
use crate::customer::{CustomerNumber, Identifier};
use crate::history::Changed;
use crate::message::Attribute;
use crate::retention::{self, Retention};
use crate::secret::Secret;
use crate::time::Timestamp;

/// How many effects one record remembers, the newest; a creation comes on top.
pub const MAX_EFFECTS: usize = 50;

/// Of how many effects one record remembers what they changed, the newest: a value may be long, and by and by the history has it.
const MAX_TOLD: usize = 3;

/// Names the effect of one request: derived from its idempotency key, or random. Sixteen characters of Crockford's base 32.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(String);

impl EffectId {
    /// The effect of a request without a key.
    pub fn random(bits: [u8; 10]) -> Self {
        Self(sixteen(bits))
    }

    /// The effect of a request with a key: one for each caller, operation and key. A key may be an order's number, so nobody without the secret can try it.
    pub fn of_key(secret: &Secret, caller: &str, operation: &str, key: &str) -> Self {
        let parts = [caller, operation, key].map(str::as_bytes);
        Self(sixteen(secret.bits("idempotency key", &parts)))
    }

    /// The effect on one of several things that a request acts on.
    #[must_use]
    pub fn on(&self, thing: &str) -> Self {
        Self(sixteen(self.bits(thing)))
    }

    /// Bits that only this effect has, for the purpose that is named: what it creates gets its random name from them, and so the same name in each try.
    pub fn bits(&self, purpose: &str) -> [u8; 10] {
        hash(&[b"customer-master effect 1", self.0.as_bytes(), purpose.as_bytes()])
    }

    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if is_sixteen(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("invalid-effect", "an effect is sixteen characters"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who this is: the effect's name, and whether it comes from an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub id: EffectId,
    /// Whether the caller gave an idempotency key.
    pub keyed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    Created,
    Updated,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub did: Did,
    pub at: Timestamp,
    /// Whether the request had an idempotency key.
    pub keyed: bool,
    /// The attributes whose value it replaced by another, where it was to be told so.
    pub replaced: Vec<Attribute>,
    /// The version that it made, where its answer says so.
    pub version: Option<u64>,
    /// On whom it took effect, where that is another customer, from which this one was parted since.
    pub on: Option<(Identifier, CustomerNumber)>,
    /// What it changed, where its answer says so and nothing else tells it at once.
    pub changed: Option<Vec<Changed>>,
}

impl Effect {
    fn new(did: Did, at: Timestamp, keyed: bool, replaced: Vec<Attribute>) -> Self {
        Self { did, at, keyed, replaced, version: None, on: None, changed: None }
    }
}

/// The effects that a customer remembers: its creation for ever, updates a day longer than a key is bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Effects(BTreeMap<EffectId, Effect>);

impl Effects {
    /// The effects of a new record.
    pub fn created(cause: &Cause, at: Timestamp) -> Self {
        Self(BTreeMap::from([(
            cause.id.clone(),
            Effect::new(Did::Created, at, cause.keyed, Vec::new()),
        )]))
    }

    /// What that request did here, if it did anything.
    pub fn of(&self, id: &EffectId) -> Option<&Effect> {
        self.0.get(id)
    }

    /// Whether so many updates are remembered that an older one may have been forgotten before its time.
    pub fn is_full(&self) -> bool {
        self.updates().count() >= MAX_EFFECTS
    }

    fn updates(&self) -> impl Iterator<Item = (&EffectId, &Effect)> {
        self.0.iter().filter(|(_, effect)| effect.did == Did::Updated)
    }

    /// Adds an update, and forgets what need not be remembered any more.
    pub fn updated(&mut self, cause: &Cause, replaced: &[Attribute], now: Timestamp) {
        self.forget(MAX_EFFECTS - 1, now);
        let effect = Effect::new(Did::Updated, now, cause.keyed, replaced.to_vec());
        self.0.insert(cause.id.clone(), effect);
    }

    /// Says which version this effect made.
    pub fn made_version(&mut self, id: &EffectId, version: u64) {
        if let Some(effect) = self.0.get_mut(id) {
            effect.version = Some(version);
        }
    }

    /// Says what this effect changed.
    pub fn made_changes(&mut self, id: &EffectId, changed: Vec<Changed>) {
        let is_other =
            |(of, effect): &(&EffectId, &mut Effect)| *of != id && effect.changed.is_some();
        let mut others: Vec<_> = self.0.iter_mut().filter(is_other).collect();
        others.sort_by_key(|(_, effect)| Reverse(effect.at));
        for (_, effect) in others.into_iter().skip(MAX_TOLD - 1) {
            effect.changed = None;
        }
        if let Some(effect) = self.0.get_mut(id) {
            effect.changed = Some(changed);
        }
    }

    /// The same without the person: that something changed stays, and no value of it.
    #[must_use]
    pub fn erased(mut self) -> Self {
        for changed in self.0.values_mut().filter_map(|effect| effect.changed.as_mut()) {
            *changed = changed.iter().map(Changed::erased).collect();
        }
        self
    }

    /// Takes over the updates of another customer that are not here, each as one on whom it took effect: the newest, where they are too many.
    pub fn adopt(&mut self, others: &Self, of: (&Identifier, CustomerNumber)) {
        let mut newest = Timestamp::from_millis(0);
        for (id, effect) in others.updates() {
            newest = newest.max(effect.at);
            let on = effect.on.clone().or_else(|| Some((of.0.clone(), of.1)));
            let adopted = || Effect { on, changed: None, ..effect.clone() };
            self.0.entry(id.clone()).or_insert_with(adopted);
        }
        self.forget(MAX_EFFECTS, newest);
    }

    fn forget(&mut self, most: usize, now: Timestamp) {
        let updates = self.updates();
        let remembered =
            updates.map(|(id, effect)| (id.clone(), effect.at, Retention::of_effect(effect.keyed)));
        for id in retention::forgotten(remembered, most, now) {
            self.0.remove(&id);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&EffectId, &Effect)> {
        self.0.iter()
    }
}

impl FromIterator<(EffectId, Effect)> for Effects {
    fn from_iter<I: IntoIterator<Item = (EffectId, Effect)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Part, Value};

    fn cause(number: usize, keyed: bool) -> Cause {
        Cause { id: EffectId::random([number as u8; 10]), keyed }
    }

    #[test]
    fn a_creation_is_remembered_for_ever_and_updates_for_as_long_as_their_key() {
        let start = Timestamp::from_millis(1_000_000_000);
        let mut effects = Effects::created(&cause(0, true), start);
        effects.updated(&cause(1, true), &[], start);
        effects.updated(&cause(2, false), &[], start);
        let later = Retention::UnkeyedEffect.end(start);
        effects.updated(&cause(3, true), &[], later);
        let known = |effects: &Effects| {
            (0..5)
                .filter(|number| effects.of(&cause(*number, true).id).is_some())
                .collect::<Vec<_>>()
        };
        assert_eq!(known(&effects), [0, 1, 3]);
        effects.updated(&cause(4, true), &[], Retention::KeyedEffect.end(start));
        assert_eq!(known(&effects), [0, 3, 4]);
    }

    #[test]
    fn what_the_newest_effects_changed_is_remembered_and_is_erased_with_the_person() {
        let start = Timestamp::from_millis(0);
        let mut effects = Effects::created(&cause(0, true), start);
        let value = Some(Value::Text("Westboro".to_owned()));
        let changed =
            Changed { part: Part::Attribute(Attribute::CITY), before: value, after: None };
        for number in 1..=(MAX_TOLD + 1) {
            let cause = cause(number, true);
            effects.updated(&cause, &[], start.plus_seconds(number as u64));
            effects.made_changes(&cause.id, vec![changed.clone()]);
        }
        let told = |effects: &Effects, number| {
            effects.of(&cause(number, true).id).and_then(|effect| effect.changed.clone())
        };
        assert_eq!(told(&effects, 1), None);
        assert_eq!(told(&effects, 2), Some(vec![changed.clone()]));
        let identifier = Identifier::parse("0123456789ABCDEF-000001-01234567").unwrap();
        let mut other = Effects::created(&cause(9, true), start);
        other.adopt(&effects, (&identifier, CustomerNumber::new(7).unwrap()));
        assert_eq!(told(&other, 2), None, "it is another customer's");
        let erased = effects.erased();
        assert_eq!(told(&erased, 2), Some(vec![changed.erased()]));
        assert_eq!(told(&erased, 1), None);
    }

    #[test]
    fn a_record_remembers_a_bounded_number_of_updates_and_its_creation() {
        let start = Timestamp::from_millis(0);
        let mut effects = Effects::created(&cause(0, false), start);
        for number in 1..=(MAX_EFFECTS + 10) {
            assert_eq!(effects.is_full(), number > MAX_EFFECTS);
            effects.updated(&cause(number, true), &[], start.plus_seconds(number as u64));
        }
        assert_eq!(effects.iter().count(), MAX_EFFECTS + 1);
        assert!(effects.of(&cause(0, false).id).is_some());
        assert!(effects.of(&cause(10, true).id).is_none());
        assert!(effects.of(&cause(11, true).id).is_some());
    }
}
