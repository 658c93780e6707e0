//! Messages through the front door: every test has a stand of its own, posts `CWCustomerIn` in XML and JSON, and looks at what came of it.
//!
//! Each module is one subject. The stand, its requests and its look at the table are those of the kit.

mod address_service;
mod answers;
mod attributes;
mod cases;
mod changes;
mod changing_world;
mod controls;
mod costs;
mod crowds;
mod dealers;
mod default_customer;
mod dry_run;
mod edits;
mod encodings;
mod epoch;
mod failures;
mod hostile;
mod idempotency;
mod moves;
mod numbers;
mod pairs;
mod same_party;
mod simultaneous;
mod standardization;
mod worked_examples;

use kit::{fixture, message};
