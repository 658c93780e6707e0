//! What a message came to.

use domain::customer::{Customer, CustomerNumber, Identifier};
use domain::effect::{Did, Effect, EffectId};
use domain::history::Changed;
use domain::message::edits::FailedEdit;
use domain::message::{Action, Attribute, Attributes, Message};
use domain::request::RequestInErrorId;

use super::LedBy;

/// A message with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOutcome {
    /// The message, its address standardized where that was done.
    pub message: Message,
    pub action: Action,
    pub result: MessageResult,
    /// Whether duplicates were asked for and none could be looked for, because what stands in place of a name or a street says nothing.
    pub not_compared: bool,
    /// The merged customer that led to the one that acts, where one did.
    pub led_by: Option<LedBy>,
    /// Customers that the new one is likely a duplicate of, as far as they were read on the way: the most alike first.
    pub alike: Vec<CustomerNumber>,
    /// Whether an earlier try of the same request did it.
    pub replayed: bool,
}

impl MessageOutcome {
    /// The number of the customer that came of it; none where none did, or a dry run would have created it.
    pub fn number(&self) -> Option<CustomerNumber> {
        match &self.result {
            MessageResult::Created(stored)
            | MessageResult::Updated(stored)
            | MessageResult::Unchanged(stored) => stored.number,
            MessageResult::Duplicate(_) | MessageResult::Failed { .. } => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageResult {
    Created(Stored),
    Updated(Stored),
    /// The customer was as the message wants it: nothing was written.
    Unchanged(Stored),
    /// Nothing was written. The duplicates, the highest customer number first.
    Duplicate(Vec<Customer>),
    /// Edits failed; the message waits for a steward.
    Failed {
        failed: Vec<FailedEdit>,
        /// None in a dry run.
        request_in_error: Option<RequestInErrorId>,
    },
}

impl MessageResult {
    /// That this was done with a customer.
    pub(crate) fn of(effect: &Effect, customer: &Customer) -> Self {
        let stored = Stored { replaced: effect.replaced.clone(), ..Stored::of(customer) };
        match effect.did {
            Did::Created => Self::Created(stored),
            Did::Updated => Self::Updated(stored),
        }
    }
}

/// The customer that a message created or updated, or found as it wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number; none where a dry run would have created it.
    pub number: Option<CustomerNumber>,
    /// Its identifier; none where a dry run would have created it.
    pub identifier: Option<Identifier>,
    /// Its attributes, after the message.
    pub attributes: Attributes,
    /// The attributes of a duplicate whose value was replaced by another.
    pub replaced: Vec<Attribute>,
    /// What would change of it, where this is only tried; nothing of what was done.
    pub would_change: Vec<Changed>,
}

impl Stored {
    pub(crate) fn of(customer: &Customer) -> Self {
        Self {
            number: Some(customer.number),
            identifier: Some(customer.identifier.clone()),
            attributes: customer.attributes.clone(),
            replaced: Vec::new(),
            would_change: Vec::new(),
        }
    }

    /// The customer, with what this request replaced of it, where that is remembered.
    pub(crate) fn by(request: &EffectId, customer: &Customer) -> Self {
        let effect = customer.effects.of(request);
        let replaced = effect.map(|effect| effect.replaced.clone()).unwrap_or_default();
        Self { replaced, ..Self::of(customer) }
    }
}
