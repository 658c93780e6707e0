//! History: what each version of a customer changed, with before and after, and the way back to an earlier version. Append-only; nothing here asks a clock.

use std::cmp::Ordering;
use std::fmt;

use crate::by::By;
use crate::customer::Customer;
use crate::customer::contact::Phone;
use crate::dealer::Dcn;
use crate::message::Attribute;
use crate::request::RequestInErrorId;
use crate::time::Timestamp;

/// A part of a customer that is changed and kept by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Attribute(Attribute),
    AlternateName,
    Phones,
}

impl Part {
    /// `cst_city`, `alternateName`, `phones`: the names under which callers read them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Attribute(attribute) => attribute.name(),
            Self::AlternateName => "alternateName",
            Self::Phones => "phones",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        match name {
            "alternateName" => Some(Self::AlternateName),
            "phones" => Some(Self::Phones),
            attribute => Attribute::named(attribute).map(Self::Attribute),
        }
    }
}

/// What a part was or became.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Phones(Vec<Phone>),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value(…)")
    }
}

/// One part with what it was and what it became; none: not given. Both are none where the person was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub part: Part,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Changed {
    /// That the part changed, without what it was and became.
    #[must_use]
    pub fn erased(&self) -> Self {
        Self { part: self.part, before: None, after: None }
    }
}

/// What happened to a customer, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Created,
    Updated,
    Erased,
    /// A dealer customer of it was associated.
    Associated,
    /// A dealer customer of it was released.
    Released,
    /// A request in error came to it.
    Resolved,
    /// It was merged into another, or absorbed one.
    Merged,
    /// It was parted from one with which it was merged.
    Unmerged,
    /// It was given the values of an earlier version.
    Restored,
}

impl What {
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Erased,
        Self::Associated,
        Self::Released,
        Self::Resolved,
        Self::Merged,
        Self::Unmerged,
        Self::Restored,
    ];

    /// What happened between a version and the next, where it was not an erasure.
    fn between(before: &Customer, after: &Customer) -> Self {
        let merges = |customer: &Customer| {
            customer.absorbed.len() + usize::from(customer.merged_into.is_some())
        };
        match merges(after).cmp(&merges(before)) {
            Ordering::Greater => Self::Merged,
            Ordering::Less => Self::Unmerged,
            Ordering::Equal if after.by.as_ref().is_some_and(By::restores) => Self::Restored,
            Ordering::Equal => Self::Updated,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Erased => "erased",
            Self::Associated => "associated",
            Self::Released => "released",
            Self::Resolved => "resolved",
            Self::Merged => "merged",
            Self::Unmerged => "unmerged",
            Self::Restored => "restored",
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == word)
    }
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// The customer itself, which this made a version of.
    Version(u64),
    DealerCustomer(Dcn),
    RequestInError(RequestInErrorId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    pub of: Of,
    pub what: What,
    pub at: Timestamp,
    /// Who did it; none for what was written before this was kept.
    pub by: Option<By>,
    pub changed: Vec<Changed>,
    /// The first of the versions that it stands for, where those up to its own were lost: it tells what all of them together changed.
    pub lost_since: Option<u64>,
}

impl HistoryEntry {
    /// The entry of a customer's version.
    pub fn of_version(before: Option<&Customer>, after: &Customer) -> Self {
        let newly_erased = after.erased.is_some() && before.is_none_or(|was| was.erased.is_none());
        let what = match before {
            _ if newly_erased => What::Erased,
            None if after.version == 1 => What::Created,
            Some(before) => What::between(before, after),
            None => What::Updated,
        };
        let mut changed = changes(before, after);
        if after.erased.is_some() {
            changed = changed.iter().map(Changed::erased).collect();
        }
        Self {
            of: Of::Version(after.version),
            what,
            at: after.updated_at,
            by: after.by.clone(),
            changed,
            lost_since: None,
        }
    }

    /// The first of the versions that it tells of; none for what makes no version.
    pub fn first_version(&self) -> Option<u64> {
        match self.of {
            Of::Version(version) => Some(self.lost_since.unwrap_or(version)),
            Of::DealerCustomer(_) | Of::RequestInError(_) => None,
        }
    }

    /// The entry without the person: what happened, when and by whom stays.
    #[must_use]
    pub fn erased(&self) -> Self {
        let changed = self.changed.iter().map(Changed::erased).collect();
        Self { changed, ..self.clone() }
    }

    /// Whether anything of a person is in it.
    pub fn has_values(&self) -> bool {
        self.changed.iter().any(|changed| changed.before.is_some() || changed.after.is_some())
    }
}

/// What differs between two versions, each part with before and after.
pub fn changes(before: Option<&Customer>, after: &Customer) -> Vec<Changed> {
    let value = |customer: Option<&Customer>, part| customer.and_then(|one| value_of(one, part));
    let parts = Attribute::all().map(Part::Attribute).chain([Part::AlternateName, Part::Phones]);
    let changed = parts.map(|part| Changed {
        part,
        before: value(before, part),
        after: value(Some(after), part),
    });
    changed.filter(|changed| changed.before != changed.after).collect()
}

/// The customer as it was before the version that this entry tells of.
#[must_use]
pub fn undo(customer: &Customer, entry: &HistoryEntry) -> Customer {
    let mut earlier = customer.clone();
    earlier.version = entry.first_version().unwrap_or(customer.version).saturating_sub(1);
    for Changed { part, before, after: _ } in &entry.changed {
        set_part(&mut earlier, *part, before.as_ref());
    }
    earlier
}

