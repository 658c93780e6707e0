// Deciding on many possible duplicates at once: those that are ticked are kept apart, or opened again; and the way back of all of them. The dialog is bulk-dialog.js's.

import { decidePairs } from './api.js';
import { go, isOpen, openBulk, say } from './bulk-dialog.js';
import { forgetDecision, rememberDecision } from './decisions.js';
import { byId, counted, el, outside } from './dom.js';
import { hashOfEntry, keyOf } from './pair-rows.js';
import { entryOfPair, focusPair, focusedPair, listedState, notePairs, selectedPairs } from './pairs.js';

const MERGED = { words: 'merged already', kind: 'warn' };
const BUSY = { words: 'busy', kind: 'warn' };
const UNANSWERED = { words: 'without an answer', kind: 'warn' };

// The two decisions, each the way back of the other: in which list it is made, and what may come of a pair.
const DECISIONS = {
  apart: {
    of: 'open',
    back: 'open',
    title: (count) => `Keep ${counted(count, 'pair')} apart`,
    outcomes: {
      'apart': { words: 'kept apart', kind: 'good' },
      'already-merged': MERGED,
      'not-found': { words: 'not there any more', kind: 'plain' },
      'invalid-request': { words: 'of two companies', kind: 'plain' },
      'busy': BUSY,
      'unanswered': UNANSWERED,
    },
  },
  open: {
    of: 'apart',
    back: 'apart',
    title: (count) => `Open ${counted(count, 'pair')} again`,
    outcomes: {
      'open': { words: 'open again', kind: 'good' },
      'already-merged': MERGED,
      'not-found': { words: 'not kept apart any more', kind: 'plain' },
      'invalid-request': { words: 'of two companies', kind: 'plain' },
      'busy': BUSY,
      'unanswered': UNANSWERED,
    },
  },
};

let began = null; // the pair whose row had the focus

const numbersOf = ({ customer, other }) => [customer.customerNumber, other.customerNumber];

/** Decides on those that are ticked in the list. Says whether there are any of which that can be decided. */
export function decideSelected(decision) {
  const entries = listedState() === DECISIONS[decision].of ? selectedPairs() : [];
  if (entries.length === 0) return false;
  const remembered = { kind: decision, pairs: [] };
  decide(decision, entries, {
    onDecided: (decided) => {
      remembered.pairs.push(...decided.map(numbersOf));
      rememberDecision(remembered);
    },
    undo: () => (remembered.pairs.length === 0 ? null : { words: ['Undo all ', el('kbd', {}, 'u')], act: () => takeBackMany(remembered) }),
  });
  return true;
}

/** Takes the decision on many pairs back. What cannot be taken back is said, and forgotten; what got no answer can be tried again. */
export function takeBackMany(remembered) {
  const entries = remembered.pairs.map(([one, other]) => entryOfPair(keyOf(one, other)) ?? withoutNames(one, other));
  const forget = (ids) => {
    remembered.pairs = remembered.pairs.filter((pair) => !ids.has(keyOf(...pair)));
    if (remembered.pairs.length === 0) forgetDecision(remembered);
    else rememberDecision(remembered);
  };
  decide(DECISIONS[remembered.kind].back, entries, { onAnswered: forget });
}

const withoutNames = (one, other) => ({ id: keyOf(one, other), customer: { customerNumber: one, name: 'Customer' }, other: { customerNumber: other, name: 'customer' } });

const sideNode = ({ name, customerNumber }) => [outside(name || 'No name'), ' ', el('span', { class: 'number' }, customerNumber)];

function decide(decision, entries, { onDecided, onAnswered, undo }) {
  const { title, outcomes } = DECISIONS[decision];
  // What is taken back within the dialog began where that was opened.
  if (!isOpen()) began = focusedPair();
  const byKey = new Map(entries.map((entry) => [entry.id, entry]));
  openBulk({
    one: 'pair',
    outcomes,
    send: async (some) => (await decidePairs(some.map(numbersOf), decision)).map((result) => ({ ...result, id: keyOf(result.customer, result.other) })),
    about: (entry) => ({ href: hashOfEntry(entry), name: [sideNode(entry.customer), ' and ', sideNode(entry.other)] }),
    changeOf: (result) => changeOf(decision, result),
    tell: (changes) => {
      notePairs(changes);
      const done = [...changes].filter(([, change]) => change.done).map(([id]) => byKey.get(id));
      if (done.length > 0) onDecided?.(done);
      onAnswered?.(changes);
    },
    back: () => (byId('pairs-view').hidden ? byId('pair-heading').focus() : focusPair(began)),
    undo,
  }, title(entries.length), entries);
  say('Each is decided on for itself, and what hinders one hinders no other.');
  go();
}

// What a result makes of a row of the list; null where there is none yet.
function changeOf(decision, { outcome }) {
  if (['busy', 'unanswered'].includes(outcome)) return null;
  if (outcome === decision) return { state: decision, refused: null, done: true };
  if (outcome === 'already-merged') return { state: 'gone', refused: null };
  if (decision === 'open' && outcome === 'not-found') return { state: 'open', refused: null };
  return { refused: DECISIONS[decision].outcomes[outcome]?.words ?? outcome };
}

export function startBulkPairs() {
  byId('decide-selected').addEventListener('click', () => decideSelected(listedState() === 'apart' ? 'open' : 'apart'));
}
