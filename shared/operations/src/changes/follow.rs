//! Follow the table's stream: a batch of its records at a time, each of which may come again, and late.
//!
//! All that is written is conditioned on the version. The history's entry is written last, so where it stands all else was done before; a record that fails is failed with
//! all later ones of the same item in the batch, so that nobody is told of a version before the one below it.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::sync::Arc;

use domain::change::Change;
use domain::customer::{Customer, Identifier};
use domain::history::HistoryEntry;
use futures_util::future::join_all;
use store::keys::{self, Key};
use store::table::{MAX_ITEMS, Table, TableError};
use store::writes::Write;
use store::{item, items, records};

use super::append::Heads;
use super::erasure;
use super::pairs;
use super::plan::Plan;
use super::{Bus, Record};
use crate::customers::read::customer_by_number;
use crate::kit::{Master, Stopped, topics, written};

/// Of how many customers look-up keys are written at once, and of one customer how many; of how many customers entries are.
const AT_ONCE: usize = 16;

/// For how many customers those who look like them are looked for at once: each asks under many keys.
const PAIRED_AT_ONCE: usize = 2;

/// What became of one record.
pub type Followed = Result<(), Box<dyn Error + Send + Sync>>;

/// Whoever follows the stream: the master, the bus, and what one process remembers between batches.
#[derive(Debug)]
pub struct Follower<T, B> {
    master: Master<T>,
    bus: Arc<B>,
    heads: Arc<Heads>,
}

/// A record under way.
struct Task {
    /// Its place in the batch.
    at: usize,
    /// The item that it is of.
    item: Key,
    plan: Plan,
}

impl<T: Table, B: Bus> Follower<T, B> {
    pub fn new(master: Master<T>, bus: B) -> Self {
        Self { master, bus: Arc::new(bus), heads: Arc::default() }
    }

    /// The same for one batch, whose calls are counted from zero.
    #[must_use]
    pub fn counted(&self) -> Self {
        Self {
            master: self.master.counted(),
            bus: Arc::clone(&self.bus),
            heads: Arc::clone(&self.heads),
        }
    }

    pub fn master(&self) -> &Master<T> {
        &self.master
    }

    /// Does what follows from each record, in their order, and says of each what became of it.
    pub async fn follow(&self, batch: &[Record]) -> Vec<Followed> {
        let mut outcome = Outcome::new(batch);
        let tasks = outcome.plans();
        let tasks = self.keep_topics(tasks, &mut outcome).await;
        let tasks = self.look_around(tasks, &mut outcome).await;
        let tasks = self.each_item(Step::BeforeTelling, tasks, &mut outcome).await;
        // Behind the keys of the batch: of two that are followed at once, one finds the other.
        let tasks = self.each_item(Step::PairUp, tasks, &mut outcome).await;
        let tasks = self.tell(tasks, &mut outcome).await;
        let tasks = self.append(tasks, &mut outcome).await;
        self.each_item(Step::Enter, tasks, &mut outcome).await;
        outcome.followed
    }

    /// Tells of versions that were lost for good, as one change, and closes the history with its entry.
    pub(crate) async fn make_up(
        &self,
        change: &Change,
        (identifier, entry): (&Identifier, &HistoryEntry),
    ) -> Result<(), Stopped> {
        let taken = self.bus.put(&[change]).await.map_err(Stopped::Unavailable)?;
        if taken != [true] {
            return Err(Stopped::Unavailable("the bus refused it".into()));
        }
        let table = self.master.table();
        let shard = keys::changes_of(&identifier.to_string());
        self.heads.append(table, shard, &[change]).await?;
        written(table, &items::history_entry(identifier, &change.id, entry)).await
    }

