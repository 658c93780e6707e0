//! `cargo local`: the customer master on this machine, for developers.

use std::future::poll_fn;
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;

use tests::gateway;
use tests::options::{self, Command, Data, Options};
use tests::seed;
use tests::stand::{Stand, Storage};

/// The table's name in a DynamoDB that is not embedded, and in the metrics.
const TABLE: &str = "customer-master";

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
async fn main() -> ExitCode {
    let command = match options::parse(std::env::args_os().skip(1)) {
        Ok(Command::Run(options)) => options,
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
    match run(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the first line tells where it listens")]
async fn run(options: Options) -> Result<(), String> {
    let controls = tests::controls::read(|name| std::env::var(name).ok())
        .map_err(|sentences| sentences.join(" "))?;
    let listener = gateway::listen(options.port).await?;
    runtime::open_log_on_standard_error(TABLE);
    let storage = match &options.data {
        Data::Memory => Storage::embedded(None).await?,
        Data::File(file) => Storage::embedded(Some(file)).await?,
        Data::DynamoDb(url) => Storage::at(url, TABLE).await?,
    };
    let stand = Stand::serve_to(options.without_token, listener, storage, controls).await?;
    let examples =
        if stand.is_new() && !options.empty { Some(seed::plant(&stand.url).await?) } else { None };
    let mut interrupted = pin!(tokio::signal::ctrl_c());
    // Polled once before the first line is printed: whoever has read that line may send Ctrl-C at once, and it must be heard.
    let early = poll_fn(|context| Poll::Ready(interrupted.as_mut().poll(context))).await;
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
    stand.stop().await
}
