// The form of a message: a field for every attribute, failing ones first and marked with their reason, then those with a
// value, the empty rest folded. Shows and reports edits; saves nothing.

import { GROUPS, isKnown, labelOf, reasonOf } from './attributes.js';
import { byId, counted, el, fill, outside, setOrRemove, unseenIn } from './dom.js';
import { savedValue, shownValue, valuesOf } from './draft.js';
import { requestHash } from './route.js';

const box = byId('fields');
const summary = byId('fault-summary');

// A longer or broken value needs more than one line to be seen whole.
const LONG = 60;

let fields = new Map();
let folds = [];

/** The text of a fault: the server's reason, or the words for its code; and what would pass, where the server knows. */
export const faultText = (fault) => [fault.reason || reasonOf(fault.code), fault.detail].filter(Boolean).join('. ');

/** Builds the fields anew for a request. `onEdit(attribute, value)` hears of every change. */
export function buildForm(record, faults, onEdit) {
  fields = new Map();
  folds = [];
  const given = valuesOf(record.message);
  const failing = new Set(faults.map((fault) => fault.attribute));
  const unknown = [...new Set([...given.keys(), ...Object.keys(record.message?.CustSoldTo ?? {})])].filter((attribute) => !isKnown(attribute));
  const groups = GROUPS.map((group) => ({ ...group }));
  if (unknown.length > 0) {
    groups.push({
      id: 'unknown',
      title: 'Not known to the customer master',
      about: 'These came with the message. They are kept with it, and not with the customer.',
      attributes: unknown.map((attribute) => [attribute, attribute]),
      shown: true,
    });
  }
  const fails = ([attribute]) => failing.has(attribute);
  const ordered = [...groups.filter((group) => group.attributes.some(fails)), ...groups.filter((group) => !group.attributes.some(fails))];
  fill(box, ordered.map((group) => {
    const isShown = ([attribute]) => group.shown || given.has(attribute) || failing.has(attribute);
    const first = [...group.attributes.filter(fails), ...group.attributes.filter((attribute) => isShown(attribute) && !fails(attribute))];
    const rest = group.attributes.filter((attribute) => !isShown(attribute));
    return buildGroup(group, first.map(build), rest.map(build));
  }));

  function build([attribute, label, hint, choices]) {
    const field = buildField(attribute, label, hint, choices, shownValue(record, new Map(), attribute), onEdit);
    fields.set(attribute, field);
    return field.root;
  }
}

function buildGroup(group, first, rest) {
  const heading = el('legend', {}, group.title);
  const open = first.length > 0 ? el('div', { class: 'field-grid' }, first) : null;
  const about = group.about ? el('p', { class: 'note' }, group.about) : null;
  let fold = null;
  if (rest.length > 0) {
    fold = el('details', { class: 'fold' }, el('summary', {}, `${rest.length} empty`), el('div', { class: 'field-grid' }, rest));
    folds.push(fold);
  }
  return el('fieldset', { class: 'group', id: `group-${group.id}`, data: { empty: String(first.length === 0) } }, heading, about, open, fold);
}

function buildField(attribute, label, hint, choices, value, onEdit) {
  // An unknown attribute is named from outside; only a name that is safe as an id, and nobody else's, becomes one.
  const id = /^(cst_\w+|type)$/.test(attribute) ? attribute : `attribute-${fields.size}`;
  const long = value.length > LONG || /[\r\n]/.test(value);
  const options = choices ? el('datalist', { id: `${id}-choices` }, Object.entries(choices).map(([choice, words]) => el('option', { value: choice, label: words || choice }))) : null;
  const input = el(long ? 'textarea' : 'input', {
    id, name: attribute, dir: 'auto', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
    rows: long ? 3 : null, list: options && !long ? options.id : null, placeholder: hint ?? null,
    on: { input: () => onEdit(attribute, input.value) },
  });
  input.value = value;
  const fault = el('p', { class: 'fault', id: `${id}-fault`, hidden: true });
  const note = el('p', { class: 'note', id: `${id}-note`, hidden: true });
  const undo = el('button', {
    type: 'button', class: 'undo', hidden: true, 'aria-label': `Undo the change of ${label}`,
    on: { click: () => { onEdit(attribute, null); input.focus(); } },
  }, 'Undo');
  // A placeholder alone is not read out once there is a value.
  const hintNode = hint ? el('p', { class: 'visually-hidden', id: `${id}-hint` }, hint) : null;
  const root = el('div', { class: 'field', data: { attribute } },
    el('div', { class: 'field-head' },
      el('label', { for: id }, isKnown(attribute) ? label : outside(label)),
      isKnown(attribute) ? el('code', { 'aria-hidden': 'true' }, attribute) : null),
    input, undo, options, fault, note, hintNode);
  return { root, input, fault, note, undo, hintNode };
}

