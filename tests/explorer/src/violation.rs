//! What went wrong, for people: the requests, each step, the table at the end, and how to see it again.

use std::fmt;

use super::scenario::Scenario;
use model::world::World;

/// The attributes of items that a violation shows.
const SHOWN: [&str; 5] = ["number", "version", "state", "organization", "count"];

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

impl Violation {
    pub(super) fn new(
        scenario: &Scenario,
        what: String,
        choices: Vec<usize>,
        faults: usize,
        steps: Vec<String>,
        world: &World,
    ) -> Self {
        let mut trace = vec!["requests:".to_owned()];
        for (number, client) in scenario.clients.iter().enumerate() {
            let key = client.key.map_or_else(String::new, |key| format!(" with the key {key}"));
            trace.push(format!("  {number}: {:?}{key}", client.request));
        }
        trace.push("steps:".to_owned());
        trace.extend(steps.into_iter().map(|line| format!("  {line}")));
        trace.push("table:".to_owned());
        for (key, item) in world.items() {
            let mut line = format!("  {}/{}", key.pk, key.sk);
            for name in SHOWN {
                if let Some(value) = item.get(name)
                    && let Ok(text) = value.as_s().or_else(|_| value.as_n())
                {
                    line.push_str(&format!(" {name} {text}"));
                }
            }
            trace.push(line);
        }
        Self { scenario: scenario.name, what, choices, faults, trace }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
