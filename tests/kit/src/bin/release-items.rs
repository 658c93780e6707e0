//! Writes the items that this release leaves behind into `tests/suites/http/releases`, under the name of the release: every later one must read, change and write them.

use std::path::Path;
use std::process::ExitCode;

use kit::fixture::Fixture;
use kit::releases;
use serde_json::Value;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a program for a terminal")]
async fn main() -> ExitCode {
    let Some(name) = std::env::args().nth(1) else {
        eprintln!("usage: release-items NAME");
        return ExitCode::from(2);
    };
    let master = Fixture::new().await;
    releases::story(&master).await;
    let items = Value::Array(releases::items(&master).await);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/http/releases");
    let file = folder.join(format!("{name}.json"));
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&file, format!("{items:#}\n")));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} cannot be written: {error}.", file.display());
            ExitCode::FAILURE
        }
    }
}
