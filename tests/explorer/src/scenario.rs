//! Scenarios: what stands in the table before, and which requests meet there.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::controls::Controls;
use domain::customer::address::Address;
use operations::kit::Master;
use operations::kit::Standardizer;
use store::item::Item;
use store::items::{self, Occupant};
use store::keys::{self, Key};
use store::numbers;
use store::table::Table;
use store::writes::{Condition, Write};

use super::ledger::Ledger;
use super::request::{Answer, Made, MadeBy, Request};
use model::ModelTable;
use model::world::World;

/// The rules of the process that takes a try: those of the four steps in which a rule changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rules {
    #[default]
    First,
    FirstAlsoSecond,
    SecondAlsoFirst,
    Second,
}

/// The world as one try finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amid {
    /// The rules of its process.
    pub rules: Rules,
    /// Whether the address service answers, and verifies another address than the one that is given.
    pub verifies: bool,
    /// Whether the companies are listed in another order.
    pub other_company_first: bool,
}

/// The world of a deployment that sets nothing.
pub const PLAIN: Amid = Amid { rules: Rules::First, verifies: false, other_company_first: false };

/// One client: a request, and how often it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The request.
    pub request: Request,
    /// Its idempotency key.
    pub key: Option<&'static str>,
    /// How often it is asked for at the most, until an answer tells what came of it. Each try runs in a fresh process.
    pub tries: usize,
    /// The world as each try finds it; the last one's is that of all further ones.
    pub amid: &'static [Amid],
    /// When it begins.
    pub begins: Begins,
    /// Whether its process asks which rules are in force, and stops where its own are not.
    pub looks: bool,
}

/// When a client begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// Whenever it likes.
    Anytime,
    /// When this other client has ended.
    After(usize),
    /// After this other client, and only while nobody is under way: whoever began before is done, as it is after the three minutes that an audit waits.
    Alone(usize),
}

impl Client {
    /// The same in another world.
    #[must_use]
    pub fn amid(self, amid: &'static [Amid]) -> Self {
        Self { amid, ..self }
    }

    /// The same, which begins then.
    #[must_use]
    pub fn begins(self, begins: Begins) -> Self {
        Self { begins, ..self }
    }

    /// The same in a process that asks which rules are in force.
    #[must_use]
    pub fn that_looks(self) -> Self {
        Self { looks: true, ..self }
    }

    /// The world as this try finds it.
    pub(super) fn amid_at(&self, again: usize) -> Amid {
        self.amid.get(again).or(self.amid.last()).copied().unwrap_or(PLAIN)
    }

    /// Asks once, without a key.
    pub fn once(request: Request) -> Self {
        let begins = Begins::Anytime;
        Self { request, key: None, tries: 1, amid: &[PLAIN], begins, looks: false }
    }

    /// Asks with a key, and once more where the answer does not tell what came of it.
    pub fn keyed(key: &'static str, request: Request) -> Self {
        Self { key: Some(key), tries: 2, ..Self::once(request) }
    }
}

/// What must come of a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    /// The same as if one request came after the other, by one rule, with no address verified.
    OneAfterTheOther,
    /// All mean the same customer, and there is one: whatever their worlds are.
    OneCustomer,
}

/// An item that is lost behind everybody's back, as a restore or a hand loses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Whatever has this sort key.
    At(&'static str),
    /// The customer that this request before created.
    Customer(usize),
    /// A seat of a customer that lives elsewhere.
    Reference,
    /// The claim of a relate id.
    Claim,
    /// The counter of customer numbers, which says which rules are in force.
    Counter,
}

impl Lost {
    fn is(self, (key, item): (&Key, &Item), made: &Made) -> bool {
        match self {
            Self::At(sort) => key.sk == sort,
            Self::Customer(before) => {
                let customer = made[before].customer.as_ref();
                customer.is_some_and(|(identifier, _)| keys::customer(identifier) == *key)
            }
            Self::Reference => {
                key.pk.starts_with("BLOCK#")
                    && matches!(items::occupant(item.clone()), Ok((_, Occupant::Reference(_))))
            }
            Self::Claim => key.pk.starts_with("RELATE#"),
            Self::Counter => *key == keys::customer_counter(),
        }
    }
}

/// How far the counter has come before the requests of a scenario begin.
const COUNTED: u64 = 500_000_000;

/// What a newer release put on an item beside the attributes that this one knows.
pub const NEWER: &str = "newer";

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
    /// What must come of it.
    pub expects: Expects,
    /// The world in which it was done that is done before.
    pub before_amid: Amid,
    /// The idempotency keys of what was done before, each with its place there.
    pub keys_before: &'static [(usize, &'static str)],
    /// The item that was lost since.
    pub lost: Option<Lost>,
    /// Whether all that was done before is older than what belongs together may be on its way.
    pub later: bool,
    /// Whether a newer release has put an attribute on every item since.
    pub newer: bool,
}

