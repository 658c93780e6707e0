// The dialog of doing one thing with many: what will be done, progress, a result per line, stop and continue. What is done and how it is called is a
// job's, of bulk-requests.js or bulk-pairs.js; the work itself is in bulk.js.

import { runBulk } from './bulk.js';
import { announce, byId, counted, el, fill } from './dom.js';

/**
 * What is done with many, and its words.
 *
 * @typedef {object} Job
 * @property {string} one what one of them is called
 * @property {Record<string, {words: string, checked?: string, kind: string}>} outcomes the words for each outcome, done or only checked
 * @property {(entries: object[], dryRun: boolean) => Promise<object[]>} send carries it out; a result has the `id` of its entry and an `outcome`
 * @property {(entry: object) => {href: string, name: any}} about what leads to one of them
 * @property {(result: object) => any} [outcomeOf] what is said beside an outcome
 * @property {(result: object) => any} [reasonsOf] why it came to that
 * @property {(result: object) => object | null} changeOf what a result makes of the row in the list
 * @property {(changes: Map<string, object>) => void} tell tells the list, by the entries' `id`
 * @property {() => void} back puts the focus where it is of use, where what had it is gone
 * @property {(running: boolean) => void} [onRun] hears when it begins and when it ends
 * @property {() => object} [afterCheck] the buttons that a check leaves
 * @property {() => object | null} [undo] the button that takes all of it back
 */

const dialog = byId('bulk-dialog');
const lines = byId('bulk-results');

// So many lines are there at once: ten thousand would make the page slow, and nobody reads them.
const LINES_AT_ONCE = 200;

let run = null;

const outcomeOf = (outcome) => run.job.outcomes[outcome] ?? { words: String(outcome), kind: 'plain' };

function wordsOf(outcome) {
  const known = outcomeOf(outcome);
  return (run.dryRun && known.checked) || known.words;
}

/** Opens the dialog for these entries; returns what is known of the run: `all` that are meant, and the `results` by id. */
export function openBulk(job, title, entries) {
  run = {
    job, all: entries, rest: entries, results: new Map(), counts: new Map(), nodes: new Map(), fresh: [], changes: new Map(), room: LINES_AT_ONCE,
    dryRun: false, stop: null, only: null, buttons: {},
  };
  byId('bulk-heading').textContent = title;
  say('');
  clearResults();
  trouble(null);
  showButtons({});
  // A job that corrects something first shows it.
  byId('bulk-patch').hidden = true;
  if (!dialog.open) dialog.showModal();
  byId('bulk-heading').focus();
  return run;
}

export const isOpen = () => dialog.open;

/** Is this what the dialog shows? */
export const isShown = (mine) => run === mine && dialog.open;

export function clearResults() {
  run.results.clear();
  run.counts.clear();
  run.nodes.clear();
  run.fresh = [];
  run.only = null;
  run.room = LINES_AT_ONCE;
  lines.replaceChildren();
  lines.hidden = true;
  byId('bulk-more').hidden = true;
  byId('bulk-progress-box').hidden = true;
}

export const closeBulk = () => dialog.close();

/** What will be done. */
export const say = (sentence) => { byId('bulk-text').textContent = sentence; };

/** What went wrong. */
export const trouble = (sentence) => {
  byId('bulk-trouble').hidden = sentence === null;
  byId('bulk-trouble').textContent = sentence ?? '';
};

/**
 * Shows these buttons, and what each says and does: `start` begins, goes on, or tries some again; `all` does it to those, too, that would still fail; `undo`
 * takes it back. While there is something to stop, the dialog cannot be closed.
 */
export function showButtons({ start = null, check = null, all = null, undo = null, stop = null }) {
  run.buttons = { start, check, all, undo };
  for (const [name, button] of Object.entries(run.buttons)) {
    byId(`bulk-${name}`).hidden = button === null;
    if (button?.words) fill(byId(`bulk-${name}`), button.words);
  }
  byId('bulk-stop').hidden = stop === null;
  byId('bulk-stop').textContent = stop ?? '';
  byId('bulk-close').hidden = stop !== null;
}

