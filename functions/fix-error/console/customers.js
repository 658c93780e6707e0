// Finding customers: the one box, and what it found, page by page. What a text stands for is in look-up.js, a customer's page in customer.js.

import { findCustomers } from './api.js';
import { announce, byId, counted, el, fill, outside } from './dom.js';
import { understand } from './look-up.js';
import { problemPanel } from './outcome.js';
import { customerHash, customersHash } from './route.js';

const list = byId('customers');
const box = byId('customer-query');
const more = byId('customers-more');

const state = { query: null, asked: null, next: null, found: 0, loading: null };

export const customersAddress = () => customersHash(state.query);

/** Shows the look-up of this text; finds anew only what is not shown already. */
export function showCustomers(query) {
  document.title = 'Customers';
  if (query === state.query && state.query !== null) return;
  if (!query) focusSearch();
  box.value = query ?? '';
  state.query = query;
  find();
}

export function focusSearch() {
  box.focus();
  box.select();
}

async function find() {
  const understood = understand(state.query ?? '');
  state.asked = understood?.asked ?? null;
  state.next = null;
  state.found = 0;
  list.replaceChildren();
  fill(byId('customers-problem'));
  fill(byId('customers-understood'), understood ? `Looked up as ${understood.as}.` : '');
  showRest();
  if (understood) await load(null);
}

async function load(cursor) {
  state.loading?.abort();
  const loading = new AbortController();
  state.loading = loading;
  list.setAttribute('aria-busy', 'true');
  try {
    const page = await findCustomers(state.asked, cursor, loading.signal);
    state.next = page.next ?? null;
    state.found += page.customers.length;
    list.append(...page.customers.map(row));
    announce(state.found === 0 ? 'Nobody is found.' : `${counted(state.found, 'customer')} found${state.next ? ' so far' : ''}.`);
    fill(byId('customers-problem'));
  } catch (problem) {
    if (loading.signal.aborted) return;
    fill(byId('customers-problem'), problemPanel(problem, { what: 'The customers could not be looked up.', again: () => load(cursor) }));
    announce('The customers could not be looked up.');
  } finally {
    if (state.loading === loading) {
      state.loading = null;
      list.removeAttribute('aria-busy');
      showRest();
    }
  }
}

function showRest() {
  more.hidden = state.next === null || state.loading !== null;
  const nobody = state.asked !== null && state.found === 0 && state.next === null && state.loading === null && byId('customers-problem').childElementCount === 0;
  byId('customers-empty').hidden = !nobody;
}

// What tells people apart: name, address, e-mail and phones, and whether it was so formerly.
function row(customer) {
  const { line1, line2, apartment, city, state: region, postalCode, country } = customer.address;
  const lines = [[line1, apartment, line2], [postalCode, city, region], [country]];
  const address = lines.map((line) => line.filter(Boolean).join(' ')).filter(Boolean).join(', ');
  const facts = [
    el('span', {}, 'customer ', outside(customer.customerNumber, { class: 'number' })),
    address ? outside(address) : null,
    customer.email ? outside(customer.email) : null,
    ...customer.phones.map((phone) => outside(phone.number)),
  ];
  return el('li', { class: 'found', data: { number: customer.customerNumber } },
    el('div', { class: 'who-line' },
      el('a', { class: 'open', href: customerHash(customer.customerNumber) }, outside(customer.name || 'No name')),
      customer.status === 'ACTIVE' ? null : el('span', { class: 'badge' }, 'Inactive'),
      customer.formerly ? el('span', { class: 'badge duplicate' }, 'Formerly') : null),
    el('p', { class: 'facts' }, facts));
}

export function startCustomers() {
  byId('customer-search').addEventListener('submit', (event) => {
    event.preventDefault();
    const address = customersHash(box.value.trim());
    if (location.hash === address) {
      state.query = null;
      showCustomers(box.value.trim());
    } else {
      location.hash = address;
    }
  });
  more.addEventListener('click', () => load(state.next));
}
