//! A table that behaves as DynamoDB does and the emulators do not.
//!
//! Every call takes effect in small steps, and whoever holds the table decides which step comes next and what goes wrong with it:
//!
//! - a query and a batch read one item after another, with writes between: they see committed items, and of two writes perhaps the later alone;
//! - a transaction looks at its items one by one and in any order, holds them, is decided, and writes them one by one in any order. Until then its items are as they were
//!   for readers, and other writers of them are refused as contended;
//! - the index learns of an item at some later step;
//! - a call can fail to arrive, lose its answer before or after its effect, take effect long after its caller gave it up, be repeated by the database client after it had
//!   its effect, arrive twice, or be refused for contention that there is not ([`Fault`]);
//! - a transaction that is repeated with its token has one effect, until the token expires after ten minutes.
//!
//! Time is virtual, one clock a process, and passes only while somebody pauses; chance is a sequence that each process has for its own.

mod call;
mod digest;
mod meaning;
mod step;
mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use domain::time::Timestamp;
use store::item::Item;
use store::keys::IndexEntry;
use store::keys::Key;
use store::meter::Meter;
use store::table::{IndexQuery, Page, Query, Table, TableError};
use store::writes::{Transacted, Write, Written};

use call::{Answer, Asked, Conditioned};
use world::World;

pub use call::Fault;
pub use digest::{Digest, of_item};
pub use step::Taken;
pub use world::{Agent, Step};

/// The model table, as one process sees it. Its clones are the same table.
#[derive(Debug, Clone)]
pub struct ModelTable {
    world: Arc<Mutex<World>>,
    process: usize,
    meter: Arc<Meter>,
}

impl Default for ModelTable {
    fn default() -> Self {
        Self::new()
    }
}

impl ModelTable {
    /// An empty table on which every call runs to its end at once, until [`Self::step_by_step`].
    pub fn new() -> Self {
        let world = World {
            at_once: true,
            ..World::default()
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            process: 0,
            meter: Arc::default(),
        }
    }

    /// The same table as another process sees it: with its own clock and chance.
    #[must_use]
    pub fn of_process(&self, process: usize) -> Self {
        self.world().process(process);
        Self {
            world: Arc::clone(&self.world),
            process,
            meter: Arc::default(),
        }
    }

    /// A table of its own that stands as this one does, with nothing under way.
    #[must_use]
    pub fn copy(&self) -> Self {
        let mut world = self.world().clone();
        world.calls.clear();
        world.transactions.clear();
        world.ordinals.clear();
        Self {
            world: Arc::new(Mutex::new(world)),
            process: self.process,
            meter: Arc::default(),
        }
    }

    /// From now on calls wait for [`Self::take`]. A pause lasts at least this long.
    pub fn step_by_step(&self, shortest_pause: Duration) {
        let mut world = self.world();
        world.at_once = false;
        world.shortest_pause = u64::try_from(shortest_pause.as_millis()).unwrap_or(u64::MAX);
    }

    /// How many items a query returns at once.
    pub fn limit_pages(&self, items: usize) {
        self.world().page = Some(items);
    }

    /// Each process counts in a range of its own, so that the order of additions makes no difference.
    pub fn count_apart(&self) {
        self.world().counts_apart = true;
    }

    /// Calls that begin from now on are this client's.
    pub fn poll_for(&self, client: usize) {
        self.world().polled = client;
    }

    /// All that can take a step, in an order that depends on what happened so far and nothing else.
    pub fn agents(&self) -> Vec<Agent> {
        self.world().agents()
    }

    /// The client whose request waits for this agent; none for what happens behind everyone's back.
    pub fn client_of(&self, agent: &Agent) -> Option<usize> {
        self.world().client_of(agent)
    }

