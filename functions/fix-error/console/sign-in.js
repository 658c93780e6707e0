// Signs a steward in with OpenID Connect against the deployment's identity provider: authorization code with PKCE, refresh,
// sign-out. The protocol is oauth4webapi's; here is what it is used for. The tokens stay in this tab (sessionStorage). No DOM
// of the page, no calls to the API.
//
// The whole page goes to the provider and comes back: that works in every browser and on every phone, where a window of its
// own may be blocked, or cut off from its opener by the provider's headers. What is unsaved is carried over by draft.js.

// This module is <base>/console/sign-in.js, whatever prefix a stage puts before it; the page is <base>/console.
const PAGE = new URL('../console', import.meta.url).href;
const SETTINGS = new URL('sign-in.json', import.meta.url);

const SESSION = 'signed-in';
const PENDING = 'signing-in';

const TIME_LIMIT_MS = 20_000;

// Clocks differ: so much an id token may seem to be of the past or the future.
const TOLERANCE_S = 60;

/** Nobody could be signed in; the message says why, in a sentence. */
export class SignInRefused extends Error {
  name = 'SignInRefused';
}

let settings = null;

/** How the deployment signs stewards in, or null where it does not: then a token is pasted. */
export function signInSettings() {
  settings ??= fetchSettings().catch((cause) => {
    settings = null;
    throw cause;
  });
  return settings;
}

async function fetchSettings() {
  try {
    const response = await fetch(SETTINGS, { credentials: 'omit', signal: AbortSignal.timeout(TIME_LIMIT_MS) });
    if (!response.ok) throw new Error(`${response.status}`);
    return (await response.json()).signIn;
  } catch (cause) {
    throw new SignInRefused('The console could not learn how to sign in. Try again.', { cause });
  }
}

let provider = null;

// The library, the provider as its discovery document describes it, and the console's client there.
function openProvider() {
  provider ??= discover().catch((cause) => {
    provider = null;
    throw cause;
  });
  return provider;
}

async function discover() {
  const told = await signInSettings();
  const oauth = await import('./oauth4webapi.js');
  const issuer = new URL(told.issuer);
  const options = () => ({
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
    // The deployment admits plain HTTP for a provider on the same machine only.
    [oauth.allowInsecureRequests]: issuer.protocol === 'http:',
  });
  const server = await explained(oauth, told, async () =>
    oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...options() })));
  for (const endpoint of ['authorization_endpoint', 'token_endpoint']) {
    const address = URL.canParse(server[endpoint]) ? new URL(server[endpoint]) : null;
    if (!address || !['https:', issuer.protocol].includes(address.protocol)) {
      throw new SignInRefused(`The sign-in service ${issuer.host} names no usable ${endpoint}.`);
    }
  }
  const { origin } = new URL(server.token_endpoint);
  if (!told.origins.includes(origin)) {
    throw new SignInRefused(`The sign-in service ${issuer.host} gives its tokens at ${origin}, which this deployment does not admit (CONSOLE_ORIGINS).`);
  }
  const client = { client_id: told.clientId, [oauth.clockTolerance]: TOLERANCE_S };
  return { oauth, told, server, client, options };
}

// Runs one exchange with the provider; what goes wrong becomes a sentence.
async function explained(oauth, told, exchange) {
  try {
    return await exchange();
  } catch (cause) {
    if (cause instanceof SignInRefused) throw cause;
    const { host } = new URL(told.issuer);
    if (cause instanceof oauth.AuthorizationResponseError || cause instanceof oauth.ResponseBodyError) {
      const words = [cause.error, cause.error_description].filter(Boolean).join(': ');
      throw new SignInRefused(cause.error === 'access_denied' ? `The sign-in was refused or broken off (${words}).` : `The sign-in service ${host} refused: ${words}.`, { cause });
    }
    if (cause instanceof oauth.OperationProcessingError || cause instanceof oauth.UnsupportedOperationError) {
      throw new SignInRefused(`The sign-in service ${host} gave an answer that cannot be trusted: ${cause.message}.`, { cause });
    }
    if (cause instanceof oauth.WWWAuthenticateChallengeError) {
      throw new SignInRefused(`The sign-in service ${host} does not know this console (client id ${told.clientId}).`, { cause });
    }
    throw new SignInRefused(`The sign-in service ${host} could not be reached.`, { cause });
  }
}

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Who is signed in: `accessToken`, `expiresAt` (of this machine's clock; null if unknown), `name`; or null. */
export const currentSession = () => stored(SESSION);

function keep(answer, claims, before = null) {
  const session = {
    accessToken: answer.access_token,
    // A provider that does not give a new one means the old one.
    refreshToken: answer.refresh_token ?? before?.refreshToken ?? null,
    idToken: answer.id_token ?? before?.idToken ?? null,
    expiresAt: answer.expires_in === undefined ? null : Date.now() + answer.expires_in * 1000,
    name: claims ? claims.name ?? claims.email ?? claims.preferred_username ?? claims['cognito:username'] ?? claims.sub : before?.name ?? null,
    subject: claims?.sub ?? before?.subject,
  };
  sessionStorage.setItem(SESSION, JSON.stringify(session));
  return session;
}

/** Begins a sign-in: resolves to the address of the provider's page, for this tab to go to. */
export async function beginSignIn() {
  const { oauth, told, server, client } = await openProvider();
  const verifier = oauth.generateRandomCodeVerifier();
  const pending = { verifier, state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), hash: location.hash };
  const address = new URL(server.authorization_endpoint);
  for (const [name, value] of new URLSearchParams(told.parameters)) address.searchParams.append(name, value);
  for (const [name, value] of Object.entries({
    client_id: client.client_id,
    redirect_uri: PAGE,
    response_type: 'code',
    scope: told.scopes,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })) address.searchParams.set(name, value);
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  return address;
}

