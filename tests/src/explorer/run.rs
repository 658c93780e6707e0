//! One run: the requests of a scenario, polled by hand over the model table, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use store::table::Table;

use super::explanation::Ended;
use super::request::Tried;
use super::scenario::{Scenario, Stage, master};
use crate::model::{Agent, Digest, Fault, ModelTable, Step};

/// How long a request goes on deciding, as `operations::rounds` has it.
const BUDGET: Duration = Duration::from_secs(5);

/// Which partitions more than one agent has touched in any run so far.
pub(super) type Shared = BTreeSet<String>;

type Trying = Pin<Box<dyn Future<Output = Vec<Tried>>>>;

enum Client {
    Trying(Trying),
    Ended(Vec<Tried>),
}

/// What a step left behind: all that tells whether it commutes with another.
#[derive(Debug, Clone, Default)]
pub(super) struct Trace {
    /// The step, named alike in all interleavings.
    pub(super) name: u128,
    client: Option<usize>,
    partitions: Vec<u128>,
    changes: bool,
    rests: bool,
    begins: bool,
    ends: bool,
    /// Partitions that turned out to be shared.
    pub(super) found: Vec<String>,
}

impl Trace {
    /// Whether the two lead to the same state in both orders. Steps of two clients do when neither changes anything, or what they look at has nothing in common; but
    /// whether a client rests depends on what changed since, and who came before whom on who ended before who began.
    pub(super) fn commutes(&self, other: &Self) -> bool {
        let apart = || {
            let common = |partition| other.partitions.contains(partition);
            !self.partitions.iter().any(common)
        };
        self.client.is_some()
            && other.client.is_some()
            && self.client != other.client
            && ((!self.changes && !other.changes) || apart())
            && !self.rests
            && !other.rests
            && !(self.begins && other.ends)
            && !(self.ends && other.begins)
    }
}

/// A run under way.
pub(super) struct Run {
    pub(super) table: ModelTable,
    clients: Vec<Client>,
    /// Clients that wait for something to change before they read again, a bit each.
    resting: u64,
    begun: u64,
    ended: u64,
    after: Vec<u64>,
    /// How many things may still go wrong.
    faults_left: usize,
    /// What may go wrong.
    kinds: &'static [Fault],
    /// Whether something went wrong.
    pub(super) faulty: bool,
    /// Whether a call that its client had given up took effect after the client was told that its request came to nothing. Nothing but a write at every refusal could
    /// prevent that, and it takes a call that is seconds late: such a run is counted, not judged.
    pub(super) excused: bool,
    /// Who touched which partition: a bit for each client, and for each client's work that nobody waits for.
    touched: BTreeMap<String, u64>,
}

