// The dialog of reprocessing many: what will be done, progress, a result per line, stop and continue. The work itself is
// in bulk.js.

import { reasonOf } from './attributes.js';
import { collect, runBulk } from './bulk.js';
import { announce, byId, counted, el, fill, outside } from './dom.js';
import { draftOf } from './draft.js';
import { currentFilters, noteChange, selectedEntries } from './list.js';
import { requestHash } from './route.js';
import { customerLink, nameNode } from './rows.js';

const dialog = byId('bulk-dialog');
const lines = byId('bulk-results');

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

let run = null;

function wordsOf(outcome) {
  const known = OUTCOMES[outcome];
  if (!known) return String(outcome);
  return (run.dryRun && known.checked) || known.words;
}

function openDialog(title, entries) {
  run = { all: entries, rest: entries, results: new Map(), nodes: new Map(), dryRun: false, stop: null, only: null, act: null };
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
  run.nodes.clear();
  run.only = null;
  lines.replaceChildren();
  lines.hidden = true;
}

function ready() {
  const count = run.all.length;
  const drafts = run.all.filter((entry) => draftOf(entry.id)).length;
  byId('bulk-text').textContent = count === 0 ? 'No open request matches.'
    : `${counted(count, 'request')} will run through the whole order of work again, each for itself: what is accepted is resolved, what is not stays open.${drafts > 0 ? ` ${counted(drafts, 'of them has', 'of them have')} unsaved edits, which are not part of this.` : ''}`;
  showButtons({ start: count > 0 ? { words: `Reprocess ${count.toLocaleString('en')}`, act: () => go(false) } : null, check: count > 0 });
  (count > 0 ? byId('bulk-start') : byId('bulk-close')).focus();
}

// `start` is what the first button says and does: to begin, to go on, or to try some again.
function showButtons({ start = null, check = false, stop = null }) {
  run.act = start?.act ?? null;
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
async function go(dryRun, { goesOn = false } = {}) {
  if (run.stop) return;
  const mine = run;
  if (!goesOn) {
    clearLines();
    run.rest = run.all;
  }
  run.dryRun = dryRun;
  run.stop = new AbortController();
  trouble(null);
  byId('bulk-progress-box').hidden = false;
  lines.hidden = false;
  showButtons({ stop: 'Stop' });
  byId('bulk-stop').focus();
  showProgress();
  let failed = null;
  try {
    run.rest = await runBulk(run.rest, {
      dryRun,
      signal: run.stop.signal,
      onResult: (entry, result) => {
        note(mine, entry, result);
        if (run === mine) showProgress();
      },
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
  mine.results.set(entry.id, result);
  if (!mine.dryRun) {
    if (result.outcome === 'success') noteChange(entry.id, { state: 'resolved', codes: [], customerNumber: result.customerNumber });
    if (result.outcome === 'failure') noteChange(entry.id, { codes: result.codes ?? [] });
    if (result.outcome === 'already-resolved') noteChange(entry.id, { state: 'resolved' });
    if (result.outcome === 'already-deleted') noteChange(entry.id, { state: 'deleted' });
  }
  if (run !== mine) return;
  const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  const line = lineOf(entry, result);
  const before = mine.nodes.get(entry.id);
  if (before) before.replaceWith(line);
  else lines.append(line);
  mine.nodes.set(entry.id, line);
  if (atEnd) lines.scrollTop = lines.scrollHeight;
}

function lineOf(entry, result) {
  const { kind } = OUTCOMES[result.outcome] ?? OTHER;
  const line = el('li', { data: { id: entry.id, outcome: result.outcome ?? '', kind } },
    el('a', { href: requestHash(entry.id), on: { click: () => dialog.close() } }, nameNode(entry)), ' ',
    el('span', { class: 'result' }, wordsOf(result.outcome),
      result.customerNumber ? [': customer ', customerLink(result.customerNumber)] : null),
    result.codes?.length > 0 ? el('span', { class: 'codes' }, result.codes.map(reasonOf).join(' · ')) : null);
  line.hidden = run.only !== null && run.only !== result.outcome;
  return line;
}

function showProgress() {
  const done = run.results.size;
  byId('bulk-progress').max = Math.max(1, run.all.length);
  byId('bulk-progress').value = done;
  byId('bulk-count').textContent = `${run.dryRun ? 'Checked' : 'Done'}: ${done.toLocaleString('en')} of ${run.all.length.toLocaleString('en')}`;
  const counts = new Map();
  for (const { outcome } of run.results.values()) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const focused = document.activeElement?.dataset?.tally;
  fill(byId('bulk-tally'), [...counts].map(([outcome, count]) => el('li', {},
    el('button', {
      type: 'button', data: { tally: outcome ?? '', kind: (OUTCOMES[outcome] ?? OTHER).kind }, 'aria-pressed': String(run.only === outcome),
      on: { click: () => showOnly(run.only === outcome ? null : outcome) },
    }, `${count.toLocaleString('en')} ${wordsOf(outcome)}`))));
  if (focused !== undefined) [...byId('bulk-tally').querySelectorAll('button')].find((button) => button.dataset.tally === focused)?.focus();
}

function showOnly(outcome) {
  run.only = outcome;
  for (const line of lines.children) line.hidden = outcome !== null && line.dataset.outcome !== outcome;
  showProgress();
}

function finish(failed) {
  const left = run.rest.length;
  const busy = run.all.filter((entry) => ['busy', 'unanswered'].includes(run.results.get(entry.id)?.outcome));
  showProgress();
  // What went wrong is read from the first line on; what will happen has happened.
  lines.scrollTop = 0;
  if (left === 0 && !run.dryRun) byId('bulk-text').textContent = '';
  const tally = [...byId('bulk-tally').querySelectorAll('button')].map((button) => button.textContent).join(', ');
  if (failed) trouble(`${failed.message} ${counted(left, 'request')} not done.`);
  if (left > 0) {
    if (!failed) byId('bulk-count').textContent += '. Stopped.';
    showButtons({ start: { words: `Continue with the remaining ${left.toLocaleString('en')}`, act: () => go(run.dryRun, { goesOn: true }) } });
  } else if (run.dryRun) {
    showButtons({ start: { words: `Reprocess ${run.all.length.toLocaleString('en')}`, act: () => go(false) }, check: true });
  } else if (busy.length > 0) {
    run.rest = busy;
    showButtons({ start: { words: `Try ${counted(busy.length, 'one')} without a result again`, act: () => go(false, { goesOn: true }) } });
  } else {
    showButtons({});
  }
  announce(`${left > 0 ? 'Stopped' : run.dryRun ? 'Checked' : 'Finished'}: ${tally}.`);
  (byId('bulk-start').hidden ? byId('bulk-close') : byId('bulk-start')).focus();
}

async function openForCause() {
  const filters = { ...currentFilters() };
  openDialog(`Reprocess all with “${reasonOf(filters.code)}”`, null);
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
    openDialog(`Reprocess ${counted(entries.length, 'selected request')}`, entries);
  });
  byId('reprocess-cause').addEventListener('click', openForCause);
  byId('bulk-start').addEventListener('click', () => run?.act?.());
  byId('bulk-check').addEventListener('click', () => go(true));
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
