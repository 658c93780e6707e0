//! Bodies that are made to be dear to read, of nearly the largest size: the instructions of refusing or keeping each, and whether they grow with its size alone.

use std::path::Path;

use axum::http::{Method, header};

use super::binaries::Binaries;
use super::endpoint::{Endpoint, Transport};
use super::plot::{self, Bar};
use super::report::{Report, millions, table};
use super::requests;
use super::rig::{Rig, TABLE};
use super::warm;

/// How large the large body of each shape is, in bytes; the small one is half of it. A body may have 128 KiB.
const LARGE: usize = 126 * 1024;

/// Events before the ones that count, and those.
const BEFORE: usize = 1;
const COUNTED: usize = 2;

/// How many instructions one may take: 50 ms at one in a nanosecond, which the slowest processors of Lambda do.
pub const MOST: u64 = 50_000_000;

/// How much more the large body may take for each of its bytes than the small one.
pub const MOST_GROWTH: f64 = 1.5;

/// One shape of a body.
struct Shape {
    name: &'static str,
    function: &'static str,
    method: Method,
    path: &'static str,
    content_type: &'static str,
    /// A body of about so many bytes.
    body: fn(usize) -> String,
}

const fn message(
    name: &'static str,
    content_type: &'static str,
    body: fn(usize) -> String,
) -> Shape {
    Shape {
        name,
        function: "add-customer",
        method: Method::POST,
        path: "/customers?dryRun=true",
        content_type,
        body,
    }
}

const JSON: &str = "application/json";
const XML: &str = "application/xml";

fn many(size: usize, part: impl Fn(usize) -> String) -> String {
    let mut all = String::with_capacity(size + 64);
    for number in 0.. {
        if all.len() >= size {
            break;
        }
        all.push_str(&part(number));
    }
    all
}

