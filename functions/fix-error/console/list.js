// The list of requests in error: loads it page by page, keeps what is loaded and looks for news of it. What a row looks like is in rows.js, which are
// ticked in selection.js, the filters in filters.js, reprocessing in bulk-requests.js.

import { exportErrors, listErrors, PAGE_SIZE } from './api.js';
import { reasonOf } from './attributes.js';
import { announce, byId, counted, el, fill, focusedRowOf, moveAlong } from './dom.js';
import { clearFilters, showCauses, showFilters } from './filters.js';
import { problemPanel } from './outcome.js';
import { isFiltered, listHash, NO_FILTERS } from './route.js';
import { buildRow, nameOf } from './rows.js';
import { startSelection } from './selection.js';
import { timeElement } from './time.js';

const list = byId('errors');
const loadMore = byId('load-more');
const progress = byId('list-progress');

// A page may be short or empty while there is more: with a rare filter the server reads a bounded number of items a call.
// One press goes on until it has found this many, or has asked this often; then the steward decides.
const ENOUGH_ROWS = 25;
const MOST_CALLS = 8;
// A load faster than this shows no sign of loading: it would only flicker.
const PATIENCE_MS = 250;
const LOOK_EVERY_MS = 30_000;

const state = {
  filters: { ...NO_FILTERS },
  hash: null, // of the filters that are loaded, null before the first load
  entries: [],
  unreadable: new Set(), // the ids of those that the server could not read
  next: null,
  all: null, // how many there are in this state in all, and since when: what the first page says
  looking: false, // for news
  loading: null, // the AbortController of the load under way
  tired: false, // stopped looking although there may be more
  lastOpened: null,
};

export const listAddress = () => listHash(state.filters);
export const currentFilters = () => state.filters;
export const selectedEntries = () => selection.entries();
export const entryOf = (id) => state.entries.find((entry) => entry.id === id) ?? null;

/** Shows the list with these filters; loads it when it is not the one that is shown already. */
export function showList(filters) {
  const hash = listHash(filters);
  state.filters = filters;
  showFilters(filters);
  if (hash === state.hash) {
    showRows();
    focusRow(state.lastOpened);
  } else {
    reloadList();
  }
}

/** Loads the list from its newest on. What is shown stays until the new one is there. */
export async function reloadList() {
  state.hash = listHash(state.filters);
  await load(null);
}

async function load(cursor) {
  state.loading?.abort();
  const loading = new AbortController();
  state.loading = loading;
  const fresh = cursor === null;
  fill(byId('list-problem'));
  list.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => {
    byId('list-view').dataset.loading = fresh ? 'fresh' : 'more';
    say(fresh && state.entries.length === 0 ? 'Loading…' : 'Looking further back…');
  }, PATIENCE_MS);
  let found = 0;
  let calls = 0;
  try {
    let page;
    let next = cursor;
    do {
      page = await listErrors(state.filters, next, loading.signal);
      calls += 1;
      next = page.next ?? null;
      if (fresh && calls === 1) startAnew(page);
      found += append(page.errors ?? []);
      for (const id of page.unreadable ?? []) state.unreadable.add(id);
      state.next = next;
      if (calls > 1) say(`Looking further back… ${counted(calls, 'page')} read, ${counted(found, 'request')} found.`);
    } while (next !== null && found < ENOUGH_ROWS && calls < MOST_CALLS);
    state.tired = next !== null && found < ENOUGH_ROWS;
    say(null);
    showRest();
    announce(fresh ? summary() : `${counted(found, 'more request')} loaded. ${summary()}`);
  } catch (problem) {
    if (loading.signal.aborted) return;
    say(null);
    if (fresh && calls === 0) {
      // What was shown belongs to other filters, so it must not stand under these.
      startAnew();
      state.hash = null;
    }
    showRest();
    const again = () => load(fresh && calls === 0 ? null : state.next ?? null);
    fill(byId('list-problem'), problemPanel(problem, { what: 'The list could not be loaded.', again }));
    announce('The list could not be loaded.');
  } finally {
    clearTimeout(slow);
    if (state.loading === loading) {
      state.loading = null;
      list.removeAttribute('aria-busy');
      delete byId('list-view').dataset.loading;
      showRest();
    }
  }
  return found;
}

// How many there are in all only the first page says.
const allOf = (page) => (page?.total === undefined ? null : { total: page.total, more: page.totalIsLowerBound === true, oldest: page.oldest ?? null });

function startAnew(page = null) {
  state.all = allOf(page);
  byId('list-news').hidden = true;
  state.entries = [];
  state.unreadable.clear();
  state.next = null;
  state.tired = false;
  selection.clear();
  list.replaceChildren();
}

// New ones that arrive while paging come before what is loaded, so a page never repeats; but a row that did come twice
// (the index lags) is shown once.
function append(entries) {
  const known = new Set(state.entries.map((entry) => entry.id));
  const fresh = entries.filter((entry) => !known.has(entry.id));
  state.entries.push(...fresh);
  list.append(...fresh.map(row));
  return fresh.length;
}

