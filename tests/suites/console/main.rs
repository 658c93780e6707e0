//! The steward's console, and the page of the contract, in a real browser: Debian's headless Chromium, driven over WebDriver, on a customer master of its own for each test.
//!
//! Signing in is tried at a real identity provider, npm's oidc-provider, on this machine as well (`.ci/tools/oidc-provider.sh` installs it), and faults of accessibility are looked for by npm's
//! axe-core (`.ci/tools/axe-core.sh`).
//!
//! A machine without Chromium, its driver or the provider says that a test was skipped and why, and the test passes; `BROWSER=required` makes that a
//! failure. Every test also holds that the page said nothing on the browser's console and met no dialog that it did not ask for.

mod accessibility;
mod attempts;
mod browser;
mod bulk;
mod bulk_corrections;
mod conflict;
mod customers;
mod hostile;
mod mend;
mod page;
mod pairs;
mod pairs_beside;
mod pairs_many;
mod pictures;
mod provider;
mod queue;
mod reading;
mod sign_in;
mod teamwork;
mod token;
mod viewer;
mod world;
