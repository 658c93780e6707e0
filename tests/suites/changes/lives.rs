//! Generated lives of customers, their stream records cut into batches in every way, repeated and delayed for each item, and with a crash after every single write: what
//! follows is always the same.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::time::Timestamp;
use kit::fixture::Everything;
use local::event_lines::EventLines;
use local::stand::Storage;
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::{Value, json};
use store::dynamo::Dynamo;
use store::item::{self, Item};
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{Count, IndexQuery, Page, Query, Table, TableError};
use store::writes::{Condition, Transacted, Write, Written};

use crate::world::{World, person, text, with};

/// A life that was lived: the stream's records in their order, and the table at its end.
struct Life {
    records: Vec<Value>,
    table: Everything,
}

/// Lives of a few customers, at random.
async fn lived(seed: u64, steps: usize) -> Life {
    let mut chance = fastrand::Rng::with_seed(seed);
    let world = World::new().await;
    let mut numbers = vec![world.add(&person("Julie", "Robinson")).await];
    let mut dealer_customers: Vec<String> = Vec::new();
    for step in 0..steps {
        let number = chance.choice(&numbers).cloned().expect("a customer");
        match chance.u8(0..10) {
            0 => {
                let name = format!("Robinson {step}");
                let email = json!({ "cst_email": format!("{step}@example.com") });
                numbers.push(world.add(&with(person("Julie", &name), &email)).await);
            }
            1 => {
                let mut failing = person("Bob", "Dryer");
                failing["cst_city"] = json!("");
                let failed = text(&world.message(&failing).await.is(422)["request_in_error"]);
                let path = format!("/errors/{failed}/reprocess");
                let city = json!({ "cst_city": "Westborough" });
                world.master.post(&path).if_match("*").json(&city).send().await.is(201);
            }
            2 => {
                let customer = world.get(&format!("/customers/{number}")).await;
                let associate = json!({
                    "dealerCode": "TD68", "dealerCustomerNumber": format!("N-{step}"),
                    "customerOrganizationIdentifier": customer["customerOrganizationIdentifier"]
                });
                world.master.associate(&associate).await.is(201);
                dealer_customers.push(format!("N-{step}"));
            }
            3 if !dealer_customers.is_empty() => {
                world.release(&dealer_customers.swap_remove(0)).await;
            }
            _ => {
                // Back and forth, so that values are gained, lost and gained again.
                let names = ["Robinson", "Underwood", "Winter"];
                let emails = ["", "a@example.com", "b@example.com"];
                let change = json!({
                    "cst_cust_nbr": number, "cst_lname": chance.choice(names), "cst_email": chance.choice(emails),
                    "cst_city": format!("Boston {step}")
                });
                world.add(&change).await;
            }
        }
    }
    let mut following = world.following.lock().await;
    let mut records = Vec::new();
    loop {
        let (batches, any) = following.read().await.expect("the stream is read");
        records.extend(batches.concat());
        if !any {
            break;
        }
    }
    assert!(records.len() > steps / 2);
    Life { records, table: world.master.everything().await }
}

/// What followed: history and look-up keys, the ids of the events, and the ids that each list has, in its order.
#[derive(Debug, PartialEq)]
struct After {
    followed: Everything,
    events: BTreeSet<String>,
    lists: BTreeMap<String, Vec<String>>,
}

/// A table as a life left it, before anything followed.
async fn left_by(life: &Life) -> Storage {
    let storage = Storage::embedded(None).await.expect("a database");
    for item in life.table.values() {
        let put = Write::Put { item: item.clone(), on: Condition::Absent };
        let written = storage.table.write(&put).await;
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }
    storage
}

fn follower<T: Table>(table: T, events: &EventLines) -> Follower<T, EventLines> {
    let controls = local::controls::default();
    let standardizer = Standardizer::of(&controls);
    Follower::new(Master::new(table, controls, standardizer), events.clone())
}

/// Hands a batch to the function; says whether all of it was done.
async fn send<T: Table>(follower: &Follower<T, EventLines>, batch: &[Value]) -> bool {
    let event = json!({ "Records": batch });
    let answer = follow_changes::handle(follower, &event).await.expect("a batch");
    answer.batch_item_failures.is_empty()
}

async fn after(life: &Life, storage: &Storage, events: &EventLines) -> After {
    let mut after =
        After { followed: Everything::new(), events: BTreeSet::new(), lists: BTreeMap::new() };
    let mut sequences: BTreeMap<String, u64> = BTreeMap::new();
    for item in everything(storage).await {
        let key = item::key_of(&item);
        let id = item.get("id").and_then(|id| id.as_s().ok()).cloned();
        match key.pk.split('#').next() {
            Some("CHANGES") if key.sk == "HEAD" => {}
            Some("CHANGES") => {
                let sequence = sequences.entry(key.pk.clone()).or_default();
                *sequence += 1;
                assert_eq!(key.sk, format!("{sequence:012}"), "a list has no gap");
                // A repeat may come late; readers know it by its id.
                let list = after.lists.entry(key.pk).or_default();
                let id = id.expect("a change has an id");
                if !list.contains(&id) {
                    list.push(id);
                }
            }
            _ if life.table.contains_key(&(key.pk.clone(), key.sk.clone())) => {}
            _ => {
                after.followed.insert((key.pk, key.sk), item);
            }
        }
    }
    after.events = events.kept().iter().map(|event| text(&event["id"])).collect();
    after
}

/// All items, in the order of their keys.
async fn everything(storage: &Storage) -> Vec<Item> {
    let mut items = storage.everything().await.expect("the table can be read");
    items.sort_by_key(item::key_of);
    items
}

