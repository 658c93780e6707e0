//! Decide what becomes of a message: is it an Add or a Change, of which customer, with which duplicates, and which of its edits fail.

use domain::controls::Controls;
use domain::customer::{Customer, CustomerNumber, Identifier, Place};
use domain::duplicate::{self, Judgement};
use domain::edits::{self, EditCode, Examined, FailedEdit, Subject};
use domain::effect::{Did, Effects};
use domain::match_code::Block;
use domain::message::{Attribute, Attributes, DuplicateCheck, Message};
use domain::outcome::{Action, MessageOutcome, Stopped};
use store::block::ReadBlock;
use store::items::{Claim, Claimed};
use store::keys;
use store::table::{Table, TableError};
use tokio::join;

use crate::associate::{have_number, read_block};
use crate::idempotency::Asked;
use crate::master::Master;
use crate::read;
use crate::rounds::Rounds;

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
    /// Edits failed.
    Fail(Vec<FailedEdit>),
}

/// Whose the alternate number and the relate id of the message are.
#[derive(Debug, Default)]
struct Holders {
    alternate_number: Option<Identifier>,
    relate_id: Option<Identifier>,
}

/// Which customer the message means by its numbers.
enum Target {
    /// None: it adds one.
    New,
    /// This one: it changes it.
    Existing(Box<Customer>),
    /// One that is not there.
    Missing,
}

