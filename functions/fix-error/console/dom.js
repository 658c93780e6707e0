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

/** Text from outside, kept apart from its surroundings whatever direction it is written in. */
export const outside = (text, attributes = {}) => el('bdi', attributes, String(text));

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
