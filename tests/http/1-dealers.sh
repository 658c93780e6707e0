#!/bin/sh
# A dealer's customers
# Made from the examples of openapi.yaml by `cargo run -p kit --bin http-files`; edit them there.
# In this order, after the chapters before, an empty customer master (`cargo local --empty`) answers what is said here.
# The authorization is the local developer's; put in `Bearer` and a token of yours to ask a deployment.
address=${1:-http://127.0.0.1:3000}
authorization=${2:-Bearer dev.eyJkZWFsZXJfY29kZXMiOiIqIiwic2NvcGUiOiJkZWFsZXIgY3VzdG9tZXJzIHN0ZXdhcmQgcHJpdmFjeSIsInN1YiI6ImxvY2FsLWRldmVsb3BlciJ9}

# Associate a customer with a dealer: A customer that nobody knows yet (201)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "city": "Westborough",
    "country": "USA",
    "line1": "100 Example Street",
    "postalCode": "01581",
    "state": "MA"
  },
  "alternateName": "Acme",
  "businessName": "Acme Mining",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "245TRSSDG343456",
  "email": "office@acme.example",
  "phones": [
    {
      "number": "508-555-0100",
      "type": "BUSINESS"
    }
  ]
}' > answer.txt
cat answer.txt
identifier=$(sed -n 's/.*"customerOrganizationIdentifier":"\([^"]*\)".*/\1/p' answer.txt)
rm answer.txt
echo

# Associate a customer with a dealer: What would happen, without an effect (201)
curl -sS -i -X POST "$address"'/dealer-customers?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "city": "Burlington",
    "country": "USA",
    "line1": "7 Orchard Lane",
    "postalCode": "05401",
    "state": "VT"
  },
  "businessName": "Hillside Orchard",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "ORCHARD-7"
}'
echo

# Associate a customer with a dealer: A second customer of the same dealer (201)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "city": "Burlington",
    "country": "USA",
    "line1": "7 Orchard Lane",
    "postalCode": "05401",
    "state": "VT"
  },
  "businessName": "Hillside Orchard",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "ORCHARD-7"
}'
echo

# List a dealer's customers (200)
curl -sS -i -X GET "$address"'/dealer-customers/TD68?limit=1' \
  -H "Authorization: $authorization"
echo

# List a dealer's customers (200)
curl -sS -i -X GET "$address"'/dealer-customers/TD68?cursor=AjI0NVRSU1NERzM0MzQ1Nu1sfMw47UQku5vT46fX7n0' \
  -H "Authorization: $authorization"
echo

# Associate a customer with a dealer: Another dealer's customer, found by name and address (201)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "city": "Westborough",
    "country": "US",
    "line1": "100 Example St.",
    "postalCode": "01581",
    "state": "MA"
  },
  "businessName": "ACME Mining",
  "dealerCode": "TD70",
  "dealerCustomerNumber": "0815"
}'
echo

# Associate a customer with a dealer: A further dealer code for a customer whose identifier is known (201)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD71",
  "dealerCustomerNumber": "ACME-1",
  "dealerType": "PARTS ONLY"
}'
echo

# Associate a customer with a dealer: A further dealer code for a customer whose identifier is known (201), answered again
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD71",
  "dealerCustomerNumber": "ACME-1",
  "dealerType": "PARTS ONLY"
}'
echo

# Associate a customer with a dealer: The key of the request before, for another request (422)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD71",
  "dealerCustomerNumber": "ACME-2"
}'
echo

# Associate a customer with a dealer: A DCN that belongs to a customer already (400)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD71",
  "dealerCustomerNumber": "ACME-1"
}'
echo

# Associate a customer with a dealer: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "country": "USA",
    "line1": "100 Example Street",
    "postalCode": "1581",
    "state": "XX"
  },
  "businessName": "Acme Mining",
  "dealerCode": "TD 68",
  "dealerCustomerNumber": "245|7",
  "favourite": true,
  "phones": [
    {
      "number": "1",
      "type": "FAX!"
    }
  ]
}'
echo

