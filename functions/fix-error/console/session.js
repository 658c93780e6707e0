// Who calls the API: gives each call its token, renews it, and has the steward asked where nothing else helps. By which way,
// sign-in or a pasted token, is the deployment's choice. Knows nothing of requests in error.

import { announce } from './dom.js';
import { askToSignIn, showWho, startSignInDialog } from './sign-in-dialog.js';
import { currentSession, finishSignIn, refreshSession, signInSettings, SignInRefused } from './sign-in.js';
import { askForToken, startToken, token } from './token.js';

// A token that ends sooner than this is renewed before it is used.
const MARGIN_MS = 30_000;

// Why the sign-in that this page came back from failed, until the steward was told.
let trouble = null;

function ask(sentence) {
  const asked = askToSignIn(trouble ?? sentence);
  trouble = null;
  return asked;
}

/** Finishes a sign-in that the page came back from, and wires the buttons. `onForget` runs when a pasted token was forgotten. */
export async function startSession(onForget) {
  startToken(onForget);
  startSignInDialog();
  try {
    await finishSignIn();
  } catch (refused) {
    if (!(refused instanceof SignInRefused)) throw refused;
    trouble = refused.message;
    announce(trouble);
  }
  showWho(currentSession());
}

/** The token for the next call, or null where calls need none. Throws `SignInRefused`. */
export async function bearer() {
  if (!(await signInSettings())) return token();
  let session = currentSession();
  if (session && session.expiresAt !== null && session.expiresAt - Date.now() < MARGIN_MS) session = await refreshedOr(session);
  if (!session) {
    await ask('The requests in error are shown to data stewards only.');
    throw new SignInRefused('Nobody is signed in.');
  }
  return session.accessToken;
}

// Where the provider does not answer, the old token is tried while it may still be good.
async function refreshedOr(session) {
  try {
    return (await refreshSession()) ?? session;
  } catch (refused) {
    if (session.expiresAt > Date.now()) return session;
    throw refused;
  }
}

/**
 * Sees to another token after the API refused one; resolves to whether there is. `again` says that a renewed one was refused
 * as well. Throws `SignInRefused` when the identity provider gives no answer.
 */
export async function renewed(refused, again) {
  if (!(await signInSettings())) {
    // Another call may have got a new token meanwhile; only the token that was refused is asked for again.
    if (token() !== refused) return true;
    return askForToken(refused ? 'The server does not accept this token (any more).' : 'The server asks for a token with the scope “steward”.');
  }
  if (currentSession() && currentSession().accessToken !== refused) return true;
  if (!again && (await refreshSession())) return true;
  return ask(again
    ? 'The server does not accept the token of the sign-in service. This deployment may expect another issuer or audience than the service writes into it.'
    : 'Your sign-in has ended.');
}
