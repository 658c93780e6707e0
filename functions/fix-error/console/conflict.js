// The panel of a version conflict: who changed the request meanwhile, how it stands now, and what becomes of the steward's
// own edits. Shows; what the buttons do is the caller's.

import { ATTRIBUTES, isKnown, labelOf } from './attributes.js';
import { counted, el, outside } from './dom.js';
import { savedValue, valuesOf } from './draft.js';
import { panel } from './outcome.js';
import { timeElement } from './time.js';

const STATES = { open: 'open', resolved: 'resolved', deleted: 'deleted' };

/** `before` is the request as the steward saw it, `now` as it is, `edits` the steward's own. */
export function conflictPanel(before, now, edits, { onKeep, onDrop }) {
  const last = (now.history ?? []).at(-1);
  const open = now.state === 'open';
  const rows = differing(before, now, edits);
  return panel('warn', 'Somebody else changed this request meanwhile.',
    el('p', { id: 'conflict-words' },
      `You saw version ${before.version}; it is version ${now.version} now, and ${STATES[now.state] ?? now.state}.`,
      last ? [' Last: ', el('strong', {}, outside(last.who || 'somebody')), ` ${last.what} it `, timeElement(last.at), '.'] : null,
      ' Nothing of yours was saved.'),
    rows.length > 0
      ? el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'What you saw, how it is now, and your edits' },
        el('table', { id: 'conflict-table' },
          el('thead', {}, el('tr', {}, ['Attribute', 'You saw', `Now, version ${now.version}`, 'Your edit'].map((title) => el('th', { scope: 'col' }, title)))),
          el('tbody', {}, rows.map((attribute) => row(attribute, before, now, edits)))))
      : el('p', {}, 'The message itself is the same as you saw it.'),
    el('div', { class: 'buttons' },
      open ? el('button', { type: 'button', id: 'conflict-keep', class: 'primary', on: { click: onKeep } },
        edits.size > 0 ? `Load version ${now.version}, keep my ${counted(edits.size, 'edit')}` : `Load version ${now.version}`) : null,
      edits.size > 0 || !open ? el('button', { type: 'button', id: 'conflict-drop', on: { click: onDrop } },
        edits.size > 0 ? `Load version ${now.version}, drop ${edits.size === 1 ? 'it' : 'them'}` : `Load version ${now.version}`) : null));
}

function differing(before, now, edits) {
  const all = new Set([...valuesOf(before.message).keys(), ...valuesOf(now.message).keys(), ...edits.keys()]);
  return [...ATTRIBUTES, ...[...all].filter((attribute) => !isKnown(attribute))]
    .filter((attribute) => edits.has(attribute) || savedValue(before, attribute) !== savedValue(now, attribute));
}

function row(attribute, before, now, edits) {
  const seen = savedValue(before, attribute);
  const current = savedValue(now, attribute);
  return el('tr', { data: { attribute } },
    el('th', { scope: 'row', title: attribute }, isKnown(attribute) ? labelOf(attribute) : outside(attribute)),
    el('td', {}, cell(seen)),
    el('td', {}, seen === current ? cell(current) : el('mark', {}, cell(current))),
    el('td', {}, edits.has(attribute) ? cell(edits.get(attribute), 'removed') : el('span', { class: 'nothing' }, 'none')));
}

const cell = (text, empty = 'blank') => (text === '' ? el('span', { class: 'nothing' }, empty) : outside(text));
