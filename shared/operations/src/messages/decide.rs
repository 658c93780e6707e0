//! Decide what becomes of a message: is it an Add or a Change, of which customer, with which duplicates, and which of its edits fail. Nothing is written here.

use domain::controls::Controls;
use domain::customer::merge::is_name_or_address;
use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::effect::Effect;
use domain::matching::block::Block;
use domain::matching::duplicate::{self, Judgement, Placed};
use domain::matching::party::Party;
use domain::matching::possible::score::Bits;
use domain::matching::possible::{Grade, Profile, Score};
use domain::message::change::{kept, merge};
use domain::message::edits::{self, EditCode, Examined, FailedEdit, Subject};
use domain::message::{Attribute, Attributes, DuplicateCheck, Message};
use store::follow::Followed;
use store::records;
use store::table::{Table, TableError};
use store::writes::Write;
use tokio::join;

use super::target::{self, Holders, Target};
use super::{Action, Stored};
use crate::kit::seats::{
    Wanted, behind_bound, blocks_of, missing as missing_seats, wanted, wanted_also_as_given,
    wanted_by,
};
use crate::kit::{Attempt, Inputs, Seats, Stopped, customer_writes};

/// What was decided of a message, and what it rests on.
pub(crate) struct Decision {
    pub(crate) action: Action,
    pub(crate) verdict: Verdict,
    /// Whose its numbers are.
    pub(crate) holders: Holders,
}

impl Decision {
    /// Whether a customer is to be written.
    pub(crate) fn acts(&self) -> bool {
        matches!(self.verdict, Verdict::Create(..) | Verdict::Update { .. })
    }
}

pub(crate) enum Verdict {
    /// What was read overlapped a write and decides nothing.
    ReadAgain,
    /// The request did this already: an earlier try of it, or a repetition by the database client of a call whose answer was lost.
    Replay(Effect, Box<Customer>),
    /// The customer, and the writes that take its other seats.
    Create(Box<Customer>, Vec<Write>),
    /// A customer of these attributes would be created, were it not a dry run, which uses up no number.
    WouldCreate(Attributes),
    /// The customer before and after, and the writes that take its seats.
    Update {
        before: Box<Customer>,
        after: Box<Customer>,
        seats: Vec<Write>,
    },
    /// The customer is as the message wants it, but for these seats.
    Unchanged(Box<Customer>, Vec<Write>),
    /// Nothing is done. `failed` are the edits that the message would fail besides.
    Duplicate {
        duplicates: Vec<Customer>,
        failed: Vec<FailedEdit>,
    },
    Fail(Vec<FailedEdit>),
}

/// How many likely duplicates an Add names.
const MAX_ALIKE: usize = 5;

/// What a request has found out, for all its rounds.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The message with the address that the address service verified.
    pub(crate) standardized: Option<Message>,
    /// Whether it says in place of a name or a street what says nothing, so that no duplicates were looked for.
    pub(crate) not_compared: bool,
    /// The merged customer that it names, or by whose values it found the one that acts for it.
    pub(crate) led_by: Option<LedBy>,
    /// Whether a next try has looked a second time for what the first one may be about to do.
    pub(crate) has_looked_again: bool,
    /// What was read of the blocks that concern it; forgotten where it must be read again.
    pub(crate) seats: Seats,
}

/// A merged customer that led to the one that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedBy {
    pub number: CustomerNumber,
    /// Whether name and address were left as they are, because an Add came with values that are the customer's no more.
    pub left: bool,
}

/// Decides. What was found out already is not asked for again.
pub(crate) async fn decide<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    known: &mut Known,
) -> Result<Decision, Stopped> {
    let named = message.names_a_customer();
    known.led_by = None;
    if let Some(failed) = edits::refuse_deletion(message) {
        attempt.bind().await?;
        return Ok(Decision {
            action: if named { Action::Change } else { Action::Add },
            verdict: Verdict::Fail(vec![failed]),
            holders: Holders::default(),
        });
    }
    let (target, holders) = if named {
        let (bound, found) = join!(attempt.bind(), target::find(attempt.master, message));
        bound?;
        found?
    } else {
        (Target::New, Holders::default())
    };
    if let Some(replay) = done_to_a_former_holder(attempt, &holders).await? {
        return Ok(Decision { action: Action::Change, verdict: replay, holders });
    }
    let (action, verdict) = match target {
        Target::Unsettled => (Action::Change, Verdict::ReadAgain),
        Target::New => (Action::Add, add(attempt, message, &holders, known).await?),
        Target::Existing(followed) => {
            let change = change(attempt, message, *followed, (&holders, known)).await?;
            (Action::Change, change)
        }
        Target::Missing => (Action::Change, Verdict::Fail(missing(message, attempt.controls()))),
    };
    Ok(Decision { action, verdict, holders })
}