const selection = startSelection({
  list, bar: byId('bulk-bar'), entries: () => state.entries, isOpen: (entry) => entry.state === 'open', onChange: showSelected,
});

const row = (entry) => buildRow(entry, selection.box(entry, `Select ${nameOf(entry) ?? 'the request without a name'}`));

function showRows() {
  list.replaceChildren(...state.entries.map(row));
  showRest();
}

function say(sentence) {
  progress.textContent = sentence ?? '';
  progress.hidden = sentence === null;
}

function summary() {
  const words = { open: 'waiting', resolved: 'resolved', deleted: 'deleted' }[state.filters.state];
  const count = state.entries.length;
  if (count === 0) return state.next === null ? `No request ${words}.` : 'Nothing found yet.';
  const cause = state.filters.code ? ` with “${reasonOf(state.filters.code)}”` : '';
  const number = count.toLocaleString('en');
  const which = state.filters.sort === 'oldest' ? 'oldest' : 'newest';
  return state.next === null ? `${number} ${words}${cause}.` : `The ${which} ${number} ${words}${cause}; there may be more.`;
}

// Of the whole state, whatever the filters leave out.
function showAll() {
  const { all } = state;
  const words = { open: 'waiting', resolved: 'resolved', deleted: 'deleted' }[state.filters.state];
  fill(byId('list-total'), all === null || all.total === 0 ? null
    : [el('strong', {}, `${all.total.toLocaleString('en')}${all.more ? ' or more' : ''}`), ` ${words} in all`, all.oldest ? [', the oldest came ', timeElement(all.oldest)] : null, '.']);
}

// Everything around the rows that follows from them.
function showRest() {
  const loading = state.loading !== null;
  // An empty list says so in its own place; one that could not be loaded says nothing about what is in it.
  // What the line above it says is not said twice.
  const isAll = !isFiltered(state.filters) && state.next === null && state.all?.total === state.entries.length;
  byId('list-summary').textContent = state.entries.length === 0 || isAll ? '' : summary();
  showAll();
  const unreadable = byId('list-unreadable');
  unreadable.hidden = state.unreadable.size === 0;
  unreadable.textContent = `${counted(state.unreadable.size, 'request')} cannot be read by this release: ${[...state.unreadable].join(', ')}. Tell whoever runs it.`;
  showCauses(state.entries);
  selection.show();
  const empty = byId('list-empty');
  empty.hidden = loading || state.entries.length > 0 || state.hash === null;
  if (!empty.hidden) fill(empty, emptyWords());
  loadMore.hidden = state.next === null;
  loadMore.textContent = state.tired ? 'Keep looking further back' : 'Load more';
  if (!loading && state.tired) say('Little of what was read matches these filters. There may be more further back.');
}

function emptyWords() {
  const clear = el('button', { type: 'button', on: { click: () => clearFilters() } }, 'Clear the filters');
  if (state.next !== null) return el('p', { class: 'empty-title' }, 'Nothing found so far.');
  if (isFiltered(state.filters)) {
    return [el('p', { class: 'empty-title' }, 'Nothing matches these filters.'), el('p', {}, clear)];
  }
  const words = {
    open: ['Nothing is waiting.', 'Every message that came in was accepted, or has been dealt with.'],
    resolved: ['Nothing was resolved lately.', 'Resolved requests are kept for 90 days.'],
    deleted: ['Nothing was deleted lately.', 'Deleted requests are kept for 90 days.'],
  }[state.filters.state];
  return [el('p', { class: 'empty-title' }, words[0]), el('p', {}, words[1])];
}

// What can be done with those that are ticked, or with all of a cause.
function showSelected(count) {
  const selected = byId('reprocess-selected');
  selected.hidden = count === 0;
  selected.textContent = `Reprocess ${counted(count, 'selected one', 'selected')}…`;
  const cause = byId('reprocess-cause');
  cause.hidden = !state.filters.code || state.filters.state !== 'open';
  cause.textContent = `Reprocess all with “${reasonOf(state.filters.code ?? '')}”…`;
}

/** Ticks or unticks the row that has the focus, or all of them. */
export const toggleFocusedRow = () => selection.toggleFocused();
export const toggleRows = () => selection.toggleAll();

/** Moves the focus along the rows. */
export const moveFocus = (step) => moveAlong(list, step);

/** Puts the focus on a row, or on the heading where it is gone. */
export function focusRow(id) {
  const target = [...list.children].find((node) => node.dataset.id === id);
  (target?.querySelector('a.open') ?? byId('list-heading')).focus();
}

export function noteOpened(id) {
  state.lastOpened = id;
}

/** The neighbours of a request in what is loaded; `open` skips those that are done. */
export function neighbour(id, step, { open = false } = {}) {
  const index = state.entries.findIndex((entry) => entry.id === id);
  if (index < 0) return null;
  for (let at = index + step; at >= 0 && at < state.entries.length; at += step) {
    if (!open || state.entries[at].state === 'open') return state.entries[at];
  }
  return null;
}

/** Takes over what became known of a request elsewhere. Its row stays where it is, so that nothing jumps. */
export const noteChange = (id, change) => noteChanges(new Map([[id, change]]));

