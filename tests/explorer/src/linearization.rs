//! Judges the end of a run: is there an order of the requests, one after another, that explains every answer and the table?
//!
//! The order must keep to time: a request that was answered before another began comes first (linearizability: Herlihy and Wing 1990). A request whose client never
//! learned what came of it may have had its effect, or bound its key, or done nothing.

use domain::effect::Did;

use super::ledger::Ledger;
use super::request::{Answer, Tried};
use super::scenario::{Lost, Scenario, Stage};
use super::specification::{Asking, Names, Specification};

/// What is known of one client at the end of a run.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// Its tries.
    pub(crate) tries: Vec<Tried>,
    /// The clients that had their answers before it began, a bit each.
    pub(crate) after: u64,
}

impl Ended {
    fn last(&self) -> &Tried {
        self.tries.last().expect("every client tries once")
    }
}

/// Judges. `faulty`: something went wrong in the run, so that "no answer" is no surprise.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn judge(
    scenario: &Scenario,
    stage: &Stage,
    before: &Specification,
    ended: &[Ended],
    ledger: &Ledger,
    faulty: bool,
) -> Result<(), String> {
    for (client, ended) in ended.iter().enumerate() {
        for tried in &ended.tries {
            if let Answer::Defect(what) = &tried.answer {
                return Err(format!("client {client} met a defect: {what}"));
            }
            if tried.answer == Answer::Unavailable && !faulty {
                return Err(format!("client {client} got no answer though nothing went wrong"));
            }
        }
    }
    // What was lost is there again once the table was audited.
    let is_mended = |ended: &Ended| ended.last().answer == Answer::Audited { left: 0 };
    if scenario.lost.is_none() || ended.iter().any(is_mended) {
        ledger.check()?;
    }
    // Who was lost had a name.
    let mut names = names(&Ledger::read(stage.whole.items())?);
    names.extend(self::names(ledger));
    let orders = Orders { scenario, stage, ended, ledger, names: &names, faulty };
    let mut nearest = None;
    if orders.explain(before.clone(), 0, &mut nearest) {
        return Ok(());
    }
    Err(nearest.unwrap_or_else(|| "no order of the requests explains the answers".to_owned()))
}

/// The specification after what is done before a scenario.
///
/// # Errors
/// A sentence where the operations did otherwise, one request at a time.
pub(crate) fn specification_before(
    scenario: &Scenario,
    stage: &Stage,
    ledger: &Ledger,
) -> Result<Specification, String> {
    let names = names(ledger);
    let mut specification = Specification::default();
    for (position, request) in scenario.before.iter().enumerate() {
        let key = scenario.key_before(position);
        let asking = Asking { request, key, effect: &stage.made[position].effect };
        let expected = specification.perform(asking, &stage.made, &names);
        let answer = &stage.answers[position];
        if !expected.is_some_and(|expected| specification.agrees(&expected, answer, &names)) {
            return Err(format!("before, {request:?} was answered {answer}"));
        }
    }
    specification.explains(ledger, &names)?;
    if let Some(Lost::Customer(before)) = scenario.lost {
        specification.lose(&stage.made[before]);
    }
    Ok(specification)
}

fn names(ledger: &Ledger) -> Names {
    let created = |customer: &domain::customer::Customer| {
        customer
            .effects
            .iter()
            .find(|(_, effect)| effect.did == Did::Created)
            .map(|(id, _)| id.clone())
    };
    ledger
        .customers
        .iter()
        .filter_map(|customer| {
            let name = (customer.identifier.clone(), customer.number);
            Some((created(customer)?, name))
        })
        .collect()
}

struct Orders<'a> {
    scenario: &'a Scenario,
    stage: &'a Stage,
    ended: &'a [Ended],
    ledger: &'a Ledger,
    names: &'a Names,
    faulty: bool,
}

impl Orders<'_> {
    /// Whether some order of the clients that are left explains the rest. `nearest`: what is wrong with the table where the answers at least are explained.
    fn explain(
        &self,
        specification: Specification,
        placed: u64,
        nearest: &mut Option<String>,
    ) -> bool {
        let everybody = (1 << self.ended.len()) - 1;
        if placed == everybody {
            return match specification.explains(self.ledger, self.names) {
                Ok(()) => true,
                Err(why) => {
                    *nearest =
                        Some(format!("the answers could be explained, but not the table: {why}"));
                    false
                }
            };
        }
        for (client, ended) in self.ended.iter().enumerate() {
            let bit = 1 << client;
            if placed & bit != 0 || ended.after & self.known() & !placed != 0 {
                continue;
            }
            let asking = Asking {
                request: &self.scenario.clients[client].request,
                key: self.scenario.clients[client].key,
                effect: &ended.last().effect,
            };
            let mut next = specification.clone();
            let expected = next.perform(asking, &self.stage.made, self.names);
            let answer = &ended.last().answer;
            if answer.tells() {
                let agrees =
                    expected.is_some_and(|expected| next.agrees(&expected, answer, self.names));
                if agrees && self.explain(next, placed | bit, nearest) {
                    return true;
                }
                continue;
            }
            if self.faulty && expected.is_some() && self.explain(next, placed | bit, nearest) {
                return true;
            }
            if self.explain(specification.clone(), placed | bit, nearest) {
                return true;
            }
            if asking.key.is_some() {
                let mut bound = specification.clone();
                bound.bind(asking);
                if self.explain(bound, placed | bit, nearest) {
                    return true;
                }
            }
        }
        false
    }

    /// The clients that know what came of their requests.
    fn known(&self) -> u64 {
        self.ended
            .iter()
            .enumerate()
            .filter(|(_, ended)| ended.last().answer.tells())
            .fold(0, |known, (client, _)| known | 1 << client)
    }
}
