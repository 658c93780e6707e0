//! What must be true of the requests in error: each has a request that failed, a history that tells its state, and the customer that it was resolved with.

use std::collections::BTreeMap;

use domain::about;
use domain::controls::Controls;
use domain::effect::Did;
use domain::request::{EntryOutcome, RequestInErrorId, State, What};
use store::keys;

use super::Judge;

impl Judge<'_> {
    /// Whoever erases a person finds each request by what it is about.
    pub(super) fn topics(&mut self, controls: &Controls) {
        for request in self.table.requests.values() {
            for topic in about::of_message(&request.message.attributes, controls) {
                let at = keys::topic(&controls.secret, &topic).of(&request.id);
                if !self.table.topics.contains(&at) {
                    self.violation(
                        "a request in error is not found by what it is about".to_owned(),
                        vec![keys::request_in_error(&request.id), at],
                        Vec::new(),
                    );
                }
            }
        }
    }

    pub(super) fn requests_in_error(&mut self) {
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
            for entry in request.history.iter().filter(|entry| entry.what == What::Resolved) {
                let on = self.effects.get(&entry.effect).cloned().unwrap_or_default();
                if let Some(EntryOutcome::Unchanged(number)) = entry.outcome {
                    let is_there =
                        self.table.customers.values().any(|customer| customer.number == number);
                    if !is_there || on.iter().any(|(_, did)| *did == Did::Created) {
                        self.violation(
                            "a request in error was resolved with a customer that is not there"
                                .to_owned(),
                            vec![key.clone()],
                            Vec::new(),
                        );
                    }
                    continue;
                }
                let wanted = match entry.outcome {
                    Some(EntryOutcome::Created(number)) => Some((number, Did::Created)),
                    Some(EntryOutcome::Updated(number)) => Some((number, Did::Updated)),
                    Some(
                        EntryOutcome::Failure(_)
                        | EntryOutcome::Duplicate
                        | EntryOutcome::Unchanged(_),
                    )
                    | None => None,
                };
                let is = match &on[..] {
                    [(identifier, did)] => {
                        self.table.customers.get(identifier).map(|customer| (customer.number, *did))
                    }
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
}
