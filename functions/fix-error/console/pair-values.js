// Two customers side by side: each value of both, what the master calls different, whose is taken and why, and what the winner would have. Shows what a dry run
// told and reports what the steward chooses; decides nothing.

import { ATTRIBUTES, GROUPS, isKnown, labelOf } from './attributes.js';
import { byId, counted, el, fill, outside } from './dom.js';
import { gradeNode, whyNode } from './pair-rows.js';
import { customerLink } from './rows.js';
import { timeElement } from './time.js';

const values = byId('pair-values');

const OTHER_NAMES = { address: 'Address', alternateName: 'Alternate name', phones: 'Phones of dealers' };
const nameOf = (name) => OTHER_NAMES[name] ?? (isKnown(name) ? labelOf(name) : name);

// Where what two are compared by is seen: the first of these that is shown.
const SHOWN_AT = {
  name: ['cst_company_name', 'cst_lname', 'cst_fname'],
  street: ['address'], address_line_2: ['address'], apartment: ['address'], city: ['address'], postal_code: ['address'], state: ['address'],
  email: ['cst_email'],
  phone: ['cst_day_phone', 'cst_eve_phone', 'cst_fax_phone', 'phones'],
};

const REASONS = {
  'chosen': 'your choice',
  'loser-alone': 'the other one has none',
  'opt-out': 'the opt-out wins',
  'stays': 'stays, and leads to the winner',
};

const PROPOSED = { 'has-dealers': 'dealers have it, and not the other one', 'older': 'it is the older one' };

const orderOf = (attribute) => {
  const at = ATTRIBUTES.indexOf(attribute);
  return attribute === 'alternateName' ? ATTRIBUTES.indexOf('cst_company_name') + .5 : attribute === 'phones' ? ATTRIBUTES.indexOf('cst_fax_ext') + .5 : at < 0 ? Infinity : at;
};

/** Builds the heads of both sides, and of those who look like them, too. `answer` is a dry run's. */
export function buildSides({ answer, steward, members }) {
  const { foreseen } = answer;
  const { winner, loser } = foreseen;
  const why = steward ? 'your choice' : foreseen.proposedWinner === winner.customerNumber ? PROPOSED[foreseen.proposedBecause] : null;
  const changes = answer.changed.length;
  fill(byId('pair-sides'),
    side(winner, 'winner', ['It stays', why ? el('span', { id: 'pair-why' }, `, because ${why}`.replace('because your choice', 'as you chose')) : null, '.']),
    side(loser, 'loser', 'It is merged into the other one.'),
    el('div', { class: 'side after' },
      el('p', { class: 'side-title' }, 'Afterwards'),
      el('p', { class: 'facts' },
        el('span', {}, 'customer ', outside(answer.customerNumber, { class: 'number' })),
        el('span', {}, `version ${answer.version}`),
        el('span', {}, dealers(answer))),
      el('p', { class: 'note', id: 'pair-changes' }, changes === 0 ? 'None of its values changes.' : `${counted(changes, 'value')} of it ${changes === 1 ? 'changes' : 'change'}.`)),
    members.map((member) => el('div', { class: 'side member' },
      el('p', { class: 'side-title' }, outside(member.foreseen.loser.name || 'No name')),
      el('p', { class: 'facts' },
        el('span', {}, 'customer ', outside(member.found.customer.customerNumber, { class: 'number' })),
        el('span', {}, dealers(member.foreseen.loser)),
        el('span', {}, gradeNode(member.found))))));
}

const dealers = ({ dealerCustomers, moreDealerCustomers }) =>
  (dealerCustomers === 0 ? 'no dealer has it' : `${counted(dealerCustomers, 'dealer customer')}${moreDealerCustomers ? ' and more' : ''}`);

function side(customer, role, words) {
  return el('div', { class: 'side', data: { role, number: customer.customerNumber } },
    el('p', { class: 'side-title' }, outside(customer.name || 'No name')),
    el('p', { class: 'facts' },
      el('span', {}, 'customer ', customerLink(customer.customerNumber)),
      customer.status === 'ACTIVE' ? null : el('span', { class: 'badge' }, 'Inactive'),
      el('span', {}, 'since ', timeElement(customer.createdAt)),
      el('span', {}, dealers(customer))),
    el('p', { class: 'note' }, words));
}

/** Builds the rows. `onChoose(choice, number)` hears whose value the steward takes. */
export function buildValues({ foreseen, why, members, onChoose }) {
  const rows = rowsOf(foreseen.values);
  const names = new Set(rows.map((one) => one.name));
  const whys = Map.groupBy(why ?? [], (one) => (SHOWN_AT[one.field] ?? []).find((name) => names.has(name)));
  fill(values, [['who', rows.filter(isFirst)], ['rest', rows.filter((one) => !isFirst(one))]]
    .filter(([, some]) => some.length > 0)
    .map(([id, some]) => el('div', { class: 'value-rows', id: `values-${id}` }, some.map((one) => valueRow(one, { foreseen, whys: whys.get(one.name) ?? [], members, onChoose })))));
}

function rowsOf(all) {
  const rows = new Map();
  for (const one of [...all].sort((a, b) => orderOf(a.attribute) - orderOf(b.attribute))) {
    const name = one.choice ?? one.attribute;
    if (!rows.has(name)) rows.set(name, { name, choice: one.choice ?? null, parts: [] });
    rows.get(name).parts.push(one);
  }
  return [...rows.values()];
}

