//! What must be true of the customers' causes: a request of the log made each of them, and equal checked Adds made one.

use std::collections::{BTreeMap, BTreeSet};

use domain::message::Attribute;
use store::keys::{self, Key};

use super::super::log::Intent;
use super::Judge;

impl Judge<'_> {
    /// Each customer was created by a request of the log.
    pub(super) fn causes(&mut self) {
        let mut known = BTreeSet::new();
        let mut unkeyed = 0;
        for entry in self.log {
            match (&entry.intent, entry.effect_id()) {
                (Intent::Bulk, Some(id)) => {
                    known.extend(self.table.requests.keys().map(|request| id.on(request)));
                }
                (_, Some(id)) => drop(known.insert(id)),
                (Intent::Associate { given: None, .. } | Intent::Add { .. }, None) => {
                    unkeyed += entry.answers.len();
                }
                (
                    Intent::Associate { .. }
                    | Intent::AddInVain
                    | Intent::Change
                    | Intent::Reprocess { .. }
                    | Intent::Release { .. }
                    | Intent::Correct
                    | Intent::Delete { .. }
                    | Intent::Bulk
                    | Intent::Reuse,
                    None,
                ) => {}
            }
        }
        let nobodys: Vec<_> = self
            .effects
            .iter()
            .filter(|(id, _)| !known.contains(*id))
            .flat_map(|(_, on)| on)
            .map(|(identifier, _)| keys::customer(identifier))
            .collect();
        if nobodys.len() > unkeyed {
            self.violation(
                format!(
                    "{} customers have no cause, and only {unkeyed} tries without a key may have made some",
                    nobodys.len()
                ),
                nobodys,
                Vec::new(),
            );
        }
    }

    /// Checked Adds and associations alone make one customer of an identity.
    pub(super) fn quiet_identities(&mut self) {
        let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            if let Intent::Add { identity, quiet: true, .. } = &entry.intent {
                wanted.entry(identity).or_default().push(at);
            }
        }
        let mut made: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            let value = |attribute| customer.attributes.get(attribute).unwrap_or_default();
            let identity =
                format!("{} {}", value(Attribute::COMPANY_NAME), value(Attribute::APARTMENT));
            made.entry(identity).or_default().push(keys::customer(&customer.identifier));
        }
        for (identity, entries) in wanted {
            let customers = made.get(identity).cloned().unwrap_or_default();
            if customers.len() > 1 {
                self.violation(
                    format!("checked Adds made several customers of {identity}"),
                    customers,
                    entries,
                );
            }
        }
    }
}
