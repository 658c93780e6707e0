// The keyboard: which key does what in which view, and the dialog that lists them. What the keys do is elsewhere.

import { customersAddress, focusSearch } from './customers.js';
import { decideSelected } from './bulk-pairs.js';
import { byId, el, fill } from './dom.js';
import { focusTextFilter } from './filters.js';
import { listAddress, moveFocus, reloadList, toggleFocusedRow, toggleRows } from './list.js';
import { keepPairApart, mergePair, nextValue, openAlike, openNeighbourPair, reopenPair, skipPair, swapWinner } from './pair.js';
import { movePairFocus, pairsAddress, reloadPairs, toggleFocusedPair, togglePairs } from './pairs.js';
import { nextFault, openNeighbour } from './request.js';
import { reprocess, save } from './request-actions.js';
import { undo } from './undo.js';

const SWITCH = 'single-keys-off';
const help = byId('help-dialog');

const inList = () => !byId('list-view').hidden;
const inRequest = () => !byId('request-view').hidden;
const inCustomers = () => !byId('customers-view').hidden;
const inCustomer = () => !byId('customer-view').hidden;
const inPairs = () => !byId('pairs-view').hidden;
const inPair = () => !byId('pair-view').hidden;

// Each answers whether it did something; only then the browser's own use of the key is set aside.
const SINGLE_KEYS = {
  '?': () => openHelp(),
  'j': () => along(1),
  'k': () => along(-1),
  'x': () => toggle(),
  ' ': () => toggle(),
  'X': () => (inList() ? toggleRows() : inPairs() && togglePairs()),
  'r': () => (inList() ? (reloadList(), true) : inPairs() && (reloadPairs(), true)),
  '/': () => (inList() ? (focusTextFilter(), true) : inCustomers() && (focusSearch(), true)),
  'c': () => (location.hash = '#/customers', true),
  'd': () => (location.hash = '#/possible-duplicates', true),
  'f': () => inRequest() && nextFault(),
  'm': () => inPair() && mergePair(),
  'a': () => (inPair() ? keepPairApart() : inPairs() && decideSelected('apart')),
  'o': () => (inPair() ? reopenPair() : inPairs() && decideSelected('open')),
  'n': () => inPair() && skipPair(),
  'w': () => inPair() && (swapWinner(), true),
  'v': () => inPair() && nextValue(),
  'u': () => (inPair() || inPairs()) && undo(),
  ...Object.fromEntries([...'12345678'].map((digit, place) => [digit, () => inPair() && openAlike(place)])),
};

// A key that is held down repeats itself: what decides is decided once.
const ONCE = new Set(['m', 'a', 'o', 'n', 'w', 'u', 'x', 'X', ' ']);

const toggle = () => (inList() ? toggleFocusedRow() : inPairs() && toggleFocusedPair());

function along(step) {
  if (inList()) return moveFocus(step);
  if (inPairs()) return movePairFocus(step);
  return inPair() ? openNeighbourPair(step) : inRequest() && openNeighbour(step);
}

const LISTED = [
  ['In the list', [
    [['j', 'k', '↓', '↑'], 'next, previous request'],
    [['Enter'], 'open it'],
    [['x', 'Space'], 'select it, or not'],
    [['X'], 'select all, or none'],
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
  ['Possible duplicates', [
    [['j', 'k', '↓', '↑'], 'next, previous pair'],
    [['Enter'], 'open it'],
    [['x', 'Space'], 'select it, or not'],
    [['X'], 'select all, or none'],
    [['a'], 'keep the selected ones apart'],
    [['o'], 'of those kept apart: open the selected ones again'],
    [['u'], 'undo the last decision, on however many'],
    [['r'], 'refresh'],
  ]],
  ['Two that look alike', [
    [['m'], 'merge them, as shown'],
    [['a'], 'keep them apart'],
    [['o'], 'of two kept apart: open the pair again'],
    [['n'], 'next pair, nothing decided'],
    [['1', '2', '3', '…'], 'the first, second … of those who look like them, too'],
    [['u'], 'undo the last decision'],
    [['w'], 'the other one wins'],
    [['v'], 'next value that differs'],
    [['←', '→'], 'whose value is taken'],
    [['j', 'k'], 'next, previous pair'],
    [['Escape'], 'back to all pairs'],
  ]],
  ['Customers', [
    [['/'], 'find somebody'],
    [['Escape'], 'back to who was found'],
  ]],
  ['Everywhere', [
    [['c'], 'customers'],
    [['d'], 'possible duplicates'],
    [['?'], 'this help'],
  ]],
];

function openHelp() {
  help.showModal();
  return true;
}

const singleKeysOn = () => localStorage.getItem(SWITCH) === null;

const isTyping = (target) => target.closest?.('textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"])') !== null;

// In a dialog, a key presses the button that names it.
function pressIn(dialog, key) {
  const button = [...dialog.querySelectorAll('button[aria-keyshortcuts]:not([hidden])')].find((one) => one.getAttribute('aria-keyshortcuts') === key);
  button?.click();
  return Boolean(button);
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing) return;
  const { key, target } = event;
  const command = event.ctrlKey || event.metaKey;
  const dialog = document.querySelector('dialog[open]');
  if (dialog) {
    if (!command && !event.altKey && !event.repeat && !isTyping(target) && singleKeysOn() && pressIn(dialog, key)) event.preventDefault();
    return;
  }
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
  if (key === 'Escape' && inPair()) {
    event.preventDefault();
    location.hash = pairsAddress();
    return;
  }
  if (isTyping(target)) return;
  if (event.repeat && ONCE.has(key)) return;
  // Elsewhere it scrolls, or presses what has the focus.
  if (key === ' ' && !target.matches('.row a.open')) return;
  if ((key === 'ArrowDown' || key === 'ArrowUp') && target.closest(':is(#errors, #pairs) > .row')) {
    if (along(key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
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
