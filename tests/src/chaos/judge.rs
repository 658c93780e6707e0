//! Holds the table against the clients' log: what must be true after any run, whatever went wrong in it.
//!
//! It knows the rules and not how a run was made.

use std::collections::{BTreeMap, BTreeSet};

use domain::controls::Controls;
use domain::customer::{Customer, Identifier, Place};
use domain::duplicate;
use domain::effect::{Did, EffectId};
use domain::message::Attribute;
use domain::request_in_error::{Attempt, RequestInErrorId, State, What};
use store::items::Claimed;
use store::keys::{self, Key};

use super::log::{Entry, Intent};
use super::snapshot::Snapshot;

/// Something that must not be.
#[derive(Debug)]
pub struct Violation {
    /// What.
    pub what: String,
    /// The items that show it.
    pub items: Vec<Key>,
    /// The log's entries concerned, by their place.
    pub entries: Vec<usize>,
}

/// Finds all violations.
#[must_use]
pub fn judge(table: &Snapshot, log: &[Entry], controls: &Controls) -> Vec<Violation> {
    let mut judge = Judge {
        table,
        log,
        effects: BTreeMap::new(),
        found: Vec::new(),
    };
    judge.index_effects();
    judge.readable();
    judge.seats();
    judge.numbers();
    judge.customers(controls);
    judge.claims();
    judge.index();
    judge.requests_in_error();
    judge.answers();
    judge.causes();
    judge.quiet_identities();
    judge.dealer_customers();
    judge.found
}

struct Judge<'a> {
    table: &'a Snapshot,
    log: &'a [Entry],
    /// Which customers an effect is on.
    effects: BTreeMap<EffectId, Vec<(Identifier, Did)>>,
    found: Vec<Violation>,
}

