//! The steward's work through the front door: every test has a customer master of its own, sends HTTP requests to it, and looks at what
//! came of them.
//!
//! Each module is one subject. The console is tested in a browser, elsewhere.

mod bulk;
mod bulk_corrections;
mod candidates;
mod console_files;
mod corrections;
mod costs;
mod crowd;
mod dry_run;
mod erase;
mod export;
mod idempotency;
mod lists;
mod pages;
mod paging;
mod queue;
mod races;
mod remarks;
mod reprocess;
mod rules;

use kit::fixture;