// Who they are comes first, numbers and the rest after it.
const FIRST = new Set([...Object.keys(OTHER_NAMES), ...GROUPS.filter((group) => ['name', 'contact'].includes(group.id)).flatMap((group) => group.attributes.map(([name]) => name))]);

const isFirst = ({ name }) => FIRST.has(name);

function valueRow({ name, choice, parts }, { foreseen, whys, members, onChoose }) {
  const differs = parts.some((one) => one.differs);
  const asWritten = parts.every((one) => one.because === 'same');
  const reasons = [...new Set(parts.map((one) => REASONS[one.because]).filter(Boolean))];
  const taken = (side) => parts.every((one) => same(one.merged, one[side]));
  // Where both are taken, because they are the same, there is nothing to choose.
  const open = choice !== null && !asWritten;
  const fromWinner = taken('winner');
  const sides = ['winner', 'loser'].map((side) => {
    const number = foreseen[side].customerNumber;
    const content = linesOf(parts, (one) => textNode(one[side], { attribute: one.attribute, mark: one.differs, alone: parts.length === 1 }));
    if (!open) return el('div', { class: 'cell', data: { side } }, content);
    const radio = el('input', {
      type: 'radio', name: `choose-${choice}`, value: number, 'aria-label': `${nameOf(name)} of customer ${number}: ${parts.map((one) => plain(one[side])).filter(Boolean).join(', ') || 'none'}`,
      on: { change: () => onChoose(choice, number) },
    });
    radio.checked = side === 'winner' ? fromWinner : !fromWinner && taken('loser');
    return el('label', { class: 'cell choice', data: { side } }, radio, el('span', { class: 'texts' }, content));
  });
  return el('div', {
    class: 'value-row', role: open ? 'radiogroup' : 'group', 'aria-label': nameOf(name),
    data: { name, differs: String(differs), because: parts.map((one) => one.because).find((one) => one !== 'same') ?? 'same' },
  },
  el('div', { class: 'cell name' },
    el('span', { class: 'value-name', title: name }, nameOf(name)),
    differs ? el('span', { class: 'visually-hidden' }, ' differs') : null,
    whys.length > 0 ? el('span', { class: 'whys' }, whys.map((why) => whyNode(why, { named: parts.length > 1, tag: 'span' }))) : null),
  sides,
  el('div', { class: 'cell after' },
    linesOf(parts, (one) => outcomeNode(one, parts.length === 1)),
    reasons.length > 0 ? el('p', { class: 'note because' }, reasons.join('; ')) : null),
  members.map((member) => el('div', { class: 'cell member' }, linesOf(partsOf(member, parts), (one) => textNode(one.loser, { attribute: one.attribute, mark: one.differs, alone: parts.length === 1 })))));
}

// What one of those who look like them, too, has of these; what neither it nor the winner has is none.
const partsOf = (member, parts) => parts.map(({ attribute }) => member.foreseen.values.find((one) => one.attribute === attribute) ?? { attribute, loser: null, differs: false });

// An address is read in the lines of a letter.
const LINES = [['cst_street_addr', 'cst_apt'], ['cst_addr_line_2'], ['cst_addr_line_3'], ['cst_addr_line_4'], ['cst_city', 'cst_state', 'cst_zip'], ['cst_country']];

function linesOf(parts, nodeOf) {
  if (parts.length === 1) return [el('span', { class: 'text' }, nodeOf(parts[0]))];
  const lines = LINES.map((names) => names.map((name) => parts.find((one) => one.attribute === name)).filter(Boolean).map(nodeOf).filter(Boolean));
  const written = lines.filter((line) => line.length > 0).map((line) => el('span', { class: 'text' }, line.flatMap((node, at) => (at > 0 ? [' ', node] : [node]))));
  return written.length > 0 ? written : [el('span', { class: 'nothing' }, 'none')];
}

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** A value as text: telephone numbers of dealers are a list. */
export const plain = (value) => (Array.isArray(value) ? value.map((phone) => (phone.type ? `${phone.type} ${phone.number}` : phone.number)).join(', ') : value ?? '');

function textNode(value, { attribute, mark = false, alone = true }) {
  const text = plain(value);
  if (text === '') return alone ? el('span', { class: 'nothing' }, 'none') : null;
  return el('span', { title: nameOf(attribute) }, mark ? el('mark', {}, outside(text)) : outside(text));
}

// Before and after of the winner.
function outcomeNode({ attribute, winner, merged, because }, alone) {
  const [before, after] = [plain(winner), plain(merged)];
  if (before === after || because === 'stays') return textNode(merged, { attribute, alone });
  return el('span', { title: nameOf(attribute) },
    before === '' ? null : [el('del', {}, outside(before)), ' '], after === '' ? el('span', { class: 'nothing' }, 'removed') : el('ins', {}, outside(after)));
}

/** Puts the focus on the next value that differs and can be chosen; around the end to the first. */
export function focusNextValue() {
  const rows = [...values.querySelectorAll('.value-row[role="radiogroup"]')];
  const marked = rows.filter((row) => row.dataset.differs === 'true');
  const order = marked.length > 0 ? marked : rows;
  if (order.length === 0) return false;
  const at = order.indexOf(document.activeElement?.closest('.value-row'));
  const row = order[(at + 1) % order.length];
  const radio = row.querySelector('input:checked') ?? row.querySelector('input');
  radio.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
  return true;
}
