"""The step `deploy` of .ci/run, from beginning to end; deploy.sh has built what it needs."""

import argparse
import contextlib
import pathlib
import sys
import time

import mistakes
import pool
import template as templates
import trials
from account import Account
from gate import Gate
from issuer import Issuer
from stage import Failed, Stage

STARTED = time.monotonic()


@contextlib.contextmanager
def told(what):
    began = time.monotonic()
    try:
        yield
    except Exception:
        print(f"FAILED  {what}", flush=True)
        raise
    print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--emulator", required=True, help="the Python that has the emulator")
    options.add_argument("--sam", required=True)
    options.add_argument("--aws", required=True, help="the folder with the AWS CLI")
    options.add_argument("--work", required=True, type=pathlib.Path, help="a folder with target/lambda in it")
    options = options.parse_args()
    issuer = Issuer(options.work)
    with Account(options.emulator, options.work, issuer.trusted) as account:
        stage = Stage(account, Gate(account), issuer, options.work)
        try:
            everything(stage, options.sam, options.aws)
        except Failed as failed:
            print(failed, file=sys.stderr)
            print(f"The account's last words:\n{account.complaints()}", file=sys.stderr)
            print(f"Refused at the gate:\n{chr(10).join(stage.gate.refused[-20:])}", file=sys.stderr)
            print(f"The functions' last words:\n{account.last_words()}", file=sys.stderr)
            return 1
    print(f"deployed and tried in {time.monotonic() - STARTED:.0f} s")
    return 0


def everything(stage, sam, aws):
    template = templates.read()
    with told("what the emulator does not know is still what it does not know"):
        if learned := list(templates.learned(stage.account)):
            raise Failed(f"The emulator knows by now, so take it out of the lists of template.py: {', '.join(learned)}")
    with told("sam deploy --config-env dev"):
        stage.deploy(sam, template)
    with told("the generated secret reaches the functions"):
        secret = trials.secret_reaches_the_functions(stage)
    # The stories begin with the first customer number, so they come before anything else; the next deployment starts new processes, which have taken none.
    with told("the events of events/"):
        trials.events(stage)
    with told("a second deployment with a changed control"):
        stage.deploy(sam, template, DefaultCountry="USA")
        stage.empty()
        trials.country_is(stage, "USA")
        if trials.secret_reaches_the_functions(stage) != secret:
            raise Failed("The secret has changed with the deployment.")
        trials.smoke(stage)
    with told("and back"):
        # A parameter that is not named keeps the value that the stack has.
        stage.deploy(sam, template, DefaultCountry="", ExampleQueue="true")
        trials.country_is(stage, "")
    with told("the smoke test"):
        trials.smoke(stage)
    with told("one request of every kind"):
        trials.corpus(stage)
    with told("what follows from a change"):
        trials.followed(stage)
    with told("what failed for good is sent again"):
        trials.sent_again(stage, aws)
    with told("the state machine audits the whole table"):
        trials.audited(stage)
    with told("every door and its scopes"):
        trials.doors(stage)
    with told("64 equal Adds, 50 associations of one DCN"):
        trials.crowd(stage)
    with told("no right on the whole table, and none that nobody needs"):
        trials.roles_are_narrow(stage)
        trials.rights_were_needed(stage)
    with told("mistakes in the template are noticed"):
        mistakes.are_noticed(stage, template)
    with told("CreateUserPool=true gives tokens that the API takes"):
        own_pool = Stage(stage.account, stage.gate, stage.issuer, stage.folder, "customer-master-pool")
        own_pool.deploy_packages_of(stage, template, CreateUserPool="true", DeletionProtection="false")
        trials.secret_reaches_the_functions(own_pool)
        pool.gives_tokens(own_pool)
        trials.rights_were_enough(own_pool)
    with told("sam delete keeps the table"):
        before = stage.items()
        stage.delete(sam)
        trials.table_survived(stage, before)


if __name__ == "__main__":
    sys.exit(main())
