//! One state of a run: the table, what each client has heard, and which step can come next.

use std::collections::HashMap;
use std::sync::Arc;

use store::table::WholeTable;

use super::clients::{Clients, Heard, Reaction};
use super::linearization::Ended;
use super::request::Tried;
use super::scenario::Begins;
use model::digest::{Digest, of_item};
use model::world::{Agent, Step, World};
use model::{EVERYWHERE, Fault, ModelTable};

/// Who touches which partition in any run so far: a bit for each client, and one for all that happens while nobody waits for it.
#[derive(Debug, Default)]
pub(super) struct Touched {
    by: HashMap<String, u64>,
    /// Who touches anything.
    anybody: u64,
    /// Who walks the whole table.
    walkers: u64,
}

/// The bit of what happens while nobody waits for it.
const NOBODY: u64 = 1 << 63;

impl Touched {
    /// Notes what the agent touches, and says whether it is somebody else's as well who was not known to share it.
    pub(super) fn by(&mut self, agent: &Agent, world: &World) -> bool {
        let bit = bit_of(agent, world);
        // A walk can meet whatever anybody touches.
        let mut shares = self.anybody & bit == 0 && self.walkers & !bit != 0;
        self.anybody |= bit;
        world.partitions(agent, |partition| {
            if partition == EVERYWHERE {
                shares |= self.walkers & bit == 0 && self.anybody & !bit != 0;
                self.walkers |= bit;
                return;
            }
            match self.by.get_mut(partition) {
                None => {
                    self.by.insert(partition.to_owned(), bit);
                }
                Some(by) => {
                    shares |= *by & bit == 0;
                    *by |= bit;
                }
            };
        });
        shares
    }

    /// Who else touches what the agent touches next.
    fn by_others(&self, agent: &Agent, world: &World) -> u64 {
        let own = bit_of(agent, world);
        let mut others = self.walkers;
        world.partitions(agent, |partition| {
            others |= match partition {
                EVERYWHERE => self.anybody,
                partition => self.by.get(partition).copied().unwrap_or(0),
            };
        });
        others & !own
    }
}

fn bit_of(agent: &Agent, world: &World) -> u64 {
    world.client_of(agent).map_or(NOBODY, |client| 1 << client)
}

/// What goes wrong: how much in one run at the most, and what of all that can.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faults {
    pub(super) most: usize,
    pub(super) kinds: &'static [Fault],
}

/// One client on its way.
#[derive(Debug, Clone, Default)]
struct Progress {
    heard: Heard,
    tries: Arc<Vec<Tried>>,
}

/// A state. To go on from it in several ways it is copied.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) world: World,
    clients: Vec<Progress>,
    /// Clients that wait for something to change before they read again, a bit each.
    resting: u64,
    /// Clients that have taken a step.
    started: u64,
    /// Clients that have taken a step which another could notice.
    begun: u64,
    /// Clients that have all the answers they will get.
    ended: u64,
    /// For each client the clients that had ended when it began.
    after: Vec<u64>,
    /// How much has gone wrong.
    faults: usize,
    /// Whether a call that its client had given up took effect after the client was told that its request came to nothing. Nothing but a write at every refusal could
    /// prevent that, and it takes a call that is seconds late: such a run is counted, not judged.
    pub(super) excused: bool,
}

impl State {
    /// The beginning: each client has made its first calls.
    pub(super) fn first<F, T>(mut world: World, count: usize, clients: &Clients<'_, F>) -> Self
    where
        F: Fn(ModelTable) -> T + Clone + 'static,
        T: WholeTable,
    {
        for client in 0..count {
            world.note(|| format!("{client}: begins"));
        }
        let mut state = Self {
            world,
            clients: vec![Progress::default(); count],
            resting: 0,
            started: 0,
            begun: 0,
            ended: 0,
            after: vec![0; count],
            faults: 0,
            excused: false,
        };
        for client in 0..count {
            state.react(client, &clients.begins(client));
        }
        state
    }

    /// The steps that can come next; none at the end. `touched`: who touches what in some run; none, and everybody touches everything.
    ///
    /// A step on partitions that nobody else touches who is still at work commutes with every step of the others, and neither enables nor disables one: whatever the order,
    /// the same answers are given. So where there is such a step it comes next, and nothing is lost (it is a persistent set of one: Godefroid 1996). Who touches what is
    /// found out on the way; when a run shows that somebody touches more than was known, the search begins anew with that knowledge.
    /// `begins`: when each client does.
    pub(super) fn choices(
        &self,
        touched: Option<&Touched>,
        (faults, begins): (Faults, &[Begins]),
    ) -> Vec<Step> {
        let mut agents = self.world.agents();
        agents.retain(|agent| self.may_begin(agent, begins));
        let awake = |agent: &Agent| {
            let client = self.world.client_of(agent);
            client.is_none_or(|client| self.resting & 1 << client == 0)
        };
        // One that rests reads the same again while nothing changes; only when nobody else can go on, it does.
        if self.resting != 0 && agents.iter().any(awake) {
            agents.retain(awake);
        }
        if let Some(touched) = touched
            && let Some(position) = agents.iter().position(|one| self.is_private(one, touched))
        {
            agents = vec![agents.swap_remove(position)];
        }
        let mut steps = Vec::with_capacity(agents.len());
        for agent in agents {
            if self.faults < faults.most {
                let possible = self.world.faults(&agent).iter();
                for fault in possible.filter(|fault| faults.kinds.contains(fault)) {
                    steps.push(Step { agent: agent.clone(), fault: Some(*fault) });
                }
            }
            steps.push(Step { agent, fault: None });
        }
        steps
    }

    /// Whether the agent's client is under way or may begin now.
    fn may_begin(&self, agent: &Agent, begins: &[Begins]) -> bool {
        let Some(client) = self.world.client_of(agent) else { return true };
        match begins[client] {
            Begins::Anytime => true,
            Begins::After(other) => self.ended & 1 << other != 0,
            Begins::Alone(_) if self.started & 1 << client != 0 => true,
            Begins::Alone(after) => self.ended & 1 << after != 0 && self.started & !self.ended == 0,
        }
    }

    /// Whether what the agent does next concerns nobody else. What only those touch who have ended counts as well, but not for the first step that others could notice:
    /// when a client begins decides which requests may be thought to have come after its own.
    fn is_private(&self, agent: &Agent, touched: &Touched) -> bool {
        let others = touched.by_others(agent, &self.world);
        let begins = self.world.client_of(agent).is_some_and(|client| {
            self.begun & 1 << client == 0 && self.ended.count_ones() + 1 < self.count()
        });
        if begins { others == 0 } else { others & !self.ended == 0 }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.clients.len()).expect("few clients meet")
    }

