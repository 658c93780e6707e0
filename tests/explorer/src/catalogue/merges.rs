//! Merges and their undoing, against whatever names one of the two.

use super::super::request::MessageFields;
use super::super::scenario::{Client, Scenario};
use super::{
    ACME, ACME_MILLS, ACME_MOVED, add, decisions, erase, given, keep_apart, merge,
    merge_with_address, message_with, once, reprocess, scenario, twice, unmerge,
};
use crate::request::{Party, Request};

/// A Change of the customer that this request before created.
fn change(before: usize, mail_code: &'static str) -> Request {
    message_with(MessageFields { number_of: Some(before), mail_code, ..MessageFields::default() })
}

/// An Add with a mail code.
pub(super) fn add_with(check: &'static str, party: Party, mail_code: &'static str) -> Request {
    message_with(MessageFields { party: Some(party), check, mail_code, ..MessageFields::default() })
}

/// A customer with an alternate number, which a merge leaves where it is.
fn numbered(party: Party) -> Request {
    message_with(MessageFields {
        party: Some(party),
        check: "Y",
        alternate_number: "A-1",
        ..MessageFields::default()
    })
}

/// A message that names its customer by this alternate number alone.
fn by_alternate(mail_code: &'static str) -> Request {
    message_with(MessageFields { alternate_number: "A-1", mail_code, ..MessageFields::default() })
}

/// A failed message that names by its alternate number whoever has it when it is processed again.
fn failed_by_alternate() -> Request {
    message_with(MessageFields {
        party: Some(Party { city: "", ..ACME_MOVED }),
        check: "Y",
        alternate_number: "A-1",
        ..MessageFields::default()
    })
}

/// Two customers at two addresses.
pub(super) fn two() -> Vec<Request> {
    vec![add("Y", ACME), add("Y", ACME_MOVED)]
}

pub(super) fn merged(how: Request) -> Vec<Request> {
    let mut before = two();
    before.push(how);
    before
}

pub(super) fn three() -> Vec<Request> {
    vec![add("Y", ACME), add("Y", ACME_MOVED), add("Y", ACME_MILLS)]
}

/// Merges and un-merges that meet something else, or each other.
pub fn merges() -> Vec<Scenario> {
    let with_a_fault = |pair| Scenario { faults: 1, ..pair };
    names_of_losers().into_iter().map(with_a_fault).chain(decisions()).collect()
}

