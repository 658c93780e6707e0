//! What the template's roles allow is what the functions do: every call of every operation is recorded, and held against the policy of its
//! function. Nothing they do is missing there, and nothing stands there that none of them does.

use std::collections::BTreeSet;

use kit::recorder::Recorded;
use serde_json::Value;

use crate::template::{part, read};
use crate::{corpus, damage};

/// One access to one partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Access {
    action: String,
    index: bool,
    partition: String,
    in_transaction: bool,
}

/// A statement of a policy, as far as it is about the table.
#[derive(Debug)]
struct Grant {
    sid: String,
    actions: Vec<String>,
    index: bool,
    partitions: Vec<String>,
    only_in_transactions: bool,
}

impl Grant {
    fn covers(&self, partition: &str) -> bool {
        self.partitions.iter().any(|pattern| is_like(pattern, partition))
    }

    fn allows(&self, access: &Access) -> bool {
        self.actions.contains(&access.action)
            && self.index == access.index
            && self.covers(&access.partition)
            && (access.in_transaction || !self.only_in_transactions)
    }
}

/// IAM's `StringLike`, as far as the template uses it: a text, or a beginning and a star.
fn is_like(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => text == pattern,
    }
}

/// What a role grants on the table and its index.
fn grants(role: &str) -> Vec<Grant> {
    let template = read();
    let pointer = format!("/Resources/{role}/Properties/Policies/0/PolicyDocument/Statement");
    let statements = part(&template, &pointer).as_array().expect("statements");
    let texts = |value: &Value| -> Vec<String> {
        let listed = value.as_array().into_iter().flatten();
        let texts = value.as_str().into_iter().chain(listed.filter_map(Value::as_str));
        texts.map(str::to_owned).collect()
    };
    statements
        .iter()
        .filter_map(|statement| {
            let actions: Vec<String> = texts(&statement["Action"])
                .iter()
                .filter_map(|action| action.strip_prefix("dynamodb:"))
                .map(str::to_owned)
                .collect();
            if actions.is_empty() {
                return None;
            }
            let sid = statement["Sid"].as_str().expect("a statement has a name");
            // Lambda reads the stream with the function's role; the function itself does not.
            if sid == "ReadStream" {
                return None;
            }
            // Only the audit walks the whole table, and no partition can be named for that.
            if actions == ["Scan"] {
                assert_eq!((role, sid), ("AuditCustomersRole", "Walk"));
                return None;
            }
            assert_eq!(statement["Effect"], "Allow", "{sid}");
            let resource = statement["Resource"]["Fn::Sub"][0]
                .as_str()
                .unwrap_or_else(|| panic!("{sid} names one table"));
            let condition = &statement["Condition"];
            assert_eq!(
                condition["Null"]["dynamodb:LeadingKeys"], "false",
                "{sid} holds only for calls that name a partition"
            );
            let partitions = texts(&condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]);
            assert!(!partitions.is_empty(), "{sid} names partitions");
            let enclosing = &condition["ForAnyValue:StringEquals"]["dynamodb:EnclosingOperation"];
            Some(Grant {
                sid: sid.to_owned(),
                actions,
                index: resource.ends_with(&format!("/index/{}", store::keys::INDEX)),
                partitions,
                only_in_transactions: texts(enclosing) == ["TransactWriteItems"],
            })
        })
        .collect()
}

/// The accesses of a call; those of a transaction together.
fn accesses(call: &Recorded) -> Vec<Access> {
    let body = &call.body;
    let access = |action: &str, partition: &Value, in_transaction| Access {
        action: action.to_owned(),
        index: body["IndexName"].is_string(),
        partition: partition
            .as_str()
            .unwrap_or_else(|| panic!("a partition is named in {body}"))
            .to_owned(),
        in_transaction,
    };
    let single = |action: &str, of: &Value, in_transaction| {
        let key = if action == "PutItem" { &of["Item"] } else { &of["Key"] };
        access(action, &key["pk"]["S"], in_transaction)
    };
    match call.action.as_str() {
        action @ ("GetItem" | "PutItem" | "UpdateItem" | "DeleteItem") => {
            vec![single(action, body, false)]
        }
        "BatchGetItem" => body["RequestItems"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(_, of)| of["Keys"].as_array().into_iter().flatten())
            .map(|key| access("BatchGetItem", &key["pk"]["S"], false))
            .collect(),
        "Query" => {
            let condition = body["KeyConditionExpression"].as_str().expect("a condition");
            let (_, first) = condition.split_once('=').expect("the partition comes first");
            let name = first.split_whitespace().next().expect("a value");
            vec![access("Query", &body["ExpressionAttributeValues"][name]["S"], false)]
        }
        "TransactWriteItems" => body["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|item| item.as_object().into_iter().flatten())
            .map(|(kind, of)| {
                let action = match kind.as_str() {
                    "Put" => "PutItem",
                    "Update" => "UpdateItem",
                    "Delete" => "DeleteItem",
                    "ConditionCheck" => "ConditionCheckItem",
                    other => panic!("{other} is no part of a transaction"),
                };
                single(action, of, true)
            })
            .collect(),
        "TransactGetItems" => body["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|item| single("GetItem", &item["Get"], true))
            .collect(),
        // Walking has a statement of its own.
        "Scan" => Vec::new(),
        other => panic!("the functions do not call {other}"),
    }
}

#[tokio::test]
async fn each_role_allows_what_its_function_does_and_no_more() {
    let mut calls = corpus::calls().await;
    calls.insert("audit-customers", damage::calls().await);
    for (function, role) in [
        ("associate-dealer", "AssociateDealerRole"),
        ("add-customer", "AddCustomerRole"),
        ("fix-error", "FixErrorRole"),
        ("find-customer", "FindCustomerRole"),
        ("merge-customers", "MergeCustomersRole"),
        ("follow-changes", "FollowChangesRole"),
        ("audit-customers", "AuditCustomersRole"),
    ] {
        let grants = grants(role);
        let mut done = BTreeSet::new();
        for call in &calls[function] {
            let accesses = accesses(call);
            for access in &accesses {
                // IAM may judge a transaction or a batch as a whole: then one statement must name all of its partitions.
                let allowed = grants.iter().any(|grant| {
                    grant.allows(access)
                        && accesses.iter().all(|other| grant.covers(&other.partition))
                });
                assert!(allowed, "{role} does not allow {access:?} of {accesses:?}");
            }
            done.extend(accesses);
        }
        for grant in &grants {
            let used: Vec<&Access> = done.iter().filter(|access| grant.allows(access)).collect();
            for action in &grant.actions {
                assert!(
                    used.iter().any(|access| access.action == *action),
                    "{role}, {}: nobody needs {action}",
                    grant.sid
                );
            }
            for pattern in &grant.partitions {
                assert!(
                    used.iter().any(|access| is_like(pattern, &access.partition)),
                    "{role}, {}: nobody needs {pattern}",
                    grant.sid
                );
            }
        }
    }
}

#[test]
fn a_pattern_is_a_text_or_a_beginning() {
    assert!(is_like("BLOCK#*", "BLOCK#0123"));
    assert!(is_like("COUNTER#CUSTOMER", "COUNTER#CUSTOMER"));
    assert!(!is_like("COUNTER#CUSTOMER", "COUNTER#CUSTOMERS"));
    assert!(!is_like("ERROR#*", "ERRORS#open#1"));
}
