//! What must be true of the answers: the tries of one key tell the same, and what they tell is in the table.
//!
//! Whom a DCN belongs to is judged elsewhere ([`super::dealers`]).

use std::collections::BTreeMap;

use domain::effect::{Did, EffectId};
use domain::request::{EntryOutcome, RequestInErrorId};
use store::keys::{self, Key};

use super::super::log::Intent;
use super::Judge;

impl Judge<'_> {
    /// What each key was told, against itself and against the table.
    pub(super) fn answers(&mut self) {
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
                self.violation("a request's own key was refused".to_owned(), Vec::new(), vec![at]);
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
            let told = self.log[*at].decided().and_then(|told| told.body["results"].as_array());
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

    /// There is an effect where all tries were told that there is none.
    fn untold(&mut self, id: &EffectId, entries: &[usize], items: Vec<Key>) {
        let last = entries.iter().map(|at| self.log[*at].began).max();
        let what = "a request was told that it had no effect, and had one";
        if self.landed_late(&[id.as_str()], last.unwrap_or_default()) {
            let late = format!("{what}: {}", id.as_str());
            self.verdict.landed_late.push(late);
        } else {
            self.violation(what.to_owned(), items, entries.to_vec());
        }
    }

    /// Whether the failure that this request was told is the one that is kept for its key. An attempt on a request in error that came to what the last one came to is not:
    /// it had no effect, and is decided anew. Its answer names a version before the one that a later try of its key may have kept its own failure in.
    fn keeps_failure(&self, id: &EffectId, at: usize) -> bool {
        let Intent::Reprocess { id: request } = &self.log[at].intent else { return true };
        let history = self.table.requests.get(request).map(|request| &request.history);
        let kept = history.into_iter().flatten().zip(1_u64..).find(|(entry, _)| {
            entry.effect == *id && matches!(entry.outcome, Some(EntryOutcome::Failure(_)))
        });
        let told = self.log[at].decided().and_then(|answer| answer.version);
        kept.is_some_and(|(_, version)| told >= Some(version))
    }

    /// All tries of one key: equal answers once there is an effect, and the effect that they tell.
    fn one_effect(&mut self, id: &EffectId, entries: &[usize]) {
        let told: Vec<_> = entries
            .iter()
            .filter_map(|at| Some((*at, self.log[*at].decided()?.effect()?)))
            .filter(|(at, (status, _))| *status != 422 || self.keeps_failure(id, *at))
            .collect();
        let on = self.effects.get(id).cloned().unwrap_or_default();
        let items: Vec<_> = on.iter().map(|(identifier, _)| keys::customer(identifier)).collect();
        let Some((first, effect)) = told.iter().min_by_key(|(at, _)| self.log[*at].ended) else {
            if !on.is_empty() {
                self.untold(id, entries, items);
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
        let number = self.log[*first].decided().and_then(|answer| answer.location.clone());
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
                if is.is_some() && self.landed_late(&[id.as_str()], self.log[*first].began) {
                    let late = format!(
                        "a request was told that it failed, and had an effect: {}",
                        id.as_str()
                    );
                    self.verdict.landed_late.push(late);
                } else if number.as_deref() != Some(queued.as_str())
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
}
