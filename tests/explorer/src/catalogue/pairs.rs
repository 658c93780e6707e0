//! Two requests that meet.

use super::super::request::MessageFields;
use super::super::scenario::{Client, Scenario};
use super::{
    ACME, ACME_MILLS, ACME_MOVED, add, associate, correct, delete, failing, given, message_with,
    moves, numbered, once, queued, release, reprocess, scenario, twice,
};

const TWO_NUMBERS: &str = "two Adds of one relate id and one alternate number";

/// Two requests that meet, each pair with any single fault.
pub fn pairs() -> Vec<Scenario> {
    let mut pairs = vec![
        scenario(
            "two associations of the same new customer",
            [],
            once([associate("TD1|1", ACME), associate("TD2|1", ACME)]),
        ),
        twice(scenario(
            "two associations of one DCN with different new customers",
            [],
            once([associate("TD1|1", ACME), associate("TD1|1", ACME_MILLS)]),
        )),
        twice(scenario(
            "two associations of one DCN with the same new customer",
            [],
            once([associate("TD1|1", ACME), associate("TD1|1", ACME)]),
        )),
        scenario(
            "a named customer and a searched one for the same DCN",
            [add("N", ACME_MILLS)],
            once([given("TD1|1", 0), associate("TD1|1", ACME)]),
        ),
        scenario(
            "an association against a release of the same DCN",
            [associate("TD1|1", ACME)],
            once([given("TD1|1", 0), release("TD1|1")]),
        ),
        scenario(
            "a new customer for a DCN that is being released",
            [associate("TD1|1", ACME)],
            once([associate("TD1|1", ACME_MILLS), release("TD1|1")]),
        ),
        scenario(
            "two releases",
            [associate("TD1|1", ACME)],
            once([release("TD1|1"), release("TD1|1")]),
        ),
        numbered(scenario(
            "two equal Adds that report duplicates",
            [],
            once([add("Y", ACME), add("Y", ACME)]),
        )),
        scenario(
            "two equal Adds that update a single duplicate",
            [],
            once([add("S", ACME), add("S", ACME)]),
        ),
        scenario(
            "two equal Adds that update the best duplicate of two",
            [add("N", ACME), add("N", ACME)],
            once([add("A", ACME), add("A", ACME)]),
        ),
        numbered(scenario("two equal unchecked Adds", [], once([add("N", ACME), add("N", ACME)]))),
        numbered(scenario(
            "an unchecked Add against one that updates the best",
            [],
            once([add("N", ACME), add("A", ACME)]),
        )),
        scenario(
            "two different Adds in one block",
            [],
            once([add("Y", ACME), add("S", ACME_MILLS)]),
        ),
        scenario(
            "an Add against an association of the same customer",
            [],
            once([add("Y", ACME), associate("TD1|1", ACME)]),
        ),
        scenario(
            "an update by number against an update of a duplicate",
            [add("N", ACME)],
            once([
                message_with(MessageFields {
                    number_of: Some(0),
                    mail_code: "M",
                    ..MessageFields::default()
                }),
                message_with(MessageFields {
                    party: Some(ACME),
                    check: "S",
                    mail_code: "W",
                    ..MessageFields::default()
                }),
            ]),
        ),
        scenario(
            "a Change that moves a customer against an Add where it goes",
            [add("Y", ACME)],
            once([moves(0, ACME_MOVED), add("Y", ACME_MOVED)]),
        ),
        scenario(
            "a Change that moves a customer against an update where it was",
            [add("Y", ACME)],
            once([moves(0, ACME_MOVED), add("S", ACME)]),
        ),
        scenario(
            "a Change that moves a customer back against an update where it went",
            [add("Y", ACME), moves(0, ACME_MOVED)],
            once([moves(0, ACME), add("S", ACME_MOVED)]),
        ),
        scenario(
            "two Adds of one relate id",
            [],
            once([
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R1",
                    ..MessageFields::default()
                }),
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R1",
                    mail_code: "M",
                    ..MessageFields::default()
                }),
            ]),
        ),
        twice(scenario(
            TWO_NUMBERS,
            [],
            once([
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R1",
                    alternate_number: "A1",
                    ..MessageFields::default()
                }),
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R1",
                    alternate_number: "A1",
                    ..MessageFields::default()
                }),
            ]),
        )),
        twice(scenario(
            "two Adds with one alternate number and different relate ids",
            [],
            once([
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R1",
                    alternate_number: "A1",
                    ..MessageFields::default()
                }),
                message_with(MessageFields {
                    party: Some(ACME),
                    relate_id: "R2",
                    alternate_number: "A1",
                    ..MessageFields::default()
                }),
            ]),
        )),
        twice(scenario(
            "the same key twice, an association",
            [],
            [
                Client::keyed("K", associate("TD1|1", ACME)),
                Client::keyed("K", associate("TD1|1", ACME)),
            ],
        )),
        scenario(
            "the same key twice, an Add",
            [],
            [Client::keyed("K", add("Y", ACME)), Client::keyed("K", add("Y", ACME))],
        ),
        scenario(
            "the same key twice, an update",
            [add("N", ACME)],
            [Client::keyed("K", add("S", ACME)), Client::keyed("K", add("S", ACME))],
        ),
        scenario(
            "the same key twice, a failing message",
            [],
            [Client::keyed("K", failing()), Client::keyed("K", failing())],
        ),
        scenario(
            "the same key with another Add",
            [],
            [Client::keyed("K", add("Y", ACME)), Client::keyed("K", add("Y", ACME_MILLS))],
        ),
        scenario(
            "the same key with another association",
            [],
            [
                Client::keyed("K", associate("TD1|1", ACME)),
                Client::keyed("K", associate("TD2|1", ACME)),
            ],
        ),
        scenario(
            "a replayed Add against another",
            [],
            [Client::keyed("K", add("Y", ACME)), Client::keyed("L", add("S", ACME))],
        ),
        scenario(
            "a replayed association against a release",
            [associate("TD1|1", ACME), release("TD1|1")],
            [Client::keyed("K", given("TD1|1", 0)), Client::once(release("TD1|1"))],
        ),
        scenario(
            "a replayed association of a new customer against another",
            [],
            [
                Client::keyed("K", associate("TD1|1", ACME)),
                Client::keyed("L", associate("TD1|1", ACME_MILLS)),
            ],
        ),
        scenario(
            "a replayed update against a Change that moves the customer",
            [add("Y", ACME)],
            [Client::keyed("K", add("S", ACME)), Client::once(moves(0, ACME_MOVED))],
        ),
        twice(scenario(
            "reprocess twice",
            [queued(), correct(1)],
            once([reprocess(None), reprocess(None)]),
        )),
        twice(scenario(
            "reprocess twice, with the correction",
            [queued()],
            once([reprocess(Some(ACME.city)), reprocess(Some(ACME.city))]),
        )),
        scenario("reprocess twice, in vain", [queued()], once([reprocess(None), reprocess(None)])),
        scenario(
            "reprocess against delete",
            [queued(), correct(1)],
            once([reprocess(None), delete(2)]),
        ),
        scenario("reprocess against correct", [queued()], once([reprocess(None), correct(1)])),
        scenario("two corrections of one version", [queued()], once([correct(1), correct(1)])),
        scenario(
            "reprocess against an Add of the same customer",
            [queued(), correct(1)],
            once([reprocess(None), add("Y", ACME)]),
        ),
        scenario(
            "a replayed reprocess against a delete",
            [queued(), correct(1)],
            [Client::keyed("K", reprocess(None)), Client::once(delete(2))],
        ),
        twice(scenario(
            "the same key twice, a reprocess",
            [queued(), correct(1)],
            [Client::keyed("K", reprocess(None)), Client::keyed("K", reprocess(None))],
        )),
        scenario(
            "a replayed Change by relate id against one that gives the relate id up",
            [message_with(MessageFields {
                party: Some(ACME),
                relate_id: "R1",
                ..MessageFields::default()
            })],
            [
                Client::keyed(
                    "K",
                    message_with(MessageFields {
                        party: Some(ACME),
                        relate_id: "R1",
                        mail_code: "M",
                        ..MessageFields::default()
                    }),
                ),
                Client::once(message_with(MessageFields {
                    number_of: Some(0),
                    relate_id: "R2",
                    ..MessageFields::default()
                })),
            ],
        ),
        scenario(
            "a replayed update where a customer moved to against a Change that moves it on",
            [add("Y", ACME_MOVED), moves(0, ACME)],
            [Client::keyed("K", add("S", ACME)), Client::once(moves(0, ACME_MOVED))],
        ),
    ];
    for pair in &mut pairs {
        // The two numbers make transactions of three items, whose ways to meet are too many to go with a fault in each.
        pair.faults = usize::from(pair.name != TWO_NUMBERS);
    }
    pairs
}
