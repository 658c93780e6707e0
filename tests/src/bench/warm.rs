//! Instructions of a warm invocation, counted by valgrind's callgrind, beside a bare twin that sends the same database requests.
//!
//! Two runs, one with more events than the other; their difference is what the further events took. So start-up is in neither.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use axum::http::Method;
use serde_json::{Value, json};

use super::binaries::Binaries;
use super::costs;
use super::endpoint::{Endpoint, Transport};
use super::plot::{self, Bar};
use super::recorder::Recorded;
use super::report::{Report, table, thousands};
use super::requests;
use super::rig::{Rig, TABLE};
use crate::runtime_api::Function;

/// Events before the ones that count.
const BEFORE: u64 = 20;

/// Events that count.
const COUNTED: u64 = 100;

/// How often a run is made anew when it went another way: watched, a function is fifty times slower, and on a busy machine the database
/// may then seem to answer too late.
pub(super) const ATTEMPTS: u32 = 4;

/// What a function is asked again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A message that adds a customer, after a duplicate check.
    AddChecked,
    /// A message that meets a duplicate.
    Duplicate,
    /// A message that fails its edits.
    AddThatFails,
    /// An association of a customer that is known by its identifier.
    AssociateGiven,
    /// A look at a request in error.
    ShowError,
}

impl Flow {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::AddChecked,
        Self::Duplicate,
        Self::AddThatFails,
        Self::AssociateGiven,
        Self::ShowError,
    ];

    /// The name in tables and plots.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AddChecked => "Add checked (Y), created",
            Self::Duplicate => "Add checked (Y), Duplicate",
            Self::AddThatFails => "Add that fails (Y)",
            Self::AssociateGiven => "associate, identifier given",
            Self::ShowError => "show a request in error",
        }
    }

    fn function(self) -> &'static str {
        match self {
            Self::AddChecked | Self::Duplicate | Self::AddThatFails => "add-customer",
            Self::AssociateGiven => "associate-dealer",
            Self::ShowError => "fix-error",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::AddChecked | Self::AssociateGiven => 201,
            Self::Duplicate => 409,
            Self::AddThatFails => 422,
            Self::ShowError => 200,
        }
    }

    /// The request of a turn; no two turns write the same thing.
    fn request(self, known: &Known, turn: u64) -> (Method, String, Option<Value>) {
        let name = requests::name(turn);
        let customers = |message| (Method::POST, "/customers".to_owned(), Some(message));
        match self {
            Self::AddChecked => customers(requests::message("Y", "Julie", &name)),
            Self::Duplicate => customers(requests::message("Y", "Julie", "Robinson")),
            Self::AddThatFails => customers(requests::failing_message("Y", &name)),
            Self::AssociateGiven => (
                Method::POST,
                "/dealer-customers".to_owned(),
                Some(requests::associate_given(&name, &known.identifier)),
            ),
            Self::ShowError => (Method::GET, known.error.clone(), None),
        }
    }
}

/// What the flows ask about.
#[derive(Debug)]
pub struct Known {
    identifier: String,
    error: String,
}

impl Known {
    /// Makes a customer to associate and a request in error to look at.
    ///
    /// # Errors
    ///
    /// A sentence when the functions do not answer as they should.
    pub async fn make(rig: &Rig) -> Result<Self, String> {
        let customer = requests::message("Y", "Julie", "Robinson");
        let (customer, _) = rig.measure(Method::POST, "/customers", Some(&customer), 201).await?;
        let failing = requests::failing_message("Y", "Dryer");
        let (failed, _) = rig.measure(Method::POST, "/customers", Some(&failing), 422).await?;
        let identifier = customer.body["customerOrganizationIdentifier"].as_str();
        Ok(Self { identifier: identifier.unwrap_or_default().to_owned(), error: failed.location })
    }
}

/// What a flow took.
#[derive(Debug)]
pub struct Row {
    /// The flow.
    pub flow: Flow,
    /// Instructions of one warm invocation.
    pub ours: u64,
    /// The same of the bare twin.
    pub twin: u64,
}

impl Row {
    /// Ours by the twin's.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.ours as f64 / self.twin as f64
    }
}

/// Whether instructions can be counted here; a sentence if not.
///
/// # Errors
///
/// A sentence when valgrind cannot be started.
pub fn can_count() -> Result<(), String> {
    match Command::new("valgrind").arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(_) | Err(_) => {
            Err("Instructions are not counted here: valgrind cannot be started.".to_owned())
        }
    }
}

/// Measures every flow.
///
/// # Errors
///
/// A sentence when a binary is missing or does not answer as it should.
pub async fn measure(binaries: &Binaries, folder: &Path) -> Result<Vec<Row>, String> {
    can_count()?;
    let rig = Rig::start().await?;
    costs::warm(&rig).await?;
    let known = Known::make(&rig).await?;
    let mut turn = 0;
    let mut rows = Vec::new();
    for flow in Flow::ALL {
        let twin = twin_requests(&rig, &known, flow, &mut turn).await?;
        let file = folder.join("twin.json");
        std::fs::write(&file, twin.to_string())
            .map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
        let twin = [("TWIN_REQUESTS", file.to_string_lossy().into_owned())];
        let database = rig.recorder.address();
        rows.push(Row {
            flow,
            ours: per_invocation(
                &binaries.function(flow.function()),
                database,
                &[],
                flow,
                flow.status(),
                &known,
                &mut turn,
                folder,
            )
            .await?,
            twin: per_invocation(
                &binaries.twin(),
                database,
                &twin,
                flow,
                200,
                &known,
                &mut turn,
                folder,
            )
            .await?,
        });
    }
    Ok(rows)
}

