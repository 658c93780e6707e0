//! A function as processes: each serves one event at a time, is killed at any moment, and is started anew when the next event comes.
//!
//! What is in an event is not known here.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::{Notify, Semaphore};

use super::proxy::{Connection, Proxy};
use kit::runtime_api::Function;

/// How long Lambda lets an invocation run: `Timeout` in `template.yaml`.
pub const LAMBDA_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a process may be killed before it asks for its first event, until that is no bad luck any more.
const STARTS: u32 = 20;

/// How a function is started.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub file: PathBuf,
    /// Its environment, beside what Lambda itself sets and where the database is.
    pub environment: Vec<(String, String)>,
}

/// Of which of its programs the processes of a function are: each in its turn.
pub type Share = &'static [usize];

/// The instances of one function.
pub struct Pool {
    programs: Vec<Program>,
    share: Mutex<Share>,
    /// How many processes there are of each program.
    alive: Arc<Vec<AtomicU64>>,
    proxy: Proxy,
    idle: Mutex<VecDeque<Instance>>,
    free: Semaphore,
    /// How many processes were started.
    pub started: AtomicU64,
    /// How many of them were of another program than the first.
    pub others: AtomicU64,
    /// How many ended in the middle of an event.
    pub killed: AtomicU64,
    /// How many ran longer than Lambda lets them.
    pub timed_out: AtomicU64,
}

struct Instance {
    program: usize,
    _alive: Alive,
    /// First, so that the process ends before its connection to the database does.
    function: Function,
    kill: Arc<Notify>,
    _connection: Connection,
}

/// Why an event has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Died {
    /// The process ended.
    Killed,
    /// It ran out of Lambda's time.
    TimedOut,
}

/// One more process of a program, until it is dropped.
struct Alive(Arc<Vec<AtomicU64>>, usize);

impl Alive {
    fn one(alive: &Arc<Vec<AtomicU64>>, program: usize) -> Self {
        alive[program].fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(alive), program)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0[self.1].fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// As many instances of this function as may run at once; each is started when it is needed, of the first of these programs until it is said otherwise.
    #[must_use]
    pub fn new(programs: Vec<Program>, proxy: Proxy, instances: usize) -> Self {
        let alive = programs.iter().map(|_| AtomicU64::new(0)).collect();
        Self {
            programs,
            share: Mutex::new(&[0]),
            alive: Arc::new(alive),
            proxy,
            idle: Mutex::default(),
            free: Semaphore::new(instances),
            started: AtomicU64::new(0),
            others: AtomicU64::new(0),
            killed: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
        }
    }

    /// From now on the requests go to processes of this share: those of any other end when they are idle.
    pub fn shift(&self, share: Share) {
        *self.share.lock().unwrap_or_else(PoisonError::into_inner) = share;
        self.restart();
    }

    /// Whether no process is at work any more whose program has no share.
    pub fn has_shifted(&self) -> bool {
        let share = self.share();
        let counts = self.alive.iter().enumerate();
        counts
            .filter(|(program, _)| !share.contains(program))
            .all(|(_, alive)| alive.load(Ordering::Relaxed) == 0)
    }

    /// Has one instance answer one event.
    ///
    /// # Errors
    ///
    /// A sentence when no process can be started at all.
    pub async fn invoke(&self, event: String) -> Result<Result<Bytes, Died>, String> {
        let _permit = self.free.acquire().await.map_err(|_| "The pool is closed.".to_owned())?;
        // The one that waited longest, so that both of two releases get their requests.
        let idle = self.idle().pop_front();
        let mut instance = match idle {
            Some(instance) => instance,
            None => self.start().await?,
        };
        let answer = instance.invoke(event).await;
        match answer {
            Ok(_) if self.share().contains(&instance.program) => self.idle().push_back(instance),
            // Its program has no share any more.
            Ok(_) => {}
            Err(Died::Killed) => drop(self.killed.fetch_add(1, Ordering::Relaxed)),
            Err(Died::TimedOut) => drop(self.timed_out.fetch_add(1, Ordering::Relaxed)),
        }
        Ok(answer)
    }

    /// Ends all instances that are idle: the next events meet fresh processes.
    pub fn restart(&self) {
        drop(std::mem::take(&mut *self.idle()));
    }

    /// Starts a process that asks for events; one that is killed on its way is started again.
    async fn start(&self) -> Result<Instance, String> {
        let mut last = String::new();
        for _ in 0..STARTS {
            let turn = self.started.fetch_add(1, Ordering::Relaxed);
            let share = self.share();
            let program = share[usize::try_from(turn).unwrap_or(0) % share.len()];
            self.others.fetch_add(u64::from(program != share[0]), Ordering::Relaxed);
            let alive = Alive::one(&self.alive, program);
            match Instance::start(&self.programs[program], &self.proxy, (program, alive)).await {
                Ok(instance) => return Ok(instance),
                Err(sentence) => last = sentence,
            }
        }
        let file = self.programs[0].file.display();
        Err(format!("{file} does not ask for events: {last}"))
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Instance>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share(&self) -> Share {
        *self.share.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instance {
    async fn start(
        program: &Program,
        proxy: &Proxy,
        (number, alive): (usize, Alive),
    ) -> Result<Self, String> {
        let kill = Arc::new(Notify::new());
        let connection = proxy
            .connection(Arc::clone(&kill))
            .await
            .map_err(|error| format!("An instance has no port: {error}."))?;
        let own = program.environment.iter();
        let mut variables: Vec<(&str, String)> =
            own.map(|(name, value)| (name.as_str(), value.clone())).collect();
        variables.extend([
            ("AWS_ENDPOINT_URL_DYNAMODB", connection.url.clone()),
            ("AWS_LAMBDA_LOG_LEVEL", "OFF".to_owned()),
        ]);
        let mut function = Function::start(&program.file, &variables).await?;
        tokio::select! {
            ready = function.ready() => ready?,
            () = kill.notified() => return Err("It was killed in its start.".to_owned()),
        };
        Ok(Self { program: number, _alive: alive, function, kill, _connection: connection })
    }

    async fn invoke(&mut self, event: String) -> Result<Bytes, Died> {
        tokio::select! {
            biased;
            () = self.kill.notified() => Err(Died::Killed),
            invoked = self.function.invoke(event) => match invoked {
                Ok(invocation) => invocation.answer.map_err(|_| Died::Killed),
                Err(_) => Err(Died::Killed),
            },
            () = tokio::time::sleep(LAMBDA_TIMEOUT) => Err(Died::TimedOut),
        }
    }
}
