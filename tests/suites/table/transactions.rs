//! Several writes, all or none.

use data_encoding::HEXLOWER;
use futures_util::future::join_all;
use store::items::VERSION;
use store::table::Table;
use store::writes::{Condition, Refusal, Transacted, Write};

use crate::fixture::{given, item, key, number, put, read, set, text};

/// A token that nobody had before: tokens are those of a whole database, which tests may share.
fn token(table: &impl Table) -> String {
    HEXLOWER.encode(&table.chance())
}

async fn transacted(table: &impl Table, token: &str, writes: &[Write]) -> Transacted {
    table.transact(token, writes).await.expect("an answer")
}

pub(crate) async fn all_is_written_or_nothing(table: &impl Table) {
    let [one, other] = [key("A", "1"), key("B", "1")];
    let stands = item(&other, [(VERSION, number(1))]);
    given(table, stands.clone()).await;
    let new = item(&one, [("name", text("one"))]);
    let writes = |version| {
        [
            put(new.clone(), Condition::Absent),
            set(&other, [(VERSION, number(version + 1))], Condition::VersionIs(version)),
        ]
    };
    assert_eq!(
        transacted(table, &token(table), &writes(7)).await,
        Transacted::Refused(vec![None, Some(Refusal::Condition(Some(stands.clone())))])
    );
    assert_eq!(read(table, &one).await, None);
    assert_eq!(read(table, &other).await, Some(stands));
    assert_eq!(transacted(table, &token(table), &writes(1)).await, Transacted::Done);
    assert_eq!(read(table, &one).await, Some(new));
    assert_eq!(read(table, &other).await, Some(item(&other, [(VERSION, number(2))])));
}

pub(crate) async fn each_refusal_stands_in_its_place_with_what_stood_there(table: &impl Table) {
    let stands = item(&key("A", "1"), [("name", text("stands"))]);
    given(table, stands.clone()).await;
    let absent = key("A", "2");
    let writes = [
        set(&absent, [("name", text("x"))], Condition::VersionIs(1)),
        put(item(&key("A", "3"), []), Condition::Absent),
        put(item(&key("A", "1"), []), Condition::Absent),
    ];
    assert_eq!(
        transacted(table, &token(table), &writes).await,
        Transacted::Refused(vec![
            Some(Refusal::Condition(None)),
            None,
            Some(Refusal::Condition(Some(stands))),
        ])
    );
    assert_eq!(read(table, &key("A", "3")).await, None);
}

pub(crate) async fn a_token_makes_a_repeated_transaction_one(table: &impl Table) {
    let at = key("A", "1");
    let writes = [put(item(&at, [("name", text("new"))]), Condition::Absent)];
    let token = token(table);
    for _ in 0..3 {
        assert_eq!(transacted(table, &token, &writes).await, Transacted::Done);
    }
    let stands = item(&at, [("name", text("new"))]);
    assert_eq!(
        transacted(table, &self::token(table), &writes).await,
        Transacted::Refused(vec![Some(Refusal::Condition(Some(stands)))])
    );
}

pub(crate) async fn a_refused_transaction_may_be_sent_again_with_its_token(table: &impl Table) {
    let at = key("A", "1");
    let writes = [set(&at, [(VERSION, number(2))], Condition::VersionIs(1))];
    let token = token(table);
    assert_eq!(
        transacted(table, &token, &writes).await,
        Transacted::Refused(vec![Some(Refusal::Condition(None))])
    );
    given(table, item(&at, [(VERSION, number(1))])).await;
    assert_eq!(transacted(table, &token, &writes).await, Transacted::Done);
}

pub(crate) async fn of_transactions_that_meet_one_is_done(table: &impl Table) {
    // Two seats that many want, each with one of its own.
    let writes = |who: u64| {
        [
            put(item(&key("A", "SEAT"), [("by", number(who))]), Condition::Absent),
            put(item(&key("OWN", &who.to_string()), []), Condition::Absent),
        ]
    };
    let tries = (0..8).map(|who| async move {
        let token = token(table);
        let writes = writes(who);
        loop {
            match table.transact(&token, &writes).await.expect("an answer") {
                Transacted::Done => return true,
                Transacted::Refused(reasons) if reasons.contains(&Some(Refusal::Contended)) => {}
                Transacted::Refused(_) => return false,
            }
        }
    });
    let done = join_all(tries).await;
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
    let seat = read(table, &key("A", "SEAT")).await.expect("somebody");
    for (who, done) in done.into_iter().enumerate() {
        let own = read(table, &key("OWN", &who.to_string())).await;
        assert_eq!(own.is_some(), done, "{who}");
        assert_eq!(seat["by"] == number(who as u64), done, "{who}");
    }
}
