//! Goes through every interleaving of a scenario, or through some that a seed picks.
//!
//! Depth first. A state that was seen before is not gone on from: what comes depends on nothing but the table, what is under way, and what each client has heard, and on all
//! of that the digest of the state is taken. So each interleaving ends in a state in which some run ended, or passes through one from which all ways were gone; none is lost.
//! They are counted all the same: the number of ways from a state is the sum over its steps.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use store::table::WholeTable;

use super::chance::Chance;
use super::clients::Clients;
use super::ledger::Ledger;
use super::linearization::{judge, specification_before};
use super::one_customer;
use super::scenario::{Begins, Expects, Scenario, Stage};
use super::specification::Specification;
use super::state::{Faults, State, Touched};
use super::violation::Violation;
use model::world::Step;
use model::{Fault, ModelTable};

/// What a search went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    /// Interleavings, steps that only their own request can see aside.
    pub interleavings: u128,
    /// Different states.
    pub states: usize,
    /// Different ends, each judged.
    pub judged: usize,
    /// Ends that were not: a call took effect that seconds before was given up, and its request refused.
    pub excused: usize,
}

impl std::ops::AddAssign for Gone {
    fn add_assign(&mut self, other: Self) {
        self.interleavings = self.interleavings.saturating_add(other.interleavings);
        self.states += other.states;
        self.judged += other.judged;
        self.excused += other.excused;
    }
}

/// A search over one scenario.
pub struct Search<'a, F> {
    scenario: &'a Scenario,
    over: &'a F,
    stage: Stage,
    before: Specification,
    begins: Vec<Begins>,
    faults: Faults,
}

/// A state on the way that is being gone.
struct Frame {
    /// None while its last way is being gone, which took the state along.
    state: Option<State>,
    digest: u128,
    steps: std::vec::IntoIter<Step>,
    /// The step that is being gone.
    taken: Option<Step>,
    ways: u128,
}

