//! Many customers: two thousand in one block, a hundred thousand in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::by::{By, Stamp};
use domain::customer::{Customer, CustomerNumber, Identifier, Place, Tail};
use domain::effect::{Cause, EffectId};
use domain::message::{Attribute, Message};
use domain::time::Timestamp;
use dynoxide::types::AttributeValue as Planted;
use dynoxide::{Database, ImportOptions};
use local::stand::Storage;
use operations::kit::Master;
use operations::kit::Standardizer;
use operations::messages::MessageResult;
use store::dynamo::Dynamo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::costs::{costs, person, rows_hold, warm};

const TABLE: &str = "crowd";

/// A master over a table in which these customers were put past it.
struct Crowd {
    master: Master<Dynamo>,
    /// Ends the database when the test is over.
    _server: JoinSet<()>,
}

impl Crowd {
    async fn of(customers: impl Iterator<Item = Customer>) -> Self {
        let database = Database::memory().expect("a database");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut server = JoinSet::new();
        let serving = dynoxide::server::serve_on(listener, database.clone());
        server.spawn(serving);
        let storage = Storage::at(&format!("http://{address}"), TABLE).await.expect("a table");
        let items: Vec<_> = customers.map(planted_item).collect();
        let expected = items.len();
        let imported = database.import_items(TABLE, items, ImportOptions::default());
        assert_eq!(imported.expect("an import").items_imported, expected);
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        // New numbers come after those that were put there.
        let counted = store::numbers::count_on_behind(master.table(), expected as u64).await;
        counted.expect("the counter counts");
        Self { master, _server: server }
    }
}

fn planted_item(customer: Customer) -> HashMap<String, Planted> {
    let item = store::items::customer_item(&customer);
    item.into_iter().map(|(name, value)| (name, planted(value))).collect()
}

/// A value as the embedded engine has it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's enum, of which only some matter here"
)]
fn planted(value: AttributeValue) -> Planted {
    match value {
        AttributeValue::S(text) => Planted::S(text),
        AttributeValue::N(number) => Planted::N(number),
        AttributeValue::Bool(flag) => Planted::BOOL(flag),
        AttributeValue::L(list) => Planted::L(list.into_iter().map(planted).collect()),
        AttributeValue::M(map) => {
            Planted::M(map.into_iter().map(|(name, value)| (name, planted(value))).collect())
        }
        other => panic!("a customer has no {other:?}"),
    }
}

/// The customer that this Add makes as the `number`-th of all, in this seat of its block.
fn seated(message: &Message, number: u32, seat: u32) -> Customer {
    let controls = local::controls::default();
    let mut attributes = domain::message::change::kept(&message.attributes);
    attributes.set(Attribute::COMPANY, "1");
    let at = Timestamp::from_millis(1_795_408_496_000);
    let effect = EffectId::of_key(&controls.secret, "planted", "add", &number.to_string());
    let cause = Cause { id: effect, keyed: false };
    let stamp = Stamp { by: By::new("planted", "add", "request"), cause, at };
    let blocks = domain::matching::duplicate::blocks_of(&attributes, &controls);
    let block = blocks.into_iter().next().expect("a match code");
    let tail = Tail::of([7; 10]);
    let identifier = Identifier { block, place: Place::Seat(seat), tail };
    let number = CustomerNumber::new(u64::from(number)).expect("a number");
    Customer::new(identifier, number, attributes, &stamp)
}

/// The member of the crowd in one block: each is another's contact in one business.
fn neighbour(number: u32, check: &str) -> Message {
    let mut message = person(&format!("Robinson {number}"), check);
    message.attributes.set(Attribute::COMPANY_NAME, "Acme");
    message
}

#[tokio::test]
async fn with_two_thousand_customers_in_one_block_the_duplicate_check_pages_and_answers_right() {
    let crowd = Crowd::of((1..=2000).map(|number| {
        let mut customer = seated(&neighbour(number, ""), number, number);
        // Long enough that the block is larger than what the database returns at once.
        for window in [Attribute::POP_WINDOW_1, Attribute::POP_WINDOW_2, Attribute::POP_WINDOW_3] {
            customer.attributes.set(window, "w".repeat(200));
        }
        customer
    }))
    .await;
    for number in [1, 1000, 2000] {
        let (outcome, cost) = costs(&crowd.master, &neighbour(number, "Y"), None).await;
        let MessageResult::Duplicate(duplicates) = outcome else {
            panic!("{number}: {outcome:?}");
        };
        let numbers: Vec<_> = duplicates.iter().map(|one| one.number.get()).collect();
        assert_eq!(numbers, [number]);
        assert!(cost.calls > 1, "it pages: {cost:?}");
        let (outcome, _) = costs(&crowd.master, &neighbour(number, "S"), None).await;
        let MessageResult::Unchanged(updated) = outcome else {
            panic!("{number}: {outcome:?}");
        };
        assert_eq!(updated.number, CustomerNumber::new(u64::from(number)));
    }
    // Somebody who is not there yet gets the next seat, and is found then.
    for newcomer in [2001, 2002] {
        let (outcome, cost) = costs(&crowd.master, &neighbour(newcomer, "Y"), None).await;
        let MessageResult::Created(created) = outcome else {
            panic!("{newcomer}: {outcome:?}");
        };
        let identifier = created.identifier.expect("an identifier");
        assert_eq!(identifier.place, Place::Seat(newcomer));
        assert_eq!(cost.rounds, 0, "{cost:?}");
        let (again, _) = costs(&crowd.master, &neighbour(newcomer, "Y"), None).await;
        assert!(matches!(again, MessageResult::Duplicate(_)), "{again:?}");
    }
}

