//! The commands of the READMEs: requests are sent as they stand there, and every other command is run by a check that is named here, or says why it cannot be.

use std::path::{Path, PathBuf};
use std::process::Command;

use kit::process::run;

use crate::server;

/// The READMEs, from the root of the workspace.
const READMES: [&str; 15] = [
    "README.md",
    ".ci/README.md",
    "functions/add-customer/README.md",
    "functions/associate-dealer/README.md",
    "functions/audit-customers/README.md",
    "functions/find-customer/README.md",
    "functions/fix-error/README.md",
    "functions/follow-changes/README.md",
    "functions/merge-customers/README.md",
    "shared/README.md",
    "tests/README.md",
    "tests/bench/README.md",
    "tests/clients/README.md",
    "tests/fuzz/README.md",
    "tests/load/README.md",
];

/// What a command begins with, the file that runs it in every check, and how it stands there.
const RUN_BY: [(&str, &str, &str); 23] = [
    (
        "cargo local --table-export",
        "tests/suites/development_server/exports.rs",
        "\"--table-export\", ",
    ),
    ("cargo local", "tests/suites/development_server/main.rs", "CARGO_BIN_EXE_server"),
    (
        "cargo run --package follow-changes --example consumer",
        "tests/suites/development_server/events.rs",
        "follow-changes/examples/consumer.rs",
    ),
    ("cargo test --workspace", ".ci/run", "cargo test --workspace"),
    ("cargo test --package explorer", ".ci/run", "cargo test --workspace"),
    ("cargo test -p suites", ".ci/run", "cargo test --workspace"),
    ("REQUESTS=10000 cargo test --package suites", ".ci/run", "cargo test --workspace"),
    (
        "REPLAYS=10000 cargo test --package chaos",
        ".ci/run",
        "REPLAYS=10000 cargo test --package chaos",
    ),
    ("cargo lambda watch", ".ci/tools/lambda.sh", "cargo lambda watch"),
    ("cargo lambda build --release", ".ci/tools/packages.sh", "cargo lambda build --release"),
    ("rustup target add", ".ci/tools/packages.sh", "rustup target add aarch64-unknown-linux-gnu"),
    (
        "sam deploy --config-env dev",
        ".ci/tools/deploy/stage.py",
        "\"deploy\", \"--config-env\", \"dev\"",
    ),
    ("sam delete", ".ci/tools/deploy/stage.py", "\"delete\", \"--stack-name\""),
    ("BASE_URL=", ".ci/tools/deploy/trials.py", "BASE_URL="),
    ("sam validate --lint", ".ci/tools/lint-template.sh", "validate --lint"),
    ("cargo deny", ".ci/tools/deny.sh", "deny"),
    ("cargo load", "tests/load/tests/loading/main.rs", "\"customers.csv\", \"--url\""),
    (".ci/tools/contract.sh", ".ci/run", ".ci/tools/contract.sh"),
    (".ci/tools/deny.sh", ".ci/run", ".ci/tools/deny.sh"),
    (".ci/tools/dynamodb-local.sh", ".ci/run", ".ci/tools/dynamodb-local.sh"),
    (".ci/tools/lambda.sh", ".ci/run", ".ci/tools/lambda.sh"),
    (".ci/tools/send-again.sh", ".ci/tools/deploy/trials.py", ".ci/tools/send-again.sh"),
    (".ci/tools/", ".ci/run", ".ci/tools/"),
];

