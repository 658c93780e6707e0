//! Start-up: from the start of the process to its first `next`, to its first answer, and the invocations after it.
//!
//! Each round starts every candidate once, in turn, so that what else the machine does falls on all of them alike. What counts is medians
//! and their ratios in one run; times of two runs are not to be compared.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Method;

use super::binaries::{self, Binaries, FUNCTIONS};
use super::endpoint::{Endpoint, Transport};
use super::plot::{self, Bar};
use super::report::{Report, median, millis, table};
use super::requests;
use super::rig::{Rig, TABLE};
use crate::runtime_api::Function;

/// How many invocations follow the first.
const LATER: usize = 20;

/// One start of one candidate.
#[derive(Debug, Clone)]
pub struct Start {
    /// From the start of the process to its first `next`.
    pub to_next: Duration,
    /// From the start of the process to its first answer.
    pub to_answer: Duration,
    /// From the first event to its answer.
    pub first: Duration,
    /// The same for the middle one of the later events.
    pub later: Duration,
    /// Connections to the database before the first `next`, in the first invocation, and later.
    pub connections: [u64; 3],
    /// TLS handshakes in the same spans.
    pub handshakes: [u64; 3],
    /// Connections to the Runtime API in the same spans.
    pub runtime_connections: [u64; 3],
}

/// A candidate and its starts.
#[derive(Debug)]
pub struct Candidate {
    /// The function that it is or stands for.
    pub function: &'static str,
    /// What it is beside the others.
    pub kind: Kind,
    /// Its binary.
    pub binary: PathBuf,
    /// Its size without symbols, in bytes.
    pub size: u64,
    /// Its starts.
    pub starts: Vec<Start>,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function as it is deployed.
    Function,
    /// The same handler on the SDK's defaults.
    Defaults,
    /// The hello world that never opens a connection.
    Hello,
}

impl Candidate {
    /// The name in tables and plots.
    #[must_use]
    pub fn name(&self) -> String {
        match self.kind {
            Kind::Function => self.function.to_owned(),
            Kind::Defaults => format!("{}, SDK defaults", self.function),
            Kind::Hello => "hello world".to_owned(),
        }
    }

    /// The middle of one of the times.
    pub fn median(&self, of: impl Fn(&Start) -> Duration) -> Duration {
        median(self.starts.iter().map(of))
    }
}

/// The event that a function answers with one read: of a dealer customer, of a customer by its number, of a request in error.
///
/// # Errors
///
/// A sentence when the things to be read cannot be made.
pub async fn events(rig: &Rig) -> Result<[String; 3], String> {
    let associated = requests::associate("COLD-1", "Acme Mining");
    rig.measure(Method::POST, "/dealer-customers", Some(&associated), 201)
        .await?;
    let added = requests::message("N", "Julie", "Robinson");
    let (added, _) = rig
        .measure(Method::POST, "/customers", Some(&added), 201)
        .await?;
    let failed = requests::failing_message("N", "Dryer");
    let (failed, _) = rig
        .measure(Method::POST, "/customers", Some(&failed), 422)
        .await?;
    Ok([
        "/dealer-customers/TD68/COLD-1",
        &added.location,
        &failed.location,
    ]
    .map(|path| requests::event(&Method::GET, path, None)))
}

/// Measures all functions and what they are held against, this many rounds.
///
/// # Errors
///
/// A sentence when a binary is missing or does not answer.
pub async fn measure(
    binaries: &Binaries,
    transport: Transport,
    rounds: usize,
    folder: &Path,
) -> Result<Vec<Candidate>, String> {
    binaries.present()?;
    let rig = Rig::start().await?;
    let events = events(&rig).await?;
    let database = rig
        .embedded
        .url()
        .trim_start_matches("http://")
        .parse()
        .map_err(|error| format!("The database has no address: {error}."))?;
    let mut candidates = Vec::new();
    for function in FUNCTIONS {
        for (kind, binary) in [
            (Kind::Function, binaries.function(function)),
            (Kind::Defaults, binaries.on_defaults(function)),
        ] {
            candidates.push(candidate(function, kind, binary, folder)?);
        }
    }
    candidates.push(candidate(
        FUNCTIONS[0],
        Kind::Hello,
        binaries.hello(),
        folder,
    )?);
    for round in 0..rounds {
        for candidate in &mut candidates {
            let endpoint = Endpoint::start(transport, database, folder).await?;
            let event = FUNCTIONS
                .iter()
                .zip(&events)
                .find(|(name, _)| **name == candidate.function)
                .map(|(_, event)| event.as_str())
                .unwrap_or_default();
            let start = start(&candidate.binary, &endpoint, event)
                .await
                .map_err(|sentence| format!("{}: {sentence}", candidate.name()))?;
            // The first round fills the caches of the system.
            if round > 0 {
                candidate.starts.push(start);
            }
        }
    }
    Ok(candidates)
}

fn candidate(
    function: &'static str,
    kind: Kind,
    binary: PathBuf,
    folder: &Path,
) -> Result<Candidate, String> {
    Ok(Candidate {
        function,
        kind,
        size: binaries::stripped_size(&binary, folder)?,
        binary,
        starts: Vec::new(),
    })
}

