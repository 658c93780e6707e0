//! What was chosen for start-up, each against what else could have been: one function, one thing different at a time, in turn.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::binaries::{self, Binaries};
use super::cold::{self, Instructions, Question, Start};
use super::endpoint::{Endpoint, Transport};
use super::plot::{self, Bar};
use super::report::{Report, median, megabytes, millions, millis, table};
use super::rig::Rig;
use super::warm;

/// The function that is measured; its event is one read.
const FUNCTION: &str = "associate-dealer";

/// One thing chosen otherwise.
#[derive(Debug)]
pub struct Choice {
    /// What is different.
    pub name: &'static str,
    /// The binary.
    pub binary: PathBuf,
    /// Whether it reads the system's root certificates at its start, in place of one root.
    pub system_roots: bool,
    /// Its size without symbols, in bytes.
    pub size: u64,
    /// Its starts.
    pub starts: Vec<Start>,
    /// What it executed; none where instructions cannot be counted.
    pub instructions: Option<Instructions>,
}

fn choices(binaries: &Binaries, folder: &Path) -> Result<Vec<Choice>, String> {
    let choice = |name, binary: PathBuf, system_roots| {
        Ok(Choice {
            name,
            size: binaries::stripped_size(&binary, folder)?,
            binary,
            system_roots,
            starts: Vec::new(),
            instructions: None,
        })
    };
    let shipped = || binaries.function(FUNCTION);
    let otherwise = |profile, name| binaries.choice(profile, name);
    [
        ("as shipped", shipped(), false),
        ("the system's root certificates", shipped(), true),
        ("aws-lc, built without jitter entropy", otherwise("release", "choice-aws-lc"), false),
        ("mimalloc", otherwise("release", "choice-mimalloc"), false),
        ("thin LTO", otherwise("thin-lto", "choice-as-shipped"), false),
        ("opt-level s", otherwise("opt-s", "choice-as-shipped"), false),
        ("opt-level z", otherwise("opt-z", "choice-as-shipped"), false),
        ("at a fixed address", otherwise("fixed", "choice-as-shipped"), false),
    ]
    .into_iter()
    .map(|(name, binary, system_roots)| choice(name, binary, system_roots))
    .collect()
}

/// Measures all of them over TLS, this many rounds.
///
/// # Errors
///
/// A sentence when a binary is missing or does not answer.
pub async fn measure(
    binaries: &Binaries,
    rounds: usize,
    folder: &Path,
) -> Result<Vec<Choice>, String> {
    binaries.present()?;
    let rig = Rig::start().await?;
    let [question, ..] = cold::questions(&rig).await?;
    let database = rig.database()?;
    let mut choices = choices(binaries, folder)?;
    for round in 0..=rounds {
        for choice in &mut choices {
            let endpoint = Endpoint::start(Transport::Tls, database, folder).await?;
            let variables = variables(choice, &endpoint);
            let start = cold::start(&choice.binary, &endpoint, variables, &question)
                .await
                .map_err(|sentence| format!("{}: {sentence}", choice.name))?;
            // The first round fills the caches of the system.
            if round > 0 {
                choice.starts.push(start);
            }
        }
    }
    if warm::can_count().is_ok() {
        for choice in &mut choices {
            let counted = count(choice, database, &question, folder).await;
            choice.instructions =
                Some(counted.map_err(|sentence| format!("{}: {sentence}", choice.name))?);
        }
    }
    Ok(choices)
}

async fn count(
    choice: &Choice,
    database: SocketAddr,
    question: &Question,
    folder: &Path,
) -> Result<Instructions, String> {
    let variables = |endpoint: &Endpoint| variables(choice, endpoint);
    cold::count(&choice.binary, Transport::Tls, database, variables, question, folder).await
}

/// What the function needs to find the endpoint, with the roots of this choice.
fn variables(choice: &Choice, endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    let mut variables = endpoint.variables();
    if choice.system_roots {
        let system = variables.iter().find(|(name, _)| *name == "SSL_CERT_FILE");
        if let Some((_, file)) = system {
            let file = file.clone();
            variables.retain(|(name, _)| *name != "AWS_CA_BUNDLE");
            variables.push(("AWS_CA_BUNDLE", file));
        }
    }
    variables
}

/// The report of a measurement.
#[must_use]
pub fn report(choices: &[Choice]) -> Report {
    let rounds = choices.first().map_or(0, |one| one.starts.len());
    let answer = |one: &Choice| median(one.starts.iter().map(|start| start.to_answer));
    let shipped = choices.first().map_or(1.0, |one| answer(one).as_secs_f64());
    let rows: Vec<Vec<String>> = choices
        .iter()
        .map(|one| {
            let of = |of: fn(&Start) -> std::time::Duration| median(one.starts.iter().map(of));
            let counted = |of: fn(&Instructions) -> u64| {
                one.instructions.as_ref().map_or_else(|| "-".to_owned(), |all| millions(of(all)))
            };
            vec![
                one.name.to_owned(),
                millis(of(|start| start.to_next)),
                millis(answer(one)),
                format!("{:.2}", answer(one).as_secs_f64() / shipped),
                millis(of(|start| start.later)),
                counted(|all| all.to_next),
                counted(|all| all.first),
                counted(|all| all.later),
                format!("{:.2}", megabytes(one.size)),
            ]
        })
        .collect();
    let bars: Vec<Bar> = choices
        .iter()
        .enumerate()
        .map(|(position, one)| Bar {
            label: one.name.to_owned(),
            value: answer(one).as_secs_f64(),
            shown: format!("{} ms", millis(answer(one))),
            ours: position == 0,
        })
        .collect();
    Report {
        name: "choices",
        title: format!(
            "What was chosen for start-up, against what else could have been: {FUNCTION} over TLS, exec to first answer. Medians in ms of {rounds} starts of each, in turn; instructions in millions."
        ),
        parts: vec![table(
            &[
                "choice",
                "exec to next",
                "exec to answer",
                "by shipped",
                "later",
                "instr. to next",
                "first",
                "later",
                "MB stripped",
            ],
            &rows,
        )],
        plot: plot::bars("Exec to first answer over TLS, median", &bars),
    }
}
