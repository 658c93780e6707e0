// Two customers that look alike, side by side: reads both, tries the merge, and carries out what the steward decides with one key; then the next pair opens. How they look is
// in pair-values.js, the worklist in pairs.js, the way back in undo.js.

import { findAlike, keepApart, mergeCustomers, readCustomer, takeBackApart } from './api.js';
import { announce, byId, counted, el, fill, outside, showPanel } from './dom.js';
import { panel, problemPanel } from './outcome.js';
import { chosenOf, forgetChosen, keepChosen } from './pair-choices.js';
import { elsewhere, refusalOf } from './pair-refusals.js';
import { buildSides, buildValues, focusNextValue } from './pair-values.js';
import { entryOfPair, gradeNode, hashOfEntry, keyOf, loadedNeighbour, nameOfEntry, nextPair, notePair, notePairOpened, pairsAddress } from './pairs.js';
import { pairHash } from './route.js';
import { customerLink } from './rows.js';
import { timeElement } from './time.js';
import { rememberDecision, undoMergeButton, wordsOf } from './undo.js';

const body = byId('pair-body');
const outcome = byId('pair-outcome');
const actions = byId('pair-actions');

// A key that was pressed twice is not to decide on the pair that comes after: so long nothing is decided of one that was just shown.
const LOOK_MS = 500;
const MOST_BESIDE = 3;

let view = null;
let ahead = null; // the next pair, read while this one is looked at

/** Opens a pair by its two numbers. */
export async function openPair(one, other) {
  closePair();
  const mine = { key: keyOf(one, other), numbers: [one, other], seen: null, alike: [], winner: null, take: new Map(), told: null, trying: 0, seenTry: 0, members: [], ready: false, working: false, reading: new AbortController() };
  view = mine;
  notePairOpened(mine.key);
  clear();
  try {
    const read = ahead?.key === mine.key ? ahead.read : bothOf(mine.numbers, mine.reading.signal);
    ahead = null;
    take(mine, await read);
    if (view === mine) await begin(mine);
  } catch (problem) {
    if (mine.reading.signal.aborted || view !== mine) return;
    notShown(problem);
  }
}

export function closePair() {
  view?.reading.abort();
  view = null;
}

// Both customers, and who else looks like one of them.
async function bothOf(numbers, signal) {
  const [one, other, ...alike] = await Promise.all([
    ...numbers.map((number) => readCustomer(number, signal)),
    // Without them the pair can be decided all the same.
    ...numbers.map((number) => findAlike(number, signal).catch(() => [])),
  ]);
  return { customers: [one, other], alike };
}

function take(mine, { customers, alike }) {
  mine.customers = customers;
  mine.versions = new Map(customers.map((customer) => [customer.cst_cust_nbr, customer.version]));
  const [ofOne, ofOther] = alike;
  const own = new Set(customers.map((customer) => customer.cst_cust_nbr));
  mine.seen = entryOfPair(mine.key) ?? ofOne.find((found) => own.has(found.customer.customerNumber)) ?? null;
  const others = new Map([...ofOne, ...ofOther].map((found) => [found.customer.customerNumber, found]));
  mine.alike = [...others.values()].filter((found) => !own.has(found.customer.customerNumber)).sort((a, b) => b.score - a.score);
}

/** Tries the merge as it is chosen so far, and shows it. */
async function begin(mine) {
  const merged = mine.customers.find((customer) => customer.mergedInto);
  if (merged || mine.customers[0].cst_cust_nbr === mine.customers[1].cst_cust_nbr) {
    alreadyOne(mine);
    return;
  }
  const [one, other] = mine.customers.map((customer) => customer.cst_cust_nbr);
  const chosen = chosenOf(mine.key);
  mine.take = new Map(chosen?.take ?? []);
  mine.winner = [one, other].includes(chosen?.winner) ? chosen.winner : null;
  mine.steward = mine.winner !== null;
  mine.winner ??= one;
  mine.seenTry = mine.trying;
  let told = await tried(mine);
  if (!mine.steward && told.foreseen.proposedWinner !== mine.winner) {
    mine.winner = told.foreseen.proposedWinner;
    told = await tried(mine);
  }
  if (view !== mine) return;
  mine.told = told;
  build();
  byId('pair-heading').focus({ preventScroll: true });
  scrollTo({ top: 0 });
  announce(`${namesOf(mine)}. ${mine.seen?.grade ?? ''}`);
  setTimeout(() => {
    if (view !== mine) return;
    mine.ready = true;
    byId('pair-view').dataset.ready = mine.key;
    readAhead(mine);
  }, LOOK_MS);
  await besides(mine);
}

