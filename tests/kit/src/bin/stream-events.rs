//! Writes the sample events of `follow-changes` into `events/follow-changes`: what a table's stream tells of a small story, case by case.

use std::path::Path;
use std::process::ExitCode;

use kit::stream_events;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "a program for a terminal")]
async fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/follow-changes");
    match write(&folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn write(folder: &Path) -> Result<(), String> {
    let fault = |error: std::io::Error| format!("{} cannot be written: {error}.", folder.display());
    std::fs::create_dir_all(folder).map_err(fault)?;
    for (name, event) in stream_events::story().await? {
        let file = folder.join(format!("{name}.json"));
        std::fs::write(file, format!("{event:#}\n")).map_err(fault)?;
    }
    Ok(())
}
