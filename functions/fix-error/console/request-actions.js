// What a steward does with the request in error that is open: saves, checks, reprocesses, deletes and reopens it, and says what is worth saying. A refusal becomes the panel that
// explains it. What is open and how it is shown is in request.js; the calls are in api.js.

import { correctError, deleteError, reopenError, reprocessError, showError } from './api.js';
import { announce, byId, counted, fill } from './dom.js';
import { forgetDraft, keepDraft, patchOf, withoutSaved } from './draft.js';
import { duplicatePanel } from './duplicates.js';
import { faultHeading, focusAttribute, focusNextFault } from './form.js';
import { noteChange } from './list.js';
import { closedPanel, failurePanel, problemPanel, savedPanel, successPanel } from './outcome.js';
import { build, closed, conflict, onEdit, onward, openedRequest, showOutcome, take, update, updateFields } from './request.js';
import { nameNode } from './rows.js';
import { startTeamwork } from './teamwork.js';
import { timeElement } from './time.js';

const form = byId('message-form');

const PATIENCE_MS = 250;

/** Runs one action; a refusal becomes the panel that explains it. */
async function work(words, failed, action, wanted = 'open') {
  const mine = openedRequest();
  if (!mine?.record || mine.working || mine.record.state !== wanted) return;
  mine.working = true;
  form.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => { byId('unsaved').textContent = words; }, PATIENCE_MS);
  const done = () => {
    clearTimeout(slow);
    mine.working = false;
    form.removeAttribute('aria-busy');
  };
  try {
    // The steward may have gone elsewhere before the answer came; then only the list hears of it.
    const show = await action(mine);
    done();
    if (openedRequest() === mine) show();
  } catch (problem) {
    done();
    if (openedRequest() !== mine) return;
    updateFields();
    await refused(mine, problem, failed, () => work(words, failed, action, wanted));
  }
}

async function refused(mine, problem, failed, again) {
  try {
    if (problem.status === 412) {
      const now = await showError(mine.id);
      if (openedRequest() === mine) conflict(now);
      return;
    }
    if (problem.kind === 'already-open') {
      const now = await showError(mine.id);
      if (openedRequest() !== mine) return;
      take(now);
      build();
      announce('Somebody reopened it before.');
      return;
    }
    if (problem.kind === 'already-resolved' || problem.kind === 'already-deleted') {
      const now = await showError(mine.id);
      if (openedRequest() === mine) closed(now, problem.body.customerNumber);
      return;
    }
  } catch (second) {
    problem = second;
  }
  if (openedRequest() === mine) showOutcome(problemPanel(problem, { what: failed, again }), { focus: true });
}

/** Saves what was changed. */
export async function save() {
  const opened = openedRequest();
  if (opened?.record?.state !== 'open') return;
  if (opened.edits.size === 0) {
    announce('There is nothing to save.');
    return;
  }
  await work('Saving…', 'It could not be saved.', async (mine) => {
    const sent = new Map(mine.edits);
    const record = await correctError(mine.id, patchOf(sent), mine.record.version);
    // What was typed while the call was under way stays an edit.
    const edits = new Map([...mine.edits].filter(([attribute, value]) => sent.get(attribute) !== value));
    keepDraft(record, edits);
    return () => {
      mine.edits = edits;
      take(record);
      // The panel may be out of sight when the focus goes on to the next fault; the bar of buttons never is.
      mine.saved = `Saved. ${faultHeading(mine.faults.length)}.`;
      update();
      showOutcome(savedPanel(mine.faults));
      announce(mine.saved);
      if (!focusNextFault(mine.faults)) byId('reprocess').focus();
    };
  });
}

