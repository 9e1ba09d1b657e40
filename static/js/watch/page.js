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
    this.film = new Film(this.video, root.dataset.hls, () => this.qualities());
    this.controls = new Controls(root, this.video, { play: () => this.play(), jump: () => this.teller?.cut() });
    this.words = new Words(root, this.video, (at) => this.seek(at));
    if (root.dataset.open) {
      this.teller = new Teller(this.video, {
        url: root.dataset.open, csrf: root.dataset.csrf, told: (said) => this.told(said), away: (away) => { this.part("away").hidden = !away; },
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
    this.wander();
    this.load(root.dataset.film, this.start);
  }

  part(name) { return this.root.querySelector(`[data-${name}]`); }

  async load(source, at) {
    const plays = await this.film.load(source, at);
    this.part("none").hidden = plays;
    this.root.dataset.ready = plays ? "yes" : "no";
  }

  async play() {
    this.part("here").hidden = true;
    await this.teller?.open();
    try { await this.video.play(); } catch { /* the browser waits for a touch */ }
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
    const { currentTime, paused } = this.video;
    this.teller?.cut();
    this.sound = wants;
    await this.load(wants ? this.root.dataset.sound : this.root.dataset.film, currentTime);
    this.quality.value = wants ? "sound" : "-1";
    if (!paused) this.play();
  }

  told(said) {
    if ("share" in said) {
      const bar = this.part("share");
      bar.value = said.share;
      this.part("share-words").textContent = bar.dataset.words.replace("{share}", said.share);
    }
    if (said.closed) {
      this.video.pause();
      this.part("here").hidden = false;
    }
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
