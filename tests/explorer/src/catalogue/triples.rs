//! Three requests that meet.

use super::super::request::{MessageFields, Request};
use super::super::scenario::{Begins, Client, Scenario};
use super::{
    ACME, ACME_MILLS, ACME_MOVED, ACME_MUSIC, add, associate, correct, delete, given, message_with,
    moves, once, queued, release, reprocess, scenario,
};

pub(super) fn with_mail_code(mail_code: &'static str) -> Request {
    message_with(MessageFields { party: Some(ACME), check: "Y", mail_code, ..Default::default() })
}

pub(super) fn changes(before: usize, mail_code: &'static str) -> Request {
    message_with(MessageFields { number_of: Some(before), mail_code, ..Default::default() })
}

/// Three requests that meet.
pub fn triples() -> Vec<Scenario> {
    vec![
        scenario(
            "three equal Adds that report duplicates",
            [],
            once([add("Y", ACME), add("Y", ACME), add("Y", ACME)]),
        ),
        scenario(
            "three equal Adds: Y, S and A",
            [],
            once([add("Y", ACME), add("S", ACME), add("A", ACME)]),
        ),
        scenario(
            "three Adds in one block, two of them equal",
            [],
            once([add("Y", ACME), add("Y", ACME_MILLS), add("Y", ACME)]),
        ),
        scenario(
            "three different Adds in one block",
            [],
            once([add("Y", ACME), add("S", ACME_MILLS), add("A", ACME_MUSIC)]),
        ),
        scenario(
            "two equal Adds against an association of the same customer",
            [],
            once([add("Y", ACME), associate("TD1|1", ACME), add("S", ACME)]),
        ),
        scenario(
            "three associations of the same new customer",
            [],
            once([associate("TD1|1", ACME), associate("TD2|1", ACME), associate("TD3|1", ACME)]),
        ),
        scenario(
            "three associations of one DCN",
            [add("N", ACME_MUSIC)],
            once([associate("TD1|1", ACME), associate("TD1|1", ACME_MILLS), given("TD1|1", 0)]),
        ),
        scenario(
            "two associations against a release of the same DCN",
            [associate("TD1|1", ACME)],
            once([given("TD1|1", 0), associate("TD1|1", ACME_MILLS), release("TD1|1")]),
        ),
        scenario(
            "a Change that moves a customer against Adds where it was and where it goes",
            [add("Y", ACME)],
            once([moves(0, ACME_MOVED), add("Y", ACME), add("S", ACME_MOVED)]),
        ),
        scenario(
            "reprocess twice against an Add of the same customer",
            [queued(), correct(1)],
            once([reprocess(None), reprocess(None), add("Y", ACME)]),
        ),
        scenario(
            "reprocess against correct and delete",
            [queued()],
            once([reprocess(Some(ACME.city)), correct(1), delete(1)]),
        ),
        scenario(
            "the same key twice against another Add",
            [],
            [
                Client::keyed("K", add("Y", ACME)),
                Client::keyed("K", add("Y", ACME)),
                Client::keyed("L", add("S", ACME)),
            ],
        ),
        scenario(
            "a key of an update that changed nothing, tried again after another update",
            [with_mail_code("M")],
            [
                Client::keyed("K", changes(0, "M")),
                Client::once(changes(0, "W")),
                Client::keyed("K", changes(0, "M")).begins(Begins::After(0)),
            ],
        ),
        scenario(
            "the same key for three requests, one of them another",
            [],
            [
                Client::keyed("K", add("Y", ACME)),
                Client::keyed("K", add("Y", ACME)),
                Client::keyed("K", add("Y", ACME_MILLS)),
            ],
        ),
    ]
}
