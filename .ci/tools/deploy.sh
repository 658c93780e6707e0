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
# Its botocore is pinned as well.
aws=$(python_tool awscli==1.46.3)
sam=$(python_tool aws-sam-cli==1.170.0 boto3==1.43.108 "pyjwt[crypto]==2.15.1")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

functions=()
for function in functions/*/; do functions+=("$(basename "$function")"); done

# packages FOLDER: the functions that were built last, one folder each. A function that the last release did not have is this tree's.
packages() {
    local function program
    for function in "${functions[@]}"; do
        mkdir -p "$1/$function"
        program=$target/debug/chaos-$function
        # One that answers no requests is no program of the chaos run.
        [[ -e $program ]] || program=$target/debug/$function
        strip -o "$1/$function/bootstrap" "$program"
    done
}

# The last release is the last tag before this commit; RELEASE names another commit. It is built with the same target folder, so that what both depend
# on is built once; its own crates are kept apart by a profile without debug information, for cargo would take them for those of this tree. Where the
# history shows no release, as in a shallow clone, this tree takes its place, with another control.
before=()
release=${RELEASE:-$(git describe --tags --abbrev=0 HEAD^ 2>/dev/null || true)}
if [[ -n $release ]]; then
    commit=$(git rev-parse --verify "$release^{commit}")
    source=$target/tools/release-$commit
    if [[ ! -e $source/complete ]]; then
        rm -rf "$source"
        mkdir -p "$source"
        # With the time of now, so that nothing that was built of another release counts as built of this one.
        git archive "$commit" | tar --extract --touch --directory "$source"
        touch "$source/complete"
    fi
    apart=()
    for member in "$source"/{functions,shared,tests}/*/Cargo.toml; do
        apart+=(--config "profile.dev.package.$(basename "$(dirname "$member")").debug=false")
    done
    cargo build --quiet --manifest-path "$source/Cargo.toml" --target-dir "$target" "${apart[@]}" --package chaos --bins
    packages "$work/before"
    other="the release $release"
else
    before=(--beside-with BYPASS_EDITS_FOR_XSTORE=true)
    other="this tree with another control, for no release is reachable"
fi
cargo build --quiet --package chaos --package follow-changes --package audit-customers --bins
cargo test --quiet --no-run --package suites --test smoke --test events --test deployment
packages "$work/target/lambda"
[[ -n $release ]] || cp -r "$work/target/lambda" "$work/before"
if [[ -n $release ]] && ! git diff --quiet "$commit" -- functions shared && diff -rq "$work/before" "$work/target/lambda" >/dev/null; then
    echo "the packages of $release are those of this tree" >&2
    exit 1
fi

PYTHONDONTWRITEBYTECODE=1 "$sam/python" .ci/tools/deploy/deploy.py --emulator "$emulator/python" --sam "$sam/sam" --aws "$aws" --work "$work"

# Forward and back while requests run. Nothing else goes wrong meanwhile: what the database and dying processes can do is tried by the tests of chaos.
echo "rolling forward from $other, and back"
for release_of in before target/lambda; do
    mkdir -p "$work/programs/$release_of"
    for function in "${functions[@]}"; do
        ln "$work/$release_of/$function/bootstrap" "$work/programs/$release_of/$function"
    done
done
"$target/debug/chaos" --calm --requests 1000 --clients 6 --binaries "$work/programs/target/lambda" --beside "$work/programs/before" "${before[@]}"