/** Runs through what is left; from the start when it begins, or when a check becomes the real thing. */
export async function go({ dryRun = false, goesOn = false, only = run.all } = {}) {
  if (run.stop) return;
  const mine = run;
  if (!goesOn) {
    clearResults();
    run.all = only;
    run.rest = only;
  }
  run.dryRun = dryRun;
  run.stop = new AbortController();
  trouble(null);
  byId('bulk-progress-box').hidden = false;
  lines.hidden = false;
  run.job.onRun?.(true);
  showButtons({ stop: 'Stop' });
  byId('bulk-stop').focus();
  showProgress();
  let failed = null;
  try {
    mine.rest = await runBulk(mine.rest, {
      send: (entries) => mine.job.send(entries, dryRun),
      signal: mine.stop.signal,
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
  if (isShown(mine)) finish(failed);
}

function note(mine, entry, result) {
  const earlier = mine.results.get(entry.id);
  if (earlier) mine.counts.set(earlier.outcome, mine.counts.get(earlier.outcome) - 1);
  mine.results.set(entry.id, result);
  mine.counts.set(result.outcome, (mine.counts.get(result.outcome) ?? 0) + 1);
  if (!mine.dryRun) {
    const change = mine.job.changeOf(result);
    if (change) mine.changes.set(entry.id, change);
  }
  if (run !== mine) {
    tellList(mine);
    return;
  }
  if (mine.fresh.length === 0) requestAnimationFrame(() => run === mine && showFresh());
  mine.fresh.push(entry);
}

function tellList(mine) {
  if (mine.changes.size === 0) return;
  const { changes } = mine;
  mine.changes = new Map();
  mine.job.tell(changes);
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
  const { href, name } = run.job.about(entry);
  const reasons = run.job.reasonsOf?.(result) ?? null;
  return el('li', { data: { id: entry.id, outcome: result.outcome ?? '', kind: outcomeOf(result.outcome).kind } },
    el('a', { href, on: { click: () => dialog.close() } }, name), ' ',
    el('span', { class: 'result' }, wordsOf(result.outcome), run.job.outcomeOf?.(result)),
    reasons ? el('span', { class: 'codes' }, reasons) : null);
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
      type: 'button', data: { tally: outcome ?? '', kind: outcomeOf(outcome).kind }, 'aria-pressed': String(run.only === outcome),
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
  if (left === 0 && !run.dryRun) say('');
  run.job.onRun?.(false);
  const tally = [...byId('bulk-tally').querySelectorAll('button')].map((button) => button.textContent).join(', ');
  const undo = run.dryRun ? null : run.job.undo?.() ?? null;
  if (failed) trouble(`${failed.message} ${counted(left, run.job.one)} not done.`);
  if (left > 0) {
    if (!failed) byId('bulk-count').textContent += '. Stopped.';
    showButtons({ start: { words: `Continue with the remaining ${left.toLocaleString('en')}`, act: () => go({ dryRun: run.dryRun, goesOn: true }) }, undo });
  } else if (run.dryRun) {
    showButtons(run.job.afterCheck());
  } else if (busy.length > 0) {
    run.rest = busy;
    showButtons({ start: { words: `Try ${counted(busy.length, 'one')} without a result again`, act: () => go({ goesOn: true }) }, undo });
  } else {
    showButtons({ undo });
  }
  announce(`${left > 0 ? 'Stopped' : run.dryRun ? 'Checked' : 'Finished'}: ${tally}.`);
  (byId('bulk-start').hidden ? byId('bulk-close') : byId('bulk-start')).focus();
}

export function startBulk() {
  for (const name of ['start', 'check', 'all', 'undo']) byId(`bulk-${name}`).addEventListener('click', () => run?.buttons[name]?.act());
  byId('bulk-more').addEventListener('click', showMore);
  byId('bulk-stop').addEventListener('click', stop);
  byId('bulk-close').addEventListener('click', closeBulk);
  dialog.addEventListener('cancel', (event) => {
    if (!run?.stop) return;
    event.preventDefault();
    stop();
  });
  dialog.addEventListener('close', () => {
    run?.stop?.abort();
    // What opened it may be gone by now: what was selected is done.
    const focused = document.activeElement;
    if (focused === document.body || focused.hidden || dialog.contains(focused)) run?.job.back();
  });
}

function stop() {
  if (!run?.stop) return;
  run.stop.abort();
  byId('bulk-stop').textContent = 'Stopping after this batch…';
}
