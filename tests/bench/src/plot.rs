//! Two kinds of plots as SVG: bars, and lines over a logarithmic axis. Written by hand, because that is all it takes.

use std::fmt::Write as _;

/// A bar.
#[derive(Debug)]
pub struct Bar {
    /// What stands beside it.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// What stands behind it.
    pub shown: String,
    /// Whether it is ours, and so drawn to be seen.
    pub ours: bool,
}

/// A line.
#[derive(Debug)]
pub struct Line {
    /// What stands at its end.
    pub label: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

const COLOURS: [&str; 6] = ["#0b5394", "#b45f06", "#38761d", "#741b47", "#666666", "#990000"];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn open(title: &str, width: f64, height: f64) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"10\" y=\"20\" font-size=\"14\">{}</text>\n",
        escaped(title)
    )
}

/// Bars from top to bottom, on one scale from zero.
#[must_use]
pub fn bars(title: &str, bars: &[Bar]) -> String {
    let (left, longest, step) = (260.0, 380.0, 24.0);
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let count = bars.len() as f64;
    let mut svg = open(title, 760.0, 44.0 + step * count);
    let mut y = 36.0;
    for bar in bars {
        let length = if most > 0.0 { bar.value / most * longest } else { 0.0 };
        let colour = if bar.ours { COLOURS[0] } else { "#bbbbbb" };
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{base}\" text-anchor=\"end\">{label}</text><rect x=\"{left}\" y=\"{y}\" width=\"{length:.1}\" height=\"16\" fill=\"{colour}\"/><text x=\"{end:.1}\" y=\"{base}\">{shown}</text>",
            x = left - 8.0,
            base = y + 12.0,
            label = escaped(&bar.label),
            end = left + length + 6.0,
            shown = escaped(&bar.shown),
        );
        y += step;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Lines over a logarithmic axis, on one scale from zero.
#[must_use]
pub fn lines(title: &str, across: &str, up: &str, lines: &[Line]) -> String {
    let (left, top, width, height) = (70.0, 40.0, 440.0, 260.0);
    let points = || lines.iter().flat_map(|line| line.points.iter().copied());
    let first = points().map(|(x, _)| x).fold(f64::INFINITY, f64::min).max(1.0);
    let last = points().map(|(x, _)| x).fold(1.0, f64::max).max(first * 2.0);
    let most = points().map(|(_, y)| y).fold(0.0, f64::max).max(1.0);
    let at = |x: f64, y: f64| {
        (
            left + (x.max(1.0) / first).ln() / (last / first).ln() * width,
            top + height - y / most * height,
        )
    };
    let mut svg = open(title, 760.0, 360.0);
    let _ = writeln!(
        svg,
        "<path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"black\"/><text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">{across}</text><text x=\"10\" y=\"34\" font-size=\"11\">{up}</text>",
        bottom = top + height,
        right = left + width,
        middle = left + width / 2.0,
        below = top + height + 40.0,
        across = escaped(across),
        up = escaped(up),
    );
    for part in [0.0, 0.5, 1.0] {
        let (_, y) = at(first, most * part);
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            short(most * part)
        );
    }
    let mut ticks: Vec<f64> = points().map(|(x, _)| x).collect();
    ticks.sort_by(f64::total_cmp);
    ticks.dedup();
    for tick in ticks {
        let (x, _) = at(tick, 0.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\" font-size=\"10\">{}</text>",
            top + height + 16.0,
            short(tick)
        );
    }
    for (index, line) in lines.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let path: Vec<String> = line
            .points
            .iter()
            .map(|(x, y)| at(*x, *y))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        let row = index as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            left + width + 14.0,
            top + 12.0 + row * 18.0,
            escaped(&line.label)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A number as short as an axis wants it.
fn short(number: f64) -> String {
    let (number, unit) = if number >= 1e6 {
        (number / 1e6, "M")
    } else if number >= 1e3 {
        (number / 1e3, "k")
    } else {
        (number, "")
    };
    let text = format!("{number:.1}");
    format!("{}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_value_is_a_longer_bar_and_text_is_escaped() {
        let bar = |label: &str, value| Bar {
            label: label.to_owned(),
            value,
            shown: value.to_string(),
            ours: false,
        };
        let svg = bars("a < b", &[bar("one & only", 1.0), bar("two", 2.0)]);
        assert!(svg.contains("width=\"190.0\"") && svg.contains("width=\"380.0\""));
        assert!(svg.contains("a &lt; b") && svg.contains("one &amp; only"));
    }

    #[test]
    fn an_axis_is_short() {
        assert_eq!(short(1_000.0), "1k");
        assert_eq!(short(2_500_000.0), "2.5M");
        assert_eq!(short(7.0), "7");
    }
}
