#!/usr/bin/env bash
# Deploys template.yaml into an emulated account on this machine, as `sam deploy --config-env dev` does it, and tries what is there: see
# .ci/tools/deploy/trials.py for what is tried, .ci/tools/deploy/template.py for what the emulator does not know.
#
# The packages are the functions as the tests build them, for this machine, without their symbols. The emulator and SAM come from PyPI, each at
# a pinned version under target/tools. Nothing leaves this machine; all processes end with this one.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/python-tool.sh

target=${CARGO_TARGET_DIR:-target}
# Its botocore is pinned, so it has an environment of its own. It needs the translator for SAM's transform and cryptography for tokens.
emulator=$(python_tool ministack==1.5.33 aws-sam-translator==1.115.0 cryptography==50.0.2)
sam=$(python_tool aws-sam-cli==1.170.0 boto3==1.43.108 "pyjwt[crypto]==2.15.1")

cargo build --quiet --package chaos --bins
cargo test --quiet --no-run --package suites --test smoke --test events --test deployment

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for function in functions/*/; do
    function=$(basename "$function")
    mkdir -p "$work/target/lambda/$function"
    strip -o "$work/target/lambda/$function/bootstrap" "$target/debug/chaos-$function"
done
PYTHONDONTWRITEBYTECODE=1 "$sam/python" .ci/tools/deploy/deploy.py --emulator "$emulator/python" --sam "$sam/sam" --work "$work" "$@"