// Those who come next stand beside the two, compared with the winner as the loser is. Without them the two can be decided all the same.
async function besides(mine) {
  const { winner } = mine;
  const asked = mine.alike.slice(0, MOST_BESIDE).map(async (found) => {
    const { customerNumber: number, version } = found.customer;
    const told = await mergeCustomers(sideOf(mine, winner), { number, version }, {}, { dryRun: true, signal: mine.reading.signal });
    return { found, foreseen: told.foreseen };
  });
  const told = (await Promise.allSettled(asked)).filter((one) => one.status === 'fulfilled').map((one) => one.value);
  if (view !== mine || mine.winner !== winner || mine.working || told.length === 0) return;
  mine.members = told;
  redraw();
}

// The rows are built anew, and the steward is still in the one that has the focus.
function redraw() {
  const focused = document.activeElement?.closest('#pair-values .value-row')?.dataset.name;
  show();
  if (focused) byId('pair-values').querySelector(`.value-row[data-name="${focused}"] input:checked`)?.focus({ preventScroll: true });
}

const loserOf = (mine) => mine.customers.map((customer) => customer.cst_cust_nbr).find((number) => number !== mine.winner);

const sideOf = (mine, number) => ({ number, version: mine.versions.get(number) });

const takeOf = (mine) => Object.fromEntries([...mine.take].map(([choice, number]) => [choice, number === mine.winner ? 'winner' : 'loser']));

const tried = (mine) => mergeCustomers(sideOf(mine, mine.winner), sideOf(mine, loserOf(mine)), takeOf(mine), { dryRun: true, signal: mine.reading.signal });

// The next pair is there at once: what it reads now is held against its versions when it is decided on.
function readAhead(mine) {
  const next = loadedNeighbour(mine.key, 1);
  if (!next || next.state !== 'open') return;
  const numbers = [next.customer.customerNumber, next.other.customerNumber];
  const read = bothOf(numbers);
  read.catch(() => {});
  ahead = { key: keyOf(...numbers), numbers, read };
}

function clear() {
  delete byId('pair-view').dataset.ready;
  delete byId('pair-view').dataset.key;
  body.hidden = true;
  // What is under way for the pair before is none of this one's.
  actions.removeAttribute('aria-busy');
  showOutcome(null);
  fill(byId('pair-heading'), 'Loading…').focus({ preventScroll: true });
  fill(byId('pair-facts'));
  document.title = 'Possible duplicates';
  const entry = entryOfPair(view.key);
  if (entry) fill(byId('pair-heading'), outside(entry.customer.name || 'No name'), ' and ', outside(entry.other.name || 'No name'));
  for (const [id, step] of [['previous-pair', -1], ['next-pair', 1]]) {
    const neighbour = loadedNeighbour(view.key, step);
    byId(id).hidden = neighbour === null;
    if (neighbour) {
      byId(id).href = hashOfEntry(neighbour);
      byId(id).title = nameOfEntry(neighbour);
    }
  }
}

function namesOf({ told }) {
  const { winner, loser } = told.foreseen;
  return `${winner.name || 'No name'} and ${loser.name || 'No name'}`;
}

function build() {
  const { told, seen } = view;
  const { winner, loser } = told.foreseen;
  document.title = `${namesOf(view)} · Possible duplicates`;
  fill(byId('pair-heading'), outside(winner.name || 'No name'), ' and ', outside(loser.name || 'No name'));
  const decided = entryOfPair(view.key);
  const changed = decided?.decision?.changedSince ?? [];
  byId('pair-reopen').hidden = decided?.state !== 'apart';
  byId('pair-apart').hidden = decided?.state === 'apart';
  fill(byId('pair-facts'),
    seen ? el('span', {}, gradeNode(seen)) : null,
    decided?.state === 'apart' ? el('span', {}, 'kept apart ', timeElement(decided.since)) : null,
    decided?.state === 'open' && changed.length > 0 ? el('span', { class: 'warned' }, `kept apart before by `, outside(decided.decision.by.caller), `; since then changed: ${changed.join(', ')}`) : null,
    el('span', {}, `${counted(told.foreseen.values.filter((one) => one.differs).length, 'value')} of them ${told.foreseen.values.filter((one) => one.differs).length === 1 ? 'differs' : 'differ'}`));
  showOthers();
  show();
  body.hidden = false;
  byId('pair-view').dataset.key = view.key;
}

function show() {
  const { told, seen, steward, members } = view;
  body.dataset.beside = String(members.length);
  buildSides({ answer: told, steward, members });
  buildValues({ foreseen: told.foreseen, why: seen?.why, members, onChoose: choose });
  byId('pair-view').dataset.winner = view.winner;
}

