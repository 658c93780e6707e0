//! Runs a DynamoDB in this process, on a port of its own, for the development server and the tests.
//!
//! It starts and stops the engine and makes items expire; tables and items are the store's.

use std::{
    fs::{File, OpenOptions, TryLockError},
    net::Ipv4Addr,
    path::{self, Path, PathBuf},
    time::Duration,
};

use dynoxide::Database;
use rusqlite::Connection;
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet, spawn_blocking},
    time::{Instant, MissedTickBehavior, interval_at},
};

/// How often expired items are removed. DynamoDB promises days; nothing may rely on it.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// A running database. It stops when it is dropped; [`stop`](Self::stop) also waits for it.
pub struct Embedded {
    url: String,
    /// Says to other programs that the file is used; free again when this is dropped.
    in_use: Option<File>,
    database: Database,
    server: JoinHandle<Result<(), String>>,
    /// Of one task; a set, because a set ends its tasks when it is dropped.
    sweeper: JoinSet<()>,
    stop: oneshot::Sender<()>,
}

impl Embedded {
    /// Starts a database on a free port of 127.0.0.1: in memory, or in this file, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// A sentence for the person at the keyboard: the file cannot be used, or there is no port.
    pub async fn start(file: Option<&Path>) -> Result<Self, String> {
        Self::start_sweeping(file, Use::Shared, SWEEP_EVERY).await
    }

    /// The same in a file that nobody else uses until it is stopped.
    ///
    /// # Errors
    ///
    /// A sentence: also where a server has the file, or another that wants it for itself.
    pub async fn start_alone(file: &Path) -> Result<Self, String> {
        Self::start_sweeping(Some(file), Use::Alone, SWEEP_EVERY).await
    }

    async fn start_sweeping(
        file: Option<&Path>,
        used: Use,
        every: Duration,
    ) -> Result<Self, String> {
        let (database, in_use) = match file {
            None => {
                let database = Database::memory()
                    .map_err(|error| format!("Cannot start the embedded database: {error}."))?;
                (database, None)
            }
            Some(file) => {
                let (database, lock) = open(file, used)?;
                (database, Some(lock))
            }
        };
        let unavailable = |error| format!("Cannot open a port for the embedded database: {error}.");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(unavailable)?;
        let url = format!("http://{}", listener.local_addr().map_err(unavailable)?);
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(dynoxide::server::serve_with_shutdown(
            listener,
            database.clone(),
            async move {
                // Told to stop, or the handle is gone: both mean the end.
                let _ = stopped.await;
            },
        ));
        let mut sweeper = JoinSet::new();
        sweeper.spawn(sweep_every(every, database.clone()));
        Ok(Self { url, in_use, database, server, sweeper, stop })
    }

    /// Where it listens, for example `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Removes the items whose time is over, now rather than at the next turn, and says how many there were.
    ///
    /// # Errors
    ///
    /// A sentence when the database cannot be read or written.
    pub async fn remove_expired(&self) -> Result<usize, String> {
        sweep(self.database.clone()).await
    }

    /// Lets the requests that are under way finish, and stops.
    ///
    /// # Errors
    ///
    /// A sentence when the server failed.
    pub async fn stop(self) -> Result<(), String> {
        let Self { url: _, in_use, database, server, sweeper, stop } = self;
        drop((sweeper, database));
        // The receiver is gone only when the server ended by itself; its outcome says why.
        let _ = stop.send(());
        let ended = server.await.map_err(|error| format!("The embedded database failed: {error}."));
        drop(in_use);
        ended?
    }
}

/// Who uses a file of data beside this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Others that serve it.
    Shared,
    /// Nobody: what is looked at shall be at rest.
    Alone,
}

impl Use {
    /// Says to other programs that the file is used, in a file beside it, for SQLite has locks of its own on this one.
    fn lock(self, file: &Path) -> Result<File, String> {
        let beside = PathBuf::from(format!("{}-lock", file.display()));
        let fault = |error| format!("The lock {} cannot be used: {error}.", beside.display());
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&beside);
        let lock = opened.map_err(fault)?;
        let locked = match self {
            Self::Shared => lock.try_lock_shared(),
            Self::Alone => lock.try_lock(),
        };
        let file = file.display();
        match (locked, self) {
            (Ok(()), _) => Ok(lock),
            (Err(TryLockError::WouldBlock), Self::Shared) => Err(format!(
                "The data file {file} is being audited or exported: try again when that has ended."
            )),
            (Err(TryLockError::WouldBlock), Self::Alone) => Err(format!(
                "The data file {file} is in use: stop the `cargo local` that has it, and try again."
            )),
            (Err(TryLockError::Error(error)), _) => Err(fault(error)),
        }
    }
}

fn open(file: &Path, used: Use) -> Result<(Database, File), String> {
    let fault = |reason: &dyn std::fmt::Display| {
        format!("The data file {} cannot be used: {reason}.", file.display())
    };
    // Absolute, because SQLite gives names like `:memory:` and `file:` a meaning of their own.
    let absolute = path::absolute(file).map_err(|error| fault(&error))?;
    let name = absolute.to_str().ok_or_else(|| fault(&"its name is not Unicode"))?;
    if absolute.is_dir() {
        return Err(fault(&"it is a folder"));
    }
    if let Some(folder) = absolute.parent().filter(|folder| !folder.is_dir()) {
        return Err(fault(&format_args!("there is no folder {}", folder.display())));
    }
    let lock = used.lock(&absolute)?;
    let database = Database::new(name).map_err(|error| {
        if is_another_file(&absolute) { fault(&"it is no database") } else { fault(&error) }
    })?;
    let indexed = Connection::open(&absolute).and_then(|file| file.execute_batch(STREAM_INDEX));
    indexed.map_err(|error| fault(&error))?;
    // The engine's name for what SQLite calls `synchronous = NORMAL`: a write does not wait for the disk. A program that is killed loses nothing, a machine that loses its power the
    // last moments.
    database.disable_bulk_loading().map_err(|error| fault(&error))?;
    Ok((database, lock))
}

/// With each write the engine asks for the highest number in the table's stream. Without an index it reads the whole stream for that, so that each write takes longer than the one
/// before: a load of a few thousand customers would not end.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_records_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Whether the file is there and has content that SQLite would not begin with.
fn is_another_file(file: &Path) -> bool {
    std::fs::read(file)
        .is_ok_and(|bytes| !bytes.is_empty() && !bytes.starts_with(b"SQLite format 3\0"))
}

async fn sweep_every(every: Duration, database: Database) {
    let mut turns = interval_at(Instant::now() + every, every);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        // What could not be removed now is still there at the next turn.
        let _ = sweep(database.clone()).await;
    }
}

/// On a thread of its own, because the engine holds the thread that calls it.
async fn sweep(database: Database) -> Result<usize, String> {
    spawn_blocking(move || database.sweep_ttl())
        .await
        .map_err(|error| format!("Expired items cannot be removed: {error}."))?
        .map_err(|error| format!("Expired items cannot be removed: {error}."))
}

#[cfg(test)]
mod tests;
