//! Loading: a generated export of an ERP into `cargo local` by `cargo load`, beside the same rows in requests of their own; what the loader's memory does meanwhile; and what
//! comes of a load that is killed again and again.

mod erp;
mod processes;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kit::process::Process;
use load::mapping::Mapping;
use load::source::Source;
use tokio::task::JoinSet;

use self::processes::{Programs, Seen};
use super::check::{self, Held};
use super::plot::{self, Bar};
use super::report::{Report, table};

/// How many single requests are under way at once in the run that the load is held against.
const AT_ONCE: u64 = 16;

/// How many rows the load that is killed has at the most.
const MAX_KILLED: u64 = 10_000;

/// At how many moments it is killed.
const MOMENTS: u64 = 10;

/// Rows, how long they took, and how long the processors were busy with them on the other side.
#[derive(Debug, Clone, Copy)]
struct Pace {
    rows: u64,
    took: Duration,
    busy: Duration,
}

impl Pace {
    fn rate(&self) -> f64 {
        self.rows as f64 / self.took.as_secs_f64()
    }

    fn busy_millis(&self) -> f64 {
        self.busy.as_secs_f64() * 1_000.0 / self.rows as f64
    }
}

/// What was measured.
#[derive(Debug)]
pub struct Loaded {
    rows: u64,
    one_by_one: Pace,
    at_once: Pace,
    load: Pace,
    /// What the load came to, as the loader says it.
    outcomes: String,
    /// The loader's memory at each tenth of the run, in kilobytes.
    memory: Vec<u64>,
    killed: Killed,
}

/// What came of the load that was killed.
#[derive(Debug)]
struct Killed {
    rows: u64,
    moments: u64,
    customers: usize,
    in_error: u64,
    is_equal: bool,
}

/// Measures with so many rows.
///
/// # Errors
///
/// A sentence when something cannot be built, started, or does not come to its end.
pub async fn measure(rows: u64, folder: &Path) -> Result<Loaded, String> {
    let programs = Programs::build()?;
    let export = erp::write(folder, "export.csv", rows)?;
    let singles = |of| rows.min(rows.div_ceil(of).max(500));
    say("one request after another");
    let one_by_one = single(&programs, (&export, folder), singles(40), 1).await?;
    say(&format!("{AT_ONCE} requests at once"));
    let at_once = single(&programs, (&export, folder), singles(10), AT_ONCE).await?;
    say(&format!("a load of {rows} rows"));
    let data = folder.join("load.db").display().to_string();
    let server = Process::start(&programs.local, &["--empty", "--data", &data]);
    let began = Instant::now();
    let Seen { told, memory } = programs.load(&export, &server.url)?;
    let took = began.elapsed();
    let load = Pace { rows, took, busy: processes::busy(server.id()) };
    drop(server);
    let killed = killed(&programs, rows.min(MAX_KILLED), folder).await?;
    Ok(Loaded { rows, one_by_one, at_once, load, outcomes: told, memory, killed })
}

#[expect(clippy::print_stderr, reason = "progress")]
fn say(what: &str) {
    eprintln!("bench: {what}");
}

/// Sends the first rows each in a request of its own, with a key of its own, as whoever must not do anything twice sends them.
async fn single(
    programs: &Programs,
    (export, folder): (&erp::Export, &Path),
    rows: u64,
    at_once: u64,
) -> Result<Pace, String> {
    let mapping = Mapping::read(&std::fs::read_to_string(&export.mapping).unwrap_or_default())?;
    let mut source = Source::open(&export.file, &mapping)?;
    let mut bodies = Vec::new();
    while (bodies.len() as u64) < rows
        && let Some((_, row)) = source.next_row()?
    {
        bodies.push(row.body);
    }
    let data = folder.join(format!("{at_once}-at-once.db")).display().to_string();
    let server = Process::start(&programs.local, &["--empty", "--data", &data]);
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicU64::new(0)));
    let http = reqwest::Client::new();
    let url = format!("{}/customers", server.url);
    let began = Instant::now();
    let mut senders = JoinSet::new();
    for _ in 0..at_once {
        let (bodies, next) = (Arc::clone(&bodies), Arc::clone(&next));
        let (http, url) = (http.clone(), url.clone());
        senders.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let place = usize::try_from(number).unwrap_or(usize::MAX);
                let Some(body) = bodies.get(place) else { return Ok(()) };
                let request = http.post(&url).header("content-type", "application/json");
                let request = request.header("idempotency-key", format!("row-{number}"));
                let answer = request.body(body.clone()).send().await;
                let answer = answer.map_err(|error| format!("A request failed: {error}."))?;
                let status = answer.status().as_u16();
                if ![200, 201, 409, 422].contains(&status) {
                    return Err(format!("A row was answered {status}."));
                }
                let body = answer.bytes().await;
                body.map_err(|error| format!("An answer broke off: {error}."))?;
            }
        });
    }
    senders.join_all().await.into_iter().collect::<Result<Vec<()>, String>>()?;
    let took = began.elapsed();
    Ok(Pace { rows: bodies.len() as u64, took, busy: processes::busy(server.id()) })
}

