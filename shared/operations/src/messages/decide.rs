//! Decide what becomes of a message: is it an Add or a Change, of which customer, with which duplicates, and which of its edits fail.

use domain::controls::Controls;
use domain::customer::{Customer, Identifier, Place};
use domain::effect::{Did, Effects};
use domain::matching::duplicate::{self, Judgement};
use domain::matching::match_code::Block;
use domain::message::edits::{self, EditCode, Examined, FailedEdit, Subject};
use domain::message::{Attribute, Attributes, DuplicateCheck, Message};
use domain::outcome::{Action, MessageOutcome, Stopped};
use store::block::ReadBlock;
use store::table::{Table, TableError};
use tokio::join;

use crate::dealers::associate::{have_number, read_block};
use crate::kit::Master;
use crate::kit::Rounds;
use crate::kit::attempt::Asked;
use crate::messages::target::{self, Holders, Target};

/// A message and who asks.
pub(crate) struct Case<'a, T> {
    pub(crate) master: &'a Master<T>,
    pub(crate) asked: &'a Asked,
    pub(crate) message: &'a Message,
}

/// What was decided of a message.
pub(crate) enum Decision {
    /// What was read overlapped a write and decides nothing.
    ReadAgain,
    /// The request did this already: an earlier try of it, or a repetition by the database client of a call whose answer was lost.
    Did(Did, Box<Customer>),
    /// This customer is created.
    Create(Box<Customer>),
    /// A customer of these attributes would be created, were it not a dry run, which uses up no number.
    WouldCreate(Attributes),
    /// The first becomes the second.
    Update(Box<Customer>, Box<Customer>),
    /// Nothing is done; the duplicates, and the edits that the message would fail besides.
    Duplicate(Vec<Customer>, Vec<FailedEdit>),
    Fail(Vec<FailedEdit>),
}

/// A decision, and what it rests on.
pub(crate) struct Decided {
    /// What the message asks for.
    pub(crate) action: Action,
    /// What becomes of it.
    pub(crate) decision: Decision,
    /// Whose its numbers are.
    pub(crate) holders: Holders,
}

/// Decides. `standardized` becomes the message with the address that the address service verified, once for all rounds.
pub(crate) async fn decide<T: Table>(
    case: &Case<'_, T>,
    standardized: &mut Option<Message>,
) -> Result<Decided, Stopped> {
    let named = case.message.names_a_customer();
    if let Some(failed) = edits::refuse_deletion(case.message) {
        return Ok(Decided {
            action: if named { Action::Change } else { Action::Add },
            decision: Decision::Fail(vec![failed]),
            holders: Holders::default(),
        });
    }
    let (target, holders) = if named {
        target::find(case.master, case.message).await?
    } else {
        (Target::New, Holders::default())
    };
    let (action, decision) = match target {
        Target::Unsettled => (Action::Change, Decision::ReadAgain),
        Target::New => {
            if standardized.is_none() {
                *standardized = Some(case.standardized().await);
            }
            let message = standardized.as_ref().unwrap_or(case.message);
            (Action::Add, add(case, message, &holders).await?)
        }
        Target::Existing(customer) => (Action::Change, change(case, *customer, &holders).await?),
        Target::Missing => (Action::Change, Decision::Fail(missing(case))),
    };
    Ok(Decided { action, decision, holders })
}

/// The edits that a message fails now: those that processing it would report.
pub(crate) async fn failing<T: Table>(
    master: &Master<T>,
    message: &Message,
) -> Result<Vec<FailedEdit>, Stopped> {
    let asked = Asked::new(&master.table, "", "show", None, true);
    let mut rounds = Rounds::begin(&master.table);
    let mut standardized = None;
    loop {
        let decided = decide(&Case { master, asked: &asked, message }, &mut standardized).await?;
        match decided.decision {
            Decision::Duplicate(_, failed) | Decision::Fail(failed) => return Ok(failed),
            Decision::Did(..)
            | Decision::Create(_)
            | Decision::WouldCreate(_)
            | Decision::Update(..) => return Ok(Vec::new()),
            Decision::ReadAgain => rounds.again().await?,
        }
    }
}

