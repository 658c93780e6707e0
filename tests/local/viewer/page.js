// Shows the contract that this server serves, ready to be tried against it. No validator, no font and no proxy of anybody else is asked.
"use strict";

SwaggerUIBundle({
  dom_id: "#contract",
  url: "/openapi.yaml",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "list",
  tryItOutEnabled: true,
  validatorUrl: null,
});
