//! A consumer of the events: keeps, for each customer, the newest version that it has heard of. It reads one event a line, as `cargo local --events FILE` writes them and as a
//! queue's messages have them as their bodies; what comes twice or late changes nothing.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use serde_json::Value;

/// The newest version of each customer, by its number.
pub(crate) type Newest = BTreeMap<String, u64>;

/// Takes in one event; says whether it was news.
pub(crate) fn take(newest: &mut Newest, event: &Value) -> bool {
    let detail = &event["detail"];
    let is_ours = event["source"] == "customer-master";
    let kind = detail["type"].as_str().filter(|kind| is_ours && kind.starts_with("customer."));
    let (Some(_), Some(number), Some(version)) =
        (kind, detail["customerNumber"].as_str(), detail["version"].as_u64())
    else {
        return false;
    };
    let known = newest.entry(number.to_owned()).or_default();
    let is_news = version > *known;
    *known = version.max(*known);
    is_news
}

#[expect(clippy::print_stdout, reason = "an example for a terminal")]
fn main() -> io::Result<()> {
    let mut newest = Newest::new();
    for line in io::stdin().lock().lines() {
        let event: Value = serde_json::from_str(&line?)?;
        if take(&mut newest, &event) {
            println!(
                "read customer {} at version {}",
                event["detail"]["customerNumber"], event["detail"]["version"]
            );
        }
    }
    Ok(())
}