/// What an earlier try or round of this request did to a customer that has given up the number by which it was found.
/// An earlier round may have written without hearing of it: the database client repeats a call whose answer was lost.
async fn done_to_a_former_holder<T: Table>(
    attempt: &Attempt<'_, T>,
    holders: &Holders,
) -> Result<Option<Verdict>, TableError> {
    if attempt.is_first_round() && !attempt.is_replay() {
        return Ok(None);
    }
    let former = records::customers(attempt.table(), &holders.claims.former_holders()).await?;
    Ok(former.iter().find_map(|customer| own_effect(attempt, customer)))
}

/// The message with the address that the address service verified; as it came where that address would fail edits that it passes.
async fn with_verified_address<T: Table>(attempt: &Attempt<'_, T>, message: &Message) -> Message {
    let attributes = attempt.master.standardizer.standardize(message.attributes.clone()).await;
    if attributes == message.attributes {
        return message.clone();
    }
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

/// An Add as it is decided: what it gives, what that is after its edits, and the seats that it asks for.
struct Wish {
    inputs: Inputs,
    message: Message,
    attributes: Attributes,
    /// The attributes as they are compared.
    placed: Placed,
    failed: Vec<FailedEdit>,
    seats: Vec<Wanted>,
}

impl Wish {
    /// The Add of a message whose address was verified, or is taken as it was given.
    fn of<T: Table>(attempt: &Attempt<'_, T>, given: &Message, verified: Message) -> Self {
        let controls = attempt.controls();
        let examined = |message: &Message| {
            edits::examine(&kept(&message.attributes), subject(message, controls), controls)
        };
        let Examined { attributes, failed } = examined(&verified);
        let placed = Placed::of(&attributes, controls);
        let seats = if verified.attributes == given.attributes {
            wanted_by(&placed)
        } else {
            wanted_also_as_given(&placed, &examined(given).attributes, controls)
        };
        let company =
            verified.attributes.get(Attribute::COMPANY).or(attributes.get(Attribute::COMPANY));
        let mut decided_on = verified.attributes.clone();
        decided_on.set(Attribute::COMPANY, company.unwrap_or_default());
        let inputs = Inputs::of(&given.attributes, &decided_on, blocks_of(&seats));
        Self { inputs, message: verified, attributes, placed, failed, seats }
    }

    /// The same Add, decided on what an earlier try of it was decided on, and with seats in that try's blocks too: what it wrote may arrive late.
    fn bound<T: Table>(attempt: &Attempt<'_, T>, given: &Message, inputs: &Inputs) -> Self {
        let attributes = inputs.apply(&given.attributes);
        let mut wish = Self::of(attempt, given, Message { attributes, ..given.clone() });
        wish.seats = behind_bound(&inputs.blocks, wish.seats);
        wish
    }
}

/// The blocks of a message whose address is taken as it was given.
pub(super) fn blocks_as_given(message: &Message, controls: &Controls) -> Vec<Block> {
    let subject = subject(message, controls);
    let given = edits::examine(&kept(&message.attributes), subject, controls).attributes;
    duplicate::blocks_of(&given, controls)
}

/// Whether a message asks for duplicates and none can be looked for, because what stands in place of a name or a street says nothing.
pub(crate) fn is_not_compared(given: &Attributes, decided: &Party, controls: &Controls) -> bool {
    DuplicateCheck::of(given) != DuplicateCheck::Unchecked
        && decided.is_placeholder_under(&controls.rules)
}

/// Order of work of an Add: address standardization, duplicate check, then edits.
async fn add<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    holders: &Holders,
    known: &mut Known,
) -> Result<Verdict, Stopped> {
    let verified = match known.standardized.take() {
        Some(verified) => verified,
        None => with_verified_address(attempt, message).await,
    };
    let check = DuplicateCheck::of(&message.attributes);
    let mut wish = Wish::of(attempt, message, verified);
    let not_compared =
        is_not_compared(&message.attributes, wish.placed.party(), attempt.controls());
    let looks = check != DuplicateCheck::Unchecked && !not_compared;
    let read = async |known: &mut Known, wish: &Wish| {
        if looks {
            let blocks = wish.seats.iter().map(|seat| &seat.block);
            known.seats.read(attempt.table(), blocks).await?;
        }
        Ok::<_, TableError>(())
    };
    let (inputs, read_first, number) =
        join!(attempt.bind_inputs(&wish.inputs), read(known, &wish), async {
            if wish.failed.is_empty() { attempt.have_number().await } else { Ok(()) }
        },);
    read_first?;
    number?;
    let inputs = inputs?;
    if *inputs != wish.inputs {
        wish = Wish::bound(attempt, message, inputs);
        read(known, &wish).await?;
    }
    known.standardized = Some(wish.message.clone());
    known.not_compared = not_compared;
    let own = known.seats.customers().find_map(|customer| own_effect(attempt, customer));
    if let Some(replay) = own {
        return Ok(replay);
    }
    if !looks && attempt.is_replay() {
        let (place, _) = known.seats.for_new(attempt, &wish.seats, false)?;
        if let Some(customer) = records::customer_at(attempt.table(), &place).await?
            && let Some(replay) = own_effect(attempt, &customer)
        {
            return Ok(replay);
        }
    }
    if !known.seats.are_complete(attempt.table()) {
        return Ok(Verdict::ReadAgain);
    }
    let envelope = edits::examine_envelope(&wish.message);
    let failed: Vec<_> = envelope.into_iter().chain(wish.failed.iter().copied()).collect();
    let failed_for = |target: Option<&Customer>| {
        failed.iter().copied().chain(holders.taken(target)).collect::<Vec<_>>()
    };
    let duplicates = duplicate::among(&wish.placed, known.seats.candidates(), attempt.controls());
    match duplicate::judge(check, duplicates) {
        Judgement::Duplicate(duplicates) => Ok(Verdict::Duplicate {
            duplicates: duplicates.into_iter().cloned().collect(),
            failed: failed_for(None),
        }),
        Judgement::Update(same) => {
            let failed = failed_for(Some(same.customer));
            if !failed.is_empty() {
                return Ok(Verdict::Fail(failed));
            }
            let duplicate = Duplicate {
                customer: same.customer.clone(),
                seated: same.seated.identifier.clone(),
                led_by: same.by_merge().then_some(same.seated.number),
            };
            update(attempt, duplicate, (&wish, holders), known).await
        }
        Judgement::Create => {
            let failed = failed_for(None);
            if !failed.is_empty() {
                return Ok(Verdict::Fail(failed));
            }
            if attempt.dry_run {
                return Ok(Verdict::WouldCreate(wish.attributes));
            }
            let (at, seats) = known.seats.for_new(attempt, &wish.seats, looks)?;
            let customer = customer_writes::new_customer(attempt, at, wish.attributes).await?;
            Ok(Verdict::Create(Box::new(customer), seats))
        }
    }
}