/**
 * Takes the provider's answer out of the address, if there is one, and finishes the sign-in with it. The address is then the
 * one from which the steward had left.
 */
export async function finishSignIn() {
  const answer = new URLSearchParams(location.search);
  if (!['code', 'error', 'state'].some((name) => answer.has(name))) return;
  const pending = stored(PENDING);
  sessionStorage.removeItem(PENDING);
  // The code is of use once; it is to stand neither in the address nor in the history.
  history.replaceState(null, '', PAGE + (pending?.hash ?? ''));
  if (!pending) throw new SignInRefused('An answer of the sign-in service came that belongs to no sign-in of this tab. Nobody was signed in by it.');
  const { oauth, told, server, client, options } = await openProvider();
  await explained(oauth, told, async () => {
    if (answer.get('state') !== pending.state) throw new SignInRefused('The answer of the sign-in service belongs to another sign-in (its state is not the one that was sent). Nobody was signed in by it.');
    const parameters = oauth.validateAuthResponse(server, client, answer, pending.state);
    const response = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), parameters, PAGE, pending.verifier, options());
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, { expectedNonce: pending.nonce, requireIdToken: true });
    keep(tokens, oauth.getValidatedIdTokenClaims(tokens));
  });
}

let refreshing = null;

/**
 * Gets a new access token without asking anybody, however many calls want one at once. Resolves to the session, or to null
 * where there is nothing to refresh with or the provider refuses; it throws when the provider gave no answer.
 */
export function refreshSession() {
  refreshing ??= refresh().finally(() => { refreshing = null; });
  return refreshing;
}

async function refresh() {
  const before = currentSession();
  if (!before?.refreshToken) return null;
  const { oauth, told, server, client, options } = await openProvider();
  return explained(oauth, told, async () => {
    try {
      const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), before.refreshToken, options());
      const tokens = await oauth.processRefreshTokenResponse(server, client, response);
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      if (claims && claims.sub !== before.subject) throw new SignInRefused('The sign-in service answered for somebody else.');
      return keep(tokens, claims, before);
    } catch (cause) {
      const refused = cause instanceof oauth.ResponseBodyError || cause instanceof oauth.WWWAuthenticateChallengeError;
      if (!refused || cause.status >= 500) throw cause;
      // Refused once is refused for ever; the access token may still be good for a while.
      sessionStorage.setItem(SESSION, JSON.stringify({ ...before, refreshToken: null }));
      return null;
    }
  });
}

/** Forgets the tokens here, and ends the session at the provider where it has a way to. Leaves the page. */
export async function signOut() {
  const session = currentSession();
  sessionStorage.removeItem(SESSION);
  let next = new URL(PAGE);
  try {
    const { oauth, told, server, client, options } = await openProvider();
    if (server.revocation_endpoint && told.origins.includes(new URL(server.revocation_endpoint).origin) && session?.refreshToken) {
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), session.refreshToken, options())).catch(() => {});
    }
    if (server.end_session_endpoint) next = endOfSession(server, told, session);
  } catch {
    // Signed out here is what can be had; the provider's own session ends by itself.
  }
  location.assign(next);
}

function endOfSession(server, told, session) {
  const address = new URL(server.end_session_endpoint);
  address.searchParams.set('client_id', told.clientId);
  if (new URL(told.issuer).hostname.startsWith('cognito-idp.')) {
    // Cognito's sign-out knows another parameter than the standard's.
    address.searchParams.set('logout_uri', PAGE);
  } else {
    address.searchParams.set('post_logout_redirect_uri', PAGE);
    if (session?.idToken) address.searchParams.set('id_token_hint', session.idToken);
  }
  return address;
}
