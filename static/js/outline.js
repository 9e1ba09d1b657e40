// <ol data-outline data-url data-version>: chapters and lessons in order, by pointer and by the buttons "up" and "down". Each
// move is saved at once; without this script the buttons post, and the page comes back in the new order.

const outline = document.querySelector("[data-outline]");
const said = document.querySelector("[data-outline-said]");

const rows = (list) => [...list.children].filter((row) => row.dataset.row);
const inOrder = () => rows(outline).map((chapter) => [chapter.dataset.row, rows(chapter.querySelector("[data-lessons]")).map((row) => row.dataset.row)]);

async function save(row) {
  const place = rows(row.parentElement);
  const words = outline.dataset.moved.replace("{title}", row.dataset.title).replace("{place}", place.indexOf(row) + 1).replace("{of}", place.length);
  const token = JSON.parse(document.body.getAttribute("hx-headers"));
  const body = JSON.stringify({ order: inOrder(), version: Number(outline.dataset.version) });
  try {
    const answer = await fetch(outline.dataset.url, { method: "POST", body, headers: { ...token, "Content-Type": "application/json", Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) outline.dataset.version = told.version;
    said.textContent = answer.ok ? words : told.detail;
  } catch {
    said.textContent = outline.dataset.failed;
  }
  said.classList.toggle("hush", said.textContent === words);
}

// A lesson at the edge of its chapter goes over into the next one; a chapter moves among chapters.
function step(row, up) {
  const beside = up ? row.previousElementSibling : row.nextElementSibling;
  if (beside) {
    if (up) beside.before(row);
    else beside.after(row);
    return true;
  }
  const chapter = row.parentElement.closest("[data-row]");
  const other = chapter && (up ? chapter.previousElementSibling : chapter.nextElementSibling);
  if (!other) return false;
  const list = other.querySelector("[data-lessons]");
  if (up) list.append(row);
  else list.prepend(row);
  return true;
}

function moved(event) {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-row]");
  if (step(row, button.dataset.move === "up")) save(row);
  button.focus();
}

let dragged = null;

function over(event) {
  const row = event.target.closest("[draggable]");
  const list = event.target.closest("[data-row]")?.querySelector(":scope > [data-lessons]");
  if (!dragged || (!row && !list)) return;
  event.preventDefault();
  if (row && row !== dragged) {
    const box = row.getBoundingClientRect();
    if (event.clientY > box.top + box.height / 2) row.after(dragged);
    else row.before(dragged);
  } else if (list && !list.children.length) list.append(dragged);
}

outline?.addEventListener("click", moved);
outline?.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("[draggable]");
  dragged?.classList.add("dragged");
});
outline?.addEventListener("dragover", over);
outline?.addEventListener("drop", (event) => event.preventDefault());
outline?.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  if (dragged) save(dragged);
  dragged = null;
});
