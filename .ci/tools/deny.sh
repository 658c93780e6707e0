#!/usr/bin/env bash
# Holds the dependencies against deny.toml: known faults, licences, unwanted crates, sources; and the lock files of the other workspaces against this one.
#
# The known faults come from RustSec's advisory database, which is fetched anew. Where it cannot be had (no network), the other three
# checks run and the last line says that advisories were skipped; ADVISORIES=required makes that a failure, as a release does.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/cargo-tool.sh

# The workspaces beside this one have lock files of their own, which fit what they take from here.
for beside in tests/bench/baselines tests/fuzz; do
    if ! cargo metadata --locked --format-version 1 --manifest-path "$beside/Cargo.toml" >/dev/null; then
        echo "$beside/Cargo.lock is behind: run cargo metadata there without --locked, and commit what it changes" >&2
        exit 1
    fi
done

deny=$(cargo_tool cargo-deny 0.20.2)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if "$deny" fetch db >"$log" 2>&1; then
    "$deny" check --hide-inclusion-graph advisories bans licenses sources
    exit
fi

"$deny" check --hide-inclusion-graph bans licenses sources
cat "$log" >&2
if [[ ${ADVISORIES:-} == required ]]; then
    echo "cargo deny: the advisory database cannot be had, and ADVISORIES=required" >&2
    exit 1
fi
echo "cargo deny: advisories SKIPPED, the advisory database cannot be had here (reason above)"
