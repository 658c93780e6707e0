//! What the customer master does. Each operation reads, decides by a function of the domain, and writes; one file an operation, all its branching on one screen.
//!
//! No HTTP is here but the call to the address service, and no expression of the database.

pub mod add;
pub mod associate;
pub mod change;
pub mod idempotency;
pub mod master;
pub mod read;
pub mod release;
pub mod rounds;
pub mod standardize;
