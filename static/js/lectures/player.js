// The stage of a lecture's room: parts over a WebSocket, else low-latency HLS, else plain HLS, or the sound alone; by
// itself, or as the viewer chose. While nothing is sent yet it asks now and then.

import { Film } from "../watch/film.js";
import { Stream, canStream } from "./stream.js";

const ASK_MS = 3000;
const LADDER = ["parts", "low", "plain"];

class Stage {
  constructor(root) {
    Object.assign(this, { root, chosen: "", way: "", rung: 0 });
    this.video = root.querySelector("video");
    this.told = root.querySelector("[data-told]");
    root.querySelector("[data-ways]").addEventListener("change", ({ target }) => this.choose(target.value));
    root.querySelector("[data-back]").addEventListener("click", () => this.back());
    root.querySelector("[data-live]").addEventListener("click", () => this.choose(this.chosen));
    this.look();
  }

  async ask() {
    const answer = await fetch(this.root.dataset.address, { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  async look() {
    const found = await this.ask();
    if (found?.sent) this.begin(found);
    else {
      this.say("waiting");
      setTimeout(() => this.look(), ASK_MS + Math.random() * 1000);
    }
  }

  begin(found) {
    this.found = found;
    this.root.dataset.ready = "on";
    if (found.step === "live") this.play();
    else this.back();
  }

  choose(way) {
    this.chosen = way;
    this.rung = 0;
    this.play();
  }

  play() {
    this.drop();
    const way = this.chosen || LADDER.slice(this.rung).find((each) => each !== "parts" || canStream());
    this.say(way);
    if (way === "parts") this.stream();
    else this.film(way === "sound" ? this.found.sound : this.found.live, -1, { lowLatencyMode: way !== "plain" });
  }

  stream() {
    this.now = new Stream(this.video, {
      address: this.found.parts,
      ticket: async () => (await this.ask())?.ticket,
      lost: () => this.down(),
      over: () => this.over(),
    });
  }

  film(source, at, more = {}) {
    const film = new Film(this.video, this.root.dataset.hls, { stopped: () => this.down(), more: { maxLiveSyncPlaybackRate: 1.2, ...more } });
    this.now = film;
    film.load(source, at, true).then((plays) => { if (!plays) this.say("none"); });
  }

  // To what a worse line carries; at the end of the ladder, once more from its top after a while.
  down() {
    this.chosen = "";
    this.rung = this.rung + 1 < LADDER.length ? this.rung + 1 : 0;
    setTimeout(() => this.look(), this.rung ? 0 : ASK_MS);
  }

  // From the start, while it runs and afterwards.
  back() {
    this.drop();
    this.say("whole");
    this.film(this.found.whole, 0);
  }

  over() { this.say("over"); }

  say(way) {
    this.way = way;
    this.root.dataset.way = way;
    this.told.textContent = this.root.dataset[`say${way[0].toUpperCase()}${way.slice(1)}`] ?? "";
  }

  drop() {
    if (this.now instanceof Stream) this.now.stop();
    else this.now?.drop();
    this.now = null;
  }
}

for (const root of document.querySelectorAll("[data-stage]")) new Stage(root);