// Whoever else looks like one of the two is decided on next.
function showOthers() {
  const box = byId('pair-others');
  box.hidden = view.alike.length === 0;
  fill(box, el('p', {}, `${view.alike.length === 1 ? 'One more looks' : `${view.alike.length} more look`} like one of them, and ${view.alike.length === 1 ? 'comes' : 'come'} next: `),
    el('ul', {}, view.alike.slice(0, 8).map((found) => el('li', {},
      el('a', { href: pairHash(view.winner, found.customer.customerNumber) }, outside(found.customer.name || 'No name')), ' ',
      el('span', { class: 'number' }, found.customer.customerNumber), ' ', gradeNode(found)))));
}

const showOutcome = (node, options) => showPanel(outcome, node, options);

const backLink = () => el('a', { class: 'button', href: pairsAddress() }, 'All pairs');
const nextButton = () => el('button', { type: 'button', class: 'primary', id: 'go-on', on: { click: skipPair } }, 'Next ', el('kbd', {}, 'n'));

function notShown(problem) {
  fill(byId('pair-heading'), problem.status === 404 ? 'Not found' : 'Not loaded');
  const { numbers } = view;
  const words = refusalOf(problem);
  showOutcome(words
    ? panel('warn', words, elsewhere(problem, view.numbers), el('div', { class: 'buttons' }, nextButton(), backLink()))
    : problemPanel(problem, { what: 'The two could not be compared.', again: () => openPair(...numbers), extra: [backLink()] }), { focus: true });
  announce(words ?? 'The two could not be compared.');
}

// They are one already: by this steward before, who came back to it, or by somebody else.
function alreadyOne(mine) {
  const winner = mine.customers[0].cst_cust_nbr;
  const loser = mine.numbers.find((number) => Number(number) !== Number(winner)) ?? mine.numbers[1];
  fill(byId('pair-heading'), 'One customer');
  const both = mine.customers.every((customer) => customer.cst_cust_nbr === winner);
  if (both) {
    notePair(mine.key, 'merged', loser);
    const { absorbed = [] } = mine.customers[0];
    const direct = absorbed.find((number) => Number(number) === Number(loser));
    const undone = { done: () => openPair(...mine.numbers), failed: (node, words) => { showOutcome(node, { focus: true }); announce(words); } };
    showOutcome(panel('plain', 'The two are one customer.',
      el('p', {}, 'Customer ', outside(loser, { class: 'number' }), ' was merged into ', customerLink(winner), direct ? '.' : ', by way of others. Their histories have the way back.'),
      el('div', { class: 'buttons' }, nextButton(), direct ? undoMergeButton(winner, direct, undone) : null, backLink())), { focus: true });
  } else {
    const gone = mine.customers.find((customer) => customer.mergedInto);
    const at = mine.customers.indexOf(gone);
    const problem = { kind: 'already-merged', body: { customerNumber: mine.numbers[at], mergedInto: gone.mergedInto } };
    notePair(mine.key, 'gone');
    showOutcome(panel('warn', refusalOf(problem), elsewhere(problem, view.numbers), el('div', { class: 'buttons' }, nextButton(), backLink())), { focus: true });
  }
  announce(outcome.textContent);
}

/** Takes this customer's value, and tries anew. */
async function choose(choice, number) {
  view.take.set(choice, number);
  await again();
}

/** The other one wins. */
export async function swapWinner() {
  if (!view?.told || view.working) return;
  const mine = view;
  mine.winner = loserOf(mine);
  mine.steward = true;
  mine.members = [];
  await again();
  if (view !== mine) return;
  announce(`Customer ${mine.winner} wins.`);
  await besides(mine);
}

async function again() {
  const mine = view;
  keepChosen(mine);
  mine.trying += 1;
  const turn = mine.trying;
  actions.setAttribute('aria-busy', 'true');
  try {
    const told = await tried(mine);
    if (view !== mine || mine.trying !== turn) return;
    mine.told = told;
    mine.seenTry = turn;
    showOutcome(null);
    redraw();
    // What had the focus may be gone.
    if (document.activeElement === document.body) byId('pair-heading').focus({ preventScroll: true });
  } catch (problem) {
    if (view === mine && !mine.reading.signal.aborted) await refused(problem, 'It could not be tried.', again);
  } finally {
    if (view === mine && mine.trying === turn) actions.removeAttribute('aria-busy');
  }
}

/** Makes one customer of the two, as they are shown. */
export function mergePair() {
  return decide('It was not merged.', async (mine) => {
    const loser = loserOf(mine);
    await mergeCustomers(sideOf(mine, mine.winner), sideOf(mine, loser), takeOf(mine));
    return { kind: 'merged', winner: mine.winner, loser };
  });
}

/** Decides that they are two. */
export function keepPairApart() {
  return decide('They were not kept apart.', async (mine) => {
    const [winner, loser] = mine.customers.map((customer) => customer.cst_cust_nbr);
    await keepApart(winner, loser);
    return { kind: 'apart', winner, loser };
  });
}