/// The customers among those that were read that a new one is likely a duplicate of, though the rules keep them apart.
pub(super) fn alike(new: &Stored, known: &Known, controls: &Controls) -> Vec<CustomerNumber> {
    let values = &controls.generic_values;
    let mine = Profile::of_values(&new.attributes, None, &[], values);
    let mut alike: Vec<(Bits, CustomerNumber)> = Vec::new();
    for customer in known.seats.customers() {
        let score = Score::of(&controls.weights, &mine, &Profile::of(customer, values));
        let is_likely = controls.thresholds.grade(score.bits) == Some(Grade::Likely);
        let is_own = new.number == Some(customer.number);
        let is_new = alike.iter().all(|(_, number)| *number != customer.number);
        if is_likely && is_new && !is_own && customer.erased.is_none() {
            alike.push((score.bits, customer.number));
        }
    }
    alike.sort_by(|(ours, one), (theirs, other)| theirs.cmp(ours).then_with(|| one.cmp(other)));
    alike.into_iter().map(|(_, number)| number).take(MAX_ALIKE).collect()
}

/// What this request did to a customer already, if it did.
fn own_effect<T: Table>(attempt: &Attempt<'_, T>, customer: &Customer) -> Option<Verdict> {
    let effect = customer.effects.of(attempt.effect())?;
    Some(Verdict::Replay(effect.clone(), Box::new(customer.clone())))
}

/// The customer that an Add updates.
struct Duplicate {
    customer: Customer,
    /// Who has the seat by which it was found.
    seated: Identifier,
    /// The customer whose values it was found by, where they are its own no more.
    led_by: Option<CustomerNumber>,
}