async fn start(binary: &Path, endpoint: &Endpoint, event: &str) -> Result<Start, String> {
    let mut variables = endpoint.variables();
    variables.push(("TABLE_NAME", TABLE.to_owned()));
    let mut function = Function::start(binary, &variables).await?;
    let counts = |function: &Function| {
        [
            endpoint.connections(),
            endpoint.handshakes(),
            function.connections(),
        ]
    };
    let to_next = function.ready().await?;
    let before = counts(&function);
    let (first, to_answer) = invoke(&mut function, event).await?;
    let after = counts(&function);
    let mut later = Vec::with_capacity(LATER);
    for _ in 0..LATER {
        later.push(invoke(&mut function, event).await?.0);
    }
    let end = counts(&function);
    let spans = |at: usize| [before[at], after[at] - before[at], end[at] - after[at]];
    Ok(Start {
        to_next,
        to_answer,
        first,
        later: median(later),
        connections: spans(0),
        handshakes: spans(1),
        runtime_connections: spans(2),
    })
}

/// Invokes, and says how long the answer took, from the event and from the start of the process. A hello has no status to look at.
async fn invoke(function: &mut Function, event: &str) -> Result<(Duration, Duration), String> {
    let invocation = function.invoke(event.to_owned()).await?;
    let answer = invocation
        .answer
        .map_err(|error| format!("The invocation failed: {}", String::from_utf8_lossy(&error)))?;
    let answer: serde_json::Value = serde_json::from_slice(&answer)
        .map_err(|error| format!("The answer is no JSON: {error}."))?;
    if answer["statusCode"] == 200 {
        Ok((invocation.took, invocation.since_start))
    } else {
        Err(format!("The answer is not what was asked for: {answer}"))
    }
}

/// The report of a measurement.
#[must_use]
pub fn report(candidates: &[Candidate], transport: Transport) -> Report {
    let rounds = candidates.first().map_or(0, |one| one.starts.len());
    let row = |one: &Candidate| {
        vec![
            one.name(),
            millis(one.median(|start| start.to_next)),
            millis(one.median(|start| start.to_answer)),
            millis(one.median(|start| start.first)),
            millis(one.median(|start| start.later)),
            format!("{:.2}", megabytes(one.size)),
        ]
    };
    let times = table(
        &[
            "medians in ms",
            "exec to next",
            "exec to answer",
            "first invocation",
            "later",
            "MB stripped",
        ],
        &candidates.iter().map(row).collect::<Vec<_>>(),
    );
    let counts = table(
        &[
            "connections: before first event / in first invocation / later",
            "database",
            "TLS handshakes",
            "Runtime API",
        ],
        &candidates.iter().map(connections).collect::<Vec<_>>(),
    );
    let bars: Vec<Bar> = candidates
        .iter()
        .map(|one| {
            let value = one.median(|start| start.to_answer);
            Bar {
                label: one.name(),
                value: value.as_secs_f64(),
                shown: format!("{} ms", millis(value)),
                ours: one.kind == Kind::Function,
            }
        })
        .collect();
    Report {
        name: match transport {
            Transport::Tls => "cold-tls",
            Transport::Plain => "cold-plain",
        },
        title: format!(
            "Cold start over {}: the release binary from exec to its first answer, one database read. {rounds} starts of each, in turn.",
            transport.name()
        ),
        parts: vec![times, counts, ratio_table(candidates)],
        plot: Some(plot::bars(
            &format!("Exec to first answer over {}, median", transport.name()),
            &bars,
        )),
    }
}

fn connections(one: &Candidate) -> Vec<String> {
    let most = |of: &dyn Fn(&Start) -> [u64; 3]| {
        let spans = [0, 1, 2].map(|span| {
            let all = one.starts.iter().map(|start| of(start)[span]);
            all.max().unwrap_or_default().to_string()
        });
        spans.join(" / ")
    };
    vec![
        one.name(),
        most(&|start| start.connections),
        most(&|start| start.handshakes),
        most(&|start| start.runtime_connections),
    ]
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes / 1_000).unwrap_or(u32::MAX)) / 1_000.0
}

/// A function against the others: time from exec to the first answer, and size.
#[derive(Debug, Clone, Copy)]
pub struct Ratios {
    /// The function.
    pub function: &'static str,
    /// Its time by that of the same handler on the SDK's defaults.
    pub to_defaults: f64,
    /// Its time by that of the hello world.
    pub to_hello: f64,
    /// Its size by that of the same handler on the SDK's defaults.
    pub size: f64,
}

/// The ratios of the functions.
#[must_use]
pub fn ratios(candidates: &[Candidate]) -> Vec<Ratios> {
    let find = |function: Option<&str>, kind: Kind| {
        candidates
            .iter()
            .find(|one| one.kind == kind && function.is_none_or(|name| name == one.function))
    };
    let time = |one: &Candidate| one.median(|start| start.to_answer).as_secs_f64();
    FUNCTIONS
        .into_iter()
        .filter_map(|function| {
            let ours = find(Some(function), Kind::Function)?;
            let defaults = find(Some(function), Kind::Defaults)?;
            let hello = find(None, Kind::Hello)?;
            Some(Ratios {
                function,
                to_defaults: time(ours) / time(defaults),
                to_hello: time(ours) / time(hello),
                size: megabytes(ours.size) / megabytes(defaults.size),
            })
        })
        .collect()
}

fn ratio_table(candidates: &[Candidate]) -> String {
    let rows: Vec<Vec<String>> = ratios(candidates)
        .iter()
        .map(|one| {
            vec![
                one.function.to_owned(),
                format!("{:.3}", one.to_defaults),
                format!("{:.2}", one.to_hello),
                format!("{:.3}", one.size),
            ]
        })
        .collect();
    table(
        &[
            "ratios",
            "exec to answer / SDK defaults",
            "exec to answer / hello world",
            "size / SDK defaults",
        ],
        &rows,
    )
}