/// What no check can run, and why.
const BY_HAND: [(&str, &str); 10] = [
    (
        "sam deploy",
        "of stage and prod needs an account; as dev it is run, and what they deploy is linted",
    ),
    ("sam build", "is said not to be needed"),
    ("aws ", "needs an account"),
    (
        "cargo run --package kit --bin stream-events",
        "writes the samples that the suite of events sends",
    ),
    (
        "curl -H \"Authorization: Bearer $TOKEN\"",
        "needs a deployed stage and a token of its issuer",
    ),
    ("cargo measure", "needs a quiet machine, and a quarter of an hour to build what it measures"),
    ("cargo explore", "the long form of `cargo test --package explorer`"),
    ("cargo run --package chaos", "the long form of the chaos run that the tests have"),
    ("cargo install cargo-fuzz", "needs a nightly compiler to be of use"),
    ("cargo +nightly fuzz", "needs a nightly compiler; its corpus is read by every test run"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The fenced blocks of this language, without indentation.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in text.lines().map(str::trim_start) {
        match &mut block {
            None if line == format!("```{language}") => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

/// For requests that stand without their answers: what is refused ends them.
const NONE_IS_REFUSED: &str = "curl() { command curl --fail-with-body \"$@\"; }\n";

/// Runs the lines as they stand, against this address and in a folder of the tests' own.
fn shell(script: &str, url: &str, given: &str) -> String {
    let script = script.replace("http://127.0.0.1:3000", url);
    // Not every machine has one; what it makes is any key.
    let script =
        format!("uuidgen() {{ echo 5f1e9d3c-0007-4c8e-9d55-777777777777; }}\n{given}{script}");
    let mut command = Command::new("sh");
    command.args(["-eu", "-c", &script]).current_dir(env!("CARGO_TARGET_TMPDIR"));
    let (code, stdout, stderr) = run(&mut command);
    assert_eq!(code, Some(0), "{script}\n{stdout}{stderr}");
    stdout
}

#[test]
fn the_requests_of_the_readmes_work_as_they_stand() {
    for file in [
        "README.md",
        "functions/fix-error/README.md",
        "functions/find-customer/README.md",
        "functions/merge-customers/README.md",
    ] {
        let readme = read(file);
        let mut asked = 0;
        for block in blocks(&readme, "console").iter().filter(|block| block.contains("$ curl -i")) {
            let local = server(&[]);
            let (request, answer) = block.split_once("HTTP/1.1 ").expect("the answer stands below");
            let stdout = shell(request.trim_start_matches("$ "), &local.url, "");
            let status = answer.lines().next().unwrap_or_default();
            assert!(stdout.starts_with(&format!("HTTP/1.1 {status}")), "{block}\n{stdout}");
            local.interrupt();
            asked += 1;
        }
        for block in blocks(&readme, "sh").iter().filter(|block| block.contains("curl")) {
            let local = server(&[]);
            shell(block, &local.url, NONE_IS_REFUSED);
            local.interrupt();
            asked += 1;
        }
        assert!(asked > 0, "{file}");
    }
}

#[test]
fn every_other_command_is_run_by_a_check_or_says_why_it_cannot_be() {
    let mut commands = Vec::new();
    for file in READMES {
        let text = read(file);
        let console = blocks(&text, "console").join("");
        commands
            .extend(console.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned));
        // What a table or a sentence names as a command.
        let quoted = text.split('`').skip(1).step_by(2);
        let names = quoted.filter(|code| !code.contains('\n'));
        let is_command = |code: &&str| {
            let tool = code.split(' ').find(|word| !word.contains('=')).unwrap_or_default();
            ["cargo", "sam", "aws", "rustup"].contains(&tool) && code.contains(' ')
                || code.starts_with(".ci/tools/") && code.contains(".sh")
        };
        commands.extend(names.filter(is_command).map(str::to_owned));
    }
    commands.retain(|command| !command.starts_with("curl -i"));
    assert!(commands.len() > 20, "{commands:?}");
    for command in &commands {
        let run_by = RUN_BY.iter().find(|(beginning, ..)| command.starts_with(beginning));
        let by_hand = BY_HAND.iter().any(|(beginning, _)| command.starts_with(beginning));
        assert!(run_by.is_some() || by_hand, "nothing runs `{command}`");
        if let Some((_, file, stands)) = run_by {
            assert!(read(file).contains(stands), "{file} does not run `{command}`");
        }
    }
}

#[test]
fn the_readme_stays_short() {
    let readme = read("README.md");
    assert!(readme.lines().count() <= 110);
    for line in readme.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
}
