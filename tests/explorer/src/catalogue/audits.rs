//! The audit, which mends, against whatever else is done: on a table that is whole, and on one from which something was lost.

use super::super::request::{MessageFields, Party, Request};
use super::super::scenario::{Client, Expects, Lost, Scenario};
use super::{
    ACME, ACME_MILLS, ACME_MOVED, add, associate, correct, erase, given, merge_with_address,
    message_with, moves, once, queued, release, reprocess, scenario, twice, unmerge,
};

/// Somebody else in the block where the first moved to.
const MILLS_MOVED: Party = Party { name: ACME_MILLS.name, ..ACME_MOVED };

/// An audit of what was there long ago, against this.
fn audit(name: &'static str, before: impl Into<Vec<Request>>, other: Request) -> Scenario {
    let clients = [Client::once(Request::Audit), Client::once(other)];
    Scenario { later: true, faults: 1, ..twice(scenario(name, before, clients)) }
}

/// The same after something was lost, of which nothing is left to be seen in the end. That is so where the audit comes to its end, so nothing goes wrong besides.
fn mends(scenario: Scenario, lost: Lost) -> Scenario {
    Scenario { lost: Some(lost), faults: 0, ..scenario }
}

fn with_relate_id(relate_id: &'static str) -> Request {
    message_with(MessageFields { party: Some(ACME), relate_id, ..MessageFields::default() })
}

/// A customer that moved, so that it has a seat where it is now beside the one that it lives on.
fn moved() -> Vec<Request> {
    vec![add("Y", ACME), moves(0, ACME_MOVED)]
}

fn merged() -> Vec<Request> {
    vec![add("Y", ACME), add("Y", ACME_MOVED), merge_with_address(0, 1)]
}

/// Audits that meet something else, or each other.
pub fn audits() -> Vec<Scenario> {
    let gives_up = || {
        message_with(MessageFields {
            number_of: Some(0),
            relate_id: "R2",
            ..MessageFields::default()
        })
    };
    vec![
        audit(
            "an audit against an Add of somebody new in a block",
            [add("Y", ACME)],
            add("Y", ACME_MILLS),
        ),
        audit("an audit against an Add where a customer moved to", moved(), add("Y", ACME_MOVED)),
        audit(
            "an audit against a Change that moves a customer",
            [add("Y", ACME)],
            moves(0, ACME_MOVED),
        ),
        audit("an audit against a Change that moves a customer back", moved(), moves(0, ACME)),
        audit(
            "an audit against a Change that gives a relate id up",
            [with_relate_id("R1")],
            gives_up(),
        ),
        audit(
            "an audit against an association of a new customer",
            [add("Y", ACME_MILLS)],
            associate("TD1|1", ACME),
        ),
        audit("an audit against a release", [associate("TD1|1", ACME)], release("TD1|1")),
        audit(
            "an audit against a merge",
            [add("Y", ACME), add("Y", ACME_MOVED)],
            merge_with_address(0, 1),
        ),
        audit("an audit against an un-merge", merged(), unmerge(0, 1)),
        audit("an audit against an erasure", merged(), erase(1)),
        audit("an audit against a reprocess", [queued(), correct(1)], reprocess(None)),
        mends(
            audit(
                "an audit that gives a customer its lost seat against an Add of another there",
                moved(),
                add("Y", MILLS_MOVED),
            ),
            Lost::Reference,
        ),
        mends(
            audit(
                "an audit that gives a customer its lost seat against a Change that moves it on",
                moved(),
                moves(0, Party { street: "9 Third", ..ACME_MOVED }),
            ),
            Lost::Reference,
        ),
        mends(
            audit("two audits that give a customer its lost seat", moved(), Request::Audit),
            Lost::Reference,
        ),
        mends(
            audit(
                "an audit that claims a lost relate id against a Change that gives it up",
                [with_relate_id("R1")],
                gives_up(),
            ),
            Lost::Claim,
        ),
        mends(
            audit(
                "an audit that frees a dealer customer of nobody against its release",
                [associate("TD1|1", ACME)],
                release("TD1|1"),
            ),
            Lost::Customer(0),
        ),
        mends(
            audit(
                "an audit that frees a dealer customer of nobody against an association of it",
                [associate("TD1|1", ACME), add("N", ACME_MILLS)],
                given("TD1|1", 1),
            ),
            Lost::Customer(0),
        ),
        Scenario {
            expects: Expects::OneCustomer,
            ..mends(
                audit(
                    "an audit's empty seat against that of an Add",
                    [add("Y", ACME_MILLS), add("Y", ACME)],
                    add("Y", ACME),
                ),
                Lost::At("SEAT#000001"),
            )
        },
        Scenario {
            expects: Expects::OneCustomer,
            clients: once([Request::Audit, add("Y", ACME), given("TD1|1", 0)]),
            ..mends(
                audit(
                    "a seat that was lost and is given anew against who has the old identifier",
                    [add("Y", ACME)],
                    add("Y", ACME),
                ),
                Lost::At("SEAT#000001"),
            )
        },
    ]
}
