//! Controls for the development server and the tests: read as a function reads them, with a secret where none is given.

use domain::controls::Controls;

/// The secret of a table on a developer's machine. It is no secret, so nobody deploys with it.
pub const DEVELOPMENT_SECRET: &str = "the secret of the development server, which everybody knows";

/// The variable with it, for a function that is started as a process.
#[must_use]
pub fn key_secret() -> (&'static str, String) {
    ("KEY_SECRET", DEVELOPMENT_SECRET.to_owned())
}

/// The environment that `variable` answers for, with [`DEVELOPMENT_SECRET`] where it has no secret.
pub fn with_secret(variable: impl Fn(&str) -> Option<String>) -> impl Fn(&str) -> Option<String> {
    move |name| {
        variable(name).or_else(|| (name == "KEY_SECRET").then(|| DEVELOPMENT_SECRET.to_owned()))
    }
}

/// The controls of an environment that sets these.
///
/// # Errors
///
/// As [`Controls::read`].
pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Controls, Vec<String>> {
    Controls::read(with_secret(variable))
}

/// The controls of an environment that sets none.
///
/// # Panics
///
/// Never: nothing set is nothing bad.
#[must_use]
pub fn default() -> Controls {
    read(|_| None).expect("the defaults are good controls")
}