impl<'a, F, T> Search<'a, F>
where
    F: Fn(ModelTable) -> T + Clone + 'static,
    T: WholeTable,
{
    /// A search in which so many things may go wrong in one run. `over` makes of the model table the one that the operations see.
    ///
    /// # Errors
    /// A sentence where what is done before the scenario is not as it should be.
    pub fn new(scenario: &'a Scenario, over: &'a F, faults: usize) -> Result<Self, String> {
        let stage = scenario.stage();
        let ledger = Ledger::read(stage.whole.items())?;
        let before = match scenario.expects {
            Expects::OneAfterTheOther => specification_before(scenario, &stage, &ledger)?,
            // What is as it should be there, no rule tells.
            Expects::OneCustomer => Specification::default(),
        };
        Ok(Self {
            scenario,
            over,
            stage,
            before,
            begins: scenario.clients.iter().map(|client| client.begins).collect(),
            faults: Faults { most: faults, kinds: &Fault::ALL },
        })
    }

    /// The same search, in which nothing else goes wrong than this.
    #[must_use]
    pub fn only(mut self, kinds: &'static [Fault]) -> Self {
        self.faults.kinds = kinds;
        self
    }

    fn clients(&self) -> Clients<'_, F> {
        Clients::new(self.scenario, &self.stage, self.over)
    }

    fn first(&self, clients: &Clients<'_, F>, traced: bool) -> State {
        let mut world = self.stage.table.copy();
        if !self.scenario.numbers_matter {
            world.count_apart();
        }
        if traced {
            world.trace();
        }
        State::first(world, self.scenario.clients.len(), clients)
    }

    /// Goes through all interleavings.
    ///
    /// # Errors
    /// The first violation.
    pub fn exhaust(&self) -> Result<Gone, Box<Violation>> {
        self.exhaust_and(|_| {})
    }

    /// Goes through all interleavings, and tells how they can end: table and answers.
    ///
    /// # Errors
    /// The first violation.
    pub fn ends(&self) -> Result<BTreeSet<u128>, Box<Violation>> {
        let mut ends = BTreeSet::new();
        self.exhaust_and(|state| {
            ends.insert(state.end());
        })?;
        Ok(ends)
    }

    /// The same, with nothing left out and no state recognized: to hold the two against each other, where there are few.
    ///
    /// # Errors
    /// The first violation.
    pub fn all_ends(&self) -> Result<BTreeSet<u128>, Box<Violation>> {
        let clients = self.clients().where_orders_matter();
        let mut ends = BTreeSet::new();
        // Who touches what tells here only which changes wake a client that rests.
        let mut touched = Touched::default();
        self.learn(&mut touched, &clients, &mut |_| {})?;
        self.go_all_ways(
            self.first(&clients, false),
            &mut Vec::new(),
            &touched,
            &clients,
            &mut ends,
        )?;
        Ok(ends)
    }

    fn go_all_ways(
        &self,
        state: State,
        steps: &mut Vec<Step>,
        touched: &Touched,
        clients: &Clients<'_, F>,
        ends: &mut BTreeSet<u128>,
    ) -> Result<(), Box<Violation>> {
        let choices = state.choices(None, (self.faults, &self.begins));
        if choices.is_empty() {
            ends.insert(state.end());
            return match self.judge(&state) {
                Ok(()) => Ok(()),
                Err(what) => Err(Box::new(self.violation(what, steps))),
            };
        }
        for step in choices {
            let mut next = state.clone();
            next.take(&step, Some(touched), clients);
            steps.push(step);
            self.go_all_ways(next, steps, touched, clients, ends)?;
            steps.pop();
        }
        Ok(())
    }

    fn exhaust_and(&self, mut end: impl FnMut(&State)) -> Result<Gone, Box<Violation>> {
        self.learn(&mut Touched::default(), &self.clients(), &mut end)
    }

    /// Goes through all, and begins anew until it is known who touches what.
    fn learn(
        &self,
        touched: &mut Touched,
        clients: &Clients<'_, F>,
        end: &mut impl FnMut(&State),
    ) -> Result<Gone, Box<Violation>> {
        loop {
            match self.exhaust_with(touched, clients, end)? {
                ControlFlow::Break(gone) => return Ok(gone),
                ControlFlow::Continue(()) => {}
            }
        }
    }

    /// Goes through all, as long as nobody turns out to touch what was thought to be another's alone.
    fn exhaust_with(
        &self,
        touched: &mut Touched,
        clients: &Clients<'_, F>,
        end: &mut impl FnMut(&State),
    ) -> Result<ControlFlow<Gone>, Box<Violation>> {
        let mut gone = Gone::default();
        // How many ways lead from each state to an end.
        let mut known: HashMap<u128, u128> = HashMap::new();
        let mut stack = vec![self.frame(self.first(clients, false), 0, touched)];
        loop {
            let frame = stack.last_mut().expect("the first state is left last");
            let Some(step) = frame.steps.next() else {
                let (digest, ways) = (frame.digest, frame.ways);
                known.insert(digest, ways);
                stack.pop();
                match stack.last_mut() {
                    Some(frame) => frame.ways = frame.ways.saturating_add(ways),
                    None => {
                        gone.interleavings = ways;
                        gone.states = known.len();
                        return Ok(ControlFlow::Break(gone));
                    }
                }
                continue;
            };
            let state =
                if frame.steps.len() == 0 { frame.state.take() } else { frame.state.clone() };
            let mut state = state.expect("a state is taken along by the last step only");
            if touched.by(&step.agent, &state.world) {
                return Ok(ControlFlow::Continue(()));
            }
            state.take(&step, Some(touched), clients);
            frame.taken = Some(step);
            let digest = state.digest();
            if let Some(ways) = known.get(&digest) {
                frame.ways = frame.ways.saturating_add(*ways);
                continue;
            }
            let next = self.frame(state, digest, touched);
            if let Some(state) = &next.state
                && next.steps.len() == 0
            {
                gone.judged += usize::from(!state.excused);
                gone.excused += usize::from(state.excused);
                end(state);
                if let Err(what) = self.judge(state) {
                    let steps: Vec<_> = stack.into_iter().filter_map(|one| one.taken).collect();
                    return Err(Box::new(self.violation(what, &steps)));
                }
                known.insert(digest, 1);
                frame.ways = frame.ways.saturating_add(1);
                continue;
            }
            stack.push(next);
        }
    }

    fn frame(&self, state: State, digest: u128, touched: &Touched) -> Frame {
        Frame {
            steps: state.choices(Some(touched), (self.faults, &self.begins)).into_iter(),
            state: Some(state),
            digest,
            taken: None,
            ways: 0,
        }
    }

    /// Goes through so many runs whose steps the seed picks.
    ///
    /// # Errors
    /// The first violation.
    pub fn sample(&self, seed: u64, runs: usize) -> Result<Gone, Box<Violation>> {
        let mut chance = Chance::new(seed);
        let clients = self.clients();
        let mut ends = BTreeSet::new();
        let mut gone = Gone::default();
        for _ in 0..runs {
            let mut state = self.first(&clients, false);
            let mut steps = Vec::new();
            loop {
                let choices = state.choices(None, (self.faults, &self.begins));
                if choices.is_empty() {
                    break;
                }
                // Faults are many more than steps that go well; each step has one chance in eight.
                let (badly, well): (Vec<_>, Vec<_>) =
                    choices.into_iter().partition(|step| step.fault.is_some());
                let of = if !badly.is_empty() && chance.below(8) == 0 { badly } else { well };
                let step = of[chance.below(of.len())].clone();
                state.take(&step, None, &clients);
                steps.push(step);
            }
            gone.interleavings += 1;
            if ends.insert(state.digest()) {
                gone.judged += usize::from(!state.excused);
                gone.excused += usize::from(state.excused);
                if let Err(what) = self.judge(&state) {
                    return Err(Box::new(self.violation(what, &steps)));
                }
            }
        }
        gone.states = ends.len();
        Ok(gone)
    }

    /// Takes these choices, the first step where they end, and tells what happened.
    ///
    /// # Errors
    /// The violation, where it ends in one.
    pub fn replay(&self, choices: &[usize]) -> Result<Vec<String>, Box<Violation>> {
        let clients = self.clients();
        let mut state = self.first(&clients, true);
        let mut steps = Vec::new();
        loop {
            let possible = state.choices(None, (self.faults, &self.begins));
            let position = choices.get(steps.len()).copied().unwrap_or(0);
            let Some(step) = possible.get(position.min(possible.len().saturating_sub(1))) else {
                break;
            };
            state.take(step, None, &clients);
            steps.push(step.clone());
        }
        match self.judge(&state) {
            Ok(()) => Ok(state.world.traced()),
            Err(what) => Err(Box::new(self.violation(what, &steps))),
        }
    }

    fn judge(&self, state: &State) -> Result<(), String> {
        let ledger = Ledger::read(state.world.items())?;
        if state.excused {
            return Ok(());
        }
        one_customer::keeps_what_is_newer(&self.stage, |key| {
            state.world.items().find(|(at, _)| *at == key).map(|(_, item)| item)
        })?;
        let (ended, faulty) = (state.ended(), state.is_faulty());
        match self.scenario.expects {
            Expects::OneAfterTheOther => {
                judge(self.scenario, &self.stage, &self.before, &ended, &ledger, faulty)
            }
            Expects::OneCustomer => {
                one_customer::judge(&ended, &ledger, (faulty, self.scenario.lost.is_some()))
            }
        }
    }

    /// Takes the steps once more and writes down what happens.
    fn violation(&self, what: String, steps: &[Step]) -> Violation {
        let clients = self.clients();
        let mut state = self.first(&clients, true);
        let mut choices = Vec::with_capacity(steps.len());
        for step in steps {
            let possible = state.choices(None, (self.faults, &self.begins));
            let position = possible.iter().position(|one| one == step);
            choices.push(position.expect("what could be done once can be done again"));
            state.take(step, None, &clients);
        }
        Violation::new(
            self.scenario,
            what,
            choices,
            self.faults.most,
            state.world.traced(),
            &state.world,
        )
    }
}
