#!/usr/bin/env bash
# Sends the changes that failed for good to follow-changes again, and takes those away that are done. It needs the AWS CLI and rights to the bucket and the function.
#
# usage: .ci/tools/send-again.sh BUCKET FUNCTION
set -euo pipefail

if [[ $# -ne 2 ]]; then
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
fi
bucket=$1 function=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
left=0

# What an object has is Lambda's record of the invocation; its payload is the event.
aws s3api list-objects-v2 --bucket "$bucket" --query 'Contents[].Key' --output json >"$work/keys.json"
python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1])) or []))' "$work/keys.json" >"$work/keys"
while IFS= read -r key; do
    [[ -n $key ]] || continue
    aws s3api get-object --bucket "$bucket" --key "$key" "$work/object" >"$work/got"
    python3 -c '
import json, sys
payload = json.load(open(sys.argv[1]))["payload"]
event = json.loads(payload) if isinstance(payload, str) else payload
json.dump(event, open(sys.argv[2], "w"))' "$work/object" "$work/event"
    aws lambda invoke --function-name "$function" --qualifier live \
        --payload "fileb://$work/event" "$work/answer" >"$work/invoked"
    if python3 -c 'import json, sys; sys.exit(json.load(open(sys.argv[1])) != {"batchItemFailures": []})' "$work/answer"; then
        aws s3api delete-object --bucket "$bucket" --key "$key"
        echo "done: $key"
    else
        left=$((left + 1))
        echo "still fails: $key: $(cat "$work/answer")" >&2
    fi
done <"$work/keys"
exit $((left > 0))
