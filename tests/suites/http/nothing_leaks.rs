//! Nothing leaks: who lacks the right to a thing is answered as if it were not there, whatever else the request holds.
//!
//! Every route, with every parameter, header and body field that names or narrows something, is asked by callers without the right for a thing that
//! is there and for one that is not. The two answers must agree in status, headers, body and in the calls made to the table.

mod asking;
mod cursors;
mod rights;
mod routes;
mod scripts;
mod variants;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use futures_util::stream::{self, StreamExt as _};
use kit::contract::Contract;
use serde_json::Value;

use asking::{Asking, Side, Told};
use rights::{Caller, callers, holders};
use routes::Route;
use variants::Variant;
use world::World;

/// How many requests with two changes there are for each thing.
const PAIRS: usize = 20;

/// How many cases are under way at once: a refusal may wait a little for the index.
const AT_ONCE: usize = 32;

/// How many failures are shown whole, and how many of one route and parameter.
const SHOWN: usize = 12;
const SHOWN_OF_A_KIND: usize = 2;

/// One question, asked twice.
struct Case {
    route: &'static str,
    thing: &'static str,
    caller: Caller,
    variant: Variant,
    asking: Asking,
    refusal: u16,
    /// Whether the request may be answered for what is wrong with it.
    faulty: bool,
    /// Whether the refusal comes before the table is asked.
    unasked: bool,
}

fn unchanged() -> Variant {
    Variant {
        parameter: "none".to_owned(),
        label: "as it is".to_owned(),
        changes: Vec::new(),
        faulty: false,
    }
}

/// The cases of a route, those that would have an effect if they were not refused at the end.
///
/// As it is, a request for each thing is made by every caller without the right; so it is with every cursor where the route takes one. With another variant it is made
/// by one caller who lacks the right to the thing, for each thing, and by two who lack the scope, for one thing: callers and things take turns.
fn cases(
    contract: &Contract,
    world: &World,
    route: &Route,
    chance: &mut fastrand::Rng,
) -> Vec<Case> {
    let without = callers().into_iter();
    let without =
        without.filter_map(|caller| caller.refusal(route.needs).map(|refusal| (caller, refusal)));
    let without: Vec<_> = without.collect();
    let (scope, right): (Vec<_>, Vec<_>) =
        without.iter().partition(|(caller, _)| caller.lacks_the_scope(route.needs));
    let takes_cursors = variants::takes_cursors(contract, route);
    let (mut scope_turn, mut right_turn) = (scope.iter().cycle(), right.iter().cycle());
    let mut cases = Vec::new();
    for (at, thing) in route.things.iter().enumerate() {
        let variants = variants::all(contract, world, route, thing);
        let mut add = |variant: &Variant, (caller, refusal): &(Caller, u16)| {
            let unasked = caller.lacks_the_scope(route.needs);
            // Where no cursor is known, one is as wrong as any unknown parameter.
            let faulty = variant.faulty || variant.is_a_cursor() && !takes_cursors;
            cases.push(Case {
                route: route.id,
                thing: thing.label,
                caller: caller.clone(),
                asking: variant.of(&thing.asking),
                variant: variant.clone(),
                refusal: *refusal,
                faulty: faulty && !unasked,
                unasked: unasked || route.needs != rights::Needs::Organization,
            });
        };
        for caller in &without {
            add(&unchanged(), caller);
        }
        for (turn, variant) in variants.iter().enumerate() {
            if variant.is_a_cursor() && takes_cursors {
                right.iter().for_each(|caller| add(variant, caller));
            } else if let Some(caller) = right_turn.next() {
                add(variant, caller);
            }
            if turn % route.things.len() == at {
                scope_turn.by_ref().take(2).for_each(|caller| add(variant, caller));
            }
        }
        for _ in 0..PAIRS {
            let [one, other] = [(); 2].map(|()| chance.choice(&variants).expect("variants"));
            add(&one.clone().and(other), chance.choice(&without).expect("callers"));
        }
    }
    cases.sort_by_key(|case| case.variant.is_in_earnest());
    cases
}

/// What is wrong with the answers to a case.
fn faults(case: &Case, there: &Told, absent: &Told, own: &[String]) -> Vec<String> {
    let differing = [
        ("status", there.status != absent.status),
        ("head", there.headers != absent.headers),
        ("body", there.body != absent.body),
        ("calls", (there.steps, there.calls) != (absent.steps, absent.calls)),
    ];
    let differing = differing.into_iter().filter_map(|(what, differs)| differs.then_some(what));
    let differing = differing.collect::<Vec<_>>().join(", ");
    let mut faults = Vec::new();
    if !differing.is_empty() {
        faults.push(format!("told apart by {differing}"));
    }
    let for_its_faults = case.faulty && matches!(there.status, 400 | 404 | 413 | 415);
    if there.status != case.refusal && !for_its_faults {
        faults.push("not refused".to_owned());
    }
    let most = if case.unasked { 0 } else { 2 };
    if there.steps > most {
        faults.push(format!("more than {most} steps"));
    }
    faults.extend(case.asking.canary(there, own).map(|canary| format!("{canary:?} is told")));
    faults
}