/// Loads a file once without a break and once killed again and again, and compares the two tables.
async fn killed(programs: &Programs, rows: u64, folder: &Path) -> Result<Killed, String> {
    say(&format!("a load of {rows} rows without a break, and one that is killed"));
    let mut tables = Vec::new();
    let mut moments = 0;
    for name in ["whole", "killed"] {
        let export = erp::write(folder, &format!("{name}.csv"), rows)?;
        let data = folder.join(format!("{name}.db")).display().to_string();
        let server = Process::start(&programs.local, &["--empty", "--data", &data]);
        if name == "killed" {
            for moment in 1..=MOMENTS {
                let until = moment * rows / (MOMENTS + 1);
                moments += u64::from(programs.kill_load(&export, &server.url, until)?);
            }
        }
        programs.load(&export, &server.url)?;
        let in_error = in_error(&server.url).await?;
        server.interrupt();
        tables.push((programs.exported(&data, &folder.join(name))?, in_error));
    }
    let is_equal = tables[0] == tables[1];
    let (customers, in_error) = (tables[0].0.len(), tables[0].1);
    Ok(Killed { rows, moments, customers, in_error, is_equal })
}

/// How many requests in error wait.
async fn in_error(url: &str) -> Result<u64, String> {
    let answer = reqwest::get(format!("{url}/errors?state=open&limit=1")).await;
    let page: Result<serde_json::Value, _> = match answer {
        Ok(answer) => answer.json().await,
        Err(error) => Err(error),
    };
    let page = page.map_err(|error| format!("The queue cannot be read: {error}."))?;
    page["total"].as_u64().ok_or_else(|| "The queue has no total.".to_owned())
}

/// How much faster the load is than single requests at once.
fn ratio(loaded: &Loaded) -> f64 {
    loaded.load.rate() / loaded.at_once.rate()
}

/// The loader's memory at the end, by that at the second tenth.
fn growth(loaded: &Loaded) -> f64 {
    let at = |tenth: usize| loaded.memory.get(tenth).copied().unwrap_or_default() as f64;
    at(loaded.memory.len().saturating_sub(1)) / at(1).max(1.0)
}

/// What must hold.
#[must_use]
pub fn held(loaded: &Loaded) -> Vec<Held> {
    let Killed { rows, moments, is_equal, .. } = loaded.killed;
    vec![
        check::at_least("rows a second, by single requests 16 at once", ratio(loaded), RATIO),
        check::at_most(
            "the loader's memory at the end, by a fifth of the way",
            growth(loaded),
            FLAT,
        ),
        Held {
            what: format!("{rows} rows, killed at {moments} moments: the table is that of one run"),
            kept: is_equal && moments > 0,
        },
    ]
}

/// Rows a second of a load, by those of single requests at once.
const RATIO: f64 = 3.0;

/// How much more memory the loader may have at its end.
const FLAT: f64 = 1.2;

/// The report of a measurement.
#[must_use]
pub fn report(loaded: &Loaded) -> Report {
    let paces = [
        ("one request after another", loaded.one_by_one),
        ("16 requests at once", loaded.at_once),
        ("cargo load", loaded.load),
    ];
    let rows = paces.map(|(name, pace)| {
        vec![
            name.to_owned(),
            pace.rows.to_string(),
            format!("{:.1}", pace.took.as_secs_f64()),
            format!("{:.0}", pace.rate()),
            format!("{:.2}", pace.busy_millis()),
        ]
    });
    let head = ["how", "rows", "seconds", "rows/s", "processor ms a row"];
    let bars = paces.map(|(name, pace)| Bar {
        label: name.to_owned(),
        value: pace.rate(),
        shown: format!("{:.0} rows/s", pace.rate()),
        ours: name == "cargo load",
    });
    let memory: Vec<_> = loaded
        .memory
        .iter()
        .map(|kilobytes| format!("{:.1}", *kilobytes as f64 / 1024.0))
        .collect();
    let Killed { rows: of, moments, customers, in_error, is_equal } = loaded.killed;
    Report {
        name: "load",
        title: format!(
            "A generated export of {} rows, 7 % duplicates of others and 3 % bad, into `cargo local` on the same machine. The processor time is the server's, with all that follows from each change until then.",
            loaded.rows
        ),
        parts: vec![
            table(&head, &rows),
            format!("A load is {:.2} times as fast as 16 requests at once.\n", ratio(loaded)),
            loaded.outcomes.clone(),
            format!("The loader's memory at each tenth of the run, in MB: {}.", memory.join(", ")),
            format!(
                "Killed at {moments} moments and started again, a load of {of} rows came to {customers} customers and {in_error} requests in error: {} of a run without a break.",
                if is_equal { "those" } else { "NOT those" }
            ),
        ],
        plot: plot::bars("Rows a second", &bars),
    }
}
