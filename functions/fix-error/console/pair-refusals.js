// What it means to a steward that two customers cannot be decided on as they were seen, and what to do. Words only; what is read and tried anew is in pair.js.

import { el } from './dom.js';
import { pairHash } from './route.js';
import { customerLink } from './rows.js';

/** What a refusal means to a steward, and what to do; null where it is trouble like another. */
export function refusalOf(problem) {
  const { customerNumber: number, mergedInto } = problem.body ?? {};
  if (problem.kind === 'already-merged') return `Customer ${number} was merged${mergedInto ? ` into ${mergedInto}` : ''} by somebody else meanwhile. Nothing is left to decide here: go on with the next pair.`;
  if (problem.kind === 'customer-erased') return `Customer ${number} was erased meanwhile. Nothing is left to decide here: go on with the next pair.`;
  if (problem.kind === 'too-many-merged') return `So many customers are merged already that these two cannot be. ${problem.message} Keep them apart, or undo a merge first.`;
  if (problem.status === 404) return 'One of the two is not there (any more). Go on with the next pair.';
  return null;
}

/** Where to go on, where one of `numbers` was merged elsewhere. */
export function elsewhere(problem, numbers) {
  const { customerNumber: number, mergedInto } = problem.body ?? {};
  if (problem.kind !== 'already-merged' || !mergedInto) return null;
  const other = numbers.find((one) => Number(one) !== Number(number));
  if (!other || Number(other) === Number(mergedInto)) return el('p', {}, 'See ', customerLink(mergedInto), '.');
  return el('p', {}, 'Or compare ', el('a', { href: pairHash(mergedInto, other) }, `${mergedInto} with ${other}`), '.');
}
