// Two customers that look alike, side by side: opens a pair, and carries out what the steward decides with one key; then the next pair opens. What is read and tried is in
// pair-reading.js, how it looks in pair-view.js and pair-values.js, the worklist in pairs.js, the way back in undo.js.

import { keepApart, takeBackApart } from './api.js';
import { rememberDecision, wordsOf } from './decisions.js';
import { announce, byId } from './dom.js';
import { panel, problemPanel } from './outcome.js';
import { chosenOf, forgetChosen, keepChosen } from './pair-choices.js';
import { forgetAhead, loserOf, merge, readAhead, readPair, readPairAnew, tried, triedBeside } from './pair-reading.js';
import { hashOfEntry, keyOf } from './pair-rows.js';
import { focusNextValue } from './pair-values.js';
import { buildPair, clearPair, namedAlike, namesOf, redrawPair, showNotRead, showOneCustomer, showOutcome, showRefusal } from './pair-view.js';
import { loadedNeighbour, nextPair, notePair, notePairOpened, openBeside, pairsAddress } from './pairs.js';
import { undoMergeButton } from './undo.js';

const body = byId('pair-body');
const actions = byId('pair-actions');

// A key that was pressed twice is not to decide on the pair that comes after: so long nothing is decided of one that was just shown.
const LOOK_MS = 500;

let view = null;
const left = new Set(); // the keys of pairs that the steward left undecided: they do not come back on the way through those who look like one customer

/** Opens a pair by its two numbers. */
export async function openPair(one, other) {
  closePair();
  const mine = { key: keyOf(one, other), numbers: [one, other], seen: null, alike: [], apart: new Set(), winner: null, take: new Map(), told: null, trying: 0, seenTry: 0, members: [], ready: false, working: false, reading: new AbortController() };
  view = mine;
  notePairOpened(mine.key);
  clearPair(mine.key);
  try {
    await readPair(mine);
    if (view === mine) await begin(mine);
  } catch (problem) {
    if (mine.reading.signal.aborted || view !== mine) return;
    notShown(mine, problem);
  }
}

export function closePair() {
  view?.reading.abort();
  view = null;
}

/** Tries the merge as it is chosen so far, and shows it. */
async function begin(mine) {
  const gone = mine.customers.some((customer) => customer.mergedInto);
  if (gone || mine.customers[0].cst_cust_nbr === mine.customers[1].cst_cust_nbr) {
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
  buildPair(mine, choose);
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

// Those who look like them, too, stand beside the two. Without them the two can be decided all the same.
async function besides(mine) {
  const { winner } = mine;
  const members = await triedBeside(mine);
  if (view !== mine || mine.winner !== winner || mine.working || members.length === 0) return;
  mine.members = members;
  redrawPair(mine, choose);
}

function notShown(mine, problem) {
  announce(showNotRead(problem, { numbers: mine.numbers, again: () => openPair(...mine.numbers) }));
}

// They are one already: by this steward before, who came back to it, or by somebody else.
function alreadyOne(mine) {
  const winner = mine.customers[0].cst_cust_nbr;
  const loser = mine.numbers.find((number) => Number(number) !== Number(winner)) ?? mine.numbers[1];
  if (mine.customers.every((customer) => customer.cst_cust_nbr === winner)) {
    notePair(mine.key, 'merged', loser);
    const direct = (mine.customers[0].absorbed ?? []).find((number) => Number(number) === Number(loser));
    const undone = { done: () => openPair(...mine.numbers), failed: (node, words) => { showOutcome(node, { focus: true }); announce(words); } };
    showOneCustomer({ winner, loser }, direct ? undoMergeButton(winner, direct, undone) : null);
  } else {
    const gone = mine.customers.find((customer) => customer.mergedInto);
    notePair(mine.key, 'gone');
    byId('pair-heading').textContent = 'One customer';
    showRefusal({ kind: 'already-merged', body: { customerNumber: mine.numbers[mine.customers.indexOf(gone)], mergedInto: gone.mergedInto } }, mine.numbers);
  }
  announce(byId('pair-outcome').textContent);
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
    redrawPair(mine, choose);
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
    await merge(mine);
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
export function reopenPair() {
  const mine = view;
  if (!mine?.ready || mine.working || byId('pair-reopen').hidden) return false;
  mine.working = true;
  takeBack(mine);
  return true;
}

async function takeBack(mine) {
  try {
    await takeBackApart(...mine.customers.map((customer) => customer.cst_cust_nbr));
    notePair(mine.key, 'open');
    if (view !== mine) return;
    buildPair(mine, choose);
    showOutcome(panel('good', 'The pair waits again.'), { focus: true });
    announce('The pair waits again.');
  } catch (problem) {
    if (view === mine) await refused(problem, 'It was not taken back.', reopenPair);
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
    forgetAhead([decision.winner, decision.loser]);
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

// After a decision, on with who else looks like the winner, or like one of those that are kept apart; then with the next pair.
async function goOn(mine, decision = null) {
  const others = decision === null ? [] : mine.alike.map((found) => [decision.kind === 'merged' ? decision.winner : found.like, found.customer.customerNumber]);
  const onward = others.find((numbers) => !left.has(keyOf(...numbers)) && !mine.apart.has(keyOf(...numbers)));
  if (onward) {
    openBeside(...onward);
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
  const words = showRefusal(problem, mine.numbers);
  if (words) {
    if (problem.kind === 'already-merged') notePair(mine.key, 'gone');
    mine.ready = false;
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
    await readPairAnew(mine);
    if (view !== mine) return;
    keepChosen(mine);
    await begin(mine);
    if (view !== mine || body.hidden) return;
    const words = `Somebody changed customer ${customerNumber ?? ''} meanwhile, so nothing was decided. Below are the newest values: look at them, and decide again.`;
    showOutcome(panel('warn', words));
    announce(words);
  } catch (problem) {
    if (view === mine && !mine.reading.signal.aborted) notShown(mine, problem);
  } finally {
    mine.working = false;
  }
}

/** To the next pair, with nothing decided of this one. */
export function skipPair() {
  const mine = view;
  if (!mine || mine.working) return false;
  left.add(mine.key);
  goOn(mine);
  return true;
}

/** To a neighbour in what is loaded. */
export function openNeighbourPair(step) {
  const neighbour = view ? loadedNeighbour(view.key, step) : null;
  if (neighbour) location.hash = hashOfEntry(neighbour);
  return neighbour !== null;
}

/** To one of those who look like them, too, by its place. */
export function openAlike(place) {
  const found = view?.told ? namedAlike(view)[place] : undefined;
  if (found) openBeside(found.like, found.customer.customerNumber);
  return found !== undefined;
}

export const nextValue = () => Boolean(view?.told) && focusNextValue();

export function startPair() {
  byId('pair-merge').addEventListener('click', mergePair);
  byId('pair-apart').addEventListener('click', keepPairApart);
  byId('pair-reopen').addEventListener('click', reopenPair);
  byId('pair-swap').addEventListener('click', swapWinner);
  byId('pair-skip').addEventListener('click', skipPair);
  byId('pair-outcome').addEventListener('click', (event) => {
    if (event.target.closest('#go-on')) skipPair();
  });
}
