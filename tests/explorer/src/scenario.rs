//! Scenarios: what stands in the table before, and which requests meet there.

use domain::controls::Controls;
use operations::kit::Master;
use operations::kit::Standardizer;
use store::table::Table;

use super::ledger::Ledger;
use super::request::{Answer, Made, MadeBy, Request};
use model::ModelTable;

/// One client: a request, and how often it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The request.
    pub request: Request,
    /// Its idempotency key.
    pub key: Option<&'static str>,
    /// How often it is asked for at the most, until an answer tells what came of it. Each try runs in a fresh process.
    pub tries: usize,
}

impl Client {
    /// Asks once, without a key.
    pub fn once(request: Request) -> Self {
        Self { request, key: None, tries: 1 }
    }

    /// Asks with a key, and once more where the answer does not tell what came of it.
    pub fn keyed(key: &'static str, request: Request) -> Self {
        Self { request, key: Some(key), tries: 2 }
    }
}

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it shows, in a few words.
    pub name: &'static str,
    /// What is done before, one after another.
    pub before: Vec<Request>,
    /// The requests that meet.
    pub clients: Vec<Client>,
    /// Whether the order matters in which customer numbers are given. Where it does not, each process takes them from a range of its own: numbers are opaque, and another
    /// order of additions to the counter would only permute them.
    pub numbers_matter: bool,
    /// How often a request decides before it is busy. Pauses last accordingly.
    pub rounds: u32,
    /// How many things go wrong in one run at the most, when all of it is gone through.
    pub faults: usize,
}

/// The table before the requests of a scenario begin.
#[derive(Debug)]
pub struct Stage {
    /// The table.
    pub table: ModelTable,
    /// What the requests before made.
    pub made: Made,
    /// What the requests before were answered.
    pub answers: Vec<Answer>,
    /// The controls.
    pub controls: Controls,
}

impl Scenario {
    /// Does what is done before.
    ///
    /// # Panics
    /// Where the operations do not even work for one request at a time.
    pub fn stage(&self) -> Stage {
        let table = ModelTable::new();
        let controls = controls();
        let mut made = Made::new();
        let mut answers = Vec::new();
        for request in &self.before {
            let master = master(table.clone(), &controls);
            let tried = at_once(request.perform(&master, None, &made));
            let ledger = Ledger::read(table.copy().items())
                .expect("one request at a time leaves a table that can be read");
            made.push(MadeBy {
                customer: ledger
                    .created_by(&tried.effect)
                    .map(|customer| (customer.identifier.clone(), customer.number)),
                effect: tried.effect.clone(),
            });
            answers.push(tried.answer);
        }
        Stage { table, made, answers, controls }
    }
}

/// The controls of a deployment that sets none but its secret.
pub(super) fn controls() -> Controls {
    Controls::read(|name| {
        (name == "KEY_SECRET").then(|| "the secret of the table in the model".to_owned())
    })
    .expect("the defaults are good")
}

/// A fresh process over this table.
pub(super) fn master<T: Table>(table: T, controls: &Controls) -> Master<T> {
    Master::new(table, controls.clone(), Standardizer::of(controls))
}

/// Runs a future that never waits.
pub(super) fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("on a table that answers at once nothing waits"),
    }
}
