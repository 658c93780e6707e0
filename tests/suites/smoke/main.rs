//! A deployed stage through its front door and nothing else: is each function there, does it reach the table, do the doors lock.
//!
//! `BASE_URL` names the stage and `TOKEN` is a JWT of its issuer with the scopes `dealer`, `customers` and `steward` and the dealer code `DEALER_CODE`
//! (`SMOKE` where it is not given). Without `BASE_URL` the tests run on a stand of their own, so that they are known to be right before a release needs them.
//!
//! What they leave behind is under names of its own in that dealer code and among the customers; the request in error is deleted, the persons are erased.
//! Nothing here may look inside, set a control, or rely on an empty table.

mod adding;
mod associating;
mod fixing;
mod locked;
mod stage;
