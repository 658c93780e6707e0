//! The form of a log line: one JSON object, with the members that make metrics of it where it has any.
//!
//! What is logged, and at which level, is not decided here.

use std::fmt;

use lambda_runtime::tracing::subscriber::fmt::format::{Format, Json, Writer};
use lambda_runtime::tracing::subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use lambda_runtime::tracing::subscriber::registry::LookupSpan;
use tracing::{Event, Subscriber};

use crate::metrics;

pub(crate) struct LogLine {
    /// What writes the event's own members.
    pub(crate) members: Format<Json>,
    /// The table that the metrics are of; without one there are none.
    pub(crate) table: Option<String>,
}

impl<S, N> FormatEvent<S, N> for LogLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let table = self.table.as_deref();
        let Some(metrics) = table.and_then(|table| metrics::members(event, table)) else {
            return self.members.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.members.format_event(context, Writer::new(&mut line), event)?;
        let object = line.trim_end();
        let open = object.strip_suffix('}').unwrap_or(object);
        writeln!(writer, "{open}{metrics}}}")
    }
}
