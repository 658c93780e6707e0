//! What all operations stand on: the master, the attempt that is under way, the writes of a customer. No operation is here.

pub mod attempt;
mod commit;
pub(crate) mod customer_writes;
mod master;
mod rounds;
mod standardize;

pub use attempt::Asked;
pub use master::Master;
pub use standardize::Standardizer;

pub(crate) use commit::{commit, token};
pub(crate) use rounds::Rounds;
