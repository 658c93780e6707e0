//! For tests of what ends or changes its process: a process of its own.

use std::env;
use std::process::Command;

/// Set in the process of its own in which a test runs again what ends or changes its process.
const ALONE: &str = "CUSTOMER_MASTER_TEST_ALONE";

/// A process of its own that runs the test `name` again; nothing, when this is that process.
pub(crate) fn alone(name: &str) -> Option<Command> {
    if env::var_os(ALONE).is_some() {
        return None;
    }
    let mut command = Command::new(env::current_exe().expect("the test binary"));
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]);
    command.env(ALONE, "1").env_remove("AWS_LAMBDA_LOG_LEVEL").env_remove("RUST_LOG");
    Some(command)
}

/// The exit code of a process, what it wrote to standard output, and to standard error.
pub(crate) fn output(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().expect("the test binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The JSON of the one printed line that holds `word`; the test harness may have begun the line with words of its own.
pub(crate) fn line(printed: &str, word: &str) -> serde_json::Value {
    let lines: Vec<&str> = printed.lines().filter(|line| line.contains(word)).collect();
    let [line] = lines.as_slice() else { panic!("one line with {word} in {printed}") };
    serde_json::from_str(line.trim_start_matches(|character| character != '{')).expect("JSON")
}
