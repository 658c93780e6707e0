// The history of a request as a timeline, newest first: who did what when, with which outcome. Shows only.

import { labelOf, isKnown, reasonOf } from './attributes.js';
import { byId, el, fill, outside } from './dom.js';
import { timeElement } from './time.js';

const WORDS = {
  received: 'received',
  corrected: 'corrected',
  tried: 'tried to reprocess',
  resolved: 'resolved',
  deleted: 'deleted',
  assigned: 'assigned',
  noted: 'wrote',
  reopened: 'reopened',
};

const OUTCOMES = { success: 'Success', failure: 'Failure', duplicate: 'Duplicate' };

export function showHistory(record) {
  const events = [...(record.history ?? [])].reverse();
  fill(byId('history'), events.map((event) => el('li', { data: { what: event.what } },
    el('p', { class: 'what' },
      event.who ? [el('strong', {}, outside(event.who)), ' '] : null,
      wordsOf(event),
      event.outcome ? [' ', el('span', { class: `badge ${String(event.outcome).toLowerCase()}` }, OUTCOMES[String(event.outcome).toLowerCase()] ?? outside(event.outcome))] : null,
      ' ', timeElement(event.at)),
    event.codes?.length > 0
      ? el('ul', { class: 'reasons' }, event.codes.map((code) => el('li', { class: 'reason', title: code }, reasonOf(code))))
      : null,
    ['noted', 'deleted'].includes(event.what) && event.text ? el('p', { class: 'said' }, outside(event.text)) : null,
    patchNode(event.patch))));
}

function wordsOf(event) {
  if (event.what === 'received' && event.who) return 'sent it';
  if (event.what === 'assigned') return event.text ? ['gave it to ', el('strong', {}, outside(event.text))] : 'released it';
  if (event.what === 'noted') return event.text ? 'wrote' : 'wrote something that was erased';
  return `${WORDS[event.what] ?? event.what}${event.who ? ' it' : ''}`;
}

function patchNode(patch) {
  const changes = Object.entries(patch ?? {});
  if (changes.length === 0) return null;
  return el('ul', { class: 'patch' }, changes.map(([attribute, value]) => el('li', {},
    el('span', { class: 'where', title: attribute }, isKnown(attribute) ? labelOf(attribute) : outside(attribute)), ' ',
    value === null || value === '' ? el('del', {}, 'removed') : ['→ ', el('ins', {}, outside(typeof value === 'object' ? JSON.stringify(value) : value))])));
}
