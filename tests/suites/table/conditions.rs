//! Single writes under each condition.

use domain::time::Timestamp;
use futures_util::future::join_all;
use store::item::Item;
use store::items::{ORGANIZATION, VERSION};
use store::keys::{CEILING, EXPIRES_AT};
use store::table::Table;
use store::writes::{Condition, Write, Written};

use crate::fixture::{
    customer, done, effect, given, item, key, mark, number, put, read, refused, set, text, written,
};

pub(crate) async fn absent_holds_once(table: &impl Table) {
    let at = key("A", "1");
    let first = item(&at, [("name", text("first"))]);
    let second = item(&at, [("name", text("second"))]);
    given(table, first.clone()).await;
    refused(table, &put(second, Condition::Absent), Some(&first)).await;
    assert_eq!(read(table, &at).await, Some(first));
}

pub(crate) async fn of_many_at_once_one_is_written(table: &impl Table) {
    let at = key("A", "1");
    let tries: Vec<Write> =
        (0..20).map(|one| put(item(&at, [("by", number(one))]), Condition::Absent)).collect();
    let answers = join_all(tries.iter().map(|write| table.write(write))).await;
    let done = answers.iter().filter(|answer| matches!(answer, Ok(Written::Done(_))));
    assert_eq!(done.count(), 1, "{answers:?}");
}

pub(crate) async fn absent_or_expired_holds_when_the_time_has_passed(table: &impl Table) {
    let at = key("A", "1");
    // Long from now: what has expired a database may take away when it likes.
    let expires = 4_000_000_000;
    let stands = item(&at, [(EXPIRES_AT, number(expires))]);
    let second = |seconds: u64| Condition::AbsentOrExpired(Timestamp::from_millis(seconds * 1000));
    done(table, &put(stands.clone(), second(1))).await;
    let next = item(&at, [("name", text("next"))]);
    refused(table, &put(next.clone(), second(expires)), Some(&stands)).await;
    done(table, &put(next.clone(), second(expires + 1))).await;
    // What never expires is never replaced.
    refused(table, &put(stands, second(expires + 1)), Some(&next)).await;
}

pub(crate) async fn a_version_holds_for_one_write(table: &impl Table) {
    let at = key("A", "1");
    let version = |version: u64| item(&at, [(VERSION, number(version))]);
    refused(table, &put(version(1), Condition::VersionIs(1)), None).await;
    given(table, version(9)).await;
    done(table, &put(version(10), Condition::VersionIs(9))).await;
    refused(table, &put(version(10), Condition::VersionIs(9)), Some(&version(10))).await;
}

pub(crate) async fn what_has_no_version_or_a_lower_one_is_outdated(table: &impl Table) {
    let at = key("A", "1");
    let version = |version: u64| item(&at, [(VERSION, number(version))]);
    done(table, &set(&at, [("name", text("none"))], Condition::Outdated(1))).await;
    done(table, &set(&at, [(VERSION, number(9))], Condition::Outdated(9))).await;
    done(table, &put(version(10), Condition::Outdated(10))).await;
    for same_or_lower in [10, 9] {
        let on = Condition::Outdated(same_or_lower);
        refused(table, &put(version(10), on), Some(&version(10))).await;
    }
}

pub(crate) async fn a_ceiling_holds_for_one_write(table: &impl Table) {
    let at = key("A", "1");
    let under = |ceiling: u64| item(&at, [(CEILING, number(ceiling))]);
    refused(table, &put(under(1), Condition::CeilingIs(1)), None).await;
    given(table, item(&at, [])).await;
    refused(table, &put(under(1), Condition::CeilingIs(1)), Some(&item(&at, []))).await;
    done(table, &put(under(9), Condition::Without(CEILING))).await;
    done(table, &put(under(10), Condition::CeilingIs(9))).await;
    refused(table, &put(under(10), Condition::CeilingIs(9)), Some(&under(10))).await;
}

pub(crate) async fn what_is_absent_or_older_is_replaced_and_nothing_else(table: &impl Table) {
    let at = key("A", "1");
    let version = |version: u64| item(&at, [(VERSION, number(version))]);
    // Numbers are compared as numbers, not as texts.
    done(table, &put(version(9), Condition::AbsentOrOlder(9))).await;
    done(table, &put(version(10), Condition::AbsentOrOlder(10))).await;
    for late in [9, 10] {
        refused(table, &put(version(late), Condition::AbsentOrOlder(late)), Some(&version(10)))
            .await;
    }
    assert_eq!(read(table, &at).await, Some(version(10)));
    // What has no version is nobody's to replace.
    let without = key("A", "2");
    let stands = item(&without, [("name", text("x"))]);
    given(table, stands.clone()).await;
    let over = put(item(&without, [(VERSION, number(1))]), Condition::AbsentOrOlder(1));
    refused(table, &over, Some(&stands)).await;
}

