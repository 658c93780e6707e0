//! What becomes of a message `CWCustomerIn`: it is read about, decided, and written.

pub(crate) mod decide;
pub(crate) mod failure;
pub mod process;
pub(crate) mod target;
