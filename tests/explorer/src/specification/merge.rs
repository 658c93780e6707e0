//! What a merge and its undoing shall do, and whom a customer leads to.

use super::expected::Expected;
use super::{Attributes, Specification};

const ADDRESS: [&str; 5] = ["cst_street_addr", "cst_city", "cst_state", "cst_zip", "cst_country"];

/// What stays with the customer that has it.
pub(super) const NUMBERS: [&str; 2] = ["cst_relate_id", "cst_interface_cust_nbr"];

/// A customer that was absorbed, with what the winner was before and right after.
#[derive(Debug, Clone)]
pub(super) struct Absorbed {
    pub(super) loser: usize,
    pub(super) before: Attributes,
    pub(super) after: Attributes,
}

/// Whether the name says who or where somebody is.
pub(super) fn is_name_or_address(name: &str) -> bool {
    name == "cst_company_name" || ADDRESS.contains(&name)
}

impl Absorbed {
    /// Whether the winner gave up its name or address.
    pub(super) fn gave_up(&self) -> bool {
        let differs = |name: &&str| self.before.get(*name) != self.after.get(*name);
        ADDRESS.iter().chain(&["cst_company_name"]).any(differs)
    }
}

impl Specification {
    /// The customer that acts for this one.
    pub(super) fn leader(&self, mut of: usize) -> usize {
        while let Some(winner) = self.customers[of].merged_into {
            of = winner;
        }
        of
    }

    pub(super) fn merge(&mut self, winner: usize, loser: usize, address: bool) -> Expected {
        if [winner, loser].iter().any(|one| self.customers[*one].merged_into.is_some()) {
            return Expected::NotDecided("already-merged");
        }
        let before = self.customers[winner].attributes.clone();
        let mut after = before.clone();
        for (name, value) in self.customers[loser].attributes.clone() {
            if address && ADDRESS.contains(&name) {
                after.insert(name, value);
            } else if !NUMBERS.contains(&name) {
                after.entry(name).or_insert(value);
            }
        }
        self.customers[loser].merged_into = Some(winner);
        self.customers[loser].version += 1;
        let winning = &mut self.customers[winner];
        winning.attributes.clone_from(&after);
        winning.version += 1;
        winning.absorbed.push(Absorbed { loser, before, after });
        Expected::Merged(winner, winning.version)
    }

    pub(super) fn unmerge(&mut self, winner: usize, loser: usize) -> Expected {
        if self.customers[winner].merged_into.is_some() {
            return Expected::NotDecided("already-merged");
        }
        let winning = &mut self.customers[winner];
        let place = winning.absorbed.iter().position(|absorbed| absorbed.loser == loser);
        let Some(place) = place else {
            return Expected::NotDecided("not-merged");
        };
        let Absorbed { before, after, .. } = winning.absorbed.remove(place);
        let now = winning.attributes.clone();
        let moved = ADDRESS.iter().any(|name| after.get(name) != now.get(name));
        let names = before.keys().chain(after.keys()).copied().collect::<Vec<_>>();
        for name in names {
            let since =
                if ADDRESS.contains(&name) { moved } else { after.get(name) != now.get(name) };
            if since || NUMBERS.contains(&name) {
                continue;
            }
            match before.get(name) {
                Some(value) => winning.attributes.insert(name, value.clone()),
                None => winning.attributes.remove(name),
            };
        }
        winning.version += 1;
        let version = winning.version;
        self.customers[loser].merged_into = None;
        self.customers[loser].version += 1;
        Expected::Parted(winner, version)
    }
}
