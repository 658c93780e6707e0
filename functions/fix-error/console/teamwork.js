// What stewards tell each other of the open request: who has it, and notes. Shows it and takes it from the forms; what is done
// with the request meanwhile is in request.js.

import { assignError, noteError } from './api.js';
import { announce, byId, fill, outside } from './dom.js';

// The name that was last written here is most likely this steward's own.
const LAST_NAME = 'last-assignee';

const assignee = byId('assignee');
const note = byId('note-text');

// What is written and not yet said, per request.
const written = new Map();
let shown = null;

/** Makes the forms say what is so of this request. */
export function showTeamwork(record) {
  const open = record.state === 'open';
  if (shown !== record.id) {
    shown = record.id;
    note.value = written.get(shown) ?? '';
    assignee.value = byId('signed-in-as').textContent || sessionStorage.getItem(LAST_NAME) || '';
  }
  byId('teamwork').hidden = !open && !record.assignedTo;
  byId('assigned-to').dataset.name = record.assignedTo ?? '';
  fill(byId('assigned-to'), record.assignedTo ? [outside(record.assignedTo, {}, 'strong'), open ? ' has it.' : ' had it.'] : 'Nobody has it.');
  for (const node of [byId('assign-form').querySelector('.one-line'), byId('note-form')]) node.hidden = !open;
  byId('release').hidden = !record.assignedTo;
}

/** `remark(words, failed, action)` carries out an action on the request that is open. */
export function startTeamwork(remark) {
  byId('assign-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const to = assignee.value.trim();
    if (to === '') {
      announce('Whose is it? Write a name.');
      assignee.focus();
      return;
    }
    sessionStorage.setItem(LAST_NAME, to);
    remark('Assigning…', 'It could not be assigned.', (id, version) => assignError(id, to, version));
  });
  byId('release').addEventListener('click', () => {
    remark('Releasing…', 'It could not be released.', (id, version) => assignError(id, null, version));
  });
  note.addEventListener('input', () => written.set(shown, note.value));
  byId('note-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = note.value.trim();
    if (text === '') {
      announce('There is nothing to note yet.');
      note.focus();
      return;
    }
    remark('Writing…', 'The note could not be written.', async (id, version) => {
      const record = await noteError(id, text, version);
      written.delete(id);
      if (shown === id) note.value = '';
      return record;
    });
  });
}
