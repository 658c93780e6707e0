// One customer's page: its values and where each came from, its dealers, its requests in error, and its history with before and after. Shows only; nothing is changed here.

import { findAlike, listErrors, readCustomer, readHistory, readOrganization } from './api.js';
import { isKnown, labelOf } from './attributes.js';
import { announce, byId, counted, el, fill, outside } from './dom.js';
import { panel, problemPanel } from './outcome.js';
import { gradeNode } from './pair-rows.js';
import { pairHash, requestHash } from './route.js';
import { customerLink, nameNode, reasonNodes, stateBadge } from './rows.js';
import { timeElement } from './time.js';
import { undoMergeButton } from './undo.js';

const view = byId('customer-view');

const WORDS = {
  created: 'created it',
  updated: 'changed it',
  erased: 'erased the person',
  associated: 'associated',
  released: 'released',
  resolved: 'resolved a request in error with it',
  merged: 'merged it with another',
  unmerged: 'undid a merge of it',
  restored: 'gave it back earlier values',
};

const DOORS = { add: 'a message', associate: 'a dealer', reprocess: 'a steward', erase: 'an erasure', restore: 'a steward', merge: 'a steward', unmerge: 'a steward' };

let shown = null; // the AbortController of the page that is shown
let entries = [];

export async function openCustomer(number) {
  shown?.abort();
  const mine = new AbortController();
  shown = mine;
  view.dataset.number = number;
  document.title = `Customer ${number}`;
  byId('customer-body').hidden = true;
  fill(byId('customer-heading'), 'Loading…').focus({ preventScroll: true });
  fill(byId('customer-facts'));
  fill(byId('customer-problem'));
  try {
    const customer = await readCustomer(number, mine.signal);
    const [organization, history, requests, alike] = await Promise.all([
      readOrganization(customer.customerOrganizationIdentifier, mine.signal),
      readHistory(number, null, mine.signal),
      forStewards(listErrors({ text: customer.cst_cust_nbr }, null, mine.signal).then((page) => page.errors)),
      forStewards(findAlike(customer.cst_cust_nbr, mine.signal)),
    ]);
    if (shown !== mine) return;
    entries = history.history;
    show(customer, organization, history.next, { requests, alike });
  } catch (problem) {
    if (mine.signal.aborted) return;
    const unknown = problem.status === 404;
    fill(byId('customer-heading'), unknown ? 'No customer has this number' : 'Customer');
    fill(byId('customer-problem'), unknown ? el('p', {}, 'Number ', outside(number)) : problemPanel(problem, { what: 'The customer could not be read.', again: () => openCustomer(number) }));
    announce(unknown ? 'No customer has this number.' : 'The customer could not be read.');
  }
}

// Whoever may read customers only is shown the rest of the page all the same; null stands for what they may not see.
const forStewards = (asked) => asked.catch((problem) => {
  if (problem.status === 403) return null;
  throw problem;
});

export function closeCustomer() {
  shown?.abort();
  shown = null;
  delete view.dataset.number;
}

function show(customer, organization, next, { requests, alike }) {
  fill(byId('customer-heading'), outside(organization.businessName || 'No name'));
  fill(byId('customer-facts'),
    el('span', {}, 'customer ', outside(customer.cst_cust_nbr, { class: 'number customer-number' })),
    el('span', {}, `version ${customer.version}`),
    customer.status === 'ACTIVE' ? null : el('span', { class: 'badge' }, 'Inactive'),
    el('span', {}, 'changed ', timeElement(customer.updatedAt)),
    customer.mergedInto ? el('span', { class: 'warned' }, 'customer ', outside(view.dataset.number, { class: 'number' }), ' was merged into it') : null);
  showMerged(customer);
  showHistory(customer.cst_cust_nbr, next);
  showValues(customer, organization);
  fill(byId('customer-dealers'), organization.dealerCustomers.length === 0
    ? el('li', { class: 'nothing' }, 'No dealer has it.')
    : organization.dealerCustomers.map((one) => el('li', {}, outside(one.dcn, { class: 'number' }), ' ', outside(one.businessName || ''))));
  fill(byId('customer-alike'), notYours(alike) ?? (alike.length === 0
    ? el('li', { class: 'nothing' }, 'Nobody looks like it.')
    : alike.map((found) => el('li', {}, el('a', { href: pairHash(customer.cst_cust_nbr, found.customer.customerNumber) }, outside(found.customer.name || 'No name')), ' ',
      el('span', { class: 'number' }, found.customer.customerNumber), ' ', gradeNode(found),
      found.state === 'apart' ? [' ', el('span', { class: 'badge' }, 'Kept apart')] : null))));
  fill(byId('customer-requests'), notYours(requests) ?? (requests.length === 0
    ? el('li', { class: 'nothing' }, 'None names it.')
    : requests.map((one) => el('li', {}, el('a', { href: requestHash(one.id) }, nameNode(one)), ' ', stateBadge(one.state), el('ul', { class: 'reasons' }, reasonNodes(one.codes))))));
  byId('customer-body').hidden = false;
  announce(`Customer ${customer.cst_cust_nbr}, ${counted(entries.length, 'entry', 'entries')} in its history.`);
}

