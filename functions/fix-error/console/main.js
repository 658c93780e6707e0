// Starts the console: wires the parts together and shows the view that the address names. Nothing else belongs here.

import { startBulk } from './bulk-dialog.js';
import { startBulkPairs } from './bulk-pairs.js';
import { startBulkRequests } from './bulk-requests.js';
import { closeCustomer, openCustomer } from './customer.js';
import { customersAddress, showCustomers, startCustomers } from './customers.js';
import { showLastDecision } from './decisions.js';
import { byId } from './dom.js';
import { hasDrafts } from './draft.js';
import { startFilters } from './filters.js';
import { startKeys } from './keys.js';
import { listAddress, reloadList, showList, startList } from './list.js';
import { closePair, openPair, startPair } from './pair.js';
import { pairsAddress, showPairs, startPairs } from './pairs.js';
import { closeRequest, openRequest } from './request.js';
import { startRequest } from './request-actions.js';
import { parseRoute } from './route.js';
import { startSession } from './session.js';
import { startUndo } from './undo.js';

function show() {
  const route = parseRoute(location.hash);
  const list = route.view === 'list';
  for (const dialog of document.querySelectorAll('dialog[open]:not(#token-dialog, #sign-in-dialog)')) dialog.close();
  for (const view of ['list', 'request', 'customers', 'customer', 'pairs', 'pair']) byId(`${view}-view`).hidden = view !== route.view;
  if (route.view !== 'request') closeRequest();
  if (route.view !== 'customer') closeCustomer();
  if (route.view !== 'pair') closePair();
  showLastDecision(route.view === 'pairs' || route.view === 'pair');
  byId('home').href = list ? '#/errors' : listAddress();
  if (list) {
    document.title = 'Requests in error';
    showList(route.filters);
  } else if (route.view === 'request') {
    openRequest(route.id, route.attribute);
  } else if (route.view === 'customers') {
    showCustomers(route.query);
  } else if (route.view === 'pairs') {
    showPairs(route.state);
  } else if (route.view === 'pair') {
    byId('pair-back').href = pairsAddress();
    openPair(route.one, route.other);
  } else {
    byId('customer-back').href = customersAddress();
    openCustomer(route.number);
  }
}

startFilters();
startList();
startRequest();
startBulk();
startBulkRequests();
startBulkPairs();
startCustomers();
startPairs();
startPair();
startUndo();
startKeys();

byId('skip-link').addEventListener('click', (event) => {
  // The hash is the address of the view, so the jump is made by hand.
  event.preventDefault();
  byId('main').focus();
});
addEventListener('hashchange', show);
addEventListener('beforeunload', (event) => {
  if (hasDrafts()) event.preventDefault();
});
await startSession(() => {
  location.hash = '#/errors';
  reloadList();
});
show();
