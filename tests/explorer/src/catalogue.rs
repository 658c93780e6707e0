//! The catalogue: which requests meet, and what stands there before.

mod audits;
mod decisions;
mod merges;
mod pairs;
mod triples;
mod worlds;

use super::request::{MessageFields, Party, Request, Whom};
use super::scenario::{Client, Expects, PLAIN, Scenario};

pub use audits::audits;
pub use decisions::decisions;
pub use merges::{merge_triples, merges};
pub use pairs::pairs;
pub use triples::triples;
pub use worlds::{steps_left_out, worlds};

/// Somebody.
pub const ACME: Party =
    Party { name: "Acme Mining", street: "100 Example", city: "Westborough", zip: "01581" };

/// Somebody else in the same block: the last word of the name is the same.
pub const ACME_MILLS: Party = Party { name: "Acme Mills Mining", ..ACME };

/// A third in the same block.
pub const ACME_MUSIC: Party = Party { name: "Acme Music Mining", ..ACME };

/// The first after it moved to another block.
pub const ACME_MOVED: Party = Party { street: "7 Other", city: "Boston", zip: "02108", ..ACME };

fn associate(dcn: &'static str, party: Party) -> Request {
    Request::Associate { dcn, whom: Whom::Searched(party) }
}

fn given(dcn: &'static str, before: usize) -> Request {
    Request::Associate { dcn, whom: Whom::Made(before) }
}

fn release(dcn: &'static str) -> Request {
    Request::Release { dcn }
}

fn add(check: &'static str, party: Party) -> Request {
    Request::Message(MessageFields { party: Some(party), check, ..MessageFields::default() })
}

fn message_with(fields: MessageFields) -> Request {
    Request::Message(fields)
}

/// A message that fails its edits.
fn failing() -> Request {
    add("N", Party { city: "", ..ACME })
}

fn moves(before: usize, party: Party) -> Request {
    message_with(MessageFields {
        party: Some(party),
        number_of: Some(before),
        ..MessageFields::default()
    })
}

/// A message that fails its edits and reports duplicates once it passes them.
fn queued() -> Request {
    add("Y", Party { city: "", ..ACME })
}

fn correct(seen: u64) -> Request {
    Request::Correct { queued: 0, city: ACME.city, seen }
}

fn delete(seen: u64) -> Request {
    Request::Delete { queued: 0, seen }
}

fn reprocess(city: Option<&'static str>) -> Request {
    Request::Reprocess { queued: 0, city, seen: None }
}

fn merge(winner: usize, loser: usize) -> Request {
    Request::Merge { winner, loser, address: false }
}

/// A merge by which the winner gets the loser's address.
fn merge_with_address(winner: usize, loser: usize) -> Request {
    Request::Merge { winner, loser, address: true }
}

fn keep_apart(one: usize, other: usize) -> Request {
    Request::KeepApart { one, other }
}

fn take_back(one: usize, other: usize) -> Request {
    Request::TakeBack { one, other }
}

fn erase(customer: usize) -> Request {
    Request::Erase { customer }
}

fn unmerge(winner: usize, loser: usize) -> Request {
    Request::Unmerge { winner, loser }
}

fn scenario(
    name: &'static str,
    before: impl Into<Vec<Request>>,
    clients: impl Into<Vec<Client>>,
) -> Scenario {
    Scenario {
        name,
        before: before.into(),
        clients: clients.into(),
        numbers_matter: false,
        rounds: 3,
        faults: 0,
        expects: Expects::OneAfterTheOther,
        before_amid: PLAIN,
        keys_before: &[],
        lost: None,
        later: false,
        newer: false,
    }
}

/// The same with two rounds: transactions of three items that keep refusing each other have too many ways to do so three times.
fn twice(scenario: Scenario) -> Scenario {
    Scenario { rounds: 2, ..scenario }
}

/// The same, where the order of numbers matters.
fn numbered(scenario: Scenario) -> Scenario {
    Scenario { numbers_matter: true, ..scenario }
}

fn once(requests: impl IntoIterator<Item = Request>) -> Vec<Client> {
    requests.into_iter().map(Client::once).collect()
}

/// What does not behave as if one request came after the other, and is accepted.
pub fn accepted() -> Vec<Scenario> {
    vec![
        // Unchecked Adds take no seat. What is decided on a block does not hold them off, so that of three equal Adds at one moment, one of them unchecked, the update may
        // go to the best customer but one.
        numbered(scenario(
            "an unchecked Add against two that update the best",
            [],
            once([add("N", ACME), add("A", ACME), add("A", ACME)]),
        )),
        // A key remembers that its request changed nothing, and a keyed request does not look at its key again before it writes: that would be one more call for each. So of
        // two tries side by side the one can find nothing to change and be answered, and the other take back what changed since. One that begins after that does not.
        scenario(
            "the same key twice side by side, an update that changes nothing, against another update",
            [triples::with_mail_code("M")],
            [
                Client::keyed("K", triples::changes(0, "M")),
                Client::once(triples::changes(0, "W")),
                Client::keyed("K", triples::changes(0, "M")),
            ],
        ),
    ]
}

/// The scenario of this name.
///
/// # Panics
/// Where there is none.
pub fn named(name: &str) -> Scenario {
    pairs()
        .into_iter()
        .chain(merges())
        .chain(merge_triples())
        .chain(triples())
        .chain(worlds())
        .chain(audits())
        .chain(steps_left_out())
        .chain(accepted())
        .find(|scenario| scenario.name == name)
        .unwrap_or_else(|| panic!("there is no scenario '{name}'"))
}
