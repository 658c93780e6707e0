//! The bus of the development server and of the tests: it keeps every event as one line of JSON, as a rule delivers it to a queue, and appends it to a file where one is given.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use domain::change::Change;
use event_bus::SOURCE;
use operations::changes::{Bus, Told};
use serde_json::{Value, json};

/// Where events go here.
#[derive(Clone, Debug)]
pub struct EventLines(Arc<Lines>);

#[derive(Debug)]
enum Lines {
    Kept(Mutex<Vec<Value>>),
    File(Mutex<File>),
    Nowhere,
}

/// Keeps them, for a test to look at.
impl Default for EventLines {
    fn default() -> Self {
        Self(Arc::new(Lines::Kept(Mutex::default())))
    }
}

impl EventLines {
    /// Appends to this file, which is made if it is missing.
    ///
    /// # Errors
    ///
    /// A sentence for the person at the keyboard when it cannot be written.
    pub fn to_file(file: &Path) -> Result<Self, String> {
        let opened = OpenOptions::new().create(true).append(true).open(file);
        let opened = opened.map_err(|error| {
            format!("The events cannot be appended to {}: {error}.", file.display())
        })?;
        Ok(Self(Arc::new(Lines::File(Mutex::new(opened)))))
    }

    /// Nobody is told.
    #[must_use]
    pub fn nowhere() -> Self {
        Self(Arc::new(Lines::Nowhere))
    }

    /// The events so far; none where they are not kept.
    #[must_use]
    pub fn kept(&self) -> Vec<Value> {
        match &*self.0 {
            Lines::Kept(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Lines::File(_) | Lines::Nowhere => Vec::new(),
        }
    }
}

impl Bus for EventLines {
    async fn put(&self, changes: &[&Change]) -> Result<Vec<bool>, Box<dyn Error + Send + Sync>> {
        for change in changes {
            let event = event(change);
            match &*self.0 {
                Lines::Kept(kept) => {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                }
                Lines::File(file) => {
                    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                    writeln!(file, "{event}")?;
                }
                Lines::Nowhere => {}
            }
        }
        Ok(vec![true; changes.len()])
    }
}

/// An event as EventBridge delivers it; account and region are the deployment's and mean nothing here.
fn event(change: &Change) -> Value {
    json!({
        "version": "0",
        "id": change.id.as_str(),
        "detail-type": change.kind.as_str(),
        "source": SOURCE,
        "account": "000000000000",
        "time": change.at.to_string(),
        "region": "local",
        "resources": [],
        "detail": Told::of(change)
    })
}
