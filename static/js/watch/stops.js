// Stops the film at the questions of its lesson, and leads the focus there and back. Loaded where a lesson asks.

// A longer step between two looks at the clock is a jump, not playing: at double speed, in a page that sleeps.
const JUMP = 4;

const root = document.querySelector("[data-watch]");
const list = root.querySelector("[data-questions]");
const video = root.querySelector("video");
let last = video.currentTime;

const at = (line) => Number(line.dataset.stop);

function prepare(part) {
  for (const button of part.querySelectorAll("[data-go-on]")) button.hidden = false;
}

function show(line) {
  line.querySelector("details").open = true;
  line.querySelector("summary").focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

// The question stands beneath the film: whatever lies over the page gives way to it.
async function stop(line) {
  video.pause();
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    video.webkitExitFullscreen?.();
  } catch { /* the browser does so by itself, or not just now */ }
  show(line);
}

function reach(until) {
  const due = [...list.querySelectorAll("[data-stop]:not([data-answered])")].find((line) => at(line) >= last && at(line) < until);
  // A moment after it, so that whoever goes on without an answer is not stopped again.
  last = due ? at(due) + 0.001 : until;
  if (due) stop(due);
}

video.addEventListener("seeking", () => { last = video.currentTime; });
video.addEventListener("timeupdate", () => {
  const now = video.currentTime;
  if (video.seeking || video.paused) return;
  if (now - last > JUMP) last = now;
  else if (now > last) reach(now);
});
video.addEventListener("ended", () => reach(Infinity));

list.addEventListener("click", (event) => {
  if (!event.target.closest("[data-go-on]")) return;
  const toggle = root.querySelector("[data-do=toggle]");
  const after = video.ended ? document.querySelector("[data-next]") ?? toggle : toggle;
  after.focus();
  if (video.paused && !video.ended) toggle.click();
});

// An answer has not arrived, or was not taken: what was typed stays, and the page says so.
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  list.addEventListener(name, ({ target }) => { target.querySelector("[data-unsent]")?.removeAttribute("hidden"); });
}

// An answer has come back: its question stands in the list anew.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches?.("[data-stop]")) return;
  prepare(elt);
  show(elt);
  if ("lessonDone" in elt.dataset) root.dispatchEvent(new CustomEvent("lesson:done"));
});

prepare(list);
list.dataset.ready = "";