    /// Keeps what requests in error are about in step with them, each in its order.
    async fn keep_topics(&self, tasks: Vec<Task>, outcome: &mut Outcome<'_>) -> Vec<Task> {
        for (at, Record { key, before, after, at: _ }) in outcome.batch.iter().enumerate() {
            let Some(after) = after.clone().filter(|_| keys::is_request_in_error(key)) else {
                // What expires is gone with all that says what it was about.
                continue;
            };
            if outcome.has_failed_before(at) {
                continue;
            }
            let before = before.clone().map(items::request_in_error).transpose();
            let kept = match (before, items::request_in_error(after)) {
                (Ok(before), Ok(after)) => {
                    topics::keep(&self.master, before.as_ref(), &after).await
                }
                (Err(error), _) | (_, Err(error)) => Err(error.into()),
            };
            if let Err(stopped) = kept {
                outcome.followed[at] = Err(Box::new(stopped));
            }
        }
        outcome.kept(tasks)
    }

    /// Reads what is there: what an earlier try has done, which is left out; whose number is whose; and who was erased meanwhile.
    async fn look_around(&self, mut tasks: Vec<Task>, outcome: &mut Outcome<'_>) -> Vec<Task> {
        for task in &mut tasks {
            if let Err(stopped) = self.find_by_number(&mut task.plan).await {
                outcome.fail(task, stopped);
            }
        }
        let mut tasks = outcome.kept(tasks);
        match self.stand(&tasks).await {
            Ok((done, customers, unreadable)) => {
                for task in &tasks {
                    let its = task.plan.customer().into_iter().chain(task.plan.others());
                    let its: Vec<Key> = its.map(keys::customer).collect();
                    let unread = unreadable.iter().find(|(key, _)| its.contains(key));
                    if let Some((_, error)) = unread {
                        outcome.fail(task, Stopped::Unavailable(chain(error).into()));
                    }
                }
                tasks = outcome.kept(tasks);
                tasks.retain(|task| task.plan.done_mark().is_none_or(|mark| !done.contains(&mark)));
                tasks.retain_mut(|task| task.plan.meet_others(&customers).is_some());
                let now = self.master.table().now();
                for task in &mut tasks {
                    let Some(identifier) = task.plan.customer() else { continue };
                    if let Err(stopped) = task.plan.meet(customers.get(identifier), now) {
                        outcome.fail(task, stopped);
                    }
                }
            }
            Err(stopped) => outcome.fail_all(&tasks, &stopped),
        }
        outcome.kept(tasks)
    }

    /// Finds the customer of whom a record tells the number alone.
    async fn find_by_number(&self, plan: &mut Plan) -> Result<(), Stopped> {
        let Some(number) = plan.of_number() else {
            return Ok(());
        };
        let customer = customer_by_number(&self.master, number).await?;
        let customer = customer.ok_or_else(|| {
            Stopped::Unavailable("the index does not know its customer yet".into())
        })?;
        plan.belongs_to(&customer);
        Ok(())
    }

    /// The marks of what was done before, the customers as they are, and those that cannot be read.
    async fn stand(&self, tasks: &[Task]) -> Result<Standing, Stopped> {
        let table = self.master.table();
        let marks: HashSet<Key> = tasks.iter().filter_map(|task| task.plan.done_mark()).collect();
        let marks: Vec<Key> = marks.into_iter().collect();
        let mut done = HashSet::new();
        for some in marks.chunks(MAX_ITEMS) {
            done.extend(table.get_all(some).await?.iter().map(item::key_of));
        }
        let identifiers: HashSet<&Identifier> = tasks
            .iter()
            .flat_map(|task| task.plan.customer().into_iter().chain(task.plan.others()))
            .collect();
        let identifiers: Vec<Identifier> = identifiers.into_iter().cloned().collect();
        let (customers, unreadable) = records::readable_customers(table, &identifiers).await?;
        let customers = customers.into_iter();
        let customers = customers.map(|customer| (customer.identifier.clone(), customer));
        Ok((done, customers.collect(), unreadable))
    }

