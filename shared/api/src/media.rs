//! Content types: what a body is written in, and in which of JSON and XML the caller wants the answer.
//!
//! Reading and writing the two forms is not done here.

pub const JSON: &str = "application/json";

/// `application/merge-patch+json` (RFC 7396).
pub const MERGE_PATCH: &str = "application/merge-patch+json";

/// One JSON text a line.
pub const NDJSON: &str = "application/x-ndjson";

pub const XML: &str = "application/xml";

/// `text/xml`, the older name of `application/xml`.
pub const TEXT_XML: &str = "text/xml";

/// The charsets in which JSON is read (RFC 8259), in small letters.
const JSON_CHARSETS: &[&str] = &["utf-8", "utf8"];

/// The charsets in which XML is read, in small letters, whether the content type or the XML declaration names them.
pub const XML_CHARSETS: &[&str] =
    &["utf-8", "utf8", "us-ascii", "utf-16", "iso-8859-1", "windows-1252"];

/// A form in which a message can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Json,
    /// `application/xml`, also as `text/xml`.
    Xml,
}

impl Media {
    /// The form that a content type (without parameters) stands for. XML only where it says so.
    pub fn of(content_type: &str) -> Media {
        match content_type {
            XML | TEXT_XML => Media::Xml,
            _ => Media::Json,
        }
    }

    pub const fn content_type(self) -> &'static str {
        match self {
            Media::Json => JSON,
            Media::Xml => XML,
        }
    }

    /// The content types by which an `Accept` can ask for this form.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Media::Json => &[JSON],
            Media::Xml => &[XML, TEXT_XML],
        }
    }

    /// The form of the answer: the one that `accept` prefers, and `own`, the form of the request, where `accept` is
    /// missing, prefers neither, or takes neither (RFC 9110 allows to answer all the same).
    pub fn preferred(accept: Option<&str>, own: Media) -> Media {
        let Some(accept) = accept else { return own };
        let ranges: Vec<Range<'_>> = accept.split(',').filter_map(Range::parse).collect();
        let quality = |media: Media| {
            media.names().iter().map(|name| quality(&ranges, name)).max().unwrap_or(0)
        };
        match quality(Media::Json).cmp(&quality(Media::Xml)) {
            std::cmp::Ordering::Greater => Media::Json,
            std::cmp::Ordering::Less => Media::Xml,
            std::cmp::Ordering::Equal => own,
        }
    }
}

/// One part of an `Accept`: a type or a wildcard, and its weight in thousandths.
struct Range<'a> {
    kind: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    /// Reads one part; nothing where it is malformed, which is as if it were not there.
    fn parse(text: &'a str) -> Option<Range<'a>> {
        let mut parts = text.split(';').map(str::trim);
        let kind = parts.next()?;
        let mut quality = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if name.trim().eq_ignore_ascii_case("q") {
                quality = thousandths(value.trim())?;
            }
        }
        kind.contains('/').then_some(Range { kind, quality })
    }
}

/// A weight from 0 to 1 with at most three decimals, in thousandths.
pub(crate) fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3
        || !matches!(whole, "0" | "1")
        || !decimals.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let quality = format!("{whole}{decimals:0<3}").parse().ok()?;
    (quality <= 1000).then_some(quality)
}

/// The weight of a content type: that of the most specific range that names it.
fn quality(ranges: &[Range<'_>], name: &str) -> u16 {
    let group = name.split_once('/').map_or(name, |(group, _)| group);
    let best = |wanted: &dyn Fn(&str) -> bool| {
        ranges.iter().filter(|range| wanted(range.kind)).map(|range| range.quality).max()
    };
    best(&|kind| kind.eq_ignore_ascii_case(name))
        .or_else(|| {
            best(&|kind| {
                kind.strip_suffix("/*").is_some_and(|kind| kind.eq_ignore_ascii_case(group))
            })
        })
        .or_else(|| best(&|kind| kind == "*/*"))
        .unwrap_or(0)
}

/// A `Content-Type`: the type in small letters, and the charset where one is given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ContentType {
    pub(crate) name: String,
    pub(crate) charset: Option<String>,
}

