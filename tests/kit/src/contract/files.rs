//! The walkthrough as files that a person sends from: `.http` for editors, and `curl` lines for a shell. They are made by
//! `cargo run -p kit --bin http-files` and never edited.

use std::fmt::Write as _;

use serde_json::json;

use super::{Chapter, Contract, Step};
use local::claims;

/// The address that the files send to, unless the person says another.
const ADDRESS: &str = "http://127.0.0.1:3000";

/// The files: name and content of each.
///
/// # Errors
/// A sentence that names what is wrong with the walkthrough.
pub fn all(contract: &Contract) -> Result<Vec<(String, String)>, String> {
    let chapters = contract.walkthrough()?;
    let mut files = Vec::new();
    for (index, chapter) in chapters.iter().enumerate() {
        let name = format!("{}-{}", index + 1, chapter.name);
        files.push((format!("{name}.http"), http(chapter)));
        files.push((format!("{name}.sh"), curl(chapter)));
    }
    Ok(files)
}

const MADE: &str = "Made from the examples of openapi.yaml by `cargo run -p kit --bin http-files`; edit them there.";
const ORDER: &str = "In this order, after the chapters before, an empty customer master (`cargo local --empty`) answers what is said here.";

const TOKEN: &str = "The authorization is the local developer's; put in `Bearer` and a token of yours to ask a deployment.";

/// The `Authorization` of a caller who may do everything on the development server, and nothing elsewhere.
fn local_developer() -> String {
    claims::bearer(&json!(claims::local_developer()))
}

/// Whether a step needs a caller and does not itself say which.
fn asks_who_calls(step: &Step<'_>) -> bool {
    let open = step.operation.node["security"].as_array();
    let says_who = step.headers.iter().any(|(name, _)| name == "Authorization");
    !says_who && !open.is_some_and(Vec::is_empty)
}

fn http(chapter: &Chapter<'_>) -> String {
    let mut file = format!(
        "# {}\n# {MADE}\n# {ORDER}\n# {TOKEN}\n\n@address = {ADDRESS}\n@authorization = {}\n",
        chapter.title,
        local_developer()
    );
    for step in &chapter.steps {
        let Step { operation, target, .. } = step;
        let title = title(step);
        let method = operation.method;
        // Writing into a string cannot fail.
        let _ = write!(file, "\n### {title}\n{method} {{{{address}}}}{target}\n");
        if asks_who_calls(step) {
            file.push_str("Authorization: {{authorization}}\n");
        }
        for (name, value) in &step.headers {
            let _ = writeln!(file, "{name}: {value}");
        }
        if let Some(body) = &step.body {
            let _ = writeln!(file, "\n{body}");
        }
    }
    file
}

fn curl(chapter: &Chapter<'_>) -> String {
    let mut file = format!(
        "#!/bin/sh\n# {}\n# {MADE}\n# {ORDER}\n# {TOKEN}\naddress=${{1:-{ADDRESS}}}\nauthorization=${{2:-{}}}\n",
        chapter.title,
        local_developer()
    );
    for step in &chapter.steps {
        let method = step.operation.method;
        let target = quoted(&step.target);
        let title = title(step);
        let _ = write!(file, "\n# {title}\ncurl -sS -i -X {method} \"$address\"{target}");
        if asks_who_calls(step) {
            file.push_str(" \\\n  -H \"Authorization: $authorization\"");
        }
        for (name, value) in &step.headers {
            let _ = write!(file, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
        }
        if let Some(body) = &step.body {
            let _ = write!(file, " \\\n  --data-binary {}", quoted(body));
        }
        file.push_str("\necho\n");
    }
    file
}

fn title(step: &Step<'_>) -> String {
    let summary = step.operation.node["summary"].as_str().unwrap_or_default();
    let mut title = summary.to_owned();
    if !step.summary.is_empty() {
        let _ = write!(title, ": {}", step.summary.replace('`', ""));
    }
    let _ = write!(title, " ({})", step.status);
    if step.replayed {
        title.push_str(", answered again");
    }
    title
}

/// A word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
