// Beside a call: stills of the other side, and its recording with everybody's consent. The mark and the question stand
// over the call itself, so that nobody is recorded without seeing it. Nothing is kept in the browser.

import { Film, mediaType } from "./film.js";

const LOOK_MS = 2000;
const root = document.querySelector("[data-meeting]");
const record = root.querySelector("[data-record]");
const call = document.querySelector(".call");
const mark = record.querySelector("[data-mark]");
const question = record.querySelector("[data-question]");
const told = record.querySelector("[data-told]");
const words = record.dataset;
const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
const host = "host" in root.dataset;
const guest = "answer" in root.dataset;
let now = {};
let film = null;

call.prepend(mark, question);
question.classList.add("call-ask");

async function post(url, body) {
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "Idempotency-Key": crypto.randomUUID?.() ?? "" }, body: JSON.stringify(body) });
  const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) told.textContent = said.title ?? said.detail ?? words.failed;
  return answer.ok ? said : null;
}

const address = (act) => `/api/v1/recordings/${now.id}/${act}/`;

async function look() {
  const answer = await fetch(root.dataset.state, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const before = now;
  now = await answer.json();
  show(before);
  if (host) await hold(before);
}

function show(before) {
  const running = now.step === "running";
  mark.hidden = !running && now.step !== "paused";
  mark.toggleAttribute("data-on", running);
  mark.querySelector("[data-words]").textContent = running ? words.running : words.paused;
  question.hidden = !now.id || now.mine === true || (now.mine === false && now.step !== "running");
  const ask = record.querySelector("[data-ask]");
  if (ask) ask.hidden = Boolean(now.id);
  record.querySelector("[data-stop]").hidden = !now.id || (guest && now.mine !== true);
  if (now.id && now.step !== "running") told.textContent = now.waiting ? words.waiting.replace("{n}", String(now.waiting)) : now.guardian ? "" : words.guardian;
  if (before.id && !now.id && before.step === "asked") told.textContent = words.refused;
}

// The specialist's page records: it begins when all have agreed, and stands still while somebody has not.
async function hold(before) {
  if (!now.id) { await end(); return; }
  if (now.step !== "running" && now.waiting === 0 && now.guardian) {
    const type = mediaType();
    if (!type) { told.textContent = words.unsupported; return; }
    const begun = await post(address("start"), { media_type: type });
    if (begun) now.step = begun.step;
  }
  if (now.step === "running") {
    film ??= new Film({ address: address("bytes"), token: token(), type: mediaType(), told: (bytes) => { told.textContent = words.sending.replace("{mb}", (bytes / 1e6).toFixed(1)); } });
    if (before.step !== "running" || !film.recorder) film.run();
  } else film?.pause();
}

async function end() {
  const last = film;
  film = null;
  await last?.stop();
}

record.addEventListener("click", async (event) => {
  if (event.target.closest("[data-ask]")) {
    await post(root.dataset.recordings, {});
    await look();
  }
  if (event.target.closest("[data-stop]")) {
    const stop = guest ? [root.dataset.answer, { agrees: false }] : [address("stop"), {}];
    await end();
    if (now.id) await post(...stop);
    await look();
  }
});

question.addEventListener("click", async (event) => {
  const said = event.target.closest("[data-say]")?.dataset.say;
  if (!said) return;
  const beside = question.querySelector("[data-beside]");
  const answer = { agrees: said === "yes", ...(beside?.checked ? { guardian_agrees: true } : {}) };
  await post(root.dataset.answer || address("answer"), answer);
  await look();
});

// -- stills -----------------------------------------------------------------------------------------------------------

const still = root.querySelector("[data-still-form]");
still?.addEventListener("change", () => { still.querySelector("[data-take]").disabled = !still.elements.agreed.checked; });
still?.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.stopPropagation();
  const said = still.querySelector("[data-said]");
  const picture = await seen();
  if (!picture) { said.textContent = still.dataset.none; return; }
  const body = new FormData(still);
  body.append("still", picture, "still.jpg");
  const answer = await fetch(root.dataset.still, { method: "POST", body }).catch(() => null);
  said.textContent = answer?.ok ? still.dataset.kept : still.dataset.failed;
  still.elements.agreed.checked = false;
  still.querySelector("[data-take]").disabled = true;
});

// The largest picture that comes from somebody else.
async function seen() {
  const videos = [...document.querySelectorAll("[data-tile]:not([data-me]) video")].filter((one) => one.videoWidth && !one.hidden);
  const video = videos.sort((a, b) => b.videoWidth - a.videoWidth)[0];
  if (!video) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });
}

addEventListener("beforeunload", (event) => { if (film?.waiting.length) event.preventDefault(); });
document.addEventListener("call:over", () => { end(); });
document.addEventListener("call:people", () => { look(); });
setInterval(look, LOOK_MS);
look();
