//! The chaos run: the functions' own binaries behind the gateway, several clients with mixed requests, and a database that loses, delays, repeats, refuses
//! and half-answers calls while functions are killed. Afterwards the table and the clients' log are held against the rules.
//!
//! No rule of the customer master is applied here but by the functions; what must be true afterwards is in [`judge`].

pub mod client;
pub mod connector;
pub mod fault;
pub mod functions;
pub mod in_process_client;
pub mod judge;
pub mod log;
pub mod process;
pub mod proxy;
pub mod snapshot;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use store::client::Connection;
use tokio::sync::oneshot;

use self::client::{Client, Field};
use self::fault::{Rates, Script};
use self::judge::Verdict;
use self::log::{Entry, Log};
use self::process::{Pool, Program, Share};
use self::proxy::Proxy;
use self::snapshot::Snapshot;
use local::embedded::Embedded;
use local::gateway::{self, Gateway};
use local::schema;
use local::template;

const TABLE: &str = "customer-master";

/// How many violations are told in full.
const TOLD: usize = 5;

/// How a run is made.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What all choices come from.
    pub seed: u64,
    /// How many requests the clients send, repetitions not counted.
    pub requests: u64,
    /// When they stop, however many that were.
    pub at_most: Option<Duration>,
    /// How many clients.
    pub clients: usize,
    /// How many processes of each function at once.
    pub instances: usize,
    /// How often what goes wrong.
    pub rates: Rates,
    /// The functions' binaries, in the order of [`functions::BINARIES`]; none: they are built.
    pub binaries: Option<[PathBuf; 5]>,
    /// Another release on the same table, which the requests move away from and back to.
    pub beside: Option<Beside>,
    /// How often the run says how far it is; none: never.
    pub progress: Option<Duration>,
}

/// Another release of the functions.
#[derive(Debug, Clone)]
pub struct Beside {
    /// Its binaries, in the order of [`functions::BINARIES`].
    pub binaries: [PathBuf; 5],
    /// What it has in its environment beside what both have.
    pub variables: Vec<(String, String)>,
}

/// How a release goes out and back while requests run: each share for as many requests as any other.
const ROLLING: [Share; 5] = [Share::Other, Share::Both, Share::This, Share::Both, Share::Other];

/// What a run came to.
pub struct Report {
    plan: Plan,
    took: Duration,
    entries: Vec<Entry>,
    table: Snapshot,
    script: Script,
    /// Processes started, of the other release among them, killed and timed out.
    processes: [u64; 4],
    /// What was found.
    pub verdict: Verdict,
}

/// Makes a run.
///
/// # Errors
///
/// A sentence when it cannot be made: no binaries, no ports, no database.
pub async fn run(plan: Plan) -> Result<Report, String> {
    let binaries = match &plan.binaries {
        Some(binaries) => binaries.clone(),
        None => functions::build()?,
    };
    let embedded = Embedded::start(None).await?;
    let client = Connection::to_emulator(embedded.url()).client();
    schema::create_table(&client, TABLE).await?;
    let log = Arc::<Log>::default();
    let script = Script::new(plan.seed, plan.rates);
    let proxy = Proxy::new(embedded.url(), script, Arc::clone(&log));
    let pools = std::array::from_fn::<_, { functions::BINARIES.len() }, _>(|at| {
        let other = plan.beside.as_ref();
        let other = other.map(|beside| program(&beside.binaries[at], &beside.variables));
        let pool = Pool::new(program(&binaries[at], &[]), proxy.clone(), plan.instances);
        Arc::new(pool.beside(other))
    });
    let functions = functions::BINARIES.into_iter().zip(&pools);
    let functions =
        functions.map(|(name, pool)| (name, functions::function(Arc::clone(pool)))).collect();
    let listener = gateway::listen(0).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server =
        tokio::spawn(Gateway::new(template::routes()?, &functions)?.serve(listener, async move {
            // Told to stop, or the run is gone: both mean the end.
            drop(stopped.await);
        }));

    let field = Field::new(&format!("http://{address}"), plan.requests, Arc::clone(&log));
    let began = Instant::now();
    let until = plan.at_most.map(|at_most| tokio::time::Instant::now() + at_most);
    let mut seeds = fastrand::Rng::with_seed(plan.seed);
    let mut clients: Vec<_> = (0..plan.clients)
        .map(|at| Client::new(&field, format!("client-{at}"), seeds.u64(..)))
        .collect();
    let work = futures_util::future::join_all(clients.iter_mut().map(|client| client.work(until)));
    tokio::select! {
        _ = work => {}
        () = tell(&plan, &field, &proxy, began) => {}
        () = roll(&plan, &field, &pools) => {}
    }
    proxy.script().set_rates(Rates::CALM);
    proxy.settle().await;

    let table = snapshot::read(&client, TABLE).await?;
    let controls = local::controls::read(|_| None).map_err(|sentences| sentences.join(" "))?;
    let verdict = judge::judge(&table, &log, &controls);
    let entries = log.entries().clone();
    let took = began.elapsed();
    for pool in &pools {
        pool.restart();
    }
    // The gateway may have ended by itself; its outcome does not matter any more.
    let _ = stop.send(());
    drop(server.await);
    let script = std::mem::replace(&mut *proxy.script(), Script::new(0, Rates::CALM));
    let total = |count: fn(&Pool) -> u64| pools.iter().map(|pool| count(pool)).sum();
    let started = total(|pool| pool.started.load(Ordering::Relaxed));
    let others = total(|pool| pool.others.load(Ordering::Relaxed));
    if plan.beside.is_some() && (others == 0 || others == started) {
        return Err(format!("Of {started} processes {others} were of the other release."));
    }
    Ok(Report {
        took,
        entries,
        table,
        script,
        processes: [
            started,
            others,
            total(|pool| pool.killed.load(Ordering::Relaxed)),
            total(|pool| pool.timed_out.load(Ordering::Relaxed)),
        ],
        verdict,
        plan,
    })
}

