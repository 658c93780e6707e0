#!/usr/bin/env bash
# Tries the functions under cargo-lambda: `cargo lambda watch` and `cargo lambda invoke` with sample events, against the embedded database.
#
# It decides nothing about the functions; the sample events have tests of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools/cargo-lambda.sh

target=${CARGO_TARGET_DIR:-target}

scratch=$(mktemp -d)
started=()
finish() {
    for process in "${started[@]}"; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap finish EXIT

# first_line FILE PROCESS: waits until a program has said where it listens.
first_line() {
    for _ in $(seq 600); do
        if [[ -s $1 ]]; then head -n 1 "$1"; return; fi
        kill -0 "$2" 2>/dev/null || break
        sleep 0.1
    done
    echo "a program said nothing:" >&2
    cat "$1" "$scratch"/*.log >&2
    return 1
}

cargo build --quiet --package local --bin database
"$target/debug/database" > "$scratch/database" 2> "$scratch/database.log" &
started+=($!)
database=$(first_line "$scratch/database" $!)
export AWS_ENDPOINT_URL_DYNAMODB=${database#listening on } TABLE_NAME=customer-master KEY_SECRET="the secret of a stage on this machine, for this check"
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cargo lambda watch --offline --ignore-changes --invoke-address 127.0.0.1 --invoke-port "$port" > "$scratch/watch.log" 2>&1 &
started+=($!)
watch=$!
for _ in $(seq 600); do
    if curl --silent --output /dev/null "http://127.0.0.1:$port/"; then break; fi
    kill -0 "$watch" 2>/dev/null || { cat "$scratch/watch.log" >&2; exit 1; }
    sleep 0.1
done

# invoke FUNCTION CASE STATUS: the first invocation of a function also builds it, which may take a while.
invoke() {
    local answer status
    if ! answer=$(timeout 900 cargo lambda invoke --invoke-address 127.0.0.1 --invoke-port "$port" "$1" --data-file "events/$1/$2.json" 2> "$scratch/invoke.log"); then
        echo "$1 $2 failed:" >&2
        cat "$scratch/invoke.log" "$scratch/watch.log" >&2
        return 1
    fi
    status=$(python3 -c 'import json, sys; print(json.loads(sys.stdin.read())["statusCode"])' <<< "$answer")
    if [[ $status != "$3" ]]; then
        echo "$1 $2 answered $status and not $3: $answer" >&2
        return 1
    fi
    echo "$1 $2: $status"
}

invoke associate-dealer associate-created 201
invoke associate-dealer associate-taken 400
invoke associate-dealer read-dealer-customer 200
invoke associate-dealer associate-without-claims 401
invoke add-customer add-created-json 201
invoke add-customer add-created-xml 201
invoke add-customer add-failure-json 422
invoke add-customer method-not-allowed 405
invoke find-customer find-nobody 200
invoke find-customer find-nothing-asked 400
invoke find-customer changes 200
invoke merge-customers erase-unknown 404
invoke fix-error list 200
invoke fix-error show-unknown 404
invoke fix-error console 200

# A route goes to its function: without claims, which cargo-lambda cannot make up, the function itself answers 401; the console asks for none.
routed() {
    local status
    status=$(curl --silent --output /dev/null --max-time 900 --write-out '%{http_code}' --request "$1" "http://127.0.0.1:$port$2")
    if [[ $status != "$3" ]]; then
        echo "$1 $2 answered $status and not $3" >&2
        cat "$scratch/watch.log" >&2
        return 1
    fi
    echo "$1 $2: $status"
}
routed GET /dealer-customers/TD68 401
routed GET /customers/1 401
routed GET /errors 401
routed GET /console 200
routed PUT /errors 405