/// What a message with this outcome was decided to be.
pub(crate) fn action_of(outcome: &MessageOutcome, message: &Message) -> Action {
    match outcome {
        MessageOutcome::Created(_) => Action::Add,
        MessageOutcome::Updated(_) => Action::Change,
        MessageOutcome::Duplicate(_) | MessageOutcome::Failed { .. }
            if message.names_a_customer() =>
        {
            Action::Change
        }
        MessageOutcome::Duplicate(_) | MessageOutcome::Failed { .. } => Action::Add,
    }
}

/// Order of work of an Add: duplicate check, then edits.
async fn add<T: Table>(
    case: &Case<'_, T>,
    message: &Message,
    holders: &Holders,
) -> Result<Decision, Stopped> {
    let (master, asked) = (case.master, case.asked);
    let controls = master.controls();
    let check = DuplicateCheck::of(&message.attributes);
    let Examined { attributes, failed } =
        examine(message, &domain::message::change::kept(&message.attributes), controls);
    let failed_for = |target: Option<&Identifier>| {
        failed.iter().copied().chain(holders.taken(target)).collect::<Vec<_>>()
    };
    // The block is the one of the address as records keep it; where that fails its edits, of the address as it came.
    let home = duplicate::block_of(&attributes, controls);
    let looked_at = home.as_ref().filter(|_| check != DuplicateCheck::Unchecked);
    let (read, number) = join!(read_block(&master.table, looked_at), async {
        if failed.is_empty() { have_number(master, asked).await } else { Ok(()) }
    });
    let ReadBlock { customers, next_seat, complete } = read?;
    number?;
    if let Some((customer, effect)) = customers
        .iter()
        .find_map(|customer| Some((customer, customer.effects.of(&asked.cause.id)?)))
    {
        return Ok(Decision::Did(effect.did, Box::new(customer.clone())));
    }
    if !complete {
        return Ok(Decision::ReadAgain);
    }
    match duplicate::judge(check, duplicate::among(&attributes, &customers, controls)) {
        Judgement::Duplicate(duplicates) => {
            Ok(Decision::Duplicate(duplicates.into_iter().cloned().collect(), failed_for(None)))
        }
        Judgement::Update(duplicate) => {
            let failed = failed_for(Some(&duplicate.identifier));
            if failed.is_empty() {
                updated(case, duplicate.clone(), message).await
            } else {
                Ok(Decision::Fail(failed))
            }
        }
        Judgement::Create => {
            let failed = failed_for(None);
            if !failed.is_empty() {
                return Ok(Decision::Fail(failed));
            }
            let place = match (home.clone(), looked_at) {
                (Some(block), Some(_)) => (block, Place::Seat(next_seat)),
                (Some(block), None) => (block, Place::beside(asked.cause.id.bits("place"))),
                (None, _) => (
                    Block::apart(asked.cause.id.bits("block")),
                    Place::beside(asked.cause.id.bits("place")),
                ),
            };
            created(case, place, attributes).await
        }
    }
}

/// A Change: the edits apply to what it leads to.
async fn change<T: Table>(
    case: &Case<'_, T>,
    customer: Customer,
    holders: &Holders,
) -> Result<Decision, Stopped> {
    if let Some(effect) = customer.effects.of(&case.asked.cause.id) {
        return Ok(Decision::Did(effect.did, Box::new(customer)));
    }
    let mut message = case.message.clone();
    let controls = case.master.controls();
    let bypassed = subject(&message, controls) == Subject::BypassedMessage;
    let defaults = case.defaults().await?;
    if message.comes_from_xstore() && controls.bypass_edits_for_xstore {
        message.attributes.remove(Attribute::ORIGINAL_SOURCE);
    }
    let merged = domain::message::change::merge(
        &customer.attributes,
        &message.attributes,
        defaults.as_ref(),
    );
    let subject = if bypassed { Subject::BypassedMessage } else { Subject::Message };
    let Examined { attributes, failed } = edits::examine(&merged, subject, controls);
    let failed: Vec<_> = edits::examine_envelope(&message)
        .into_iter()
        .chain(failed)
        .chain(holders.taken(Some(&customer.identifier)))
        .collect();
    if failed.is_empty() {
        Ok(next(case, customer, attributes))
    } else {
        Ok(Decision::Fail(failed))
    }
}

