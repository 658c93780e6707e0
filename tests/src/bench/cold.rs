//! Start-up: from the start of the process to its first `next`, to its first answer, and the invocations after it.
//!
//! Each round starts every candidate once, in turn, so that what else the machine does falls on all of them alike. What counts is medians
//! and their ratios in one run; times of two runs are not to be compared.

mod tables;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Method;

use super::binaries::{self, Binaries, FUNCTIONS};
use super::endpoint::{Endpoint, Transport};
use super::report::median;
use super::requests;
use super::rig::{Rig, TABLE};
use super::warm;
use crate::runtime_api::Function;

pub use tables::{Ratios, ratios, report};

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
    /// What it executed; none where instructions cannot be counted.
    pub instructions: Option<Instructions>,
}

/// The instructions of one start, as callgrind counts them in the function's process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instructions {
    /// From the start of the process to its first `next`.
    pub to_next: u64,
    /// The first invocation.
    pub first: u64,
    /// The mean of those after it.
    pub later: u64,
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

/// What a function is asked again and again.
#[derive(Debug, Clone)]
pub struct Question {
    /// The event.
    pub event: String,
    /// The status that it is to be answered with.
    pub status: u16,
}

/// For each function a question that it answers with one database read: a dealer customer is read, an Add is checked without its write, a request in
/// error is shown (its edits look no customer up).
///
/// # Errors
///
/// A sentence when one takes other calls than a read, or the things to be read cannot be made.
pub async fn questions(rig: &Rig) -> Result<[Question; 3], String> {
    let associated = requests::associate("COLD-1", "Acme Mining");
    rig.measure(Method::POST, "/dealer-customers", Some(&associated), 201).await?;
    let failed = requests::failing_message("N", "Dryer");
    let (failed, _) = rig.measure(Method::POST, "/customers", Some(&failed), 422).await?;
    let add = requests::message("Y", "Julie", "Robinson");
    let asked = [
        (Method::GET, "/dealer-customers/TD68/COLD-1", None, 200),
        (Method::POST, "/customers?dryRun=true", Some(&add), 201),
        (Method::GET, &failed.location, None, 200),
    ];
    let mut questions = Vec::new();
    for (method, path, body, status) in asked {
        let event = requests::event(&method, path, body);
        let (_, calls) = rig.measure(method, path, body, status).await?;
        if !matches!(calls.as_slice(), [read] if read.write_units == 0.0) {
            return Err(format!("{path} takes {} calls and not one read.", calls.len()));
        }
        questions.push(Question { event, status });
    }
    questions.try_into().map_err(|_| "Each function has one question.".to_owned())
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
    let questions = questions(&rig).await?;
    let database = rig.database()?;
    let mut candidates = Vec::new();
    for function in FUNCTIONS {
        for (kind, binary) in [
            (Kind::Function, binaries.function(function)),
            (Kind::Defaults, binaries.on_defaults(function)),
        ] {
            candidates.push(candidate(function, kind, binary, folder)?);
        }
    }
    candidates.push(candidate(FUNCTIONS[0], Kind::Hello, binaries.hello(), folder)?);
    let question_of = |candidate: &Candidate| {
        let mut named = FUNCTIONS.iter().zip(&questions);
        let question = named.find(|(name, _)| **name == candidate.function);
        question.map(|(_, question)| question).expect("every candidate stands for a function")
    };
    for round in 0..rounds {
        for candidate in &mut candidates {
            let endpoint = Endpoint::start(transport, database, folder).await?;
            let question = question_of(candidate);
            let variables = endpoint.variables();
            let start = start(&candidate.binary, &endpoint, variables, question)
                .await
                .map_err(|sentence| format!("{}: {sentence}", candidate.name()))?;
            // The first round fills the caches of the system.
            if round > 0 {
                candidate.starts.push(start);
            }
        }
    }
    if warm::can_count().is_ok() {
        for candidate in &mut candidates {
            let question = question_of(candidate);
            let counted = count(
                &candidate.binary,
                transport,
                database,
                Endpoint::variables,
                question,
                folder,
            );
            let counted = counted.await;
            candidate.instructions =
                Some(counted.map_err(|sentence| format!("{}: {sentence}", candidate.name()))?);
        }
    }
    Ok(candidates)
}

/// Counts instructions: of a process that answers nothing, one event, and some more; the differences are the invocations.
pub(super) async fn count(
    binary: &Path,
    transport: Transport,
    database: SocketAddr,
    variables: impl Fn(&Endpoint) -> Vec<(&'static str, String)>,
    question: &Question,
    folder: &Path,
) -> Result<Instructions, String> {
    let mut totals = [0; 3];
    for (total, events) in totals.iter_mut().zip([0, 1, 1 + LATER]) {
        let events = vec![question.event.clone(); events];
        let mut attempts = 0;
        *total = loop {
            let endpoint = Endpoint::start(transport, database, folder).await?;
            let mut variables = variables(&endpoint);
            variables.extend([("TABLE_NAME", TABLE.to_owned()), crate::controls::key_secret()]);
            attempts += 1;
            match warm::instructions(binary, &variables, &events, question.status, folder).await {
                Err(_) if attempts < warm::ATTEMPTS => {}
                counted => break counted?,
            }
        };
    }
    let [to_next, one, many] = totals;
    Ok(Instructions {
        to_next,
        first: one.saturating_sub(to_next),
        later: many.saturating_sub(one) / LATER as u64,
    })
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
        instructions: None,
    })
}

/// Starts a binary with these variables, and asks it again and again.
pub(super) async fn start(
    binary: &Path,
    endpoint: &Endpoint,
    mut variables: Vec<(&'static str, String)>,
    question: &Question,
) -> Result<Start, String> {
    variables.extend([("TABLE_NAME", TABLE.to_owned()), crate::controls::key_secret()]);
    let mut function = Function::start(binary, &variables).await?;
    let counts = |function: &Function| {
        [endpoint.connections(), endpoint.handshakes(), function.connections()]
    };
    let to_next = function.ready().await?;
    let before = counts(&function);
    let (first, to_answer) = invoke(&mut function, question).await?;
    let after = counts(&function);
    let mut later = Vec::with_capacity(LATER);
    for _ in 0..LATER {
        later.push(invoke(&mut function, question).await?.0);
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

/// Invokes, and says how long the answer took, from the event and from the start of the process.
async fn invoke(
    function: &mut Function,
    question: &Question,
) -> Result<(Duration, Duration), String> {
    let invocation = function.invoke(question.event.clone()).await?;
    let answer = invocation
        .answer
        .map_err(|error| format!("The invocation failed: {}", String::from_utf8_lossy(&error)))?;
    let answer: serde_json::Value = serde_json::from_slice(&answer)
        .map_err(|error| format!("The answer is no JSON: {error}."))?;
    if answer["statusCode"] == question.status {
        Ok((invocation.took, invocation.since_start))
    } else {
        Err(format!("The answer is not what was asked for: {answer}"))
    }
}
