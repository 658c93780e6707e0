// Says when something was: how long ago at a glance, the exact time on asking. Nothing here knows what happened then.

import { el } from './dom.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const exact = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

function age(date, now = Date.now()) {
  const seconds = Math.round((now - date.getTime()) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 45 * MINUTE) return `${Math.max(1, Math.round(seconds / MINUTE))} min ago`;
  if (seconds < 22 * HOUR) return `${Math.max(1, Math.round(seconds / HOUR))} h ago`;
  if (seconds < 45 * DAY) {
    const days = Math.max(1, Math.round(seconds / DAY));
    return days === 1 ? '1 day ago' : `${days} days ago`;
  }
  return day.format(date);
}

/** A `<time>` with the age as its text, kept up to date, and the exact time as its title. */
export function timeElement(instant) {
  const date = new Date(instant);
  if (!instant || Number.isNaN(date.getTime())) return el('span', {}, instant ? String(instant) : 'at an unknown time');
  return el('time', { datetime: date.toISOString(), title: exact.format(date), data: { age: '' } }, age(date));
}

setInterval(() => {
  for (const node of document.querySelectorAll('time[data-age]')) {
    const text = age(new Date(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}, 30_000);

/** The first instant of a local day (`2026-11-01`), some days later if asked, as the API takes it. */
export function startOfDay(localDay, daysLater = 0) {
  const [year, month, dayOfMonth] = localDay.split('-').map(Number);
  const date = new Date(year, month - 1, dayOfMonth + daysLater);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