/// Merges and un-merges against what names winner or loser.
fn names_of_losers() -> Vec<Scenario> {
    vec![
        scenario(
            "a merge against an Add equal to the loser",
            two(),
            once([merge(0, 1), add("Y", ACME_MOVED)]),
        ),
        scenario(
            "a merge against an update by the loser's values",
            two(),
            once([merge(0, 1), add_with("S", ACME_MOVED, "M")]),
        ),
        scenario(
            "a merge that takes the address against an update by the winner's old one",
            two(),
            once([merge_with_address(0, 1), add_with("S", ACME, "M")]),
        ),
        scenario(
            "a merge that takes the address against an update by the loser's values",
            two(),
            once([merge_with_address(0, 1), add_with("S", ACME_MOVED, "M")]),
        ),
        scenario(
            "a merge against a Change of the loser",
            two(),
            once([merge(0, 1), change(1, "M")]),
        ),
        scenario(
            "a merge against a Change of the winner",
            two(),
            once([merge(0, 1), change(0, "M")]),
        ),
        scenario(
            "a merge against a Change by the loser's alternate number",
            [add("Y", ACME), numbered(ACME_MOVED)],
            once([merge(0, 1), by_alternate("M")]),
        ),
        scenario(
            "a merge against an association of the loser",
            two(),
            once([merge(0, 1), given("TD1|1", 1)]),
        ),
        scenario("two merges of each other", two(), once([merge(0, 1), merge(1, 0)])),
        scenario("two merges in a row", three(), once([merge(1, 0), merge(2, 1)])),
        scenario("two merges of one loser", three(), once([merge(1, 0), merge(2, 0)])),
        scenario(
            "an Add equal to a loser against a Change of the winner",
            merged(merge(0, 1)),
            once([add("Y", ACME_MOVED), change(0, "M")]),
        ),
        scenario(
            "an un-merge against an Add equal to the loser",
            merged(merge(0, 1)),
            once([unmerge(0, 1), add("Y", ACME_MOVED)]),
        ),
        scenario(
            "an un-merge against an update by the loser's values",
            merged(merge(0, 1)),
            once([unmerge(0, 1), add_with("S", ACME_MOVED, "M")]),
        ),
        scenario(
            "an un-merge of a merge that took the address against an update by it",
            merged(merge_with_address(0, 1)),
            once([unmerge(0, 1), add_with("S", ACME_MOVED, "M")]),
        ),
        scenario(
            "an un-merge against an update of the winner",
            merged(merge_with_address(0, 1)),
            once([unmerge(0, 1), change(0, "M")]),
        ),
        scenario(
            "an un-merge against a Change of the loser",
            merged(merge(0, 1)),
            once([unmerge(0, 1), change(1, "M")]),
        ),
        scenario(
            "an un-merge against an association of the loser",
            merged(merge(0, 1)),
            once([unmerge(0, 1), given("TD1|1", 1)]),
        ),
        scenario(
            "an un-merge against a merge of the winner",
            {
                let mut before = three();
                before.push(merge(1, 0));
                before
            },
            once([unmerge(1, 0), merge(2, 1)]),
        ),
        scenario("two un-merges", merged(merge(0, 1)), once([unmerge(0, 1), unmerge(0, 1)])),
        twice(scenario(
            "a merge with a key against a Change of the loser with a key",
            two(),
            [Client::keyed("merge", merge(0, 1)), Client::keyed("change", change(1, "M"))],
        )),
        twice(scenario(
            "an un-merge with a key against a Change of the loser with a key",
            merged(merge(0, 1)),
            [Client::keyed("unmerge", unmerge(0, 1)), Client::keyed("change", change(1, "M"))],
        )),
        twice(scenario(
            "the same key twice, a merge",
            two(),
            [Client::keyed("merge", merge(0, 1)), Client::keyed("merge", merge(0, 1))],
        )),
        scenario(
            "a reprocess that equals the loser against the merge",
            {
                let city = Party { city: "", ..ACME_MOVED };
                vec![add("S", city), add("Y", ACME), add("Y", ACME_MOVED)]
            },
            once([merge(1, 2), reprocess(Some(ACME_MOVED.city))]),
        ),
        scenario(
            "a reprocess that names the loser against the merge",
            [failed_by_alternate(), add("Y", ACME), numbered(ACME_MOVED)],
            once([merge(1, 2), reprocess(Some(ACME_MOVED.city))]),
        ),
        scenario(
            "a reprocess that names the loser against the un-merge",
            [failed_by_alternate(), add("Y", ACME), numbered(ACME_MOVED), merge(1, 2)],
            once([unmerge(1, 2), reprocess(Some(ACME_MOVED.city))]),
        ),
        scenario(
            "an un-merge against a Change by the loser's alternate number",
            [add("Y", ACME), numbered(ACME_MOVED), merge(0, 1)],
            once([unmerge(0, 1), by_alternate("M")]),
        ),
        scenario(
            "a merge against a Change by the loser's relate id",
            [
                add("Y", ACME),
                message_with(MessageFields {
                    party: Some(ACME_MOVED),
                    check: "Y",
                    relate_id: "R-1",
                    ..MessageFields::default()
                }),
            ],
            once([
                merge(0, 1),
                message_with(MessageFields {
                    relate_id: "R-1",
                    mail_code: "M",
                    ..MessageFields::default()
                }),
            ]),
        ),
        scenario(
            "the feeds of both forms after a merge",
            merged(merge(0, 1)),
            once([add_with("S", ACME, "M"), add_with("S", ACME_MOVED, "W")]),
        ),
        scenario(
            "the feeds of both forms after a merge that took the loser's address",
            merged(merge_with_address(0, 1)),
            once([add_with("S", ACME, "M"), add_with("S", ACME_MOVED, "W")]),
        ),
        scenario(
            "an un-merge in the middle of a chain against a Change of who hangs below",
            chain(),
            once([unmerge(2, 1), change(0, "M")]),
        ),
        scenario(
            "an un-merge at the end of a chain against one in its middle",
            chain(),
            once([unmerge(1, 0), unmerge(2, 1)]),
        ),
        scenario("an un-merge after nothing else", merged(merge(0, 1)), once([unmerge(0, 1)])),
        scenario(
            "an un-merge after nothing else of a merge that took the address",
            merged(merge_with_address(0, 1)),
            once([unmerge(0, 1)]),
        ),
        scenario("a merge against its un-merge", two(), once([merge(0, 1), unmerge(0, 1)])),
    ]
}

/// The first merged into the second, and that into the third.
fn chain() -> Vec<Request> {
    let mut before = three();
    before.extend([merge(1, 0), merge(2, 1)]);
    before
}

/// Three decisions and requests that meet.
pub fn merge_triples() -> Vec<Scenario> {
    vec![
        scenario(
            "a merge, its un-merge and an update by the loser's values",
            two(),
            once([merge(0, 1), unmerge(0, 1), add_with("S", ACME_MOVED, "M")]),
        ),
        scenario(
            "an un-merge of a merge that took the address, and the feeds of both forms",
            merged(merge_with_address(0, 1)),
            once([unmerge(0, 1), add_with("S", ACME, "M"), add_with("S", ACME_MOVED, "W")]),
        ),
        scenario(
            "a merge, an erasure and an Add equal to the loser",
            two(),
            once([merge(0, 1), erase(0), add("Y", ACME_MOVED)]),
        ),
        scenario(
            "a merge of two that are being kept apart, and an association of the loser",
            two(),
            once([merge(0, 1), keep_apart(0, 1), given("TD1|1", 1)]),
        ),
    ]
}
