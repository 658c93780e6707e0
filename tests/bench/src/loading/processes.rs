//! The loader and the server as processes, as whoever loads has them, and what the system says of them.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use local::export::FILES;
use serde_json::Value;

use super::erp::Export;

/// How often a load that is to be killed is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How many ticks of the processor's clock a second has, as Linux tells them.
const TICKS: u64 = 100;

/// The two programs, optimised as this one is.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) local: String,
    load: String,
}

/// What was seen of a load: what it said at its end, and its memory at each tenth in kilobytes.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) told: String,
    pub(super) memory: Vec<u64>,
}

impl Programs {
    /// Builds them beside this program, where they are not new.
    pub(super) fn build() -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("No program: {error}."))?;
        let folder = own.parent().unwrap_or(&own);
        let profile = match folder.file_name().and_then(|name| name.to_str()) {
            Some("debug") | None => "dev",
            Some(other) => other,
        };
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--profile", profile, "--bins"]);
        // Together with this one, so that what they link is built once.
        cargo.args(["-p", "bench", "-p", "load", "-p", "local"]);
        let status = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            return Err("The loader and the server cannot be built.".to_owned());
        }
        let [local, load] = ["local", "load"].map(|name| folder.join(name).display().to_string());
        Ok(Self { local, load })
    }

    fn start(&self, Export { file, mapping }: &Export, url: &str) -> Result<Child, String> {
        let mut command = Command::new(&self.load);
        command.arg(file).args(["--url", url, "--mapping"]).arg(mapping);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|error| format!("The loader cannot be started: {error}."))
    }

    /// Loads to the end.
    pub(super) fn load(&self, export: &Export, url: &str) -> Result<Seen, String> {
        let mut child = self.start(export, url)?;
        let mut memory = Vec::new();
        let mut said = String::new();
        if let Some(progress) = child.stderr.take() {
            for line in BufReader::new(progress).lines().map_while(Result::ok) {
                let resident = status_of(child.id(), "VmRSS:");
                let tenths = usize::try_from(tenths(&line).unwrap_or_default()).unwrap_or_default();
                memory.resize(memory.len().max(tenths.min(10)), resident);
                said = line;
            }
        }
        let done = child.wait_with_output();
        let done = done.map_err(|error| format!("The loader did not end: {error}."))?;
        if !done.status.success() {
            return Err(format!("The load broke off: {said}"));
        }
        let told = String::from_utf8_lossy(&done.stdout);
        // Which file it was says nothing.
        let told = told.lines().filter(|line| !line.starts_with("Each row"));
        Ok(Seen { told: told.collect::<Vec<_>>().join("\n"), memory })
    }

    /// Loads until so many rows are settled, and kills the loader; whether it was killed before its end.
    pub(super) fn kill_load(&self, export: &Export, url: &str, until: u64) -> Result<bool, String> {
        let failed = |error: std::io::Error| format!("The loader cannot be killed: {error}.");
        let mut child = self.start(export, url)?;
        let results = format!("{}.results.csv", export.file.display());
        let ended = loop {
            if child.try_wait().map_err(failed)?.is_some() {
                break true;
            }
            let settled = std::fs::read(&results).unwrap_or_default();
            let settled = settled.iter().filter(|byte| **byte == b'\n').count() as u64;
            if settled > until {
                break false;
            }
            std::thread::sleep(LOOK_EVERY);
        };
        child.kill().map_err(failed)?;
        child.wait().map_err(failed)?;
        Ok(!ended)
    }

    /// The customers in this file of data, without their numbers, in an order of their own.
    pub(super) fn exported(&self, data: &str, to: &Path) -> Result<Vec<String>, String> {
        let mut command = Command::new(&self.local);
        let status = command.args(["--data", data, "--export"]).arg(to).output();
        if !status.is_ok_and(|done| done.status.success()) {
            return Err("The table cannot be exported.".to_owned());
        }
        let mut rows = Vec::new();
        for file in FILES {
            let text = std::fs::read_to_string(to.join(file));
            let text = text.map_err(|error| format!("{file} cannot be read: {error}."))?;
            for line in text.lines() {
                let row: Value = serde_json::from_str(line).unwrap_or_default();
                rows.push(row["CustSoldTo"].to_string());
            }
        }
        rows.sort();
        Ok(rows)
    }
}

/// How many tenths of the rows are done, as a line of progress says it.
fn tenths(line: &str) -> Option<u64> {
    let (done, rest) = line.split_once(" of ")?;
    let (done, all): (u64, u64) = (done.parse().ok()?, rest.split(' ').next()?.parse().ok()?);
    Some(done * 10 / all.max(1))
}

/// A number of what the system says of a process, in kilobytes.
fn status_of(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}

/// How long the processors were busy with a process.
pub(super) fn busy(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name before may have blanks; behind its bracket the fields are numbered from 3.
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1_000 / TICKS)
}