#[tokio::test]
async fn of_two_thousand_equal_customers_the_highest_number_is_the_best() {
    let crowd = Crowd::of((1..=2000).map(|number| {
        // The seats are in another order than the numbers.
        seated(&person("Robinson", ""), 1 + (number * 7) % 2000, number)
    }))
    .await;
    let (outcome, _) = costs(&crowd.master, &person("Robinson", "Y"), None).await;
    let MessageResult::Duplicate(duplicates) = outcome else {
        panic!("{outcome:?}");
    };
    let numbers: Vec<_> = duplicates.iter().map(|one| one.number.get()).collect();
    assert_eq!(numbers, (1..=2000).rev().collect::<Vec<_>>());
    let (outcome, _) = costs(&crowd.master, &person("Robinson", "A"), None).await;
    let MessageResult::Unchanged(updated) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(updated.number, CustomerNumber::new(2000));
}

#[tokio::test]
async fn with_a_hundred_thousand_customers_in_the_table_calls_and_units_are_those_of_ten() {
    let crowd = Crowd::of((1..=100_000).map(|number| {
        let mut message = person("Robinson", "");
        message.attributes.set(Attribute::STREET, format!("{number} Example Street"));
        seated(&message, number, 1)
    }))
    .await;
    warm(&crowd.master).await;
    rows_hold(&crowd.master, "many").await;
    // One of the crowd is found among all.
    let mut message = person("Robinson", "Y");
    message.attributes.set(Attribute::STREET, "77777 EXAMPLE ST");
    let (outcome, cost) = costs(&crowd.master, &message, None).await;
    let MessageResult::Duplicate(duplicates) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(duplicates[0].number, CustomerNumber::new(77_777).expect("a number"));
    assert_eq!((cost.steps, cost.calls, cost.read_units), (1, 1, 1.0), "{cost:?}");
}

/// Somebody of another name in the same street, whose match code is that of all the others.
fn of_one_match_code(number: u32, check: &str) -> Message {
    person(&format!("Robinson{number}"), check)
}

#[tokio::test]
async fn an_add_among_twenty_thousand_of_one_match_code_is_two_calls_and_one_read_unit() {
    let crowd =
        Crowd::of((1..=20_000).map(|number| seated(&of_one_match_code(number, ""), number, 1)))
            .await;
    warm(&crowd.master).await;
    let (outcome, cost) = costs(&crowd.master, &of_one_match_code(20_001, "Y"), None).await;
    assert!(matches!(outcome, MessageResult::Created(_)), "{outcome:?}");
    assert_eq!((cost.steps, cost.calls, cost.read_units), (2, 2, 1.0), "{cost:?}");
    let (outcome, cost) = costs(&crowd.master, &of_one_match_code(7, "Y"), None).await;
    assert!(matches!(outcome, MessageResult::Duplicate(_)), "{outcome:?}");
    assert_eq!((cost.calls, cost.read_units), (1, 1.0), "{cost:?}");
}

/// What came of messages that were processed at once, and what each cost.
async fn costs_at_once(
    crowd: &Crowd,
    messages: impl Iterator<Item = Message>,
) -> Vec<(MessageResult, store::meter::Cost)> {
    let mut work = JoinSet::new();
    for message in messages {
        let master = crowd.master.clone();
        work.spawn(async move { costs(&master, &message, None).await });
    }
    work.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_names_of_one_match_code_at_once_do_not_hinder_each_other() {
    let crowd = Crowd::of(std::iter::empty()).await;
    warm(&crowd.master).await;
    let told = costs_at_once(&crowd, (1..=64).map(|number| of_one_match_code(number, "Y"))).await;
    for (outcome, cost) in told {
        assert!(matches!(outcome, MessageResult::Created(_)), "{outcome:?}");
        // A lease of more numbers goes beside the first read.
        assert!(cost.rounds == 0 && cost.calls <= 3 && cost.read_units == 1.0, "{cost:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_and_twenty_eight_equal_updates_at_once_make_one_customer_of_one_version() {
    let crowd = Crowd::of(std::iter::empty()).await;
    warm(&crowd.master).await;
    let told = costs_at_once(&crowd, (0..128).map(|_| person("Robinson", "S"))).await;
    let created = told.iter().filter(|(told, _)| matches!(told, MessageResult::Created(_)));
    assert_eq!(created.count(), 1);
    let unchanged = told.iter().filter(|(told, _)| matches!(told, MessageResult::Unchanged(_)));
    assert_eq!(unchanged.count(), 127);
    for (outcome, cost) in &told {
        // Beside the first read there may be a lease of numbers.
        assert!(cost.calls <= 3 + 1 && cost.rounds <= 1, "{outcome:?}: {cost:?}");
    }
    let (outcome, _) = costs(&crowd.master, &person("Robinson", "Y"), None).await;
    let MessageResult::Duplicate(duplicates) = outcome else { panic!("{outcome:?}") };
    assert_eq!(duplicates.iter().map(|one| one.version).collect::<Vec<_>>(), [1]);
}
