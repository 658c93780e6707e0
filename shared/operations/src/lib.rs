//! What the customer master does. Each operation reads, decides by a function of the domain, and writes; one file an operation, all its branching on one screen.
//!
//! No HTTP is here but the call to the address service, and no expression of the database.

pub mod associate;
pub mod bulk;
mod change;
mod commit;
mod decide;
pub mod erase;
mod failure;
pub mod fix;
pub mod idempotency;
pub mod master;
pub mod message;
pub mod queue;
pub mod read;
pub mod release;
mod rounds;
pub mod standardize;
mod target;
