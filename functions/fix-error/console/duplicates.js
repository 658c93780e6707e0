// The customers that a message looks like, beside the message: all values of both, with what the master calls different marked, what a change of one would replace, and the ways
// out. Shows an answer; the ways out are the caller's.

import { ATTRIBUTES, isKnown, labelOf } from './attributes.js';
import { counted, el, fill, outside } from './dom.js';
import { faultText } from './form.js';
import { panel, warningsOf } from './outcome.js';
import { customerLink } from './rows.js';

// So many are tried at once; of the others when somebody asks.
const TRIED_AT_ONCE = 3;

const OTHER_NAMES = { alternateName: 'Alternate name', phones: 'Phones of dealers' };
const nameOf = (attribute) => OTHER_NAMES[attribute] ?? (isKnown(attribute) ? labelOf(attribute) : attribute);

// The order of the form; what no message has comes last.
function orderOf(candidates) {
  const present = new Set(candidates.flatMap((one) => one.values.map((value) => value.attribute)));
  return [...ATTRIBUTES.filter((attribute) => present.has(attribute)), ...[...present].filter((attribute) => !ATTRIBUTES.includes(attribute))];
}

/**
 * The panel of a Duplicate. `onChange(number)` makes the message a change of that customer, `onCreate()` waives the duplicate check, and `foresee(number)` tries that change and
 * resolves to the answer.
 */
export function duplicatePanel(answer, { dryRun = false, unsaved = 0, onChange, onCreate, foresee }) {
  const candidates = answer.candidates ?? [];
  const valueOf = (candidate, attribute) => candidate.values.find((one) => one.attribute === attribute);
  const title = `${dryRun ? 'Checked: it' : 'Not accepted: it'} looks like ${candidates.length === 1 ? 'a customer that exists' : `${counted(candidates.length, 'customer')} that exist`}.`;
  return panel('warn', title,
    el('p', {}, dryRun || unsaved > 0 ? 'No customer was written. Your changes are not saved yet. ' : 'No customer was written; the attempt is in the history. ',
      'Take one of them, and the message changes that customer; or create another customer all the same. Either only fills in the form: you still reprocess.'),
    el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The message and the customers it looks like' },
      el('table', { id: 'duplicates' },
        el('thead', {}, el('tr', {},
          el('td', {}),
          el('th', { scope: 'col' }, 'This message'),
          candidates.map((one) => el('th', { scope: 'col', data: { number: one.customerNumber } }, 'Customer ', customerLink(one.customerNumber),
            one.status === 'ACTIVE' ? null : [' ', el('span', { class: 'badge' }, 'Inactive')])))),
        el('tbody', {}, orderOf(candidates).map((attribute) => {
          const mine = candidates.map((one) => valueOf(one, attribute)?.message).find((value) => value !== null && value !== undefined);
          return el('tr', { data: { attribute } },
            el('th', { scope: 'row', title: attribute }, nameOf(attribute)),
            el('td', {}, cell(mine)),
            candidates.map((one) => {
              const value = valueOf(one, attribute);
              const differs = value?.differs ?? false;
              return el('td', { data: { differs: String(differs) } }, differs ? el('mark', {}, cell(value.customer)) : cell(value?.customer));
            }));
        })),
        el('tfoot', {}, el('tr', {},
          el('td', {}),
          el('td', {}, el('button', { type: 'button', id: 'create-anyway', on: { click: onCreate } }, 'Create all the same')),
          candidates.map((one, at) => el('td', {},
            wouldReplace(one.customerNumber, foresee, at < TRIED_AT_ONCE),
            el('button', { type: 'button', class: 'take-duplicate', data: { number: one.customerNumber }, on: { click: () => onChange(one.customerNumber) } }, 'Change this one'))))))),
    warningsOf(answer));
}

function textOf(value) {
  if (Array.isArray(value)) return value.map((phone) => (phone.type ? `${phone.type} ${phone.number}` : phone.number)).join(', ');
  return value ?? '';
}

const cell = (value) => (textOf(value) === '' ? el('span', { class: 'nothing' }, 'blank') : outside(textOf(value)));

/** What a change of this customer would replace by what: tried at once, or when somebody asks. */
function wouldReplace(number, foresee, atOnce) {
  const node = el('div', { class: 'would-replace', data: { number } });
  const look = async () => {
    fill(node, el('p', { class: 'note' }, 'Trying the change…'));
    try {
      fill(node, replacedNode(await foresee(number)));
    } catch (problem) {
      fill(node, el('p', { class: 'note' }, `The change could not be tried. ${problem.message} `), el('button', { type: 'button', class: 'quiet', on: { click: look } }, 'Try again'));
    }
  };
  if (atOnce) look();
  else fill(node, el('button', { type: 'button', class: 'quiet', on: { click: look } }, 'What would it replace?'));
  return node;
}

function replacedNode({ body }) {
  const faults = body.CustSoldTo?.Error ?? [];
  if (faults.length > 0) return [el('p', { class: 'note' }, `As a change of it, ${counted(faults.length, 'edit')} would still fail: `), el('ul', { class: 'reasons' }, faults.map((fault) => el('li', { class: 'reason' }, faultText(fault))))];
  const changed = body.changed ?? [];
  if (changed.length === 0) return el('p', { class: 'note' }, 'A change would replace nothing: it is as the message says.');
  return [
    el('p', { class: 'note' }, `A change would replace ${counted(changed.length, 'value')}:`),
    el('ul', { class: 'patch' }, changed.map(({ attribute, before, after }) => el('li', { data: { attribute } },
      el('span', { class: 'where', title: attribute }, nameOf(attribute)), ' ',
      textOf(before) === '' ? null : [el('del', {}, outside(textOf(before))), ' '],
      '→ ', textOf(after) === '' ? el('span', { class: 'nothing' }, 'removed') : el('ins', {}, outside(textOf(after)))))),
  ];
}
