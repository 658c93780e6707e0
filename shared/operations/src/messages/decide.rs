//! Decide what becomes of a message: is it an Add or a Change, of which customer, with which duplicates, and which of its edits fail. Nothing is written here.

use domain::controls::Controls;
use domain::customer::Customer;
use domain::effect::Did;
use domain::matching::duplicate::{self, Judgement};
use domain::message::change::{kept, merge};
use domain::message::edits::{self, EditCode, Examined, FailedEdit, Subject};
use domain::message::{Attribute, Attributes, DuplicateCheck, Message};
use store::block::{self, ReadBlock};
use store::table::Table;
use tokio::join;

use super::Action;
use super::target::{self, Holders, Target};
use crate::kit::{Attempt, Stopped, customer_writes};

/// What was decided of a message, and what it rests on.
pub(crate) struct Decision {
    pub(crate) action: Action,
    pub(crate) verdict: Verdict,
    /// Whose its numbers are.
    pub(crate) holders: Holders,
}

pub(crate) enum Verdict {
    /// What was read overlapped a write and decides nothing.
    ReadAgain,
    /// The request did this already: an earlier try of it, or a repetition by the database client of a call whose answer was lost.
    Replay(Did, Box<Customer>),
    Create(Box<Customer>),
    /// A customer of these attributes would be created, were it not a dry run, which uses up no number.
    WouldCreate(Attributes),
    Update {
        before: Box<Customer>,
        after: Box<Customer>,
    },
    /// Nothing is done. `failed` are the edits that the message would fail besides.
    Duplicate {
        duplicates: Vec<Customer>,
        failed: Vec<FailedEdit>,
    },
    Fail(Vec<FailedEdit>),
}

/// Decides. `standardized` becomes the message with the address that the address service verified, once for all rounds.
pub(crate) async fn decide<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    standardized: &mut Option<Message>,
) -> Result<Decision, Stopped> {
    let named = message.names_a_customer();
    if let Some(failed) = edits::refuse_deletion(message) {
        return Ok(Decision {
            action: if named { Action::Change } else { Action::Add },
            verdict: Verdict::Fail(vec![failed]),
            holders: Holders::default(),
        });
    }
    let (target, holders) = if named {
        target::find(attempt.master, message).await?
    } else {
        (Target::New, Holders::default())
    };
    let (action, verdict) = match target {
        Target::Unsettled => (Action::Change, Verdict::ReadAgain),
        Target::New => {
            if standardized.is_none() {
                *standardized = Some(with_verified_address(attempt, message).await);
            }
            let message = standardized.as_ref().unwrap_or(message);
            (Action::Add, add(attempt, message, &holders).await?)
        }
        Target::Existing(customer) => {
            (Action::Change, change(attempt, message, *customer, &holders).await?)
        }
        Target::Missing => (Action::Change, Verdict::Fail(missing(message, attempt.controls()))),
    };
    Ok(Decision { action, verdict, holders })
}

/// The message with the address that the address service verified; as it came where that address would fail edits that it passes.
async fn with_verified_address<T: Table>(attempt: &Attempt<'_, T>, message: &Message) -> Message {
    let attributes = attempt.master.standardizer.standardize(message.attributes.clone()).await;
    let verified = Message { attributes, ..message.clone() };
    let failed = |message: &Message| {
        edits::examine(&kept(&message.attributes), Subject::Message, attempt.controls()).failed
    };
    let failed_before = failed(message);
    if failed(&verified).iter().all(|failed| failed_before.contains(failed)) {
        verified
    } else {
        tracing::warn!("the address service's match fails the edits and changed nothing");
        message.clone()
    }
}