fn program(file: &Path, further: &[(String, String)]) -> Program {
    let (name, secret) = local::controls::key_secret();
    let mut environment =
        vec![("TABLE_NAME".to_owned(), TABLE.to_owned()), (name.to_owned(), secret)];
    environment.extend_from_slice(further);
    Program { file: file.to_owned(), environment }
}

/// Moves the requests from the other release to this one and back, as far as the clients are.
async fn roll(plan: &Plan, field: &Field, pools: &[Arc<Pool>]) {
    if plan.beside.is_none() {
        return std::future::pending().await;
    }
    let mut shares = ROLLING.into_iter().zip(0..).peekable();
    loop {
        let due = |(_, phase): &(Share, u64)| {
            field.begun() * ROLLING.len() as u64 >= plan.requests * phase
        };
        if let Some((share, _)) = shares.next_if(due) {
            pools.iter().for_each(|pool| pool.shift(share));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Says how far the run is, for ever.
#[expect(clippy::print_stderr, reason = "progress is for the person at the keyboard")]
async fn tell(plan: &Plan, field: &Field, proxy: &Proxy, began: Instant) {
    let Some(every) = plan.progress else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(every).await;
        let faults: u64 = proxy.script().faults.values().sum();
        eprintln!(
            "{:>5} s: {} of {} requests, {faults} faults",
            began.elapsed().as_secs(),
            field.begun().min(plan.requests),
            plan.requests
        );
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tries: usize = self.entries.iter().map(|entry| entry.answers.len()).sum();
        let [started, others, killed, timed_out] = self.processes;
        let calls: u64 = self.script.calls.values().sum();
        let faults: u64 = self.script.faults.values().sum();
        writeln!(f, "seed {}", self.plan.seed)?;
        writeln!(
            f,
            "{} requests in {} tries by {} clients, in {:.0?}",
            self.entries.len(),
            tries,
            self.plan.clients,
            self.took
        )?;
        writeln!(f, "{calls} calls of the database, {faults} faults: {:?}", self.script.faults)?;
        writeln!(
            f,
            "{started} processes started, {others} of another release, {killed} killed at work, {timed_out} timed out"
        )?;
        writeln!(
            f,
            "{} customers, {} dealer customers, {} requests in error, {} claims in {} items",
            self.table.customers.len(),
            self.table.dealer_customers.len(),
            self.table.requests.len(),
            self.table.claims.len(),
            self.table.items.len()
        )?;
        let mut statuses = std::collections::BTreeMap::<(String, u16), u64>::new();
        for entry in &self.entries {
            let kind = format!("{:?}", entry.intent);
            let kind = kind.split([' ', '{']).next().unwrap_or_default().to_owned();
            let status = entry.decided().map_or(0, |answer| answer.status);
            *statuses.entry((kind, status)).or_default() += 1;
        }
        let statuses: Vec<_> = statuses
            .iter()
            .map(|((kind, status), count)| format!("{kind} {status}: {count}"))
            .collect();
        writeln!(f, "{}", statuses.join(", "))?;
        for late in &self.verdict.landed_late {
            writeln!(f, "a copy of a write came after its answer: {late}")?;
        }
        writeln!(f, "{} violations", self.verdict.violations.len())?;
        for violation in self.verdict.violations.iter().take(TOLD) {
            writeln!(f, "\nVIOLATION (seed {}): {}", self.plan.seed, violation.what)?;
            for key in &violation.items {
                writeln!(f, "   {} {}", key.pk, key.sk)?;
                let item = self.table.items.get(key).into_iter().flatten();
                let ordered: std::collections::BTreeMap<_, _> = item.collect();
                for (name, value) in ordered {
                    writeln!(f, "      {name} = {value:?}")?;
                }
            }
            let mut entries: Vec<_> =
                violation.entries.iter().map(|at| &self.entries[*at]).collect();
            entries.sort_by_key(|entry| entry.began);
            for entry in entries {
                writeln!(f, "   {entry}")?;
            }
        }
        Ok(())
    }
}
