// What the steward has changed and not yet saved, per request, kept while the page is open: going back to the list loses
// nothing. Pure but for that memory: no DOM, no calls.

const drafts = new Map();

const asText = (value) => (value === null || value === undefined ? '' : String(value));

/** The attributes of a message, `type` among them, as text; those that are not given are left out. */
export function valuesOf(message) {
  const values = new Map();
  if (asText(message?.type) !== '') values.set('type', asText(message.type));
  for (const [attribute, value] of Object.entries(message?.CustSoldTo ?? {})) {
    if (asText(value) !== '') values.set(attribute, asText(value));
  }
  return values;
}

/** What an attribute is in the request as the server has it. */
export function savedValue(record, attribute) {
  const message = record.message ?? {};
  return asText(attribute === 'type' ? message.type : message.CustSoldTo?.[attribute]);
}

/** What an attribute is on the page: the steward's edit, or what is saved. */
export const shownValue = (record, edits, attribute) => edits.get(attribute) ?? savedValue(record, attribute);

/** Notes an edit; one that says what is saved already is none. */
export function edit(record, edits, attribute, value) {
  if (value === savedValue(record, attribute)) edits.delete(attribute);
  else edits.set(attribute, value);
}

/** Drops the edits that the request has meanwhile got. */
export function withoutSaved(record, edits) {
  return new Map([...edits].filter(([attribute, value]) => value !== savedValue(record, attribute)));
}

/** The merge patch of only what changed. An emptied attribute is removed. */
export function patchOf(edits) {
  return Object.fromEntries([...edits].map(([attribute, value]) => [attribute, value === '' ? null : value]));
}

/** Remembers the edits of a request with the version that they were made on. */
export function keepDraft(record, edits) {
  if (edits.size > 0) drafts.set(record.id, { record, edits });
  else drafts.delete(record.id);
}

export const draftOf = (id) => drafts.get(id) ?? null;
export const forgetDraft = (id) => drafts.delete(id);
export const hasDrafts = () => drafts.size > 0;
