// Pieces of the room's page, cloned from its templates.

export const say = (words, n) => words.replace("{n}", n);

// The part with its texts filled in: {by: "…"} goes where data-by stands.
export function part(name, texts = {}) {
  const made = document.querySelector(`template[data-part="${name}"]`).content.firstElementChild.cloneNode(true);
  for (const [key, text] of Object.entries(texts)) made.querySelector(`[data-${key}]`).textContent = text ?? "";
  return made;
}

// A small button among the acts of a row.
export function act(row, words, then, main = false) {
  const button = part("act");
  button.textContent = words;
  button.onclick = then;
  if (main) button.classList.replace("quiet", "main");
  row.querySelector("[data-acts]").append(button);
}

// Rows anew; whoever had the focus of a row's button keeps it.
export function list(root, rows) {
  const here = root.contains(document.activeElement) ? document.activeElement : null;
  const row = here?.closest("[data-id]");
  const at = row ? [...row.querySelectorAll("button")].indexOf(here) : -1;
  root.replaceChildren(...rows);
  if (row) root.querySelector(`[data-id="${row.dataset.id}"]`)?.querySelectorAll("button")[at]?.focus();
}
