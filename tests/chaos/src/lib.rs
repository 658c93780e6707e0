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

use domain::controls::Controls;
use domain::matching::epoch::RuleName;
use operations::audit::Patience;
use operations::kit::{Master, Standardizer};
use store::client::Connection;
use store::dynamo::Dynamo;
use store::items::InForce;
use store::keys;
use store::table::Table as _;
use tokio::sync::oneshot;

use self::client::{Client, Field};
use self::fault::{Rates, Script};
use self::judge::{Seats, Verdict};
use self::log::{Entry, Log};
use self::process::{Pool, Program, Share};
use self::proxy::Proxy;
use self::snapshot::Snapshot;
use local::audit;
use local::embedded::Embedded;
use local::event_lines::EventLines;
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
    /// Whether the rule changes meanwhile, by its four steps and the audit between.
    pub rule_changes: bool,
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

/// How a release goes out and back while requests run: each share for as many requests as any other. The other release is the second program.
const ROLLING: &[Share] = &[&[1], &[0, 1], &[0], &[0, 1], &[1]];

/// The layouts of the rule that is in force and of the one to come, which call the same customers the same and place them elsewhere.
const LAYOUTS: [&str; 2] = ["postal_code:5,name:4,street:6", "postal_code:5,name:4,street:7"];

/// The fields that both rules compare.
const FIELDS: &str = "last_name,company,street,address_line_2,apartment,city,state";

/// How a rule changes: its four steps are the programs, two neighbours side by side.
const CHANGING: &[Share] = &[&[0], &[0, 1], &[1], &[1, 2], &[2], &[2, 3], &[3]];

/// Before which share of [`CHANGING`] the audit brings the rule in.
const AUDIT_BEFORE: usize = 3;

/// What each step of the change has in its environment.
fn steps() -> Vec<Vec<(String, String)>> {
    let variable = |name: &str, value: String| (name.to_owned(), value);
    let home = |at: usize| variable("MATCH_CODE_LAYOUT", LAYOUTS[at].to_owned());
    let also = |at: usize| variable("ALSO_MATCH", format!("{}/{FIELDS}", LAYOUTS[at]));
    vec![vec![home(0)], vec![home(0), also(1)], vec![home(1), also(0)], vec![home(1)]]
}

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
        let programs = if plan.rule_changes {
            steps().iter().map(|step| program(&binaries[at], step)).collect()
        } else {
            let other = plan.beside.as_ref();
            let other = other.map(|beside| program(&beside.binaries[at], &beside.variables));
            std::iter::once(program(&binaries[at], &[])).chain(other).collect()
        };
        Arc::new(Pool::new(programs, proxy.clone(), plan.instances))
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
        sentence = roll(&plan, &field, (&pools, &proxy), &embedded) => return Err(sentence),
    }
    proxy.script().set_rates(Rates::CALM);
    proxy.settle().await;

    let table = snapshot::read(&client, TABLE).await?;
    let (last, seats) = if plan.rule_changes {
        (steps().pop().unwrap_or_default(), Seats::OfFormerRulesToo)
    } else {
        (Vec::new(), Seats::OfTheseRules)
    };
    let verdict = judge::judge(&table, &log, &controls(&last)?, seats);
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
    let moves = plan.beside.is_some() || plan.rule_changes;
    if moves && (others == 0 || others == started) {
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

fn controls(variables: &[(String, String)]) -> Result<Controls, String> {
    let controls = local::controls::read(|name| {
        let found = variables.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    });
    controls.map_err(|sentences| sentences.join(" "))
}

/// Moves the requests from one program to the next, as far as the clients are. It ends only where the audit between two steps fails, with a sentence.
async fn roll(
    plan: &Plan,
    field: &Field,
    (pools, proxy): (&[Arc<Pool>], &Proxy),
    database: &Embedded,
) -> String {
    let shares = match (&plan.beside, plan.rule_changes) {
        (_, true) => CHANGING,
        (Some(_), false) => ROLLING,
        (None, false) => return std::future::pending().await,
    };
    for (phase, share) in shares.iter().enumerate() {
        while field.begun() * (shares.len() as u64) < plan.requests * phase as u64 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if plan.rule_changes && phase == AUDIT_BEFORE {
            // A deployment is over before the audit begins: nobody keeps the old rule alone any more.
            while !pools.iter().all(|pool| pool.has_shifted()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            proxy.settle().await;
            if let Err(sentence) = bring_in(database).await {
                return sentence;
            }
        }
        pools.iter().for_each(|pool| pool.shift(share));
    }
    std::future::pending().await
}

/// Brings the rule to come in, by an audit that mends while requests go on.
async fn bring_in(database: &Embedded) -> Result<(), String> {
    let step = steps().swap_remove(1);
    let controls = controls(&step)?;
    let table = Dynamo::new(Connection::to_emulator(database.url()).client(), TABLE);
    let standardizer = Standardizer::of(&controls);
    let master = Master::new(table, controls, standardizer).settled().await?;
    // The database shows all of a transaction at once, and nobody follows its stream.
    let patience =
        Patience { following: Patience::WHILE_OTHERS_WRITE.following, ..Patience::ALONE };
    let report = audit::audit(&master, EventLines::nowhere(), (true, patience)).await?;
    let counter = master.table().get(&keys::customer_counter()).await;
    let counter = counter.map_err(|error| error.to_string())?;
    let in_force = InForce::read(counter).map_err(|error| error.to_string())?;
    let rule =
        RuleName::of(master.controls().rules.also.as_ref().ok_or("There is no rule to come.")?);
    match in_force.epoch {
        Some((epoch, _)) if epoch.complete.contains(&rule) => Ok(()),
        Some(_) | None => Err(format!("The audit did not bring the rule in: {report:?}")),
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
