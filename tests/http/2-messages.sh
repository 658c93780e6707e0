#!/bin/sh
# Customers by message
# Made from the examples of openapi.yaml by `cargo run -p kit --bin http-files`; edit them there.
# In this order, after the chapters before, an empty customer master (`cargo local --empty`) answers what is said here.
# The authorization is the local developer's; put in `Bearer` and a token of yours to ask a deployment.
address=${1:-http://127.0.0.1:3000}
authorization=${2:-Bearer dev.eyJkZWFsZXJfY29kZXMiOiIqIiwic2NvcGUiOiJkZWFsZXIgY3VzdG9tZXJzIHN0ZXdhcmQgcHJpdmFjeSIsInN1YiI6ImxvY2FsLWRldmVsb3BlciJ9}

# Add or change a customer with a message: A customer that nobody looks like (201)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Westborough",
    "cst_country": "USA",
    "cst_duplicate": "Y",
    "cst_email_status": "O1",
    "cst_fname": "Julie",
    "cst_lname": "Robinson",
    "cst_send_response": "Y",
    "cst_state": "MA",
    "cst_street_addr": "100 Example Street",
    "cst_zip": "01581"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: What would happen, without an effect (201)
curl -sS -i -X POST "$address"'/customers?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Concord",
    "cst_country": "USA",
    "cst_email_status": "O1",
    "cst_fname": "Ann",
    "cst_lname": "Lee",
    "cst_state": "NH",
    "cst_street_addr": "9 High Street",
    "cst_zip": "03301"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: Y: a look-alike is an answer (409)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Westborough",
    "cst_country": "USA",
    "cst_duplicate": "Y",
    "cst_email_status": "O1",
    "cst_fname": "Juliette",
    "cst_lname": "Robinson",
    "cst_send_response": "Y",
    "cst_state": "MA",
    "cst_street_addr": "100 Example St",
    "cst_zip": "01581"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: S: the one look-alike is updated (200)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Westborough",
    "cst_country": "USA",
    "cst_duplicate": "S",
    "cst_email": "julie@example.com",
    "cst_email_status": "O1",
    "cst_fname": "Julie",
    "cst_lname": "Robinson",
    "cst_send_response": "Y",
    "cst_state": "MA",
    "cst_street_addr": "100 Example Street",
    "cst_zip": "01581"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: A Change of the customer that its number names (200)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_cust_nbr": "3",
    "cst_favourite": "blue",
    "cst_job_title": "Chief Geologist",
    "cst_send_response": "Y"
  },
  "type": "CWCustomerIn"
}'
echo

# Read a customer by its number (200)
curl -sS -i -X GET "$address"'/customers/3' \
  -H "Authorization: $authorization"
echo

# Read a customer by its number (404)
curl -sS -i -X GET "$address"'/customers/999999999' \
  -H "Authorization: $authorization"
echo

# Add or change a customer with a message: A customer that nobody looks like (201)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/xml' \
  --data-binary '<?xml version="1.0" encoding="UTF-8"?>
<Message type="CWCustomerIn" source="webshop">
  <CustSoldTo cst_send_response="Y" cst_duplicate="S" cst_company_name="Granite &amp; Sons" cst_street_addr="1 Quarry Road"
              cst_city="Barre" cst_state="VT" cst_zip="05641" cst_country="USA" cst_email_status="O1"/>
</Message>'
echo

# Add or change a customer with a message: A look-alike of it (409)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/xml' \
  --data-binary '<Message type="CWCustomerIn" source="webshop">
  <CustSoldTo cst_send_response="Y" cst_duplicate="Y" cst_company_name="Granite &amp; Sons" cst_street_addr="1 Quarry Rd."
              cst_city="Barre" cst_state="VT" cst_zip="05641" cst_country="USA" cst_email_status="O1"/>
</Message>'
echo

# Add or change a customer with a message: Without cst_send_response the answer has no body (201)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0001-4c8e-9d55-111111111111' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Concord",
    "cst_company_name": "Twin Peaks Lumber",
    "cst_country": "USA",
    "cst_email_status": "O2",
    "cst_state": "NH",
    "cst_street_addr": "5 Mill Road",
    "cst_zip": "03301"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: N: created without looking for duplicates (201)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0002-4c8e-9d55-222222222222' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Concord",
    "cst_company_name": "Twin Peaks Lumber",
    "cst_country": "USA",
    "cst_duplicate": "N",
    "cst_email_status": "O2",
    "cst_send_response": "Y",
    "cst_state": "NH",
    "cst_street_addr": "5 Mill Rd",
    "cst_zip": "03301"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: Several look-alikes (409)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Concord",
    "cst_company_name": "Twin Peaks Lumber",
    "cst_country": "USA",
    "cst_duplicate": "S",
    "cst_email_status": "O2",
    "cst_send_response": "Y",
    "cst_state": "NH",
    "cst_street_addr": "5 Mill Road",
    "cst_zip": "03301"
  },
  "type": "CWCustomerIn"
}'
echo

# Associate a customer with a dealer: Name and address of several customers (409)
curl -sS -i -X POST "$address"'/dealer-customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "address": {
    "city": "Concord",
    "country": "USA",
    "line1": "5 Mill Road",
    "postalCode": "03301",
    "state": "NH"
  },
  "businessName": "Twin Peaks Lumber",
  "dealerCode": "TD72",
  "dealerCustomerNumber": "TWINS-1"
}'
echo

# Add or change a customer with a message: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/xml' \
  --data-binary '<Message type="CWCustomerIn"><CustSoldTo></Message>'
echo

