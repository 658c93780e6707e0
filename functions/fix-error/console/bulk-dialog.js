// The dialog of reprocessing many: what is corrected of all, what will be done, progress, a result per line, stop and
// continue. A correction is checked before it is made. The work itself is in bulk.js.

import { ATTRIBUTES, attributeOf, labelOf, reasonOf } from './attributes.js';
import { collect, runBulk } from './bulk.js';
import { announce, byId, counted, el, fill, outside } from './dom.js';
import { draftOf } from './draft.js';
import { currentFilters, noteChanges, selectedEntries } from './list.js';
import { requestHash } from './route.js';
import { customerLink, nameNode } from './rows.js';

const dialog = byId('bulk-dialog');
const lines = byId('bulk-results');
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

const OTHER = { kind: 'plain' };

// So many lines are there at once: ten thousand would make the page slow, and nobody reads them.
const LINES_AT_ONCE = 200;

let run = null;

function wordsOf(outcome) {
  const known = OUTCOMES[outcome];
  if (!known) return String(outcome);
  return (run.dryRun && known.checked) || known.words;
}

function openDialog(title, entries, code = null) {
  run = {
    all: entries, rest: entries, results: new Map(), counts: new Map(), nodes: new Map(), fresh: [], changes: new Map(), room: LINES_AT_ONCE,
    patch: {}, dryRun: false, stop: null, only: null, act: null, actOnAll: null,
  };
  patchBox.hidden = true;
  patchRows.replaceChildren(patchRow(attributeOf(code) ?? 'cst_country'));
  byId('bulk-heading').textContent = title;
  byId('bulk-progress-box').hidden = true;
  clearLines();
  trouble(null);
  if (!dialog.open) dialog.showModal();
  byId('bulk-heading').focus();
  if (entries) ready();
}

