//! The walkthrough as files that a person sends from: `.http` for editors, and `curl` lines for a shell. They are made by
//! `cargo run -p kit --bin http-files` and never edited.

use std::fmt::Write as _;

use serde_json::json;

use super::{Chapter, Contract, Step, aliases};
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
    let named = named(chapter);
    if named.is_some() {
        file.push_str("# What the first association answers as customerOrganizationIdentifier:\n@identifier = \n");
    }
    let as_variable = |text: &str| replaced(text, named.as_deref(), "{{identifier}}");
    for step in &chapter.steps {
        let Step { operation, .. } = step;
        let target = as_variable(&step.target);
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
            let _ = writeln!(file, "\n{}", as_variable(body));
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
    let named = named(chapter);
    let as_variable = |text: &str| replaced(&quoted(text), named.as_deref(), "'\"$identifier\"'");
    let mut kept = false;
    for step in &chapter.steps {
        let method = step.operation.method;
        let target = as_variable(&step.target);
        let title = title(step);
        let _ = write!(file, "\n# {title}\ncurl -sS -i -X {method} \"$address\"{target}");
        if asks_who_calls(step) {
            file.push_str(" \\\n  -H \"Authorization: $authorization\"");
        }
        for (name, value) in &step.headers {
            let _ = write!(file, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
        }
        if let Some(body) = &step.body {
            let _ = write!(file, " \\\n  --data-binary {}", as_variable(body));
        }
        let answers = step.expected.as_ref().map(|expected| expected.value);
        let identifier =
            answers.and_then(|answer| answer["customerOrganizationIdentifier"].as_str());
        let is_dry = step.target.contains("dryRun=true");
        if !kept && !is_dry && identifier.is_some() && identifier == named.as_deref() {
            kept = true;
            file.push_str(" > answer.txt\ncat answer.txt\n");
            file.push_str("identifier=$(sed -n 's/.*\"customerOrganizationIdentifier\":\"\\([^\"]*\\)\".*/\\1/p' answer.txt)\nrm answer.txt");
        }
        file.push_str("\necho\n");
    }
    file
}

/// The identifier by which the requests of a chapter name a customer that one of them makes.
fn named(chapter: &Chapter<'_>) -> Option<String> {
    let steps = chapter.steps.iter();
    let texts = steps.flat_map(|step| [Some(step.target.as_str()), step.body.as_deref()]).flatten();
    let found = texts.flat_map(aliases::identifiers).find(|one| *one != aliases::UNKNOWN);
    found.map(str::to_owned)
}

fn replaced(text: &str, named: Option<&str>, variable: &str) -> String {
    named.map_or_else(|| text.to_owned(), |named| text.replace(named, variable))
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