/// The table before the requests of a scenario begin.
#[derive(Debug)]
pub struct Stage {
    /// The table.
    pub table: ModelTable,
    /// The same before anything was lost.
    pub whole: World,
    /// What the requests before made.
    pub made: Made,
    /// What the requests before were answered.
    pub answers: Vec<Answer>,
    /// The keys of the items on which a newer release put an attribute.
    pub newer: Vec<Key>,
}

impl Scenario {
    /// Does what is done before.
    ///
    /// # Panics
    /// Where the operations do not even work for one request at a time.
    pub fn stage(&self) -> Stage {
        let table = ModelTable::new();
        let mut made = Made::new();
        let mut answers = Vec::new();
        for (place, request) in self.before.iter().enumerate() {
            let master = master(table.clone(), self.before_amid);
            let key = self.key_before(place);
            let tried = at_once(request.perform(&master, key, &made));
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
        // Above the numbers of processes that count apart, so that no audit finds the counter below them.
        at_once(numbers::count_on_behind(&table, COUNTED)).expect("the model answers");
        if self.clients.iter().any(|client| client.looks) {
            let settled = at_once(master(table.clone(), self.before_amid).settled());
            settled.expect("a table that says nothing yet of which rules are in force");
        }
        let whole = table.copy();
        let (table, newer) = self.since(table, &made);
        Stage { table, whole, made, answers, newer }
    }

    /// The idempotency key of a request before.
    pub(super) fn key_before(&self, place: usize) -> Option<&'static str> {
        let mut keys = self.keys_before.iter();
        keys.find(|(keyed, _)| *keyed == place).map(|(_, key)| *key)
    }

    /// The table after what others did to it since, behind everybody's back.
    fn since(&self, table: ModelTable, made: &Made) -> (ModelTable, Vec<Key>) {
        if self.lost.is_none() && !self.newer {
            return (table, Vec::new());
        }
        let since = ModelTable::new();
        let mut newer = Vec::new();
        for (key, mut item) in table.items() {
            if self.lost.is_some_and(|lost| lost.is((&key, &item), made)) {
                continue;
            }
            if self.newer && !key.pk.starts_with("COUNTER#") {
                item.insert(NEWER.to_owned(), AttributeValue::S("newer".to_owned()));
                newer.push(key);
            }
            let put = Write::Put { item, on: Condition::Absent };
            at_once(since.write_unasked(&put)).expect("the model writes");
        }
        (since, newer)
    }
}

/// The controls of a deployment in a plain world.
pub(super) fn controls() -> Controls {
    controls_amid(PLAIN)
}

/// The controls of a process.
fn controls_amid(amid: Amid) -> Controls {
    const FIELDS: &str = "last_name,company,street,address_line_2,apartment,city,state";
    let (first, second) = ("postal_code:5,name:4,street:6", "postal_code:5,name:4,street:7");
    let (home, also) = match amid.rules {
        Rules::First => (first, None),
        Rules::FirstAlsoSecond => (first, Some(second)),
        Rules::SecondAlsoFirst => (second, Some(first)),
        Rules::Second => (second, None),
    };
    Controls::read(|name| match name {
        "KEY_SECRET" => Some("the secret of the table in the model".to_owned()),
        "MATCH_CODE_LAYOUT" => Some(home.to_owned()),
        "ALSO_MATCH" => also.map(|layout| format!("{layout}/{FIELDS}")),
        "COMPANIES" => Some(if amid.other_company_first { "2,1" } else { "1,2" }.to_owned()),
        _ => None,
    })
    .expect("the controls of scenarios are good")
}

/// The address that the address service verifies.
fn verified() -> Address {
    Address {
        line1: "100 EXAMPLE REAR".to_owned(),
        city: "WESTBOROUGH".to_owned(),
        state: "MA".to_owned(),
        postal_code: "01581-1234".to_owned(),
        country: "USA".to_owned(),
        ..Address::default()
    }
}

/// A fresh process over this table, in this world.
pub(super) fn master<T: Table>(table: T, amid: Amid) -> Master<T> {
    let controls = controls_amid(amid);
    let standardizer =
        if amid.verifies { Standardizer::to(verified()) } else { Standardizer::of(&controls) };
    Master::new(table, controls, standardizer)
}

/// Runs a future that never waits.
pub(super) fn at_once<F: Future>(future: F) -> F::Output {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => unreachable!("on a table that answers at once nothing waits"),
    }
}