impl ContentType {
    /// Reads a `Content-Type`; parameters other than the charset mean nothing to us.
    pub(crate) fn parse(text: &str) -> ContentType {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let charset = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
            .map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase());
        ContentType { name, charset }
    }

    /// Whether a body of this form is read in the charset that the content type names.
    pub(crate) fn is_read(&self) -> bool {
        let read = match Media::of(&self.name) {
            Media::Json => JSON_CHARSETS,
            Media::Xml => XML_CHARSETS,
        };
        self.charset.as_deref().is_none_or(|charset| read.contains(&charset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Media::{Json, Xml};

    #[test]
    fn accept_picks_json_or_xml_and_the_own_form_where_it_does_not_matter() {
        // Accept, the answer to a JSON request, the answer to an XML request.
        let cases: &[(Option<&str>, Media, Media)] = &[
            (None, Json, Xml),
            (Some(""), Json, Xml),
            (Some("*/*"), Json, Xml),
            (Some("application/*"), Json, Xml),
            (Some("application/json"), Json, Json),
            (Some("Application/JSON"), Json, Json),
            (Some("application/json; charset=utf-8"), Json, Json),
            (Some("application/xml"), Xml, Xml),
            (Some("text/xml"), Xml, Xml),
            (Some("text/*"), Xml, Xml),
            (Some("text/html, text/*;q=0.1"), Xml, Xml),
            (Some("application/json, application/xml"), Json, Xml),
            (Some("application/json;q=0.4, application/xml;q=0.5"), Xml, Xml),
            (Some("application/json;q=0.5 , text/xml ; q=0.4"), Json, Json),
            (Some("application/xml, */*;q=0.1"), Xml, Xml),
            (Some("application/json;q=0, */*"), Xml, Xml),
            (Some("*/*, application/xml;q=0, text/xml;q=0"), Json, Json),
            (Some("application/*;q=0.2, application/json;q=0.1"), Xml, Xml),
            (Some("application/json;q=0.001"), Json, Json),
            (Some("application/json;Q=1.000, application/xml;q=0.999"), Json, Json),
            (Some("text/html"), Json, Xml),
            (Some("application/json;q=0"), Json, Xml),
            (Some("application/xml;q=2, application/json;q=0.1"), Json, Json),
            (Some("application/xml;q=nan, application/json;q=0.1"), Json, Json),
            (Some("application/xml;q=, application/json;q=0.1"), Json, Json),
            (Some("application/xml;q=0.+1, application/json;q=0.01"), Json, Json),
            (Some("xml, json, ;;;, ,"), Json, Xml),
        ];
        for (accept, for_json, for_xml) in cases {
            assert_eq!(Media::preferred(*accept, Json), *for_json, "{accept:?} with JSON");
            assert_eq!(Media::preferred(*accept, Xml), *for_xml, "{accept:?} with XML");
        }
    }

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        let cases: &[(&str, &str, bool)] = &[
            ("application/json", JSON, true),
            ("Application/JSON ; Charset=\"UTF-8\"", JSON, true),
            ("text/xml;charset=utf8", TEXT_XML, true),
            ("application/json; version=1", JSON, true),
            ("application/json; charset=iso-8859-1", JSON, false),
            ("application/xml; boundary=x; charset=UTF-16", XML, true),
            ("text/xml; charset=\"us-ascii\"", TEXT_XML, true),
            ("text/xml; charset=windows-1252", TEXT_XML, true),
            ("text/xml; charset=koi8-r", TEXT_XML, false),
            ("application/json; charset=", JSON, false),
            ("", "", true),
        ];
        for (text, name, read) in cases {
            let found = ContentType::parse(text);
            assert_eq!((found.name.as_str(), found.is_read()), (*name, *read), "{text}");
        }
    }

    #[test]
    fn both_names_of_xml_mean_xml() {
        assert_eq!([JSON, MERGE_PATCH, XML, TEXT_XML].map(Media::of), [Json, Json, Xml, Xml]);
    }
}