/// The duplicate that an Add updates: by the same rules as a Change, but for the edits, which were those of the Add. Name and address stay where it was found by values that it
/// has no more since a merge: otherwise one feed's old address would undo what a steward decided.
async fn update<T: Table>(
    attempt: &Attempt<'_, T>,
    Duplicate { customer: duplicate, seated, led_by }: Duplicate,
    (wish, holders): (&Wish, &Holders),
    known: &mut Known,
) -> Result<Verdict, Stopped> {
    let controls = attempt.controls();
    let defaults = defaults(attempt).await?;
    let given = holders.without_led(&wish.message.attributes, &duplicate);
    known.led_by = led_by.map(|number| LedBy { number, left: true });
    let mut merged = merge(&duplicate.attributes, &given, defaults.as_ref());
    if led_by.is_some() {
        let stays = |attribute: &Attribute| is_name_or_address(*attribute);
        for attribute in Attribute::all().filter(stays) {
            merged.set(attribute, duplicate.attributes.text(attribute));
        }
    }
    let Examined { attributes, failed } =
        edits::examine(&merged, subject(&wish.message, controls), controls);
    if !failed.is_empty() {
        return Ok(Verdict::Fail(failed));
    }
    let replaced = replaced(&duplicate.attributes, &attributes);
    let seats = Also { to: &seated, seats: &wish.seats, by_merge: led_by.is_some() };
    updated(attempt, duplicate, (attributes, replaced, Some(seats)), known).await
}

/// The attributes whose value is another than before; those that were blank are not among them.
fn replaced(before: &Attributes, after: &Attributes) -> Vec<Attribute> {
    let changed = before.iter().filter(|(attribute, value)| {
        after.get(*attribute).is_some_and(|replacement| replacement != *value)
    });
    changed.map(|(attribute, _)| attribute).collect()
}

/// A Change: the edits apply to what it leads to.
async fn change<T: Table>(
    attempt: &Attempt<'_, T>,
    message: &Message,
    followed: Followed,
    (holders, known): (&Holders, &mut Known),
) -> Result<Verdict, Stopped> {
    if let Some(replay) = followed.all().find_map(|customer| own_effect(attempt, customer)) {
        return Ok(replay);
    }
    known.led_by = followed.passed.first().map(|named| LedBy { number: named.number, left: false });
    let customer = followed.leader;
    let controls = attempt.controls();
    let subject = subject(message, controls);
    let defaults = defaults(attempt).await?;
    let mut message = message.clone();
    if subject == Subject::BypassedMessage {
        message.attributes.remove(Attribute::ORIGINAL_SOURCE);
    }
    let given = holders.without_led(&message.attributes, &customer);
    let merged = merge(&customer.attributes, &given, defaults.as_ref());
    let Examined { attributes, failed } = edits::examine(&merged, subject, controls);
    let failed: Vec<_> = edits::examine_envelope(&message)
        .into_iter()
        .chain(failed)
        .chain(holders.taken(Some(&customer)))
        .collect();
    if !failed.is_empty() {
        return Ok(Verdict::Fail(failed));
    }
    updated(attempt, customer, (attributes, Vec::new(), None), known).await
}

/// Seats that a request asks for beside those of the values that it leads to.
struct Also<'a> {
    /// Who shall have them: the customer, or the one whose seat led to it.
    to: &'a Identifier,
    seats: &'a [Wanted],
    /// Whether it was led by values that are the customer's no more, and so count without being its own.
    by_merge: bool,
}

/// An update to these attributes: the seats that they ask for are taken where the customer has none yet. `replaced` are those that the answer names.
async fn updated<T: Table>(
    attempt: &Attempt<'_, T>,
    before: Customer,
    (attributes, replaced, also): (Attributes, Vec<Attribute>, Option<Also<'_>>),
    known: &mut Known,
) -> Result<Verdict, Stopped> {
    attempt.refuse_if_forgotten(before.effects.is_full())?;
    let own = wanted(attempt, &attributes);
    let blocks = blocks_of(&own);
    let counts = |seat: &&Wanted| seat.as_given.as_ref().is_none_or(|now| blocks.contains(now));
    let also = also.unwrap_or(Also { to: &before.identifier, seats: &[], by_merge: false });
    let also_to = also.to;
    let seats = also.seats.iter().filter(|seat| also.by_merge || counts(seat)).cloned().collect();
    let (also, for_loser): (Vec<_>, Vec<_>) =
        if *also_to == before.identifier { (seats, Vec::new()) } else { (Vec::new(), seats) };
    let mut missing = missing_seats(&before, own.into_iter().chain(also).collect());
    missing.dedup();
    let read = missing.iter().chain(&for_loser).map(|seat| &seat.block);
    known.seats.read(attempt.table(), read).await?;
    if !known.seats.are_complete(attempt.table()) {
        return Ok(Verdict::ReadAgain);
    }
    let holders = [(&before.identifier, &missing[..]), (also_to, &for_loser[..])];
    let seats = known.seats.for_existing(attempt, &holders)?;
    if attributes == before.attributes {
        return Ok(Verdict::Unchanged(Box::new(before), seats));
    }
    let after = before.updated(attributes, &blocks, &replaced, &attempt.stamp());
    Ok(Verdict::Update { before: Box::new(before), after: Box::new(after), seats })
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
