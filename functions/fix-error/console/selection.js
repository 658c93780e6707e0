// Which rows of a list are ticked: by their boxes, all at once, or by a key on the row that has the focus. What is done with them is in bulk-requests.js and bulk-pairs.js.

import { el, focusedRowOf } from './dom.js';

/**
 * The selection of a list. `bar` holds the box that ticks all, and is there where any can be ticked. `entries` tells what is loaded, each with its `id`; `isOpen` which of them can
 * be ticked; and `onChange(count)` hears how many are.
 */
export function startSelection({ list, bar, entries, isOpen, onChange }) {
  const ticked = new Set();
  const all = bar.querySelector('.check input');
  const words = bar.querySelector('.check span');

  function show() {
    const open = entries().filter(isOpen);
    const count = ticked.size;
    bar.hidden = open.length === 0;
    all.checked = open.length > 0 && count === open.length;
    all.indeterminate = count > 0 && count < open.length;
    words.textContent = count > 0 ? `${count.toLocaleString('en')} selected` : 'Select all loaded';
    onChange(count);
  }

  function tick(id, wanted) {
    if (wanted) ticked.add(id);
    else ticked.delete(id);
    show();
  }

  function tickAll() {
    ticked.clear();
    if (all.checked) for (const entry of entries().filter(isOpen)) ticked.add(entry.id);
    for (const box of list.querySelectorAll('input.select:not(:disabled)')) box.checked = all.checked;
    show();
  }

  all.addEventListener('change', tickAll);
  return {
    show,
    entries: () => entries().filter((entry) => ticked.has(entry.id)),
    isEmpty: () => ticked.size === 0,
    clear: () => ticked.clear(),
    drop: (id) => ticked.delete(id),

    /** The box of a row; `label` says what it selects. */
    box(entry, label) {
      const open = isOpen(entry);
      const box = el('input', { type: 'checkbox', class: 'select', 'aria-label': label, disabled: !open, on: { change: (event) => tick(entry.id, event.target.checked) } });
      box.checked = open && ticked.has(entry.id);
      return el('span', { class: 'select-area' }, box);
    },

    /** Ticks or unticks the row that has the focus. Says whether there was one. */
    toggleFocused() {
      const box = focusedRowOf(list)?.querySelector('input.select:not(:disabled)');
      box?.click();
      return Boolean(box);
    },

    /** Ticks all, or none where all are ticked. Says whether there were any. */
    toggleAll() {
      if (bar.hidden) return false;
      all.click();
      return true;
    },
  };
}
