//! What the template says of pages for anyone and of the measurement that an alarm rests on.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{part, read, text};

#[test]
fn what_anyone_may_ask_for_has_a_throttle_of_its_own() {
    let template = read();
    let events = part(&template, "/Resources/FixError/Properties/Events");
    let open: BTreeSet<String> = events
        .as_object()
        .expect("events have names")
        .values()
        .map(|event| &event["Properties"])
        .filter(|properties| properties["Auth"]["Authorizer"] == "NONE")
        .map(|properties| format!("{} {}", text(properties, "/Method"), text(properties, "/Path")))
        .collect();
    assert_eq!(open.len(), 3, "{open:?}");
    let settings = part(&template, "/Resources/Api/Properties/RouteSettings");
    let settings = settings.as_object().expect("routes with settings");
    assert_eq!(settings.keys().cloned().collect::<BTreeSet<_>>(), open);
    let default = |parameter: &str| {
        let default = part(&template, &format!("/Parameters/{parameter}/Default"));
        default.as_u64().expect("a number")
    };
    for (route, settings) in settings {
        let number = |name: &str| settings[name].as_u64().expect("a number");
        let (rate, burst) = (number("ThrottlingRateLimit"), number("ThrottlingBurstLimit"));
        assert!(0 < rate && rate * 4 <= default("ThrottleRate"), "{route}: {rate} a second");
        assert!(rate <= burst && burst * 4 <= default("ThrottleBurst"), "{route}: {burst} at once");
        // What is set for one route replaces what is set for all.
        assert_eq!(settings["DetailedMetricsEnabled"], true, "{route}");
    }
    // A console that cannot load its files is none: the page's burst fits those of the files.
    let files = settings["GET /console/{file}"]["ThrottlingBurstLimit"].as_u64();
    assert!(files.is_some_and(|burst| burst >= 24 * 4), "{files:?}");
}

#[test]
fn the_alarm_for_the_oldest_request_sounds_when_its_measurement_stops() {
    let template = read();
    let alarm = part(&template, "/Resources/OldestRequestInErrorAlarm/Properties");
    assert_eq!(alarm["TreatMissingData"], "breaching");
    let metrics = alarm["Metrics"].as_array().expect("metrics");
    let measured: Vec<&Value> = metrics.iter().filter_map(|one| one.get("MetricStat")).collect();
    let [age] = measured[..] else { panic!("one metric: {measured:?}") };
    assert_eq!(age["Metric"]["MetricName"], "OldestRequestInErrorAge");
    let schedule = "/Resources/FixError/Properties/Events/MeasureErrors/Properties";
    let rate = text(&template, &format!("{schedule}/ScheduleExpression"));
    let minutes = rate.strip_prefix("rate(").and_then(|rate| rate.strip_suffix(" minutes)"));
    let minutes: u64 = minutes.and_then(|minutes| minutes.parse().ok()).expect("a rate in minutes");
    let period = age["Period"].as_u64().expect("seconds");
    let periods = alarm["EvaluationPeriods"].as_u64().expect("a number");
    assert!(period >= 2 * 60 * minutes, "a measurement that is late sounds no alarm");
    assert!(period * periods <= 30 * 60, "half an hour without a measurement is heard");
}

#[test]
fn the_address_services_secret_is_shown_by_nobody() {
    let template = read();
    let parameter = part(&template, "/Parameters/AddressStandardizationSecret");
    assert_eq!((&parameter["NoEcho"], &parameter["Default"]), (&Value::from(true), &"".into()));
    let outputs = part(&template, "/Outputs").to_string();
    assert!(!outputs.contains("AddressStandardizationSecret"));
}

#[test]
fn the_stream_is_followed_from_its_beginning_and_what_fails_for_good_is_kept_and_heard_of() {
    let template = read();
    let mapping = part(&template, "/Resources/ChangesMapping/Properties");
    assert_eq!(mapping["StartingPosition"], "TRIM_HORIZON");
    assert_eq!(mapping["FunctionResponseTypes"], serde_json::json!(["ReportBatchItemFailures"]));
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    let pattern = text(mapping, "/FilterCriteria/Filters/0/Pattern");
    let pattern: Value = serde_json::from_str(pattern).expect("a pattern is JSON");
    let followed: Vec<&str> = pattern["dynamodb"]["Keys"]["pk"]["S"]
        .as_array()
        .expect("prefixes")
        .iter()
        .map(|one| one["prefix"].as_str().expect("a prefix"))
        .collect();
    assert_eq!(followed, store::keys::FOLLOWED);
    let bucket = part(mapping, "/DestinationConfig/OnFailure/Destination/Fn::GetAtt");
    assert_eq!(bucket, "FailedChanges.Arn");
    for alarm in ["ChangesLateAlarm", "ChangesPutAsideAlarm"] {
        let alarm = part(&template, &format!("/Resources/{alarm}/Properties"));
        assert!(alarm["AlarmActions"].is_array(), "{alarm}");
    }
    // An hour, where the stream keeps a day.
    let late = part(&template, "/Resources/ChangesLateAlarm/Properties");
    assert_eq!(
        (&late["MetricName"], &late["Threshold"]),
        (&"IteratorAge".into(), &3_600_000.into())
    );
    let bus = part(&template, "/Resources/FollowChanges/Properties/Environment/Variables");
    assert_eq!(bus, &serde_json::json!({ "EVENT_BUS": { "Ref": "Bus" } }));
    let archive = part(&template, "/Resources/Archive/Properties");
    assert_eq!(archive["RetentionDays"]["Ref"], "ArchiveDays");
}