    /// What is done before anybody is told: the look-up keys, and an erasure's history.
    async fn before_telling(&self, plan: &Plan) -> Result<(), Stopped> {
        let table = self.master.table();
        if let Some((before, by)) = &plan.erases {
            erasure::erase(&self.master, (before, by), plan.version).await?;
        }
        if let Some(by) = plan.erased_by.as_ref().filter(|_| !plan.says.is_empty()) {
            // What changed meanwhile comes with its own record.
            erasure::empty(&self.master, &plan.says, by).await?;
        }
        let Some(identifier) = plan.customer() else {
            return Ok(());
        };
        let secret = &self.master.controls().secret;
        let writes = plan.standings.iter().map(|(term, standing)| {
            items::look_up_key(&keys::look_up(secret, term), identifier, plan.version, *standing)
        });
        let writes: Vec<Write> = writes.collect();
        for some in writes.chunks(AT_ONCE) {
            for done in join_all(some.iter().map(|write| written(table, write))).await {
                done?;
            }
        }
        Ok(())
    }

    /// Tells the bus; what it does not take has failed.
    async fn tell(&self, tasks: Vec<Task>, outcome: &mut Outcome<'_>) -> Vec<Task> {
        if tasks.is_empty() {
            return tasks;
        }
        let changes: Vec<&Change> = tasks.iter().map(|task| &task.plan.change).collect();
        match self.bus.put(&changes).await {
            Ok(taken) => {
                for (place, task) in tasks.iter().enumerate() {
                    if !taken.get(place).copied().unwrap_or(false) {
                        outcome.fail(task, Stopped::Unavailable("the bus refused it".into()));
                    }
                }
            }
            Err(error) => outcome.fail_all(&tasks, &Stopped::Unavailable(error)),
        }
        outcome.kept(tasks)
    }

    /// Appends to the lists, each list's changes in their order.
    async fn append(&self, tasks: Vec<Task>, outcome: &mut Outcome<'_>) -> Vec<Task> {
        for shard in 0..keys::CHANGE_SHARDS {
            let of_list: Vec<&Task> =
                tasks.iter().filter(|task| task.plan.shard() == shard).collect();
            let changes: Vec<&Change> = of_list.iter().map(|task| &task.plan.change).collect();
            let appended = self.heads.append(self.master.table(), shard, &changes).await;
            if let Err(stopped) = appended {
                outcome.fail_all(of_list, &stopped);
            }
        }
        outcome.kept(tasks)
    }

    /// Takes one step for all tasks: those of one item one after another, and none behind one that fails; items side by side.
    async fn each_item(
        &self,
        step: Step,
        tasks: Vec<Task>,
        outcome: &mut Outcome<'_>,
    ) -> Vec<Task> {
        let mut order: Vec<&Key> = Vec::new();
        let mut of_item: HashMap<&Key, Vec<&Task>> = HashMap::new();
        for task in &tasks {
            of_item.entry(&task.item).or_insert_with(|| {
                order.push(&task.item);
                Vec::new()
            });
            of_item.entry(&task.item).and_modify(|of_item| of_item.push(task));
        }
        for some in order.chunks(step.items_at_once()) {
            let under_way = some.iter().map(|item| self.steps(step, &of_item[*item]));
            for failed in join_all(under_way).await.into_iter().flatten() {
                outcome.fail(failed.0, failed.1);
            }
        }
        outcome.kept(tasks)
    }

    /// Takes one step for the tasks of one item, up to the first that fails.
    async fn steps<'t>(&self, step: Step, tasks: &[&'t Task]) -> Option<(&'t Task, Stopped)> {
        for task in tasks {
            let done = match step {
                Step::BeforeTelling => self.before_telling(&task.plan).await,
                Step::PairUp => self.pair_up(&task.plan).await,
                Step::Enter => self.enter(&task.plan).await,
            };
            if let Err(stopped) = done {
                return Some((task, stopped));
            }
        }
        None
    }

    /// Finds who looks like the customer, where that may be others than before; nobody looks like one who was erased.
    async fn pair_up(&self, plan: &Plan) -> Result<(), Stopped> {
        if let Some((before, _)) = &plan.erases {
            let at = plan.change.at;
            return pairs::forget(&self.master, (&before.identifier, at)).await;
        }
        match plan.to_pair(&self.master.controls().secret) {
            Some(customer) => pairs::pair_up(&self.master, customer).await,
            None => Ok(()),
        }
    }

    /// Writes the history's entry: the last step.
    async fn enter(&self, plan: &Plan) -> Result<(), Stopped> {
        match &plan.entry {
            Some((identifier, entry)) => {
                let write = items::history_entry(identifier, &plan.change.id, entry);
                written(self.master.table(), &write).await
            }
            None => Ok(()),
        }
    }
}

