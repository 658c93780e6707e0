#!/bin/sh
# Requests in error
# Made from the examples of openapi.yaml by `cargo run -p kit --bin http-files`; edit them there.
# In this order, after the chapters before, an empty customer master (`cargo local --empty`) answers what is said here.
# The authorization is the local developer's; put in `Bearer` and a token of yours to ask a deployment.
address=${1:-http://127.0.0.1:3000}
authorization=${2:-Bearer dev.eyJkZWFsZXJfY29kZXMiOiIqIiwic2NvcGUiOiJkZWFsZXIgY3VzdG9tZXJzIHN0ZXdhcmQgcHJpdmFjeSIsInN1YiI6ImxvY2FsLWRldmVsb3BlciJ9}

# List requests in error (200)
curl -sS -i -X GET "$address"'/errors?code=country-blank&state=open' \
  -H "Authorization: $authorization"
echo

# Export the list as CSV (200)
curl -sS -i -X GET "$address"'/errors.csv?code=country-blank' \
  -H "Authorization: $authorization"
echo

# Read a request in error (200)
curl -sS -i -X GET "$address"'/errors/P1F9ZG3H1X0PVZAP' \
  -H "Authorization: $authorization"
echo

# Correct a request in error: Without If-Match (428)
curl -sS -i -X PATCH "$address"'/errors/P1F9ZG3H1X0PVZAP' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_zip": "01581"
}'
echo

# Correct a request in error: Wrong on purpose (400)
curl -sS -i -X PATCH "$address"'/errors/P1F9ZG3H1X0PVZAP' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_favourite": "blue"
}'
echo

# Correct a request in error: One value is right now (200)
curl -sS -i -X PATCH "$address"'/errors/P1F9ZG3H1X0PVZAP' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_city": "Westborough",
  "cst_email": null
}'
echo

# Correct a request in error: The version is not the current one any more (412)
curl -sS -i -X PATCH "$address"'/errors/P1F9ZG3H1X0PVZAP' \
  -H "Authorization: $authorization" \
  -H 'If-Match: "1"' \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_zip": "01581"
}'
echo

# Reprocess a request in error: One fault remains (422)
curl -sS -i -X POST "$address"'/errors/P1F9ZG3H1X0PVZAP/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_city": "Westborough"
}'
echo

# Reprocess a request in error: What would happen, without an effect (201)
curl -sS -i -X POST "$address"'/errors/P1F9ZG3H1X0PVZAP/reprocess?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_zip": "01581"
}'
echo

# Reprocess a request in error: Corrected and reprocessed in one step (201)
curl -sS -i -X POST "$address"'/errors/P1F9ZG3H1X0PVZAP/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0006-4c8e-9d55-666666666666' \
  -H 'If-Match: *' \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_zip": "01581"
}'
echo

# Reprocess a request in error: Corrected and reprocessed in one step (201), answered again
curl -sS -i -X POST "$address"'/errors/P1F9ZG3H1X0PVZAP/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0006-4c8e-9d55-666666666666' \
  -H 'If-Match: *' \
  -H 'Content-Type: application/merge-patch+json' \
  --data-binary '{
  "cst_zip": "01581"
}'
echo

# Reprocess a request in error (409)
curl -sS -i -X POST "$address"'/errors/P1F9ZG3H1X0PVZAP/reprocess' \
  -H "Authorization: $authorization"
echo

# Reprocess many requests in error: All that one cause hit (200)
curl -sS -i -X POST "$address"'/errors/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "code": "country-blank",
  "limit": 100
}'
echo

# Reprocess many requests in error: Those that are named (200)
curl -sS -i -X POST "$address"'/errors/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "ids": [
    "P1F9ZG3H1X0PVZAP",
    "Z39A3ME38GVDRJXV"
  ]
}'
echo

# Reprocess many requests in error: What a correction of all that one cause hit would come to (200)
curl -sS -i -X POST "$address"'/errors/reprocess?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "code": "country-blank",
  "patch": {
    "cst_country": "USA",
    "cst_state": "MA",
    "cst_zip": "01581"
  }
}'
echo

# Reprocess many requests in error: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/errors/reprocess' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "limit": 1000
}'
echo

# Assign a request in error: Anna takes it (200)
curl -sS -i -X POST "$address"'/errors/Z39A3ME38GVDRJXV/assign' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "to": "anna"
}'
echo

# Write a note on a request in error: What the next steward shall know (200)
curl -sS -i -X POST "$address"'/errors/Z39A3ME38GVDRJXV/note' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "text": "The shop is asked for the country."
}'
echo

# Reopen a deleted request in error (409)
curl -sS -i -X POST "$address"'/errors/Z39A3ME38GVDRJXV/reopen' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *'
echo

# Delete a request in error (200)
curl -sS -i -X DELETE "$address"'/errors/Z39A3ME38GVDRJXV?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *'
echo

# Delete a request in error (204)
curl -sS -i -X DELETE "$address"'/errors/Z39A3ME38GVDRJXV' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *'
echo

# Delete a request in error (409)
curl -sS -i -X DELETE "$address"'/errors/Z39A3ME38GVDRJXV' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *'
echo

# Reopen a deleted request in error (200)
curl -sS -i -X POST "$address"'/errors/Z39A3ME38GVDRJXV/reopen' \
  -H "Authorization: $authorization" \
  -H 'If-Match: *'
echo

# Erase a person (200)
curl -sS -i -X POST "$address"'/customers/1/erase?dryRun=true' \
  -H "Authorization: $authorization"
echo

# Erase a person (204)
curl -sS -i -X POST "$address"'/customers/1/erase' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0007-4c8e-9d55-777777777777'
echo

# Erase a person (204), answered again
curl -sS -i -X POST "$address"'/customers/1/erase' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0007-4c8e-9d55-777777777777'
echo

# Erase a person (404)
curl -sS -i -X POST "$address"'/customers/999999999/erase' \
  -H "Authorization: $authorization"
echo