/** Runs the message again, with what was changed in the same call; or only says what would come of it. */
export async function reprocess({ dryRun = false } = {}) {
  const failed = dryRun ? 'It could not be checked.' : 'It could not be reprocessed.';
  await work(dryRun ? 'Checking…' : 'Reprocessing…', failed, async (mine) => {
    const sent = new Map(mine.edits);
    const { status, body: answer } = await reprocessError(mine.id, patchOf(sent), mine.record.version, dryRun);
    const success = status === 200 || status === 201;
    const record = dryRun ? mine.record : await afterwards(mine.record, success, answer);
    const edits = success && !dryRun ? new Map() : withoutSaved(record, mine.edits);
    keepDraft(record, edits);
    return () => {
      mine.edits = edits;
      if (!dryRun) take(record);
      const faults = answer.CustSoldTo?.Error ?? [];
      const result = String(answer.CustSoldTo?.cst_action_result ?? '').toLowerCase();
      const context = { dryRun, unsaved: edits.size };
      if (success) {
        showOutcome(successPanel(answer, status, { dryRun, extra: dryRun ? [] : onward() }), { focus: true });
        if (dryRun) evaluated(mine, []);
      } else if (result === 'duplicate') {
        // Duplicates are looked for before the edits run, so the faults are still those of what is saved.
        if (edits.size > 0) mine.faultTitle = `${faultHeading(mine.faults.length)} in what is saved`;
        const foresee = (number) => reprocessError(mine.id, { ...patchOf(mine.edits), cst_cust_nbr: number }, record.version, true);
        showOutcome(duplicatePanel(answer, { ...context, onChange: asChangeOf, onCreate: createAnyway, foresee }), { focus: true });
      } else {
        evaluated(mine, faults, dryRun);
        showOutcome(failurePanel(faults, { ...context, answer }), { focus: true });
      }
      update();
    };
  });
}

function evaluated(opened, faults, dryRun = true) {
  opened.faults = faults;
  opened.faultTitle = dryRun ? `${faultHeading(faults.length)}, checked with your changes` : null;
}

// What the request is after a run. When that cannot be read, what the run itself said is enough to go on with.
async function afterwards(record, success, answer) {
  try {
    return await showError(record.id);
  } catch {
    return success ? { ...record, state: 'resolved', codes: [], errors: [], customerNumber: answer.CustSoldTo?.cst_cust_nbr } : record;
  }
}

function asChangeOf(number) {
  onEdit('cst_cust_nbr', number);
  announce(`The customer number is set to ${number}. Reprocess to change that customer.`);
  if (focusAttribute('cst_cust_nbr')) byId('cst_cust_nbr').select?.();
}

function createAnyway() {
  onEdit('cst_duplicate', 'N');
  announce('The duplicate check is set to N. Reprocess to create another customer.');
  focusAttribute('cst_duplicate');
}

function askToDelete() {
  const opened = openedRequest();
  if (opened?.record?.state !== 'open' || opened.working) return;
  fill(byId('delete-text'), nameNode(opened.record), ', received ', timeElement(opened.record.receivedAt),
    '. No customer comes of it. For 90 days it can be reopened.',
    opened.edits.size > 0 ? ` Your ${counted(opened.edits.size, 'unsaved change')} will be lost.` : null);
  byId('delete-reason').value = '';
  byId('delete-dialog').showModal();
}

async function remove() {
  const reason = byId('delete-reason').value.trim();
  byId('delete-dialog').close();
  await work('Deleting…', 'It could not be deleted.', async (mine) => {
    await deleteError(mine.id, mine.record.version, reason);
    forgetDraft(mine.id);
    const record = await showError(mine.id).catch(() => ({ ...mine.record, state: 'deleted' }));
    noteChange(mine.id, { state: record.state });
    return () => {
      mine.edits = new Map();
      take(record);
      update();
      showOutcome(closedPanel('deleted', { mine: true, extra: onward() }), { focus: true });
    };
  });
}

async function reopen() {
  await work('Reopening…', 'It could not be reopened.', async (mine) => {
    const record = await reopenError(mine.id, mine.record.version);
    return () => {
      take(record);
      build();
      showOutcome(null);
      announce(`Reopened. ${faultHeading(mine.faults.length)}.`);
      byId('request-heading').focus();
    };
  }, 'deleted');
}

/** What is said of the request beside its message: who has it, or a note. Unsaved edits stay. */
function remark(words, failed, action) {
  return work(words, failed, async (mine) => {
    const record = await action(mine.id, mine.record.version);
    return () => {
      take(record);
      if (mine.edits.size > 0) keepDraft(record, mine.edits);
      update();
    };
  });
}

export function startRequest() {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  byId('reprocess').addEventListener('click', () => reprocess());
  byId('check').addEventListener('click', () => reprocess({ dryRun: true }));
  byId('delete').addEventListener('click', askToDelete);
  byId('delete-cancel').addEventListener('click', () => byId('delete-dialog').close());
  byId('delete-confirm').addEventListener('click', remove);
  byId('reopen').addEventListener('click', reopen);
  startTeamwork(remark);
}
