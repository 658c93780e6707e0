// Builds and fills DOM nodes. The only way text enters the page is as text: no markup is parsed anywhere, and neither
// inline handlers nor style attributes can be set. Nothing here knows what a request in error is.

export const byId = (id) => document.getElementById(id);

/** Builds an element. `on` holds listeners, `data` data attributes; `null`, `undefined` and `false` are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === 'data') {
      Object.assign(node.dataset, value);
    } else if (name === 'style' || name.startsWith('on')) {
      throw new TypeError(`${name} may not be set on an element`);
    } else {
      node.setAttribute(name, value === true ? '' : String(value));
    }
  }
  node.append(...shown(children));
  return node;
}

/** Replaces what a node holds. */
export function fill(node, ...children) {
  node.replaceChildren(...shown(children));
  return node;
}

function shown(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

// Characters that are not seen, and those that turn the writing around: a name could look like another one with them.
// The joiners of emoji and of Persian are not among them.
const UNSEEN = /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/u;

/**
 * Text from outside, kept apart from its surroundings whatever direction it is written in. What cannot be seen is shown by
 * its code point, without adding to the text: a copy of it is the original.
 */
export function outside(text, attributes = {}, tag = 'bdi') {
  const parts = String(text).split(UNSEEN);
  return el(tag, attributes, parts.map((part, index) => (index % 2 === 0 ? part : unseen(part))));
}

const pointOf = (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The code points of what cannot be seen in a text: a field cannot show them as `outside` does. */
export const unseenIn = (text) => [...new Set(text.split(UNSEEN).filter((_, index) => index % 2 === 1))].map(pointOf);

function unseen(character) {
  const point = pointOf(character);
  return el('bdi', { class: 'unseen', title: `The character ${point}`, data: { point } }, character);
}

/** Sets an attribute, or removes it when there is nothing to say. */
export function setOrRemove(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? '' : String(value));
}

const live = byId('live');

/** Says something to those who do not see the page. Saying the same twice is heard twice. */
export function announce(sentence) {
  live.replaceChildren(el('p', {}, sentence));
}

/** `1 request`, `2 requests`. */
export const counted = (count, one, many = `${one}s`) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Shows a panel in its box, or hides the box where there is none; with the focus, at the top of the page. */
export function showPanel(box, node, { focus = false } = {}) {
  box.hidden = node === null;
  fill(box, node);
  if (focus && node) {
    box.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
}

/** Points the links to the one before and the one after, or hides them where there is none. `find(step)` tells a neighbour's address and name, or null. */
export function showNeighbours(kind, find) {
  for (const [link, step] of [[byId(`previous-${kind}`), -1], [byId(`next-${kind}`), 1]]) {
    const neighbour = find(step);
    link.hidden = neighbour === null;
    if (neighbour) {
      link.href = neighbour.href;
      link.title = neighbour.name;
    }
  }
}

/** The row of a list that has the focus, or in which something has it. */
export function focusedRowOf(list) {
  return document.activeElement?.closest(`#${list.id} > .row`) ?? null;
}

/** Moves the focus along the rows of a list; from outside them, to the first. Says whether there was one to go to. */
export function moveAlong(list, step) {
  const focused = focusedRowOf(list);
  const target = focused ? (step > 0 ? focused.nextElementSibling : focused.previousElementSibling) : list.firstElementChild;
  target?.querySelector('a.open').focus();
  return Boolean(target);
}
