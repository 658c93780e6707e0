// Validates an AsyncAPI document with the parser of the AsyncAPI initiative; fails for every error, and says every warning but that there is a newer version of the format.
//
// usage: node asyncapi.mjs NODE_MODULES DOCUMENT

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, document] = process.argv.slice(2);
const { Parser } = createRequire(`${modules}/`)('@asyncapi/parser');
const { diagnostics } = await new Parser().parse(readFileSync(document, 'utf8'));
const told = diagnostics.filter((one) => one.code !== 'asyncapi-latest-version');
for (const one of told) console.error(`${document}: ${one.path?.join('/')}: ${one.message}`);
process.exitCode = told.some((one) => one.severity === 0) ? 1 : 0;