    /// Takes a step, and lets the client that it answers go on.
    pub(super) fn take<F, T>(
        &mut self,
        step: &Step,
        touched: Option<&Touched>,
        clients: &Clients<'_, F>,
    ) where
        F: Fn(ModelTable) -> T + Clone + 'static,
        T: WholeTable,
    {
        let others =
            touched.map_or(u64::MAX, |touched| touched.by_others(&step.agent, &self.world));
        if let Some(client) = self.world.client_of(&step.agent)
            && self.begun & 1 << client == 0
            && others != 0
        {
            self.begun |= 1 << client;
            self.after[client] = self.ended;
        }
        if let Some(client) = self.world.client_of(&step.agent) {
            self.started |= 1 << client;
        }
        self.faults += usize::from(step.fault.is_some());
        let taken = self.world.take(step);
        if let Some(client) = taken.landed {
            self.excused |= self.was_refused(client);
        }
        if taken.changed && others & !self.ended != 0 {
            self.resting = 0;
        }
        if let Some((name, answer)) = taken.answered {
            let client = &mut self.clients[name.client];
            let reaction = clients.hears(name.client, &mut client.heard, name.ordinal, answer);
            self.react(name.client, &reaction);
        }
    }

    /// The client does what follows from what it heard.
    fn react(&mut self, number: usize, reaction: &Reaction) {
        let client = &mut self.clients[number];
        for tried in &reaction.tried {
            Arc::make_mut(&mut client.tries).push(tried.clone());
            self.world.note(|| format!("{number}: is answered: {}", tried.answer));
        }
        for call in &reaction.calls {
            self.world.begin(call.clone());
        }
        self.resting |= u64::from(reaction.rests) << number;
        self.ended |= u64::from(reaction.ended) << number;
    }

    /// Whether a client was told that its request came to nothing.
    fn was_refused(&self, client: usize) -> bool {
        let last = self.clients[client].tries.last();
        self.ended & 1 << client != 0
            && last.is_some_and(|last| last.answer.tells() && !last.answer.is_effect())
    }

    /// Whether something went wrong.
    pub(super) fn is_faulty(&self) -> bool {
        self.faults > 0
    }

    /// The digest of all that the rest of the run, and the judgement of it, can depend on.
    pub(super) fn digest(&self) -> u128 {
        let mut digest = Digest::default();
        digest.add(&self.world.digest());
        for client in &self.clients {
            digest.add(&client.heard.digest());
        }
        digest.add(&(self.resting, self.started, self.begun, self.ended, &self.after));
        digest.add(&(self.faults, self.excused));
        digest.finish()
    }

    /// The digest of what is left at the end: the table, and the answers.
    pub(super) fn end(&self) -> u128 {
        let items: Vec<_> = self.world.items().map(|(_, item)| of_item(item)).collect();
        let tries = self.clients.iter().map(|client| &client.tries);
        let answers: Vec<_> = tries.map(|tries| format!("{tries:?}")).collect();
        Digest::of(&(items, answers))
    }

    /// What the clients learned.
    pub(super) fn ended(&self) -> Vec<Ended> {
        let tries = self.clients.iter().map(|client| client.tries.to_vec());
        let ended = |(tries, after): (_, &u64)| Ended { tries, after: *after };
        tries.zip(&self.after).map(ended).collect()
    }
}
