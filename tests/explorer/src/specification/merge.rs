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
        for one in [winner, loser] {
            if self.customers[one].merged_into.is_some() {
                return Expected::NotDecided("already-merged");
            }
            if self.customers[one].erased {
                return Expected::NotDecided("erased");
            }
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

    /// Takes the person out of all that are one with it.
    pub(super) fn erase(&mut self, customer: usize) -> Expected {
        let leader = self.leader(customer);
        for one in 0..self.customers.len() {
            if self.leader(one) != leader {
                continue;
            }
            let customer = &mut self.customers[one];
            let empty = Attributes::from([("cst_inactive", "Y".to_owned())]);
            // It is written once, and again where somebody came to it.
            if !customer.erased || customer.attributes != empty {
                customer.version += 1;
            }
            customer.attributes = empty;
            customer.erased = true;
            for absorbed in &mut customer.absorbed {
                absorbed.before.clear();
                absorbed.after.clear();
            }
        }
        Expected::Erased
    }

    pub(super) fn keep_apart(&mut self, two: [usize; 2]) -> Expected {
        self.merged_of(two).unwrap_or_else(|| {
            self.apart.insert(ordered(two));
            Expected::KeptApart
        })
    }

    pub(super) fn take_back(&mut self, two: [usize; 2]) -> Expected {
        self.merged_of(two).unwrap_or_else(|| {
            if self.apart.remove(&ordered(two)) {
                Expected::KeptApart
            } else {
                Expected::NotKeptApart
            }
        })
    }

    /// That one of the two was merged.
    fn merged_of(&self, two: [usize; 2]) -> Option<Expected> {
        let merged = two.into_iter().find(|one| self.customers[*one].merged_into.is_some())?;
        Some(Expected::MergedInto(self.leader(merged)))
    }

    pub(super) fn unmerge(&mut self, winner: usize, loser: usize) -> Expected {
        if self.customers[winner].merged_into.is_some() {
            return Expected::NotDecided("already-merged");
        }
        if self.customers[winner].erased {
            return Expected::NotDecided("erased");
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

fn ordered(mut two: [usize; 2]) -> [usize; 2] {
    two.sort_unstable();
    two
}
