//! A cursor brings back the position that it was given for, in its own list, and nothing else is a cursor.

use api::cursor;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_cursor_brings_its_position_back(list in any::<String>(), position in "\\PC{0,200}") {
        let text = cursor::encode(&list, &position);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        prop_assert_eq!(cursor::decode(&list, &text).ok(), Some(position));
    }

    #[test]
    fn a_cursor_of_one_list_is_none_of_another(
        one in any::<String>(), other in any::<String>(), position in "\\PC{0,40}"
    ) {
        prop_assume!(one != other);
        prop_assert!(cursor::decode(&other, &cursor::encode(&one, &position)).is_err());
    }

    #[test]
    fn a_changed_cursor_is_refused(
        position in "[ -~]{0,40}", at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_-]"
    ) {
        let text = cursor::encode("errors", &position);
        let at = at.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(at..=at, &by);
        prop_assume!(changed != text);
        prop_assert!(cursor::decode("errors", &changed).is_err());
    }

    #[test]
    fn what_no_list_gave_out_is_refused(text in any::<String>()) {
        prop_assert!(cursor::decode("errors", &text).is_err());
    }
}
