//! The `If-Match` header: which versions of a thing the caller has seen. Whether a route needs one is the route's decision.

/// The versions that the caller is content with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any version, as long as the thing is there.
    Any,
    /// One of these, of which there is at least one. Entity tags that cannot be a version of ours are not among them.
    OneOf(Vec<u64>),
}

impl IfMatch {
    /// Whether this version is one that the caller is content with.
    pub fn admits(&self, version: u64) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::OneOf(versions) => versions.contains(&version),
        }
    }

    /// Reads `*` or a list of entity tags (RFC 9110, section 13.1.1); `None` when it is neither, and when none of the tags can be a version: a weak tag never matches, nor
    /// does one that we never gave, and to say that somebody changed the thing would not be true.
    pub(crate) fn parse(text: &str) -> Option<IfMatch> {
        let mut rest = text.trim_matches([' ', '\t']);
        if rest == "*" {
            return Some(IfMatch::Any);
        }
        let mut versions = Vec::new();
        loop {
            let (weak, tag) = match rest.strip_prefix("W/") {
                Some(tag) => (true, tag),
                None => (false, rest),
            };
            let (tag, after) = tag.strip_prefix('"')?.split_once('"')?;
            if !weak {
                versions.extend(version(tag));
            }
            let after = after.trim_start_matches([' ', '\t']);
            if after.is_empty() {
                return (!versions.is_empty()).then_some(IfMatch::OneOf(versions));
            }
            rest = after.strip_prefix(',')?.trim_start_matches([' ', '\t']);
        }
    }
}

/// The version that a tag stands for, if it is written as we write it.
fn version(tag: &str) -> Option<u64> {
    tag.parse().ok().filter(|version: &u64| version.to_string() == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_is_a_star_or_a_list_of_quoted_versions() {
        let cases: &[(&str, Option<IfMatch>)] = &[
            ("*", Some(IfMatch::Any)),
            (" * ", Some(IfMatch::Any)),
            ("\"3\"", Some(IfMatch::OneOf(vec![3]))),
            ("\"3\", \"4\"", Some(IfMatch::OneOf(vec![3, 4]))),
            ("\"3\",\t\"x,y\" , W/\"5\"", Some(IfMatch::OneOf(vec![3]))),
            ("W/\"3\"", None),
            ("\"03\"", None),
            ("\"+3\"", None),
            ("\"\"", None),
            ("\"99999999999999999999\"", None),
            ("", None),
            ("3", None),
            ("\"3", None),
            ("\"3\" \"4\"", None),
            ("\"3\",", None),
            ("\"3\", *", None),
            ("w/\"3\"", None),
        ];
        for (text, expected) in cases {
            assert_eq!(IfMatch::parse(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_star_admits_every_version_and_a_list_its_own() {
        assert!(IfMatch::Any.admits(7));
        assert!(IfMatch::OneOf(vec![3, 7]).admits(7));
        assert!(!IfMatch::OneOf(vec![3]).admits(7));
    }
}