impl Judge<'_> {
    fn violation(&mut self, what: String, items: Vec<Key>, entries: Vec<usize>) {
        self.found.push(Violation {
            what,
            items,
            entries,
        });
    }

    fn index_effects(&mut self) {
        for customer in self.table.customers.values() {
            for (id, effect) in customer.effects.iter() {
                self.effects
                    .entry(id.clone())
                    .or_default()
                    .push((customer.identifier.clone(), effect.did));
            }
        }
    }

    fn readable(&mut self) {
        for (key, why) in &self.table.unreadable {
            self.violation(
                format!("an item cannot be read: {why}"),
                vec![key.clone()],
                Vec::new(),
            );
        }
    }

    fn seats(&mut self) {
        let mut blocks: BTreeMap<_, Vec<u32>> = BTreeMap::new();
        for identifier in self.table.customers.keys() {
            if let Place::Seat(seat) = identifier.place {
                blocks
                    .entry(identifier.block.clone())
                    .or_default()
                    .push(seat);
            }
        }
        for (block, seats) in blocks {
            if !seats
                .iter()
                .copied()
                .eq(1..=u32::try_from(seats.len()).unwrap_or(u32::MAX))
            {
                self.violation(
                    format!("the seats of {} have a gap: {seats:?}", block.as_str()),
                    Vec::new(),
                    Vec::new(),
                );
            }
        }
    }

    fn numbers(&mut self) {
        let mut holders: BTreeMap<_, Vec<Key>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            holders
                .entry(customer.number.get())
                .or_default()
                .push(keys::customer(&customer.identifier));
        }
        for (number, holders) in holders {
            if holders.len() > 1 || u64::from(number) > self.table.counter {
                self.violation(
                    format!("the number {number} is not of one customer alone, or was never leased (the counter is at {})", self.table.counter),
                    holders,
                    Vec::new(),
                );
            }
        }
    }

    /// Effects, versions, and where customers that moved can be found.
    fn customers(&mut self, controls: &Controls) {
        for customer in self.table.customers.values() {
            let key = keys::customer(&customer.identifier);
            let count = |wanted: Did| {
                customer
                    .effects
                    .iter()
                    .filter(|(_, effect)| effect.did == wanted)
                    .count()
            };
            let updates = u64::try_from(count(Did::Updated)).unwrap_or(u64::MAX);
            if count(Did::Created) != 1 || customer.version != 1 + updates {
                self.violation(
                    format!(
                        "a customer of version {} remembers {updates} updates",
                        customer.version
                    ),
                    vec![key.clone()],
                    Vec::new(),
                );
            }
            let now_in = duplicate::block_of(&customer.attributes, controls)
                .filter(|block| *block != customer.identifier.block);
            let referred = now_in.as_ref().is_none_or(|block| {
                self.table
                    .moved
                    .contains(&(keys::block(block), customer.identifier.clone()))
            });
            if now_in != customer.moved_to || !referred {
                self.violation(
                    "a customer that moved cannot be found where it belongs".to_owned(),
                    vec![key],
                    Vec::new(),
                );
            }
        }
        let doubled: Vec<_> = self
            .effects
            .iter()
            .filter(|(_, on)| on.len() > 1)
            .map(|(id, on)| (id.clone(), on.clone()))
            .collect();
        for (id, on) in doubled {
            let entries = self.entries_of(&id);
            self.violation(
                format!("the effect {} is on several customers", id.as_str()),
                on.iter()
                    .map(|(identifier, _)| keys::customer(identifier))
                    .collect(),
                entries,
            );
        }
        for (block, identifier) in &self.table.moved {
            if !self.table.customers.contains_key(identifier) {
                self.violation(
                    format!("{block} refers to {identifier}, which is not there"),
                    Vec::new(),
                    Vec::new(),
                );
            }
        }
    }

    fn claims(&mut self) {
        let mut claimed: BTreeMap<Key, Vec<Identifier>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            for key in claims_of(customer) {
                claimed
                    .entry(key)
                    .or_default()
                    .push(customer.identifier.clone());
            }
        }
        let mut held: BTreeMap<Key, Vec<Identifier>> = BTreeMap::new();
        for (key, claim) in &self.table.claims {
            if let Claimed::By(holder) = claim {
                held.insert(key.clone(), vec![holder.clone()]);
            }
        }
        let all: BTreeSet<_> = claimed.keys().chain(held.keys()).cloned().collect();
        for key in all {
            let (customers, holders) = (claimed.get(&key), held.get(&key));
            if customers != holders {
                let items = customers
                    .into_iter()
                    .chain(holders)
                    .flatten()
                    .map(keys::customer)
                    .chain([key.clone()])
                    .collect();
                self.violation(
                    "a number belongs to another customer than the one that has it".to_owned(),
                    items,
                    Vec::new(),
                );
            }
        }
    }

    fn index(&mut self) {
        let mut wanted = BTreeSet::new();
        let mut want = |at: keys::IndexKey, key: Key| {
            wanted.insert((at.partition, at.sort, key));
        };
        for customer in self.table.customers.values() {
            want(
                keys::number(customer.number),
                keys::customer(&customer.identifier),
            );
        }
        for record in self.table.dealer_customers.values() {
            let dealer_customer = &record.dealer_customer;
            if let Some(organization) = &dealer_customer.organization {
                want(
                    keys::of_organization(organization, &dealer_customer.dcn),
                    keys::dealer_customer(&dealer_customer.dcn),
                );
            }
        }
        for request in self.table.requests.values() {
            want(
                keys::error(request.state, request.received_at, &request.id),
                keys::request_in_error(&request.id),
            );
        }
        for (partition, sort, key) in wanted.symmetric_difference(&self.table.index) {
            self.violation(
                format!("the index and the table disagree about {partition} {sort}"),
                vec![key.clone()],
                Vec::new(),
            );
        }
    }

    fn requests_in_error(&mut self) {
        let mut queued = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            if let Some(id) = entry.effect_id() {
                queued
                    .entry(RequestInErrorId::of(&id).as_str().to_owned())
                    .or_insert_with(Vec::new)
                    .push(at);
            }
        }
        for (id, request) in &self.table.requests {
            let key = keys::request_in_error(&request.id);
            let entries = queued.get(id).cloned().unwrap_or_default();
            let fails = |at: &usize| {
                self.log[*at]
                    .answers
                    .iter()
                    .any(|answer| answer.status == 422 && answer.location.as_ref() == Some(id))
            };
            if !entries.iter().any(fails) {
                self.violation(
                    "a request in error has no request that failed".to_owned(),
                    vec![key.clone()],
                    entries,
                );
            }
            let length = u64::try_from(request.history.len()).unwrap_or(u64::MAX);
            let ends = request.history.last().map(|entry| entry.what);
            let closed = match request.state {
                State::Open => ends != Some(What::Resolved) && ends != Some(What::Deleted),
                State::Resolved => ends == Some(What::Resolved),
                State::Deleted => ends == Some(What::Deleted),
            };
            let closings = request
                .history
                .iter()
                .filter(|entry| matches!(entry.what, What::Resolved | What::Deleted))
                .count();
            if request.version != length || !closed || closings > 1 {
                self.violation(
                    "the history of a request in error does not tell its state and version"
                        .to_owned(),
                    vec![key.clone()],
                    Vec::new(),
                );
            }
            for entry in request
                .history
                .iter()
                .filter(|entry| entry.what == What::Resolved)
            {
                let on = self.effects.get(&entry.effect).cloned().unwrap_or_default();
                let wanted = match entry.attempt {
                    Some(Attempt::Created(number)) => Some((number, Did::Created)),
                    Some(Attempt::Updated(number)) => Some((number, Did::Updated)),
                    Some(Attempt::Failure | Attempt::Duplicate) | None => None,
                };
                let is = match &on[..] {
                    [(identifier, did)] => self
                        .table
                        .customers
                        .get(identifier)
                        .map(|customer| (customer.number, *did)),
                    _ => None,
                };
                if wanted.is_none() || wanted != is {
                    let items = on
                        .iter()
                        .map(|(identifier, _)| keys::customer(identifier))
                        .chain([key.clone()])
                        .collect();
                    self.violation(
                        "a resolved request in error has not exactly the customer that it names"
                            .to_owned(),
                        items,
                        Vec::new(),
                    );
                }
            }
        }
    }

    /// What each key was told, against itself and against the table.
    fn answers(&mut self) {
        let mut keys_of: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            let reused = entry.intent == Intent::Reuse;
            for answer in &entry.answers {
                if answer.status == 500 {
                    self.violation(
                        format!("a function answered {}", answer.body),
                        Vec::new(),
                        vec![at],
                    );
                }
                if answer.status == 599 {
                    self.violation(
                        "the gateway itself did not answer".to_owned(),
                        Vec::new(),
                        vec![at],
                    );
                }
            }
            let Some(decided) = entry.decided() else {
                self.violation(
                    "a client never learned what came of its request".to_owned(),
                    Vec::new(),
                    vec![at],
                );
                continue;
            };
            if reused && decided.body["type"] != "/problems/idempotency-key-reused" {
                self.violation(
                    "a key was taken for another request".to_owned(),
                    Vec::new(),
                    vec![at],
                );
            }
            if !reused && decided.body["type"] == "/problems/idempotency-key-reused" {
                self.violation(
                    "a request's own key was refused".to_owned(),
                    Vec::new(),
                    vec![at],
                );
            }
            if let Some(id) = entry.effect_id() {
                keys_of.entry(id).or_default().push(at);
            }
        }
        for (id, entries) in keys_of {
            let intent = &self.log[entries[0]].intent;
            if *intent == Intent::Bulk {
                self.many_effects(&id, &entries);
            } else {
                self.one_effect(&id, &entries);
            }
        }
    }

    /// Each success of a bulk call is a customer that this call made or updated, for this very request.
    fn many_effects(&mut self, id: &EffectId, entries: &[usize]) {
        for at in entries {
            let told = self.log[*at]
                .decided()
                .and_then(|told| told.body["results"].as_array());
            let successes: Vec<_> = told
                .into_iter()
                .flatten()
                .filter(|result| result["outcome"] == "success")
                .filter_map(|result| {
                    Some((result["id"].as_str()?, result["customerNumber"].as_str()?))
                })
                .collect();
            for (request, number) in successes {
                let on = self.effects.get(&id.on(request));
                let is = match on.map(Vec::as_slice) {
                    Some([(identifier, _)]) => self.table.customers.get(identifier),
                    Some(_) | None => None,
                };
                if is.is_none_or(|customer| customer.number.to_string() != number) {
                    self.violation(
                        format!("the success that a bulk call told of {request} is not there"),
                        Vec::new(),
                        vec![*at],
                    );
                }
            }
        }
    }

    /// All tries of one key: equal answers once there is an effect, and the effect that they tell.
    fn one_effect(&mut self, id: &EffectId, entries: &[usize]) {
        let told: Vec<_> = entries
            .iter()
            .filter_map(|at| Some((*at, self.log[*at].decided()?.effect()?)))
            .collect();
        let on = self.effects.get(id).cloned().unwrap_or_default();
        let items: Vec<_> = on
            .iter()
            .map(|(identifier, _)| keys::customer(identifier))
            .collect();
        let Some((first, effect)) = told.iter().min_by_key(|(at, _)| self.log[*at].ended) else {
            // A claim that was refused while its first, lost copy was still on its way may land after the DCN was released: no check of ours can call it back.
            let may_land_late = matches!(self.log[entries[0]].intent, Intent::Associate { .. });
            if !on.is_empty() && !may_land_late {
                self.violation(
                    "a request was told that it had no effect, and had one".to_owned(),
                    items,
                    entries.to_vec(),
                );
            }
            return;
        };
        let since = self.log[*first].ended;
        let forgotten = entries
            .iter()
            .any(|at| self.log[*at].began > since && told.iter().all(|(other, _)| other != at));
        if forgotten || told.iter().any(|(_, other)| other != effect) {
            self.violation(
                "the answers to one key differ".to_owned(),
                items.clone(),
                entries.to_vec(),
            );
        }
        let number = self.log[*first]
            .decided()
            .and_then(|answer| answer.location.clone());
        let is = match &on[..] {
            [(identifier, did)] => self.table.customers.get(identifier).map(|customer| {
                (
                    customer.number.to_string(),
                    match did {
                        Did::Created => 201,
                        Did::Updated => 200,
                    },
                )
            }),
            _ => None,
        };
        match (&self.log[*first].intent, effect.0) {
            (
                Intent::Add { .. } | Intent::AddInVain | Intent::Change | Intent::Reprocess { .. },
                status @ (200 | 201),
            ) => {
                if number.map(|number| (number, status)) != is {
                    self.violation(
                        "an acknowledged customer is not as it was told".to_owned(),
                        items,
                        entries.to_vec(),
                    );
                }
            }
            (Intent::Add { .. } | Intent::AddInVain | Intent::Change, _) => {
                let queued = RequestInErrorId::of(id);
                if number.as_deref() != Some(queued.as_str())
                    || !self.table.requests.contains_key(queued.as_str())
                    || is.is_some()
                {
                    self.violation(
                        "an acknowledged failure is not queued, or is a customer too".to_owned(),
                        items,
                        entries.to_vec(),
                    );
                }
            }
            (
                Intent::Associate { .. }
                | Intent::Reprocess { .. }
                | Intent::Release { .. }
                | Intent::Correct
                | Intent::Delete { .. }
                | Intent::Bulk
                | Intent::Reuse,
                _,
            ) => {}
        }
    }

    /// Each customer was created by a request of the log.
    fn causes(&mut self) {
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
    fn quiet_identities(&mut self) {
        let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            if let Intent::Add {
                identity,
                quiet: true,
                ..
            } = &entry.intent
            {
                wanted.entry(identity).or_default().push(at);
            }
        }
        let mut made: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for customer in self.table.customers.values() {
            let value = |attribute| customer.attributes.get(attribute).unwrap_or_default();
            let identity = format!(
                "{} {}",
                value(Attribute::COMPANY_NAME),
                value(Attribute::APARTMENT)
            );
            made.entry(identity)
                .or_default()
                .push(keys::customer(&customer.identifier));
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

    /// One customer a DCN; what was acknowledged is there, or was released by a request that did not end before it.
    fn dealer_customers(&mut self) {
        let mut by_dcn: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (at, entry) in self.log.iter().enumerate() {
            match &entry.intent {
                Intent::Associate { dcn, .. } => by_dcn.entry(dcn).or_default().0.push(at),
                Intent::Release { dcn } => by_dcn.entry(dcn).or_default().1.push(at),
                Intent::Add { .. }
                | Intent::AddInVain
                | Intent::Change
                | Intent::Correct
                | Intent::Reprocess { .. }
                | Intent::Delete { .. }
                | Intent::Bulk
                | Intent::Reuse => {}
            }
        }
        for (dcn, record) in &self.table.dealer_customers {
            let organization = record.dealer_customer.organization.as_ref();
            let key = keys::dealer_customer(&record.dealer_customer.dcn);
            let customer_is_there =
                organization.is_none_or(|identifier| self.table.customers.contains_key(identifier));
            if !by_dcn.contains_key(dcn.as_str()) || !customer_is_there {
                self.violation(
                    format!("{dcn} has no cause, or belongs to nobody that is there"),
                    vec![key],
                    Vec::new(),
                );
            }
        }
        for (dcn, (associating, releasing)) in by_dcn {
            let concerned: Vec<_> = associating.iter().chain(&releasing).copied().collect();
            let record = self.table.dealer_customers.get(dcn);
            let items: Vec<_> = record
                .map(|record| keys::dealer_customer(&record.dealer_customer.dcn))
                .into_iter()
                .collect();
            let holder = record
                .and_then(|record| record.dealer_customer.organization.as_ref())
                .map(ToString::to_string);
            // The first answer of a key tells when it took effect; a replay, much later, tells nothing new.
            let mut acknowledged: BTreeMap<_, (usize, String)> = BTreeMap::new();
            for &at in &associating {
                let entry = &self.log[at];
                let done = entry
                    .decided()
                    .filter(|answer| answer.status == 200 || answer.status == 201);
                let Some(organization) =
                    done.and_then(|done| done.body["customerOrganizationIdentifier"].as_str())
                else {
                    continue;
                };
                let name = entry
                    .effect_id()
                    .map_or_else(|| format!("entry {at}"), |id| id.as_str().to_owned());
                let known = acknowledged
                    .entry(name)
                    .or_insert_with(|| (at, organization.to_owned()));
                if entry.ended < self.log[known.0].ended {
                    known.0 = at;
                }
            }
            let releases: Vec<_> = releasing.iter().map(|at| &self.log[*at]).collect();
            let released_since = |began: u64| {
                releases.iter().any(|release| {
                    // A try that was answered "busy" may have released; one that found nothing to release, did not.
                    let may_have = release.answers.len() > 1
                        || release.decided().is_some_and(|answer| answer.status == 204);
                    may_have && release.ended > began
                })
            };
            let lost = acknowledged.values().any(|(at, organization)| {
                holder.as_ref() != Some(organization) && !released_since(self.log[*at].began)
            });
            // A try without a key whose answer was lost is told by the next one who holds the DCN.
            let unknown = holder.as_ref().is_some_and(|holder| {
                associating.iter().all(|at| {
                    let told = self.log[*at].decided();
                    let named =
                        told.and_then(|told| told.body["customerOrganizationIdentifier"].as_str());
                    // A refused claim may land late, see above; it left its effect.
                    let landed_late = self.log[*at].effect_id().is_some_and(|id| {
                        record.is_some_and(|record| record.effect_of(&id).is_some())
                    });
                    named != Some(holder) && !landed_late
                })
            });
            let could_release: usize = releases
                .iter()
                .map(|release| match release.decided() {
                    Some(answer) if answer.status != 204 => release.answers.len() - 1,
                    Some(_) | None => release.answers.len(),
                })
                .sum();
            let held = usize::from(holder.is_some());
            let too_many = acknowledged.len() > could_release + held;
            if lost || unknown || too_many {
                self.violation(
                    format!("{dcn} does not belong to whom it was given last (lost {lost}, unknown {unknown}, more often given than released {too_many})"),
                    items,
                    concerned,
                );
            }
        }
    }

    fn entries_of(&self, id: &EffectId) -> Vec<usize> {
        self.log
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.effect_id().as_ref() == Some(id))
            .map(|(at, _)| at)
            .collect()
    }
}

fn claims_of(customer: &Customer) -> impl Iterator<Item = Key> {
    let relate_id = customer
        .attributes
        .get(Attribute::RELATE_ID)
        .map(keys::relate_id);
    let alternate = customer
        .attributes
        .get(Attribute::ALTERNATE_NUMBER)
        .map(keys::alternate_number);
    relate_id.into_iter().chain(alternate)
}
