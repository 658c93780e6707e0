//! The binaries that are measured: where they are, how they are built, how large they are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The functions.
pub const FUNCTIONS: [&str; 3] = ["associate-dealer", "add-customer", "fix-error"];

/// Where the binaries are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder with the functions, the hello world and the bare twin.
    pub lean: PathBuf,
    /// The folder with the functions on the SDK's defaults.
    pub defaults: PathBuf,
    /// The folder with a function that has one thing chosen otherwise, a folder in it for each profile.
    pub choices: PathBuf,
}

impl Default for Binaries {
    fn default() -> Self {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target"),
            PathBuf::from,
        );
        Self {
            lean: target.join("release"),
            defaults: target.join("baselines/defaults"),
            choices: target.join("choices"),
        }
    }
}

impl Binaries {
    /// A function.
    #[must_use]
    pub fn function(&self, name: &str) -> PathBuf {
        self.lean.join(name)
    }

    /// The same function on the SDK's defaults.
    #[must_use]
    pub fn on_defaults(&self, name: &str) -> PathBuf {
        self.defaults.join(format!("{name}-sdk-defaults"))
    }

    /// The hello world.
    #[must_use]
    pub fn hello(&self) -> PathBuf {
        self.lean.join("hello")
    }

    /// The bare twin.
    #[must_use]
    pub fn twin(&self) -> PathBuf {
        self.lean.join("twin")
    }

    /// A function with one thing chosen otherwise, built with this profile: with the functions' own it is among them.
    #[must_use]
    pub fn choice(&self, profile: &str, name: &str) -> PathBuf {
        match profile {
            "release" => self.lean.join(name),
            other => self.choices.join(other).join(name),
        }
    }

    /// All that are measured together.
    #[must_use]
    pub fn all(&self) -> Vec<PathBuf> {
        FUNCTIONS
            .iter()
            .flat_map(|name| [self.function(name), self.on_defaults(name)])
            .chain([self.hello(), self.twin()])
            .collect()
    }

    /// Holds that all of them are there.
    ///
    /// # Errors
    ///
    /// A sentence that names the first that is not.
    pub fn present(&self) -> Result<(), String> {
        match self.all().into_iter().find(|file| !file.is_file()) {
            None => Ok(()),
            Some(file) => {
                Err(format!("{} is not there. Build it: `cargo measure build`.", file.display()))
            }
        }
    }
}

/// Builds one function with one thing chosen otherwise, again and again; what [`build`] builds comes on top.
///
/// # Errors
///
/// A sentence when cargo fails.
pub fn build_choices() -> Result<(), String> {
    let binaries = Binaries::default();
    // Told to rustc for the last crate alone, which with fat LTO is where all of them become a program.
    let fixed = ["--", "-C", "relocation-model=static"];
    for (profile, package, binary, told) in [
        ("opt-s", "choices", "choice-as-shipped", &[][..]),
        ("opt-z", "choices", "choice-as-shipped", &[]),
        ("thin-lto", "choices", "choice-as-shipped", &[]),
        ("fixed", "choices", "choice-as-shipped", &fixed),
        ("release", "choices", "choice-mimalloc", &[]),
        ("release", "choice-aws-lc", "choice-aws-lc", &[]),
    ] {
        let first = ["rustc", "--locked", "--profile", profile];
        let target = target_of(&binaries.choice(profile, binary))?;
        cargo(
            &baselines(),
            &target,
            &first,
            &[&["-p", package, "--bin", binary], told].concat(),
            &[("AWS_LC_SYS_NO_JITTER_ENTROPY", "1")],
        )?;
    }
    Ok(())
}

/// The target folder that a binary is built in: the profile's folder is between the two.
fn target_of(binary: &Path) -> Result<PathBuf, String> {
    let target = binary.ancestors().nth(2).unwrap_or(binary);
    std::path::absolute(target).map_err(|error| format!("There is no target folder: {error}."))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn baselines() -> PathBuf {
    root().join("tests/bench/baselines")
}

/// Builds all that are measured together with cargo: the functions and the lean baselines with the functions' profile and into their folder, where they share
/// what both link; the functions on the SDK's defaults with cargo's own.
///
/// # Errors
///
/// A sentence when cargo fails.
pub fn build() -> Result<(), String> {
    let root = root();
    let binaries = Binaries::default();
    let baselines = baselines();
    let functions: Vec<&str> = FUNCTIONS.iter().flat_map(|name| ["-p", *name]).collect();
    cargo(&root, &target_of(&binaries.hello())?, &["build", "--release"], &functions, &[])?;
    cargo(
        &baselines,
        &target_of(&binaries.hello())?,
        &["build", "--release", "--locked"],
        &["-p", "lean-baselines"],
        &[],
    )?;
    cargo(
        &baselines,
        &target_of(&binaries.on_defaults(FUNCTIONS[0]))?,
        &["build", "--profile", "defaults", "--locked"],
        &["-p", "sdk-defaults"],
        &[],
    )
}

fn cargo(
    folder: &Path,
    target: &Path,
    first: &[&str],
    then: &[&str],
    variables: &[(&str, &str)],
) -> Result<(), String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(first)
        .args(then)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        // With it, aws-lc does not gather entropy for its first handshake; what the SDK does by default is measured without.
        .env_remove("AWS_LC_SYS_NO_JITTER_ENTROPY")
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cargo cannot be started: {error}."))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} failed.", [first, then].concat().join(" ")))
    }
}

/// The size of a binary without its symbols, in bytes.
///
/// # Errors
///
/// A sentence when `strip` cannot do it.
pub fn stripped_size(binary: &Path, folder: &Path) -> Result<u64, String> {
    let copy = folder.join("stripped");
    let status = Command::new("strip")
        .arg("-o")
        .arg(&copy)
        .arg(binary)
        .status()
        .map_err(|error| format!("strip cannot be started: {error}."))?;
    if !status.success() {
        return Err(format!("strip refuses {}.", binary.display()));
    }
    std::fs::metadata(&copy)
        .map(|metadata| metadata.len())
        .map_err(|error| format!("The stripped copy is gone: {error}."))
}
