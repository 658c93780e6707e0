//! Points in time as the records keep them. Nothing here asks a clock.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 in UTC with milliseconds, which sorts as text as it sorts in time until the year 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The point that many milliseconds after 1970 began.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 began.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// Seconds since 1970 began, rounded down: the unit of DynamoDB's time to live.
    pub const fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// This many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Parses RFC 3339 (`2026-11-23T10:00:00Z`, with any offset and fraction; what is finer than a millisecond is dropped); none for anything else.
    /// A moment before 1970 counts as the beginning of 1970: there is no record from before.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let millis = moment.unix_timestamp_nanos() / 1_000_000;
        Some(Self(u64::try_from(millis).unwrap_or(0)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.seconds()).unwrap_or(i64::MAX);
        let moment = OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| fmt::Error)?;
        let (date, time) = (moment.date(), moment.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            time.hour(),
            time.minute(),
            time.second(),
            self.0 % 1000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_shown_in_utc_with_milliseconds_and_parsed_back() {
        let moment = Timestamp::from_millis(1_795_408_496_007);
        assert_eq!(moment.to_string(), "2026-11-23T04:34:56.007Z");
        assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        assert_eq!(Timestamp::parse("2026-11-23T05:34:56.0079+01:00"), Some(moment));
        assert_eq!(Timestamp::parse("yesterday"), None);
        for long_ago in ["1969-12-31T23:59:59Z", "0372-11-03T03:55:07.03+16:42"] {
            assert_eq!(Timestamp::parse(long_ago), Some(Timestamp::default()));
        }
    }
}
