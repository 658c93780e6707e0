// Shows the contract that this server serves, ready to be tried against it. No validator, no font and no proxy of anybody else is asked.
"use strict";

// The form is filled in with the example's idempotency key, and a key belongs to one request for ever: whoever changes the form and sends it
// again would be told that the key is used. So each request that is sent gets a key of its own, and the same one when it is sent again.
const EXAMPLE = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const keys = new Map();

function withKeyOfItsOwn(request) {
  if (request.headers?.["Idempotency-Key"] === EXAMPLE) {
    const sent = `${request.method} ${request.url} ${request.headers["Content-Type"]} ${request.body}`;
    if (!keys.has(sent)) {
      keys.set(sent, crypto.randomUUID());
    }
    request.headers["Idempotency-Key"] = keys.get(sent);
  }
  return request;
}

SwaggerUIBundle({
  dom_id: "#contract",
  url: "/openapi.yaml",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  requestInterceptor: withKeyOfItsOwn,
  tryItOutEnabled: true,
  validatorUrl: null,
});
