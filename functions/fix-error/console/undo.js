// The way back from what a steward decided of possible duplicates: a merge is undone, a pair is open again, and so are many. What changed since a merge is
// asked for. What was decided last is in decisions.js.

import { readCustomer, takeBackApart, unmergeCustomers } from './api.js';
import { isKnown, labelOf } from './attributes.js';
import { takeBackMany } from './bulk-pairs.js';
import { forgetDecision, lastDecision, mergeOf, sayOfDecisions } from './decisions.js';
import { announce, byId, el, fill, outside } from './dom.js';
import { panel, problemPanel } from './outcome.js';
import { keyOf } from './pair-rows.js';
import { notePair } from './pairs.js';
import { customerHash, pairHash } from './route.js';

const box = byId('last-decision');
const dialog = byId('undo-dialog');

// A key that was pressed twice is not to take the decision before back, too.
const LOOK_MS = 500;

let working = false;
let undoneAt = -LOOK_MS;

/** Takes the last decision back, and opens the pair again; of many, shows what became of each. */
export function undo() {
  const last = lastDecision();
  if (working || last === null || performance.now() - undoneAt < LOOK_MS) return false;
  if (last.pairs) takeBackMany(last);
  else takeBack(last);
  return true;
}

async function takeBack(last) {
  working = true;
  box.setAttribute('aria-busy', 'true');
  const { kind, winner, loser } = last;
  try {
    if (kind === 'merged') {
      if (!(await part(winner, loser))) return;
    } else {
      await takeBackApart(winner, loser);
    }
    forgetDecision(last);
    sayOfDecisions(panel('good', kind === 'merged' ? 'Undone: they are two customers again.' : 'Undone: the pair is open again.'));
    reopened(winner, loser);
  } catch (problem) {
    const words = refusalOf(problem, last);
    if (words) forgetDecision(last);
    sayOfDecisions(words ? panel('warn', words, elsewhere(problem)) : problemPanel(problem, { what: 'It could not be undone.', again: undo }));
    announce(words ?? 'It could not be undone.');
  } finally {
    working = false;
    undoneAt = performance.now();
    box.removeAttribute('aria-busy');
  }
}

function reopened(winner, loser) {
  notePair(keyOf(winner, loser), 'open');
  const address = pairHash(winner, loser);
  announce('Undone.');
  if (location.hash === address) dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = address;
}

// What leaves nothing to take back, in a sentence.
function refusalOf(problem, { winner, loser }) {
  if (problem.kind === 'not-merged') return 'The two are two customers already: somebody else undid the merge.';
  if (problem.kind === 'already-merged') return `Customer ${winner} was merged itself since. Undo that merge first, then this one.`;
  if (problem.kind === 'customer-erased') return 'One of the two was erased. That cannot be undone.';
  if (problem.status === 404) return `Nothing is left to take back: nobody keeps ${winner} and ${loser} apart any more.`;
  return null;
}

const elsewhere = (problem) => (problem.body?.mergedInto ? el('p', {}, 'It is in ', el('a', { href: customerHash(problem.body.mergedInto) }, `customer ${problem.body.mergedInto}`), '.') : null);

/** Takes the loser out of the winner; asks with whom what changed since stays. Resolves to whether it was done. */
export async function part(winner, loser) {
  const now = await readCustomer(winner);
  const seen = { number: winner, version: now.version };
  try {
    await unmergeCustomers(seen, loser, {});
    return true;
  } catch (problem) {
    if (problem.kind !== 'changed-since') throw problem;
    const chosen = await ask(problem.body.attributes ?? [], now, loser);
    if (!chosen) return false;
    await unmergeCustomers(seen, loser, chosen);
    return true;
  }
}

/** A button that undoes a merge; `done` hears of it, `failed` of what hindered it. */
export function undoMergeButton(winner, loser, { done, failed }) {
  const button = el('button', { type: 'button', class: 'undo-merge', data: { loser } }, 'Undo the merge');
  button.addEventListener('click', async () => {
    if (working) return;
    working = true;
    button.setAttribute('aria-disabled', 'true');
    try {
      const undone = await part(winner, loser);
      if (undone) {
        const known = mergeOf(winner, loser);
        if (known) forgetDecision(known);
        notePair(keyOf(winner, loser), 'open');
        done();
      }
    } catch (problem) {
      const words = refusalOf(problem, { winner, loser });
      failed(words ? panel('warn', words, elsewhere(problem)) : problemPanel(problem, { what: 'The merge could not be undone.' }), words ?? 'The merge could not be undone.');
    } finally {
      working = false;
      button.removeAttribute('aria-disabled');
    }
  });
  return button;
}

const nameOfChoice = (name) => ({ address: 'Address', alternateName: 'Alternate name', phones: 'Phones of dealers' }[name] ?? (isKnown(name) ? labelOf(name) : name));

function ask(choices, now, loser) {
  fill(byId('undo-text'), 'Since the merge this changed of customer ', outside(now.cst_cust_nbr, { class: 'number' }), '. Say with whom it stays; all else is as it was before.');
  fill(byId('undo-choices'), choices.map((name) => {
    const value = now.CustSoldTo?.[name];
    const radio = (side, words) => el('label', { class: 'check' }, el('input', { type: 'radio', name, value: side, checked: side === 'winner' }), words);
    return el('fieldset', { class: 'undo-choice', data: { choice: name } },
      el('legend', {}, nameOfChoice(name), value ? [': ', outside(value)] : null),
      radio('winner', `with ${now.cst_cust_nbr}, which goes on`), radio('loser', `with ${loser}, which is taken out`));
  }));
  dialog.returnValue = '';
  dialog.showModal();
  dialog.querySelector('input')?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const chosen = new FormData(byId('undo-form'));
      resolve(dialog.returnValue === 'undo' ? Object.fromEntries(choices.map((name) => [name, String(chosen.get(name) ?? 'winner')])) : null);
    }, { once: true });
  });
}

export function startUndo() {
  box.addEventListener('click', (event) => {
    if (event.target.closest('#undo-last')) undo();
  });
  byId('undo-form').addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close('undo');
  });
  byId('undo-cancel').addEventListener('click', () => dialog.close(''));
}
