// Reads the attributes out of a message as it was received, so that the page can say what has changed since. It only reads
// for showing: what a message means is decided by the server. No DOM of the page, no calls.

import { valuesOf } from './draft.js';

/** The attributes of a received body by name, or null where this page cannot read it. */
export function receivedValues(received) {
  const body = received?.body ?? '';
  try {
    return body.trimStart().startsWith('<') ? fromXml(body) : fromJson(body);
  } catch {
    return null;
  }
}

function fromJson(body) {
  const message = JSON.parse(body);
  const inner = message?.Message ?? message;
  return inner !== null && typeof inner === 'object' ? valuesOf(inner) : null;
}

// DOMParser builds an inert document: nothing in it runs or loads, and nothing of it enters the page but text. It is the only parser that
// the page's content security policy admits, under this name; a browser without trusted types takes the text as it is.
const inert = globalThis.trustedTypes?.createPolicy('received', { createHTML: (body) => body });

function fromXml(body) {
  const parsed = new DOMParser().parseFromString(inert ? inert.createHTML(body) : body, 'application/xml');
  const message = parsed.getElementsByTagName('Message')[0] ?? parsed.documentElement;
  const customer = parsed.getElementsByTagName('CustSoldTo')[0];
  if (!customer || parsed.getElementsByTagName('parsererror').length > 0) return null;
  const attributes = Object.fromEntries([...customer.attributes].map(({ name, value }) => [name, value]));
  return valuesOf({ type: message.getAttribute('type'), CustSoldTo: attributes });
}
