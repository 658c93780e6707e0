//! What becomes of a message `CWCustomerIn`: it is decided from what is read of it, written, and told as one outcome.

mod decide;
mod failing;
pub(crate) mod kept;
mod outcome;
pub mod process;
pub mod process_batch;
mod target;

pub use decide::LedBy;
pub(crate) use decide::is_not_compared;
pub use domain::message::Action;
pub use outcome::{MessageOutcome, MessageResult, Stored};

pub(crate) use failing::failing;