/// The database requests of a warm turn, as the twin wants them; the lease of customer numbers, which comes once in many turns, left out.
async fn twin_requests(
    rig: &Rig,
    known: &Known,
    flow: Flow,
    turn: &mut u64,
) -> Result<Value, String> {
    let mut calls = Vec::new();
    for _ in 0..2 {
        *turn += 1;
        let (method, path, body) = flow.request(known, *turn);
        (_, calls) = rig.measure(method, &path, body.as_ref(), flow.status()).await?;
    }
    let lease = |call: &Recorded| call.body["Key"]["pk"]["S"] == "COUNTER#CUSTOMER";
    Ok(calls
        .iter()
        .filter(|call| !lease(call))
        .map(|call| json!({ "action": call.action, "body": call.body }))
        .collect())
}

/// The instructions of one warm invocation: what a run with more events took more than one with fewer, by the number of events.
#[expect(clippy::too_many_arguments, reason = "what is run, against what, and with what")]
pub async fn per_invocation(
    binary: &Path,
    database: SocketAddr,
    variables: &[(&'static str, String)],
    flow: Flow,
    status: u16,
    known: &Known,
    turn: &mut u64,
    folder: &Path,
) -> Result<u64, String> {
    let mut totals = [0; 2];
    for (total, count) in totals.iter_mut().zip([BEFORE, BEFORE + COUNTED]) {
        let mut attempts = 0;
        *total = loop {
            let endpoint = Endpoint::start(Transport::Tls, database, folder).await?;
            let mut all = endpoint.variables();
            all.extend([("TABLE_NAME", TABLE.to_owned()), crate::controls::key_secret()]);
            all.extend(variables.iter().cloned());
            let mut events = Vec::new();
            for _ in 0..count {
                *turn += 1;
                let (method, path, body) = flow.request(known, *turn);
                events.push(requests::event(&method, &path, body.as_ref()));
            }
            attempts += 1;
            match instructions(binary, &all, &events, status, folder).await {
                Ok(total) => break total,
                Err(_) if attempts < ATTEMPTS => {}
                Err(sentence) => {
                    return Err(format!("{}, {}: {sentence}", flow.name(), binary.display()));
                }
            }
        };
    }
    Ok(totals[1].saturating_sub(totals[0]) / COUNTED)
}

/// The instructions of a process that answers these events, each with this status, from its start to its end.
///
/// # Errors
///
/// A sentence when it does not answer so, or callgrind does not count.
pub async fn instructions(
    binary: &Path,
    variables: &[(&str, String)],
    events: &[String],
    status: u16,
    folder: &Path,
) -> Result<u64, String> {
    let file = folder.join("callgrind.out");
    // What an earlier run left is not to be taken for this one's.
    let _ = std::fs::remove_file(&file);
    let watcher = [
        "valgrind".to_owned(),
        "--quiet".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", file.display()),
    ];
    let mut function = Function::start_under(&watcher, binary, variables).await?;
    function.ready().await?;
    for event in events {
        let answer = function.invoke(event.clone()).await?.answer;
        let answer = answer.unwrap_or_else(|error| error);
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if answer["statusCode"] != status {
            return Err(format!("The answer is not a {status}: {answer}"));
        }
    }
    // The answers are sent; the process is told to end when it asks again.
    function.ready().await?;
    function.stop().await?;
    let counted = std::fs::read_to_string(&file)
        .map_err(|error| format!("callgrind wrote nothing: {error}."))?;
    counted
        .lines()
        .filter_map(|line| line.strip_prefix("totals: "))
        .find_map(|total| total.trim().parse().ok())
        .ok_or_else(|| "callgrind wrote no total.".to_owned())
}

/// The report of a measurement.
#[must_use]
pub fn report(rows: &[Row]) -> Report {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.flow.name().to_owned(),
                thousands(row.ours),
                thousands(row.twin),
                format!("{:.2}", row.ratio()),
            ]
        })
        .collect();
    let bars: Vec<Bar> = rows
        .iter()
        .flat_map(|row| {
            [
                (row.flow.name().to_owned(), row.ours, true),
                ("bare twin".to_owned(), row.twin, false),
            ]
        })
        .map(|(label, count, ours)| Bar {
            label,
            value: count as f64,
            shown: thousands(count),
            ours,
        })
        .collect();
    Report {
        name: "warm",
        title: format!("Instructions of one warm invocation over TLS, the mean of {COUNTED}, beside a bare twin that sends the same database requests with fixed inputs."),
        parts: vec![
            table(&["invocation", "instructions", "bare twin", "ratio"], &cells),
            "Counted by valgrind's callgrind in the function's process alone; it adds what runs in the program, and nothing of the system's kernel.".to_owned(),
        ],
        plot: plot::bars("Instructions of one warm invocation", &bars),
    }
}
