// One request in error on the page: opens it, and carries out what the steward does with it. How things look is in form.js,
// compare.js, history.js and the panels; the calls are in api.js.

import { correctError, deleteError, reopenError, reprocessError, showError } from './api.js';
import { announce, byId, counted, el, fill, outside, showPanel } from './dom.js';
import { buildCompare, updateCompare } from './compare.js';
import { conflictPanel } from './conflict.js';
import { draftOf, edit, forgetDraft, keepDraft, patchOf, withoutSaved } from './draft.js';
import { duplicatePanel } from './duplicates.js';
import { buildForm, faultHeading, focusAttribute, focusNextFault, showFaults, updateForm } from './form.js';
import { showHistory } from './history.js';
import { entryOf, listAddress, neighbour, noteChange, noteOpened } from './list.js';
import { closedPanel, failurePanel, problemPanel, savedPanel, successPanel } from './outcome.js';
import { receivedValues } from './received.js';
import { requestHash } from './route.js';
import { closedNode, factNodes, nameNode, nameOf, stateBadge } from './rows.js';
import { showTeamwork, startTeamwork } from './teamwork.js';
import { timeElement } from './time.js';

const outcome = byId('outcome');
const body = byId('request-body');
const form = byId('message-form');

const PATIENCE_MS = 250;

// What is open: the request as the steward saw it, the edits on top, the faults as last evaluated, and in a conflict the
// request as somebody else left it.
let view = null;
let opening = null;

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

