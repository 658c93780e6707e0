//! What the model shows that the emulators do not, step by step. What every table does, the tests of the table hold it to.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::time::Timestamp;
use store::item::Item;
use store::items;
use store::keys::{self, Key};
use store::meaning;
use store::table::{IndexQuery, Query, Table};
use store::writes::{Condition, Write};

use super::call::{Answer, Asked, Call, CallName, Conditioned};
use super::fault::Fault;
use super::world::{Agent, Step, World};
use super::{ModelTable, START};

fn key(pk: &str, sk: &str) -> Key {
    Key { pk: pk.to_owned(), sk: sk.to_owned() }
}

fn put(key: &Key, on: Condition) -> Write {
    let mut item = meaning::empty(key);
    item.insert(items::VERSION.to_owned(), AttributeValue::N("1".to_owned()));
    Write::Put { item, on }
}

fn write(write: &Write) -> Asked {
    Asked::Write(write.clone(), Conditioned::Yes)
}

fn transact(token: &str, writes: &[Write]) -> Asked {
    Asked::Transact { token: token.to_owned(), writes: writes.to_vec(), checks: Vec::new() }
}

fn query(partition: &str) -> Asked {
    Asked::Query(Query {
        partition: partition.to_owned(),
        prefix: String::new(),
        after: None,
        limit: None,
    })
}

/// A client lays its first call before the table.
fn lay(world: &mut World, client: usize, asked: Asked) -> CallName {
    lay_later(world, client, 0, asked)
}

/// The same so many seconds after the clocks began.
fn lay_later(world: &mut World, client: usize, seconds: u64, asked: Asked) -> CallName {
    let name = CallName { client, ordinal: 0 };
    world.begin(Call { name, process: client, at: START.plus_seconds(seconds), asked });
    name
}

fn take(world: &mut World, agent: Agent) -> Option<Answer> {
    let taken = world.take(&Step { agent, fault: None });
    taken.answered.map(|(_, answer)| answer)
}

fn take_badly(world: &mut World, agent: Agent, fault: Fault) -> Option<Answer> {
    assert!(world.faults(&agent).contains(&fault), "{fault}");
    let fault = Some(fault);
    let taken = world.take(&Step { agent, fault });
    taken.answered.map(|(_, answer)| answer)
}

/// Lets a call go on to its answer.
fn answered(world: &mut World, client: usize, asked: Asked) -> Answer {
    let name = lay(world, client, asked);
    loop {
        if let Some(answer) = take(world, Agent::Call(name)) {
            return answer;
        }
    }
}

fn found(world: &mut World, client: usize, key: &Key) -> bool {
    answered(world, client, Asked::Get(key.clone())).item().is_some()
}

/// A transaction that is decided and has written nothing.
fn decided(world: &mut World, writes: &[Write]) -> CallName {
    let name = lay(world, 0, transact("T", writes));
    for position in (0..writes.len()).rev() {
        assert!(take(world, Agent::Prepare(name, position)).is_none());
    }
    name
}

#[test]
fn items_of_a_committed_transaction_become_visible_one_by_one_in_any_order() {
    let (one, other) = (key("A", "1"), key("B", "1"));
    let writes = [put(&one, Condition::Absent), put(&other, Condition::Absent)];
    for (first, second) in [(0, 1), (1, 0)] {
        let mut world = World::default();
        let name = decided(&mut world, &writes);
        assert!(!found(&mut world, 1, &one) && !found(&mut world, 1, &other));
        assert!(take(&mut world, Agent::Settle(name, first)).is_none());
        assert_eq!(found(&mut world, 1, &one), first == 0);
        assert_eq!(found(&mut world, 1, &other), first == 1);
        let answer = take(&mut world, Agent::Settle(name, second)).expect("it is done");
        assert_eq!(answer.to_string(), "done");
        assert!(found(&mut world, 1, &one) && found(&mut world, 1, &other));
    }
}

#[test]
fn writers_are_refused_while_a_transaction_holds_the_item() {
    let one = key("A", "1");
    let writes = [put(&one, Condition::Absent)];
    let mut world = World::default();
    let name = decided(&mut world, &writes);
    let again = put(&one, Condition::VersionIs(1));
    assert_eq!(answered(&mut world, 1, write(&again)).to_string(), "contended");
    let other =
        lay(&mut world, 2, transact("U", &[again.clone(), put(&key("A", "2"), Condition::Absent)]));
    assert!(take(&mut world, Agent::Prepare(other, 0)).is_none());
    let answer = take(&mut world, Agent::Prepare(other, 1)).expect("it is decided");
    assert_eq!(answer.to_string(), "cancelled: contended; could");
    assert!(!found(&mut world, 1, &key("A", "2")));
    take(&mut world, Agent::Settle(name, 0));
    assert_eq!(answered(&mut world, 1, write(&again)).to_string(), "done");
}