fn in_json(attributes: &str) -> String {
    format!(r#"{{"type":"CWCustomerIn","CustSoldTo":{{{attributes}"cst_lname":"X"}}}}"#)
}

fn in_xml(attributes: &str, content: &str) -> String {
    format!(
        r#"<Message type="CWCustomerIn"><CustSoldTo {attributes}>{content}</CustSoldTo></Message>"#
    )
}

fn shapes() -> Vec<Shape> {
    vec![
        message("JSON: brackets within brackets", JSON, |size| "[".repeat(size)),
        message("JSON: unknown names", JSON, |size| {
            in_json(&many(size, |number| format!(r#""n{number}":"","#)))
        }),
        message("JSON: one name again and again", JSON, |size| {
            in_json(&many(size, |_| r#""cst_city":"","#.to_owned()))
        }),
        message("JSON: one long value", JSON, |size| {
            in_json(&format!(r#""cst_city":"{}","#, "\\u0041".repeat(size / 6)))
        }),
        message("JSON: one long number", JSON, |size| {
            in_json(&format!(r#""cst_city":{},"#, "9".repeat(size)))
        }),
        message("XML: unknown attributes", XML, |size| {
            in_xml(&many(size, |number| format!(r#"n{number}="" "#)), "")
        }),
        message("XML: one attribute again and again", XML, |size| {
            in_xml(&many(size, |_| r#"cst_city="" "#.to_owned()), "")
        }),
        message("XML: references to characters", XML, |size| {
            in_xml(&format!(r#"cst_city="{}""#, "&#65;".repeat(size / 5)), "")
        }),
        message("XML: elements within elements", XML, |size| in_xml("", &"<a>".repeat(size / 3))),
        message("XML: entities", XML, |size| {
            format!(
                "<!DOCTYPE a [{}]>{}",
                many(size, |number| format!(r#"<!ENTITY e{number} "x">"#)),
                in_xml("", "&e0;")
            )
        }),
        message("accents to be folded", JSON, |size| {
            in_json(&format!(
                r#""cst_fname":"{}","cst_street_addr":"1","#,
                "\u{1e09}\u{301}".repeat(size / 5)
            ))
        }),
        Shape {
            name: "phones of an association",
            function: "associate-dealer",
            method: Method::POST,
            path: "/dealer-customers?dryRun=true",
            content_type: JSON,
            body: |size| format!(r#"{{"phones":[{}""]}}"#, many(size, |_| r#""1","#.to_owned())),
        },
        Shape {
            name: "names of a correction",
            function: "fix-error",
            method: Method::PATCH,
            path: "/errors/0123456789ABCDEF",
            content_type: "application/merge-patch+json",
            body: |size| {
                format!(
                    r#"{{{}"cst_lname":"X"}}"#,
                    many(size, |number| format!(r#""n{number}":"","#))
                )
            },
        },
    ]
}

/// What one shape took.
#[derive(Debug)]
pub struct Row {
    /// The shape.
    pub name: &'static str,
    /// The answer's status.
    pub status: u16,
    /// Instructions of the small body and of the large.
    pub instructions: [u64; 2],
    sizes: [usize; 2],
}

impl Row {
    /// By how much an instruction's worth of a byte grows from the small body to the large; 1: not at all.
    #[must_use]
    pub fn growth(&self) -> f64 {
        let per_byte = |at: usize| self.instructions[at] as f64 / self.sizes[at] as f64;
        per_byte(1) / per_byte(0)
    }
}

/// Measures all shapes.
///
/// # Errors
///
/// A sentence when a binary is missing, or answers a 5xx.
pub async fn measure(binaries: &Binaries, folder: &Path) -> Result<Vec<Row>, String> {
    warm::can_count()?;
    let rig = Rig::start().await?;
    let mut rows = Vec::new();
    for shape in shapes() {
        let (mut instructions, mut sizes, mut status) = ([0; 2], [0; 2], 0);
        for (at, size) in [LARGE / 2, LARGE].into_iter().enumerate() {
            let body = (shape.body)(size);
            sizes[at] = body.len();
            let mut headers = requests::headers();
            headers.insert(
                header::CONTENT_TYPE,
                shape.content_type.parse().map_err(|_| "A content type is none.")?,
            );
            let event = requests::event_of(&shape.method, shape.path, &headers, body.as_bytes());
            status = rig.send_event(&rig.master, shape.path, &event).await?.status;
            if status >= 500 {
                return Err(format!("{} is answered {status}.", shape.name));
            }
            let mut totals = [0; 2];
            for (total, count) in totals.iter_mut().zip([BEFORE, BEFORE + COUNTED]) {
                let endpoint = Endpoint::start(Transport::Plain, rig.database()?, folder).await?;
                let mut variables = endpoint.variables();
                variables.extend([("TABLE_NAME", TABLE.to_owned()), crate::controls::key_secret()]);
                let events = vec![event.clone(); count];
                let binary = binaries.function(shape.function);
                *total = warm::instructions(&binary, &variables, &events, status, folder)
                    .await
                    .map_err(|sentence| format!("{}: {sentence}", shape.name))?;
            }
            instructions[at] = totals[1].saturating_sub(totals[0]) / COUNTED as u64;
        }
        rows.push(Row { name: shape.name, status, instructions, sizes });
    }
    Ok(rows)
}

/// The report of a measurement.
#[must_use]
pub fn report(rows: &[Row]) -> Report {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.name.to_owned(),
                row.status.to_string(),
                millions(row.instructions[0]),
                millions(row.instructions[1]),
                format!("{:.2}", row.growth()),
            ]
        })
        .collect();
    let bars: Vec<Bar> = rows
        .iter()
        .map(|row| Bar {
            label: row.name.to_owned(),
            value: row.instructions[1] as f64,
            shown: format!("{} million", millions(row.instructions[1])),
            ours: true,
        })
        .collect();
    Report {
        name: "hostile",
        title: format!(
            "Instructions of one invocation, in millions, for bodies of {} and of {} KiB that are made to be dear to read.",
            LARGE / 2048,
            LARGE / 1024
        ),
        parts: vec![
            table(&["body", "status", "half", "whole", "growth a byte"], &cells),
            "Fifty million are 50 ms at one instruction in a nanosecond. Growth is what a byte of the whole takes, by what a byte of the half takes.".to_owned(),
        ],
        plot: plot::bars(
            &format!("Instructions of reading {} KiB", LARGE / 1024),
            &bars,
        ),
    }
}
