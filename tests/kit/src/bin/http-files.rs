//! Writes the examples of `openapi.yaml` into `tests/http`, as files that a person can send from.

use std::path::Path;
use std::process::ExitCode;

use kit::contract::{Contract, files};

#[expect(clippy::print_stderr, reason = "a program for a terminal")]
fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn write() -> Result<(), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../http");
    for (name, content) in files::all(&Contract::read()?)? {
        let file = folder.join(name);
        std::fs::write(&file, content)
            .map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    }
    Ok(())
}
