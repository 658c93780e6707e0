// The keyboard: which key does what in which view, and the dialog that lists them. What the keys do is elsewhere.

import { customersAddress, focusSearch } from './customers.js';
import { byId, el, fill } from './dom.js';
import { focusTextFilter } from './filters.js';
import { listAddress, moveFocus, reloadList, toggleFocusedRow } from './list.js';
import { nextFault, openNeighbour, reprocess, save } from './request.js';

const SWITCH = 'single-keys-off';
const help = byId('help-dialog');

const inList = () => !byId('list-view').hidden;
const inRequest = () => !byId('request-view').hidden;
const inCustomers = () => !byId('customers-view').hidden;
const inCustomer = () => !byId('customer-view').hidden;

// Each answers whether it did something; only then the browser's own use of the key is set aside.
const SINGLE_KEYS = {
  '?': () => openHelp(),
  'j': () => (inList() ? moveFocus(1) : inRequest() && openNeighbour(1)),
  'k': () => (inList() ? moveFocus(-1) : inRequest() && openNeighbour(-1)),
  'x': () => inList() && toggleFocusedRow(),
  'r': () => inList() && (reloadList(), true),
  '/': () => (inList() ? (focusTextFilter(), true) : inCustomers() && (focusSearch(), true)),
  'c': () => (location.hash = '#/customers', true),
  'f': () => inRequest() && nextFault(),
};

const LISTED = [
  ['In the list', [
    [['j', 'k', '↓', '↑'], 'next, previous request'],
    [['Enter'], 'open it'],
    [['x'], 'select it'],
    [['/'], 'search the text'],
    [['r'], 'refresh'],
  ]],
  ['In a request', [
    [['f'], 'next failing field'],
    [['Ctrl S', 'Enter'], 'save'],
    [['Ctrl Enter'], 'reprocess, with unsaved changes'],
    [['j', 'k'], 'next, previous request'],
    [['Escape'], 'out of a field; then back to the list; unsaved edits are kept'],
  ]],
  ['Customers', [
    [['/'], 'find somebody'],
    [['Escape'], 'back to who was found'],
  ]],
  ['Everywhere', [
    [['c'], 'customers'],
    [['?'], 'this help'],
  ]],
];

function openHelp() {
  help.showModal();
  return true;
}

const singleKeysOn = () => localStorage.getItem(SWITCH) === null;

const isTyping = (target) => target.closest?.('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"])') !== null;

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const { key, target } = event;
  const command = event.ctrlKey || event.metaKey;
  if (inRequest() && command && !event.altKey && !event.shiftKey && (key === 's' || key === 'Enter')) {
    event.preventDefault();
    if (key === 's') save();
    else reprocess();
    return;
  }
  if (command || event.altKey) return;
  if (key === 'Escape' && inRequest()) {
    event.preventDefault();
    // Out of the field first, so that the single keys are keys again.
    if (isTyping(target)) byId('request-heading').focus({ preventScroll: true });
    else location.hash = listAddress();
    return;
  }
  if (key === 'Escape' && inCustomer()) {
    event.preventDefault();
    location.hash = customersAddress();
    return;
  }
  if (isTyping(target)) return;
  if ((key === 'ArrowDown' || key === 'ArrowUp') && inList() && target.closest('#errors > .row')) {
    if (moveFocus(key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
    return;
  }
  if (singleKeysOn() && Object.hasOwn(SINGLE_KEYS, key) && SINGLE_KEYS[key]()) event.preventDefault();
}

export function startKeys() {
  fill(byId('help-keys'), LISTED.map(([title, keys]) => el('section', {},
    el('h3', {}, title),
    el('dl', {}, keys.map(([names, words]) => el('div', {}, el('dt', {}, names.map((name) => el('kbd', {}, name))), el('dd', {}, words)))))));
  const single = byId('single-keys');
  single.checked = singleKeysOn();
  single.addEventListener('change', () => {
    if (single.checked) localStorage.removeItem(SWITCH);
    else localStorage.setItem(SWITCH, 'yes');
  });
  byId('open-help').addEventListener('click', openHelp);
  byId('help-close').addEventListener('click', () => help.close());
  document.addEventListener('keydown', onKey);
}
