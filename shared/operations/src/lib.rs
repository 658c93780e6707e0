//! What the customer master does. Each operation reads, decides by a function of the domain, and writes; one file an operation, all its branching on one screen.
//!
//! No HTTP is here but the call to the address service, and no expression of the database.

pub mod audit;
pub mod changes;
pub mod customers;
pub mod dealers;
pub mod kit;
pub mod messages;
pub mod requests;
