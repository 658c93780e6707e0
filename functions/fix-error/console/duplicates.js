// The customers that a message looks like, beside the message, with what differs marked and the ways out. Shows an
// answer; the ways out are the caller's.

import { ATTRIBUTES, isKnown, labelOf } from './attributes.js';
import { counted, el, outside } from './dom.js';
import { panel, warningsOf } from './outcome.js';
import { customerLink } from './rows.js';

const STEERING = new Set(['type', 'cst_action_type', 'cst_action_result', 'cst_send_response', 'cst_duplicate', 'cst_cust_nbr']);

/** The duplicates of an answer: the first may stand in `CustSoldTo` itself, the others in `Duplicate`. */
export function duplicatesOf(answer) {
  const { Duplicate: others = [], Error: _, ...first } = answer.CustSoldTo ?? {};
  const listed = Array.isArray(others) ? others : [others];
  const alone = first.cst_cust_nbr && !listed.some((one) => one.cst_cust_nbr === first.cst_cust_nbr);
  return alone ? [first, ...listed] : listed;
}

// Only how it is written is left out of the comparison: what counts as equal is the server's to say.
const folded = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();

/**
 * The panel of a Duplicate. `values` is the message as it was sent; `onChange(number)` makes it a change of that
 * customer, `onCreate()` waives the duplicate check.
 */
export function duplicatePanel(answer, values, { dryRun = false, unsaved = 0, onChange, onCreate }) {
  const duplicates = duplicatesOf(answer);
  const present = new Set([...values.keys(), ...duplicates.flatMap((one) => Object.keys(one))]);
  const rows = [...ATTRIBUTES, ...[...present].filter((attribute) => !isKnown(attribute))]
    .filter((attribute) => !STEERING.has(attribute) && duplicates.some((one) => attribute in one));
  const title = `${dryRun ? 'Checked: it' : 'Not accepted: it'} looks like ${duplicates.length === 1 ? 'a customer that exists' : `${counted(duplicates.length, 'customer')} that exist`}.`;
  return panel('warn', title,
    el('p', {}, dryRun || unsaved > 0 ? 'No customer was written. Your changes are not saved yet. ' : 'No customer was written; the attempt is in the history. ',
      'Take one of them, and the message changes that customer; or create another customer all the same. Either only fills in the form: you still reprocess.'),
    el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The message and the customers it looks like' },
      el('table', { id: 'duplicates' },
        el('thead', {}, el('tr', {},
          el('td', {}),
          el('th', { scope: 'col' }, 'This message'),
          duplicates.map((one) => el('th', { scope: 'col', data: { number: one.cst_cust_nbr ?? '' } }, 'Customer ', one.cst_cust_nbr ? customerLink(one.cst_cust_nbr) : 'without a number')))),
        el('tbody', {}, rows.map((attribute) => {
          const mine = values.get(attribute) ?? '';
          return el('tr', { data: { attribute } },
            el('th', { scope: 'row', title: attribute }, labelOf(attribute)),
            el('td', {}, cell(mine)),
            duplicates.map((one) => {
              const theirs = String(one[attribute] ?? '');
              // Without a company a message is the default company's, which is that of every customer it can look like.
              const differs = folded(mine) !== folded(theirs) && !(attribute === 'cst_company' && mine === '');
              return el('td', { data: { differs: String(differs) } }, differs ? el('mark', {}, cell(theirs)) : cell(theirs));
            }));
        })),
        el('tfoot', {}, el('tr', {},
          el('td', {}),
          el('td', {}, el('button', { type: 'button', id: 'create-anyway', on: { click: onCreate } }, 'Create all the same')),
          duplicates.map((one) => el('td', {}, one.cst_cust_nbr
            ? el('button', { type: 'button', class: 'take-duplicate', data: { number: one.cst_cust_nbr }, on: { click: () => onChange(one.cst_cust_nbr) } }, 'Change this one')
            : null)))))),
    warningsOf(answer));
}

const cell = (text) => (text === '' ? el('span', { class: 'nothing' }, 'blank') : outside(text));
