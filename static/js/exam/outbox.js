// Answers that the server has not taken yet, kept in the browser until it has: they outlive a crash and a lost
// connection. Ids, numbers and the answer itself, no names; what was saved is forgotten here at once.
// Where a browser has no IndexedDB (private windows of old phones) the page's own memory has to do.

const OPEN = new Promise((resolve) => {
  try {
    const asked = indexedDB.open("exam", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("answers", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  } catch {
    resolve(null);
  }
});
const memory = new Map();

async function store(mode) {
  const database = await OPEN;
  return database?.transaction("answers", mode).objectStore("answers");
}

const settled = (request, fallback) => new Promise((resolve) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => resolve(fallback);
});

export const idOf = (attempt, position) => `${attempt}:${position}`;

// {id, attempt, position, seq, fields, stamp, held}
export async function put(entry) {
  memory.set(entry.id, entry);
  const answers = await store("readwrite");
  if (answers) await settled(answers.put(entry));
}

// Forgets the entry, unless a newer answer to the same question has taken its place.
export async function drop(id, seq) {
  if ((memory.get(id)?.seq ?? seq) > seq) return;
  memory.delete(id);
  const answers = await store("readwrite");
  if (!answers) return;
  const kept = await settled(answers.get(id));
  if (kept && kept.seq <= seq) await settled(answers.delete(id));
}

export async function waiting(attempt) {
  const answers = await store("readonly");
  const kept = answers ? await settled(answers.getAll(), []) : [];
  const all = new Map(kept.map((entry) => [entry.id, entry]));
  for (const [id, entry] of memory) if ((all.get(id)?.seq ?? 0) < entry.seq) all.set(id, entry);
  return [...all.values()].filter((entry) => entry.attempt === attempt).sort((a, b) => a.seq - b.seq);
}
