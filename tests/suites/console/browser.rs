//! A headless Chromium for one test, and the WebDriver commands that its client has no names for.

use std::env;
use std::future::Future;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use lambda_http::http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

use crate::page::Page;

/// Browsers that run at the same time: each is several processes.
static BROWSERS: Semaphore = Semaphore::const_new(2);

/// A variable that makes a missing browser a failure.
const BROWSER: &str = "BROWSER";

/// Runs a test with a page of its own, and closes the browser whatever comes of it. Afterwards, what the page said on the browser's console
/// is looked at: nothing but the refusals of the API that the test provoked may be there.
pub(crate) async fn with_page<Run>(name: &str, test: impl FnOnce(Page) -> Run)
where
    Run: Future<Output = ()> + Send + 'static,
{
    let Some((chromium, driver)) = installed(name) else {
        return;
    };
    let _turn = BROWSERS.acquire().await.expect("nobody closes it");
    let profile = Profile::new();
    let (_driver, url) = started(&driver).await;
    let client = session(&url, &chromium, &profile).await;
    let page = Page::new(client.clone());
    let run = tokio::spawn(test(page.clone())).await;
    let mut said = if run.is_ok() { said(&client).await } else { Vec::new() };
    // The stand ends with the test, whatever the page still asks it.
    said.retain(|line| !page.is_expected(line) && !line.contains("net::ERR_CONNECTION_REFUSED"));
    client.close().await.expect("the browser closes");
    if let Err(failed) = run {
        std::panic::resume_unwind(failed.into_panic());
    }
    assert!(said.is_empty(), "the browser's console: {said:#?}");
}

/// The paths of Chromium and its driver; without them the test is skipped, and says so past the capture of the test's output.
fn installed(name: &str) -> Option<(PathBuf, PathBuf)> {
    let missing = match (found("chromium"), found("chromedriver")) {
        (Some(chromium), Some(driver)) => return Some((chromium, driver)),
        (None, _) => "chromium",
        (Some(_), None) => "chromedriver",
    };
    skip(name, missing);
    None
}

/// Says that a test is skipped for want of something, where that may be.
pub(crate) fn skip(name: &str, missing: &str) {
    assert!(
        env::var(BROWSER).as_deref() != Ok("required"),
        "{missing} is not installed, and {BROWSER}=required"
    );
    writeln!(std::io::stderr(), "SKIPPED {name}: {missing} is not installed")
        .expect("standard error is there");
}

pub(crate) fn found(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// An empty profile folder that is removed again.
struct Profile(PathBuf);

impl Profile {
    fn new() -> Self {
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).expect("the system has randomness");
        let folder =
            env::temp_dir().join(format!("console-{}", data_encoding::HEXLOWER.encode(&bits)));
        std::fs::create_dir(&folder).expect("a folder for the profile");
        Self(folder)
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        // The browser may be writing still; the system clears its temporary folder one day.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts a driver on a free port. It ends when it is dropped.
async fn started(driver: &PathBuf) -> (Child, String) {
    let mut child = Command::new(driver)
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the driver starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    while let Some(line) = lines.next_line().await.expect("the driver speaks UTF-8") {
        let Some((_, rest)) = line.split_once("successfully on port ") else {
            continue;
        };
        let port = rest.trim_end_matches('.').to_owned();
        // Read on, so that the driver never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        return (child, format!("http://127.0.0.1:{port}"));
    }
    panic!("the driver ended without a port");
}

async fn session(url: &str, chromium: &PathBuf, profile: &Profile) -> Client {
    let capabilities = json!({
        "browserName": "chrome",
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "script": 20_000, "pageLoad": 30_000, "implicit": 0 },
        "goog:chromeOptions": {
            "binary": chromium,
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--lang=en", "--window-size=1280,900",
                format!("--user-data-dir={}", profile.0.display())
            ]
        }
    });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("it is written as an object");
    };
    ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(url)
        .await
        .expect("a browser starts")
}

/// A command of Chromium's driver: its path behind the session, and its body.
#[derive(Debug)]
struct Own(&'static str, Value);

impl WebDriverCompatibleCommand for Own {
    fn endpoint(
        &self,
        base: &reqwest::Url,
        session: Option<&str>,
    ) -> Result<reqwest::Url, <reqwest::Url as std::str::FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &reqwest::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}

/// Sends a command of Chromium's DevTools protocol.
pub(crate) async fn devtools(client: &Client, command: &str, parameters: Value) -> Value {
    let body = json!({ "cmd": command, "params": parameters });
    client.issue_cmd(Own("goog/cdp/execute", body)).await.expect("a command of the browser")
}

/// What is on the browser's console but for the lines that tell of a refusal by the API, which the browser writes by itself.
async fn said(client: &Client) -> Vec<String> {
    let log = client.issue_cmd(Own("se/log", json!({ "type": "browser" }))).await;
    let log = log.expect("the browser's console can be read");
    let lines = log.as_array().expect("a list").iter();
    lines
        .map(|line| line["message"].as_str().expect("a text").to_owned())
        .filter(|line| {
            !((line.contains("/errors") || line.contains("/dealer-customers"))
                && line
                    .contains("Failed to load resource: the server responded with a status of 4"))
        })
        .collect()
}
