// Beside a recording: what happened in the room is there when the film comes to its moment, and gone again before it.

// A longer step between two looks at the clock is a jump, not playing.
const JUMP = 4;

const watch = document.querySelector("[data-watch]");
const root = watch.querySelector("[data-replay]");
const video = watch.querySelector("video");
const all = root.querySelector("[data-replay-all]");
const said = root.querySelector("[data-replay-said]");
const start = Number(watch.dataset.position) / 1000;
let last = start;

// Before the film has begun it stands where its viewer stopped.
const now = () => (video.readyState > 0 ? video.currentTime : start);

function show() {
  const at = Math.round(now() * 1000);
  const whole = all.querySelector("input").checked;
  const moments = [...root.querySelectorAll("[data-from]")];
  const before = said ? said.querySelectorAll("li:not([hidden])").length : 0;
  for (const moment of moments) moment.hidden = !whole && Number(moment.dataset.from) > at;
  root.querySelector("[data-replay-nothing]").hidden = moments.some((moment) => !moment.hidden) || !moments.length;
  if (said && !whole && said.querySelectorAll("li:not([hidden])").length > before) said.scrollTop = said.scrollHeight;
}

async function stop(poll) {
  video.pause();
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    video.webkitExitFullscreen?.();
  } catch { /* the browser does so by itself, or not just now */ }
  show();
  poll.focus({ preventScroll: true });
  poll.scrollIntoView({ block: "nearest" });
}

function reach(until) {
  const due = [...root.querySelectorAll("[data-asks]")].find((poll) => {
    const at = Number(poll.dataset.from) / 1000;
    return at >= last && at < until;
  });
  // A moment after it, so that whoever goes on without a vote is not stopped again.
  last = due ? Number(due.dataset.from) / 1000 + 0.001 : until;
  if (due) stop(due);
}

video.addEventListener("timeupdate", () => {
  show();
  const at = video.currentTime;
  if (video.seeking || video.paused) return;
  if (at - last > JUMP) last = at;
  else if (at > last) reach(at);
});
for (const name of ["seeking", "seeked", "loadedmetadata"]) video.addEventListener(name, () => { last = now(); show(); });
video.addEventListener("ended", () => reach(Infinity));
all.addEventListener("change", show);

function prepare(part) {
  for (const button of part.querySelectorAll("[data-go-on]")) button.hidden = false;
}

root.addEventListener("click", (event) => {
  if (!event.target.closest("[data-go-on]")) return;
  const toggle = watch.querySelector("[data-do=toggle]");
  toggle.focus();
  if (video.paused && !video.ended) toggle.click();
});

for (const name of ["htmx:sendError", "htmx:responseError"]) {
  root.addEventListener(name, ({ target }) => { target.querySelector("[data-unsent]")?.removeAttribute("hidden"); });
}

// A vote has come back: the poll stands there anew, with what the room said.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches?.("[data-replay-polls] > li")) return;
  prepare(elt);
  show();
  elt.focus({ preventScroll: true });
});

prepare(root);
all.hidden = false;
show();
root.dataset.ready = "yes";
