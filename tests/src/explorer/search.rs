//! Goes through every interleaving of a scenario, or through some that a seed picks.
//!
//! Depth first. Futures cannot be copied, so that each run begins at the beginning and repeats the choices that lead to where it goes on. A state that was seen before is not
//! gone on from: what comes depends on nothing but the table, what is under way, and what each process has learned, and on all of that the digest of the state is taken.
//! So each interleaving ends in a state in which some run ended, or passes through one from which all ways were gone; none is lost. They are counted all the same: the
//! number of ways from a state is the sum over its steps.

use std::collections::{BTreeSet, HashMap, HashSet};

use store::table::Table;

use super::explanation::{judge, specification_before};
use super::ledger::Ledger;
use super::run::{Run, Shared, Trace};
use super::scenario::{Scenario, Stage};
use super::specification::Specification;
use crate::model::{Fault, ModelTable, Step};

/// What a search went through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    /// Interleavings, steps that only their own request can see aside.
    pub interleavings: u128,
    /// Different states.
    pub states: usize,
    /// Runs.
    pub runs: usize,
    /// Runs that went to their end and were judged.
    pub judged: usize,
    /// Runs that were not: a call took effect that seconds before was given up, and its request refused.
    pub excused: usize,
}

/// Something is wrong, and how to see it again.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The scenario.
    pub scenario: &'static str,
    /// What is wrong.
    pub what: String,
    /// The choices that lead there, each the position of a step among all that could be taken.
    pub choices: Vec<usize>,
    /// How many things could go wrong.
    pub faults: usize,
    /// What happened, step by step, and the table at the end.
    pub trace: Vec<String>,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "scenario: {}", self.scenario)?;
        writeln!(f, "violation: {}", self.what)?;
        for line in &self.trace {
            writeln!(f, "  {line}")?;
        }
        let choices: Vec<_> = self.choices.iter().map(ToString::to_string).collect();
        write!(
            f,
            "to see it again: --scenario '{}' --faults {} --replay {}",
            self.scenario,
            self.faults,
            choices.join(".")
        )
    }
}

/// A search over one scenario.
pub struct Search<'a, F> {
    scenario: &'a Scenario,
    over: &'a F,
    stage: Stage,
    before: Specification,
    faults: usize,
    kinds: &'static [Fault],
}

/// A state on the way that is being gone.
struct Frame {
    digest: u128,
    choices: Vec<Step>,
    /// For each choice that was made: what the step left behind, and the state that it led to.
    made: Vec<Option<(Trace, u128)>>,
    next: usize,
    ways: u128,
}

/// What is known of the states that were left for good.
#[derive(Default)]
struct Known {
    /// How many ways lead from each to an end.
    ways: HashMap<u128, u128>,
    /// Where each step led, by the state and the step's name.
    led: HashMap<(u128, u128), u128>,
}

impl Known {
    /// The state that a step leads to from the last of these states, if that need not be tried: the step was possible in the state before, commutes with the step
    /// between, and the other way round both were taken already.
    fn foreseen(&self, stack: &[Frame], step: &Step) -> Option<(Trace, u128)> {
        let [.., before, _] = stack else { return None };
        let (between, _) = before.made[before.next].as_ref()?;
        let earlier = before.choices[..before.next]
            .iter()
            .position(|one| one == step)?;
        let (trace, led) = before.made[earlier].as_ref()?;
        if !trace.commutes(between) {
            return None;
        }
        let led = self.led.get(&(*led, between.name)).copied()?;
        Some((trace.clone(), led))
    }
}