# Add or change a customer with a message: A message that fails its edits (422)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0003-4c8e-9d55-333333333333' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_country": "USA",
    "cst_email": "bob.example",
    "cst_email_status": "O1",
    "cst_fname": "Bob",
    "cst_lname": "Dryer",
    "cst_send_response": "Y",
    "cst_state": "MA",
    "cst_street_addr": "12 Mill Road",
    "cst_zip": "1581"
  },
  "source": "webshop",
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: Another one, in which the country is missing (422)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0004-4c8e-9d55-444444444444' \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "CustSoldTo": {
    "cst_city": "Westborough",
    "cst_email_status": "O1",
    "cst_fname": "Rob",
    "cst_lname": "Dryer",
    "cst_send_response": "Y"
  },
  "type": "CWCustomerIn"
}'
echo

# Add or change a customer with a message: A message that fails its edits (422)
curl -sS -i -X POST "$address"'/customers' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0005-4c8e-9d55-555555555555' \
  -H 'Content-Type: application/xml' \
  --data-binary '<Message type="CWCustomerIn">
  <CustSoldTo cst_send_response="Y" cst_lname="Dryer" cst_city="Barre" cst_state="VT" cst_country="USA" cst_email_status="O1"/>
</Message>'
echo

# Add or change many customers with messages: What would happen to many rows, without an effect (200)
curl -sS -i -X POST "$address"'/customers/batch?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "Y",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "Y",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  }
]'
echo

# Add or change many customers with messages: Many rows (200)
curl -sS -i -X POST "$address"'/customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0008-4c8e-9d55-888888888888' \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "S",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "Y",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "S",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_country": "USA",
      "cst_email_status": "O2",
      "cst_lname": "Dryer",
      "cst_state": "VT"
    },
    "type": "CWCustomerIn"
  }
]'
echo

# Add or change many customers with messages: Many rows (200), answered again
curl -sS -i -X POST "$address"'/customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Idempotency-Key: 5f1e9d3c-0008-4c8e-9d55-888888888888' \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "S",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "Y",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_company_name": "Quarry Hill Stone",
      "cst_country": "USA",
      "cst_duplicate": "S",
      "cst_email_status": "O2",
      "cst_state": "VT",
      "cst_street_addr": "8 Quarry Hill",
      "cst_zip": "05641"
    },
    "type": "CWCustomerIn"
  },
  {
    "CustSoldTo": {
      "cst_city": "Barre",
      "cst_country": "USA",
      "cst_email_status": "O2",
      "cst_lname": "Dryer",
      "cst_state": "VT"
    },
    "type": "CWCustomerIn"
  }
]'
echo

# Add or change many customers with messages: Wrong on purpose (400)
curl -sS -i -X POST "$address"'/customers/batch' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[]'
echo

# Find customers (200)
curl -sS -i -X GET "$address"'/customers?email=julie%40example.com&name=robinson' \
  -H "Authorization: $authorization"
echo

# Read what happened to a customer (200)
curl -sS -i -X GET "$address"'/customers/3/history?limit=1' \
  -H "Authorization: $authorization"
echo

# Find who looks like a customer (200)
curl -sS -i -X GET "$address"'/customers/5/possible-duplicates' \
  -H "Authorization: $authorization"
echo

# List possible duplicates (200)
curl -sS -i -X GET "$address"'/possible-duplicates?limit=1' \
  -H "Authorization: $authorization"
echo

# Keep two customers apart: Wrong on purpose (200)
curl -sS -i -X POST "$address"'/customers/3/keep-apart?dryRun=true' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "other": "000000001"
}'
echo

# Keep two customers apart (204)
curl -sS -i -X POST "$address"'/customers/3/keep-apart' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "other": "000000001"
}'
echo

# Take back that two customers are kept apart (200)
curl -sS -i -X DELETE "$address"'/customers/3/keep-apart/1?dryRun=true' \
  -H "Authorization: $authorization"
echo

# Take back that two customers are kept apart (204)
curl -sS -i -X DELETE "$address"'/customers/3/keep-apart/1' \
  -H "Authorization: $authorization"
echo

# Decide on many possible duplicates (200)
curl -sS -i -X POST "$address"'/possible-duplicates/decide' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "customer": "000000003",
    "decision": "apart",
    "other": "000000001"
  }
]'
echo

# Decide on many possible duplicates (200)
curl -sS -i -X POST "$address"'/possible-duplicates/decide' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '[
  {
    "customer": "000000001",
    "decision": "open",
    "other": "000000003"
  }
]'
echo

# Pull what changed (200)
curl -sS -i -X GET "$address"'/changes?limit=1' \
  -H "Authorization: $authorization"
echo

# Try another rule: Would first names part anybody? (200)
curl -sS -i -X POST "$address"'/rules/try' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "exactMatch": "first_name,last_name,company,street,address_line_2,apartment,city,state",
  "messages": [
    {
      "CustSoldTo": {
        "cst_city": "Westborough",
        "cst_country": "USA",
        "cst_fname": "Juliette",
        "cst_lname": "Robinson",
        "cst_state": "MA",
        "cst_street_addr": "100 Example St",
        "cst_zip": "01581"
      },
      "type": "CWCustomerIn"
    },
    {
      "CustSoldTo": {
        "cst_city": "Westborough",
        "cst_country": "USA",
        "cst_fname": "Julie",
        "cst_lname": "Robinson",
        "cst_state": "MA",
        "cst_street_addr": "100 Example Street",
        "cst_zip": "01581"
      },
      "type": "CWCustomerIn"
    }
  ]
}'
echo

# Try another rule: Would a list part the customers of one block? (200)
curl -sS -i -X POST "$address"'/rules/try' \
  -H "Authorization: $authorization" \
  -H 'Content-Type: application/json' \
  --data-binary '{
  "customerNumber": "5",
  "genericValues": {
    "names": [
      "Unknown",
      "Twin Peaks Lumber"
    ]
  }
}'
echo
