// Starts the console: wires the parts together and shows the view that the address names. Nothing else belongs here.

import { startBulk } from './bulk-dialog.js';
import { byId } from './dom.js';
import { hasDrafts } from './draft.js';
import { startFilters } from './filters.js';
import { startKeys } from './keys.js';
import { listAddress, reloadList, showList, startList } from './list.js';
import { closeRequest, openRequest, startRequest } from './request.js';
import { parseRoute } from './route.js';
import { startSession } from './session.js';

function show() {
  const route = parseRoute(location.hash);
  const list = route.view === 'list';
  for (const dialog of document.querySelectorAll('dialog[open]:not(#token-dialog, #sign-in-dialog)')) dialog.close();
  byId('list-view').hidden = !list;
  byId('request-view').hidden = list;
  if (list) {
    closeRequest();
    document.title = 'Requests in error';
    byId('home').href = '#/errors';
    showList(route.filters);
  } else {
    byId('home').href = listAddress();
    openRequest(route.id, route.attribute);
  }
}

startFilters();
startList();
startRequest();
startBulk();
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