/// Order of work of an Add: duplicate check, then edits.
async fn add<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    holders: &Holders,
) -> Result<Verdict, Stopped> {
    let controls = attempt.controls();
    let check = DuplicateCheck::of(&message.attributes);
    let Examined { attributes, failed } =
        edits::examine(&kept(&message.attributes), subject(message, controls), controls);
    let failed: Vec<_> = edits::examine_envelope(message).into_iter().chain(failed).collect();
    let failed_for = |target: Option<&Customer>| {
        failed.iter().copied().chain(holders.taken(target)).collect::<Vec<_>>()
    };
    // The block is the one of the address as records keep it; where that fails its edits, of the address as it came.
    let home = duplicate::block_of(&attributes, controls);
    let looked_at = home.as_ref().filter(|_| check != DuplicateCheck::Unchecked);
    let (read, number) = join!(block::read(attempt.table(), looked_at), async {
        if failed.is_empty() { attempt.have_number().await } else { Ok(()) }
    });
    let ReadBlock { customers, next_seat, complete } = read?;
    number?;
    let own = |customer: &Customer| {
        let effect = customer.effects.of(attempt.effect())?;
        Some(Verdict::Replay(effect.did, Box::new(customer.clone())))
    };
    if let Some(replay) = customers.iter().find_map(own) {
        return Ok(replay);
    }
    if !complete {
        return Ok(Verdict::ReadAgain);
    }
    match duplicate::judge(check, duplicate::among(&attributes, &customers, controls)) {
        Judgement::Duplicate(duplicates) => Ok(Verdict::Duplicate {
            duplicates: duplicates.into_iter().cloned().collect(),
            failed: failed_for(None),
        }),
        Judgement::Update(duplicate) => {
            let failed = failed_for(Some(duplicate));
            if failed.is_empty() {
                update(attempt, duplicate.clone(), message).await
            } else {
                Ok(Verdict::Fail(failed))
            }
        }
        Judgement::Create => {
            let failed = failed_for(None);
            if !failed.is_empty() {
                return Ok(Verdict::Fail(failed));
            }
            if attempt.dry_run {
                return Ok(Verdict::WouldCreate(attributes));
            }
            let free_seat = looked_at.map(|_| next_seat);
            let at = customer_writes::place(home.clone(), free_seat, attempt.effect())?;
            let customer = customer_writes::new_customer(attempt, at, attributes).await?;
            Ok(Verdict::Create(Box::new(customer)))
        }
    }
}

/// The duplicate that an Add updates: by the same rules as a Change, but for the edits, which were those of the Add.
async fn update<T: Table>(
    attempt: &Attempt<'_, T>,
    duplicate: Customer,
    message: &Message,
) -> Result<Verdict, Stopped> {
    let controls = attempt.controls();
    let defaults = defaults(attempt).await?;
    let merged = merge(&duplicate.attributes, &message.attributes, defaults.as_ref());
    let Examined { attributes, failed } =
        edits::examine(&merged, subject(message, controls), controls);
    Ok(updated(attempt, duplicate, attributes, failed))
}

/// A Change: the edits apply to what it leads to.
async fn change<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    customer: Customer,
    holders: &Holders,
) -> Result<Verdict, Stopped> {
    if let Some(effect) = customer.effects.of(attempt.effect()) {
        return Ok(Verdict::Replay(effect.did, Box::new(customer)));
    }
    let controls = attempt.controls();
    let subject = subject(message, controls);
    let defaults = defaults(attempt).await?;
    let mut message = message.clone();
    if subject == Subject::BypassedMessage {
        message.attributes.remove(Attribute::ORIGINAL_SOURCE);
    }
    let merged = merge(&customer.attributes, &message.attributes, defaults.as_ref());
    let Examined { attributes, failed } = edits::examine(&merged, subject, controls);
    let failed = edits::examine_envelope(&message)
        .into_iter()
        .chain(failed)
        .chain(holders.taken(Some(&customer)))
        .collect();
    Ok(updated(attempt, customer, attributes, failed))
}

fn updated<T: Table>(
    attempt: &Attempt<'_, T>,
    before: Customer,
    attributes: Attributes,
    failed: Vec<FailedEdit>,
) -> Verdict {
    if !failed.is_empty() {
        return Verdict::Fail(failed);
    }
    let block = duplicate::block_of(&attributes, attempt.controls());
    let after = before.updated(attributes, block, &attempt.stamp());
    Verdict::Update { before: Box::new(before), after: Box::new(after) }
}

/// The edits of a Change for a customer that is not there: what it gives must be right all the same.
fn missing(message: &Message, controls: &Controls) -> Vec<FailedEdit> {
    let subject = match subject(message, controls) {
        Subject::BypassedMessage => Subject::BypassedMessage,
        Subject::Message | Subject::Fragment | Subject::Dealer => Subject::Fragment,
    };
    let named = message.naming().unwrap_or(Attribute::CUSTOMER_NUMBER);
    let mut failed = vec![FailedEdit::on(named, EditCode::CustomerDoesNotExist)];
    failed.extend(edits::examine_envelope(message));
    failed.extend(edits::examine(&kept(&message.attributes), subject, controls).failed);
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

/// The attributes of the default customer (control I90); none where there is no such customer.
async fn defaults<T: Table>(attempt: &Attempt<'_, T>) -> Result<Option<Attributes>, Stopped> {
    let number = attempt.controls().default_customer;
    Ok(target::by_number(attempt.master, number).await?.map(|customer| customer.attributes))
}