/** The same of many, by id: what follows from all rows is shown once. */
export function noteChanges(changes) {
  const rows = new Map([...list.children].map((node) => [node.dataset.id, node]));
  const known = state.entries.filter((entry) => changes.has(entry.id));
  if (known.length === 0) return;
  for (const entry of known) {
    Object.assign(entry, changes.get(entry.id));
    if (entry.state !== 'open') selection.drop(entry.id);
    rows.get(entry.id)?.replaceWith(row(entry));
  }
  showRest();
}

// Looks for news by itself. Where nobody is at work in the list it is shown at once; else a button offers it, and nothing jumps.
async function look() {
  const unseen = document.visibilityState !== 'visible' || byId('list-view').hidden || document.querySelector('dialog[open]');
  if (unseen || state.loading || state.looking || state.hash === null) return;
  state.looking = true;
  const { hash } = state;
  try {
    const page = await listErrors(state.filters, null);
    if (state.hash !== hash || state.loading) return;
    state.all = allOf(page);
    showAll();
    const found = news(page);
    if (found.fresh + found.gone === 0) return;
    if (isUnattended()) {
      startAnew(page);
      append(page.errors ?? []);
      state.next = page.next ?? null;
      showRest();
    } else {
      const words = [found.fresh > 0 ? `${counted(found.fresh, 'new request')}` : null, found.gone > 0 ? `${counted(found.gone, 'request')} no longer here` : null];
      byId('list-news').textContent = `${words.filter(Boolean).join(', ')}: show`;
      byId('list-news').hidden = false;
    }
  } catch {
    // What cannot be looked at now is looked at later; whoever wants to know why presses the button.
  } finally {
    state.looking = false;
  }
}

/** How many of a first page are not in the list, and how many of the list are no longer where it says that they are. Takes over what else changed. */
function news(page) {
  const entries = page.errors ?? [];
  const onPage = new Map(entries.map((entry) => [entry.id, entry]));
  const known = new Set(state.entries.map((entry) => entry.id));
  const last = entries.findLastIndex((entry) => known.has(entry.id));
  const end = page.next ? state.entries.findIndex((entry) => entry.id === entries[last]?.id) + 1 : state.entries.length;
  const gone = state.entries.slice(0, end).filter((entry) => entry.state === state.filters.state && !onPage.has(entry.id));
  noteChanges(new Map(state.entries.map((entry) => [entry.id, onPage.get(entry.id)]).filter(([, now]) => now && now.version !== entryOf(now.id).version)));
  return { fresh: entries.filter((entry) => !known.has(entry.id)).length, gone: gone.length };
}

const isUnattended = () => selection.isEmpty() && state.entries.length <= PAGE_SIZE && scrollY < 100 && focusedRowOf(list) === null;

let exporting = null; // the AbortController of the export under way

/** Fetches the whole list as CSV, page by page, and has the browser save it. Pressed again, it stops. */
async function exportList() {
  if (exporting) {
    exporting.abort();
    return;
  }
  const mine = new AbortController();
  exporting = mine;
  const button = byId('export');
  const said = byId('export-progress');
  button.textContent = 'Stop the export';
  said.hidden = false;
  said.textContent = 'Exporting…';
  const pages = [];
  let rows = 0;
  let cursor = null;
  try {
    do {
      const page = await exportErrors(state.filters, cursor, mine.signal);
      rows += (page.text.match(ROW) ?? []).length;
      // The first page has the names of the columns for all of them.
      pages.push(cursor === null ? page.text : page.text.replace(/^[^\r\n]*\r\n/, ''));
      cursor = page.next;
      said.textContent = `Exporting… ${counted(rows, 'row')} so far.`;
    } while (cursor !== null);
    save(new Blob(['\ufeff', ...pages], { type: 'text/csv;charset=utf-8' }));
    said.textContent = `${counted(rows, 'row')} exported.`;
  } catch (problem) {
    said.textContent = mine.signal.aborted ? 'The export was stopped.' : `The export failed: ${problem.message}`;
  } finally {
    exporting = null;
    button.textContent = 'Export as CSV';
    announce(said.textContent);
  }
}

// Every row begins with an id and a state; within a cell a quote would be doubled.
const ROW = /^"[0-9A-HJKMNP-TV-Z]{16}","(?:open|resolved|deleted)",/gm;

function save(blob) {
  const address = URL.createObjectURL(blob);
  el('a', { href: address, download: 'errors.csv' }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export function startList() {
  byId('refresh').addEventListener('click', () => reloadList());
  byId('export').addEventListener('click', exportList);
  byId('list-news').addEventListener('click', async () => {
    await reloadList();
    byId('list-heading').focus();
  });
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener('visibilitychange', look);
  loadMore.addEventListener('click', async () => {
    const last = list.lastElementChild;
    await load(state.next);
    // The button may be gone, and the steward wants to read on with what came.
    const first = last ? last.nextElementSibling : list.firstElementChild;
    if (first) first.querySelector('a.open').focus();
    else if (loadMore.hidden) byId('list-heading').focus();
  });
}
