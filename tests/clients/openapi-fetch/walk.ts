// A walk with openapi-fetch, by the types that openapi-typescript makes: `walk.js URL TOKEN`.

import { strict as assert } from "node:assert";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const [url, token] = process.argv.slice(2);
if (url === undefined || token === undefined) throw new Error("walk.js URL TOKEN");
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

function request(dealerCustomerNumber: string, businessName: string): Schemas["AssociateRequest"] {
  const address = { line1: "1 Script Road", city: "Westborough", state: "MA", postalCode: "01581", country: "USA" };
  return { dealerCode: "TS1", dealerCustomerNumber, businessName, address, phones: ["508-555-0100", { type: "DAY", number: "508-555-0101" }] };
}

function message(attributes: Schemas["CustSoldTo"]): Schemas["CustomerIn"] {
  const customer = { cst_fname: "Tessa", cst_street_addr: "2 Script Road", cst_city: "Westborough", cst_state: "MA", cst_zip: "01581", cst_country: "USA" };
  return { type: "CWCustomerIn", CustSoldTo: { ...customer, cst_email_status: "O1", ...attributes } };
}

function associate(dealerCustomerNumber: string, businessName: string) {
  return client.POST("/dealer-customers", { body: request(dealerCustomerNumber, businessName) });
}

// Associate, and read the customer.
const { data: association } = await associate("A-1", "Script Quarry");
assert(association);
assert.equal(association.dcn, "TS1|A-1");
assert.equal(association.customerOrganization, "created");
assert(association.customerOrganizationIdentifier);
const organization = await client.GET("/customer-organizations/{identifier}", { params: { path: { identifier: association.customerOrganizationIdentifier } } });
assert.equal(organization.data?.customerNumber, association.customerNumber);
assert.equal(organization.response.headers.get("ETag"), `"${organization.data?.version}"`);

// 400: the DCN is taken; and a request with faults.
const taken = await associate("A-1", "Script Quarry");
assert(taken.response.status === 400 && taken.error && "type" in taken.error && taken.error.type === "/problems/dcn-already-associated");
assert.equal(taken.error.sameOrganization, true);
const faulty = await client.POST("/dealer-customers", { body: { dealerCode: "TS1", dealerCustomerNumber: "A-2" } });
assert(faulty.error && "type" in faulty.error && faulty.error.type === "/problems/invalid-request");
assert(faulty.error.errors.some((fault) => fault.pointer === "/businessName"));

// A page, and the one after it.
await associate("B-1", "Script Mill");
const path = { dealerCode: "TS1" };
const first = await client.GET("/dealer-customers/{dealerCode}", { params: { path, query: { limit: 1 } } });
assert.deepEqual(first.data?.dealerCustomers.map((customer) => customer.dealerCustomerNumber), ["A-1"]);
assert(first.data?.next);
const second = await client.GET("/dealer-customers/{dealerCode}", { params: { path, query: { limit: 1, cursor: first.data.next } } });
assert.deepEqual(second.data?.dealerCustomers.map((customer) => customer.dealerCustomerNumber), ["B-1"]);

// Add with an answer, and a duplicate of it: 409.
const header = { "Idempotency-Key": "script-1" };
const body = message({ cst_lname: "Scriptson", cst_duplicate: "Y", cst_send_response: "Y" });
const added = await client.POST("/customers", { params: { header }, body });
assert.equal(added.data?.CustSoldTo.cst_action_result, "Success");
const duplicate = await client.POST("/customers", { body });
assert(duplicate.response.status === 409 && duplicate.error && "CustSoldTo" in duplicate.error);
assert.equal(duplicate.error.CustSoldTo.cst_cust_nbr, added.data?.CustSoldTo.cst_cust_nbr);

// Add without an answer.
const silent = await client.POST("/customers", { body: message({ cst_lname: "Silent" }) });
assert.equal(silent.response.status, 201);
assert.equal(silent.data, undefined);
const number = silent.response.headers.get("Customer-Number");
assert(number !== null);
assert.equal(silent.response.headers.get("Location"), `/customers/${number}`);
const kept = await client.GET("/customers/{number}", { params: { path: { number } } });
assert.equal(kept.data?.CustSoldTo.cst_lname, "Silent");

// 422: failed edits, in the form of an answer; and a key of another request, in the form of a problem.
const failed = await client.POST("/customers", { body: message({ cst_lname: "Failed", cst_city: "", cst_send_response: "Y" }) });
assert(failed.response.status === 422 && failed.error && "CustSoldTo" in failed.error);
assert.deepEqual(failed.error.CustSoldTo.Error?.map((edit) => edit.code), ["city-blank"] satisfies Schemas["EditCode"][]);
assert(failed.error.request_in_error);
const reused = await client.POST("/customers", { params: { header }, body: message({ cst_lname: "Other" }) });
assert(reused.error && "type" in reused.error && reused.error.type === "/problems/idempotency-key-reused");

// 401, which the gateway answers.
const stranger = await client.GET("/customers/{number}", { params: { path: { number } }, headers: { Authorization: "Bearer nobody" } });
assert.equal(stranger.response.status, 401);
assert(stranger.error && "message" in stranger.error);
assert.equal(stranger.error.message, "Unauthorized");
