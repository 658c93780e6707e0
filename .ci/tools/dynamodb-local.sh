#!/usr/bin/env bash
# The table's own tests and those through the front door once more, on Amazon's DynamoDB Local in place of the embedded database.
#
# tests/dynamodb-local starts the engine; this only sees to Java and Maven, and to its end. DYNAMODB_URL names an engine that runs already.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [[ -z ${DYNAMODB_URL:-} ]]; then
    if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
        echo "installing Java and Maven" >&2
        apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends default-jre-headless maven >&2
    fi
    said=$(mktemp)
    tests/dynamodb-local --engine either > "$said" &
    engine=$!
    trap 'kill "$engine" 2>/dev/null || true; wait "$engine" 2>/dev/null || true; rm -f "$said"' EXIT
    for _ in $(seq 1200); do
        [[ $(wc -l < "$said") -ge 2 ]] && break
        kill -0 "$engine" 2>/dev/null || { echo "no engine started" >&2; exit 1; }
        sleep 0.1
    done
    cat "$said"
    url=$(head -n 1 "$said")
    export DYNAMODB_URL=${url#listening on }
fi
cargo test --package suites --test table --test dealers --test events --test smoke
