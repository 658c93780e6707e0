//! The page as a person uses it: looks, clicks, types, and waits until something is to be seen.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::browser::devtools;

/// Keys that have no character, as WebDriver names them.
pub(crate) const TAB: char = '\u{e004}';
pub(crate) const SHIFT: char = '\u{e008}';
pub(crate) const CONTROL: char = '\u{e009}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const ESCAPE: char = '\u{e00c}';
pub(crate) const RIGHT: char = '\u{e014}';

/// How long another page may take to come.
const PATIENCE: Duration = Duration::from_secs(30);

/// One tab of a browser, and what it may say on the browser's console.
#[derive(Clone)]
pub(crate) struct Page(Client, Arc<Mutex<Vec<&'static str>>>);

impl Page {
    pub(crate) fn new(client: Client) -> Self {
        Self(client, Arc::default())
    }

    /// Lets the browser's console say something that the test provokes.
    pub(crate) fn expects(&self, words: &'static str) {
        self.1.lock().expect("no panic before").push(words);
    }

    /// Whether a line of the browser's console was to be expected.
    pub(crate) fn is_expected(&self, line: &str) -> bool {
        self.1.lock().expect("no panic before").iter().any(|words| line.contains(words))
    }

    /// Opens an address, and waits until the console has shown its first view.
    pub(crate) async fn open(&self, address: &str) {
        self.visit(address).await;
        self.until("!document.querySelector('#list-view').hidden || !document.querySelector('#request-view').hidden").await;
    }

    /// Opens any address.
    pub(crate) async fn visit(&self, address: &str) {
        self.0.goto(address).await.expect("the page loads");
    }

    /// Opens the list, and waits for this many rows.
    pub(crate) async fn open_list(&self, console: &str, rows: usize) {
        self.open(console).await;
        self.until(&format!("document.querySelectorAll('#errors > li.row').length === {rows}"))
            .await;
    }

    /// Opens a request from within the page.
    pub(crate) async fn open_request(&self, id: &str) {
        self.run(&format!("location.hash = '#/errors/{id}'")).await;
        self.until(&format!("document.querySelector('#request-view').dataset.id === '{id}'")).await;
    }

    /// Runs a script and returns what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        let done = self.0.execute(script, Vec::new()).await;
        done.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script that hands its result to the last of its arguments.
    pub(crate) async fn run_until_done(&self, script: &str) -> Value {
        let done = self.0.execute_async(script, Vec::new()).await;
        done.unwrap_or_else(|error| panic!("a script that is done later: {error}"))
    }

    /// The value of an expression.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression})")).await
    }

    /// Waits until the expression is true; it is looked at before each frame that the browser draws.
    pub(crate) async fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             const look = () => {{ if ({expression}) done(true); else requestAnimationFrame(look); }}; look();"
        );
        if let Err(error) = self.0.execute_async(&script, Vec::new()).await {
            let text = self.value("document.body.innerText").await;
            panic!(
                "never came true: {expression} ({error}) on the page\n{}",
                text.as_str().unwrap_or_default()
            );
        }
    }

    /// Waits until the expression is true, however long what it waits for lasts.
    pub(crate) async fn lasts(&self, expression: &str) {
        while self.value(expression).await != true {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the element is there and can be seen.
    pub(crate) async fn sees(&self, selector: &str) {
        self.until(&format!("document.querySelector(`{selector}`)?.checkVisibility()")).await;
    }

    /// Waits until the element can be seen, on this page or on one that comes after it.
    pub(crate) async fn arrives(&self, selector: &str) {
        let script =
            format!("return document.querySelector(`{selector}`)?.checkVisibility() === true");
        let began = Instant::now();
        // Between two pages there is none to ask.
        while !matches!(self.0.execute(&script, Vec::new()).await, Ok(Value::Bool(true))) {
            if began.elapsed() > PATIENCE {
                let text = self.value("location.href + '\\n' + document.body.innerText").await;
                panic!("{selector} never came: {text}");
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until the element's text is this.
    pub(crate) async fn reads(&self, selector: &str, text: &str) {
        let text = json!(text);
        self.until(&format!("document.querySelector(`{selector}`)?.innerText.trim() === {text}"))
            .await;
    }

    /// The text of an element, as the page has it.
    pub(crate) async fn text(&self, selector: &str) -> String {
        let text = self.value(&format!("document.querySelector(`{selector}`).textContent")).await;
        text.as_str().expect("a text").to_owned()
    }

    /// How many elements there are.
    pub(crate) async fn count(&self, selector: &str) -> u64 {
        let count = self.value(&format!("document.querySelectorAll(`{selector}`).length")).await;
        count.as_u64().expect("a number")
    }

    async fn find(&self, selector: &str) -> Element {
        let found = self.0.find(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Scrolls to it and clicks with the mouse. What is covered cannot be clicked.
    pub(crate) async fn click(&self, selector: &str) {
        self.sees(selector).await;
        self.run(&format!("document.querySelector(`{selector}`).scrollIntoView({{ block: 'center', behavior: 'instant' }})")).await;
        let clicked = self.find(selector).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// Clicks into a field and replaces what is in it.
    pub(crate) async fn enter(&self, selector: &str, text: &str) {
        self.click(selector).await;
        let field = self.find(selector).await;
        field.clear().await.expect("a field that can be emptied");
        field.send_keys(text).await.expect("a field that can be typed into");
    }

    /// Presses these keys together, the last one last.
    pub(crate) async fn press(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let mut actions = KeyActions::new("keyboard".to_owned());
        for action in down.chain(up) {
            actions = actions.then(action);
        }
        self.0.perform_actions(actions).await.expect("keys can be pressed");
    }

    /// Types a text where the focus is.
    pub(crate) async fn type_text(&self, text: &str) {
        for key in text.chars() {
            self.press(&[key]).await;
        }
    }

    /// Presses Tab until the focus is on the element.
    pub(crate) async fn tab_to(&self, selector: &str) {
        for _ in 0..150 {
            if self.value(&format!("document.activeElement.matches(`{selector}`)")).await == true {
                return;
            }
            self.press(&[TAB]).await;
        }
        panic!("Tab does not lead to {selector}");
    }

    /// Loads the page anew.
    pub(crate) async fn reload(&self) {
        self.0.refresh().await.expect("the page loads");
    }

    /// Makes the page this wide and high, in light or dark.
    pub(crate) async fn looks(&self, (width, height): (u32, u32), scheme: &str) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        devtools(&self.0, "Emulation.setDeviceMetricsOverride", metrics).await;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        devtools(&self.0, "Emulation.setEmulatedMedia", media).await;
    }

    /// Takes a picture into `target/screenshots`, and holds that nothing has to be scrolled sideways.
    pub(crate) async fn picture(&self, name: &str) {
        let fits = self
            .value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
            .await;
        let wide = self
            .value(
                "[...document.querySelectorAll('body *')] \
                     .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth) \
                     .map((one) => `${one.tagName}#${one.id}.${one.className} ${one.textContent.slice(0, 40)}`).slice(0, 9)",
            )
            .await;
        assert_eq!(fits, true, "{name} is wider than the window: {wide}");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
        fs::create_dir_all(&folder).expect("a folder for pictures");
        let picture = self.0.screenshot().await.expect("a picture");
        fs::write(folder.join(format!("{name}.png")), picture).expect("a picture can be written");
    }
}
