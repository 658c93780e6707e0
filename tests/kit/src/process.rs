//! The development server as a process, and all that it writes.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;

/// The command of a program of the test's own package, as talkative as it can be made.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_remove("AWS_LAMBDA_LOG_LEVEL");
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
    command
}

/// Runs a program to its end: its exit code, and what it wrote to standard output and to standard error.
pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (status.code(), text(stdout), text(stderr))
}

/// A running server.
pub struct Process {
    child: Child,
    pub url: String,
    written: Option<[JoinHandle<String>; 2]>,
}

impl Process {
    /// Starts it on a free port and waits for its first line.
    pub fn start(program: &str, arguments: &[&str]) -> Self {
        Self::start_with(program, arguments, &[])
    }

    /// The same with these controls.
    ///
    /// # Panics
    ///
    /// As [`Process::start`].
    pub fn start_with(program: &str, arguments: &[&str], controls: &[(&str, &str)]) -> Self {
        let mut command = command(program, &["--port", "0"]);
        command.envs(controls.iter().copied());
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut stderr = child.stderr.take().expect("it is piped");
        let mut first = String::new();
        stdout.read_line(&mut first).expect("text");
        let rest = first.clone();
        let read_out = std::thread::spawn(move || read(&mut stdout, rest));
        let read_err = std::thread::spawn(move || read(&mut stderr, String::new()));
        let mut process = Self { child, url: String::new(), written: Some([read_out, read_err]) };
        let port = first.strip_prefix("listening on http://127.0.0.1:");
        let port = port.and_then(|rest| rest.trim_end().parse::<u16>().ok());
        let Some(port) = port else {
            let (_, _, stderr) = process.wait();
            panic!("the first line is {first:?}; {stderr}");
        };
        process.url = format!("http://127.0.0.1:{port}");
        process
    }

    /// The system's number for it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ctrl-C: how it ended, and all that it wrote to standard output and to standard error.
    pub fn interrupt(mut self) -> (ExitStatus, String, String) {
        let kill = format!("kill -INT {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.expect("a shell").success());
        self.wait()
    }

    /// Ends it at once, and gives all that it wrote: to standard output, and to standard error.
    pub fn end(mut self) -> (String, String) {
        self.child.kill().expect("it runs still");
        let (_, stdout, stderr) = self.wait();
        (stdout, stderr)
    }

    fn wait(&mut self) -> (ExitStatus, String, String) {
        let status = self.child.wait().expect("it ends");
        let written = self.written.take().expect("it ends once");
        let [stdout, stderr] = written.map(|thread| thread.join().expect("its output is text"));
        (status, stdout, stderr)
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