/// The failures of one kind, counted, with the first few in full.
#[derive(Default)]
struct Report {
    kinds: BTreeMap<(&'static str, String, String), usize>,
    shown: Vec<String>,
}

impl Report {
    fn add(&mut self, case: &Case, there: &Told, absent: &Told, faults: &[String]) {
        let parameter = case.variant.parameter.clone();
        let parameter =
            if parameter.contains(" and ") { "two at once".to_owned() } else { parameter };
        let statuses = format!("{} and {} for {}", there.status, absent.status, case.refusal);
        let kind = (case.route, parameter, format!("{statuses}: {}", faults.join("; ")));
        let count = self.kinds.entry(kind).or_default();
        *count += 1;
        if *count <= SHOWN_OF_A_KIND && self.shown.len() < SHOWN {
            let Case { route, thing, caller, variant, .. } = case;
            self.shown.push(format!(
                "{route}, {thing}\n  caller     {}\n  parameter  {}\n  variant    {}\n  wrong      {}\n  there      {there}\n  absent     {absent}",
                caller.claims, variant.parameter, variant.label, faults.join("; ")
            ));
        }
    }

    fn text(&self, cases: usize) -> String {
        let failures: usize = self.kinds.values().sum();
        let mut text = format!("{failures} of {cases} cases leak or are not refused.\n\n");
        for ((route, parameter, wrong), count) in &self.kinds {
            writeln!(text, "{count:6}  {route:24} {parameter:28} {wrong}").expect("a text");
        }
        format!("{text}\nThe first of them:\n\n{}", self.shown.join("\n\n"))
    }
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how many cases there were is part of what the test says")]
async fn without_the_right_a_thing_that_is_there_is_as_one_that_is_not() {
    let contract = Contract::read().expect("the contract");
    let world = World::plant().await;
    let own = world.own();
    let mut chance = fastrand::Rng::with_seed(1);
    let mut report = Report::default();
    let mut asked = 0;
    let routes = routes::all(&world);
    assert!(routes.iter().map(|route| route.id).eq(routes::IDS), "every route is asked");
    let before = everything(&world, &routes).await;
    for route in &routes {
        let cases = cases(&contract, &world, route, &mut chance);
        let door = &world.door;
        let answers = stream::iter(&cases).map(async |case| {
            let there = case.asking.ask(door, Side::There, &case.caller.claims).await;
            (case, there, case.asking.ask(door, Side::Absent, &case.caller.claims).await)
        });
        let mut answers = std::pin::pin!(answers.buffered(AT_ONCE));
        while let Some((case, there, absent)) = answers.next().await {
            let faults = faults(case, &there, &absent, &own);
            if !faults.is_empty() {
                report.add(case, &there, &absent, &faults);
            }
        }
        asked += cases.len();
    }
    println!("{asked} cases");
    assert!(asked >= 10_000, "{asked} cases");
    assert!(report.kinds.is_empty(), "{}", report.text(asked));
    for (after, before) in everything(&world, &routes).await.iter().zip(&before) {
        assert_eq!(after, before, "what was refused had an effect");
    }
}

/// What one who may do everything is told of every thing, to see that it stays as it is.
async fn everything(world: &World, routes: &[Route]) -> Vec<String> {
    let mut everything = Vec::new();
    for route in routes {
        for thing in &route.things {
            let told = thing.asking.ask(&world.door, Side::There, &rights::everybody()).await;
            // What a dry run of a write foresees has the time in it.
            let body = if thing.asking.method == "GET" { told.body.as_str() } else { "" };
            everything.push(format!("{}, {}: {} {body}", route.id, thing.label, told.status));
        }
    }
    everything
}

/// Without this the test above could hold because nothing is ever there to be seen.
#[tokio::test]
async fn with_the_right_a_thing_that_is_there_is_told_from_one_that_is_not() {
    let world = World::plant().await;
    let mut wrong = Vec::new();
    for route in routes::all(&world) {
        for thing in &route.things {
            let mut is_told = false;
            for caller in holders(route.needs) {
                let there = thing.asking.ask(&world.door, Side::There, &caller.claims).await;
                let absent = thing.asking.ask(&world.door, Side::Absent, &caller.claims).await;
                is_told |= (there.status, &there.body) != (absent.status, &absent.body);
                // A dealer has no right to the code that is nobody's.
                if matches!(there.status, 401 | 403) {
                    wrong.push(format!(
                        "{}, {} by {}: {there}",
                        route.id, thing.label, caller.claims
                    ));
                }
            }
            if !is_told {
                wrong.push(format!(
                    "{}, {}: nobody is told it from one that is absent",
                    route.id, thing.label
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_operation_of_the_contract_is_asked_or_open_to_anyone() {
    let contract = Contract::read().expect("the contract");
    let operations = contract.operations();
    let open = operations
        .iter()
        .filter(|operation| operation.node["security"] == Value::Array(Vec::new()));
    let open: BTreeSet<_> = open.map(|operation| operation.id).collect();
    assert_eq!(open, routes::OPEN.into(), "those open to anyone");
    let all: BTreeSet<_> = operations.iter().map(|operation| operation.id).collect();
    let asked: BTreeSet<_> = routes::IDS.into_iter().chain(routes::OPEN).collect();
    assert_eq!(all, asked, "the routes of the contract and those that are asked");
}
