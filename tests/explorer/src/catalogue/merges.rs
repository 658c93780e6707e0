//! Merges and their undoing, against whatever names one of the two.

use super::super::request::MessageFields;
use super::super::scenario::{Client, Scenario};
use super::{
    ACME, ACME_MILLS, ACME_MOVED, add, given, merge, merge_with_address, message_with, once,
    reprocess, scenario, twice, unmerge,
};
use crate::request::{Party, Request};

/// A Change of the customer that this request before created.
fn change(before: usize, mail_code: &'static str) -> Request {
    message_with(MessageFields { number_of: Some(before), mail_code, ..MessageFields::default() })
}

/// An Add with a mail code.
fn add_with(check: &'static str, party: Party, mail_code: &'static str) -> Request {
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

/// Two customers at two addresses.
fn two() -> Vec<Request> {
    vec![add("Y", ACME), add("Y", ACME_MOVED)]
}

fn merged(how: Request) -> Vec<Request> {
    let mut before = two();
    before.push(how);
    before
}

fn three() -> Vec<Request> {
    vec![add("Y", ACME), add("Y", ACME_MOVED), add("Y", ACME_MILLS)]
}

/// Merges and un-merges that meet something else, or each other.
pub fn merges() -> Vec<Scenario> {
    let by_alternate = |mail_code| {
        message_with(MessageFields {
            alternate_number: "A-1",
            mail_code,
            ..MessageFields::default()
        })
    };
    let pairs = vec![
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
    ];
    pairs.into_iter().map(|pair| Scenario { faults: 1, ..pair }).collect()
}