/// The edits of a Change for a customer that is not there: what it gives must be right all the same.
fn missing<T: Table>(case: &Case<'_, T>) -> Vec<FailedEdit> {
    let controls = case.master.controls();
    let subject = match subject(case.message, controls) {
        Subject::BypassedMessage => Subject::BypassedMessage,
        Subject::Message | Subject::Fragment | Subject::Dealer => Subject::Fragment,
    };
    let named = case.message.naming().unwrap_or(Attribute::CUSTOMER_NUMBER);
    let mut failed = vec![FailedEdit::on(named, EditCode::CustomerDoesNotExist)];
    failed.extend(edits::examine_envelope(case.message));
    failed.extend(
        edits::examine(&domain::message::change::kept(&case.message.attributes), subject, controls)
            .failed,
    );
    failed.sort_unstable();
    failed
}

/// Whether the message's edits apply (control L93).
fn subject(message: &Message, controls: &Controls) -> Subject {
    if controls.bypass_edits_for_xstore && message.comes_from_xstore() {
        Subject::BypassedMessage
    } else {
        Subject::Message
    }
}

fn examine(message: &Message, given: &Attributes, controls: &Controls) -> Examined {
    let Examined { attributes, failed } =
        edits::examine(given, subject(message, controls), controls);
    Examined {
        attributes,
        failed: edits::examine_envelope(message).into_iter().chain(failed).collect(),
    }
}

/// The customer that is created at this place.
async fn created<T: Table>(
    case: &Case<'_, T>,
    (block, place): (Block, Place),
    attributes: Attributes,
) -> Result<Decision, Stopped> {
    let table = &case.master.table;
    if place == Place::Seat(Place::LAST_SEAT + 1) {
        return Err(TableError::Defect("a block has no seat left".into()).into());
    }
    if case.asked.dry_run {
        return Ok(Decision::WouldCreate(attributes));
    }
    let now = table.now();
    Ok(Decision::Create(Box::new(Customer {
        identifier: Identifier { block, place },
        number: case.master.numbers.take(table).await?,
        version: 1,
        created_at: now,
        updated_at: now,
        attributes,
        alternate_name: None,
        phones: Vec::new(),
        moved_to: None,
        effects: Effects::created(&case.asked.cause, now),
    })))
}

/// The duplicate that is updated: by the same rules as a Change.
async fn updated<T: Table>(
    case: &Case<'_, T>,
    duplicate: Customer,
    message: &Message,
) -> Result<Decision, Stopped> {
    let controls = case.master.controls();
    let defaults = case.defaults().await?;
    let merged = domain::message::change::merge(
        &duplicate.attributes,
        &message.attributes,
        defaults.as_ref(),
    );
    let Examined { attributes, failed } =
        edits::examine(&merged, subject(message, controls), controls);
    if failed.is_empty() {
        Ok(next(case, duplicate, attributes))
    } else {
        Ok(Decision::Fail(failed))
    }
}

/// The customer after an update to these attributes.
fn next<T: Table>(case: &Case<'_, T>, before: Customer, attributes: Attributes) -> Decision {
    let now = case.master.table.now();
    let block = duplicate::block_of(&attributes, case.master.controls());
    let mut after = Customer {
        version: before.version + 1,
        updated_at: now,
        moved_to: block.filter(|block| *block != before.identifier.block),
        attributes,
        ..before.clone()
    };
    after.effects.updated(&case.asked.cause, now);
    Decision::Update(Box::new(before), Box::new(after))
}

impl<T: Table> Case<'_, T> {
    /// The message with the address that the address service verified; as it came where that address would fail edits that it passes.
    async fn standardized(&self) -> Message {
        let attributes =
            self.master.standardizer.standardize(self.message.attributes.clone()).await;
        let message = Message { attributes, ..self.message.clone() };
        let controls = self.master.controls();
        let failed = |message: &Message| {
            edits::examine(
                &domain::message::change::kept(&message.attributes),
                Subject::Message,
                controls,
            )
            .failed
        };
        let failed_before = failed(self.message);
        if failed(&message).iter().all(|failed| failed_before.contains(failed)) {
            message
        } else {
            tracing::warn!("the address service's match fails the edits and changed nothing");
            self.message.clone()
        }
    }

    /// The attributes of the default customer (control I90); none where there is no such customer.
    async fn defaults(&self) -> Result<Option<Attributes>, TableError> {
        Ok(target::by_number(self.master, self.master.controls().default_customer)
            .await?
            .map(|customer| customer.attributes))
    }
}
