// The calls to the API, as http.md has them, and nothing of the page. A refusal is thrown as a `Problem`; the outcome of
// a reprocess (CWCustomerOut) is an answer, whatever its status.

import { bearer, renewed } from './session.js';
import { SignInRefused } from './sign-in.js';
import { startOfDay } from './time.js';

// This module is <base>/console/api.js, whatever prefix a stage puts before it.
const BASE = new URL('../', import.meta.url);

export const PAGE_SIZE = 50;

// Each pair is two customers and why they look alike.
const PAIRS_AT_ONCE = 20;

// API Gateway gives up after 30 s; so nothing comes after that.
const TIME_LIMIT_MS = 35_000;

/** A refusal of the API, or that no answer came (`status` 0). */
export class Problem extends Error {
  constructor(status, body, headers) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.kind = String(body.type ?? '').split('/').pop();
    this.title = body.title ?? '';
    this.body = body;
    this.requestId = body.requestId ?? headers?.get('X-Request-Id') ?? null;
    this.retryAfter = seconds(headers?.get('Retry-After'));
  }

  static unreachable(cause) {
    const late = cause?.name === 'TimeoutError';
    return new Problem(0, {
      type: 'unreachable',
      detail: late ? 'The server did not answer in time.' : 'The server could not be reached.',
    });
  }
}

function seconds(retryAfter) {
  if (!retryAfter) return null;
  if (/^\d+$/.test(retryAfter.trim())) return Number(retryAfter);
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? null : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

// A POST whose answer was lost, or was "busy", is sent again with the key of the first try: one effect, however often.
const unansweredKeys = new Map();

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function call(method, path, { query = {}, body, contentType = 'application/json', version, signal, asText = false } = {}) {
  const url = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') url.searchParams.set(name, value);
  }
  const text = body === undefined ? undefined : JSON.stringify(body);
  const request = `${method} ${url.href} ${version ?? ''} ${text ?? ''}`;
  for (let tries = 1; ; tries += 1) {
    const headers = new Headers({ Accept: asText ? 'text/csv, application/problem+json' : 'application/json, application/problem+json' });
    const sentToken = await authorized(bearer());
    if (sentToken) headers.set('Authorization', `Bearer ${sentToken}`);
    if (text !== undefined) headers.set('Content-Type', contentType);
    if (version !== undefined) headers.set('If-Match', `"${version}"`);
    if (method === 'POST') {
      if (!unansweredKeys.has(request)) unansweredKeys.set(request, newKey());
      headers.set('Idempotency-Key', unansweredKeys.get(request));
    }
    const { response, said } = await send(url, { method, headers, body: text }, signal);
    if (response.status < 500) unansweredKeys.delete(request);
    if (response.ok && asText) return { text: said, link: response.headers.get('Link') };
    const answer = parse(said);
    if (response.ok || answer.CustSoldTo) return { status: response.status, body: answer };
    if (response.status !== 401 || !(await authorized(renewed(sentToken, tries > 1)))) throw new Problem(response.status, answer, response.headers);
  }
}

// What hinders signing in is a refusal like another one.
async function authorized(session) {
  try {
    return await session;
  } catch (refused) {
    if (refused instanceof SignInRefused) throw new Problem(401, { detail: refused.message });
    throw refused;
  }
}

async function send(url, request, signal) {
  const signals = [AbortSignal.timeout(TIME_LIMIT_MS), signal].filter(Boolean);
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.any(signals), credentials: 'omit', cache: 'no-store' });
    return { response, said: await response.text() };
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw Problem.unreachable(cause);
  }
}

// A gateway in between may answer with something that is not JSON; its status still says enough.
function parse(text) {
  try {
    const answer = JSON.parse(text);
    return answer !== null && typeof answer === 'object' ? answer : {};
  } catch {
    return {};
  }
}

const address = (id) => `errors/${encodeURIComponent(id)}`;

// The filters are the route's: days are local days, and the last one is included.
const queryOf = (filters) => ({
  ...filters,
  receivedAfter: filters.receivedAfter && startOfDay(filters.receivedAfter),
  receivedBefore: filters.receivedBefore && startOfDay(filters.receivedBefore, 1),
});

/** One page of the list. */
export async function listErrors(filters, cursor, signal, limit = PAGE_SIZE) {
  return (await call('GET', 'errors', { query: { ...queryOf(filters), limit, cursor }, signal })).body;
}

