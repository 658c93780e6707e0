//! Tasks of the state machine, each handed to the function over a table as the story of `follow-changes` left it: how far it comes, and what it finds.

use std::collections::BTreeSet;
use std::fs;

use audit_customers::{Invocation, Task};
use domain::time::Timestamp;
use local::event_lines::EventLines;
use operations::audit::Damage;
use operations::changes::Follower;
use operations::kit::{Master, Standardizer};
use serde_json::Value;
use store::keys;
use store::table::Table as _;
use store::writes::{Condition, Write, Written};

use crate::folder;
use crate::follow_changes::table;

/// Name, and how many damages are told in the end, and mended; none where it is no task.
const STORY: &[(&str, Option<(u64, u64)>)] = &[
    ("look", Some((1, 0))),
    ("go-on", Some((1, 0))),
    ("mend", Some((1, 1))),
    ("no-such-segment", None),
];

/// The steps before and after the segments, and what they answer where every rule is complete.
const STEPS: &[(&str, &str)] =
    &[("begin", r#"{"wait":0,"rule":null,"since":null}"#), ("end", r#"{"complete":null}"#)];

fn event(name: &str) -> Value {
    let file = folder("audit-customers").join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn each_event_of_audit_customers_is_audited_to_its_end_however_often_it_is_broken_off() {
    for (name, told) in STORY {
        let storage = table().await;
        let place = keys::place_of(&keys::Key {
            pk: "BLOCK#ZZZZZZZZZZZZZZZZ".to_owned(),
            sk: "SEAT#000002".to_owned(),
        });
        let (block, _) = place.expect("a place");
        let item = match store::items::empty_seat(&block, 2, storage.table.now()) {
            Write::Put { item, .. } => item,
            Write::Update { .. } => panic!("a seat is put"),
        };
        let put = storage.table.write(&Write::Put { item, on: Condition::Absent }).await;
        assert!(matches!(put, Ok(Written::Done(_))), "{put:?}");
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        let follower = Follower::new(master, EventLines::default());
        // Its time is always over: one page, and it is asked again with what it answered.
        let invocation = Invocation { request_id: "request", deadline: Timestamp::from_millis(0) };
        let mut task = event(name);
        let mut rounds = 0;
        loop {
            rounds += 1;
            let answer = audit_customers::handle(&follower, &task, invocation).await;
            let Some((found, mended)) = told else {
                answer.expect_err("no task");
                break;
            };
            let answer: Task = answer.expect("an answer");
            if answer.done {
                // What the story's table lacks of what follows is younger than a day.
                let seats = answer.report.damage.get(&Damage::LostSeat);
                let counts = seats.map(|seats| (seats.found, seats.mended));
                assert!(
                    counts == Some((*found, *mended)) || *name == "go-on",
                    "{name}: {answer:?}"
                );
                break;
            }
            assert!(rounds < 100, "{name} comes to an end");
            task = serde_json::to_value(&answer).expect("JSON");
        }
    }
    for (name, expected) in STEPS {
        let storage = table().await;
        let controls = local::controls::default();
        let standardizer = Standardizer::of(&controls);
        let master = Master::new(storage.table.clone(), controls, standardizer);
        let follower = Follower::new(master, EventLines::default());
        let invocation = Invocation { request_id: "request", deadline: Timestamp::from_millis(0) };
        let answer = audit_customers::answer(&follower, &event(name), invocation).await;
        let expected: Value = serde_json::from_str(expected).expect("JSON");
        assert_eq!(answer.expect("an answer"), expected, "{name}");
    }
    let files = fs::read_dir(folder("audit-customers")).expect("the folder is there");
    let names: BTreeSet<String> = files
        .map(|file| {
            let path = file.expect("an entry").path();
            path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()
        })
        .collect();
    let told = STORY.iter().map(|(name, _)| name).chain(STEPS.iter().map(|(name, _)| name));
    let told: BTreeSet<String> = told.map(|name| (*name).to_owned()).collect();
    assert_eq!(names, told, "every event in the folder is in the story");
}