/// Decides. `standardized` becomes the message with the address that the address service verified, once for all rounds.
pub(crate) async fn decide<T: Table>(
    case: &Case<'_, T>,
    standardized: &mut Option<Message>,
) -> Result<(Action, Decision), Stopped> {
    let named = case.message.names_a_customer();
    if let Some(failed) = edits::refuse_deletion(case.message) {
        return Ok((
            if named { Action::Change } else { Action::Add },
            Decision::Fail(vec![failed]),
        ));
    }
    let (target, holders) = if named {
        target(case).await?
    } else {
        (Target::New, Holders::default())
    };
    match target {
        Target::New => {
            if standardized.is_none() {
                *standardized = Some(case.standardized().await);
            }
            let message = standardized.as_ref().unwrap_or(case.message);
            Ok((Action::Add, add(case, message, &holders).await?))
        }
        Target::Existing(customer) => {
            Ok((Action::Change, change(case, *customer, &holders).await?))
        }
        Target::Missing => Ok((Action::Change, Decision::Fail(missing(case)))),
    }
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
        let (_, decision) = decide(
            &Case {
                master,
                asked: &asked,
                message,
            },
            &mut standardized,
        )
        .await?;
        match decision {
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

async fn target<T: Table>(case: &Case<'_, T>) -> Result<(Target, Holders), Stopped> {
    let (master, given) = (case.master, &case.message.attributes);
    let number = given.get(Attribute::CUSTOMER_NUMBER);
    // Nobody has a number that is longer than the attribute may be; it may be longer than a key can be as well.
    let short = |attribute: Attribute| {
        given
            .get(attribute)
            .filter(|value| !edits::is_too_long(attribute, value))
    };
    let (by_number, relate_id, alternate_number) = join!(
        customer_of(master, number.and_then(CustomerNumber::parse)),
        claimed(master, short(Attribute::RELATE_ID).map(keys::relate_id)),
        claimed(
            master,
            short(Attribute::ALTERNATE_NUMBER).map(keys::alternate_number)
        ),
    );
    let (relate_id, alternate_number) = (relate_id?, alternate_number?);
    let target = if number.is_some() {
        by_number?.map_or(Target::Missing, |customer| {
            Target::Existing(Box::new(customer))
        })
    } else {
        let named = if given.get(Attribute::RELATE_ID).is_some() {
            &relate_id
        } else {
            &alternate_number
        };
        match named {
            Some(Claimed::By(holder)) => {
                Target::Existing(Box::new(claimant(master, holder).await?))
            }
            Some(Claimed::FormerlyBy(holder)) => {
                // Who had the number last matters only to the next try of a request that found its customer by it.
                let customer = claimant(master, holder).await?;
                if customer.effects.of(&case.asked.cause.id).is_some() {
                    Target::Existing(Box::new(customer))
                } else {
                    Target::New
                }
            }
            None => Target::New,
        }
    };
    let holder = |claimed| match claimed {
        Some(Claimed::By(holder)) => Some(holder),
        Some(Claimed::FormerlyBy(_)) | None => None,
    };
    Ok((
        target,
        Holders {
            relate_id: holder(relate_id),
            alternate_number: holder(alternate_number),
        },
    ))
}

async fn customer_of<T: Table>(
    master: &Master<T>,
    number: Option<CustomerNumber>,
) -> Result<Option<Customer>, TableError> {
    match number {
        Some(number) => read::customer_by_number(master, number).await,
        None => Ok(None),
    }
}

async fn claimed<T: Table>(
    master: &Master<T>,
    key: Option<keys::Key>,
) -> Result<Option<Claimed>, TableError> {
    let Some(key) = key else { return Ok(None) };
    master.table.get(&key).await?.map(Claim::read).transpose()
}

async fn claimant<T: Table>(
    master: &Master<T>,
    identifier: &Identifier,
) -> Result<Customer, TableError> {
    let customer = master.customer(identifier).await?;
    customer.ok_or_else(|| TableError::Defect("a claim is held by nobody".into()))
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
    let Examined { attributes, failed } = examine(
        message,
        &domain::change::kept(&message.attributes),
        controls,
    );
    let failed_for = |target: Option<&Identifier>| {
        failed
            .iter()
            .copied()
            .chain(taken(holders, target))
            .collect::<Vec<_>>()
    };
    // The block is the one of the address as records keep it; where that fails its edits, of the address as it came.
    let home = duplicate::block_of(&attributes, controls);
    let looked_at = home.as_ref().filter(|_| check != DuplicateCheck::Unchecked);
    let (read, number) = join!(read_block(&master.table, looked_at), async {
        if failed.is_empty() {
            have_number(master, asked).await
        } else {
            Ok(())
        }
    });
    let ReadBlock {
        customers,
        next_seat,
        complete,
    } = read?;
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
        Judgement::Duplicate(duplicates) => Ok(Decision::Duplicate(
            duplicates.into_iter().cloned().collect(),
            failed_for(None),
        )),
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
    let merged =
        domain::change::merge(&customer.attributes, &message.attributes, defaults.as_ref());
    let subject = if bypassed {
        Subject::BypassedMessage
    } else {
        Subject::Message
    };
    let Examined { attributes, failed } = edits::examine(&merged, subject, controls);
    let failed: Vec<_> = edits::examine_envelope(&message)
        .into_iter()
        .chain(failed)
        .chain(taken(holders, Some(&customer.identifier)))
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
        edits::examine(
            &domain::change::kept(&case.message.attributes),
            subject,
            controls,
        )
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
        failed: edits::examine_envelope(message)
            .into_iter()
            .chain(failed)
            .collect(),
    }
}

/// The edits of numbers that belong to another customer than the one that shall have them.
fn taken(holders: &Holders, target: Option<&Identifier>) -> Vec<FailedEdit> {
    let taken = |holder: &Option<Identifier>| holder.is_some() && holder.as_ref() != target;
    let relate_id = taken(&holders.relate_id)
        .then(|| FailedEdit::on(Attribute::RELATE_ID, EditCode::RelateIdTaken));
    let alternate = taken(&holders.alternate_number)
        .then(|| FailedEdit::on(Attribute::ALTERNATE_NUMBER, EditCode::AlternateNumberTaken));
    relate_id.into_iter().chain(alternate).collect()
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
    let merged = domain::change::merge(
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
        let attributes = self
            .master
            .standardizer
            .standardize(self.message.attributes.clone())
            .await;
        let message = Message {
            attributes,
            ..self.message.clone()
        };
        let controls = self.master.controls();
        let failed = |message: &Message| {
            edits::examine(
                &domain::change::kept(&message.attributes),
                Subject::Message,
                controls,
            )
            .failed
        };
        let failed_before = failed(self.message);
        if failed(&message)
            .iter()
            .all(|failed| failed_before.contains(failed))
        {
            message
        } else {
            tracing::warn!("the address service's match fails the edits and changed nothing");
            self.message.clone()
        }
    }

    /// The attributes of the default customer (control I90); none where there is no such customer.
    async fn defaults(&self) -> Result<Option<Attributes>, TableError> {
        Ok(
            customer_of(self.master, self.master.controls().default_customer)
                .await?
                .map(|customer| customer.attributes),
        )
    }
}