function take(record) {
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

function build() {
  buildForm(view.record, view.faults, onEdit);
  buildCompare(view.record, view.received);
  body.hidden = false;
  byId('request-view').dataset.id = view.record.id;
  update();
}

function onEdit(attribute, value) {
  if (value === null) view.edits.delete(attribute);
  else edit(view.record, view.edits, attribute, value);
  keepDraft(view.record, view.edits);
  updateFields();
}

function update() {
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

function updateFields() {
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
  for (const [id, step] of [['previous-request', -1], ['next-request', 1]]) {
    const other = neighbour(record.id, step);
    byId(id).hidden = other === null;
    if (other) {
      byId(id).href = requestHash(other.id);
      byId(id).title = nameOf(other) ?? 'No name';
    }
  }
}

const showOutcome = (node, options) => showPanel(outcome, node, options);

const backLink = () => el('a', { class: 'button', href: listAddress() }, 'Back to the list');

// Where to go when a request is done with.
function onward() {
  const next = neighbour(view.id, 1, { open: true }) ?? neighbour(view.id, -1, { open: true });
  return [
    next ? el('a', { class: 'button primary', id: 'next-open', href: requestHash(next.id) }, 'Next: ', nameNode(next)) : null,
    backLink(),
  ].filter(Boolean);
}

/** Runs one action; a refusal becomes the panel that explains it. */
async function work(words, failed, action, wanted = 'open') {
  if (!view?.record || view.working || view.record.state !== wanted) return;
  const mine = view;
  mine.working = true;
  form.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => { byId('unsaved').textContent = words; }, PATIENCE_MS);
  const done = () => {
    clearTimeout(slow);
    mine.working = false;
    form.removeAttribute('aria-busy');
  };
  try {
    // The steward may have gone elsewhere before the answer came; then only the list hears of it.
    const show = await action(mine);
    done();
    if (view === mine) show();
  } catch (problem) {
    done();
    if (view !== mine) return;
    updateFields();
    await refused(problem, failed, () => work(words, failed, action, wanted));
  }
}

async function refused(problem, failed, again) {
  const mine = view;
  try {
    if (problem.status === 412) {
      const now = await showError(mine.id);
      if (view === mine) conflict(now);
      return;
    }
    if (problem.kind === 'already-open') {
      const now = await showError(mine.id);
      if (view !== mine) return;
      take(now);
      build();
      announce('Somebody reopened it before.');
      return;
    }
    if (problem.kind === 'already-resolved' || problem.kind === 'already-deleted') {
      const now = await showError(mine.id);
      if (view === mine) closed(now, problem.body.customerNumber);
      return;
    }
  } catch (second) {
    problem = second;
  }
  if (view === mine) showOutcome(problemPanel(problem, { what: failed, again }), { focus: true });
}

function conflict(now) {
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

function closed(now, number = null) {
  take(now);
  forgetDraft(now.id);
  update();
  showOutcome(closedPanel(now.state, { number: number ?? now.customerNumber, extra: onward(), edits: view.edits.size }), { focus: true });
}

/** Saves what was changed. */
export async function save() {
  if (!view?.record || view.record.state !== 'open') return;
  if (view.edits.size === 0) {
    announce('There is nothing to save.');
    return;
  }
  await work('Saving…', 'It could not be saved.', async (mine) => {
    const sent = new Map(mine.edits);
    const record = await correctError(mine.id, patchOf(sent), mine.record.version);
    // What was typed while the call was under way stays an edit.
    const edits = new Map([...mine.edits].filter(([attribute, value]) => sent.get(attribute) !== value));
    keepDraft(record, edits);
    return () => {
      view.edits = edits;
      take(record);
      // The panel may be out of sight when the focus goes on to the next fault; the bar of buttons never is.
      view.saved = `Saved. ${faultHeading(view.faults.length)}.`;
      update();
      showOutcome(savedPanel(view.faults));
      announce(view.saved);
      if (!focusNextFault(view.faults)) byId('reprocess').focus();
    };
  });
}

/** Runs the message again, with what was changed in the same call; or only says what would come of it. */
export async function reprocess({ dryRun = false } = {}) {
  const failed = dryRun ? 'It could not be checked.' : 'It could not be reprocessed.';
  await work(dryRun ? 'Checking…' : 'Reprocessing…', failed, async (mine) => {
    const sent = new Map(mine.edits);
    const { status, body: answer } = await reprocessError(mine.id, patchOf(sent), mine.record.version, dryRun);
    const success = status === 200 || status === 201;
    const record = dryRun ? mine.record : await afterwards(mine.record, success, answer);
    const edits = success && !dryRun ? new Map() : withoutSaved(record, mine.edits);
    keepDraft(record, edits);
    return () => {
      view.edits = edits;
      if (!dryRun) take(record);
      const faults = answer.CustSoldTo?.Error ?? [];
      const result = String(answer.CustSoldTo?.cst_action_result ?? '').toLowerCase();
      const context = { dryRun, unsaved: edits.size };
      if (success) {
        showOutcome(successPanel(answer, status, { dryRun, extra: dryRun ? [] : onward() }), { focus: true });
        if (dryRun) evaluated([]);
      } else if (result === 'duplicate') {
        // Duplicates are looked for before the edits run, so the faults are still those of what is saved.
        if (edits.size > 0) view.faultTitle = `${faultHeading(view.faults.length)} in what is saved`;
        const foresee = (number) => reprocessError(mine.id, { ...patchOf(view.edits), cst_cust_nbr: number }, record.version, true);
        showOutcome(duplicatePanel(answer, { ...context, onChange: asChangeOf, onCreate: createAnyway, foresee }), { focus: true });
      } else {
        evaluated(faults, dryRun);
        showOutcome(failurePanel(faults, { ...context, answer }), { focus: true });
      }
      update();
    };
  });
}

function evaluated(faults, dryRun = true) {
  view.faults = faults;
  view.faultTitle = dryRun ? `${faultHeading(faults.length)}, checked with your changes` : null;
}

// What the request is after a run. When that cannot be read, what the run itself said is enough to go on with.
async function afterwards(record, success, answer) {
  try {
    return await showError(record.id);
  } catch {
    return success ? { ...record, state: 'resolved', codes: [], errors: [], customerNumber: answer.CustSoldTo?.cst_cust_nbr } : record;
  }
}

function asChangeOf(number) {
  onEdit('cst_cust_nbr', number);
  announce(`The customer number is set to ${number}. Reprocess to change that customer.`);
  if (focusAttribute('cst_cust_nbr')) byId('cst_cust_nbr').select?.();
}

function createAnyway() {
  onEdit('cst_duplicate', 'N');
  announce('The duplicate check is set to N. Reprocess to create another customer.');
  focusAttribute('cst_duplicate');
}

function askToDelete() {
  if (!view?.record || view.record.state !== 'open' || view.working) return;
  fill(byId('delete-text'), nameNode(view.record), ', received ', timeElement(view.record.receivedAt),
    '. No customer comes of it. For 90 days it can be reopened.',
    view.edits.size > 0 ? ` Your ${counted(view.edits.size, 'unsaved change')} will be lost.` : null);
  byId('delete-reason').value = '';
  byId('delete-dialog').showModal();
}

async function remove() {
  const reason = byId('delete-reason').value.trim();
  byId('delete-dialog').close();
  await work('Deleting…', 'It could not be deleted.', async (mine) => {
    await deleteError(mine.id, mine.record.version, reason);
    forgetDraft(mine.id);
    const record = await showError(mine.id).catch(() => ({ ...mine.record, state: 'deleted' }));
    noteChange(mine.id, { state: record.state });
    return () => {
      view.edits = new Map();
      take(record);
      update();
      showOutcome(closedPanel('deleted', { mine: true, extra: onward() }), { focus: true });
    };
  });
}

async function reopen() {
  await work('Reopening…', 'It could not be reopened.', async (mine) => {
    const record = await reopenError(mine.id, mine.record.version);
    return () => {
      take(record);
      build();
      showOutcome(null);
      announce(`Reopened. ${faultHeading(view.faults.length)}.`);
      byId('request-heading').focus();
    };
  }, 'deleted');
}

/** What is said of the request beside its message: who has it, or a note. Unsaved edits stay. */
function remark(words, failed, action) {
  return work(words, failed, async (mine) => {
    const record = await action(mine.id, mine.record.version);
    return () => {
      take(record);
      if (view.edits.size > 0) keepDraft(record, view.edits);
      update();
    };
  });
}

/** To the next failing field. */
export const nextFault = () => Boolean(view?.record) && focusNextFault(view.faults);

/** To a neighbour of the open request in the list. */
export function openNeighbour(step) {
  const other = view ? neighbour(view.id, step) : null;
  if (other) location.hash = requestHash(other.id);
  return other !== null;
}

export function startRequest() {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  byId('reprocess').addEventListener('click', () => reprocess());
  byId('check').addEventListener('click', () => reprocess({ dryRun: true }));
  byId('delete').addEventListener('click', askToDelete);
  byId('delete-cancel').addEventListener('click', () => byId('delete-dialog').close());
  byId('delete-confirm').addEventListener('click', remove);
  byId('reopen').addEventListener('click', reopen);
  startTeamwork(remark);
}
