//! The development server as a process, and all that it writes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;

/// A running server; it ends with the test.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
    written: Vec<JoinHandle<String>>,
}

impl Process {
    /// Starts it on a free port, as talkative as it can be made.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// The same with these controls.
    pub(crate) fn start_with(arguments: &[&str], controls: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
        command.envs(controls.iter().copied());
        command.args(["--port", "0"]).args(arguments).env_remove("AWS_LAMBDA_LOG_LEVEL");
        command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut stderr = child.stderr.take().expect("it is piped");
        let mut first = String::new();
        stdout.read_line(&mut first).expect("text");
        let url = first
            .trim_end()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("the first line is {first:?}"));
        let url = url.to_owned();
        let read_out = std::thread::spawn(move || read(&mut stdout, first));
        let read_err = std::thread::spawn(move || read(&mut stderr, String::new()));
        Self { child, url, written: vec![read_out, read_err] }
    }

    /// Ends it, and gives all that it wrote: to standard output, and to standard error.
    pub(crate) fn end(mut self) -> (String, String) {
        self.child.kill().expect("it runs still");
        self.child.wait().expect("it ends");
        let mut written =
            self.written.drain(..).map(|thread| thread.join().expect("its output is text"));
        (written.next().expect("standard output"), written.next().expect("standard error"))
    }
}

/// A test that fails leaves no process behind.
impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl Read, mut text: String) -> String {
    from.read_to_string(&mut text).expect("text");
    text
}