# Associate a customer with a dealer: An identifier that no customer has (404)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "0123456789ABCDEF-000001-01234567",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "NOBODY-1"
}'
echo

# Associate a customer with a dealer: A dealer code that the caller does not act for (403)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H 'Authorization: Bearer dev.eyJkZWFsZXJfY29kZXMiOiJURDcwIiwic2NvcGUiOiJkZWFsZXIiLCJzdWIiOiJlcnAtb2YtdGQ3MCJ9' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "MINE-NOW"
}'
echo

# Read a dealer customer (200)
curl -sS -i -X GET "$address"'/dealer-customers/TD68/245TRSSDG343456' \
  -H "Authorization: $authorization"
echo

# Read a dealer customer (404)
curl -sS -i -X GET "$address"'/dealer-customers/TD68/nobody' \
  -H "Authorization: $authorization"
echo

# Read a dealer customer (400)
curl -sS -i -X GET "$address"'/dealer-customers/TD68/245TRSSDG343456?verbose=true' \
  -H "Authorization: $authorization"
echo

# Read a customer organization (200)
curl -sS -i -X GET "$address"'/customer-organizations/'"$identifier"'' \
  -H 'Authorization: Bearer dev.eyJkZWFsZXJfY29kZXMiOiJURDcwIiwic2NvcGUiOiJkZWFsZXIiLCJzdWIiOiJlcnAtb2YtdGQ3MCJ9'
echo

# Release a dealer customer (200)
curl -sS -i -X DELETE "$address"'/dealer-customers/TD68/245TRSSDG343456/association?dryRun=true' \
  -H "Authorization: $authorization"
echo

# Release a dealer customer (204)
curl -sS -i -X DELETE "$address"'/dealer-customers/TD68/245TRSSDG343456/association' \
  -H "Authorization: $authorization"
echo

# Release a dealer customer (409)
curl -sS -i -X DELETE "$address"'/dealer-customers/TD68/245TRSSDG343456/association' \
  -H "Authorization: $authorization"
echo

# Read a dealer customer (200)
curl -sS -i -X GET "$address"'/dealer-customers/TD68/245TRSSDG343456' \
  -H "Authorization: $authorization"
echo

# Associate a customer with a dealer: A dealer customer that was released (200)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerOrganizationIdentifier": "'"$identifier"'",
  "dealerCode": "TD68",
  "dealerCustomerNumber": "245TRSSDG343456"
}'
echo

# Associate many customers with dealers: What would happen to many rows, without an effect (200)
curl -sS -i -X POST "$address"'/dealer-customers/batch?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "address": {
      "city": "Barre",
      "country": "USA",
      "line1": "3 Lake Road",
      "postalCode": "05641",
      "state": "VT"
    },
    "businessName": "Lakeside Gravel",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "LAKE-1"
  },
  {
    "address": {
      "city": "Barre",
      "country": "USA",
      "line1": "3 Lake Rd",
      "postalCode": "05641",
      "state": "VT"
    },
    "businessName": "Lakeside Gravel",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "LAKE-2"
  }
]'
echo

# Associate many customers with dealers: Many rows (200)
curl -sS -i -X POST "$address"'/dealer-customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9325' \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "customerOrganizationIdentifier": "'"$identifier"'",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "ACME-9"
  },
  {
    "customerOrganizationIdentifier": "'"$identifier"'",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "ACME-9"
  }
]'
echo

# Associate many customers with dealers: Many rows (200), answered again
curl -sS -i -X POST "$address"'/dealer-customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9325' \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "customerOrganizationIdentifier": "'"$identifier"'",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "ACME-9"
  },
  {
    "customerOrganizationIdentifier": "'"$identifier"'",
    "dealerCode": "TD73",
    "dealerCustomerNumber": "ACME-9"
  }
]'
echo

# Associate many customers with dealers: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/dealer-customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[]'
echo

# List a dealer's customers (400)
curl -sS -i -X GET "$address"'/dealer-customers/TD68?limit=1000' \
  -H "Authorization: $authorization"
echo
