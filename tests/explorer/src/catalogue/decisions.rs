//! Erasures, and decisions on two that look alike, against merges and whatever else names one of the customers.

use super::super::scenario::{Client, Scenario};
use super::merges::{add_with, merged, three, two};
use super::{
    ACME, ACME_MOVED, add, erase, given, keep_apart, merge, merge_with_address, moves, once,
    scenario, take_back, twice, unmerge,
};

/// Erasures, and decisions on two that look alike.
pub fn decisions() -> Vec<Scenario> {
    let pairs = erasures().into_iter().chain(kept_apart());
    pairs.map(|pair| Scenario { faults: 1, ..pair }).collect()
}

/// Erasures of winner or loser.
fn erasures() -> Vec<Scenario> {
    vec![
        scenario("a merge against an erasure of the winner", two(), once([merge(0, 1), erase(0)])),
        scenario("a merge against an erasure of the loser", two(), once([merge(0, 1), erase(1)])),
        scenario(
            "an un-merge against an erasure of the winner",
            merged(merge(0, 1)),
            once([unmerge(0, 1), erase(0)]),
        ),
        scenario(
            "an un-merge against an erasure of the loser",
            merged(merge_with_address(0, 1)),
            once([unmerge(0, 1), erase(1)]),
        ),
        scenario(
            "an erasure against an Add equal to the loser",
            merged(merge(0, 1)),
            once([erase(0), add("Y", ACME_MOVED)]),
        ),
        scenario(
            "an erasure against an update by the winner's old address",
            merged(merge_with_address(0, 1)),
            once([erase(1), add_with("S", ACME, "M")]),
        ),
        scenario(
            "an erasure against an association of the loser",
            merged(merge(0, 1)),
            once([erase(0), given("TD1|1", 1)]),
        ),
        scenario(
            "an erasure against a Change that moves the loser",
            merged(merge(0, 1)),
            once([erase(0), moves(1, ACME)]),
        ),
        scenario(
            "an erasure against another merge of the winner",
            {
                let mut before = three();
                before.push(merge(1, 0));
                before
            },
            once([erase(0), merge(2, 1)]),
        ),
        scenario("two erasures", merged(merge(0, 1)), once([erase(0), erase(1)])),
        scenario(
            "an erasure against a Change",
            [add("Y", ACME)],
            once([erase(0), moves(0, ACME_MOVED)]),
        ),
        scenario(
            "an erasure with a key against a Change",
            [add("Y", ACME)],
            [Client::keyed("erase", erase(0)), Client::once(moves(0, ACME_MOVED))],
        ),
        scenario(
            "an erasure with a key that finds nobody any more against a Change",
            [add("Y", ACME), erase(0)],
            [Client::keyed("erase", erase(0)), Client::once(moves(0, ACME_MOVED))],
        ),
        scenario(
            "an erasure with a key by the number of a loser that is empty against a Change",
            {
                let mut before = merged(merge(0, 1));
                before.extend([erase(0), moves(0, ACME)]);
                before
            },
            [Client::keyed("erase", erase(1)), Client::once(moves(0, ACME_MOVED))],
        ),
        twice(scenario(
            "an erasure with a key against a merge with a key",
            two(),
            [Client::keyed("erase", erase(1)), Client::keyed("merge", merge(0, 1))],
        )),
    ]
}

/// Two that are kept apart, or no more, and what is decided of them besides.
fn kept_apart() -> Vec<Scenario> {
    let apart = || {
        let mut before = two();
        before.push(keep_apart(0, 1));
        before
    };
    vec![
        scenario(
            "a merge of two that are being kept apart",
            two(),
            once([merge(0, 1), keep_apart(1, 0)]),
        ),
        scenario(
            "a merge of two of whom that is being taken back",
            apart(),
            once([merge(0, 1), take_back(0, 1)]),
        ),
        scenario(
            "an un-merge of two that are being kept apart",
            merged(merge(0, 1)),
            once([unmerge(0, 1), keep_apart(0, 1)]),
        ),
        scenario(
            "two that are kept apart from both sides",
            two(),
            once([keep_apart(0, 1), keep_apart(1, 0)]),
        ),
        scenario(
            "two that are kept apart against taking it back",
            apart(),
            once([keep_apart(0, 1), take_back(1, 0)]),
        ),
        scenario(
            "an erasure of one of two that are being kept apart",
            two(),
            once([erase(0), keep_apart(0, 1)]),
        ),
        scenario(
            "two that are kept apart with a key against taking it back",
            two(),
            [Client::keyed("apart", keep_apart(0, 1)), Client::once(take_back(0, 1))],
        ),
        scenario(
            "two of whom that is being taken back with a key, and their merge",
            apart(),
            [Client::keyed("back", take_back(0, 1)), Client::once(merge(0, 1))],
        ),
        scenario(
            "two that are kept apart with a key, and their merge",
            two(),
            [Client::keyed("apart", keep_apart(0, 1)), Client::once(merge(0, 1))],
        ),
    ]
}
