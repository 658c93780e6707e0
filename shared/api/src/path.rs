//! The path of a request as decoded segments. What a segment means is a route's business, not this file's.

use data_encoding::HEXLOWER_PERMISSIVE;

/// The segments of `raw_path` without the prefix of a named stage, percent-decoded; `None` when no route can know it:
/// it does not start with `/`, or a segment is empty, cannot be decoded or is not UTF-8.
///
/// API Gateway has already decoded the path of an HTTP API once; a path of ours has no percent sign left then, so decoding
/// what is left changes nothing that a route knows.
pub(crate) fn segments(raw_path: &str, stage: Option<&str>) -> Option<Vec<String>> {
    let path = match stage {
        None | Some("$default" | "") => raw_path,
        Some(stage) => without_stage(raw_path, stage),
    };
    match path.strip_prefix('/')? {
        "" => Some(Vec::new()),
        path => path.split('/').map(decoded).collect(),
    }
}

/// The path behind `/<stage>`, if it starts so; behind a custom domain it does not.
fn without_stage<'p>(path: &'p str, stage: &str) -> &'p str {
    match path.strip_prefix('/').and_then(|path| path.strip_prefix(stage)) {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        Some(_) | None => path,
    }
}

fn decoded(segment: &str) -> Option<String> {
    if segment.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut parts = segment.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let part = part.as_bytes();
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend(HEXLOWER_PERMISSIVE.decode(digits).ok()?);
        bytes.extend_from_slice(rest);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::segments;

    #[test]
    fn paths_become_segments() {
        type Segments = Option<&'static [&'static str]>;
        let cases: &[(&str, Option<&str>, Segments)] = &[
            ("/", None, Some(&[])),
            ("/customers", None, Some(&["customers"])),
            (
                "/dealer-customers/TD68/24%2e5",
                Some("$default"),
                Some(&["dealer-customers", "TD68", "24.5"]),
            ),
            ("/a%2Fb/c%7cd", None, Some(&["a/b", "c|d"])),
            ("/caf%C3%A9/é", None, Some(&["café", "é"])),
            ("/live/customers/7", Some("live"), Some(&["customers", "7"])),
            ("/live", Some("live"), Some(&[])),
            ("/customers/7", Some("live"), Some(&["customers", "7"])),
            ("/lively/7", Some("live"), Some(&["lively", "7"])),
            ("/live/live", Some("live"), Some(&["live"])),
            ("", None, None),
            ("customers", None, None),
            ("//customers", None, None),
            ("/customers/", None, None),
            ("/customers/%", None, None),
            ("/customers/%4", None, None),
            ("/customers/%zz", None, None),
            ("/customers/%+4", None, None),
            ("/customers/%é", None, None),
            ("/customers/%ff", None, None),
        ];
        for (path, stage, expected) in cases {
            let found = segments(path, *stage);
            let found: Option<Vec<&str>> =
                found.as_ref().map(|found| found.iter().map(String::as_str).collect());
            assert_eq!(found.as_deref(), *expected, "{path} at stage {stage:?}");
        }
    }
}
