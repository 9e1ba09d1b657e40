// The page of a video lesson.

import { Controls } from "./controls.js";
import { Film } from "./film.js";
import { Teller } from "./teller.js";
import { Words } from "./words.js";

const MOVES_MS = 20000;

class Page {
  constructor(root) {
    this.root = root;
    this.video = root.querySelector("video");
    this.start = Number(root.dataset.position) / 1000;
    this.film = new Film(this.video, root.dataset.hls, { changed: () => this.qualities(), stopped: (gone) => this.stopped(gone) });
    this.controls = new Controls(root, this.video, { play: () => this.play(), jump: () => this.teller?.cut() });
    this.words = new Words(root, this.video, (at) => this.seek(at));
    if (root.dataset.session) {
      this.teller = new Teller(this.video, {
        url: root.dataset.session, csrf: root.dataset.csrf, owner: root.dataset.owner, place: () => this.film.place,
        told: (said) => this.told(said), lost: () => { this.part("uncounted").hidden = false; },
        away: (away) => { this.part("away").hidden = !away; },
      });
    }
    document.addEventListener("click", (event) => {
      const at = event.target.closest("[data-at]");
      if (at) this.seek(Number(at.dataset.at));
    });
    document.addEventListener("submit", (event) => {
      const field = event.target.closest("[data-note]")?.elements.at;
      if (field) field.value = Math.round(this.video.currentTime * 1000);
    }, true);
    document.addEventListener("input", (event) => { if (event.target.matches("[data-notes-search]")) this.search(event.target.value); });
    this.part("here").querySelector("button").addEventListener("click", () => this.play());
    this.quality = root.querySelector("[data-quality]");
    this.quality.addEventListener("change", () => this.choose());
    this.part("again").addEventListener("click", () => this.again());
    root.addEventListener("lesson:done", () => this.done());
    document.body.addEventListener("session:locked", () => this.video.pause());
    this.wander();
    this.load(root.dataset.film, this.start);
  }

  part(name) { return this.root.querySelector(`[data-${name}]`); }

  async load(source, at, plays = false) {
    const can = await this.film.load(source, at, plays);
    this.part("none").hidden = can;
    this.root.dataset.ready = can ? "yes" : "no";
  }

  stopped(gone) {
    this.part("stopped").hidden = gone;
    this.part("gone").hidden = !gone;
  }

  again() {
    this.part("stopped").hidden = true;
    this.film.tries = 0;
    this.load(this.film.source, this.film.place, true);
  }

  async play() {
    this.part("here").hidden = true;
    // First of all: a browser lets a touch start what it starts at once.
    const playing = this.video.play();
    this.teller?.open();
    try { await playing; } catch { /* the browser waits for a touch */ }
  }

  seek(at) {
    this.controls.seek(at);
    this.video.scrollIntoView({ block: "nearest" });
  }

  qualities() {
    const own = [...this.quality.options].filter((each) => !each.dataset.level);
    const levels = this.film.levels.map(({ index, height }) => {
      const option = new Option(`${height}p`, String(index));
      option.dataset.level = "yes";
      return option;
    });
    this.quality.replaceChildren(own[0], ...levels, ...own.slice(1));
    this.quality.value = this.sound ? "sound" : "-1";
  }

  // Sound alone has a playlist of its own: for weak lines and for listening on the way.
  async choose() {
    const wants = this.quality.value === "sound";
    if (wants === Boolean(this.sound)) { this.film.choose(Number(this.quality.value)); return; }
    const { paused } = this.video;
    const at = this.film.place;
    this.teller?.cut();
    this.sound = wants;
    await this.load(wants ? this.root.dataset.sound : this.root.dataset.film, at, !paused);
    this.quality.value = wants ? "sound" : "-1";
  }

  told(said) {
    if ("share" in said) {
      const bar = this.part("share");
      bar.value = said.share;
      this.part("share-words").textContent = bar.dataset.words.replace("{share}", said.share);
    }
    if (said.done) this.done();
    if (said.closed) {
      this.video.pause();
      this.part("here").hidden = false;
    }
  }

  // Said at once, without the page loaded again; what comes next is the main act.
  done() {
    document.querySelector("[data-done]").hidden = false;
    document.querySelector("[data-next]")?.classList.add("main");
  }

  search(text) {
    const wanted = text.trim().toLocaleLowerCase();
    for (const note of document.querySelectorAll("#watch-notes li")) note.hidden = !note.textContent.toLocaleLowerCase().includes(wanted);
  }

  // The viewer's name over a patient's film stands nowhere for long.
  wander() {
    const name = this.root.querySelector("[data-watermark]");
    if (name) setInterval(() => { name.dataset.watermark = String((Number(name.dataset.watermark) + 1) % 5); }, MOVES_MS);
  }
}

document.querySelectorAll("[data-watch]").forEach((root) => new Page(root));
