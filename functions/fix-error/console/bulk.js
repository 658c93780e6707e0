// Doing one thing with many: chunk by chunk, and how far it is. It goes on after a refused one, waits when the system is busy, and can be stopped and
// continued. No DOM and no call: what is sent is the job's, and what it says goes to the `on...` functions; bulk-dialog.js shows it.

// Small enough that "stop" is soon heeded; where calls are quick they get larger, up to what one call takes.
const CHUNK = 25;
const LARGEST_CHUNK = 100;
const QUICK_MS = 1_500;
const TRIES = 4;
const SHORT_WAIT_S = 1;

/**
 * Runs through the entries. `send(chunk)` carries it out and resolves to the results, each with the `id` of its entry. Returns those without a result:
 * none when it came to its end, the rest when it was stopped (`signal`) or met what no waiting mends, which is thrown with the rest as `rest`.
 */
export async function runBulk(entries, { send, signal, onResult, onWait }) {
  let queue = [...entries];
  let size = CHUNK;
  while (queue.length > 0 && !signal.aborted) {
    const chunk = queue.slice(0, size);
    const began = performance.now();
    let results;
    try {
      results = await sendPatiently(() => send(chunk), signal, onWait);
    } catch (problem) {
      problem.rest = queue;
      throw problem;
    }
    if (results === null) break;
    size = performance.now() - began < QUICK_MS ? Math.min(size * 2, LARGEST_CHUNK) : CHUNK;
    const byEntry = new Map(results.map((result) => [result.id, result]));
    const answered = chunk.filter((entry) => byEntry.has(entry.id));
    for (const entry of answered) onResult(entry, byEntry.get(entry.id));
    if (answered.length === 0) {
      // An answer that names none of them would be asked for again without end.
      for (const entry of chunk) onResult(entry, { id: entry.id, outcome: 'unanswered', codes: [] });
      queue = queue.slice(chunk.length);
    } else {
      // The server may stop early in a chunk; what it left out comes next.
      queue = [...chunk.filter((entry) => !byEntry.has(entry.id)), ...queue.slice(chunk.length)];
    }
  }
  return queue;
}

async function sendPatiently(send, signal, onWait) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (problem) {
      const passing = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      if (!passing || tries >= TRIES) throw problem;
      const seconds = problem.retryAfter ?? SHORT_WAIT_S * 2 ** (tries - 1);
      onWait(problem, seconds);
      if (!(await waited(seconds, signal))) return null;
    }
  }
}

/** Waits; resolves to false when it was stopped meanwhile. */
function waited(seconds, signal) {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve(true);
    }, seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
  });
}