impl Run {
    /// Begins the requests of a scenario on a copy of its stage, each client in processes of its own.
    pub(super) fn begin<T: Table>(
        scenario: &Scenario,
        stage: &Stage,
        over: &(impl Fn(ModelTable) -> T + Clone + 'static),
        (faults, kinds): (usize, &'static [Fault]),
        traced: bool,
    ) -> Self {
        let table = stage.table.copy();
        table.step_by_step(BUDGET / scenario.rounds.saturating_sub(1).max(1));
        if !scenario.numbers_matter {
            table.count_apart();
        }
        if traced {
            table.trace();
        }
        let clients: Vec<_> = (0..scenario.clients.len())
            .map(|number| Client::Trying(client(scenario, stage, number, &table, over)))
            .collect();
        let mut run = Self {
            table,
            resting: 0,
            begun: 0,
            ended: 0,
            after: vec![0; clients.len()],
            clients,
            faults_left: faults,
            kinds,
            faulty: false,
            excused: false,
            touched: BTreeMap::new(),
        };
        for number in 0..run.clients.len() {
            run.poll(number);
        }
        run
    }

    /// The steps that can come next; none at the end. `shared`: the partitions that more than one agent touches in some run; none, and all count as such.
    ///
    /// A step on partitions that only its own agent ever touches commutes with every step of the others, and neither enables nor disables one: whatever the order, the
    /// same answers are given. So where there is such a step it comes next, and nothing is lost (it is a persistent set of one: Godefroid 1996). Which partitions these are
    /// is found out on the way; when a run shows that one is shared after all, the search begins anew with that knowledge.
    pub(super) fn choices(&self, shared: Option<&Shared>) -> Vec<Step> {
        let mut agents = self.table.agents();
        let awake = |agent: &Agent| {
            self.table
                .client_of(agent)
                .is_none_or(|client| self.resting & 1 << client == 0)
        };
        // One that rests reads the same again while nothing changes; only when nobody else can go on, it does.
        if agents.iter().any(awake) {
            agents.retain(awake);
        }
        if let Some(shared) = shared {
            let private = |agent: &Agent| {
                let mut private = true;
                self.table
                    .partitions(agent, |partition| private &= !shared.contains(partition));
                private
            };
            if let Some(position) = agents.iter().position(private) {
                agents = vec![agents.swap_remove(position)];
            }
        }
        let mut steps = Vec::with_capacity(agents.len());
        for agent in agents {
            let faults = if self.faults_left > 0 {
                self.table.faults(&agent)
            } else {
                &[]
            };
            let faults = faults.iter().filter(|fault| self.kinds.contains(fault));
            for fault in std::iter::once(None).chain(faults.copied().map(Some)) {
                steps.push(Step {
                    agent: agent.clone(),
                    fault,
                });
            }
        }
        steps
    }

    /// Takes a step, and lets the client that it answers go on.
    pub(super) fn take(&mut self, step: &Step, shared: Option<&Shared>) -> Trace {
        let mut trace = Trace {
            name: self.table.name_of(step),
            client: self.table.client_of(&step.agent),
            found: self.touch(&step.agent, shared),
            ..Trace::default()
        };
        self.table.partitions(&step.agent, |partition| {
            trace.partitions.push(Digest::of(partition));
        });
        let private = shared.is_some_and(|shared| {
            let mut private = true;
            self.table.partitions(&step.agent, |partition| {
                private &= !shared.contains(partition);
            });
            private
        });
        if let Some(client) = self.table.client_of(&step.agent)
            && self.begun & 1 << client == 0
            && !private
        {
            self.begun |= 1 << client;
            self.after[client] = self.ended;
            trace.begins = true;
        }
        if step.fault.is_some() {
            self.faults_left -= 1;
            self.faulty = true;
        }
        let taken = self.table.take(step);
        trace.changes = taken.changed;
        if let Some(client) = taken.landed {
            self.excused |= self.was_refused(client);
        }
        if taken.changed && !private {
            self.resting = 0;
        }
        if let Some(client) = taken.answered {
            let ended = self.ended;
            trace.rests = self.poll(client);
            trace.ends = self.ended != ended;
        }
        trace
    }

    /// Whether a client was told that its request came to nothing.
    fn was_refused(&self, client: usize) -> bool {
        match &self.clients[client] {
            Client::Trying(_) => false,
            Client::Ended(tries) => tries
                .last()
                .is_some_and(|last| last.answer.tells() && !last.answer.is_effect()),
        }
    }

    /// Notes who touches what.
    fn touch(&mut self, agent: &Agent, shared: Option<&Shared>) -> Vec<String> {
        let Some(shared) = shared else {
            return Vec::new();
        };
        // What happens while nobody waits for it is an agent of its own; all of it counts as one, which is more than enough.
        let bit = self
            .table
            .client_of(agent)
            .map_or(1 << 63, |client| 1 << client);
        let mut found = Vec::new();
        let touched = &mut self.touched;
        self.table.partitions(agent, |partition| {
            if shared.contains(partition) {
                return;
            }
            let by = touched.entry(partition.to_owned()).or_default();
            *by |= bit;
            if by.count_ones() > 1 {
                found.push(partition.to_owned());
            }
        });
        found
    }

    /// Polls a client, and says whether it rests.
    fn poll(&mut self, number: usize) -> bool {
        let Client::Trying(trying) = &mut self.clients[number] else {
            return false;
        };
        self.table.poll_for(number);
        let polled = trying
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()));
        let rests = self.table.has_paused(number);
        if rests {
            self.resting |= 1 << number;
        }
        if let Poll::Ready(tries) = polled {
            self.clients[number] = Client::Ended(tries);
            self.ended |= 1 << number;
        }
        rests
    }

    /// The digest of all that the rest of the run, and the judgement of it, can depend on.
    pub(super) fn digest(&self) -> u128 {
        Digest::of(&(
            self.table.digest(),
            self.resting,
            self.begun,
            self.ended,
            &self.after,
            self.faults_left,
            self.excused,
        ))
    }

    /// The digest of what is left: the table, and the answers.
    pub(super) fn end(&self) -> u128 {
        let items: Vec<_> = self
            .table
            .items()
            .iter()
            .map(|(_, item)| crate::model::of_item(item))
            .collect();
        let answers: Vec<_> = self
            .clients
            .iter()
            .map(|client| match client {
                Client::Trying(_) => String::new(),
                Client::Ended(tries) => format!("{tries:?}"),
            })
            .collect();
        Digest::of(&(items, answers))
    }

    /// What the clients learned.
    ///
    /// # Panics
    /// Where a client has not ended.
    pub(super) fn ended(self) -> Vec<Ended> {
        self.clients
            .into_iter()
            .zip(self.after)
            .map(|(client, after)| match client {
                Client::Ended(tries) => Ended { tries, after },
                Client::Trying(_) => unreachable!("nothing can go on, so everybody has ended"),
            })
            .collect()
    }
}

/// One client: asks, and asks again while it does not know what came of its request.
fn client<T: Table>(
    scenario: &Scenario,
    stage: &Stage,
    number: usize,
    table: &ModelTable,
    over: &(impl Fn(ModelTable) -> T + Clone + 'static),
) -> Trying {
    /// Processes of one client have numbers next to each other.
    const PROCESSES: usize = 10;
    let client = scenario.clients[number].clone();
    let (made, controls, model) = (stage.made.clone(), stage.controls.clone(), table.clone());
    let over = over.clone();
    Box::pin(async move {
        let mut tries: Vec<Tried> = Vec::new();
        for again in 0..client.tries {
            let process = over(model.of_process((number + 1) * PROCESSES + again));
            let master = master(process, &controls);
            let tried = client.request.perform(&master, client.key, &made).await;
            model.note(|| format!("{number}: is answered: {}", tried.answer));
            let tells = tried.answer.tells();
            tries.push(tried);
            if tells {
                break;
            }
        }
        tries
    })
}
