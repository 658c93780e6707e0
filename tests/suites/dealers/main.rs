//! Dealers through the front door: every test has a stand of its own, sends HTTP requests to it, and looks at what came of them.
//!
//! Each module is one subject. What can only be seen from inside (the items of the table, the cost of an operation) is looked at through
//! the fixture; nothing here changes the table behind the master's back but where a test says that it does.

mod associate;
mod bad_bodies;
mod bad_contacts;
mod bad_requests;
mod bad_values;
mod controls;
mod costs;
mod dry_run;
mod idempotency;
mod lists;
mod order_of_refusals;
mod organizations;
mod release;
mod simultaneous;

use kit::fixture;
