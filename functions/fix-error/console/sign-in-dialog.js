// The dialogs and buttons of signing in and out: asks, says why, and carries unsaved edits over. How it is done is in sign-in.js.

import { announce, byId, counted, setOrRemove } from './dom.js';
import { countDrafts, forgetDrafts, hasDrafts, keepDraftsForReturn } from './draft.js';
import { beginSignIn, signOut } from './sign-in.js';

const dialog = byId('sign-in-dialog');
const reason = byId('sign-in-reason');
const note = byId('sign-in-note');
const start = byId('sign-in-start');

let asking = null;

/**
 * Asks the steward to sign in. The page is left for it, so that it never resolves to true; to false when the steward would
 * rather not. However many calls ask at once, the steward is asked once.
 */
export function askToSignIn(sentence) {
  asking ??= new Promise((resolve) => {
    reason.textContent = sentence;
    const unsaved = countDrafts();
    note.textContent = unsaved > 0 ? `Your ${counted(unsaved, 'unsaved change')} will still be here afterwards.` : '';
    note.hidden = unsaved === 0;
    leaving(false);
    dialog.addEventListener('close', () => {
      asking = null;
      resolve(false);
    }, { once: true });
    dialog.showModal();
    start.focus();
  });
  return asking;
}

function leaving(going) {
  start.textContent = going ? 'Going to the sign-in…' : 'Sign in';
  setOrRemove(start, 'aria-disabled', going ? 'true' : null);
}

async function leave() {
  if (start.getAttribute('aria-disabled') === 'true') return;
  leaving(true);
  try {
    const address = await beginSignIn();
    keepDraftsForReturn();
    location.assign(address);
  } catch (refused) {
    leaving(false);
    reason.textContent = refused.name === 'QuotaExceededError'
      ? 'There are more unsaved changes than this browser can keep while you sign in. Undo some of them first.'
      : refused.message;
    announce(reason.textContent);
  }
}

/** Shows in the head of the page who is signed in. */
export function showWho(session) {
  byId('sign-out').hidden = !session;
  const who = byId('signed-in-as');
  who.hidden = !session?.name;
  who.textContent = session?.name ?? '';
  setOrRemove(who, 'title', session?.name ? `Signed in as ${session.name}` : null);
}

export function startSignInDialog() {
  start.addEventListener('click', leave);
  byId('sign-in-cancel').addEventListener('click', () => dialog.close());
  const confirm = byId('sign-out-dialog');
  byId('sign-out').addEventListener('click', () => {
    if (!hasDrafts()) {
      signOut();
      return;
    }
    byId('sign-out-text').textContent = `Your ${counted(countDrafts(), 'unsaved change')} will be lost.`;
    confirm.showModal();
  });
  byId('sign-out-cancel').addEventListener('click', () => confirm.close());
  byId('sign-out-confirm').addEventListener('click', () => {
    forgetDrafts();
    signOut();
  });
  // A page that the browser kept while the steward was at the provider still waits for the sign-in: it begins anew.
  addEventListener('pageshow', (event) => {
    if (event.persisted && dialog.open) location.reload();
  });
}
