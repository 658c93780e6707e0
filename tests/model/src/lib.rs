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
//! Time is virtual, one clock a process, and passes only while somebody pauses; chance is a sequence that each process has for its own. So what a process does depends on
//! the answers that it gets and on nothing else.

pub mod call;
pub mod digest;
mod fault;
mod footprint;
pub mod mailbox;
mod place;
mod reading;
mod step;
mod transaction;
mod words;
pub mod world;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use domain::time::Timestamp;
use store::item;
use store::item::Item;
use store::keys::{IndexEntry, Key};
use store::meter::Meter;
use store::table::{
    Check, Count, IndexQuery, Page, Query, Segment, Table, TableError, Walked, WholeTable,
};
use store::writes::{Transacted, Write, Written};

use call::{Answer, Asked, Call, CallName, Conditioned};
use digest::Digest;
use mailbox::Mailbox;
use world::{Step, World};

pub use fault::Fault;
pub use footprint::EVERYWHERE;

/// How often the database client adds to a counter that a transaction holds.
const MAX_ADDITIONS: u32 = 4;

/// Where every clock begins.
const START: Timestamp = Timestamp::from_millis(1_795_408_496_000);

/// The model table, as one process sees it. Its clones are the same table in the same process.
#[derive(Debug, Clone)]
pub struct ModelTable {
    behind: Behind,
    process: Arc<Process>,
    meter: Arc<Meter>,
}

/// What is behind the table.
#[derive(Debug, Clone)]
enum Behind {
    /// A world of its own, in which every call runs to its end at once.
    World(Arc<Mutex<World>>),
    /// A mailbox in which calls wait.
    Mailbox(Mailbox),
}

/// A process: its clock and its chance.
#[derive(Debug, Default)]
struct Process {
    number: usize,
    /// A pause lasts at least this long: machines can be slow.
    shortest_pause: Duration,
    past: Mutex<Past>,
}

#[derive(Debug, Default)]
struct Past {
    millis: u64,
    calls: usize,
    chances: u64,
}

impl Default for ModelTable {
    fn default() -> Self {
        Self::new()
    }
}

impl ModelTable {
    /// An empty table on which every call runs to its end at once.
    pub fn new() -> Self {
        Self {
            behind: Behind::World(Arc::default()),
            process: Arc::default(),
            meter: Arc::default(),
        }
    }

    /// A table whose calls wait in this mailbox, as a process of this number sees it.
    pub fn on(mailbox: &Mailbox, process: usize, shortest_pause: Duration) -> Self {
        Self {
            behind: Behind::Mailbox(mailbox.clone()),
            process: Arc::new(Process { number: process, shortest_pause, past: Mutex::default() }),
            meter: Arc::default(),
        }
    }

    /// The same table as another process sees it: with its own clock and chance.
    #[must_use]
    pub fn of_process(&self, number: usize) -> Self {
        Self {
            behind: self.behind.clone(),
            process: Arc::new(Process { number, ..Process::default() }),
            meter: Arc::default(),
        }
    }

    /// How many items a query returns at once.
    ///
    /// # Panics
    /// Where the table's calls wait in a mailbox.
    pub fn limit_pages(&self, items: usize) {
        self.world().limit_pages(items);
    }

    /// All items, as they stand.
    ///
    /// # Panics
    /// Where the table's calls wait in a mailbox.
    pub fn items(&self) -> BTreeMap<Key, Item> {
        let world = self.world();
        let items = world.items();
        items.map(|(key, item)| (key.clone(), item.clone())).collect()
    }

    /// A copy of what stands there now.
    pub fn copy(&self) -> World {
        self.world().clone()
    }

    /// Lets time pass on this process's clock.
    pub fn advance(&self, seconds: u64) {
        self.past().millis += seconds * 1000;
    }