const notYours = (listed) => (listed === null ? el('li', { class: 'nothing' }, 'Only stewards see this.') : null);

// Who was merged into it, each with the way back.
function showMerged({ cst_cust_nbr: number, absorbed = [] }) {
  fill(byId('customer-merged'), absorbed.map((loser) => el('li', { class: 'merged-one' },
    el('span', {}, 'Customer ', outside(loser, { class: 'number' }), ' was merged into it.'),
    undoMergeButton(number, loser, {
      done: async () => {
        await openCustomer(number);
        fill(byId('customer-problem'), panel('good', 'The merge is undone.', el('p', {}, 'Customer ', customerLink(loser), ' is one of its own again.')));
        announce('The merge is undone.');
      },
      failed: (node, words) => {
        fill(byId('customer-problem'), node);
        announce(words);
      },
    }))));
}

// A value comes from the newest entry that changed it; what no loaded entry tells of is older.
function showValues(customer, organization) {
  const rows = Object.entries(customer.CustSoldTo).filter(([name]) => name !== 'cst_cust_nbr');
  if (organization.alternateName) rows.push(['alternateName', organization.alternateName]);
  const phones = organization.phones.filter((phone) => !['DAY', 'EVENING', 'FAX'].includes(phone.type));
  if (phones.length > 0) rows.push(['phones', phonesText(phones)]);
  fill(byId('customer-values'), rows.map(([name, value]) => {
    const origin = entries.find((entry) => entry.changed.some((changed) => changed.attribute === name));
    return el('tr', { data: { attribute: name } },
      el('th', { scope: 'row', title: name }, nameOfPart(name)),
      el('td', { class: 'value' }, outside(value)),
      el('td', { class: 'note' }, origin ? [DOORS[origin.by?.operation] ?? outside(origin.by?.operation ?? 'unknown'), ' ', timeElement(origin.at)] : ''));
  }));
}

const phonesText = (phones) => phones.map((phone) => (phone.type ? `${phone.type} ${phone.number}` : phone.number)).join(', ');

function nameOfPart(name) {
  if (name === 'alternateName') return 'Alternate name';
  if (name === 'phones') return 'Phones of dealers';
  return isKnown(name) ? labelOf(name) : outside(name);
}

function showHistory(number, next) {
  fill(byId('customer-history'), entries.map(entryNode));
  const more = byId('customer-history-more');
  more.hidden = next === null;
  more.onclick = async () => {
    const mine = shown;
    try {
      const page = await readHistory(number, next, mine?.signal);
      if (shown !== mine) return;
      entries.push(...page.history);
      showHistory(number, page.next);
      announce(`${counted(page.history.length, 'more entry', 'more entries')}.`);
    } catch (problem) {
      if (mine?.signal.aborted) return;
      fill(byId('customer-problem'), problemPanel(problem, { what: 'The rest of the history could not be read.' }));
    }
  };
}

function entryNode(entry) {
  const about = entry.dcn ? [' ', outside(entry.dcn, { class: 'number' })] : entry.requestInError ? [' ', el('a', { href: requestHash(entry.requestInError) }, 'this one')] : null;
  return el('li', { data: { what: entry.what, version: entry.version ?? '' } },
    el('p', { class: 'what' },
      el('strong', {}, outside(entry.by?.caller ?? 'Somebody')), ' ', WORDS[entry.what] ?? outside(entry.what), about,
      entry.version ? [' ', el('span', { class: 'badge' }, `version ${entry.version}`)] : null, ' ', timeElement(entry.at)),
    entry.changed.length === 0 ? null : el('ul', { class: 'patch' }, entry.changed.map(changedNode)));
}

function changedNode({ attribute, before, after }) {
  const shownValue = (value) => (Array.isArray(value) ? phonesText(value) : value);
  return el('li', {},
    el('span', { class: 'where', title: attribute }, nameOfPart(attribute)), ' ',
    before === null ? null : [el('del', {}, outside(shownValue(before))), ' '],
    after === null ? (before === null ? el('span', { class: 'nothing' }, 'changed') : el('span', { class: 'nothing' }, 'removed')) : ['→ ', el('ins', {}, outside(shownValue(after)))]);
}
