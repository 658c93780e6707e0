//! A function as processes: each serves one event at a time, is killed at any moment, and is started anew when the next event comes.
//!
//! What is in an event is not known here.

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
    pub environment: Vec<(&'static str, String)>,
}

/// The instances of one function.
pub struct Pool {
    program: Program,
    proxy: Proxy,
    idle: Mutex<Vec<Instance>>,
    free: Semaphore,
    /// How many processes were started.
    pub started: AtomicU64,
    /// How many ended in the middle of an event.
    pub killed: AtomicU64,
    /// How many ran longer than Lambda lets them.
    pub timed_out: AtomicU64,
}

struct Instance {
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

impl Pool {
    /// As many instances of this function as may run at once; each is started when it is needed.
    #[must_use]
    pub fn new(program: Program, proxy: Proxy, instances: usize) -> Self {
        Self {
            program,
            proxy,
            idle: Mutex::default(),
            free: Semaphore::new(instances),
            started: AtomicU64::new(0),
            killed: AtomicU64::new(0),
            timed_out: AtomicU64::new(0),
        }
    }

    /// Has one instance answer one event.
    ///
    /// # Errors
    ///
    /// A sentence when no process can be started at all.
    pub async fn invoke(&self, event: String) -> Result<Result<Bytes, Died>, String> {
        let _permit = self.free.acquire().await.map_err(|_| "The pool is closed.".to_owned())?;
        let idle = self.idle().pop();
        let mut instance = match idle {
            Some(instance) => instance,
            None => self.start().await?,
        };
        let answer = instance.invoke(event).await;
        match answer {
            Ok(_) => self.idle().push(instance),
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
            self.started.fetch_add(1, Ordering::Relaxed);
            match Instance::start(&self.program, &self.proxy).await {
                Ok(instance) => return Ok(instance),
                Err(sentence) => last = sentence,
            }
        }
        Err(format!("{} does not ask for events: {last}", self.program.file.display()))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Instance>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instance {
    async fn start(program: &Program, proxy: &Proxy) -> Result<Self, String> {
        let kill = Arc::new(Notify::new());
        let connection = proxy
            .connection(Arc::clone(&kill))
            .await
            .map_err(|error| format!("An instance has no port: {error}."))?;
        let mut variables = program.environment.clone();
        variables.extend([
            ("AWS_ENDPOINT_URL_DYNAMODB", connection.url.clone()),
            ("AWS_LAMBDA_LOG_LEVEL", "OFF".to_owned()),
        ]);
        let mut function = Function::start(&program.file, &variables).await?;
        tokio::select! {
            ready = function.ready() => ready?,
            () = kill.notified() => return Err("It was killed in its start.".to_owned()),
        };
        Ok(Self { function, kill, _connection: connection })
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
