#!/bin/sh
# Two customers that are one
# Made from the examples of openapi.yaml by `cargo run -p kit --bin http-files`; edit them there.
# In this order, after the chapters before, an empty customer master (`cargo local --empty`) answers what is said here.
# The authorization is the local developer's; put in `Bearer` and a token of yours to ask a deployment.
address=${1:-http://127.0.0.1:3000}
authorization=${2:-Bearer dev.eyJkZWFsZXJfY29kZXMiOiIqIiwic2NvcGUiOiJkZWFsZXIgY3VzdG9tZXJzIHN0ZXdhcmQgcHJpdmFjeSIsInN1YiI6ImxvY2FsLWRldmVsb3BlciJ9}

# Make one customer of two: A city of another address (422)
curl -sS -i -X POST "$address"'/customers/5/merge' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006",
  "loserVersion": 1,
  "take": {
    "cst_city": "loser"
  }
}'
echo

# Make one customer of two: What a merge would make (200)
curl -sS -i -X POST "$address"'/customers/5/merge?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006",
  "loserVersion": 1,
  "take": {
    "address": "loser"
  }
}'
echo

# Make one customer of two: A merge (200)
curl -sS -i -X POST "$address"'/customers/5/merge' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006",
  "loserVersion": 1,
  "take": {
    "address": "loser"
  }
}'
echo

# Make one customer of two: One that was merged before (409)
curl -sS -i -X POST "$address"'/customers/5/merge' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "2"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006",
  "loserVersion": 2
}'
echo

# Read a customer by its number (200)
curl -sS -i -X GET "$address"'/customers/6' \
  -H "Authorization: $authorization"
echo

# Read a customer by its number (410)
curl -sS -i -X GET "$address"'/customers/6?follow=false' \
  -H "Authorization: $authorization"
echo

# Give a customer the values of an earlier version: Of a customer that was merged (409)
curl -sS -i -X POST "$address"'/customers/6/restore' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "2"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "version": 1
}'
echo

# Keep two customers apart: Wrong on purpose (409)
curl -sS -i -X POST "$address"'/customers/6/keep-apart' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "other": "000000005"
}'
echo

# Take a merge back: A merge that is taken back (200)
curl -sS -i -X POST "$address"'/customers/5/unmerge' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "2"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006"
}'
echo

# Take a merge back: Two that are not merged (409)
curl -sS -i -X POST "$address"'/customers/5/unmerge' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "3"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "loser": "000000006"
}'
echo

# Give a customer the values of an earlier version: A version whose values it has already (200)
curl -sS -i -X POST "$address"'/customers/5/restore' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "3"' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "version": 1
}'
echo