function clearLines() {
  run.results.clear();
  run.counts.clear();
  run.nodes.clear();
  run.fresh = [];
  run.only = null;
  run.room = LINES_AT_ONCE;
  lines.replaceChildren();
  lines.hidden = true;
  byId('bulk-more').hidden = true;
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

const corrects = () => Object.keys(run.patch).length > 0;
const verb = () => (corrects() ? 'Correct and reprocess' : 'Reprocess');

// What was found by an earlier check was found with an earlier patch.
function ready() {
  const typing = patchBox.contains(document.activeElement);
  const count = run.all.length;
  run.patch = patchNow();
  clearLines();
  byId('bulk-progress-box').hidden = true;
  patchBox.hidden = count === 0;
  const drafts = run.all.filter((entry) => draftOf(entry.id)).length;
  byId('bulk-text').textContent = count === 0 ? 'No open request matches.'
    : `${counted(count, 'request')} will run through the whole order of work again, each for itself: what is accepted is resolved, what is not stays open.${drafts > 0 ? ` ${counted(drafts, 'of them has', 'of them have')} unsaved edits, which are not part of this.` : ''}`;
  const number = count.toLocaleString('en');
  if (count === 0) showButtons({});
  else if (corrects()) showButtons({ start: { words: `Check what would come of ${number}`, act: () => go(true) } });
  else showButtons({ start: { words: `Reprocess ${number}`, act: () => go(false) }, check: true });
  if (!typing) (count > 0 ? byId('bulk-start') : byId('bulk-close')).focus();
}

// `start` is what the first button says and does: to begin, to go on, or to try some again. `all` is the one for those, too, that would still fail.
function showButtons({ start = null, check = false, all = null, stop = null }) {
  run.act = start?.act ?? null;
  run.actOnAll = all?.act ?? null;
  byId('bulk-all').hidden = all === null;
  byId('bulk-all').textContent = all?.words ?? '';
  byId('bulk-start').hidden = start === null;
  byId('bulk-start').textContent = start?.words ?? '';
  byId('bulk-check').hidden = !check;
  byId('bulk-stop').hidden = stop === null;
  byId('bulk-stop').textContent = stop ?? '';
  byId('bulk-close').hidden = stop !== null;
}

const trouble = (sentence) => {
  byId('bulk-trouble').hidden = sentence === null;
  byId('bulk-trouble').textContent = sentence ?? '';
};

/** Runs through what is left; from the start when it begins, or when a check becomes the real thing. */
async function go(dryRun, { goesOn = false, only = run.all } = {}) {
  if (run.stop) return;
  const mine = run;
  if (!goesOn) {
    clearLines();
    run.all = only;
    run.rest = only;
  }
  run.dryRun = dryRun;
  run.stop = new AbortController();
  trouble(null);
  byId('bulk-progress-box').hidden = false;
  lines.hidden = false;
  patchBox.hidden = true;
  showButtons({ stop: 'Stop' });
  byId('bulk-stop').focus();
  showProgress();
  let failed = null;
  try {
    run.rest = await runBulk(run.rest, {
      patch: run.patch,
      dryRun,
      signal: run.stop.signal,
      onResult: (entry, result) => note(mine, entry, result),
      onWait: (problem, seconds) => {
        if (run === mine) byId('bulk-count').textContent = `${problem.status === 503 ? 'The system is busy' : 'No answer came'}; going on in ${counted(seconds, 'second')}…`;
      },
    });
  } catch (problem) {
    if (!problem.rest) throw problem;
    mine.rest = problem.rest;
    failed = problem;
  }
  mine.stop = null;
  if (run === mine && dialog.open) finish(failed);
}

function note(mine, entry, result) {
  const earlier = mine.results.get(entry.id);
  if (earlier) mine.counts.set(earlier.outcome, mine.counts.get(earlier.outcome) - 1);
  mine.results.set(entry.id, result);
  mine.counts.set(result.outcome, (mine.counts.get(result.outcome) ?? 0) + 1);
  if (!mine.dryRun) {
    const change = changeOf(result);
    if (change) mine.changes.set(entry.id, change);
  }
  if (run !== mine) {
    tellList(mine);
    return;
  }
  if (mine.fresh.length === 0) requestAnimationFrame(() => run === mine && showFresh());
  mine.fresh.push(entry);
}

// What a result makes of a row of the list.
function changeOf({ outcome, customerNumber, codes }) {
  if (outcome === 'success') return { state: 'resolved', codes: [], customerNumber };
  if (outcome === 'failure') return { codes: codes ?? [] };
  if (outcome === 'already-resolved') return { state: 'resolved' };
  return outcome === 'already-deleted' ? { state: 'deleted' } : null;
}

function tellList(mine) {
  if (mine.changes.size === 0) return;
  noteChanges(mine.changes);
  mine.changes = new Map();
}

// However many results came since the last frame, the list is measured once, and the list behind the dialog hears of them once.
function showFresh() {
  const fresh = run.fresh.splice(0);
  tellList(run);
  const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  for (const entry of fresh) {
    const before = run.nodes.get(entry.id);
    if (before) {
      const line = lineOf(entry, run.results.get(entry.id));
      before.replaceWith(line);
      run.nodes.set(entry.id, line);
    }
  }
  addLines(fresh.filter((entry) => !run.nodes.has(entry.id)));
  if (atEnd) lines.scrollTop = lines.scrollHeight;
  showProgress();
}

// Lines for those that are shown, as long as there is room.
function addLines(entries) {
  const wanted = entries.filter((entry) => isWanted(run.results.get(entry.id)));
  const added = wanted.slice(0, Math.max(0, run.room - run.nodes.size));
  for (const entry of added) run.nodes.set(entry.id, lineOf(entry, run.results.get(entry.id)));
  lines.append(...added.map((entry) => run.nodes.get(entry.id)));
  const left = (run.only === null ? run.results.size : run.counts.get(run.only) ?? 0) - run.nodes.size;
  byId('bulk-more').hidden = left <= 0;
  byId('bulk-more').textContent = `Show ${Math.min(left, LINES_AT_ONCE).toLocaleString('en')} of ${left.toLocaleString('en')} more`;
}

const isWanted = (result) => result !== undefined && (run.only === null || run.only === result.outcome);

function showMore() {
  const last = lines.lastElementChild;
  run.room += LINES_AT_ONCE;
  addLines(run.all.filter((entry) => run.results.has(entry.id) && !run.nodes.has(entry.id)));
  last?.nextElementSibling?.querySelector('a')?.focus();
}

function lineOf(entry, result) {
  const { kind } = OUTCOMES[result.outcome] ?? OTHER;
  return el('li', { data: { id: entry.id, outcome: result.outcome ?? '', kind } },
    el('a', { href: requestHash(entry.id), on: { click: () => dialog.close() } }, nameNode(entry)), ' ',
    el('span', { class: 'result' }, wordsOf(result.outcome),
      result.customerNumber ? [': customer ', customerLink(result.customerNumber)] : null),
    result.codes?.length > 0 ? el('span', { class: 'codes' }, result.codes.map(reasonOf).join(' · ')) : null);
}

function showProgress() {
  const done = run.results.size;
  byId('bulk-progress').max = Math.max(1, run.all.length);
  byId('bulk-progress').value = done;
  byId('bulk-count').textContent = `${run.dryRun ? 'Checked' : 'Done'}: ${done.toLocaleString('en')} of ${run.all.length.toLocaleString('en')}`;
  const counts = [...run.counts].filter(([, count]) => count > 0);
  const focused = document.activeElement?.dataset?.tally;
  fill(byId('bulk-tally'), counts.map(([outcome, count]) => el('li', {},
    el('button', {
      type: 'button', data: { tally: outcome ?? '', kind: (OUTCOMES[outcome] ?? OTHER).kind }, 'aria-pressed': String(run.only === outcome),
      on: { click: () => showOnly(run.only === outcome ? null : outcome) },
    }, `${count.toLocaleString('en')} ${wordsOf(outcome)}`))));
  if (focused !== undefined) [...byId('bulk-tally').querySelectorAll('button')].find((button) => button.dataset.tally === focused)?.focus();
}

function showOnly(outcome) {
  run.only = outcome;
  run.room = LINES_AT_ONCE;
  run.nodes.clear();
  lines.replaceChildren();
  addLines(run.all);
  showProgress();
}

function finish(failed) {
  showFresh();
  const left = run.rest.length;
  const busy = run.all.filter((entry) => ['busy', 'unanswered'].includes(run.results.get(entry.id)?.outcome));
  showProgress();
  // What went wrong is read from the first line on; what will happen has happened.
  lines.scrollTop = 0;
  if (left === 0 && !run.dryRun) byId('bulk-text').textContent = '';
  patchBox.hidden = left > 0 || !run.dryRun;
  const tally = [...byId('bulk-tally').querySelectorAll('button')].map((button) => button.textContent).join(', ');
  if (failed) trouble(`${failed.message} ${counted(left, 'request')} not done.`);
  if (left > 0) {
    if (!failed) byId('bulk-count').textContent += '. Stopped.';
    showButtons({ start: { words: `Continue with the remaining ${left.toLocaleString('en')}`, act: () => go(run.dryRun, { goesOn: true }) } });
  } else if (run.dryRun) {
    showButtons(afterCheck());
  } else if (busy.length > 0) {
    run.rest = busy;
    showButtons({ start: { words: `Try ${counted(busy.length, 'one')} without a result again`, act: () => go(false, { goesOn: true }) } });
  } else {
    showButtons({});
  }
  announce(`${left > 0 ? 'Stopped' : run.dryRun ? 'Checked' : 'Finished'}: ${tally}.`);
  (byId('bulk-start').hidden ? byId('bulk-close') : byId('bulk-start')).focus();
}

// What a check leaves to do: those that would be accepted. Those that would still fail keep a correction, if that is wanted; without one nothing would be new with them.
function afterCheck() {
  const { all } = run;
  const accepted = all.filter((entry) => run.results.get(entry.id)?.outcome === 'success');
  const number = (entries) => entries.length.toLocaleString('en');
  const some = accepted.length > 0 && accepted.length < all.length;
  return {
    start: accepted.length === 0 ? null
      : { words: some ? `${verb()} the ${number(accepted)} that would be accepted` : `${verb()} ${number(all)}`, act: () => go(false, { only: accepted }) },
    all: accepted.length < all.length && corrects() ? { words: `Correct all ${number(all)}, those too that still fail`, act: () => go(false, { only: all }) } : null,
    check: true,
  };
}

async function openForCause() {
  const filters = { ...currentFilters() };
  openDialog(`Reprocess all with “${reasonOf(filters.code)}”`, null, filters.code);
  const mine = run;
  run.stop = new AbortController();
  byId('bulk-text').textContent = 'Finding them…';
  showButtons({ stop: 'Cancel' });
  byId('bulk-stop').focus();
  try {
    const entries = await collect(filters, run.stop.signal, (count) => {
      if (run === mine) byId('bulk-text').textContent = `Finding them… ${count.toLocaleString('en')} so far.`;
    });
    if (run !== mine || !dialog.open) return;
    mine.all = entries;
    mine.rest = entries;
    mine.stop = null;
    ready();
  } catch (problem) {
    const cancelled = mine.stop.signal.aborted;
    mine.stop = null;
    if (run !== mine) return;
    if (cancelled) {
      dialog.close();
      return;
    }
    byId('bulk-text').textContent = '';
    trouble(`They could not be found. ${problem.message}`);
    showButtons({});
    byId('bulk-close').focus();
  }
}

export function startBulk() {
  byId('reprocess-selected').addEventListener('click', () => {
    const entries = selectedEntries();
    openDialog(`Reprocess ${counted(entries.length, 'selected request')}`, entries, currentFilters().code ?? entries[0]?.codes?.[0]);
  });
  byId('reprocess-cause').addEventListener('click', openForCause);
  byId('bulk-start').addEventListener('click', () => run?.act?.());
  byId('bulk-check').addEventListener('click', () => go(true));
  byId('bulk-all').addEventListener('click', () => run?.actOnAll?.());
  byId('bulk-patch-add').addEventListener('click', () => {
    const row = patchRow('cst_state');
    patchRows.append(row);
    row.querySelector('select').focus();
  });
  byId('bulk-more').addEventListener('click', showMore);
  byId('bulk-stop').addEventListener('click', stop);
  byId('bulk-close').addEventListener('click', () => dialog.close());
  dialog.addEventListener('cancel', (event) => {
    if (!run?.stop) return;
    event.preventDefault();
    stop();
  });
  dialog.addEventListener('close', () => {
    run?.stop?.abort();
    // The button that opened it may be gone by now: what was selected is resolved.
    if (document.activeElement === document.body || document.activeElement?.hidden) byId('list-heading').focus();
  });
}

function stop() {
  if (!run?.stop) return;
  run.stop.abort();
  byId('bulk-stop').textContent = 'Stopping after this batch…';
}
