// One request in error on the page: opens it, and shows what it is, with what the steward edits and what became of it. What can be done with it is in
// request-actions.js; how its parts look is in form.js, compare.js, history.js and the panels.

import { showError } from './api.js';
import { announce, byId, counted, el, fill, outside, showNeighbours, showPanel } from './dom.js';
import { buildCompare, updateCompare } from './compare.js';
import { conflictPanel } from './conflict.js';
import { draftOf, edit, forgetDraft, keepDraft, withoutSaved } from './draft.js';
import { buildForm, faultHeading, focusAttribute, focusNextFault, showFaults, updateForm } from './form.js';
import { showHistory } from './history.js';
import { entryOf, listAddress, neighbour, noteChange, noteOpened } from './list.js';
import { closedPanel, problemPanel } from './outcome.js';
import { receivedValues } from './received.js';
import { requestHash } from './route.js';
import { closedNode, factNodes, nameNode, nameOf, stateBadge } from './rows.js';
import { showTeamwork } from './teamwork.js';
import { timeElement } from './time.js';

const outcome = byId('outcome');
const body = byId('request-body');

const PATIENCE_MS = 250;

// What is open: the request as the steward saw it, the edits on top, the faults as last evaluated, and in a conflict the
// request as somebody else left it.
let view = null;
let opening = null;

/** The request that is open, as above; null where none is. */
export const openedRequest = () => view;

/** Opens a request, at an attribute if one is named. */
export async function openRequest(id, attribute = null) {
  if (view?.id === id && view.record) {
    if (attribute) focusAttribute(attribute);
    return;
  }
  closeRequest();
  noteOpened(id);
  opening = new AbortController();
  const { signal } = opening;
  view = { id, record: null, edits: new Map(), faults: [], faultTitle: null, received: null, theirs: null, saved: null, working: false };
  clear();
  const entry = entryOf(id);
  showHead(entry ?? { id });
  const slow = setTimeout(() => { byId('request-facts').textContent = 'Loading…'; }, PATIENCE_MS);
  try {
    const record = await showError(id, signal);
    clearTimeout(slow);
    start(record, attribute);
  } catch (problem) {
    if (signal.aborted) return;
    fill(byId('request-heading'), problem.status === 404 ? 'Not found' : 'Not loaded');
    fill(byId('request-facts'));
    const gone = problem.status === 404 ? 'There is no request in error with this id. It may have expired: what is resolved or deleted is kept for 90 days.' : null;
    const again = gone ? null : () => { view = null; openRequest(id, attribute); };
    showOutcome(problemPanel(problem, { what: gone ?? 'The request could not be loaded.', again, extra: [backLink()] }), { focus: true });
  } finally {
    clearTimeout(slow);
  }
}

// Nothing of the request before may be seen under the name of this one.
function clear() {
  body.hidden = true;
  delete byId('request-view').dataset.id;
  for (const id of ['fault-summary', 'fields', 'compare', 'history']) fill(byId(id));
  showOutcome(null);
}

export function closeRequest() {
  opening?.abort();
  opening = null;
  view = null;
}

