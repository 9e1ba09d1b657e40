// Clocks tick on the server's time, whatever the phone believes. Words come translated from the page.

const words = document.querySelector('meta[name="clock-words"]')?.dataset;
const loadedAt = performance.now();
const serverAtLoad = Date.parse(document.documentElement.dataset.serverNow) || Date.now();
const serverNow = () => serverAtLoad + (performance.now() - loadedAt);

const fill = (template, n) => template.replace("{n}", n);

function span(seconds) {
  if (seconds < 60) return fill(words.s, seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return fill(words.min, minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${fill(words.h, hours)} ${fill(words.min, minutes % 60)}` : fill(words.h, hours);
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${fill(words.d, days)} ${fill(words.h, hours % 24)}` : fill(words.d, days);
}

function tick(clock, now) {
  if (clock.dataset.state === "paused") return;
  const due = Date.parse(clock.dataset.dueAt);
  const started = Date.parse(clock.dataset.startedAt);
  const used = Math.min(Math.max((now - started) / Math.max(due - started, 1), 0), 1);
  const late = now >= due;
  clock.dataset.state = late ? "late" : used >= 2 / 3 ? "soon" : "ok";
  const text = (late ? words.late : words.left).replace("{t}", span(Math.floor(Math.abs(due - now) / 1000)));
  const left = clock.querySelector("[data-clock-left]");
  if (left.textContent !== text) left.textContent = text;
  if (late) clock.querySelector("[data-clock-of]").textContent = "";
  clock.querySelector(".used").setAttribute("width", Math.round(used * 100));
}

function all() {
  const now = serverNow();
  for (const clock of document.querySelectorAll(".clock[data-due-at]")) tick(clock, now);
}

if (words) {
  all();
  setInterval(() => { if (!document.hidden) all(); }, 1000);
  document.addEventListener("visibilitychange", all);
}
