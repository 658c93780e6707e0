// What the address says: which view, which filters, which request. Reads and writes the hash; changes nothing else.
//
//   #/errors?state=open&code=city-blank     the list, filtered
//   #/errors/<id>                           one request in error
//   #/errors/<id>/cst_city                  the same, at one attribute
//   #/customers?q=robinson                  who is found by a text
//   #/customers/<number>                    one customer
//   #/possible-duplicates?state=apart       pairs that look alike
//   #/possible-duplicates/<number>/<number> two of them, side by side

export const FILTERS = ['state', 'code', 'attribute', 'company', 'receivedAfter', 'receivedBefore', 'source', 'text', 'sort'];

/** The states of a pair that are listed; without a word it is the first. */
export const PAIR_STATES = ['open', 'apart', 'merged'];

// These say which list it is and in which order, and leave nothing out of it.
const NO_FILTER = ['state', 'sort'];

export const NO_FILTERS = Object.freeze({ state: 'open' });

/** Reads a hash. What it does not understand is the list of open requests. */
export function parseRoute(hash) {
  const [path, query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s, 2);
  const [, first, id, attribute] = path.split('/');
  if (first === 'errors' && id) {
    return { view: 'request', id: decode(id), attribute: attribute ? decode(attribute) : null };
  }
  const parameters = new URLSearchParams(query);
  if (first === 'customers') {
    return id ? { view: 'customer', number: decode(id) } : { view: 'customers', query: parameters.get('q') };
  }
  if (first === 'possible-duplicates') {
    if (id && attribute) return { view: 'pair', one: decode(id), other: decode(attribute) };
    const state = parameters.get('state');
    return { view: 'pairs', state: PAIR_STATES.includes(state) ? state : PAIR_STATES[0] };
  }
  const filters = { ...NO_FILTERS };
  for (const name of FILTERS) {
    const value = parameters.get(name);
    if (value) filters[name] = value;
  }
  if (!['open', 'resolved', 'deleted'].includes(filters.state)) filters.state = 'open';
  if (filters.sort !== 'oldest') delete filters.sort;
  return { view: 'list', filters };
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function listHash(filters) {
  const parameters = new URLSearchParams();
  for (const name of FILTERS) {
    if (filters[name] && filters[name] !== NO_FILTERS[name]) parameters.set(name, filters[name]);
  }
  const query = parameters.toString();
  return query ? `#/errors?${query}` : '#/errors';
}

export function requestHash(id, attribute = null) {
  const address = `#/errors/${encodeURIComponent(id)}`;
  return attribute ? `${address}/${encodeURIComponent(attribute)}` : address;
}

export const customersHash = (query) => (query ? `#/customers?q=${encodeURIComponent(query)}` : '#/customers');

export const customerHash = (number) => `#/customers/${encodeURIComponent(number)}`;

export const pairsHash = (state) => (state === PAIR_STATES[0] ? '#/possible-duplicates' : `#/possible-duplicates?state=${state}`);

export const pairHash = (one, other) => `#/possible-duplicates/${encodeURIComponent(one)}/${encodeURIComponent(other)}`;

/** Are any filters set, beside the state and the order? */
export const isFiltered = (filters) => FILTERS.some((name) => !NO_FILTER.includes(name) && filters[name]);
