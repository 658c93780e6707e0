//! What was measured of start-up, as tables, ratios and a plot. Nothing is started here.

use super::super::binaries::FUNCTIONS;
use super::super::endpoint::Transport;
use super::super::plot::{self, Bar};
use super::super::report::{Report, megabytes, millions, millis, table};
use super::{Candidate, Kind, Start};

/// The report of a measurement.
#[must_use]
pub fn report(candidates: &[Candidate], transport: Transport) -> Report {
    let rounds = candidates.first().map_or(0, |one| one.starts.len());
    let row = |one: &Candidate| {
        vec![
            one.name(),
            millis(one.median(|start| start.to_next)),
            millis(one.median(|start| start.to_answer)),
            millis(one.median(|start| start.first)),
            millis(one.median(|start| start.later)),
            format!("{:.2}", megabytes(one.size)),
        ]
    };
    let times = table(
        &[
            "medians in ms",
            "exec to next",
            "exec to answer",
            "first invocation",
            "later",
            "MB stripped",
        ],
        &candidates.iter().map(row).collect::<Vec<_>>(),
    );
    let counts = table(
        &[
            "connections: before first event / in first invocation / later",
            "database",
            "TLS handshakes",
            "Runtime API",
        ],
        &candidates.iter().map(connections).collect::<Vec<_>>(),
    );
    let instructions: Vec<_> = candidates.iter().filter_map(instruction_row).collect();
    let instructions = table(
        &["millions of instructions", "exec to next", "first invocation", "later"],
        &instructions,
    );
    let bars: Vec<Bar> = candidates
        .iter()
        .map(|one| {
            let value = one.median(|start| start.to_answer);
            Bar {
                label: one.name(),
                value: value.as_secs_f64(),
                shown: format!("{} ms", millis(value)),
                ours: one.kind == Kind::Function,
            }
        })
        .collect();
    Report {
        name: match transport {
            Transport::Tls => "cold-tls",
            Transport::Plain => "cold-plain",
        },
        title: format!(
            "Cold start over {}: the release binary from exec to its first answer, one database read. {rounds} starts of each, in turn.",
            transport.name()
        ),
        parts: vec![times, instructions, counts, ratio_table(candidates)],
        plot: plot::bars(&format!("Exec to first answer over {}, median", transport.name()), &bars),
    }
}

fn instruction_row(one: &Candidate) -> Option<Vec<String>> {
    let counted = one.instructions?;
    Some(vec![
        one.name(),
        millions(counted.to_next),
        millions(counted.first),
        millions(counted.later),
    ])
}

fn connections(one: &Candidate) -> Vec<String> {
    let most = |of: &dyn Fn(&Start) -> [u64; 3]| {
        let spans = [0, 1, 2].map(|span| {
            let all = one.starts.iter().map(|start| of(start)[span]);
            all.max().unwrap_or_default().to_string()
        });
        spans.join(" / ")
    };
    vec![
        one.name(),
        most(&|start| start.connections),
        most(&|start| start.handshakes),
        most(&|start| start.runtime_connections),
    ]
}

/// A function against the others: time from exec to the first answer, and size.
#[derive(Debug, Clone, Copy)]
pub struct Ratios {
    /// The function.
    pub function: &'static str,
    /// Its time by that of the same handler on the SDK's defaults.
    pub to_defaults: f64,
    /// Its time by that of the hello world.
    pub to_hello: f64,
    /// Its size by that of the same handler on the SDK's defaults.
    pub size: f64,
}

/// The ratios of the functions.
#[must_use]
pub fn ratios(candidates: &[Candidate]) -> Vec<Ratios> {
    let find = |function: Option<&str>, kind: Kind| {
        candidates
            .iter()
            .find(|one| one.kind == kind && function.is_none_or(|name| name == one.function))
    };
    let time = |one: &Candidate| one.median(|start| start.to_answer).as_secs_f64();
    FUNCTIONS
        .into_iter()
        .filter_map(|function| {
            let ours = find(Some(function), Kind::Function)?;
            let defaults = find(Some(function), Kind::Defaults)?;
            let hello = find(None, Kind::Hello)?;
            Some(Ratios {
                function,
                to_defaults: time(ours) / time(defaults),
                to_hello: time(ours) / time(hello),
                size: megabytes(ours.size) / megabytes(defaults.size),
            })
        })
        .collect()
}

fn ratio_table(candidates: &[Candidate]) -> String {
    let rows: Vec<Vec<String>> = ratios(candidates)
        .iter()
        .map(|one| {
            vec![
                one.function.to_owned(),
                format!("{:.3}", one.to_defaults),
                format!("{:.2}", one.to_hello),
                format!("{:.3}", one.size),
            ]
        })
        .collect();
    table(
        &[
            "ratios",
            "exec to answer / SDK defaults",
            "exec to answer / hello world",
            "size / SDK defaults",
        ],
        &rows,
    )
}