/// The marks of what was done before, customers as they are, and the keys of those that cannot be read.
type Standing = (HashSet<Key>, HashMap<Identifier, Customer>, Vec<(Key, TableError)>);

/// A step that is taken for each record by itself.
#[derive(Debug, Clone, Copy)]
enum Step {
    BeforeTelling,
    PairUp,
    Enter,
}

impl Step {
    fn items_at_once(self) -> usize {
        match self {
            // Each has a dozen keys and more.
            Self::BeforeTelling => AT_ONCE / 4,
            Self::Enter => AT_ONCE,
            Self::PairUp => PAIRED_AT_ONCE,
        }
    }
}

/// What became of each record so far.
struct Outcome<'b> {
    batch: &'b [Record],
    followed: Vec<Followed>,
}

impl<'b> Outcome<'b> {
    fn new(batch: &'b [Record]) -> Self {
        Self { batch, followed: batch.iter().map(|_| Ok(())).collect() }
    }

    /// A task for each record from which something follows.
    fn plans(&mut self) -> Vec<Task> {
        let mut tasks = Vec::with_capacity(self.batch.len());
        for (at, record) in self.batch.iter().enumerate() {
            match Plan::of(record) {
                Ok(Some(plan)) => tasks.push(Task { at, item: record.key.clone(), plan }),
                Ok(None) => {}
                Err(error) => self.followed[at] = Err(Box::new(error)),
            }
        }
        self.kept(tasks)
    }

    fn fail(&mut self, task: &Task, stopped: Stopped) {
        if self.followed[task.at].is_ok() {
            self.followed[task.at] = Err(Box::new(stopped));
        }
    }

    fn fail_all<'t>(&mut self, tasks: impl IntoIterator<Item = &'t Task>, why: &Stopped) {
        let why = chain(why);
        for task in tasks {
            self.fail(task, Stopped::Unavailable(why.clone().into()));
        }
    }

    /// Whether a record of the same item at this place, or before it, failed.
    fn has_failed_before(&self, at: usize) -> bool {
        let records = self.batch.iter().zip(&self.followed).take(at + 1);
        let mut of_item = records.filter(|(record, _)| record.key == self.batch[at].key);
        of_item.any(|(_, followed)| followed.is_err())
    }

    /// The tasks that have not failed, and of whose item nothing before them has.
    fn kept(&mut self, tasks: Vec<Task>) -> Vec<Task> {
        let mut first_failed: HashMap<&Key, usize> = HashMap::new();
        for (at, record) in self.batch.iter().enumerate() {
            if self.followed[at].is_err() {
                first_failed.entry(&record.key).or_insert(at);
            }
        }
        let behind_a_failed_one =
            |task: &Task| first_failed.get(&task.item).is_some_and(|failed| *failed < task.at);
        let mut kept = Vec::with_capacity(tasks.len());
        for task in tasks {
            if behind_a_failed_one(&task) {
                let why = Stopped::Unavailable("an earlier record of its item failed".into());
                if self.followed[task.at].is_ok() {
                    self.followed[task.at] = Err(Box::new(why));
                }
            } else if self.followed[task.at].is_ok() {
                kept.push(task);
            }
        }
        kept
    }
}

/// An error with all that it comes of, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line = format!("{line}: {error}");
        source = error.source();
    }
    line
}
