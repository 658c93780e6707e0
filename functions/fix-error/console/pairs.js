// The worklist of possible duplicates: loads its pairs page by page, and remembers what was decided of those that are loaded. What a row looks like is in
// pair-rows.js, which are ticked in selection.js, a pair side by side in pair.js.

import { listPairs } from './api.js';
import { announce, byId, counted, el, fill, focusedRowOf, moveAlong } from './dom.js';
import { problemPanel } from './outcome.js';
import { buildPairRow, keyOf, nameOfEntry } from './pair-rows.js';
import { PAIR_STATES, pairHash, pairsHash } from './route.js';
import { startSelection } from './selection.js';

const list = byId('pairs');
const more = byId('pairs-more');

const state = {
  state: null,
  entries: [],
  next: null,
  loading: null,
  lastOpened: null, // how far the steward came in the list
  beside: null, // the pair that is opened next, on the way through those who look like one customer
};

export const pairsAddress = () => pairsHash(state.state ?? PAIR_STATES[0]);

export const listedState = () => state.state;

export const entryOfPair = (key) => state.entries.find((entry) => entry.id === key) ?? null;

// Only what the list is of can be decided on here; two that are merged are parted in the customer's history.
const selection = startSelection({
  list, bar: byId('pairs-bar'), entries: () => state.entries, isOpen: (entry) => entry.state === state.state && entry.state !== 'merged', onChange: showSelected,
});

const row = (entry) => buildPairRow(entry, state.state, selection.box(entry, `Select ${nameOfEntry(entry)}`));

export const selectedPairs = () => selection.entries();

/** Ticks or unticks the row that has the focus, or all of them. */
export const toggleFocusedPair = () => selection.toggleFocused();
export const togglePairs = () => selection.toggleAll();

function showSelected(count) {
  const button = byId('decide-selected');
  const again = state.state === 'apart';
  button.hidden = count === 0;
  button.setAttribute('aria-keyshortcuts', again ? 'o' : 'a');
  fill(button, again ? `Open ${counted(count, 'pair')} again ` : `Keep ${counted(count, 'pair')} apart `, el('kbd', {}, again ? 'o' : 'a'));
}

/** Shows the pairs of a state; loads them where they are not loaded already. */
export function showPairs(wanted) {
  document.title = 'Possible duplicates';
  byId('pairs-state').querySelector(`[value="${wanted}"]`).checked = true;
  // Where all that is loaded is decided, there may be others by now.
  if (wanted === state.state && (state.entries.length === 0 || undecided(0))) {
    list.replaceChildren(...state.entries.map(row));
    showRest();
    focusPair(state.lastOpened);
  } else {
    state.state = wanted;
    reloadPairs();
  }
}

export async function reloadPairs() {
  state.entries = [];
  state.next = null;
  selection.clear();
  list.replaceChildren();
  await load(null);
  byId('pairs-heading').focus({ preventScroll: true });
}

async function load(cursor) {
  state.loading?.abort();
  const loading = new AbortController();
  state.loading = loading;
  list.setAttribute('aria-busy', 'true');
  fill(byId('pairs-problem'));
  try {
    const page = await listPairs(state.state ?? PAIR_STATES[0], cursor, loading.signal);
    const known = new Set(state.entries.map((entry) => entry.id));
    const read = page.possibleDuplicates.map((entry) => ({ ...entry, id: keyOf(entry.customer.customerNumber, entry.other.customerNumber) }));
    const fresh = read.filter((entry) => !known.has(entry.id));
    state.entries.push(...fresh);
    state.next = page.next ?? null;
    list.append(...fresh.map(row));
    announce(summary());
  } catch (problem) {
    if (loading.signal.aborted) return;
    if (cursor === null) state.state = null;
    fill(byId('pairs-problem'), problemPanel(problem, { what: 'The pairs could not be loaded.', again: () => load(cursor) }));
    announce('The pairs could not be loaded.');
  } finally {
    if (state.loading === loading) {
      state.loading = null;
      list.removeAttribute('aria-busy');
      showRest();
    }
  }
}

const WORDS = { open: 'waiting', apart: 'kept apart', merged: 'merged' };

function summary() {
  if (state.entries.length === 0) return state.next === null ? 'No pair is here.' : 'Nothing found yet.';
  const count = state.entries.filter((entry) => entry.state === state.state).length;
  const pairs = `${counted(count, 'pair')} ${WORDS[state.state]}`;
  return state.next === null ? `${pairs}.` : `The ${pairs} that look most alike; there are more.`;
}

