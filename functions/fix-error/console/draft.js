// What the steward has changed and not yet saved, per request, kept while the page is open: going back to the list loses
// nothing, and neither does leaving for the sign-in. Pure but for that memory: no DOM, no calls.

const KEPT = 'unsaved-edits';

const drafts = new Map(takeKept());
let kept = false;

// What was kept when the page was left for the sign-in. It is in the page's own memory again, so it goes from the tab's.
function takeKept() {
  const text = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  try {
    return JSON.parse(text).map(({ record, edits }) => [record.id, { record, edits: new Map(edits) }]);
  } catch {
    return [];
  }
}

/**
 * Keeps all edits in the tab's storage until the page is loaded again: for leaving to sign in, and for nothing else, because
 * they hold personal data. Throws where the browser has no room for them.
 */
export function keepDraftsForReturn() {
  const entries = [...drafts.values()].map(({ record: { received, history, ...record }, edits }) => ({ record, edits: [...edits] }));
  if (entries.length > 0) sessionStorage.setItem(KEPT, JSON.stringify(entries));
  kept = true;
}

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
  kept = false;
  if (edits.size > 0) drafts.set(record.id, { record, edits });
  else drafts.delete(record.id);
}

export const draftOf = (id) => drafts.get(id) ?? null;
export const forgetDraft = (id) => drafts.delete(id);
export const forgetDrafts = () => drafts.clear();
/** Whether leaving the page would lose edits. */
export const hasDrafts = () => drafts.size > 0 && !kept;
/** How many attributes are changed and not saved, of all requests together. */
export const countDrafts = () => [...drafts.values()].reduce((sum, { edits }) => sum + edits.size, 0);
