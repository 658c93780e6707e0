//! What an operation came to, and what it cost. How an outcome is told over HTTP is the edge's business.

use std::error::Error;
use std::fmt;

use crate::customer::{Customer, CustomerNumber, Identifier};
use crate::dealer::association::Origin;
use crate::message::edits::FailedEdit;
use crate::message::{Attributes, Message};
use crate::request::RequestInErrorId;

/// Why an operation came to no outcome.
#[derive(Debug)]
pub enum Stopped {
    /// What it decides on kept changing until its time was used up.
    Busy,
    /// The idempotency key is bound to another request.
    KeyReused,
    /// The database throttled, failed or did not answer in time, for longer than retries last. What was to be written may have been.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// A defect of the code or of the deployment.
    Defect(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "other requests kept changing what this one decides on",
            Self::KeyReused => "the idempotency key is bound to another request",
            Self::Unavailable(_) => "the database did not answer in time",
            Self::Defect(_) => "a defect of the code or of the deployment",
        })
    }
}

impl Error for Stopped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Busy | Self::KeyReused => None,
            Self::Unavailable(source) | Self::Defect(source) => Some(source.as_ref()),
        }
    }
}

/// What one request cost the table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls one after another: how often the request waited for the table. Calls made side by side are one step.
    pub steps: u32,
    /// All calls.
    pub calls: u32,
    /// Read capacity units, as the database reported them.
    pub read_units: f64,
    /// Write capacity units, as the database reported them, indexes included.
    pub write_units: f64,
    /// How often the operation decided again, because what it had decided on changed meanwhile: 0 without a conflict.
    pub rounds: u32,
}

/// What became of a dealer customer that was associated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DealerCustomerOutcome {
    /// It was not there, and was created.
    Created,
    /// It was there and belonged to no customer.
    Associated,
}

/// What associating a customer with a dealer came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssociateOutcome {
    /// The dealer customer belongs to the customer.
    Associated {
        /// The customer; none where a dry run would have created it.
        organization: Option<Identifier>,
        origin: Origin,
        /// What became of the dealer customer.
        dealer_customer: DealerCustomerOutcome,
        /// Whether an earlier try of the same request did it.
        replayed: bool,
    },
    /// The dealer customer belongs to a customer already.
    Taken {
        /// That customer.
        holder: Identifier,
        /// Whether it is the one that was meant.
        same: bool,
    },
    /// No customer has the given identifier.
    UnknownOrganization,
    /// Name and address find several customers.
    Ambiguous(Vec<Identifier>),
}

/// What releasing a dealer customer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseOutcome {
    /// It belongs to no customer any more.
    Released,
    /// It belonged to none.
    NotAssociated,
    /// There is no such dealer customer.
    Unknown,
}

/// What the system decided a message to be: `cst_action_type` of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A new customer.
    Add,
    /// A change of a customer, and the update of a duplicate.
    Change,
}

impl Action {
    /// `A` or `C`.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Add => "A",
            Self::Change => "C",
        }
    }
}

/// The customer that a message created or updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number; none where a dry run would have created it.
    pub number: Option<CustomerNumber>,
    /// Its identifier; none where a dry run would have created it.
    pub identifier: Option<Identifier>,
    /// Its attributes, after the message.
    pub attributes: Attributes,
}

impl Stored {
    /// A customer that is there.
    pub fn of(customer: &Customer) -> Self {
        Self {
            number: Some(customer.number),
            identifier: Some(customer.identifier.clone()),
            attributes: customer.attributes.clone(),
        }
    }
}

/// What processing a message came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageOutcome {
    Created(Stored),
    Updated(Stored),
    /// The message is a duplicate; nothing was written. The duplicates, the highest customer number first.
    Duplicate(Vec<Customer>),
    /// Edits failed; the message waits for a steward.
    Failed {
        /// The edits.
        failed: Vec<FailedEdit>,
        /// The request in error; none in a dry run.
        request_in_error: Option<RequestInErrorId>,
    },
}

/// A processed message with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processed {
    /// The message, its address standardized where that was done.
    pub message: Message,
    /// What the system decided it to be.
    pub action: Action,
    /// What came of it.
    pub outcome: MessageOutcome,
    /// Whether an earlier try of the same request did it.
    pub replayed: bool,
}