#[test]
fn a_query_sees_what_is_written_before_it_while_it_reads_and_not_what_is_written_behind() {
    let mut world = World::default();
    for sort in ["2", "4"] {
        answered(&mut world, 0, write(&put(&key("A", sort), Condition::Absent)));
    }
    let name = lay(&mut world, 1, query("A"));
    assert!(take(&mut world, Agent::Call(name)).is_none());
    for sort in ["1", "3"] {
        answered(&mut world, 0, write(&put(&key("A", sort), Condition::Absent)));
    }
    let answer = loop {
        if let Some(answer) = take(&mut world, Agent::Call(name)) {
            break answer;
        }
    };
    assert_eq!(answer.to_string(), "[2, 3, 4]");
}

#[test]
fn a_torn_query_of_a_block_sees_the_seat_behind_the_one_that_it_missed() {
    let mut world = World::default();
    let name = lay(&mut world, 1, query("BLOCK#X"));
    assert!(take_badly(&mut world, Agent::Call(name), Fault::Torn).is_none());
    for seat in ["SEAT#000001", "SEAT#000002"] {
        answered(&mut world, 0, write(&put(&key("BLOCK#X", seat), Condition::Absent)));
    }
    assert!(take(&mut world, Agent::Call(name)).is_none());
    let answer = take(&mut world, Agent::Call(name)).expect("it is at the end");
    assert_eq!(answer.to_string(), "[SEAT#000002]");
}

#[test]
fn the_index_learns_of_an_item_some_time_after_it_is_written() {
    let mut world = World::default();
    let one = key("A", "1");
    let mut item = meaning::empty(&one);
    for (name, value) in [(keys::INDEX_PARTITION_KEY, "N"), (keys::INDEX_SORT_KEY, "7")] {
        item.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
    }
    let on = Condition::Absent;
    answered(&mut world, 0, write(&Write::Put { item, on }));
    let asked = Asked::Index(IndexQuery {
        partition: "N".to_owned(),
        from: "0".to_owned(),
        to: "9".to_owned(),
        after: None,
        descending: false,
        limit: 10,
    });
    assert!(found(&mut world, 1, &one));
    let entries = answered(&mut world, 1, asked.clone()).entries();
    assert!(entries.found.is_empty());
    assert!(take(&mut world, Agent::Index(one.clone())).is_none());
    let entries = answered(&mut world, 1, asked).entries();
    assert_eq!(entries.found[0].key, one);
}

#[test]
fn a_lost_answer_leaves_open_whether_and_when_there_is_an_effect() {
    let one = key("A", "1");
    let asked = write(&put(&one, Condition::Absent));
    let mut world = World::default();
    let name = lay(&mut world, 0, asked.clone());
    let answer = take_badly(&mut world, Agent::Call(name), Fault::NotSent);
    assert_eq!(answer.expect("an answer").to_string(), "no answer");
    assert!(world.agents().is_empty() && !found(&mut world, 1, &one));

    let name = lay(&mut world, 0, asked);
    let answer = take_badly(&mut world, Agent::Call(name), Fault::Late);
    assert_eq!(answer.expect("an answer").to_string(), "no answer");
    assert!(!found(&mut world, 1, &one));
    assert!(take(&mut world, Agent::Late(name)).is_none());
    assert!(found(&mut world, 1, &one));
}

#[test]
fn a_repeated_write_is_refused_by_what_it_wrote() {
    let one = key("A", "1");
    let mut world = World::default();
    let name = lay(&mut world, 0, write(&put(&one, Condition::Absent)));
    assert!(take_badly(&mut world, Agent::Call(name), Fault::Repeated).is_none());
    assert!(found(&mut world, 1, &one));
    let answer = take(&mut world, Agent::Call(name)).expect("an answer");
    assert_eq!(answer.to_string(), "refused by A/1");
}

#[test]
fn a_copy_of_a_write_has_its_effect_when_its_condition_holds_again() {
    let one = key("A", "1");
    let mut world = World::default();
    let name = lay(&mut world, 0, write(&put(&one, Condition::Absent)));
    let answer = take_badly(&mut world, Agent::Call(name), Fault::Copied);
    assert_eq!(answer.expect("an answer").to_string(), "done");
    let step = Step { agent: Agent::Late(name), fault: None };
    let taken = world.take(&step);
    assert_eq!((taken.changed, taken.landed), (false, None));
}

