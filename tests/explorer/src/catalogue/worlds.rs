//! Requests that mean one customer, each in a world of its own: the address service answers otherwise, the rules are others, something was lost, a newer release wrote.

use super::super::request::{MessageFields, Request};
use super::super::scenario::{Amid, Begins, Client, Expects, Lost, PLAIN, Rules, Scenario};
use super::{ACME, ACME_MILLS, ACME_MOVED, add, associate, message_with, moves, once, scenario};

const FIRST: &[Amid] = &[PLAIN];
const BOTH: &[Amid] = &[Amid { rules: Rules::FirstAlsoSecond, ..PLAIN }];
const TURNED: &[Amid] = &[Amid { rules: Rules::SecondAlsoFirst, ..PLAIN }];
const SECOND: &[Amid] = &[Amid { rules: Rules::Second, ..PLAIN }];
const VERIFIED: &[Amid] = &[Amid { verifies: true, ..PLAIN }];
const VERIFIED_THEN_NOT: &[Amid] = &[VERIFIED[0], PLAIN];
const NOT_THEN_VERIFIED: &[Amid] = &[PLAIN, VERIFIED[0]];
const FIRST_THEN_BOTH: &[Amid] = &[PLAIN, BOTH[0]];
const BOTH_THEN_TURNED: &[Amid] = &[BOTH[0], TURNED[0]];
const OTHER_COMPANY_THEN: &[Amid] = &[PLAIN, Amid { other_company_first: true, ..PLAIN }];

fn one(
    name: &'static str,
    before: impl Into<Vec<Request>>,
    clients: impl Into<Vec<Client>>,
) -> Scenario {
    Scenario { expects: Expects::OneCustomer, rounds: 2, ..scenario(name, before, clients) }
}

/// The same after something was done in this world.
fn after(amid: &[Amid], scenario: Scenario) -> Scenario {
    Scenario { before_amid: amid[0], ..scenario }
}

/// The same with any single fault.
fn with_a_fault(scenario: Scenario) -> Scenario {
    Scenario { faults: 1, ..scenario }
}

fn asks(request: Request, amid: &'static [Amid]) -> Client {
    Client::once(request).amid(amid)
}

/// Somebody who has a mail code.
fn with_mail_code(check: &'static str) -> Request {
    message_with(MessageFields {
        party: Some(ACME),
        check,
        mail_code: "M",
        ..MessageFields::default()
    })
}

