//! What must hold, held against what was measured. It measures nothing itself.

use super::cold::{Candidate, Kind, Ratios};
use super::growth::Size;
use super::hostile;
use super::warm::Row;
use super::{cold, growth, matching};

/// Exec to first answer, by that of the same handler on the SDK's defaults.
pub const TO_DEFAULTS: f64 = 0.15;

/// Exec to first answer, by that of a hello world that never opens a connection.
pub const TO_HELLO: f64 = 4.0;

/// Stripped size, by that of the same handler on the SDK's defaults.
pub const SIZE: f64 = 0.6;

/// Instructions of a warm invocation, by those of the bare twin.
pub const TO_TWIN: f64 = 1.5;

/// How much instructions may differ between the smallest table and the largest.
pub const SPREAD: f64 = 0.05;

/// A limit, and whether it was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What the limit is about, with the number that was seen.
    pub what: String,
    /// Whether it was kept.
    pub kept: bool,
}

/// A number that may be this large at the most.
pub(crate) fn at_most(what: &str, seen: f64, limit: f64) -> Held {
    Held { what: format!("{what}: {seen:.3}, at most {limit}"), kept: seen <= limit }
}

/// A number that may be this small at the least.
pub(crate) fn at_least(what: &str, seen: f64, limit: f64) -> Held {
    Held { what: format!("{what}: {seen:.4}, at least {limit}"), kept: seen >= limit }
}

/// The limits of start-up and size.
#[must_use]
pub fn start_up(candidates: &[Candidate]) -> Vec<Held> {
    let ratios = cold::ratios(candidates);
    let ratios = ratios.iter().flat_map(|Ratios { function, to_defaults, to_hello, size }| {
        [
            at_most(
                &format!("{function}, exec to answer by SDK defaults"),
                *to_defaults,
                TO_DEFAULTS,
            ),
            at_most(&format!("{function}, exec to answer by hello world"), *to_hello, TO_HELLO),
            at_most(&format!("{function}, size by SDK defaults"), *size, SIZE),
        ]
    });
    let connections = candidates.iter().filter(|one| one.kind == Kind::Function).map(|one| {
        let opened: u64 = one
            .starts
            .iter()
            .map(|start| start.connections[1] + start.handshakes[1] + start.runtime_connections[1])
            .sum();
        Held {
            what: format!(
                "{}, connections and handshakes in {} first invocations: {opened}, none",
                one.function,
                one.starts.len()
            ),
            kept: opened == 0,
        }
    });
    ratios.chain(connections).collect()
}

/// The limits of a warm invocation.
#[must_use]
pub fn warm(rows: &[Row]) -> Vec<Held> {
    rows.iter()
        .map(|row| {
            at_most(
                &format!("{}, instructions by bare twin", row.flow.name()),
                row.ratio(),
                TO_TWIN,
            )
        })
        .collect()
}

/// The limits of growth.
#[must_use]
pub fn growth(tables: &[Size]) -> Vec<Held> {
    let mut held = vec![Held {
        what: "calls and units are the same however many customers there are".to_owned(),
        kept: growth::is_flat(tables),
    }];
    held.extend(
        growth::spread(tables).map(|spread| {
            at_most("instructions, the most over the least, less one", spread, SPREAD)
        }),
    );
    held
}

/// The limits of hostile bodies.
#[must_use]
pub fn hostile(rows: &[hostile::Row]) -> Vec<Held> {
    rows.iter()
        .flat_map(|row| {
            let most = row.instructions[1];
            [
                Held {
                    what: format!("{}: {most} instructions, at most {}", row.name, hostile::MOST),
                    kept: most <= hostile::MOST,
                },
                at_most(
                    &format!("{}, growth a byte", row.name),
                    row.growth(),
                    hostile::MOST_GROWTH,
                ),
            ]
        })
        .collect()
}

/// Recall of likely and possible together on FEBRL 1, 2 and 3.
pub const RECALL: [f64; 3] = [0.99, 0.97, 0.97];

/// Precision of likely.
pub const PRECISION: f64 = 0.99;

/// Candidates of one customer among a million, on average.
pub const CANDIDATES: f64 = 50.0;

/// The share of customers with under 500.
pub const UNDER_500: f64 = 0.99;

/// The limits of matching: of two persons the check never makes one, and what is told as possible is almost all that it misses.
#[must_use]
pub fn matching(measured: &matching::Measured) -> Vec<Held> {
    let check = measured.check.iter().map(|row| Held {
        what: format!("{}: {} of {} found are right", row.set, row.right, row.found),
        kept: row.right == row.found && row.found > 0,
    });
    let told = measured.told.iter().zip(RECALL).flat_map(|(told, recall)| {
        [
            at_least(
                &format!("{}, recall of likely and possible", told.set),
                told.recall(),
                recall,
            ),
            at_least(
                &format!("{}, precision of likely", told.set),
                told.likely_precision(),
                PRECISION,
            ),
        ]
    });
    let million = &measured.million;
    let costs = [
        at_most("candidates of one among a million, on average", million.mean, CANDIDATES),
        at_least("share of those with under 500", million.under_the_most, UNDER_500),
    ];
    check.chain(told).chain(costs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warm::Flow;

    #[test]
    fn a_limit_is_kept_up_to_its_number_and_not_beyond() {
        let row = |ours| Row { flow: Flow::Duplicate, ours, twin: 100 };
        let held = warm(&[row(150), row(151)]);
        assert_eq!(held.iter().map(|one| one.kept).collect::<Vec<_>>(), [true, false]);
        assert!(held[1].what.contains("1.510"), "{held:?}");
    }
}