impl<'a, F, T> Search<'a, F>
where
    F: Fn(ModelTable) -> T + Clone + 'static,
    T: Table,
{
    /// A search in which so many things may go wrong in one run. `over` makes of the model table the one that the operations see.
    ///
    /// # Errors
    /// A sentence where what is done before the scenario is not as it should be.
    pub fn new(scenario: &'a Scenario, over: &'a F, faults: usize) -> Result<Self, String> {
        let stage = scenario.stage();
        let ledger = Ledger::read(&stage.table.items())?;
        let before = specification_before(scenario, &stage, &ledger)?;
        Ok(Self {
            scenario,
            over,
            stage,
            before,
            faults,
            kinds: &Fault::ALL,
        })
    }

    /// The same search, in which nothing else goes wrong than this.
    #[must_use]
    pub fn only(self, kinds: &'static [Fault]) -> Self {
        Self { kinds, ..self }
    }

    fn begin(&self, traced: bool) -> Run {
        let faults = (self.faults, self.kinds);
        Run::begin(self.scenario, &self.stage, self.over, faults, traced)
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
        self.exhaust_and(|run| {
            ends.insert(run.end());
        })?;
        Ok(ends)
    }

    /// The same, with nothing left out and nothing foreseen: to hold the two against each other, where there are few.
    ///
    /// # Errors
    /// The first violation.
    pub fn all_ends(&self) -> Result<BTreeSet<u128>, Box<Violation>> {
        let mut ends = BTreeSet::new();
        let mut stack: Vec<(Vec<Step>, usize)> = Vec::new();
        loop {
            let mut run = self.begin(false);
            for (steps, next) in &stack {
                run.take(&steps[*next], None);
            }
            loop {
                let steps = run.choices(None);
                let Some(step) = steps.first().cloned() else {
                    break;
                };
                run.take(&step, None);
                stack.push((steps, 0));
            }
            ends.insert(run.end());
            if let Err(what) = self.judge(run) {
                let steps = stack.iter().map(|(steps, next)| steps[*next].clone());
                return Err(Box::new(self.violation(what, steps.collect())));
            }
            while let Some((steps, next)) = stack.last_mut() {
                *next += 1;
                if *next < steps.len() {
                    break;
                }
                stack.pop();
            }
            if stack.is_empty() {
                return Ok(ends);
            }
        }
    }

    fn exhaust_and(&self, mut end: impl FnMut(&Run)) -> Result<Gone, Box<Violation>> {
        let mut shared = Shared::new();
        let mut runs = 0;
        loop {
            match self.exhaust_with(&shared, &mut runs, &mut end)? {
                Ok(gone) => return Ok(gone),
                Err(found) => shared.extend(found),
            }
        }
    }

    /// Goes through all, as long as no partition turns out to be shared that was not known to be.
    fn exhaust_with(
        &self,
        shared: &Shared,
        runs: &mut usize,
        end: &mut impl FnMut(&Run),
    ) -> Result<Result<Gone, Vec<String>>, Box<Violation>> {
        let mut known = Known::default();
        let mut stack: Vec<Frame> = Vec::new();
        let (mut judged, mut excused) = (0, 0);
        loop {
            *runs += 1;
            let mut run = self.begin(false);
            let mut depth = 0;
            let mut found = loop {
                if depth == stack.len() {
                    let digest = run.digest();
                    if let Some(Frame { made, next, .. }) = stack.last_mut()
                        && let Some((_, led)) = &mut made[*next]
                    {
                        *led = digest;
                    }
                    if let Some(ways) = known.ways.get(&digest) {
                        break *ways;
                    }
                    let choices = run.choices(Some(shared));
                    if choices.is_empty() {
                        judged += usize::from(!run.excused);
                        excused += usize::from(run.excused);
                        end(&run);
                        if let Err(what) = self.judge(run) {
                            let steps = stack.iter().map(|frame| frame.choices[frame.next].clone());
                            return Err(Box::new(self.violation(what, steps.collect())));
                        }
                        known.ways.insert(digest, 1);
                        break 1;
                    }
                    stack.push(Frame {
                        digest,
                        made: vec![None; choices.len()],
                        choices,
                        next: 0,
                        ways: 0,
                    });
                    if let Some(ways) = Self::skip_foreseen(&mut known, &mut stack) {
                        break ways;
                    }
                }
                let frame = &mut stack[depth];
                let trace = run.take(&frame.choices[frame.next], Some(shared));
                if !trace.found.is_empty() {
                    return Ok(Err(trace.found));
                }
                if frame.made[frame.next].is_none() {
                    frame.made[frame.next] = Some((trace, 0));
                }
                depth += 1;
            };
            loop {
                let Some(frame) = stack.last_mut() else {
                    return Ok(Ok(Gone {
                        interleavings: found,
                        states: known.ways.len(),
                        runs: *runs,
                        judged,
                        excused,
                    }));
                };
                frame.ways = frame.ways.saturating_add(found);
                frame.next += 1;
                match Self::skip_foreseen(&mut known, &mut stack) {
                    Some(ways) => found = ways,
                    None => break,
                }
            }
        }
    }

    /// Goes past the choices of the last state whose ends are foreseen. When none is left it leaves the state for good, and says how many ways lead on from it.
    fn skip_foreseen(known: &mut Known, stack: &mut Vec<Frame>) -> Option<u128> {
        while let Some(frame) = stack.last()
            && let Some(step) = frame.choices.get(frame.next)
        {
            let foreseen = known.foreseen(stack, step)?;
            let ways = *known.ways.get(&foreseen.1)?;
            let frame = stack
                .last_mut()
                .expect("there is one, it was just looked at");
            frame.made[frame.next] = Some(foreseen);
            frame.ways = frame.ways.saturating_add(ways);
            frame.next += 1;
        }
        let frame = stack.pop()?;
        known.ways.insert(frame.digest, frame.ways);
        for (trace, led) in frame.made.into_iter().flatten() {
            known.led.insert((frame.digest, trace.name), led);
        }
        Some(frame.ways)
    }

    /// Goes through so many runs whose steps the seed picks.
    ///
    /// # Errors
    /// The first violation.
    pub fn sample(&self, seed: u64, runs: usize) -> Result<Gone, Box<Violation>> {
        let mut chance = Chance(seed);
        let mut ends = HashSet::new();
        let mut excused = 0;
        for _ in 0..runs {
            let mut run = self.begin(false);
            let mut steps = Vec::new();
            loop {
                let choices = run.choices(None);
                if choices.is_empty() {
                    break;
                }
                // Faults are many more than steps that go well; each step has one chance in eight.
                let well: Vec<_> = choices.iter().filter(|step| step.fault.is_none()).collect();
                let badly: Vec<_> = choices.iter().filter(|step| step.fault.is_some()).collect();
                let step = if !badly.is_empty() && chance.below(8) == 0 {
                    badly[chance.below(badly.len())].clone()
                } else {
                    well[chance.below(well.len())].clone()
                };
                run.take(&step, None);
                steps.push(step);
            }
            ends.insert(run.digest());
            excused += usize::from(run.excused);
            if let Err(what) = self.judge(run) {
                return Err(Box::new(self.violation(what, steps)));
            }
        }
        Ok(Gone {
            interleavings: runs as u128,
            states: ends.len(),
            runs,
            judged: runs - excused,
            excused,
        })
    }

    /// Takes these choices, the first step where they end, and tells what happened.
    ///
    /// # Errors
    /// The violation, where it ends in one.
    pub fn replay(&self, choices: &[usize]) -> Result<Vec<String>, Box<Violation>> {
        let mut run = self.begin(true);
        let mut steps = Vec::new();
        loop {
            let possible = run.choices(None);
            let position = choices.get(steps.len()).copied().unwrap_or(0);
            let Some(step) = possible.get(position.min(possible.len().saturating_sub(1))) else {
                break;
            };
            run.take(step, None);
            steps.push(step.clone());
        }
        let trace = run.table.traced();
        match self.judge(run) {
            Ok(()) => Ok(trace),
            Err(what) => Err(Box::new(self.violation(what, steps))),
        }
    }

    fn judge(&self, run: Run) -> Result<(), String> {
        let ledger = Ledger::read(&run.table.items())?;
        if run.excused {
            return Ok(());
        }
        let faulty = run.faulty;
        let ended = run.ended();
        judge(
            self.scenario,
            &self.stage,
            &self.before,
            &ended,
            &ledger,
            faulty,
        )
    }

    /// Takes the steps once more and writes down what happens.
    fn violation(&self, what: String, steps: Vec<Step>) -> Violation {
        let mut run = self.begin(true);
        let mut trace = vec!["requests:".to_owned()];
        for (number, client) in self.scenario.clients.iter().enumerate() {
            trace.push(format!("  {number}: {:?} {:?}", client.key, client.request));
        }
        trace.push("steps:".to_owned());
        let mut choices = Vec::with_capacity(steps.len());
        for step in &steps {
            let possible = run.choices(None);
            choices.push(
                possible
                    .iter()
                    .position(|one| one == step)
                    .unwrap_or_default(),
            );
            run.take(step, None);
        }
        trace.extend(
            run.table
                .traced()
                .into_iter()
                .map(|line| format!("  {line}")),
        );
        trace.push("table:".to_owned());
        for (key, item) in run.table.items() {
            let mut shown: Vec<_> = ["number", "version", "state", "organization", "count"]
                .into_iter()
                .filter_map(|name| {
                    let value = item.get(name)?;
                    let text = value.as_s().or_else(|_| value.as_n()).ok()?;
                    Some(format!("{name} {text}"))
                })
                .collect();
            shown.insert(0, format!("  {}/{}", key.pk, key.sk));
            trace.push(shown.join(" "));
        }
        Violation {
            scenario: self.scenario.name,
            what,
            choices,
            faults: self.faults,
            trace,
        }
    }
}

/// Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % limit as u64).expect("below a limit that is a usize")
    }
}
