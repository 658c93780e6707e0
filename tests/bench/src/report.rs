//! What a measurement says: a text table, under it a plot, with the machine and the command. It measures nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A result, to be printed and to be kept.
#[derive(Debug, Default)]
pub struct Report {
    /// The name of its files, for example `cold`.
    pub name: &'static str,
    /// What was measured, in a sentence or two.
    pub title: String,
    /// Tables and remarks, in order.
    pub parts: Vec<String>,
    /// A plot as SVG.
    pub plot: String,
}

/// Where results are kept.
#[must_use]
pub fn results() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("results")
}

impl Report {
    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.title);
        for part in &self.parts {
            let _ = writeln!(text, "{part}");
        }
        text
    }

    /// Keeps the text, the machine, the command and the plot.
    ///
    /// # Errors
    ///
    /// A sentence when a file cannot be written.
    pub fn save(&self, command: &str) -> Result<(), String> {
        let folder = results();
        let write = |name: String, text: &str| {
            let file = folder.join(name);
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&file, text))
                .map_err(|error| format!("{} cannot be written: {error}.", file.display()))
        };
        let text = format!("$ {command}\n{}\n\n{}", machine(), self.text());
        write(format!("{}.txt", self.name), &text)?;
        write(format!("{}.svg", self.name), &self.plot)
    }
}

/// The machine in a line: processor, cores, memory, system.
#[must_use]
pub fn machine() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let after = |text: &str, name: &str| {
        text.lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let gigabytes = memory
        .split(' ')
        .next()
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .unwrap_or_default()
        / 1024
        / 1024;
    format!(
        "{}, {cores} cores, {gigabytes} GiB, Linux {}",
        after(&read("/proc/cpuinfo"), "model name"),
        read("/proc/sys/kernel/osrelease").trim()
    )
}

/// A table: the first column to the left, the others to the right.
#[must_use]
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .chain([head[column].chars().count()])
                .max()
                .unwrap_or_default()
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<String> =
            cells
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                })
                .collect();
        cells.join("  ").trim_end().to_owned()
    };
    let mut text = line(&mut head.iter().copied());
    text.push('\n');
    text.push_str(&line(
        &mut widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    ));
    text.push('\n');
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
        text.push('\n');
    }
    text
}

/// The middle of these durations.
///
/// # Panics
///
/// When there are none.
#[must_use]
pub fn median(durations: impl IntoIterator<Item = Duration>) -> Duration {
    let mut durations: Vec<Duration> = durations.into_iter().collect();
    durations.sort();
    durations[durations.len() / 2]
}

/// Milliseconds with two decimals.
#[must_use]
pub fn millis(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1_000.0)
}

/// A whole number with its thousands apart.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Bytes as megabytes.
#[must_use]
pub fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// A count in millions, with two decimals.
#[must_use]
pub fn millions(count: u64) -> String {
    format!("{:.2}", count as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_its_names_to_the_left_and_its_numbers_to_the_right() {
        let rows =
            [vec!["one".to_owned(), "1".to_owned()], vec!["twelve".to_owned(), "12.0".to_owned()]];
        assert_eq!(
            table(&["name", "ms"], &rows),
            "name      ms\n------  ----\none        1\ntwelve  12.0\n"
        );
    }

    #[test]
    fn numbers_are_written_to_be_read() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_234_567), "1 234 567");
        assert_eq!(millis(Duration::from_micros(1_250)), "1.25");
        let durations = [3, 1, 2].map(Duration::from_secs);
        assert_eq!(median(durations), Duration::from_secs(2));
    }
}
