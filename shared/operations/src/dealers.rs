//! What dealers ask for: associate a customer, release it, read what is theirs.

pub mod associate;
pub mod associate_batch;
pub mod organization;
pub mod read;
pub mod release;