pub(crate) async fn a_dealer_customer_is_associated_while_it_belongs_to_nobody_and_once_by_each_effect(
    table: &impl Table,
) {
    let at = key("A", "1");
    let (one, other) = (effect("one"), effect("other"));
    let associate = |holder: u8, by| {
        let (by, on) = (mark(by), Condition::Unassociated(by.clone()));
        let holder = text(&customer(holder).to_string());
        set(&at, [(ORGANIZATION, holder), (&by, number(1))], on)
    };
    done(table, &associate(1, &one)).await;
    let stands = read(table, &at).await;
    refused(table, &associate(2, &other), stands.as_ref()).await;
    let release = Write::Update {
        key: at.clone(),
        set: Item::new(),
        set_if_absent: Item::new(),
        remove: vec![ORGANIZATION.to_owned()],
        on: Condition::BelongsTo(customer(1)),
    };
    done(table, &release).await;
    let stands = read(table, &at).await;
    refused(table, &associate(1, &one), stands.as_ref()).await;
    done(table, &associate(2, &other)).await;
}

pub(crate) async fn a_dealer_customer_is_released_by_who_holds_it_and_once_by_each_effect(
    table: &impl Table,
) {
    let at = key("A", "1");
    let by = effect("release");
    let release = |holder: u8| {
        let on = Condition::Releasable(customer(holder), by.clone());
        set(&at, [(&mark(&by), number(1))], on)
    };
    refused(table, &release(1), None).await;
    let held = item(&at, [(ORGANIZATION, text(&customer(1).to_string()))]);
    given(table, held.clone()).await;
    refused(table, &release(2), Some(&held)).await;
    done(table, &release(1)).await;
    let stands = read(table, &at).await;
    refused(table, &release(1), stands.as_ref()).await;
}

pub(crate) async fn what_belongs_to_a_customer_is_written_for_that_customer(table: &impl Table) {
    let at = key("A", "1");
    let write = |holder| {
        let on = Condition::BelongsTo(customer(holder));
        set(&at, [("name", number(holder.into()))], on)
    };
    refused(table, &write(1), None).await;
    let free = item(&at, [("name", text("free"))]);
    given(table, free.clone()).await;
    refused(table, &write(1), Some(&free)).await;
    let held = item(&at, [(ORGANIZATION, text(&customer(1).to_string()))]);
    let free_it = put(held.clone(), Condition::AbsentOrBelongsTo(customer(1)));
    done(table, &free_it).await;
    refused(table, &write(2), Some(&held)).await;
    done(table, &write(1)).await;
}

pub(crate) async fn a_claim_is_free_for_its_holder_and_for_whom_nobody_precedes(
    table: &impl Table,
) {
    let at = key("A", "1");
    let claim = |holder: u8| {
        let item = item(&at, [(ORGANIZATION, text(&customer(holder).to_string()))]);
        put(item, Condition::AbsentOrBelongsTo(customer(holder)))
    };
    done(table, &claim(1)).await;
    done(table, &claim(1)).await;
    let stands = read(table, &at).await;
    refused(table, &claim(2), stands.as_ref()).await;
    let given_up = Write::Update {
        key: at.clone(),
        set: Item::from([(format!("former_{}", customer(1)), number(1))]),
        set_if_absent: Item::new(),
        remove: vec![ORGANIZATION.to_owned()],
        on: Condition::BelongsTo(customer(1)),
    };
    done(table, &given_up).await;
    done(table, &claim(2)).await;
}

pub(crate) async fn an_update_sets_keeps_and_removes_and_tells_what_was_there(table: &impl Table) {
    let at = key("A", "1");
    let update = |value: &str| Write::Update {
        key: at.clone(),
        set: Item::from([(VERSION.to_owned(), number(1)), ("name".to_owned(), text(value))]),
        set_if_absent: Item::from([("since".to_owned(), text(value))]),
        remove: vec!["nickname".to_owned()],
        on: Condition::AbsentOrBelongsTo(customer(1)),
    };
    assert_eq!(written(table, &update("a")).await, Written::Done(None));
    let first = item(&at, [(VERSION, number(1)), ("name", text("a")), ("since", text("a"))]);
    assert_eq!(read(table, &at).await, Some(first.clone()));
    done(table, &set(&at, [("nickname", text("x"))], Condition::VersionIs(1))).await;
    let before = read(table, &at).await;
    assert_eq!(written(table, &update("b")).await, Written::Done(before));
    let mut last = first;
    last.insert("name".to_owned(), text("b"));
    assert_eq!(read(table, &at).await, Some(last));
}

pub(crate) async fn a_put_leaves_nothing_of_what_was_there(table: &impl Table) {
    let at = key("A", "1");
    given(table, item(&at, [(VERSION, number(1)), ("name", text("a"))])).await;
    let next = item(&at, [(VERSION, number(2))]);
    done(table, &put(next.clone(), Condition::VersionIs(1))).await;
    assert_eq!(read(table, &at).await, Some(next));
}
