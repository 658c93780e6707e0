// One row of the list: who it is about and why it was refused, at a glance. Builds nodes from what the list gives;
// fetches nothing and remembers nothing.

import { actionOf, reasonOf } from './attributes.js';
import { draftOf } from './draft.js';
import { el, outside } from './dom.js';
import { customerHash, requestHash } from './route.js';
import { timeElement } from './time.js';

/** The name to call a request by. */
export function nameOf(entry) {
  const name = String(entry?.name ?? '').trim();
  return name === '' ? null : name;
}

/** The name as a node: text from outside, or a word that there is none. */
export function nameNode(entry) {
  const name = nameOf(entry);
  return name === null ? el('span', { class: 'no-name' }, 'No name') : outside(name);
}

/** What tells it from others of the same name, apart by dots: place, e-mail, numbers, and where it came from. */
export function factNodes(entry) {
  const facts = [];
  if (entry.city) facts.push(el('span', {}, outside(entry.city)));
  if (entry.email) facts.push(el('span', {}, outside(entry.email)));
  const action = actionOf(entry.action);
  if (action) facts.push(el('span', { class: 'action' }, action));
  if (entry.company) facts.push(el('span', {}, 'company ', outside(entry.company)));
  if (entry.customerNumber) facts.push(el('span', {}, 'customer ', customerLink(entry.customerNumber)));
  if (entry.alternateNumber) facts.push(el('span', {}, 'alternate ', outside(entry.alternateNumber, { class: 'number' })));
  const sources = [entry.source, entry.originalSource].filter(Boolean);
  if (sources.length > 0) facts.push(el('span', {}, 'from ', sources.map((source, index) => [index > 0 ? ', ' : null, outside(source)])));
  return facts;
}

/** A customer number, which leads to the customer; what cannot be one leads nowhere. */
export function customerLink(number, attributes = {}) {
  const named = { ...attributes, class: ['number', attributes.class].filter(Boolean).join(' ') };
  return /^\d{1,9}$/.test(String(number).trim())
    ? el('a', { ...named, href: customerHash(String(number).trim()) }, outside(number))
    : outside(number, named);
}

export function reasonNodes(codes) {
  return (codes ?? []).map((code) => el('li', { class: 'reason', data: { code }, title: code }, reasonOf(code)));
}

/** Who closed it and when; nothing of an open one. */
export function closedNode(entry) {
  if (entry.state === 'open' || !entry.closedBy) return null;
  return el('span', { class: 'closed' }, `${entry.state} by `, outside(entry.closedBy), ' ', timeElement(entry.closedAt));
}

export function stateBadge(state) {
  if (!state || state === 'open') return null;
  return el('span', { class: `badge ${state === 'resolved' ? 'resolved' : 'deleted'}` }, state === 'resolved' ? 'Resolved' : state === 'deleted' ? 'Deleted' : state);
}

/** Builds a row, with the box that selects it. */
export function buildRow(entry, box) {
  const open = entry.state === 'open';
  const codes = entry.codes ?? [];
  return el('li', { class: 'row', data: { id: entry.id, state: entry.state } },
    box,
    el('div', { class: 'who' },
      el('div', { class: 'who-line' },
        el('a', { class: 'open', href: requestHash(entry.id) }, nameNode(entry)),
        stateBadge(entry.state),
        entry.assignedTo && open ? el('span', { class: 'badge assigned' }, outside(entry.assignedTo), ' has it') : null,
        draftOf(entry.id) ? el('span', { class: 'badge unsaved' }, 'Unsaved edits') : null),
      el('p', { class: 'facts' }, factNodes(entry), closedNode(entry))),
    codes.length > 0
      ? el('ul', { class: 'reasons', 'aria-label': 'Reasons' }, reasonNodes(codes))
      : el('p', { class: 'reasons none' }, open ? 'No failing edit' : ''),
    el('div', { class: 'age' }, timeElement(entry.receivedAt)));
}
