"""What is tried on a deployed stage. Each trial ends quietly or with `Failed`, and none knows how the stage came to be."""

import json
import os
import re
import subprocess
import time

import boto3
import door
from samcli.yamlhelper import yaml_parse
from stage import COUNTER, Failed

SCOPES = ("dealer", "customers", "steward", "privacy")
DEALER_CODE = "SMOKE"
FOLLOWED_WITHIN = 60
# What the template calls the secret's bytes is the functions' own limit.
SECRET_BYTES = 32

# Rights that a run needs or does not, as it happens; tests/suites/deployment/rights.rs holds each of them against what is made to happen there.
NEEDED_BY_CHANCE = (
    # Not everything is damaged here that an audit mends.
    "AuditCustomersRole, ",
    # What comes late of a person who is erased: whoever follows the changes may be faster than what comes.
    "FollowChangesRole, EmptyWhatIsLeft: ",
    # Whether a table was used whose counter is not there: whoever starts first on a new one asks.
    "AssociateDealerRole, Read: CHANGES#*",
    "AddCustomerRole, Read: CHANGES#*",
    "FixErrorRole, Read: CHANGES#*",
    # A pair that is decided on before whoever follows the changes has found it.
    "MergeCustomersRole, DecidePairs: PutItem",
)


def everybody(stage):
    """A token with every scope, and the dealer code of the smoke test."""
    return stage.issuer.token(" ".join(SCOPES), dealer_codes=f"{DEALER_CODE} TD68")


def rights_were_enough(stage):
    refused = sorted(set(stage.gate.take_refused()))
    if refused:
        raise Failed("Rights are missing:\n  " + "\n  ".join(refused))


def suite(stage, name, *filters, **variables):
    """A suite of the tests against the stage."""
    command = ["cargo", "test", "--quiet", "--package", "suites", "--test", name, "--", *filters]
    done = subprocess.run(command, env={**os.environ, "RUST_BACKTRACE": "0", **variables}, capture_output=True, text=True)
    rights_were_enough(stage)
    ran = re.search(r"test result: ok\. (\d+) passed", done.stdout)
    if done.returncode != 0 or not ran or ran[1] == "0":
        raise Failed(f"The suite {name} fails:\n{done.stdout[-6000:]}\n{done.stderr[-2000:]}")


def smoke(stage, token=None):
    """The smoke test, as the release checklist has it."""
    suite(stage, "smoke", BASE_URL=stage.url, TOKEN=token or everybody(stage), DEALER_CODE=DEALER_CODE)


def events(stage):
    """The sample events, each story on an empty table and before its function made any customer. Those of find-customer follow the stream between two events; here
    `followed` asks for what they do."""
    for package in ("associate_dealer", "add_customer", "fix_error"):
        stage.empty()
        suite(
            stage,
            "events",
            f"each_event_of_{package}_gets_its_answer",
            INVOKE_URL=f"{stage.gate.url}/invoke/{stage.stack}",
            DYNAMODB_URL=stage.account.url,
            TABLE_NAME=stage.table,
            KEY_SECRET=key_secret(stage),
        )


def corpus(stage):
    """One request of every kind, so that every role is asked for all that its function does."""
    stage.empty(but=[COUNTER])
    suite(stage, "deployment", "one_request_of_every_kind", BASE_URL=stage.url, TOKEN=everybody(stage))


