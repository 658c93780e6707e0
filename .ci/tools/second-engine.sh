#!/usr/bin/env bash
# Runs the tests through the front door on a second engine: Amazon's DynamoDB Local, in place of the embedded one.
#
# tests/dynamodb-local starts it on this machine alone and says where it listens; it is stopped at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
tests/dynamodb-local --port 0 >"$work/out" 2>"$work/log" &
engine=$!
trap 'kill "$engine" 2>/dev/null || true; wait "$engine" 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1800); do
    url=$(sed -n 's/^listening on //p' "$work/out")
    [[ -n $url ]] && break
    kill -0 "$engine" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
done
[[ -n $url ]] || { cat "$work/log" >&2; echo "the second engine does not say where it listens" >&2; exit 1; }
cat "$work/out"
DYNAMODB_URL=$url cargo test --package tests --test black_box
