//! What a message is to be answered: Add or Change, duplicate check, edits.

use domain::effect::EffectId;

use super::expected::Expected;
use super::merge::is_name_or_address;
use super::{Attributes, Customer, Names, Specification};

impl Specification {
    pub(super) fn message(
        &mut self,
        given: &Attributes,
        effect: &EffectId,
        names: &Names,
    ) -> Option<Expected> {
        let holder = |attribute: &str| {
            let value = given.get(attribute)?;
            self.customers
                .iter()
                .position(|customer| customer.attributes.get(attribute) == Some(value))
        };
        let (has_relate, has_alternate) =
            (holder("cst_relate_id"), holder("cst_interface_cust_nbr"));
        let led = |one: Option<usize>| one.map(|one| self.leader(one));
        let (relate, alternate) = (led(has_relate), led(has_alternate));
        let target = match given.get("cst_cust_nbr") {
            Some(number) => {
                let one = self.customers.iter().position(|customer| {
                    names.get(&customer.effect).is_some_and(|(_, one)| one.to_string() == *number)
                })?;
                Some(self.leader(one))
            }
            None if given.contains_key("cst_relate_id") => relate,
            None => alternate,
        };
        let taken = |target: Option<usize>| {
            let mut codes = Vec::new();
            if alternate.is_some() && alternate != target {
                codes.push("alternate-number-taken");
            }
            if relate.is_some() && relate != target {
                codes.push("relate-id-taken");
            }
            codes
        };
        // A number that a merged customer has stays there, and leads to the one that acts.
        let without_led = |target: usize| {
            let mut given = given.clone();
            for (name, has) in
                [("cst_relate_id", has_relate), ("cst_interface_cust_nbr", has_alternate)]
            {
                if has.is_some_and(|has| has != target && self.leader(has) == target) {
                    given.remove(name);
                }
            }
            given
        };
        if let Some(target) = target {
            let given = without_led(target);
            return Some(self.update(target, &given, taken(Some(target)), effect));
        }
        let check = given.get("cst_duplicate").map_or("", String::as_str);
        let same = match check {
            "Y" | "S" | "A" => self.same_as(given),
            _ => Vec::new(),
        };
        let number = |(customer, _): &(usize, bool)| {
            names.get(&self.customers[*customer].effect).map(|(_, number)| *number)
        };
        // An Add that comes with values from before a merge leaves name and address.
        let for_update = |(target, by_merge): (usize, bool)| {
            let mut given = without_led(target);
            if by_merge {
                given.retain(|name, _| !is_name_or_address(name));
            }
            given
        };
        match (check, &same[..]) {
            (_, []) => {
                let mut codes = taken(None);
                codes.extend(blank_city(given));
                if !codes.is_empty() {
                    return Some(failed(codes, effect));
                }
                let customer = self.create(effect, kept(given), names)?;
                Some(Expected::Created(customer))
            }
            ("S", [one]) | ("A", [one]) => {
                let mut codes = taken(Some(one.0));
                codes.extend(blank_city(given));
                let given = for_update(*one);
                Some(self.update(one.0, &given, codes, effect))
            }
            ("A", several) => {
                let best = several.iter().copied().max_by_key(number)?;
                let mut codes = taken(Some(best.0));
                codes.extend(blank_city(given));
                let given = for_update(best);
                Some(self.update(best.0, &given, codes, effect))
            }
            _ => {
                let mut same = same;
                same.sort_by_key(|customer| std::cmp::Reverse(number(customer)));
                Some(Expected::Duplicate(same.into_iter().map(|(one, _)| one).collect()))
            }
        }
    }

    fn update(
        &mut self,
        target: usize,
        given: &Attributes,
        mut codes: Vec<&'static str>,
        effect: &EffectId,
    ) -> Expected {
        let mut merged = self.customers[target].attributes.clone();
        merged.extend(kept(given));
        if codes.is_empty() {
            codes.extend(blank_city(&merged));
        }
        if !codes.is_empty() {
            return failed(codes, effect);
        }
        let customer = &mut self.customers[target];
        // What changes nothing is not written.
        if customer.attributes != merged {
            customer.attributes = merged;
            customer.version += 1;
        }
        Expected::Updated(target)
    }

    pub(super) fn create(
        &mut self,
        effect: &EffectId,
        attributes: Attributes,
        names: &Names,
    ) -> Option<usize> {
        names.get(effect)?;
        self.customers.push(Customer {
            effect: effect.clone(),
            attributes,
            version: 1,
            merged_into: None,
            absorbed: Vec::new(),
            erased: false,
            lost: false,
        });
        Some(self.customers.len() - 1)
    }

    /// The customers that act for those with this match code and these exact-match values, now or before a merge, each once, and whether the values are its own no more.
    pub(super) fn same_as(&self, wanted: &Attributes) -> Vec<(usize, bool)> {
        const EXACT: [&str; 4] = ["cst_company_name", "cst_street_addr", "cst_city", "cst_state"];
        let same = |attributes: &Attributes| {
            match_code(attributes) == match_code(wanted)
                && EXACT.iter().all(|name| folded(attributes.get(name)) == folded(wanted.get(name)))
        };
        let mut found: Vec<(usize, bool)> = Vec::new();
        for (place, customer) in self.customers.iter().enumerate() {
            let gave_up = customer.absorbed.iter().filter(|absorbed| absorbed.gave_up());
            let own = same(&customer.attributes);
            if customer.lost || !own && !gave_up.into_iter().any(|absorbed| same(&absorbed.before))
            {
                continue;
            }
            let leader = self.leader(place);
            let by_merge = !own || leader != place;
            match found.iter_mut().find(|(known, _)| *known == leader) {
                Some((_, known)) => *known &= by_merge,
                None => found.push((leader, by_merge)),
            }
        }
        found
    }
}

fn failed(mut codes: Vec<&'static str>, effect: &EffectId) -> Expected {
    codes.sort_unstable();
    Expected::Failed(codes, effect.clone())
}

fn kept(given: &Attributes) -> Attributes {
    let mut kept = given.clone();
    kept.remove("cst_duplicate");
    kept.remove("cst_cust_nbr");
    kept
}

pub(super) fn blank_city(attributes: &Attributes) -> Option<&'static str> {
    (!attributes.contains_key("cst_city")).then_some("city-blank")
}

/// Postal code 1–5, name 1–4, street 1–6.
fn match_code(attributes: &Attributes) -> [String; 3] {
    let first = |name: &str, count| {
        let letters = folded(attributes.get(name));
        letters.chars().filter(|character| *character != ' ').take(count).collect()
    };
    [first("cst_zip", 5), first("cst_company_name", 4), first("cst_street_addr", 6)]
}

fn folded(value: Option<&String>) -> String {
    value.map(|value| value.to_uppercase()).unwrap_or_default()
}
