// The steward's bearer token: asks for it, keeps it for this tab only, forgets it. Knows nothing of requests in error,
// and shows the token to nobody but `api.js`.

import { announce, byId } from './dom.js';

const KEY = 'steward-token';
const dialog = byId('token-dialog');
const form = byId('token-form');
const input = byId('token-input');
const forgetButton = byId('forget-token');

export const token = () => sessionStorage.getItem(KEY);

function remember(value) {
  sessionStorage.setItem(KEY, value);
  forgetButton.hidden = false;
}

function forget() {
  sessionStorage.removeItem(KEY);
  forgetButton.hidden = true;
}

let asking = null;

/**
 * Asks the steward for a token. Resolves to true when there is a new one, to false when the steward would rather not.
 * However many calls ask at once, the steward is asked once.
 */
export function askForToken(reason) {
  asking ??= new Promise((resolve) => {
    byId('token-reason').textContent = reason;
    input.value = '';
    let given = false;
    const onSubmit = (event) => {
      event.preventDefault();
      // A pasted header is as good as the bare token.
      const value = input.value.trim().replace(/^(authorization:\s*)?bearer\s+/i, '');
      if (!value || /[^\x21-\x7e]/.test(value)) {
        byId('token-reason').textContent = 'This is not a token: it has blanks or characters that no header can carry.';
        input.focus();
        return;
      }
      remember(value);
      given = true;
      dialog.close();
    };
    form.addEventListener('submit', onSubmit);
    dialog.addEventListener('close', () => {
      form.removeEventListener('submit', onSubmit);
      input.value = '';
      asking = null;
      resolve(given);
    }, { once: true });
    dialog.showModal();
    input.focus();
  });
  return asking;
}

/** Wires the buttons. `onForget` runs after the token is gone. */
export function startToken(onForget) {
  forgetButton.hidden = !token();
  byId('token-cancel').addEventListener('click', () => dialog.close());
  forgetButton.addEventListener('click', () => {
    forget();
    announce('The token is forgotten.');
    byId('home').focus();
    onForget();
  });
}
