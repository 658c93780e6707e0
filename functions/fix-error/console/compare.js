// What was received beside what the message is now, with the differences marked, and the body exactly as it came. Shows
// only; the form is where things are changed.

import { ATTRIBUTES, isKnown, labelOf } from './attributes.js';
import { byId, counted, el, fill, outside } from './dom.js';
import { savedValue, shownValue, valuesOf } from './draft.js';

const section = byId('compare');

let onlyDifferences = false;

/** Builds the section for a request. */
export function buildCompare(record, received) {
  const toggle = el('input', { type: 'checkbox', id: 'only-differences', on: { change: (event) => {
    onlyDifferences = event.target.checked;
    section.dataset.only = onlyDifferences ? 'differences' : 'all';
  } } });
  toggle.checked = onlyDifferences;
  section.dataset.only = onlyDifferences ? 'differences' : 'all';
  fill(section,
    el('div', { class: 'section-head' },
      el('h2', { id: 'compare-heading' }, 'Received and now'),
      received ? el('label', { class: 'check' }, toggle, ' Only differences') : null),
    el('p', { id: 'compare-summary', class: 'note' }),
    received ? el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Each attribute, received and now' },
      el('table', { id: 'compare-table' },
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Attribute'), el('th', { scope: 'col' }, 'Received'), el('th', { scope: 'col' }, 'Now'))),
        el('tbody', {}))) : null,
    el('details', { id: 'raw', open: true },
      el('summary', {}, 'The body as received'),
      el('p', { class: 'note' }, record.received?.contentType ? ['Content type ', outside(record.received.contentType)] : 'No content type was given'),
      outside(record.received?.body ?? '', { id: 'raw-body', tabindex: '0', role: 'region', 'aria-label': 'The body as received' }, 'pre')));
}

/** Brings the table up to date with the steward's edits. */
export function updateCompare(record, edits, received) {
  const note = byId('compare-summary');
  if (!received) {
    note.textContent = 'This page cannot read the attributes out of the body, so differences are not marked.';
    return;
  }
  const attributes = orderOf(new Set([...received.keys(), ...valuesOf(record.message).keys(), ...edits.keys()]));
  let differences = 0;
  const rows = attributes.map((attribute) => {
    const before = received.get(attribute) ?? '';
    const now = shownValue(record, edits, attribute);
    if (before === '' && now === '') return null;
    const unsaved = edits.has(attribute) && now !== savedValue(record, attribute);
    const differs = before !== now;
    if (differs) differences += 1;
    return el('tr', { data: { attribute, differs: String(differs), unsaved: String(unsaved) } },
      el('th', { scope: 'row', title: attribute }, isKnown(attribute) ? labelOf(attribute) : outside(attribute)),
      el('td', {}, el('div', { class: 'value' }, before === '' ? el('span', { class: 'nothing' }, 'not given') : differs ? el('del', {}, outside(before)) : outside(before))),
      el('td', {}, el('div', { class: 'value' }, now === '' ? el('span', { class: 'nothing' }, 'removed') : differs ? el('ins', {}, outside(now)) : outside(now)),
        unsaved ? el('span', { class: 'badge unsaved' }, 'Unsaved') : null));
  });
  fill(byId('compare-table').tBodies[0], rows);
  note.textContent = differences === 0 ? 'Nothing has been changed since it was received.' : `${counted(differences, 'difference')}.`;
}

function orderOf(attributes) {
  return [...ATTRIBUTES.filter((attribute) => attributes.has(attribute)), ...[...attributes].filter((attribute) => !isKnown(attribute))];
}