function showRest() {
  const failed = byId('pairs-problem').childElementCount > 0;
  byId('pairs-summary').textContent = state.entries.length === 0 ? '' : summary();
  const empty = byId('pairs-empty');
  empty.hidden = failed || state.loading !== null || state.entries.length > 0 || state.next !== null;
  if (!empty.hidden) {
    fill(empty, el('p', { class: 'empty-title' }, { apart: 'No pair is kept apart.', merged: 'No pair is merged.' }[state.state] ?? 'No two customers wait for you.'),
      state.state === 'open' ? el('p', {}, 'Whoever looks alike after a change comes here a moment later.') : null);
  }
  more.hidden = state.next === null || state.loading !== null;
  selection.show();
}

/** Takes over what became of a pair. Its row stays where it is, so that nothing jumps; other pairs of a customer that was merged have nothing left to decide. */
export function notePair(key, became, loser = null) {
  for (const entry of state.entries) {
    const own = entry.id === key;
    if (own) Object.assign(entry, { state: became, refused: null });
    else if (loser !== null && entry.state === 'open' && [entry.customer, entry.other].some((one) => one.customerNumber === loser)) entry.state = 'gone';
    else if (became === 'open' && entry.state === 'gone') entry.state = 'open';
    if (entry.state !== state.state) selection.drop(entry.id);
  }
}

/** The same of many, by key, in the list that is shown: what a pair became, or why nothing was decided of it. */
export function notePairs(changes) {
  const rows = new Map([...list.children].map((node) => [node.dataset.key, node]));
  for (const entry of state.entries.filter((one) => changes.has(one.id))) {
    const { state: became = entry.state, refused = null } = changes.get(entry.id);
    Object.assign(entry, { state: became, refused });
    selection.drop(entry.id);
    rows.get(entry.id)?.replaceWith(row(entry));
  }
  showRest();
  // One that is of this list again, and was not when it was loaded.
  if ([...changes].some(([key, change]) => change.state === state.state && entryOfPair(key) === null)) reloadPairs();
}

const placeOf = (key) => state.entries.findIndex((entry) => entry.id === key);

/** The next pair but this one that nothing was decided of, behind how far the steward came in the list, or else from the first on. Loads more where none is left; null where there is none. */
export async function nextPair(key) {
  if (state.state === null) state.state = PAIR_STATES[0];
  if (state.entries.length === 0) await load(null);
  let found = undecided(placeOf(state.lastOpened) + 1, key);
  while (!found && state.next !== null && byId('pairs-problem').childElementCount === 0) {
    const from = state.entries.length;
    await load(state.next);
    found = undecided(from, key);
  }
  return found ?? undecided(0, key);
}

const undecided = (from, except = null) => state.entries.slice(from).find((entry) => entry.state === state.state && entry.id !== except) ?? null;

/** The neighbour as far as it is loaded already. */
export function loadedNeighbour(key, step) {
  const at = placeOf(key);
  return at < 0 ? null : state.entries[at + step] ?? null;
}

/** A pair is opened: so far the steward came in the list, if not beside it. */
export function notePairOpened(key) {
  if (key !== state.beside && entryOfPair(key)) state.lastOpened = key;
  state.beside = null;
}

/** Opens a pair without leaving the place in the list. */
export function openBeside(one, other) {
  state.beside = keyOf(one, other);
  location.hash = pairHash(one, other);
}

/** The key of the pair whose row has the focus. */
export const focusedPair = () => focusedRowOf(list)?.dataset.key ?? null;

/** Puts the focus on a pair's row, or on the heading where it is gone. */
export function focusPair(key) {
  const target = [...list.children].find((node) => node.dataset.key === key);
  (target?.querySelector('a.open') ?? byId('pairs-heading')).focus();
}

/** Moves the focus along the rows. */
export const movePairFocus = (step) => moveAlong(list, step);

export function startPairs() {
  byId('pairs-refresh').addEventListener('click', reloadPairs);
  byId('pairs-state').addEventListener('change', (event) => { location.hash = pairsHash(event.target.value); });
  more.addEventListener('click', async () => {
    const last = list.lastElementChild;
    await load(state.next);
    (last?.nextElementSibling?.querySelector('a.open') ?? byId('pairs-heading')).focus();
  });
}
