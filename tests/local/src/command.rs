//! `cargo local` from its arguments to its exit code: the customer master on this machine, for developers.

use std::future::poll_fn;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use operations::audit::Patience;
use operations::kit::{Master, Standardizer};
use tokio::task::JoinSet;

use crate::audit;
use crate::event_lines::EventLines;
use crate::export::{self, Source, TableExport};
use crate::gateway::{self, Watch};
use crate::log::{self, Form};
use crate::options::{self, Audit, Command, Data, Export, ExportFrom, Options};
use crate::seed;
use crate::stand::{Stand, Storage};

/// The table's name in a DynamoDB that is not embedded, and in the metrics.
const TABLE: &str = "customer-master";

/// The whole program, for a `main` that starts tokio.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
pub async fn main() -> ExitCode {
    let done = match options::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(options)) => run(options).await.map(|()| ExitCode::SUCCESS),
        Ok(Command::Audit(options)) => audit(options).await,
        Ok(Command::Export(options)) => export(options).await.map(|()| ExitCode::SUCCESS),
        Ok(Command::Help) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Command::Version) => {
            println!("{}", options::VERSION);
            return ExitCode::SUCCESS;
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the short line of each request, from when the banner stands.
#[expect(clippy::print_stderr, reason = "the log of a program for a terminal")]
fn watch(announced: Arc<AtomicBool>) -> Watch {
    Arc::new(move |served| {
        if announced.load(Ordering::Relaxed) {
            eprintln!("{}", log::line(served));
        }
    })
}

#[expect(clippy::print_stdout, reason = "the first line tells where it listens")]
async fn run(options: Options) -> Result<(), String> {
    let controls = crate::controls::read(|name| std::env::var(name).ok())
        .map_err(|sentences| sentences.join(" "))?;
    let listener = gateway::listen(options.port).await?;
    log::open(options.log, TABLE);
    let storage = match &options.data {
        Data::Memory => Storage::embedded(None).await?,
        Data::File(file) => Storage::embedded(Some(file)).await?,
        Data::DynamoDb(url) => Storage::at(url, TABLE).await?,
    };
    let announced = Arc::<AtomicBool>::default();
    let watch = match options.log {
        Form::Short => Some(watch(Arc::clone(&announced))),
        Form::Json => None,
    };
    let stand = Stand::serve_to(options.without_token, watch, listener, storage, controls).await?;
    let events = match &options.events {
        Some(file) => EventLines::to_file(file)?,
        None => EventLines::nowhere(),
    };
    let mut followers = JoinSet::new();
    followers.spawn(stand.following(events).await?.run_beside(stand.under_way()));
    let examples =
        if stand.is_new() && !options.empty { Some(seed::plant(&stand.url).await?) } else { None };
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    // Polled once before the first line is printed: whoever has read that line may send Ctrl-C at once, and it must be heard.
    let early = poll_fn(|context| Poll::Ready(interrupted.as_mut().poll(context))).await;
    announced.store(true, Ordering::Relaxed);
    println!(
        "listening on {}\n{}",
        stand.url,
        seed::invitation(&stand.url, examples.as_ref(), options.without_token)
    );
    let heard = match early {
        Poll::Ready(heard) => heard,
        Poll::Pending => interrupted.await,
    };
    heard.map_err(|error| format!("Cannot listen for Ctrl-C: {error}."))?;
    println!("stopping");
    drop(followers);
    stand.stop().await
}

#[expect(clippy::print_stdout, reason = "what was found is what the program is for")]
async fn audit(options: Audit) -> Result<ExitCode, String> {
    let controls = crate::controls::read(|name| std::env::var(name).ok())
        .map_err(|sentences| sentences.join(" "))?;
    let storage = there(&options.data, "audit").await?;
    let is_alone = !matches!(options.data, Data::DynamoDb(_));
    let patience = if is_alone { Patience::ALONE } else { Patience::WHILE_OTHERS_WRITE };
    let events = match &options.events {
        Some(file) => EventLines::to_file(file)?,
        None => EventLines::nowhere(),
    };
    let standardizer = Standardizer::of(&controls);
    let master = Master::new(storage.table.clone(), controls, standardizer);
    let audited = async {
        // Who writes does so as these controls have it.
        let writes = options.mend || is_alone;
        let master = if writes { master.settled().await? } else { master };
        if is_alone {
            audit::catch_up(&mut storage.following(&master, events.clone()).await?).await?;
        }
        audit::audit(&master, events, (options.mend, patience)).await
    };
    let audited = audited.await;
    storage.stop().await?;
    let report = audited?;
    print!("{}", audit::told(&report));
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "what was exported, and progress")]
async fn export(Export { from, to }: Export) -> Result<(), String> {
    let controls = crate::controls::read(|name| std::env::var(name).ok())
        .map_err(|sentences| sentences.join(" "))?;
    let (storage, source) = match from {
        ExportFrom::TableExport(folder) => (None, Source::TableExport(TableExport::open(&folder)?)),
        ExportFrom::Table(data) => {
            let storage = there(&data, "export").await?;
            let source = Source::Table(storage.table.clone());
            (Some(storage), source)
        }
    };
    let exported = export::export(&source, &controls, &to, |line| eprintln!("{line}")).await;
    if let Some(storage) = storage {
        storage.stop().await?;
    }
    print!("{}", export::told(&exported?, &to));
    Ok(())
}

/// The table, if it is there, at rest where it is a file: what nobody has is not made to be looked through.
async fn there(data: &Data, to: &str) -> Result<Storage, String> {
    let nothing = |at: &str| format!("There is nothing to {to} at {at}.");
    let (storage, at) = match data {
        Data::Memory => (Storage::embedded(None).await?, "no place".to_owned()),
        Data::File(file) if !file.is_file() => return Err(nothing(&file.display().to_string())),
        Data::File(file) => (Storage::alone(file).await?, file.display().to_string()),
        Data::DynamoDb(url) => (Storage::at(url, TABLE).await?, url.clone()),
    };
    if storage.is_new {
        storage.stop().await?;
        return Err(nothing(&at));
    }
    Ok(storage)
}
