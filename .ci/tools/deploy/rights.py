"""IAM's judgement of one call of the database under a role's policies, as far as the template uses IAM; what it uses besides is an error here.

The emulator enforces roles, but does not know `dynamodb:LeadingKeys`, on which every right of the template rests.
"""

import dataclasses
import fnmatch
import json
import re

TRANSACTION_ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
# Lambda itself reads the stream with these, under the function's role; the emulator takes the records from its table without a call.
READING_A_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator")
SINGLE_ITEM = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")


@dataclasses.dataclass(frozen=True)
class Access:
    """One access that IAM judges: an action on a table or an index, the partitions that it names, and what it is a part of."""

    action: str
    table: str
    index: str | None
    partitions: tuple[str, ...] | None
    enclosing: str | None = None

    def resource(self, tables):
        return f"{tables}{self.table}" + (f"/index/{self.index}" if self.index else "")

    def __str__(self):
        where = f"{self.table}/{self.index}" if self.index else self.table
        within = f" in {self.enclosing}" if self.enclosing else ""
        return f"{self.action} on {where} of {', '.join(self.partitions) if self.partitions else 'no partition'}{within}"


def accesses(action, body):
    """The accesses of a call. IAM may judge a transaction item by item or as a whole, so each item is there with its own partition and with all."""
    if action in SINGLE_ITEM:
        of = body["Item"] if action == "PutItem" else body["Key"]
        return [Access(action, body["TableName"], None, (of["pk"]["S"],))]
    if action == "Query":
        named = re.search(r"=\s*(:\w+)", body["KeyConditionExpression"])
        partition = body["ExpressionAttributeValues"][named[1]]["S"]
        return [Access(action, body["TableName"], body.get("IndexName"), (partition,))]
    if action == "BatchGetItem":
        return [Access(action, table, None, tuple(key["pk"]["S"] for key in of["Keys"])) for table, of in body["RequestItems"].items()]
    if action == "TransactGetItems":
        gets = [item["Get"] for item in body["TransactItems"]]
        everything = tuple(get["Key"]["pk"]["S"] for get in gets)
        return [Access("GetItem", get["TableName"], None, partitions, action) for get in gets for partitions in ((get["Key"]["pk"]["S"],), everything)]
    if action == "TransactWriteItems":
        items = []
        for item in body["TransactItems"]:
            ((kind, of),) = item.items()
            key = of["Item"] if kind == "Put" else of["Key"]
            items.append(Access(TRANSACTION_ACTIONS[kind], of["TableName"], None, (key["pk"]["S"],), action))
        everything = tuple(item.partitions[0] for item in items)
        return items + [dataclasses.replace(item, partitions=everything) for item in items]
    return [Access(action, body.get("TableName", ""), body.get("IndexName"), None)]


def listed(value):
    return value if isinstance(value, list) else [value]


def like(text, pattern):
    # IAM knows no brackets.
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def holds(operator, key, wanted, access):
    keys = {
        "dynamodb:LeadingKeys": access.partitions,
        "dynamodb:EnclosingOperation": (access.enclosing,) if access.enclosing else None,
    }
    if key not in keys:
        raise ValueError(f"A policy has a condition on {key}, which is not known here.")
    there = keys[key]
    match operator:
        case "Null":
            return (there is None) == (str(wanted).lower() == "true")
        case "ForAllValues:StringLike":
            return all(any(like(one, pattern) for pattern in listed(wanted)) for one in there or ())
        case "ForAnyValue:StringEquals":
            return any(one in listed(wanted) for one in there or ())
    raise ValueError(f"A policy has the condition operator {operator}, which is not known here.")


class Statement:
    """One statement of a policy."""

    def __init__(self, role, told):
        unknown = set(told) - {"Sid", "Effect", "Action", "Resource", "Condition"}
        if unknown or told["Effect"] != "Allow":
            raise ValueError(f"{role} has a statement that is not known here: {json.dumps(told)}")
        self.name = f"{role}, {told['Sid']}"
        self.actions = [action.removeprefix("dynamodb:") for action in listed(told["Action"]) if action.startswith(("dynamodb:", "*"))]
        self.resources = listed(told["Resource"])
        self.conditions = [(operator, key, wanted) for operator, keys in told.get("Condition", {}).items() for key, wanted in keys.items()]
        self.partitions = [
            pattern
            for operator, key, wanted in self.conditions
            if (operator, key) == ("ForAllValues:StringLike", "dynamodb:LeadingKeys")
            for pattern in listed(wanted)
        ]

    def allows(self, access, tables):
        return (
            any(like(access.action, action) for action in self.actions)
            and any(like(access.resource(tables), resource) for resource in self.resources)
            and all(holds(*condition, access) for condition in self.conditions)
        )


class Role:
    """What a role allows on tables, and which of it was used."""

    def __init__(self, name, documents, tables):
        self.name = name
        self.tables = tables
        self.statements = [Statement(name, told) for document in documents for told in listed(document["Statement"])]
        # Rights on logs and traces are not about the database.
        self.statements = [statement for statement in self.statements if statement.actions]
        self.used = set()

    def allows(self, access):
        allowing = [statement for statement in self.statements if statement.allows(access, self.tables)]
        for statement in allowing:
            for partition in access.partitions or ():
                self.used.update((statement.name, access.action, pattern) for pattern in statement.partitions if like(partition, pattern))
        return bool(allowing)

    def unused(self):
        """The rights that no call needed."""
        for statement in self.statements:
            for action in statement.actions:
                if action not in READING_A_STREAM and not any(use[:2] == (statement.name, action) for use in self.used):
                    yield f"{statement.name}: {action}"
            for pattern in statement.partitions:
                if not any((use[0], use[2]) == (statement.name, pattern) for use in self.used):
                    yield f"{statement.name}: {pattern}"

    def table_wide(self, operations, table, index):
        """The operations that it allows on the table, its index or all tables without naming a partition of ours."""
        for operation in operations:
            for where in (Access(operation, table, None, None), Access(operation, table, index, None), Access(operation, "*", None, None)):
                for partitions in (None, ("a partition of nobody",)):
                    for enclosing in (None, "TransactWriteItems"):
                        access = dataclasses.replace(where, partitions=partitions, enclosing=enclosing)
                        if any(statement.allows(access, self.tables) for statement in self.statements):
                            yield f"{self.name}: {access}"