/** Makes every field say what is so now. `theirs` is the request as somebody else left it, in a conflict. */
export function updateForm({ record, edits, faults, received, theirs = null, readOnly = false }) {
  const reasons = Map.groupBy(faults.filter((fault) => fault.attribute), (fault) => fault.attribute);
  for (const [attribute, field] of fields) {
    const value = shownValue(record, edits, attribute);
    if (field.input.value !== value && !sameInField(field.input, value)) field.input.value = value;
    field.input.readOnly = readOnly;
    const edited = edits.has(attribute);
    const failing = reasons.get(attribute) ?? [];
    field.fault.hidden = failing.length === 0;
    field.fault.textContent = failing.map(faultText).join(' · ');
    setOrRemove(field.input, 'aria-invalid', failing.length > 0 ? 'true' : null);
    const notes = [noteOf(attribute, { record, edited, received, theirs }), unseenNote(value)].filter((note) => note !== null);
    field.note.hidden = notes.length === 0;
    fill(field.note, notes.flatMap((note, index) => (index > 0 ? [' · ', note] : note)));
    field.undo.hidden = !edited || readOnly;
    setOrRemove(field.root, 'data-changed', edited ? 'unsaved' : null);
    setOrRemove(field.root, 'data-failing', failing.length > 0 ? '' : null);
    const describedBy = [failing.length > 0 && field.fault.id, notes.length > 0 && field.note.id, field.hintNode?.id].filter(Boolean).join(' ');
    setOrRemove(field.input, 'aria-describedby', describedBy || null);
    if (failing.length > 0 || edited) unfold(field);
  }
  for (const fold of folds) {
    const inside = fold.querySelectorAll('.field');
    const empty = [...inside].filter((node) => fields.get(node.dataset.attribute).input.value === '').length;
    fold.firstElementChild.textContent = empty === inside.length ? `${empty} empty` : `${inside.length} more, ${empty} empty`;
  }
}

// A text area gives line ends back as \n: that alone is no difference worth overwriting the cursor for.
const sameInField = (input, value) => input.value === value.replace(/\r\n?/g, '\n');

function noteOf(attribute, { record, edited, received, theirs }) {
  if (theirs && savedValue(theirs, attribute) !== savedValue(record, attribute)) {
    const now = savedValue(theirs, attribute);
    return ['Meanwhile somebody else ', ...(now === '' ? ['removed it'] : ['set it to ', quoted(now)])];
  }
  const saved = savedValue(record, attribute);
  const came = received?.get(attribute) ?? '';
  if (edited) return ['Unsaved; ', ...(saved === '' ? ['was empty'] : ['was ', quoted(saved)])];
  if (received && came !== saved) return came === '' ? ['Not in the message received'] : ['Received ', quoted(came)];
  return null;
}

function unseenNote(value) {
  const points = unseenIn(value);
  return points.length > 0 ? [`Holds what cannot be seen: ${points.join(', ')}`] : null;
}

const quoted = (text) => el('q', {}, outside(text));

function unfold(field) {
  const fold = field.root.closest('details');
  if (fold) fold.open = true;
}

/** Lists the faults, each a link to its field. `title` says where they come from. */
export function showFaults(id, faults, title) {
  summary.hidden = title === null;
  if (title === null) return;
  summary.dataset.count = String(faults.length);
  fill(summary,
    el('h2', { id: 'fault-heading' }, title),
    faults.length === 0 ? null : el('ul', { id: 'fault-list' }, faults.map((fault) => {
      const reason = faultText(fault);
      if (!fields.has(fault.attribute)) {
        return el('li', { data: { code: fault.code ?? '' } }, reason, fault.attribute ? [' ', outside(fault.attribute)] : null);
      }
      const link = el('a', { href: requestHash(id, fault.attribute), on: { click: (event) => {
        event.preventDefault();
        focusAttribute(fault.attribute);
      } } }, reason);
      return el('li', { data: { code: fault.code ?? '', attribute: fault.attribute } }, link, ' ', el('span', { class: 'where' }, labelOf(fault.attribute)));
    })));
}

export const faultHeading = (count) => (count === 0 ? 'No edit fails' : `${counted(count, 'edit')} ${count === 1 ? 'fails' : 'fail'}`);

/** Puts the focus into the field of an attribute, unfolding it. */
export function focusAttribute(attribute) {
  const field = fields.get(attribute);
  if (!field) return false;
  unfold(field);
  field.input.focus({ preventScroll: true });
  field.root.scrollIntoView({ block: 'nearest' });
  return true;
}

/** The next failing attribute after the one that has the focus; around the end to the first. */
export function focusNextFault(faults) {
  const order = [...fields.keys()].filter((attribute) => faults.some((fault) => fault.attribute === attribute));
  if (order.length === 0) return false;
  const positions = [...box.querySelectorAll('.field[data-failing]')].map((node) => node.dataset.attribute);
  const ordered = positions.length > 0 ? positions : order;
  const at = ordered.indexOf(document.activeElement?.closest?.('.field')?.dataset.attribute);
  return focusAttribute(ordered[(at + 1) % ordered.length]);
}