def operations():
    """Every operation of the contract: method, path, scopes."""
    with open("openapi.yaml", encoding="utf-8") as file:
        contract = yaml_parse(file.read())
    for path, methods in contract["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                scopes = [scope for requirement in operation["security"] for scope in requirement.get("bearer", [])]
                yield method.upper(), re.sub(r"\{\w+\}", "0000000000000009", path), scopes


def doors(stage):
    """Each door opens to those scopes that the contract names, and the gateway itself turns everybody else away."""
    bad = []

    def held(method, path, who, answer, expected):
        by_the_gateway = answer.headers.get("x-request-id") is None
        if expected is None:
            right = answer.status not in (401, 403) and not by_the_gateway
        else:
            right = answer.status == expected and by_the_gateway
        if not right:
            by = "the gateway" if by_the_gateway else "a function"
            bad.append(f"{method} {path} {who}: {answer} by {by}, and not {expected or 'let in'}")

    for method, path, scopes in operations():
        def asked(token):
            return door.ask(stage, method, path, token, {} if method in ("POST", "PATCH") else None)

        held(method, path, "of a stranger", asked(None), 401 if scopes else None)
        if not scopes:
            continue
        for why, token in stage.issuer.bad_tokens().items():
            held(method, path, f"with a token {why}", asked(token), 401)
        held(method, path, "without a scope", asked(stage.issuer.token()), 403)
        for scope in SCOPES:
            token = stage.issuer.token(scope, dealer_codes="0000000000000009")
            held(method, path, f"with the scope {scope}", asked(token), None if scope in scopes else 403)
    rights_were_enough(stage)
    if bad:
        raise Failed("Doors are not as the contract says:\n  " + "\n  ".join(bad))


def message(name, check="Y"):
    return {
        "type": "CWCustomerIn",
        "source": "CROWD",
        "CustSoldTo": {
            "cst_send_response": "Y", "cst_duplicate": check, "cst_fname": "Crowd", "cst_lname": name, "cst_street_addr": f"{name} Example Street",
            "cst_city": "Westborough", "cst_state": "MA", "cst_zip": "01581", "cst_country": "USA", "cst_email_status": "O1",
        },
    }  # fmt: skip


def counted(answers):
    counts = {}
    for answer in answers:
        counts[answer.status] = counts.get(answer.status, 0) + 1
    return counts


def crowd(stage):
    """64 equal Adds make one customer, and 50 associations of one DCN associate one."""
    token = everybody(stage)
    adds = door.all_at_once([lambda: door.ask_until_decided(stage, "POST", "/customers", token, message("Multitude"))] * 64)
    numbers = {answer.json["CustSoldTo"]["cst_cust_nbr"] for answer in adds}
    if counted(adds) != {201: 1, 409: 63} or len(numbers) != 1:
        raise Failed(f"64 equal Adds: {counted(adds)}, numbers {numbers}")

    def associate(which):
        address = {"line1": f"{which} Quarry Road", "city": "Westborough", "state": "MA", "postalCode": "01581", "country": "USA"}
        body = {"dealerCode": DEALER_CODE, "dealerCustomerNumber": "CROWD-1", "businessName": f"Quarry {which}", "address": address}
        return lambda: door.ask_until_decided(stage, "POST", "/dealer-customers", token, body)

    associations = door.all_at_once([associate(which) for which in range(50)])
    if counted(associations) != {201: 1, 400: 49}:
        raise Failed(f"50 associations of one DCN: {counted(associations)}")
    made = next(answer.json["customerOrganizationIdentifier"] for answer in associations if answer.status == 201)
    read = door.ask(stage, "GET", f"/dealer-customers/{DEALER_CODE}/CROWD-1", token)
    if read.status != 200 or read.json["customerOrganizationIdentifier"] != made:
        raise Failed(f"The association that was made is not the one that is there: {read}")
    rights_were_enough(stage)


def until(what, asked):
    """What a question comes to as soon as it is something; the stream is behind the table by a moment."""
    deadline = time.monotonic() + FOLLOWED_WITHIN
    while not (came := asked()):
        if time.monotonic() > deadline:
            raise Failed(f"After {FOLLOWED_WITHIN} s still not so: {what}")
        time.sleep(0.2)
    return came


def pulled(stage):
    """All changes that whoever pulls is told."""
    token, after = everybody(stage), ""
    while True:
        answer = door.ask_until_decided(stage, "GET", f"/changes?limit=500{after}", token)
        if answer.status != 200:
            raise Failed(f"The changes cannot be pulled: {answer}")
        if not answer.json["changes"]:
            return
        yield from answer.json["changes"]
        after = f"&after={answer.json['next']}"


def followed(stage):
    """A customer is found by all that is known of it, has a history, is told to who pulls and to who subscribes, and is taken out of all of it when it is erased."""
    token = everybody(stage)
    told = message("Follower")
    told["CustSoldTo"] |= {"cst_email": "follower@example.com", "cst_interface_cust_nbr": "FOLLOWER-1", "cst_relate_id": "FOLLOWER-2"}
    added = door.ask_until_decided(stage, "POST", "/customers", token, told)
    if added.status != 201:
        raise Failed(f"A customer to follow: {added}")
    number = added.json["CustSoldTo"]["cst_cust_nbr"]
    dealer = {"dealerCode": DEALER_CODE, "dealerCustomerNumber": "FOLLOWER-3", "customerOrganizationIdentifier": added.json["customerOrganizationIdentifier"]}
    associated = door.ask_until_decided(stage, "POST", "/dealer-customers", token, dealer)
    if associated.status != 201:
        raise Failed(f"A dealer's customer to follow: {associated}")

    def asked(path):
        answer = door.ask_until_decided(stage, "GET", path, token)
        if answer.status != 200:
            raise Failed(f"GET {path}: {answer}")
        return answer.json

    def found_by(query):
        return [found["customerNumber"] for found in asked(f"/customers?{query}")["customers"]] == [number]

    for query in (
        "email=follower@example.com",
        "name=follower&postalCode=01581",
        "alternateNumber=FOLLOWER-1",
        "relateId=FOLLOWER-2",
        f"dcn={DEALER_CODE}%7CFOLLOWER-3",
    ):
        until(f"the customer is found by {query}", lambda: found_by(query))

    def history():
        return asked(f"/customers/{number}/history")["history"]

    until("the history tells of the association", lambda: {"created", "associated"} <= {entry["what"] for entry in history()})

    def created(change):
        return change.get("customerNumber") == number and change["type"] == "customer.created"

    change = until("who pulls is told", lambda: next(filter(created, pulled(stage)), None))
    queue = stage.account.client("sqs")
    url = stage.resources["ExampleSubscriberQueue"]

    def delivered():
        for told in queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            queue.delete_message(QueueUrl=url, ReceiptHandle=told["ReceiptHandle"])
            event = json.loads(told["Body"])
            if created(event["detail"]):
                return event

    event = until("who subscribes is told", delivered)
    if event["detail"] != change or event["detail-type"] != change["type"]:
        raise Failed(f"Who subscribes is told {event}, and who pulls {change}")

    erased = door.ask_until_decided(stage, "POST", f"/customers/{number}/erase", token, {})
    if erased.status not in (200, 204):
        raise Failed(f"The customer cannot be erased: {erased}")
    until("the erasure is in the history", lambda: "erased" in {entry["what"] for entry in history()})
    until("no value is left in the history", lambda: not any(part["before"] or part["after"] for entry in history() for part in entry["changed"]))
    if asked("/customers?email=follower@example.com")["customers"]:
        raise Failed("Who was erased is found by an e-mail address.")
    rights_were_enough(stage)


def sent_again(stage, aws):
    """Of what lies in the bucket, send-again.sh brings home what can be followed and says what still fails. The objects are written here as Lambda writes them: the
    emulator's stream puts nothing aside."""
    s3, bucket = stage.account.client("s3"), stage.resources["FailedChanges"]
    for name in ("customer-created", "unreadable-record"):
        with open(f"events/follow-changes/{name}.json", encoding="utf-8") as file:
            record = {"version": "1.0", "requestContext": {"condition": "RetryAttemptsExhausted"}, "payload": file.read()}
        s3.put_object(Bucket=bucket, Key=f"aws/lambda/{name}", Body=json.dumps(record).encode())
    number, known = "000000001", len([change for change in pulled(stage) if change.get("customerNumber") == "000000001"])

    def send():
        environment = stage.account.asked_by()
        environment = {**environment, "PATH": f"{aws}{os.pathsep}{environment.get('PATH', os.environ['PATH'])}"}
        command = [".ci/tools/send-again.sh", bucket, stage.resources["FollowChanges"]]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def left():
        return [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]

    status, said = send()
    if status != 1 or left() != ["aws/lambda/unreadable-record"] or "still fails: aws/lambda/unreadable-record" not in said:
        raise Failed(f"One of two can be followed, and send-again.sh ends with {status}, leaves {left()} and says:\n{said}")
    told = [change for change in pulled(stage) if change.get("customerNumber") == number]
    if len(told) != known + 1:
        raise Failed(f"What was sent again is not told: {told}")
    s3.delete_object(Bucket=bucket, Key="aws/lambda/unreadable-record")
    status, said = send()
    if status != 0 or said:
        raise Failed(f"Nothing lies in the bucket, and send-again.sh ends with {status} and says:\n{said}")
    rights_were_enough(stage)


def audit(stage, mend):
    """What the state machine finds in all segments together: by kind, how much was found and mended."""
    machines = stage.account.client("stepfunctions")
    execution = machines.start_execution(stateMachineArn=stage.outputs["AuditArn"], input=json.dumps({"mend": mend}))["executionArn"]

    def ended():
        told = machines.describe_execution(executionArn=execution)
        return told["status"] != "RUNNING" and told

    told = until("the audit ends", ended)
    if told["status"] != "SUCCEEDED":
        raise Failed(f"The audit {told['status']}: {told.get('error')} {told.get('cause')}")
    segments = json.loads(told["output"])["audited"]
    if not all(segment["done"] for segment in segments):
        raise Failed(f"The audit ends before it is done: {segments}")
    rights_were_enough(stage)
    found = {}
    for segment in segments:
        for kind, counts in segment["report"]["damage"].items():
            before = found.get(kind, (0, 0))
            found[kind] = (before[0] + counts["found"], before[1] + counts["mended"])
    return found


def audited(stage):
    """The state machine audits the whole table: what is lost is found and mended, and found no more."""
    # The stories before have emptied the table behind everybody's back.
    audit(stage, True)
    if found := audit(stage, False):
        raise Failed(f"A table that was mended is damaged: {found}")
    database = stage.account.client("dynamodb")
    claims = database.scan(
        TableName=stage.table,
        FilterExpression="begins_with(pk, :relate) AND attribute_exists(organization)",
        ExpressionAttributeValues={":relate": {"S": "RELATE#"}},
    )["Items"]
    database.delete_item(TableName=stage.table, Key={name: claims[0][name] for name in ("pk", "sk")})
    for mend, expected in ((False, {"number-without-claim": (1, 0)}), (True, {"number-without-claim": (1, 1)}), (True, {})):
        if (found := audit(stage, mend)) != expected:
            raise Failed(f"After a claim was lost the audit finds {found} and not {expected}")


def without_country():
    told = message("Stateless")
    del told["CustSoldTo"]["cst_country"]
    return told


def country_is(stage, wanted):
    """Whether the control DEFAULT_COUNTRY is this one, told from what a message without a country is answered."""
    answer = door.ask_until_decided(stage, "POST", "/customers?dryRun=true", everybody(stage), without_country())
    if answer.status != (201 if wanted else 422):
        raise Failed(f"With the default country {wanted or 'of none'} a message without one is answered {answer}")
    rights_were_enough(stage)


def key_secret(stage):
    """The generated secret."""
    secrets = stage.account.client("secretsmanager")
    return secrets.get_secret_value(SecretId=stage.resources["KeySecret"])["SecretString"]


def secret_reaches_the_functions(stage):
    """The generated secret is each function's KEY_SECRET; what it is, is not shown."""
    secret = key_secret(stage)
    if len(secret.encode()) < SECRET_BYTES:
        raise Failed("The generated secret is too short.")
    for function in ("AssociateDealer", "AddCustomer", "FixError", "FindCustomer", "MergeCustomers", "FollowChanges", "AuditCustomers"):
        if stage.variables(function).get("KEY_SECRET") != secret:
            raise Failed(f"{function} does not have the generated secret.")
    return secret


def table_survived(stage, before):
    """After `sam delete` the stack is gone and the table is there, with what it held."""
    stacks = stage.cloudformation.list_stacks()["StackSummaries"]
    if any(one["StackName"] == stage.stack and one["StackStatus"] != "DELETE_COMPLETE" for one in stacks):
        raise Failed("The stack is still there.")
    if stage.items() != before:
        raise Failed(f"The table held {before} items and holds {stage.items()}.")
    secrets = stage.account.client("secretsmanager")
    if not secrets.get_secret_value(SecretId=stage.resources["KeySecret"])["SecretString"]:
        raise Failed("The secret is gone.")
    left = [one["FunctionName"] for one in stage.account.client("lambda").list_functions()["Functions"] if stage.stack in one["FunctionName"]]
    if left:
        raise Failed(f"Functions are left: {left}")


def roles_are_narrow(stage):
    """No role allows anything on the whole table, or on partitions that are not named."""
    actions = sorted(boto3.client("dynamodb", region_name="us-east-1").meta.service_model.operation_names)
    actions += ["ConditionCheckItem", "PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"]
    roles = [role for (stack, _), role in stage.gate.roles.items() if stack == stage.stack]
    wide = [what for role in roles for what in role.table_wide(actions, stage.table, "gsi1")]
    # Only the audit walks the table, and no partition can be named for that.
    wide = [what for what in wide if not what.startswith("AuditCustomersRole: Scan on ")]
    if wide:
        raise Failed("Roles allow more than single partitions:\n  " + "\n  ".join(wide))


def rights_were_needed(stage):
    """Every right of every role was needed by a call of this run."""
    unused = [what for (stack, _), role in stage.gate.roles.items() if stack == stage.stack for what in role.unused()]
    unused = [what for what in unused if not what.startswith(NEEDED_BY_CHANCE)]
    if unused:
        raise Failed("Nobody needed these rights:\n  " + "\n  ".join(unused))
