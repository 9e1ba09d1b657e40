// Sitting an exam. Every change of a field goes to the outbox, then to the server, and the question says "Saved" only
// when the server has said so. All questions are on the page, so that a lost connection takes nothing away.

import { drop, idOf, put, waiting } from "./outbox.js";
import { Pages } from "./pages.js";
import { Time } from "./timer.js";

const TYPED_MS = 700;
const RETRY_MS = [1000, 2000, 5000, 10000];
const STATE_MS = 15000;

class Sitting {
  constructor(form) {
    this.form = form;
    this.attempt = form.dataset.attempt;
    this.sections = new Map([...form.querySelectorAll("[data-exam-question]")].map((one) => [Number(one.dataset.examQuestion), one]));
    this.timers = new Map();
    this.took(form.dataset.stamp);
    this.time = new Time(form, () => this.over());
    this.pages = new Pages(form, this.sections);
    this.tries = 0;
    this.last = Math.max(...[...this.sections.values()].map((one) => Number(one.dataset.seq)), Number(form.dataset.base));
    form.addEventListener("input", (event) => this.changed(event, TYPED_MS));
    form.addEventListener("change", (event) => this.changed(event, 0));
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.offline(true));
    addEventListener("beforeunload", (event) => { if (this.open) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.keepTyped() : this.ask()));
    document.getElementById("exam-hand-in").addEventListener("click", (event) => this.handIn(event));
    setInterval(() => this.ask(), STATE_MS);
    this.restore();
  }

  took(stamp) {
    if (!stamp) return;
    this.stamp = stamp;
    this.stampedAt = performance.now();
  }

  // Milliseconds of the server's clock since the attempt began: two tabs never count the same, a reload goes on.
  seq() {
    const base = Number(this.form.dataset.base);
    this.last = Math.max(this.last + 1, base + Math.max(1, Math.floor(this.time.now() - Date.parse(this.form.dataset.began))));
    return this.last;
  }

  sectionOf(target) {
    return target.closest?.("[data-exam-question]");
  }

  changed(event, wait) {
    const section = this.sectionOf(event.target);
    if (!section || this.ended) return;
    const position = Number(section.dataset.examQuestion);
    clearTimeout(this.timers.get(position));
    this.show(section, "saving");
    if (wait) this.timers.set(position, setTimeout(() => this.keep(position), wait));
    else this.keep(position);
  }

  // What is being typed is not lost with the page: no answer waits for its pause when the page goes.
  keepTyped() {
    return Promise.all([...this.timers.keys()].map((position) => this.keep(position)));
  }

  fields(section) {
    const prefix = `q${section.dataset.examQuestion}-`;
    return [...new FormData(this.form)].filter(([name, value]) => name.startsWith(prefix) && typeof value === "string");
  }

  async keep(position) {
    clearTimeout(this.timers.get(position));
    this.timers.delete(position);
    const section = this.sections.get(position);
    this.open = true;
    const entry = {
      id: idOf(this.attempt, position), attempt: this.attempt, position, seq: this.seq(), fields: this.fields(section),
      stamp: this.stamp, held: Math.round(performance.now() - this.stampedAt),
    };
    await put(entry);
    this.pages.mark(position);
    this.flush();
  }

  // One at a time, the oldest first; what comes meanwhile is sent after it.
  flush() {
    this.running = (this.running ?? Promise.resolve()).then(() => this.drain());
    return this.running;
  }

  async drain() {
    let entries = await waiting(this.attempt);
    let fine = true;
    while (entries.length && fine && this.ended !== "elsewhere") {
      for (const entry of entries) if (fine) fine = await this.send(entry);
      if (fine) entries = await waiting(this.attempt);
    }
    this.open = entries.length > 0 && this.ended !== "elsewhere";
    this.offline(!fine && !this.ended);
    if (fine) this.tries = 0;
    else this.later();
  }

  later() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.flush(), RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] * (0.75 + Math.random() / 2));
    this.tries += 1;
  }

  body(entry) {
    const body = new URLSearchParams(entry.fields);
    for (const name of ["csrfmiddlewaretoken", "device"]) body.set(name, this.form.elements[name].value);
    for (const name of ["seq", "stamp", "held"]) body.set(name, String(entry[name]));
    return body;
  }

  // True when there is nothing more to be done about the entry.
  async send(entry) {
    const section = this.sections.get(entry.position);
    if (!section) { await drop(entry.id, entry.seq); return true; }
    let answer;
    try {
      answer = await fetch(section.dataset.url, { method: "POST", body: this.body(entry), headers: { Accept: "application/json" } });
    } catch {
      this.show(section, "waiting");
      return false;
    }
    if (answer.ok && !answer.redirected) return this.saved(section, entry, answer);
    if (answer.status === 409) { this.elsewhere(); return true; }
    if (answer.status === 422) {
      this.show(section, "refused");
      await drop(entry.id, entry.seq);
      return true;
    }
    this.show(section, "waiting");
    return false;
  }

  async saved(section, entry, answer) {
    this.took(answer.headers.get("Exam-Stamp"));
    const said = await answer.json();
    this.last = Math.max(this.last, said.seq);
    section.dataset.seq = said.seq;
    await drop(entry.id, entry.seq);
    this.time.until(said.ends_at);
    const newer = (await waiting(this.attempt)).some((one) => one.id === entry.id) || this.timers.has(entry.position);
    if (!newer) this.show(section, "saved", new Date(said.saved_at));
    return true;
  }

  show(section, state, at) {
    const line = section.querySelector(".exam-state");
    line.dataset.state = state;
    const time = at ? at.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }) : "";
    const text = line.dataset[state].replace("{time}", time);
    if (line.textContent !== text) line.textContent = text;
  }

  offline(away) {
    document.getElementById("exam-offline").hidden = !away;
  }

  // What this browser had given and the server had not taken when the page went.
  async restore() {
    const early = [...this.sections].filter(([, section]) => touched(section)).map(([position]) => position);
    for (const entry of await waiting(this.attempt)) {
      const section = this.sections.get(entry.position);
      if (!section || entry.seq <= Number(section.dataset.seq)) { await drop(entry.id, entry.seq); continue; }
      this.fill(section, entry.fields);
      this.show(section, "waiting");
      this.pages.mark(entry.position);
    }
    for (const position of early) await this.keep(position);
    this.flush();
  }

  fill(section, fields) {
    for (const field of section.querySelectorAll("input, select, textarea")) {
      const given = fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
      else if (given.length) field.value = given[0];
    }
  }

  async ask() {
    if (this.ended || document.hidden) return;
    try {
      const answer = await fetch(this.form.dataset.stateUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      this.took(answer.headers.get("Exam-Stamp"));
      const said = await answer.json();
      if (said.step !== "running") location.assign(this.form.dataset.doneUrl);
      else if (!said.here) this.elsewhere();
      else { this.time.set(said.now); this.time.until(said.ends_at); this.offline(false); if (this.open) this.flush(); }
    } catch {
      this.offline(true);
    }
  }

  elsewhere() {
    this.ended = "elsewhere";
    this.open = false;
    document.getElementById("exam-elsewhere").hidden = false;
    for (const field of this.form.querySelectorAll("fieldset, input, select, textarea, button")) field.disabled = true;
  }

  async over() {
    if (this.ended) return;
    this.ended = "over";
    await this.keepTyped();
    document.getElementById("exam-over").hidden = false;
    await this.flush();
    this.leave();
  }

  // With everything sent the attempt can be handed in at once; else the server does it when the grace is over.
  async leave() {
    if ((await waiting(this.attempt)).length) { setTimeout(() => this.flush().then(() => this.leave()), 3000); return; }
    this.open = false;
    const button = document.getElementById("exam-hand-in");
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.form.elements.csrfmiddlewaretoken.value });
    try {
      await fetch(button.href, { method: "POST", body });
      location.assign(this.form.dataset.doneUrl);
    } catch {
      setTimeout(() => this.leave(), 3000);
    }
  }

  // Only with everything saved: the page with what is open tells the truth then.
  async handIn(event) {
    event.preventDefault();
    const { href } = event.currentTarget;
    await this.keepTyped();
    await this.flush();
    if ((await waiting(this.attempt)).length === 0) { this.open = false; location.assign(href); }
  }
}

// Whether it was answered before this script was there to hear it.
function touched(section) {
  return [...section.querySelectorAll("input, select, textarea")].some((field) => {
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((one) => one.defaultSelected && !one.selected) || (field.selectedIndex > 0 && !field.options[field.selectedIndex].defaultSelected);
    return field.value !== field.defaultValue;
  });
}

const form = document.getElementById("exam");
if (form) new Sitting(form);
