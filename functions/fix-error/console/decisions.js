// What the steward decided last of possible duplicates, and what is said of it where pairs are seen. The numbers alone outlive the page, in its tab. The way back is in undo.js.

import { byId, counted, el, fill, outside } from './dom.js';
import { customerLink } from './rows.js';

const KEPT = 'decisions';
const MOST = 50;

const box = byId('last-decision');
const decisions = kept();

let said = null; // what there is to say in place of the last decision

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  if (decisions.length === 0) sessionStorage.removeItem(KEPT);
  else sessionStorage.setItem(KEPT, JSON.stringify(decisions.map(({ names, ...numbers }) => numbers)));
}

export const lastDecision = () => decisions.at(-1) ?? null;

/** That the loser was merged into the winner, where it is remembered. */
export const mergeOf = (winner, loser) => decisions.find((one) => one.kind === 'merged' && one.winner === winner && one.loser === loser) ?? null;

/**
 * Remembers a decision: `merged` of the loser into the winner, `apart` of the two, or of many `pairs` that they are kept `apart`, or are `open` again. What is remembered already is
 * remembered as it is now.
 */
export function rememberDecision(decision) {
  if (!decisions.includes(decision)) decisions.push(decision);
  decisions.splice(0, decisions.length - MOST);
  keep();
  sayOfDecisions(null);
}

export function forgetDecision(decision) {
  if (decisions.includes(decision)) decisions.splice(decisions.indexOf(decision), 1);
  keep();
  draw();
}

export const wordsOf = ({ kind, winner, loser }) => (kind === 'merged' ? `Customer ${loser} was merged into ${winner}.` : `Customers ${winner} and ${loser} are kept apart.`);

/** Says this in place of the last decision, or that one again. */
export function sayOfDecisions(node) {
  said = node;
  draw();
}

function draw() {
  const last = lastDecision();
  fill(box, said ?? (last ? el('div', { class: 'panel decision', data: { kind: 'good', decision: last.kind } },
    el('p', {}, sentenceOf(last)),
    el('button', { type: 'button', id: 'undo-last', 'aria-keyshortcuts': 'u' }, last.pairs ? 'Undo all ' : 'Undo ', el('kbd', {}, 'u'))) : null));
}

function sentenceOf({ kind, winner, loser, names, pairs }) {
  if (pairs) return `${counted(pairs.length, 'pair')} ${pairs.length === 1 ? 'is' : 'are'} ${kind === 'apart' ? 'kept apart' : 'open again'}.`;
  const name = (number) => [customerLink(number), names?.[number] ? [' ', outside(names[number])] : null];
  return kind === 'merged' ? ['Customer ', name(loser), ' was merged into ', name(winner), '.'] : ['Customers ', name(winner), ' and ', name(loser), ' are kept apart.'];
}

/** Shows what was decided last, where pairs are seen. */
export function showLastDecision(visible) {
  box.hidden = !visible;
  sayOfDecisions(visible ? said : null);
}
