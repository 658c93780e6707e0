//! What all operations stand on: the master, the attempt that is under way, the writes of a customer. No operation is here.

mod attempt;
mod commit;
pub(crate) mod customer_writes;
pub(crate) mod in_force;
mod inputs;
pub(crate) mod lanes;
mod master;
mod page;
pub(crate) mod pair_writes;
pub(crate) mod request_writes;
mod rounds;
mod rows;
pub(crate) mod seats;
mod standardize;
mod stopped;
pub(crate) mod topics;

pub use attempt::Attempt;
pub use master::Master;
pub use page::Listed;
pub use standardize::{LEFT_ALONE, MAX_FAILURES_IN_A_ROW, Standardizer};
pub use stopped::Stopped;

pub(crate) use commit::{commit, transact, written};
pub(crate) use inputs::Inputs;
pub(crate) use page::{log_unreadable, readable};
pub(crate) use rounds::Rounds;
pub(crate) use rows::{RowByRow, Rows, in_lanes};
pub(crate) use seats::Seats;