    /// Writes without asking for the condition: for wrong variants of the protocol, which nothing that ships can be.
    pub async fn write_unasked(&self, write: &Write) -> Result<Written, TableError> {
        let asked = Asked::Write(write.clone(), Conditioned::No);
        self.ask(asked).await.map(Answer::written)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        match &self.behind {
            Behind::World(world) => world.lock().unwrap_or_else(PoisonError::into_inner),
            Behind::Mailbox(_) => {
                unreachable!("who puts calls into a mailbox knows nothing of the world")
            }
        }
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        let past = self.process.past.lock();
        past.unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks, and waits until there is an answer.
    async fn ask(&self, asked: Asked) -> Result<Answer, TableError> {
        let _call = self.meter.call();
        let answer = match &self.behind {
            Behind::World(_) => self.ask_at_once(asked),
            Behind::Mailbox(mailbox) => {
                let ordinal = mailbox.put(self.process.number, self.now(), asked);
                // Nobody is woken: who answers a client polls that client.
                poll_fn(|_| mailbox.answer_to(ordinal).map_or(Poll::Pending, Poll::Ready)).await
            }
        };
        match answer {
            Answer::Unavailable => Err(TableError::Unavailable("the model gave no answer".into())),
            Answer::Item(_)
            | Answer::Page { .. }
            | Answer::Entries(_)
            | Answer::Done(_)
            | Answer::Refused(_)
            | Answer::Committed
            | Answer::Cancelled(_)
            | Answer::Together(_)
            | Answer::Count(_) => Ok(answer),
        }
    }

    /// Takes all the steps that there are.
    fn ask_at_once(&self, asked: Asked) -> Answer {
        let at = self.now();
        let ordinal = {
            let mut past = self.past();
            past.calls += 1;
            past.calls
        };
        let mut world = self.world();
        world.begin(Call {
            name: CallName { client: self.process.number, ordinal },
            process: self.process.number,
            at,
            asked,
        });
        let mut answer = None;
        while let Some(agent) = world.agents().into_iter().next() {
            let taken = world.take(&Step { agent, fault: None });
            answer = answer.or(taken.answered);
        }
        let (_, answer) = answer.expect("a call that runs to its end is answered");
        answer
    }
}

impl Table for ModelTable {
    fn metered(&self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self.clone() }
    }

    fn meter(&self) -> &Meter {
        &self.meter
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, TableError> {
        self.ask(Asked::Get(key.clone())).await.map(Answer::item)
    }

    async fn get_all(&self, keys: &[Key]) -> Result<Vec<Item>, TableError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self.ask(Asked::GetAll(keys.to_vec())).await?;
        Ok(answer.page().found)
    }

    async fn query(&self, query: &Query) -> Result<Page<Item>, TableError> {
        let asked = Asked::Query(query.clone());
        self.ask(asked).await.map(Answer::page)
    }

    async fn index(&self, query: &IndexQuery) -> Result<Page<IndexEntry>, TableError> {
        let asked = Asked::Index(query.clone());
        self.ask(asked).await.map(Answer::entries)
    }

    async fn write(&self, write: &Write) -> Result<Written, TableError> {
        let asked = Asked::Write(write.clone(), Conditioned::Yes);
        self.ask(asked).await.map(Answer::written)
    }

    async fn transact(&self, token: &str, writes: &[Write]) -> Result<Transacted, TableError> {
        self.transact_while(token, writes, &[]).await
    }

    async fn add(&self, key: &Key, amount: u64) -> Result<Option<Count>, TableError> {
        for _ in 0..MAX_ADDITIONS {
            let answer = self.ask(Asked::Add(key.clone(), amount)).await?;
            if !matches!(answer, Answer::Refused(_)) {
                return Ok(answer.count());
            }
            self.pause(Duration::from_millis(25)).await;
        }
        Err(TableError::Unavailable("the counter was held".into()))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START.millis() + self.past().millis)
    }

    fn chance(&self) -> [u8; 10] {
        let mut past = self.past();
        past.chances += 1;
        let bits = Digest::of(&(self.process.number, past.chances)).to_be_bytes();
        let mut chance = [0; 10];
        chance.copy_from_slice(&bits[..10]);
        chance
    }

    async fn pause(&self, duration: Duration) {
        let lasts = duration.max(self.process.shortest_pause).as_millis();
        self.past().millis += u64::try_from(lasts).unwrap_or(u64::MAX);
        match &self.behind {
            Behind::Mailbox(mailbox) => mailbox.pause(),
            Behind::World(_) => {}
        }
    }
}

impl WholeTable for ModelTable {
    async fn walk(
        &self,
        segment: Segment,
        after: Option<&Key>,
        limit: u32,
    ) -> Result<Walked, TableError> {
        let asked = Asked::Walk { segment, after: after.cloned(), limit };
        let Page { found, more } = self.ask(asked).await.map(Answer::page)?;
        let next = found.last().filter(|_| more).map(item::key_of);
        Ok(Walked { found, next })
    }

    async fn get_together(&self, keys: &[Key]) -> Result<Option<Vec<Option<Item>>>, TableError> {
        self.ask(Asked::Together(keys.to_vec())).await.map(Answer::together)
    }

    async fn transact_while(
        &self,
        token: &str,
        writes: &[Write],
        checks: &[Check],
    ) -> Result<Transacted, TableError> {
        let (token, writes, checks) = (token.to_owned(), writes.to_vec(), checks.to_vec());
        let asked = Asked::Transact { token, writes, checks };
        self.ask(asked).await.map(Answer::transacted)
    }
}