/** One page of the list as CSV, and the cursor of the next, where there is one. */
export async function exportErrors(filters, cursor, signal) {
  const { text, link } = await call('GET', 'errors.csv', { query: { ...queryOf(filters), cursor }, signal, asText: true });
  const next = /<([^>]*)>; rel="next"/.exec(link ?? '')?.[1];
  return { text, next: next ? new URL(next, BASE).searchParams.get('cursor') : null };
}

/** One page of the customers that are as all of these parameters say. */
export async function findCustomers(asked, cursor, signal) {
  return (await call('GET', 'customers', { query: { ...asked, cursor }, signal })).body;
}

export async function readCustomer(number, signal) {
  return (await call('GET', `customers/${encodeURIComponent(number)}`, { signal })).body;
}

/** The same customer as dealers know it, with its first hundred dealer customers. */
export async function readOrganization(identifier, signal) {
  return (await call('GET', `customer-organizations/${encodeURIComponent(identifier)}`, { signal })).body;
}

/** One page of a customer's history, newest first. */
export async function readHistory(number, cursor, signal) {
  return (await call('GET', `customers/${encodeURIComponent(number)}/history`, { query: { cursor }, signal })).body;
}

/** One page of the pairs of a state, the highest score first. */
export async function listPairs(state, cursor, signal) {
  return (await call('GET', 'possible-duplicates', { query: { state, limit: PAIRS_AT_ONCE, cursor }, signal })).body;
}

/** Who looks like a customer, the highest score first. */
export async function findAlike(number, signal) {
  return (await call('GET', `customers/${encodeURIComponent(number)}/possible-duplicates`, { signal })).body.possibleDuplicates;
}

/** Makes one customer of two, or says what would come of it. `winner` and `loser` are numbers with the versions that were seen. */
export async function mergeCustomers(winner, loser, take, { dryRun = false, signal } = {}) {
  const body = { loser: loser.number, loserVersion: loser.version, take };
  return (await call('POST', `customers/${encodeURIComponent(winner.number)}/merge`, { body, version: winner.version, query: dryRun ? { dryRun: true } : {}, signal })).body;
}

/** Takes a merge back; `keep` says with whom stays what changed since. */
export async function unmergeCustomers(winner, loser, keep) {
  return (await call('POST', `customers/${encodeURIComponent(winner.number)}/unmerge`, { body: { loser, keep }, version: winner.version })).body;
}

/** Decides that two customers are two. */
export async function keepApart(one, other) {
  await call('POST', `customers/${encodeURIComponent(one)}/keep-apart`, { body: { other } });
}

/** Takes that back: the pair is judged again at once. */
export async function takeBackApart(one, other) {
  await call('DELETE', `customers/${encodeURIComponent(one)}/keep-apart/${encodeURIComponent(other)}`);
}

/** Decides on several pairs of numbers at once, `apart` or, where that is taken back, `open`; answers with one result each. */
export async function decidePairs(pairs, decision) {
  const body = pairs.map(([customer, other]) => ({ customer, other, decision }));
  return (await call('POST', 'possible-duplicates/decide', { body })).body.results ?? [];
}

export async function showError(id, signal) {
  return (await call('GET', address(id), { signal })).body;
}

/** Corrects attributes; answers with the request as it is then. */
export async function correctError(id, patch, version) {
  return (await call('PATCH', address(id), { body: patch, contentType: 'application/merge-patch+json', version })).body;
}

/** Reprocesses, with the patch in the same call if there is one; answers with status and CWCustomerOut. */
export function reprocessError(id, patch, version, dryRun) {
  const body = Object.keys(patch).length > 0 ? patch : undefined;
  return call('POST', `${address(id)}/reprocess`, { body, version, query: dryRun ? { dryRun: true } : {} });
}

export async function deleteError(id, version, reason) {
  await call('DELETE', address(id), { version, query: { reason } });
}

/** Gives it to somebody, or with `null` to nobody; answers with the request as it is then, as the next two do. */
export async function assignError(id, to, version) {
  return (await call('POST', `${address(id)}/assign`, { body: { to }, version })).body;
}

export async function noteError(id, text, version) {
  return (await call('POST', `${address(id)}/note`, { body: { text }, version })).body;
}

export async function reopenError(id, version) {
  return (await call('POST', `${address(id)}/reopen`, { version })).body;
}

/** Reprocesses several, with the patch for each of them if there is one; answers with one result each. */
export async function reprocessErrors(ids, patch, dryRun) {
  const body = Object.keys(patch).length > 0 ? { ids, patch } : { ids };
  return (await call('POST', 'errors/reprocess', { body, query: dryRun ? { dryRun: true } : {} })).body.results ?? [];
}
