//! How clients behave: what each asks the table after what it was answered.
//!
//! A client is a request that runs in processes of its own, and what these do depends on the answers that they get and on nothing else: clock and chance are theirs. So what
//! a client does next is a function of what it has heard, and the shipped operation runs once for each different thing that it can hear, however many interleavings lead there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use domain::matching::epoch::UNAWARE_SECONDS;
use store::table::WholeTable;

use super::request::Tried;
use super::scenario::{Begins, Scenario, Stage, master};
use model::ModelTable;
use model::call::{Answer, Call};
use model::digest::Digest;
use model::mailbox::Mailbox;

/// How long a request goes on deciding, as `operations::kit::rounds` has it.
const BUDGET: Duration = Duration::from_secs(5);

/// How much later clients begin where what was done before is old: longer than what belongs together may be on its way.
const LATER_SECONDS: u64 = 61;

/// Processes of one client have numbers next to each other.
const PROCESSES: usize = 10;

/// All that a client has heard: the answers to its calls.
///
/// Answers that it took without a word, because it still waited for others, count as one with the answer that made it go on: which of several answers that it waits for
/// comes first, a request does not notice.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    /// Names what it had heard when it made its last calls.
    spoke: u128,
    /// Names what it heard since, in any order.
    since: u128,
    last: Option<Arc<Last>>,
}

#[derive(Debug)]
struct Last {
    before: Heard,
    ordinal: usize,
    answer: Answer,
}

impl Heard {
    /// Tells it from anything else that a client can hear.
    pub(super) fn digest(&self) -> u128 {
        Digest::of(&(self.spoke, self.since))
    }
}

/// What a client does when it hears something.
#[derive(Debug, Default)]
pub(super) struct Reaction {
    /// The calls that it makes.
    pub(super) calls: Vec<Call>,
    /// What its request was answered, where it was: more than once where it is asked again.
    pub(super) tried: Vec<Tried>,
    /// Whether it paused before it went on.
    pub(super) rests: bool,
    /// Whether it asks no more.
    pub(super) ended: bool,
}

/// The clients of a scenario.
pub(super) struct Clients<'a, F> {
    scenario: &'a Scenario,
    stage: &'a Stage,
    over: &'a F,
    /// Whether it counts in which order answers came that a client waited for together.
    orders_matter: bool,
    known: RefCell<HashMap<(usize, u128), Rc<Reaction>>>,
    /// For each client the one that was looked at last: most often it is the one that hears something next.
    live: RefCell<Vec<Option<Live>>>,
}

