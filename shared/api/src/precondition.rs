//! The headers `If-Match` and `If-None-Match`: which versions of a thing the caller has seen. Whether a route needs one is the route's decision.

use domain::request::Versions;

/// Reads `*` or a list of entity tags (RFC 9110, section 13.1.1); `None` when it is neither. Neither, too, when none of the tags can be a version: a weak tag never
/// matches, nor does one that we never gave, and to say that somebody changed the thing would not be true.
pub(crate) fn if_match(text: &str) -> Option<Versions> {
    let rest = text.trim_matches([' ', '\t']);
    if rest == "*" {
        return Some(Versions::Any);
    }
    let tags = entity_tags(rest)?;
    let strong = tags.into_iter().filter(|(weak, _)| !weak);
    let versions: Vec<_> = strong.filter_map(|(_, tag)| version(tag)).collect();
    (!versions.is_empty()).then_some(Versions::OneOf(versions))
}

/// Whether an `If-None-Match` (RFC 9110, section 13.1.2) names this quoted tag, weak or strong. One that is malformed names nothing.
pub(crate) fn names(if_none_match: &str, quoted: &str) -> bool {
    let text = if_none_match.trim_matches([' ', '\t']);
    let tag = quoted.trim_matches('"');
    text == "*" || entity_tags(text).is_some_and(|tags| tags.iter().any(|(_, known)| *known == tag))
}

/// The entity tags of a list, each with whether it is weak; `None` where it is no such list.
fn entity_tags(mut rest: &str) -> Option<Vec<(bool, &str)>> {
    let mut tags = Vec::new();
    loop {
        let (weak, tag) = match rest.strip_prefix("W/") {
            Some(tag) => (true, tag),
            None => (false, rest),
        };
        let (tag, after) = tag.strip_prefix('"')?.split_once('"')?;
        tags.push((weak, tag));
        let after = after.trim_start_matches([' ', '\t']);
        if after.is_empty() {
            return Some(tags);
        }
        rest = after.strip_prefix(',')?.trim_start_matches([' ', '\t']);
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
        let cases: &[(&str, Option<Versions>)] = &[
            ("*", Some(Versions::Any)),
            (" * ", Some(Versions::Any)),
            ("\"3\"", Some(Versions::OneOf(vec![3]))),
            ("\"3\", \"4\"", Some(Versions::OneOf(vec![3, 4]))),
            ("\"3\",\t\"x,y\" , W/\"5\"", Some(Versions::OneOf(vec![3]))),
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
            assert_eq!(if_match(text), *expected, "{text}");
        }
    }

    #[test]
    fn a_star_admits_every_version_and_a_list_its_own() {
        assert!(Versions::Any.admit(7));
        assert!(Versions::OneOf(vec![3, 7]).admit(7));
        assert!(!Versions::OneOf(vec![3]).admit(7));
    }
}