/** Takes back that they are two: the pair waits again. */
async function reopen() {
  const mine = view;
  if (!mine?.ready || mine.working) return;
  mine.working = true;
  try {
    await takeBackApart(...mine.customers.map((customer) => customer.cst_cust_nbr));
    notePair(mine.key, 'open');
    if (view !== mine) return;
    build();
    showOutcome(panel('good', 'The pair waits again.'), { focus: true });
    announce('The pair waits again.');
  } catch (problem) {
    if (view === mine) await refused(problem, 'It was not taken back.', reopen);
  } finally {
    mine.working = false;
  }
}

function decide(failed, action) {
  const mine = view;
  // What is being tried, or could not be tried, is not what is seen.
  if (!mine?.ready || mine.working || mine.seenTry !== mine.trying) return false;
  mine.working = true;
  actions.setAttribute('aria-busy', 'true');
  carryOut(mine, failed, action);
  return true;
}

async function carryOut(mine, failed, action) {
  const { winner, loser } = mine.told.foreseen;
  const names = { [winner.customerNumber]: winner.name, [loser.customerNumber]: loser.name };
  try {
    const decision = await action(mine);
    forgetChosen();
    notePair(mine.key, decision.kind, decision.kind === 'merged' ? decision.loser : null);
    rememberDecision({ ...decision, names });
    // What was read ahead of one of the two is not so any more.
    if (decision.kind === 'merged' && [decision.winner, decision.loser].some((number) => ahead?.numbers.includes(number))) ahead = null;
    if (view !== mine) return;
    announce(wordsOf(decision));
    await goOn(mine, decision);
  } catch (problem) {
    if (view !== mine) return;
    mine.working = false;
    await refused(problem, failed, () => decide(failed, action));
  } finally {
    if (view === mine) actions.removeAttribute('aria-busy');
  }
}

// On with who else looks like the winner, then with the next pair.
async function goOn(mine, { kind, winner } = {}) {
  const other = kind === 'merged' ? mine.alike.find((found) => ![...mine.versions.keys()].includes(found.customer.customerNumber)) : null;
  if (other) {
    location.hash = pairHash(winner, other.customer.customerNumber);
    return;
  }
  const next = await nextPair(mine.key);
  if (view !== mine) return;
  location.hash = next ? hashOfEntry(next) : pairsAddress();
}

async function refused(problem, failed, anew) {
  const mine = view;
  actions.removeAttribute('aria-busy');
  if (problem.status === 412) {
    await shownAnew(mine, problem);
    return;
  }
  const words = refusalOf(problem);
  if (words) {
    if (problem.kind === 'already-merged') notePair(mine.key, 'gone');
    body.hidden = true;
    mine.ready = false;
    showOutcome(panel('warn', words, elsewhere(problem, view.numbers), el('div', { class: 'buttons' }, nextButton(), backLink())), { focus: true });
  } else {
    showOutcome(problemPanel(problem, { what: failed, again: anew }), { focus: true });
  }
  announce(words ?? failed);
}

// Somebody changed one of the two: it is read and shown anew, and nothing is decided before that was looked at.
async function shownAnew(mine, { body: { customerNumber } }) {
  mine.ready = false;
  delete byId('pair-view').dataset.ready;
  try {
    take(mine, await bothOf(mine.numbers, mine.reading.signal));
    if (view !== mine) return;
    keepChosen(mine);
    await begin(mine);
    if (view !== mine || body.hidden) return;
    const words = `Somebody changed customer ${customerNumber ?? ''} meanwhile, so nothing was decided. Below are the newest values: look at them, and decide again.`;
    showOutcome(panel('warn', words));
    announce(words);
  } catch (problem) {
    if (view === mine && !mine.reading.signal.aborted) notShown(problem);
  } finally {
    mine.working = false;
  }
}

/** To the next pair, with nothing decided of this one. */
export function skipPair() {
  const mine = view;
  if (!mine || mine.working) return false;
  goOn(mine);
  return true;
}

/** To a neighbour in what is loaded. */
export function openNeighbourPair(step) {
  const neighbour = view ? loadedNeighbour(view.key, step) : null;
  if (neighbour) location.hash = hashOfEntry(neighbour);
  return neighbour !== null;
}

export const nextValue = () => Boolean(view?.told) && focusNextValue();

export function startPair() {
  byId('pair-merge').addEventListener('click', mergePair);
  byId('pair-apart').addEventListener('click', keepPairApart);
  byId('pair-reopen').addEventListener('click', reopen);
  byId('pair-swap').addEventListener('click', swapWinner);
  byId('pair-skip').addEventListener('click', skipPair);
}
