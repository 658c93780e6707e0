//! Loads a file into a customer master: its rows in batches, as many at once as the other side bears, each once, however often it is started.

pub mod mapping;
pub mod options;
pub mod results;
pub mod send;
pub mod source;

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use mapping::Mapping;
use options::Options;
use results::{Counts, Former, Results};
use send::{Batch, Door, Sent};
use source::{EXPORTED, Row, Source};

/// How many rows go in one call.
const MAX_ROWS: usize = 100;

/// How much longer a row may become by the comma behind it and by its customer's name.
const IDENTIFIER_BYTES: usize = 100;

/// How often it is told why a call is tried again.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// How many bytes go in one call: less than the mebibyte that a batch may have.
const MAX_BYTES: usize = 1_000_000;

/// Loads a file, or the files of an export one after another, and tells of its progress in lines.
///
/// # Errors
/// A sentence that says why it could not begin, or not go on. What was settled by then is in the results.
pub async fn load(options: &Options, mut tell: impl FnMut(&str)) -> Result<Counts, String> {
    let mut former = Former::default();
    if !options.file.is_dir() {
        return load_file(options, &former, &mut tell).await;
    }
    let files = EXPORTED.map(|name| options.file.join(name));
    if let Some(absent) = files.iter().find(|file| !file.is_file()) {
        return Err(format!("The folder is no export: there is no {}.", absent.display()));
    }
    let mut counts = Counts::default();
    for file in files {
        tell(&format!("{}:", file.display()));
        let results = options.results_of(&file);
        let own = Options { results: results.clone(), file, ..options.clone() };
        counts.merge(&load_file(&own, &former, &mut tell).await?);
        former.learn(&results)?;
    }
    Ok(counts)
}

/// Loads a file, with what is known of the customers that it names.
///
/// # Errors
/// A sentence that says why it could not begin, or not go on. What was settled by then is in the results.
async fn load_file(
    options: &Options,
    former: &Former,
    mut tell: impl FnMut(&str),
) -> Result<Counts, String> {
    let mapping = match &options.mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Mapping::read(&text.map_err(|error| format!("{}: {error}.", path.display()))?)?
        }
        None => Mapping::default(),
    };
    let (digest, all) = source::look_through(&options.file, &mapping)?;
    let mut results = Results::open(&options.results, &digest)?;
    let before = results.counts.rows();
    let mut source = Source::open(&options.file, &mapping)?;
    let door = Door::of(options, source.kind())?;
    let mut progress = Progress { began: Instant::now(), before, all, told: Instant::now() };
    let mut window = Window { size: 1.0, most: options.at_once };
    let mut under_way: JoinSet<Result<Sent, String>> = JoinSet::new();
    let mut batches = Batches { digest, number: 0, waiting: None };
    let mut refused = None;
    loop {
        while refused.is_none() && under_way.len() < window.open() {
            let Some(mut batch) = batches.next(&mut source)? else { break };
            if !results.has(&batch.name) {
                let door = door.clone();
                batch.name_customers(source.kind(), former);
                under_way.spawn(async move { door.send(batch).await });
            }
        }
        let sent = loop {
            match tokio::time::timeout(TELL_EVERY, under_way.join_next()).await {
                Ok(sent) => break sent,
                Err(_) => {
                    if let Some(why) = door.trouble() {
                        tell(&format!("trying again: {why}"));
                    }
                }
            }
        };
        let Some(sent) = sent else { break };
        match sent.map_err(|error| error.to_string()).flatten() {
            Ok(sent) => {
                window.learn(sent.busy);
                results.write(&sent.batch, &sent.outcomes)?;
            }
            // What is under way is still heard.
            Err(sentence) => refused = refused.or(Some(sentence)),
        }
        progress.tell(&results.counts, &mut tell);
    }
    match refused {
        Some(sentence) => Err(sentence),
        None => Ok(results.counts),
    }
}

/// How many batches may be under way: one more with each that is taken, half as many when the other side is busy.
struct Window {
    size: f64,
    most: usize,
}

impl Window {
    fn open(&self) -> usize {
        (self.size as usize).clamp(1, self.most)
    }

    fn learn(&mut self, busy: u32) {
        self.size = match busy {
            0 => (self.size + 1.0).min(self.most as f64),
            _ => (self.size / 2.0).max(1.0),
        };
    }
}

/// Rows put together to batches, in the same way whenever the same file is loaded.
struct Batches {
    digest: String,
    number: u64,
    /// The row that did not fit any more.
    waiting: Option<(u64, Row)>,
}

impl Batches {
    fn next(&mut self, source: &mut Source) -> Result<Option<Batch>, String> {
        let mut rows = Vec::new();
        let mut first = 0;
        let mut bytes = 0;
        while rows.len() < MAX_ROWS {
            let row = match self.waiting.take() {
                Some(row) => Some(row),
                None => source.next_row()?,
            };
            let Some((number, row)) = row else { break };
            bytes += row.body.len() + IDENTIFIER_BYTES;
            if !rows.is_empty() && bytes > MAX_BYTES {
                self.waiting = Some((number, row));
                break;
            }
            if rows.is_empty() {
                first = number;
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        let name = format!("{}-{:06}", self.digest, self.number);
        Ok(Some(Batch { name, first, rows }))
    }
}

/// How far it is.
struct Progress {
    began: Instant,
    /// How many rows earlier starts have settled.
    before: u64,
    all: u64,
    told: Instant,
}

impl Progress {
    /// Tells how far it is, once a second and at the end.
    fn tell(&mut self, counts: &Counts, tell: &mut impl FnMut(&str)) {
        let done = counts.rows();
        if self.told.elapsed().as_secs() < 1 && done < self.all {
            return;
        }
        self.told = Instant::now();
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let rate = done.saturating_sub(self.before) as f64 / seconds;
        let left = self.all.saturating_sub(done) as f64 / rate;
        let left = if left.is_finite() { format!("{left:.0} s left") } else { "…".to_owned() };
        tell(&format!("{done} of {} rows, {rate:.0} rows/s, {left}", self.all));
    }
}
