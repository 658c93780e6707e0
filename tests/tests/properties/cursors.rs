//! A cursor brings back the position that it was given for, in its own list and for its own caller, and nothing else is a cursor.

use api::cursor::List;
use domain::secret::Secret;
use proptest::prelude::*;

fn secret() -> Secret {
    Secret::new(&"x".repeat(32)).expect("long enough")
}

proptest! {
    #[test]
    fn a_cursor_brings_its_position_back(
        name in any::<String>(), caller in any::<String>(), position in "\\PC{0,200}"
    ) {
        let secret = secret();
        let list = List::new(&secret, &caller, name);
        let text = list.cursor(&position);
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        prop_assert_eq!(list.position(&text), Some(position));
    }

    #[test]
    fn a_cursor_of_one_list_or_caller_is_none_of_another(
        one in any::<(String, String)>(), other in any::<(String, String)>(), position in "\\PC{0,40}"
    ) {
        prop_assume!(one != other);
        let secret = secret();
        let cursor = List::new(&secret, &one.0, &*one.1).cursor(&position);
        prop_assert_eq!(List::new(&secret, &other.0, &*other.1).position(&cursor), None);
    }

    #[test]
    fn a_changed_cursor_is_refused(
        position in "[ -~]{0,40}", at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_-]"
    ) {
        let secret = secret();
        let list = List::new(&secret, "erp", "errors");
        let text = list.cursor(&position);
        let at = at.index(text.len());
        let mut changed = text.clone();
        changed.replace_range(at..=at, &by);
        prop_assume!(changed != text);
        prop_assert_eq!(list.position(&changed), None);
    }

    #[test]
    fn what_no_list_gave_out_is_refused(text in any::<String>()) {
        prop_assert_eq!(List::new(&secret(), "erp", "errors").position(&text), None);
    }
}