    /// What can go wrong with an agent's next step.
    pub fn faults(&self, agent: &Agent) -> &'static [Fault] {
        self.world().faults(agent)
    }

    /// Tells the partitions that an agent's next step looks at or changes.
    pub fn partitions(&self, agent: &Agent, mut tell: impl FnMut(&str)) {
        for partition in self.world().partitions(agent) {
            tell(partition);
        }
    }

    /// Names a step alike in all interleavings.
    pub fn name_of(&self, step: &Step) -> u128 {
        self.world().name_of(step)
    }

    /// Takes a step.
    pub fn take(&self, step: &Step) -> Taken {
        self.world().take(step)
    }

    /// Whether this client paused since this was last asked.
    pub fn has_paused(&self, client: usize) -> bool {
        self.world().paused.remove(&client)
    }

    /// The digest of all that the future can depend on.
    pub fn digest(&self) -> u128 {
        self.world().digest()
    }

    /// All items, as they stand.
    pub fn items(&self) -> BTreeMap<Key, Item> {
        let world = self.world();
        let items = world.items.iter();
        items
            .map(|(key, stored)| (key.clone(), stored.item.clone()))
            .collect()
    }

    /// Begins to write down what happens.
    pub fn trace(&self) {
        self.world().trace = Some(Vec::new());
    }

    /// Adds a line to what was written down.
    pub fn note(&self, what: impl FnOnce() -> String) {
        self.world().note(what);
    }

    /// What was written down.
    pub fn traced(&self) -> Vec<String> {
        self.world().trace.take().unwrap_or_default()
    }

    /// Lets time pass on this process's clock.
    pub fn advance(&self, seconds: u64) {
        self.world().process(self.process).elapsed += seconds * 1000;
    }

    /// Writes without asking for the condition: for wrong variants of the protocol, which nothing that ships can be.
    pub async fn write_unasked(&self, write: &Write) -> Result<Written, TableError> {
        let asked = Asked::Write(write.clone(), Conditioned::No);
        match self.ask(asked).await? {
            Answer::Written(written) => Ok(written),
            other => unreachable!("a write is not answered with {other}"),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the world, and waits until it answers.
    async fn ask(&self, asked: Asked) -> Result<Answer, TableError> {
        let _call = self.meter.call();
        let call = {
            let mut world = self.world();
            let call = world.begin(self.process, asked);
            while world.at_once {
                let Some(agent) = world.agents().into_iter().next() else {
                    break;
                };
                world.take(&Step { agent, fault: None });
            }
            call
        };
        let answer = Waiting { table: self, call }.await;
        match answer {
            Answer::Unavailable => Err(TableError::Unavailable("the model gave no answer".into())),
            answer => Ok(answer),
        }
    }
}

/// Waits for the answer to a call.
struct Waiting<'a> {
    table: &'a ModelTable,
    call: usize,
}

impl Future for Waiting<'_> {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Answer> {
        // Nobody is woken: who takes a step that answers a client polls that client.
        match self.table.world().calls[self.call].answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        }
    }
}

impl Table for ModelTable {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self {
            meter,
            ..self.clone()
        }
    }

    fn meter(&self) -> &Meter {
        &self.meter
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        match self.ask(Asked::Get(key.clone())).await? {
            Answer::Item(item) => Ok(item),
            other => unreachable!("a get is not answered with {other}"),
        }
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        match self.ask(Asked::GetAll(keys.to_vec())).await? {
            Answer::Items(items) => Ok(items),
            other => unreachable!("a batch is not answered with {other}"),
        }
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        match self.ask(Asked::Query(query.clone())).await? {
            Answer::Page(page) => Ok(page),
            other => unreachable!("a query is not answered with {other}"),
        }
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        match self.ask(Asked::Index(query.clone())).await? {
            Answer::Entries(page) => Ok(page),
            other => unreachable!("an index query is not answered with {other}"),
        }
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        let asked = Asked::Write(write.clone(), Conditioned::Yes);
        match self.ask(asked).await? {
            Answer::Written(written) => Ok(written),
            other => unreachable!("a write is not answered with {other}"),
        }
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        let asked = Asked::Transact {
            token: token.to_owned(),
            writes: writes.to_vec(),
        };
        match self.ask(asked).await? {
            Answer::Transacted(transacted) => Ok(transacted),
            other => unreachable!("a transaction is not answered with {other}"),
        }
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<u64, TableError> {
        match self.ask(Asked::Add(key.clone(), amount)).await? {
            Answer::Count(count) => Ok(count),
            other => unreachable!("an addition is not answered with {other}"),
        }
    }

    fn now(&self) -> Timestamp {
        self.world().now(self.process)
    }

    fn chance(&self) -> [u8; 10] {
        let mut world = self.world();
        let process = world.process(self.process);
        process.chances += 1;
        let chances = process.chances;
        let bits = Digest::of(&(self.process, chances)).to_be_bytes();
        let mut chance = [0; 10];
        chance.copy_from_slice(&bits[..10]);
        chance
    }

    async fn pause(&self, duration: Duration) {
        let mut world = self.world();
        let shortest = world.shortest_pause;
        let lasts = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        world.process(self.process).elapsed += lasts.max(shortest);
        let client = world.polled;
        world.paused.insert(client);
    }
}
