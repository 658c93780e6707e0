//! Faults of accessibility, as Deque's axe-core finds them.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::browser;
use crate::page::Page;

/// Rules of WCAG 2.2 up to level AA, and what its authors call best practice.
const RULES: [&str; 7] =
    ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/// Holds that axe-core finds no fault in what the page shows. Where it is not installed (`.ci/tools/axe-core.sh`), it says so.
pub(crate) async fn is_accessible(page: &Page, name: &str) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let tools = root.join(target.unwrap_or_else(|| "target".into())).join("tools");
    let Ok(axe) = fs::read_to_string(tools.join("axe-core/node_modules/axe-core/axe.min.js"))
    else {
        return browser::skip(name, "axe-core (.ci/tools/axe-core.sh)");
    };
    page.run(&axe).await;
    let rules = json!({ "runOnly": RULES });
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         axe.run(document, {rules}).then((found) => \
           done(found.violations.map((one) => `${{one.id}}: ${{one.nodes.map((node) => node.target.join(' ')).join(', ')}}`)), \
           (failed) => done([String(failed)]));"
    );
    assert_eq!(page.run_until_done(&script).await, json!([]), "{name}");
}
