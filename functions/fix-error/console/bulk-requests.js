// Reprocessing many requests in error: which ones, and what is corrected of all of them first. A correction is checked before it is made. The dialog is
// bulk-dialog.js's.

import { listErrors, reprocessErrors } from './api.js';
import { ATTRIBUTES, attributeOf, labelOf, reasonOf } from './attributes.js';
import { clearResults, closeBulk, go, isShown, openBulk, say, showButtons, trouble } from './bulk-dialog.js';
import { byId, counted, el } from './dom.js';
import { draftOf } from './draft.js';
import { currentFilters, noteChanges, selectedEntries } from './list.js';
import { requestHash } from './route.js';
import { customerLink, nameNode } from './rows.js';

const patchBox = byId('bulk-patch');
const patchRows = byId('bulk-patch-rows');

const OUTCOMES = {
  success: { words: 'resolved', checked: 'would be accepted', kind: 'good' },
  failure: { words: 'still failing', checked: 'would still fail', kind: 'bad' },
  duplicate: { words: 'looks like another', checked: 'would be a duplicate', kind: 'warn' },
  'already-resolved': { words: 'was resolved already', kind: 'plain' },
  'already-deleted': { words: 'was deleted already', kind: 'plain' },
  busy: { words: 'busy', kind: 'warn' },
  'not-found': { words: 'not found', kind: 'plain' },
  unanswered: { words: 'without an answer', kind: 'warn' },
};

// As many as the list gives at once.
const PAGE = 100;

let run = null;
let patch = {};

const JOB = {
  one: 'request',
  outcomes: OUTCOMES,
  send: (entries, dryRun) => reprocessErrors(entries.map((entry) => entry.id), patch, dryRun),
  about: (entry) => ({ href: requestHash(entry.id), name: nameNode(entry) }),
  outcomeOf: ({ customerNumber }) => (customerNumber ? [': customer ', customerLink(customerNumber)] : null),
  reasonsOf: ({ codes }) => (codes?.length > 0 ? codes.map(reasonOf).join(' · ') : null),
  changeOf,
  tell: noteChanges,
  back: () => byId('list-heading').focus(),
  onRun: (running) => { patchBox.hidden = running || run.rest.length > 0 || !run.dryRun; },
  afterCheck,
};

// What a result makes of a row of the list.
function changeOf({ outcome, customerNumber, codes }) {
  if (outcome === 'success') return { state: 'resolved', codes: [], customerNumber };
  if (outcome === 'failure') return { codes: codes ?? [] };
  if (outcome === 'already-resolved') return { state: 'resolved' };
  return outcome === 'already-deleted' ? { state: 'deleted' } : null;
}

function open(title, entries, code = null) {
  patch = {};
  patchRows.replaceChildren(patchRow(attributeOf(code) ?? 'cst_country'));
  run = openBulk(JOB, title, entries);
}

function patchRow(attribute) {
  const select = el('select', { class: 'patch-attribute', 'aria-label': 'What is set', on: { change: ready } },
    ATTRIBUTES.map((name) => el('option', { value: name }, labelOf(name))));
  select.value = attribute;
  const input = el('input', { class: 'patch-value', 'aria-label': 'To what', dir: 'auto', autocomplete: 'off', spellcheck: 'false', on: { input: ready } });
  return el('div', { class: 'patch-row' }, el('span', {}, 'Set'), select, el('span', {}, 'to'), input);
}

/** The patch as it is written now; what has no value is no part of it. */
function patchNow() {
  const rows = [...patchRows.children].map((row) => [row.querySelector('select').value, row.querySelector('input').value.trim()]);
  return Object.fromEntries(rows.filter(([, value]) => value !== ''));
}

const corrects = () => Object.keys(patch).length > 0;
const verb = () => (corrects() ? 'Correct and reprocess' : 'Reprocess');
const check = { act: () => go({ dryRun: true }) };

// What was found by an earlier check was found with an earlier patch.
function ready() {
  const typing = patchBox.contains(document.activeElement);
  const count = run.all.length;
  patch = patchNow();
  clearResults();
  patchBox.hidden = count === 0;
  const drafts = run.all.filter((entry) => draftOf(entry.id)).length;
  say(count === 0 ? 'No open request matches.'
    : `${counted(count, 'request')} will run through the whole order of work again, each for itself: what is accepted is resolved, what is not stays open.${drafts > 0 ? ` ${counted(drafts, 'of them has', 'of them have')} unsaved edits, which are not part of this.` : ''}`);
  const number = count.toLocaleString('en');
  if (count === 0) showButtons({});
  else if (corrects()) showButtons({ start: { words: `Check what would come of ${number}`, act: check.act } });
  else showButtons({ start: { words: `Reprocess ${number}`, act: () => go() }, check });
  if (!typing) (count > 0 ? byId('bulk-start') : byId('bulk-close')).focus();
}

// What a check leaves to do: those that would be accepted. Those that would still fail keep a correction, if that is wanted; without one nothing would be new with them.
function afterCheck() {
  const { all } = run;
  const accepted = all.filter((entry) => run.results.get(entry.id)?.outcome === 'success');
  const number = (entries) => entries.length.toLocaleString('en');
  const some = accepted.length > 0 && accepted.length < all.length;
  return {
    start: accepted.length === 0 ? null
      : { words: some ? `${verb()} the ${number(accepted)} that would be accepted` : `${verb()} ${number(all)}`, act: () => go({ only: accepted }) },
    all: accepted.length < all.length && corrects() ? { words: `Correct all ${number(all)}, those too that still fail`, act: () => go({ only: all }) } : null,
    check,
  };
}

/** Reads all open requests that match the filters. `onFound(count)` hears how many there are so far. */
async function collect(filters, signal, onFound) {
  const found = new Map();
  let cursor = null;
  do {
    const page = await listErrors({ ...filters, state: 'open' }, cursor, signal, PAGE);
    for (const entry of page.errors ?? []) found.set(entry.id, entry);
    cursor = page.next ?? null;
    onFound(found.size);
  } while (cursor !== null);
  return [...found.values()];
}

async function openForCause() {
  const filters = { ...currentFilters() };
  open(`Reprocess all with “${reasonOf(filters.code)}”`, [], filters.code);
  const mine = run;
  run.stop = new AbortController();
  say('Finding them…');
  showButtons({ stop: 'Cancel' });
  byId('bulk-stop').focus();
  try {
    const entries = await collect(filters, run.stop.signal, (count) => {
      if (isShown(mine)) say(`Finding them… ${count.toLocaleString('en')} so far.`);
    });
    if (!isShown(mine)) return;
    mine.all = entries;
    mine.rest = entries;
    mine.stop = null;
    ready();
  } catch (problem) {
    const cancelled = mine.stop.signal.aborted;
    mine.stop = null;
    if (!isShown(mine)) return;
    if (cancelled) {
      closeBulk();
      return;
    }
    say('');
    trouble(`They could not be found. ${problem.message}`);
    showButtons({});
    byId('bulk-close').focus();
  }
}

export function startBulkRequests() {
  byId('reprocess-selected').addEventListener('click', () => {
    const entries = selectedEntries();
    open(`Reprocess ${counted(entries.length, 'selected request')}`, entries, currentFilters().code ?? entries[0]?.codes?.[0]);
    ready();
  });
  byId('reprocess-cause').addEventListener('click', openForCause);
  byId('bulk-patch-add').addEventListener('click', () => {
    const row = patchRow('cst_state');
    patchRows.append(row);
    row.querySelector('select').focus();
  });
}
