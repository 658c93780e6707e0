// The identity provider of the console's tests: the certified npm package oidc-provider, on a free port of 127.0.0.1, with one public
// client, accounts without passwords, and access tokens that API Gateway's authorizer would take. No deployment uses it.
//
//   node provider.mjs NODE_MODULES REDIRECT_URI
//
// Its first line on standard output is its issuer. A line `pass SECONDS` on standard input lets time pass for it, and it answers with
// `passed`; at the end of its input it ends.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , modules, redirectUri] = process.argv;
// Standard output is for answers alone; the provider's remarks are none.
console.info = console.error;
const { default: Provider } = await import(pathToFileURL(`${modules}/oidc-provider/lib/index.js`));

const now = Date.now;
let passed = 0;
Date.now = () => now() + passed;

const RESOURCE = 'https://customer-master.example/';
const MINUTE = 60;
const HOUR = 60 * MINUTE;

// Who may what: the name that is signed in with, and the scopes of the API that it is granted.
const ALL = ['dealer', 'customers', 'steward', 'privacy'];
const SCOPES = { anna: 'steward', carl: 'customers' };

const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'console',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [redirectUri],
  }],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'of-this-run', alg: 'RS256', use: 'sig' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  claims: { openid: ['sub'], profile: ['name'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id === 'anna' ? 'Anna Okafor' : 'Carl Dryer' }) }),
  clientBasedCORS: (_, origin) => origin === new URL(redirectUri).origin,
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  // Whoever signs in here has agreed already.
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    const granted = SCOPES[oidc.session.accountId];
    grant.addResourceScope(RESOURCE, granted);
    // Refused at once, so that nobody is asked for more.
    for (const scope of ALL.filter((scope) => scope !== granted)) grant.rejectResourceScope(RESOURCE, scope);
    await grant.save();
    return grant;
  },
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  ttl: { RefreshToken: 8 * HOUR, Session: 12 * HOUR, Grant: 24 * HOUR, Interaction: HOUR, IdToken: HOUR },
  features: {
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: ALL.join(' '),
        audience: 'customer-master',
        accessTokenFormat: 'jwt',
        accessTokenTTL: 5 * MINUTE,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = page('Sign out', `${form}<button form="op.logoutForm" name="logout" value="yes">Yes, sign out</button>`);
      },
    },
  },
  renderError: (ctx, { error, error_description: description }) => {
    ctx.body = page('Error', `<p id="error">${error} ${description}</p>`);
  },
});

const page = (title, content) => `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${title}</title>${content}`;

// The page where somebody signs in by a name, or does not.
async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html');
    response.end(page('Sign in', `<form method="post" action="/interaction/${details.uid}">
      <input name="login" aria-label="Name"><button id="go">Sign in</button><button id="deny" name="deny" value="yes">No</button></form>`));
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const given = new URLSearchParams(body);
  const accountId = given.get('login');
  const denied = given.has('deny') || !(accountId in SCOPES);
  await provider.interactionFinished(request, response, denied
    ? { error: 'access_denied', error_description: 'The sign-in was broken off' }
    : { login: { accountId } });
}

const callback = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  return interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

createInterface({ input: process.stdin }).on('line', (line) => {
  passed += Number(line.replace('pass ', '')) * 1000;
  console.log('passed');
}).on('close', () => process.exit());
console.log(issuer);