/// Worlds that meet.
pub fn worlds() -> Vec<Scenario> {
    let (y, s) = (add("Y", ACME), add("S", ACME));
    vec![
        one(
            "the first step of a change of rule beside the one before",
            [],
            [asks(y.clone(), FIRST), asks(y.clone(), BOTH)],
        ),
        one(
            "the second step of a change of rule beside the first",
            [],
            [asks(y.clone(), BOTH), asks(y.clone(), TURNED)],
        ),
        one(
            "the last step of a change of rule beside the one before",
            [],
            [asks(y.clone(), TURNED), asks(y.clone(), SECOND)],
        ),
        one(
            "an association beside an Add of the next step",
            [],
            [asks(associate("TD1|1", ACME), BOTH), asks(y.clone(), TURNED)],
        ),
        one(
            "a verified address beside the one as given",
            [],
            [asks(y.clone(), VERIFIED), asks(y.clone(), FIRST)],
        ),
        after(
            VERIFIED,
            one(
                "a reference as given, met without the address service",
                [y.clone()],
                [asks(y.clone(), FIRST), asks(s.clone(), VERIFIED)],
            ),
        ),
        one(
            "a customer as given, met with the address service",
            [y.clone()],
            [asks(y.clone(), VERIFIED), asks(s.clone(), FIRST)],
        ),
        with_a_fault(one(
            "a key whose next try finds no address service",
            [],
            [Client::keyed("K", y.clone()).amid(VERIFIED_THEN_NOT)],
        )),
        with_a_fault(one(
            "a key whose next try finds an address service",
            [],
            [Client::keyed("K", y.clone()).amid(NOT_THEN_VERIFIED)],
        )),
        with_a_fault(one(
            "an unchecked key whose next try finds no address service",
            [],
            [Client::keyed("K", add("N", ACME)).amid(VERIFIED_THEN_NOT)],
        )),
        with_a_fault(one(
            "a key whose next try is under two rules",
            [],
            [Client::keyed("K", y.clone()).amid(FIRST_THEN_BOTH)],
        )),
        one(
            "a key whose next try is under turned rules, against another",
            [],
            [Client::keyed("K", y.clone()).amid(BOTH_THEN_TURNED), asks(s.clone(), BOTH)],
        ),
        with_a_fault(one(
            "a key whose next try finds another company first",
            [],
            [Client::keyed("K", y.clone()).amid(OTHER_COMPANY_THEN)],
        )),
        one(
            "a key of an association whose next try is under two rules",
            [],
            [
                Client::keyed("K", associate("TD1|1", ACME)).amid(FIRST_THEN_BOTH),
                asks(y.clone(), FIRST),
            ],
        ),
        Scenario {
            lost: Some(Lost::At("SEAT#000001")),
            ..one(
                "two equal Adds after a seat was lost before another",
                [add("Y", ACME_MILLS), y.clone()],
                [asks(y.clone(), FIRST), asks(s, FIRST)],
            )
        },
        Scenario {
            lost: Some(Lost::At("SEAT#000001")),
            ..one(
                "the last seat of a block was lost and is given anew",
                [y.clone()],
                [asks(y.clone(), FIRST), asks(y.clone(), FIRST)],
            )
        },
        Scenario {
            lost: Some(Lost::Counter),
            numbers_matter: true,
            ..scenario(
                "two unchecked Adds after the counter was lost",
                [add("N", ACME)],
                once([add("N", ACME_MILLS), add("N", ACME)]),
            )
        },
        after_many_updates(),
        brought_in(
            "a process that knows only the first rule, behind an audit that brings in the second",
            asks(y, FIRST).that_looks(),
        ),
        scenario(
            "a Change and an unchecked Add under two rules",
            [add("Y", ACME)],
            [asks(moves(0, ACME_MOVED), BOTH), asks(add("N", ACME_MOVED), TURNED)],
        ),
        Scenario {
            later: true,
            ..scenario(
                "an audit under two rules against an Add under both",
                [add("Y", ACME)],
                [asks(Request::Audit, BOTH), asks(add("Y", ACME_MOVED), TURNED)],
            )
        },
        Scenario {
            newer: true,
            ..scenario(
                "what a newer release wrote, changed by this one",
                [with_mail_code("Y")],
                once([add("S", ACME), moves(0, ACME_MOVED)]),
            )
        },
    ]
}

/// How many updates a customer remembers.
const REMEMBERED: usize = 50;

/// A key, and so many updates since that nobody knows any more what it did.
fn after_many_updates() -> Scenario {
    let change = |mail_code| {
        message_with(MessageFields { number_of: Some(0), mail_code, ..MessageFields::default() })
    };
    let mut before = vec![add("Y", ACME), change("K")];
    before.extend((0..REMEMBERED).map(|one| change(if one % 2 == 0 { "M" } else { "W" })));
    Scenario {
        keys_before: &[(1, "K")],
        ..scenario(
            "a key after so many updates that its own is forgotten, against another update",
            before,
            [Client::keyed("K", change("K")), Client::once(change("O"))],
        )
    }
}

/// A rule is brought in: every writer is asked to keep it, an audit gives every customer its seats, and processes begin that keep no other. One keeps only the first rule.
fn brought_in(name: &'static str, old: Client) -> Scenario {
    let y = add("Y", ACME);
    one(
        name,
        [],
        [
            asks(Request::BringIn, BOTH).that_looks(),
            asks(Request::Audit, BOTH).that_looks().begins(Begins::Alone(0)),
            old,
            asks(y, SECOND).that_looks(),
        ],
    )
}

/// Changes of rule in which a step is left out: each makes two customers of one.
pub fn steps_left_out() -> Vec<Scenario> {
    let y = add("Y", ACME);
    vec![
        one(
            "the rule before beside the one after, with no step between",
            [],
            [asks(y.clone(), FIRST), asks(y.clone(), SECOND)],
        ),
        brought_in(
            "a process that goes on though it does not keep the rule that is required",
            asks(y.clone(), FIRST),
        ),
        one(
            "a rule that is called complete before the audit",
            [y.clone()],
            [asks(y.clone(), SECOND), asks(y, TURNED)],
        ),
    ]
}
