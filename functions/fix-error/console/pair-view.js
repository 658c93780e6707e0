// How a pair is shown: its head, who else looks like one of the two, and the panel of what happened. The sides and values are in pair-values.js, what can be done in pair.js.

import { byId, counted, el, fill, outside, showNeighbours, showPanel } from './dom.js';
import { panel, problemPanel } from './outcome.js';
import { elsewhere, refusalOf } from './pair-refusals.js';
import { gradeNode, hashOfEntry, nameOfEntry } from './pair-rows.js';
import { buildSides, buildValues } from './pair-values.js';
import { entryOfPair, loadedNeighbour, pairsAddress } from './pairs.js';
import { pairHash } from './route.js';
import { customerLink } from './rows.js';
import { timeElement } from './time.js';

const view = byId('pair-view');
const body = byId('pair-body');
const heading = byId('pair-heading');

/** How many of those who look like them, too, are named, each with a key. */
const MOST_ALIKE = 8;

/** Nothing of the pair before may be seen under the names of this one. */
export function clearPair(key) {
  delete view.dataset.ready;
  delete view.dataset.key;
  body.hidden = true;
  // What is under way for the pair before is none of this one's.
  byId('pair-actions').removeAttribute('aria-busy');
  showOutcome(null);
  fill(heading, 'Loading…').focus({ preventScroll: true });
  fill(byId('pair-facts'));
  document.title = 'Possible duplicates';
  const entry = entryOfPair(key);
  if (entry) fill(heading, outside(entry.customer.name || 'No name'), ' and ', outside(entry.other.name || 'No name'));
  showNeighbours('pair', (step) => {
    const neighbour = loadedNeighbour(key, step);
    return neighbour && { href: hashOfEntry(neighbour), name: nameOfEntry(neighbour) };
  });
}

export function namesOf({ told }) {
  const { winner, loser } = told.foreseen;
  return `${winner.name || 'No name'} and ${loser.name || 'No name'}`;
}

/** Shows a pair as it was tried; `onChoose(choice, number)` hears whose value the steward takes. */
export function buildPair(pair, onChoose) {
  const { told, seen } = pair;
  const { winner, loser } = told.foreseen;
  document.title = `${namesOf(pair)} · Possible duplicates`;
  fill(heading, outside(winner.name || 'No name'), ' and ', outside(loser.name || 'No name'));
  const decided = entryOfPair(pair.key);
  const changed = decided?.decision?.changedSince ?? [];
  const differing = told.foreseen.values.filter((one) => one.differs).length;
  byId('pair-reopen').hidden = decided?.state !== 'apart';
  byId('pair-apart').hidden = decided?.state === 'apart';
  fill(byId('pair-facts'),
    seen ? el('span', {}, gradeNode(seen)) : null,
    decided?.state === 'apart' ? el('span', {}, 'kept apart ', timeElement(decided.since)) : null,
    decided?.state === 'open' && changed.length > 0 ? el('span', { class: 'warned' }, `kept apart before by `, outside(decided.decision.by.caller), `; since then changed: ${changed.join(', ')}`) : null,
    el('span', {}, `${counted(differing, 'value')} of them ${differing === 1 ? 'differs' : 'differ'}`));
  showOthers(pair);
  show(pair, onChoose);
  body.hidden = false;
  view.dataset.key = pair.key;
}

function show({ told, seen, steward, members, winner }, onChoose) {
  body.dataset.beside = String(members.length);
  buildSides({ answer: told, steward, members });
  buildValues({ foreseen: told.foreseen, why: seen?.why, members, onChoose });
  view.dataset.winner = winner;
}

/** Builds the rows anew, with the steward still in the one that has the focus. */
export function redrawPair(pair, onChoose) {
  const focused = document.activeElement?.closest('#pair-values .value-row')?.dataset.name;
  show(pair, onChoose);
  if (focused) byId('pair-values').querySelector(`.value-row[data-name="${focused}"] input:checked`)?.focus({ preventScroll: true });
}

/** Those who look like one of the two, too, in the order of their keys. */
export const namedAlike = (pair) => pair.alike.slice(0, MOST_ALIKE);

function showOthers(pair) {
  const named = namedAlike(pair);
  const left = pair.alike.length - named.length;
  byId('pair-others').hidden = named.length === 0;
  fill(byId('pair-others'), el('p', {}, named.length === 1 ? 'One more looks like one of them:' : `${pair.alike.length} more look like one of them:`),
    el('ul', {}, named.map((found, at) => el('li', {},
      el('kbd', {}, String(at + 1)), ' ', el('a', { href: pairHash(found.like, found.customer.customerNumber), 'aria-keyshortcuts': String(at + 1) }, outside(found.customer.name || 'No name')), ' ',
      el('span', { class: 'number' }, found.customer.customerNumber), ' like ', el('span', { class: 'number' }, found.like), ' ', gradeNode(found))),
    left > 0 ? el('li', {}, `and ${counted(left, 'other')}, in the worklist`) : null));
}

/** Says what happened. */
export const showOutcome = (node, options) => showPanel(byId('pair-outcome'), node, options);

const backLink = () => el('a', { class: 'button', href: pairsAddress() }, 'All pairs');

const onward = (extra = null) => el('div', { class: 'buttons' }, el('button', { type: 'button', class: 'primary', id: 'go-on' }, 'Next ', el('kbd', {}, 'n')), extra, backLink());

/** Says why the two cannot be decided on, and hides them; returns the words, or null where it is trouble like another. */
export function showRefusal(problem, numbers) {
  const words = refusalOf(problem);
  if (words === null) return null;
  body.hidden = true;
  showOutcome(panel('warn', words, elsewhere(problem, numbers), onward()), { focus: true });
  return words;
}

/** The two could not be read, or not be tried. */
export function showNotRead(problem, { numbers, again }) {
  fill(heading, problem.status === 404 ? 'Not found' : 'Not loaded');
  const what = 'The two could not be compared.';
  const words = showRefusal(problem, numbers);
  if (words === null) showOutcome(problemPanel(problem, { what, again, extra: [backLink()] }), { focus: true });
  return words ?? what;
}

/** The two are one customer already; `undoButton` is there where they can be parted again. */
export function showOneCustomer({ winner, loser }, undoButton) {
  fill(heading, 'One customer');
  showOutcome(panel('plain', 'The two are one customer.',
    el('p', {}, 'Customer ', outside(loser, { class: 'number' }), ' was merged into ', customerLink(winner), undoButton ? '.' : ', by way of others. Their histories have the way back.'),
    onward(undoButton)), { focus: true });
}
