// The words on what happened: panels for success, failure, refusals and trouble. Builds nodes from an answer; decides
// nothing and calls nothing.

import { counted, el, outside } from './dom.js';
import { customerLink } from './rows.js';

/** A panel with a title. `kind`: good, bad, warn or plain. */
export function panel(kind, title, ...children) {
  return el('div', { class: 'panel', data: { kind } }, el('h2', { class: 'panel-title' }, title), children);
}

const TROUBLE = {
  0: 'No answer came.',
  400: 'The server did not understand this.',
  401: 'The server does not know who you are.',
  403: 'You may not do that: it needs the scope “steward”.',
  404: 'There is no such request in error.',
  413: 'That is too much at once.',
  428: 'The server needs to know which version you saw.',
  429: 'Too many calls at once.',
  503: 'The system is busy.',
};

/** A panel for a refusal or a lost answer. `what` says what was meant to happen, `again` tries it once more. */
export function problemPanel(problem, { what = null, again = null, extra = [] } = {}) {
  if (!(problem instanceof Error) || problem.status === undefined) {
    console.error(problem);
    return panel('bad', what ?? 'Something in this page went wrong.', el('p', {}, 'Reload the page and try again.'));
  }
  const title = TROUBLE[problem.status] ?? problem.title ?? `The server answered ${problem.status}.`;
  return panel(problem.status === 503 ? 'warn' : 'bad', what ?? title,
    what ? el('p', {}, title) : null,
    problem.message && problem.message !== title ? el('p', {}, outside(problem.message)) : null,
    problem.status === 0 ? el('p', {}, 'If it took effect all the same, trying again does not do it twice.') : null,
    faultsOf(problem.body?.errors),
    again ? el('div', { class: 'buttons' }, againButton(problem, again), extra) : extra.length > 0 ? el('div', { class: 'buttons' }, extra) : null,
    problem.requestId ? el('p', { class: 'note' }, 'Request id ', outside(problem.requestId)) : null);
}

function faultsOf(errors) {
  if (!Array.isArray(errors) || errors.length === 0) return null;
  return el('ul', {}, errors.map((error) => el('li', {}, outside(`${error.pointer ?? ''} ${error.message ?? error.code ?? ''}`.trim()))));
}

// The button keeps the focus while it counts down: a disabled one would lose it.
function againButton(problem, again) {
  const button = el('button', { type: 'button', class: 'again' }, 'Try again');
  let left = problem.retryAfter ?? 0;
  const tick = () => {
    button.textContent = left > 0 ? `Try again in ${left} s` : 'Try again';
    if (left > 0) button.setAttribute('aria-disabled', 'true');
    else button.removeAttribute('aria-disabled');
  };
  tick();
  const timer = setInterval(() => {
    left -= 1;
    tick();
    if (left <= 0 || !button.isConnected) clearInterval(timer);
  }, 1000);
  button.addEventListener('click', () => {
    if (left <= 0) again();
  });
  return button;
}

/** The warnings of an answer, folded; nothing where there are none. */
export function warningsOf(answer) {
  const warnings = answer.warnings ?? [];
  if (warnings.length === 0) return null;
  return el('details', { class: 'warnings' }, el('summary', {}, counted(warnings.length, 'warning')), el('ul', {}, warnings.map((warning) => el('li', {}, outside(warning)))));
}

/** A customer came of it, or would. */
export function successPanel(answer, status, { dryRun = false, extra = [] } = {}) {
  const number = answer.CustSoldTo?.cst_cust_nbr;
  const created = status === 201 || (status !== 200 && answer.CustSoldTo?.cst_action_type === 'A');
  const who = number ? ['Customer ', customerLink(number, { class: 'customer-number' })] : ['A customer'];
  if (dryRun) {
    return panel('good', 'Checked: it would be accepted.',
      el('p', {}, created || !number ? `${created ? 'A new customer would be created' : 'A customer would be updated'}.` : [...who, ' would be updated.'], ' Nothing was saved.'),
      warningsOf(answer), buttons(extra));
  }
  return panel('good', [...who, created ? ' was created.' : ' was updated.'],
    el('p', {}, 'This request is resolved.'), warningsOf(answer), buttons(extra));
}

/** Edits still fail. */
export function failurePanel(faults, { dryRun = false, unsaved = 0, answer = {} } = {}) {
  const still = `${counted(faults.length, 'edit')} still ${faults.length === 1 ? 'fails' : 'fail'}`;
  return panel('bad', dryRun ? `Checked: ${still}.` : `Not accepted: ${still}.`,
    el('p', {}, dryRun ? 'Nothing was saved.' : unsaved > 0 ? 'No customer came of it. Your changes are not saved yet.' : 'No customer came of it. The attempt is in the history.'),
    warningsOf(answer));
}

export function savedPanel(faults) {
  return faults.length === 0
    ? panel('good', 'Saved. No edit fails any more.', el('p', {}, 'Reprocess it to make the customer.'))
    : panel('plain', `Saved. ${counted(faults.length, 'edit')} still ${faults.length === 1 ? 'fails' : 'fail'}.`);
}

/** It is closed already: by this steward just now, or by somebody else before. */
export function closedPanel(state, { number = null, mine = false, extra = [], edits = 0 } = {}) {
  const lost = edits > 0 ? el('p', {}, `Your ${counted(edits, 'unsaved change')} had no effect and can be seen below, marked.`) : null;
  if (state === 'deleted') {
    return panel(mine ? 'good' : 'warn', mine ? 'Deleted. No customer came of it.' : 'This request is deleted already.',
      mine ? null : el('p', {}, 'No customer comes of it.'), lost, buttons(extra));
  }
  return panel('warn', 'This request is resolved already.',
    number ? el('p', {}, 'Customer ', customerLink(number, { class: 'customer-number' }), ' came of it.') : null, lost, buttons(extra));
}

const buttons = (extra) => (extra.length > 0 ? el('div', { class: 'buttons' }, extra) : null);