/// What follows where every record comes once, in order.
async fn expected(life: &Life) -> After {
    let (storage, events) = (left_by(life).await, EventLines::default());
    let follower = follower(storage.table.clone(), &events);
    for record in &life.records {
        assert!(send(&follower, std::slice::from_ref(record)).await);
    }
    let after = after(life, &storage, &events).await;
    assert!(!after.followed.is_empty() && !after.lists.is_empty());
    after
}

fn item_of(record: &Value) -> String {
    record["dynamodb"]["Keys"].to_string()
}

/// The order of the changes of each customer, which is the same however lists are filled.
fn orders(after: &After) -> BTreeMap<String, Vec<String>> {
    let mut orders: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in after.lists.values().flatten().filter(|id| id.starts_with("customer/")) {
        let (customer, version) = id.rsplit_once('/').expect("a version");
        orders.entry(customer.to_owned()).or_default().push(version.to_owned());
    }
    orders
}

#[track_caller]
fn same(after: &After, expected: &After, how: &str) {
    assert_eq!(after.followed, expected.followed, "{how}");
    assert_eq!(after.events, expected.events, "{how}");
    assert_eq!(orders(after), orders(expected), "{how}");
    for (customer, versions) in orders(after) {
        let gapless: Vec<String> =
            (1..=versions.len()).map(|version| version.to_string()).collect();
        assert_eq!(versions, gapless, "{customer}, {how}");
    }
    let ids = |after: &After| after.lists.values().flatten().cloned().collect::<BTreeSet<_>>();
    assert_eq!(ids(after), after.events, "{how}");
}

#[tokio::test]
async fn however_the_stream_is_cut_repeated_and_delayed_the_same_follows() {
    for seed in [1, fastrand::u64(..)] {
        let life = lived(seed, 25).await;
        let expected = expected(&life).await;
        for schedule in 0..6 {
            let how = format!("seed {seed}, schedule {schedule}");
            let mut chance = fastrand::Rng::with_seed(seed ^ schedule);
            let (storage, events) = (left_by(&life).await, EventLines::default());
            let follower = follower(storage.table.clone(), &events);
            let mut waiting: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for record in life.records.iter().rev() {
                waiting.entry(item_of(record)).or_default().push(record.clone());
            }
            let mut sent: Vec<Vec<Value>> = Vec::new();
            while !waiting.is_empty() {
                let mut batch = Vec::new();
                for _ in 0..chance.usize(1..12) {
                    let items: Vec<String> = waiting.keys().cloned().collect();
                    let Some(item) = chance.choice(items) else { break };
                    let of_item = waiting.get_mut(&item).expect("the item waits");
                    batch.extend(of_item.pop());
                    if of_item.is_empty() {
                        waiting.remove(&item);
                    }
                }
                assert!(send(&follower, &batch).await, "{how}");
                sent.push(batch);
                if chance.bool() {
                    let again = chance.choice(&sent).expect("a batch").clone();
                    assert!(send(&follower, &again).await, "{how}");
                }
            }
            same(&after(&life, &storage, &events).await, &expected, &how);
        }
    }
}

#[tokio::test]
async fn after_a_crash_at_any_write_the_next_try_does_the_rest_and_nothing_twice() {
    let life = lived(7, 4).await;
    let expected = expected(&life).await;
    let mut crashes = 0;
    for takes_effect in [false, true] {
        for writes in 0.. {
            let how = format!("crash at write {writes}, which took effect: {takes_effect}");
            let (storage, events) = (left_by(&life).await, EventLines::default());
            let broken = Breaking::new(storage.table.clone(), writes, takes_effect);
            let done = send(&follower(broken, &events), &life.records).await;
            if done {
                break;
            }
            crashes += 1;
            let whole = follower(storage.table.clone(), &events);
            assert!(send(&whole, &life.records).await, "{how}");
            same(&after(&life, &storage, &events).await, &expected, &how);
        }
    }
    assert!(crashes > 20, "{crashes} crashes");
}

/// A table whose process dies at one of its writes.
#[derive(Debug, Clone)]
struct Breaking {
    table: Dynamo,
    left: Arc<AtomicI64>,
    takes_effect: bool,
}

impl Breaking {
    fn new(table: Dynamo, writes: i64, takes_effect: bool) -> Self {
        Self { table, left: Arc::new(AtomicI64::new(writes)), takes_effect }
    }

    fn dead() -> TableError {
        TableError::Unavailable("the process died".into())
    }

    fn alive(&self) -> Result<(), TableError> {
        if self.left.load(Ordering::SeqCst) >= 0 { Ok(()) } else { Err(Self::dead()) }
    }

    async fn writing<T>(
        &self,
        write: impl Future<Output = Result<T, TableError>>,
    ) -> Result<T, TableError> {
        self.alive()?;
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            return write.await;
        }
        if self.takes_effect {
            write.await?;
        }
        Err(Self::dead())
    }
}

impl Table for Breaking {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { table: self.table.metered(meter), ..self.clone() }
    }

    fn meter(&self) -> &Meter {
        self.table.meter()
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.alive()?;
        self.table.get(key).await
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        self.alive()?;
        self.table.get_all(keys).await
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        self.alive()?;
        self.table.query(query).await
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        self.alive()?;
        self.table.index(query).await
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        self.writing(self.table.write(write)).await
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        self.writing(self.table.transact(token, writes)).await
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        self.writing(self.table.add(key, amount)).await
    }

    fn now(&self) -> Timestamp {
        self.table.now()
    }

    fn chance(&self) -> [u8; 10] {
        self.table.chance()
    }

    async fn pause(&self, duration: Duration) {
        self.table.pause(duration).await;
    }
}