function start(record, attribute) {
  const draft = draftOf(record.id);
  view.edits = draft ? withoutSaved(record, draft.edits) : new Map();
  if (draft && draft.record.version !== record.version && record.state === 'open' && view.edits.size > 0) {
    // The edits were made on another version: the same conflict as when saving them, only seen earlier.
    view.edits = draft.edits;
    take(draft.record);
    build();
    conflict(record);
    return;
  }
  take(record);
  if (record.state !== 'open') {
    forgetDraft(record.id);
    view.edits.clear();
  }
  build();
  announce(`${nameOf(record) ?? 'Request without a name'}. ${record.state === 'open' ? faultHeading(view.faults.length) : `It is ${record.state}`}.`);
  if (attribute && focusAttribute(attribute)) return;
  // Name, faults and the way on are what the steward came to read, and the single keys are keys; `f` leads to the first fault.
  byId('request-heading').focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

/** Takes over what the request is now. */
export function take(record) {
  view.record = record;
  view.faults = record.errors ?? [];
  view.faultTitle = null;
  view.theirs = null;
  view.saved = null;
  view.received = receivedValues(record.received);
  noteChange(record.id, {
    state: record.state, codes: record.codes, version: record.version, name: record.name,
    customerNumber: record.customerNumber, alternateNumber: record.alternateNumber, action: record.action, company: record.company,
    city: record.city, email: record.email, source: record.source, originalSource: record.originalSource,
    assignedTo: record.assignedTo, closedAt: record.closedAt, closedBy: record.closedBy,
  });
}

/** Builds the form and what is beside it anew. */
export function build() {
  buildForm(view.record, view.faults, onEdit);
  buildCompare(view.record, view.received);
  body.hidden = false;
  byId('request-view').dataset.id = view.record.id;
  update();
}

/** Takes an edit of an attribute over, or with `null` takes it back. */
export function onEdit(attribute, value) {
  if (value === null) view.edits.delete(attribute);
  else edit(view.record, view.edits, attribute, value);
  keepDraft(view.record, view.edits);
  updateFields();
}

/** Shows everything around the form as it is now. */
export function update() {
  const { record } = view;
  const open = record.state === 'open';
  showHead(record);
  showFaults(record.id, view.faults, open ? view.faultTitle ?? faultHeading(view.faults.length) : null);
  byId('actions').hidden = !open;
  byId('reopen').hidden = record.state !== 'deleted';
  showTeamwork(record);
  body.dataset.state = record.state;
  showHistory(record);
  updateFields();
}

/** Shows the edits and what was found of them. */
export function updateFields() {
  const { record, edits, received, theirs } = view;
  const open = record.state === 'open';
  updateForm({ record, edits, faults: open ? view.faults : [], received, theirs, readOnly: !open });
  updateCompare(record, edits, received);
  byId('unsaved').textContent = edits.size > 0 ? counted(edits.size, 'unsaved change') : view.saved ?? '';
  byId('unsaved').dataset.kind = edits.size > 0 ? 'unsaved' : 'saved';
  byId('save').setAttribute('aria-disabled', String(edits.size === 0));
}

function showHead(record) {
  fill(byId('request-heading'), nameNode(record), ' ', stateBadge(record.state));
  document.title = `${nameOf(record) ?? 'No name'} · Requests in error`;
  fill(byId('request-facts'),
    record.receivedAt ? [factNodes(record), closedNode(record), el('span', {}, 'received ', timeElement(record.receivedAt)),
      record.version === undefined ? null : el('span', {}, 'version ', outside(record.version, { id: 'request-version', class: 'number' })),
      el('span', {}, 'id ', outside(record.id, { class: 'number request-id' }))] : null);
  byId('back').href = listAddress();
  showNeighbours('request', (step) => {
    const other = neighbour(record.id, step);
    return other && { href: requestHash(other.id), name: nameOf(other) ?? 'No name' };
  });
}

/** Says what happened. */
export const showOutcome = (node, options) => showPanel(outcome, node, options);

const backLink = () => el('a', { class: 'button', href: listAddress() }, 'Back to the list');

/** Where to go when a request is done with. */
export function onward() {
  const next = neighbour(view.id, 1, { open: true }) ?? neighbour(view.id, -1, { open: true });
  return [
    next ? el('a', { class: 'button primary', id: 'next-open', href: requestHash(next.id) }, 'Next: ', nameNode(next)) : null,
    backLink(),
  ].filter(Boolean);
}

/** Somebody else changed it: shows both versions, and loses nothing. */
export function conflict(now) {
  view.theirs = now;
  updateFields();
  const load = (edits) => () => {
    view.edits = edits;
    take(now);
    if (now.state === 'open') keepDraft(now, view.edits);
    else forgetDraft(now.id);
    build();
    showOutcome(null);
    announce(`Version ${now.version} is loaded${edits.size > 0 ? ', with your edits on top' : ''}.`);
    if (!focusNextFault(view.faults)) byId('request-heading').focus();
  };
  showOutcome(conflictPanel(view.record, now, view.edits, {
    onKeep: load(withoutSaved(now, view.edits)),
    onDrop: load(new Map()),
  }), { focus: true });
}

/** It is closed already, by somebody else. */
export function closed(now, number = null) {
  take(now);
  forgetDraft(now.id);
  update();
  showOutcome(closedPanel(now.state, { number: number ?? now.customerNumber, extra: onward(), edits: view.edits.size }), { focus: true });
}

/** To the next failing field. */
export const nextFault = () => Boolean(view?.record) && focusNextFault(view.faults);

/** To a neighbour of the open request in the list. */
export function openNeighbour(step) {
  const other = view ? neighbour(view.id, step) : null;
  if (other) location.hash = requestHash(other.id);
  return other !== null;
}

