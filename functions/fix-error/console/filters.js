// The filters of the list and the counts by cause: shows what the address says, and puts into the address what the
// steward chooses. Loads nothing.

import { ATTRIBUTES, CODES, labelOf, reasonOf } from './attributes.js';
import { byId, el, fill } from './dom.js';
import { FILTERS, isFiltered, listHash, NO_FILTERS } from './route.js';

const form = byId('filters');
const causes = byId('causes');
const causeList = byId('cause-list');
const more = byId('more-filters');
const clear = byId('clear-filters');

const TYPING_PAUSE_MS = 350;

let current = { ...NO_FILTERS };

function chosen() {
  const values = new FormData(form);
  return Object.fromEntries(FILTERS.map((name) => [name, String(values.get(name) ?? '').trim()]));
}

// Typing replaces the address instead of adding to it: "back" leaves the search, it does not take it letter by letter.
function choose(filters, { typed = false } = {}) {
  const hash = listHash(filters);
  if (hash === location.hash || (hash === '#/errors' && location.hash === '')) return;
  if (typed) {
    history.replaceState(null, '', hash);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = hash;
  }
}

/** Makes the form say what the address says. */
export function showFilters(filters) {
  current = filters;
  for (const name of FILTERS) {
    const control = form.elements[name];
    const value = filters[name] ?? '';
    if (name === 'code' && value && !CODES.includes(value) && ![...control.options].some((option) => option.value === value)) {
      control.append(el('option', { value }, value));
    }
    // What is being typed is not overwritten with its trimmed twin.
    if (control instanceof RadioNodeList || control.value.trim() !== value) control.value = value;
  }
  clear.hidden = !isFiltered(filters);
  if (['attribute', 'company', 'source', 'receivedAfter', 'receivedBefore'].some((name) => filters[name])) more.open = true;
}

/** Counts the causes of what is loaded; each is a button that filters by it, and takes the filter away again. */
export function showCauses(entries) {
  const counts = new Map();
  for (const entry of entries) {
    for (const code of new Set(entry.codes ?? [])) counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  if (current.code && !counts.has(current.code)) counts.set(current.code, 0);
  causes.hidden = counts.size === 0;
  const focused = document.activeElement?.closest?.('#cause-list')?.contains(document.activeElement) ? document.activeElement.dataset.code : null;
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || reasonOf(a).localeCompare(reasonOf(b), 'en'));
  const most = Math.max(1, ...counts.values());
  fill(causeList, sorted.map(([code, count]) => el('li', {},
    el('button', { type: 'button', class: 'cause', data: { code }, 'aria-pressed': String(code === current.code), title: code },
      el('span', { class: 'cause-reason' }, reasonOf(code)),
      el('span', { class: 'cause-count' }, count.toLocaleString('en')),
      el('meter', { class: 'cause-share', min: 0, max: most, value: count, 'aria-hidden': 'true' })))));
  if (focused) [...causeList.querySelectorAll('button')].find((button) => button.dataset.code === focused)?.focus();
}

export function focusTextFilter() {
  byId('filter-text').focus();
  byId('filter-text').select();
}

export function clearFilters() {
  choose({ state: current.state, sort: current.sort });
}

export function startFilters() {
  byId('filter-code').append(...CODES.map((code) => el('option', { value: code }, reasonOf(code))));
  byId('attribute-names').append(...ATTRIBUTES.map((name) => el('option', { value: name, label: labelOf(name) })));
  more.open = matchMedia('(min-width: 60rem)').matches;

  let pause = null;
  form.addEventListener('input', (event) => {
    clearTimeout(pause);
    if (event.target.matches('#filter-text, #filter-attribute, #filter-company, #filter-source')) {
      pause = setTimeout(() => choose(chosen(), { typed: true }), TYPING_PAUSE_MS);
    } else {
      choose(chosen());
    }
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(pause);
    choose(chosen(), { typed: true });
  });
  clear.addEventListener('click', () => {
    clearFilters();
    byId('list-heading').focus();
  });
  causeList.addEventListener('click', (event) => {
    const code = event.target.closest('button')?.dataset.code;
    if (code) choose({ ...current, code: code === current.code ? '' : code });
  });
}
