// The worklist of possible duplicates: loads its pairs page by page, and remembers what was decided of those that are loaded. What a pair looks
// like side by side is in pair.js.

import { listPairs } from './api.js';
import { announce, byId, counted, el, fill, moveAlong, outside } from './dom.js';
import { problemPanel } from './outcome.js';
import { PAIR_STATES, pairHash, pairsHash } from './route.js';
import { timeElement } from './time.js';

const list = byId('pairs');
const more = byId('pairs-more');

const state = { state: null, entries: [], next: null, loading: null, lastOpened: null };

export const pairsAddress = () => pairsHash(state.state ?? PAIR_STATES[0]);

/** What a pair is known by, whichever is named first. */
export const keyOf = (one, other) => [one, other].map((number) => String(number).padStart(9, '0')).sort().join('-');

const keyOfEntry = (entry) => keyOf(entry.customer.customerNumber, entry.other.customerNumber);

export const entryOfPair = (key) => state.entries.find((entry) => keyOfEntry(entry) === key) ?? null;

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
    const known = new Set(state.entries.map(keyOfEntry));
    const fresh = page.possibleDuplicates.filter((entry) => !known.has(keyOfEntry(entry)));
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
}

const AGREEMENTS = { agree: 'agrees', close: 'is close', differ: 'differs', blank: 'is given once' };

const FIELDS = {
  name: 'Name', street: 'Street', address_line_2: 'Address line 2', apartment: 'Apartment', city: 'City', postal_code: 'Postal code', state: 'State',
  email: 'E-mail', phone: 'Phone',
};

/** The words for a field that two are compared by, and for how they agree in it. */
export const fieldOf = (field) => FIELDS[field] ?? field;
export const agreementOf = (agreement) => AGREEMENTS[agreement] ?? agreement;

const bitsOf = (bits) => `${bits > 0 ? '+' : bits < 0 ? '−' : ''}${Math.abs(bits).toLocaleString('en', { minimumFractionDigits: 1 })}`;

/** How two agree in a field, and how much that says. */
export function whyNode(why, { named = true, tag = 'li' } = {}) {
  return el(tag, { class: 'why', data: { agreement: why.agreement, field: why.field }, title: `${bitsOf(why.bits)} bits` },
    named ? `${fieldOf(why.field)} ` : null, agreementOf(why.agreement), ' ', el('span', { class: 'bits' }, bitsOf(why.bits)));
}

/** Likely or possible, and the score. */
export function gradeNode({ grade, score }) {
  return el('span', { class: 'badge grade', data: { grade: grade ?? 'none' } }, `${{ likely: 'Likely', possible: 'Possible' }[grade] ?? 'Not alike any more'} ${bitsOf(score)}`);
}

/** An address in one line. */
export function addressOf({ line1, line2, apartment, city, state: region, postalCode, country }) {
  const lines = [[line1, apartment, line2], [postalCode, city, region], [country]];
  return lines.map((line) => line.filter(Boolean).join(' ')).filter(Boolean).join(', ');
}

function sideNode(customer, name) {
  const address = addressOf(customer.address);
  return el('div', { class: 'who' }, name,
    el('p', { class: 'facts' },
      el('span', {}, 'customer ', outside(customer.customerNumber, { class: 'number' })),
      address ? outside(address) : null,
      customer.email ? outside(customer.email) : null,
      customer.phones.map((phone) => outside(phone.number))));
}

const DECISIONS = { apart: 'Kept apart', merged: 'Merged', gone: 'One was merged' };

function row(entry) {
  const { customer, other } = entry;
  const [name, otherName] = [customer, other].map((one) => one.name || 'No name');
  const decided = entry.state !== state.state ? entry.state : null;
  const back = entry.state === 'open' && entry.decision?.changedSince?.length > 0;
  return el('li', { class: 'row pair-row', data: { key: keyOfEntry(entry), state: entry.state } },
    sideNode(customer, el('a', { class: 'open', href: pairHash(customer.customerNumber, other.customerNumber), 'aria-label': `${name} and ${otherName}` }, outside(name))),
    sideNode(other, outside(otherName, { class: 'name' })),
    el('div', { class: 'age' }, gradeNode(entry), el('p', {}, timeElement(entry.since))),
    el('ul', { class: 'whys', 'aria-label': 'What agrees' },
      decided ? el('li', { class: 'badge resolved' }, DECISIONS[decided] ?? decided) : null,
      back ? el('li', { class: 'badge unsaved' }, `It came back: ${entry.decision.changedSince.join(', ')} changed`) : null,
      entry.why.map((why) => whyNode(why))));
}

/** Takes over what became of a pair. Its row stays where it is, so that nothing jumps; other pairs of a customer that was merged have nothing left to decide. */
export function notePair(key, became, loser = null) {
  for (const entry of state.entries) {
    const own = keyOfEntry(entry) === key;
    if (own) entry.state = became;
    else if (loser !== null && entry.state === 'open' && [entry.customer, entry.other].some((one) => one.customerNumber === loser)) entry.state = 'gone';
    else if (became === 'open' && entry.state === 'gone') entry.state = 'open';
  }
}

const placeOf = (key) => state.entries.findIndex((entry) => keyOfEntry(entry) === key);

/** The next pair that nothing was decided of, behind this one or else from the first on. Loads more where none is left; null where there is none. */
export async function nextPair(key) {
  if (state.state === null) state.state = PAIR_STATES[0];
  if (state.entries.length === 0) await load(null);
  let found = undecided(placeOf(key) + 1);
  while (!found && state.next !== null && byId('pairs-problem').childElementCount === 0) {
    const from = state.entries.length;
    await load(state.next);
    found = undecided(from);
  }
  return found ?? undecided(0, key);
}

const undecided = (from, except = null) => state.entries.slice(from).find((entry) => entry.state === state.state && keyOfEntry(entry) !== except) ?? null;

/** The neighbour as far as it is loaded already. */
export function loadedNeighbour(key, step) {
  const at = placeOf(key);
  return at < 0 ? null : state.entries[at + step] ?? null;
}

export const hashOfEntry = (entry) => pairHash(entry.customer.customerNumber, entry.other.customerNumber);

export const nameOfEntry = (entry) => `${entry.customer.name || 'No name'} and ${entry.other.name || 'No name'}`;

export function notePairOpened(key) {
  state.lastOpened = key;
}

function focusPair(key) {
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