#[test]
fn a_transaction_is_refused_as_a_whole_for_want_of_throughput() {
    let writes = [put(&key("A", "1"), Condition::Absent), put(&key("A", "2"), Condition::Absent)];
    let mut world = World::default();
    let name = lay(&mut world, 0, transact("T", &writes));
    let answer = take_badly(&mut world, Agent::Prepare(name, 0), Fault::Contended);
    assert_eq!(answer.expect("an answer").to_string(), "cancelled: contended; could");
    assert!(world.agents().is_empty());
}

#[test]
fn a_transaction_that_is_given_up_goes_on() {
    let one = key("A", "1");
    let mut world = World::default();
    let name = lay(&mut world, 0, transact("T", &[put(&one, Condition::Absent)]));
    let answer = take_badly(&mut world, Agent::Prepare(name, 0), Fault::Late);
    assert_eq!(answer.expect("an answer").to_string(), "no answer");
    assert_eq!(world.client_of(&Agent::Prepare(name, 0)), None);
    assert!(take(&mut world, Agent::Prepare(name, 0)).is_none());
    assert!(take(&mut world, Agent::Settle(name, 0)).is_none());
    assert!(found(&mut world, 1, &one));
}

#[test]
fn a_token_makes_a_repeated_transaction_one_for_ten_minutes() {
    let one = key("A", "1");
    let asked = transact("T", &[put(&one, Condition::Absent)]);
    let mut world = World::default();
    let Asked::Transact { writes, .. } = &asked else { unreachable!("it was made a line above") };
    let name = decided(&mut world, writes);
    let meanwhile = answered(&mut world, 1, asked.clone());
    assert_eq!(meanwhile.to_string(), "done");
    take(&mut world, Agent::Settle(name, 0));

    let again = lay_later(&mut world, 1, 599, asked.clone());
    let answer = take(&mut world, Agent::Call(again)).expect("an answer");
    assert_eq!(answer.to_string(), "done");
    let late = lay_later(&mut world, 1, 600, asked);
    let answer = take(&mut world, Agent::Prepare(late, 0)).expect("an answer");
    assert_eq!(answer.to_string(), "cancelled: refused by A/1");
}

#[test]
fn a_transaction_that_is_repeated_after_its_token_expired_meets_its_own_effect() {
    let writes = [put(&key("A", "1"), Condition::Absent)];
    let mut world = World::default();
    let name = lay(&mut world, 0, transact("T", &writes));
    assert!(take_badly(&mut world, Agent::Prepare(name, 0), Fault::Repeated).is_none());
    assert!(take(&mut world, Agent::Prepare(name, 0)).is_none());
    assert!(take(&mut world, Agent::Settle(name, 0)).is_none());
    let answer = take(&mut world, Agent::Prepare(name, 0)).expect("an answer");
    assert_eq!(answer.to_string(), "cancelled: refused by A/1");
}

#[test]
fn what_differs_has_another_digest_and_what_came_the_same_way_the_same() {
    let begun = |writes: &[&str]| {
        let mut world = World::default();
        for sort in writes {
            answered(&mut world, 0, write(&put(&key("A", sort), Condition::Absent)));
        }
        world.digest()
    };
    assert_eq!(begun(&["1", "2"]), begun(&["2", "1"]));
    assert_ne!(begun(&["1"]), begun(&["1", "2"]));
    let mut world = World::default();
    let empty = world.digest();
    lay(&mut world, 0, query("A"));
    assert_ne!(world.digest(), empty);
}

#[tokio::test]
async fn time_passes_while_a_process_pauses_and_for_that_process_alone() {
    let table = ModelTable::new();
    let other = table.of_process(1);
    let began: Timestamp = table.now();
    assert_eq!(other.now(), began);
    table.pause(std::time::Duration::from_secs(2)).await;
    assert_eq!(table.now(), began.plus_seconds(2));
    assert_eq!(other.now(), began);
    assert_ne!(table.chance(), other.chance());
    assert_ne!(table.chance(), table.chance());
}

#[tokio::test]
async fn a_page_holds_so_many_items() {
    let table = ModelTable::new();
    table.limit_pages(2);
    for sort in ["1", "2", "3"] {
        let written = table.write(&put(&key("A", sort), Condition::Absent)).await;
        assert!(written.is_ok());
    }
    let Asked::Query(asked) = query("A") else { unreachable!("it is a query") };
    let page = table.query(&asked).await.expect("an answer");
    let sorts: Vec<_> = page.found.iter().map(|item: &Item| store::item::key_of(item).sk).collect();
    assert_eq!((sorts, page.more), (vec!["1".to_owned(), "2".to_owned()], true));
}
