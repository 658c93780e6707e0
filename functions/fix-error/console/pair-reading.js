// What is read and tried of two customers that look alike: both, who else looks like one of them, and what a merge would make of them. The next pair is read while this one is
// looked at. No DOM; a pair that is open is pair.js's.

import { findAlike, mergeCustomers, readCustomer } from './api.js';
import { keyOf } from './pair-rows.js';
import { entryOfPair, loadedNeighbour } from './pairs.js';

const MOST_BESIDE = 3;

let ahead = null; // the next pair, read while this one is looked at

/** Reads both customers, and who else looks like one of them; what was read ahead is there already. */
export async function readPair(pair) {
  const read = ahead?.key === pair.key ? ahead.read : bothOf(pair.numbers, pair.reading.signal);
  ahead = null;
  take(pair, await read);
}

/** Reads them anew. */
export async function readPairAnew(pair) {
  take(pair, await bothOf(pair.numbers, pair.reading.signal));
}

async function bothOf(numbers, signal) {
  const [one, other, ...alike] = await Promise.all([
    ...numbers.map((number) => readCustomer(number, signal)),
    // Without them the pair can be decided all the same.
    ...numbers.map((number) => findAlike(number, signal).catch(() => [])),
  ]);
  return { customers: [one, other], alike };
}

function take(pair, { customers, alike }) {
  const own = new Set(customers.map((customer) => customer.cst_cust_nbr));
  const isOwn = (found) => own.has(found.customer.customerNumber);
  pair.customers = customers;
  pair.versions = new Map(customers.map((customer) => [customer.cst_cust_nbr, customer.version]));
  pair.seen = entryOfPair(pair.key) ?? alike[0].find(isOwn) ?? null;
  pair.alike = othersOf(customers, alike.map((found) => found.filter((one) => !isOwn(one) && one.state !== 'apart')));
  pair.apart = new Set(alike.flatMap((found, at) => found.filter((one) => one.state === 'apart').map((one) => keyOf(customers[at].cst_cust_nbr, one.customer.customerNumber))));
}

// Each once, with whom of the two it looks like most.
function othersOf(customers, alike) {
  const others = new Map();
  alike.forEach((found, at) => found.forEach((one) => {
    const number = one.customer.customerNumber;
    if (!(others.get(number)?.score >= one.score)) others.set(number, { ...one, like: customers[at].cst_cust_nbr });
  }));
  return [...others.values()].sort((a, b) => b.score - a.score);
}

export const loserOf = (pair) => pair.customers.map((customer) => customer.cst_cust_nbr).find((number) => number !== pair.winner);

const sideOf = (pair, number) => ({ number, version: pair.versions.get(number) });

/** Merges them as it is chosen so far, or tries it. */
export function merge(pair, options = {}) {
  const take = Object.fromEntries([...pair.take].map(([choice, number]) => [choice, number === pair.winner ? 'winner' : 'loser']));
  return mergeCustomers(sideOf(pair, pair.winner), sideOf(pair, loserOf(pair)), take, options);
}

export const tried = (pair) => merge(pair, { dryRun: true, signal: pair.reading.signal });

/** Those who look like them most, compared with the winner as the loser is. Who cannot be compared is left out. */
export async function triedBeside(pair) {
  const asked = pair.alike.slice(0, MOST_BESIDE).map(async (found) => {
    const { customerNumber: number, version } = found.customer;
    const told = await mergeCustomers(sideOf(pair, pair.winner), { number, version }, {}, { dryRun: true, signal: pair.reading.signal });
    return { found, foreseen: told.foreseen };
  });
  return (await Promise.allSettled(asked)).filter((one) => one.status === 'fulfilled').map((one) => one.value);
}

/** Reads the pair that comes after this one: what it reads now is held against its versions when it is decided on. */
export function readAhead(pair) {
  const next = loadedNeighbour(pair.key, 1);
  if (!next || next.state !== 'open') return;
  const numbers = [next.customer.customerNumber, next.other.customerNumber];
  const read = bothOf(numbers);
  read.catch(() => {});
  ahead = { key: keyOf(...numbers), numbers, read };
}

/** What was read ahead of one of these is not so any more. */
export function forgetAhead(numbers) {
  if (numbers.some((number) => ahead?.numbers.includes(number))) ahead = null;
}