/// The customer as it is since the version that this entry tells of.
#[must_use]
pub fn redo(customer: &Customer, entry: &HistoryEntry) -> Customer {
    let mut later = customer.clone();
    if let Of::Version(version) = entry.of {
        later.version = version;
    }
    later.updated_at = entry.at;
    later.by.clone_from(&entry.by);
    for Changed { part, before: _, after } in &entry.changed {
        set_part(&mut later, *part, after.as_ref());
    }
    later
}

pub(crate) fn set_part(customer: &mut Customer, part: Part, value: Option<&Value>) {
    match (part, value) {
        (Part::Attribute(attribute), Some(Value::Text(text))) => {
            customer.attributes.set(attribute, text.as_str());
        }
        (Part::Attribute(attribute), None | Some(Value::Phones(_))) => {
            customer.attributes.remove(attribute);
        }
        (Part::AlternateName, Some(Value::Text(text))) => {
            customer.alternate_name = Some(text.clone());
        }
        (Part::AlternateName, None | Some(Value::Phones(_))) => customer.alternate_name = None,
        (Part::Phones, Some(Value::Phones(phones))) => customer.phones.clone_from(phones),
        (Part::Phones, None | Some(Value::Text(_))) => customer.phones.clear(),
    }
}

/// Gives the customer the part that another has.
pub(crate) fn copy_part(customer: &mut Customer, part: Part, from: &Customer) {
    set_part(customer, part, value_of(from, part).as_ref());
}

pub(crate) fn value_of(customer: &Customer, part: Part) -> Option<Value> {
    match part {
        Part::Attribute(attribute) => {
            customer.attributes.get(attribute).map(|text| Value::Text(text.to_owned()))
        }
        Part::AlternateName => customer.alternate_name.clone().map(Value::Text),
        Part::Phones => {
            (!customer.phones.is_empty()).then(|| Value::Phones(customer.phones.clone()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by::Stamp;
    use crate::customer::{CustomerNumber, Identifier};
    use crate::effect::{Cause, EffectId};
    use crate::message::Attributes;
    use crate::secret::Secret;

    fn stamp(at: u64) -> Stamp {
        Stamp {
            by: By::new("oms", "add", "request"),
            cause: Cause { id: EffectId::random([7; 10]), keyed: false },
            at: Timestamp::from_millis(at),
        }
    }

    fn customer(attributes: &[(Attribute, &str)]) -> Customer {
        let identifier = Identifier::parse("0123456789ABCDEF-000001-89ABCDEF").unwrap();
        let attributes: Attributes = attributes.iter().copied().collect();
        Customer::new(identifier, CustomerNumber::new(7).unwrap(), attributes, &stamp(1))
    }

    #[test]
    fn what_a_version_changed_leads_back_to_the_one_before() {
        let first = customer(&[(Attribute::LAST_NAME, "Robinson"), (Attribute::CITY, "Westboro")]);
        let attributes = [(Attribute::LAST_NAME, "Robinson"), (Attribute::STATE, "MA")];
        let mut second = first.updated(attributes.into_iter().collect(), &[], &[], &stamp(2));
        second.alternate_name = Some("Robby".to_owned());
        second.phones = vec![Phone::parse(Some("HOME"), "508-555-0100").unwrap()];
        let entry = HistoryEntry::of_version(Some(&first), &second);
        assert_eq!((entry.what, &entry.of), (What::Updated, &Of::Version(2)));
        let names: Vec<_> = entry.changed.iter().map(|changed| changed.part.name()).collect();
        assert_eq!(names, ["cst_city", "cst_state", "alternateName", "phones"]);
        let back = undo(&second, &entry);
        assert_eq!(
            (back.version, &back.attributes, &back.alternate_name, &back.phones),
            (1, &first.attributes, &first.alternate_name, &first.phones)
        );
        let again = redo(&back, &entry);
        assert_eq!(
            (again.version, &again.attributes, &again.alternate_name, &again.phones),
            (2, &second.attributes, &second.alternate_name, &second.phones)
        );
        let for_several = HistoryEntry { of: Of::Version(5), lost_since: Some(3), ..entry };
        assert_eq!(undo(&second, &for_several).version, 2);
        let created = HistoryEntry::of_version(None, &first);
        assert_eq!((created.what, created.changed.len()), (What::Created, 2));
    }

    #[test]
    fn an_erasure_tells_what_was_erased_and_nothing_of_it() {
        let first = customer(&[(Attribute::LAST_NAME, "Robinson")]);
        let secret = Secret::new("the secret of the tests of this crate").unwrap();
        let entry = HistoryEntry::of_version(Some(&first), &first.erased(&secret, &stamp(2)));
        assert_eq!(entry.what, What::Erased);
        assert!(!entry.has_values() && !entry.changed.is_empty());
        let created = HistoryEntry::of_version(None, &first);
        assert!(created.has_values() && !created.erased().has_values());
        assert!(!format!("{created:?}").contains("Robinson"));
    }

    #[test]
    fn every_part_and_every_word_is_read_back_by_its_name() {
        let parts =
            Attribute::all().map(Part::Attribute).chain([Part::AlternateName, Part::Phones]);
        for part in parts {
            assert_eq!(Part::named(part.name()), Some(part));
        }
        for what in What::ALL {
            assert_eq!(What::named(what.as_str()), Some(what));
        }
    }
}
