// One row of the worklist of possible duplicates: two customers and why they look alike, at a glance. Builds nodes from what the list gives; fetches nothing and remembers nothing.

import { el, outside } from './dom.js';
import { pairHash } from './route.js';
import { timeElement } from './time.js';

/** What a pair is known by, whichever is named first. */
export const keyOf = (one, other) => [one, other].map((number) => String(number).padStart(9, '0')).sort().join('-');

export const hashOfEntry = (entry) => pairHash(entry.customer.customerNumber, entry.other.customerNumber);

export const nameOfEntry = (entry) => `${entry.customer.name || 'No name'} and ${entry.other.name || 'No name'}`;

const AGREEMENTS = { agree: 'agrees', close: 'is close', differ: 'differs', blank: 'is given once' };

const FIELDS = {
  name: 'Name', street: 'Street', address_line_2: 'Address line 2', apartment: 'Apartment', city: 'City', postal_code: 'Postal code', state: 'State',
  email: 'E-mail', phone: 'Phone',
};

const bitsOf = (bits) => `${bits > 0 ? '+' : bits < 0 ? '−' : ''}${Math.abs(bits).toLocaleString('en', { minimumFractionDigits: 1 })}`;

/** How two agree in a field, and how much that says. */
export function whyNode(why, { named = true, tag = 'li' } = {}) {
  return el(tag, { class: 'why', data: { agreement: why.agreement, field: why.field }, title: `${bitsOf(why.bits)} bits` },
    named ? `${FIELDS[why.field] ?? why.field} ` : null, AGREEMENTS[why.agreement] ?? why.agreement, ' ', el('span', { class: 'bits' }, bitsOf(why.bits)));
}

/** Likely or possible, and the score. */
export function gradeNode({ grade, score }) {
  return el('span', { class: 'badge grade', data: { grade: grade ?? 'none' } }, `${{ likely: 'Likely', possible: 'Possible' }[grade] ?? 'Not alike any more'} ${bitsOf(score)}`);
}

/** An address in one line. */
function addressOf({ line1, line2, apartment, city, state: region, postalCode, country }) {
  const lines = [[line1, apartment, line2], [postalCode, city, region], [country]];
  return lines.map((line) => line.filter(Boolean).join(' ')).filter(Boolean).join(', ');
}

function sideNode(customer, name) {
  const address = addressOf(customer.address);
  return el('div', { class: 'who' }, name,
    el('p', { class: 'facts' },
      el('span', {}, 'customer ', outside(customer.customerNumber, { class: 'number' })),
      address ? outside(address) : null,
      customer.email ? outside(customer.email) : null,
      customer.phones.map((phone) => outside(phone.number))));
}

const DECISIONS = { apart: 'Kept apart', open: 'Open again', merged: 'Merged', gone: 'One was merged' };

/** Builds a row, with the box that selects it; `listed` is the state that the list is of. */
export function buildPairRow(entry, listed, box) {
  const { customer, other } = entry;
  const [name, otherName] = [customer, other].map((one) => one.name || 'No name');
  const decided = entry.state !== listed ? entry.state : null;
  const back = entry.state === 'open' && entry.decision?.changedSince?.length > 0;
  return el('li', { class: 'row pair-row', data: { key: entry.id, state: entry.state } },
    box,
    sideNode(customer, el('a', { class: 'open', href: hashOfEntry(entry), 'aria-label': `${name} and ${otherName}` }, outside(name))),
    sideNode(other, outside(otherName, { class: 'name' })),
    el('div', { class: 'age' }, gradeNode(entry), el('p', {}, timeElement(entry.since))),
    el('ul', { class: 'whys', 'aria-label': 'What agrees' },
      decided ? el('li', { class: `badge ${decided === 'gone' ? 'duplicate' : 'resolved'}` }, DECISIONS[decided] ?? decided) : null,
      entry.refused ? el('li', { class: 'badge unsaved' }, `Not decided: ${entry.refused}`) : null,
      back ? el('li', { class: 'badge unsaved' }, `It came back: ${entry.decision.changedSince.join(', ')} changed`) : null,
      entry.why.map((why) => whyNode(why))));
}