/// A client at work.
struct Live {
    /// What it heard last, and before.
    heard: Option<Arc<Last>>,
    mailbox: Mailbox,
    told: Rc<RefCell<Vec<Tried>>>,
    /// None once it has ended: what it still asked for at once with what failed, nobody hears any more.
    work: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl<'a, F, T> Clients<'a, F>
where
    F: Fn(ModelTable) -> T + Clone + 'static,
    T: WholeTable,
{
    /// `over` makes of the model table the one that the operations see.
    pub(super) fn new(scenario: &'a Scenario, stage: &'a Stage, over: &'a F) -> Self {
        Self {
            scenario,
            stage,
            over,
            orders_matter: false,
            known: RefCell::default(),
            live: RefCell::new((0..scenario.clients.len()).map(|_| None).collect()),
        }
    }

    /// The same, with nothing taken for granted: each order of answers counts.
    pub(super) fn where_orders_matter(self) -> Self {
        Self { orders_matter: true, ..self }
    }

    /// What this client does before it hears anything.
    pub(super) fn begins(&self, client: usize) -> Rc<Reaction> {
        self.known(client, &Heard::default())
    }

    /// What this client does when it hears the answer to one more call.
    pub(super) fn hears(
        &self,
        client: usize,
        heard: &mut Heard,
        ordinal: usize,
        answer: Answer,
    ) -> Rc<Reaction> {
        let name = Digest::of(&(ordinal, answer.digest()));
        let before = std::mem::take(heard);
        *heard = Heard {
            spoke: before.spoke,
            since: before.since.wrapping_add(name),
            last: Some(Arc::new(Last { before, ordinal, answer })),
        };
        let reaction = self.known(client, heard);
        if self.orders_matter || !reaction.calls.is_empty() || reaction.ended {
            (heard.spoke, heard.since) = (heard.digest(), 0);
        }
        reaction
    }

    fn known(&self, client: usize, heard: &Heard) -> Rc<Reaction> {
        let name = (client, heard.digest());
        if let Some(reaction) = self.known.borrow().get(&name) {
            return Rc::clone(reaction);
        }
        let reaction = Rc::new(self.work(client, heard));
        self.known.borrow_mut().insert(name, Rc::clone(&reaction));
        reaction
    }

    /// Lets the client hear it.
    fn work(&self, client: usize, heard: &Heard) -> Reaction {
        let kept = self.live.borrow_mut()[client].take();
        let (mut live, mut reaction, mut unheard) = match (kept, &heard.last) {
            (Some(live), Some(last)) if live.has_heard(&last.before) => {
                (live, Reaction::default(), vec![last])
            }
            (_, last) => {
                let mut live = self.begin(client);
                let reaction = live.go_on();
                let unheard = std::iter::successors(last.as_ref(), |one| one.before.last.as_ref());
                (live, reaction, unheard.collect::<Vec<_>>())
            }
        };
        while let Some(last) = unheard.pop() {
            live.mailbox.answer(last.ordinal, last.answer.clone());
            reaction = live.go_on();
        }
        live.heard.clone_from(&heard.last);
        self.live.borrow_mut()[client] = Some(live);
        reaction
    }

    /// A client that has heard nothing: it asks, and asks again while it does not know what came of its request.
    fn begin(&self, number: usize) -> Live {
        let client = self.scenario.clients[number].clone();
        let made = self.stage.made.clone();
        let over = self.over.clone();
        let rounds = self.scenario.rounds.saturating_sub(1).max(1);
        let begins = match client.begins {
            Begins::Alone(_) => UNAWARE_SECONDS,
            Begins::Anytime | Begins::After(_) if self.scenario.later => LATER_SECONDS,
            Begins::Anytime | Begins::After(_) => 0,
        };
        let mailbox = Mailbox::new(number);
        let told = Rc::new(RefCell::new(Vec::new()));
        let (at, tell) = (mailbox.clone(), Rc::clone(&told));
        let work = async move {
            for again in 0..client.tries {
                let process = (number + 1) * PROCESSES + again;
                let table = ModelTable::on(&at, process, BUDGET / rounds);
                table.advance(begins);
                let mut master = master(over(table), client.amid_at(again));
                if client.looks {
                    match master.clone().settled().await {
                        Ok(settled) => master = settled,
                        Err(_) => {
                            tell.borrow_mut().push(Tried::not_in_force());
                            break;
                        }
                    }
                }
                let tried = client.request.perform(&master, client.key, &made).await;
                let tells = tried.answer.tells();
                tell.borrow_mut().push(tried);
                if tells {
                    break;
                }
            }
        };
        Live { heard: None, mailbox, told, work: Some(Box::pin(work)) }
    }
}

impl Live {
    /// Whether that is what it has heard.
    fn has_heard(&self, heard: &Heard) -> bool {
        match (&self.heard, &heard.last) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// Goes on until it waits for an answer or has ended.
    fn go_on(&mut self) -> Reaction {
        let mut context = Context::from_waker(Waker::noop());
        let polled = self.work.as_mut().map(|work| work.as_mut().poll(&mut context));
        let ended = polled.is_none_or(|polled| polled.is_ready());
        if ended {
            self.work = None;
        }
        Reaction {
            calls: self.mailbox.take(),
            tried: self.told.take(),
            rests: self.mailbox.has_paused(),
            ended,
        }
    }
}
