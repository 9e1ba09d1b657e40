// Tells the server what was played: numbered, marked, kept in the browser while there is no connection. The store holds
// times and addresses, no names.

import { mark } from "./mark.js";

const EVERY_MS = 10000;
const STORE = "watch-outbox";
const MOST = 500;

const kept = () => { try { return JSON.parse(localStorage.getItem(STORE) || "[]"); } catch { return []; } };
const keep = (beats) => { try { localStorage.setItem(STORE, JSON.stringify(beats.slice(-MOST))); } catch { /* private mode: the page's memory has to do */ } };

export class Teller {
  // `told` hears what the server says, `away` whether the connection is lost.
  constructor(video, { url, csrf, told, away }) {
    Object.assign(this, { video, url, csrf, told, away });
    this.played = [];
    this.from = null;
    this.last = 0;
    this.outbox = kept();
    for (const name of ["playing", "seeked"]) video.addEventListener(name, () => this.begin());
    for (const name of ["pause", "ended"]) video.addEventListener(name, () => this.beat());
    video.addEventListener("seeking", () => this.cut(this.last));
    video.addEventListener("timeupdate", () => this.follow());
    video.addEventListener("ratechange", () => this.faster());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.beat(); });
    addEventListener("pagehide", () => this.beat());
    addEventListener("online", () => this.flush());
    setInterval(() => (video.paused ? this.flush() : this.beat()), EVERY_MS);
    this.flush();
  }

  // A session for this page; another device that plays is told. False without a connection.
  async open() {
    if (this.session) return true;
    try {
      const answer = await this.post(this.url, {});
      if (!answer.ok || answer.redirected) return false;
      this.session = await answer.json();
    } catch {
      return false;
    }
    this.seq = 0;
    this.speed = this.video.playbackRate;
    this.told(this.session);
    return true;
  }

  begin() {
    if (this.video.paused || this.video.seeking || this.from !== null) return;
    this.from = this.last = this.video.currentTime;
  }

  follow() { if (!this.video.seeking && !this.video.paused) this.last = this.video.currentTime; }

  // Ends what is being played; called before each jump.
  cut(at = this.video.currentTime) {
    if (this.from !== null && at > this.from) this.played.push([this.from, at]);
    this.from = null;
    this.last = this.video.currentTime;
  }

  faster() {
    this.beat();
    this.speed = this.video.playbackRate;
  }

  // What was played since the last beat goes out.
  beat() {
    this.cut(this.video.seeking ? this.last : this.video.currentTime);
    this.begin();
    if (!this.session) { this.played = []; return; }
    const ms = (seconds) => Math.round(seconds * 1000);
    const spans = this.played.map(([begin, end]) => [ms(begin), ms(end)]).filter(([begin, end]) => begin < end).slice(0, 200);
    this.played = [];
    this.say(spans);
    this.flush();
  }

  say(spans) {
    this.seq += 1;
    const text = `${this.seq}|${Math.round(this.video.currentTime * 1000)}|${Math.round((this.speed || 1) * 100)}|${spans.map((span) => span.join("-")).join(",")}`;
    this.outbox.push({ url: this.session.beat_url, text, mark: mark(this.session.nonce, text) });
    keep(this.outbox);
  }

  post(url, fields) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.csrf, ...fields });
    return fetch(url, { method: "POST", body, keepalive: true, headers: { Accept: "application/json" } });
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    let away = false;
    while (this.outbox.length && !away) away = !(await this.send(this.outbox[0]));
    this.busy = false;
    this.away(away);
  }

  // True when there is nothing more to be done about the beat.
  async send(one) {
    let answer;
    try {
      answer = await this.post(one.url, { text: one.text, mark: one.mark });
    } catch {
      return false;
    }
    if (answer.redirected || answer.status === 401 || answer.status === 429 || answer.status >= 500) return false;
    this.outbox = this.outbox.filter((other) => other !== one);
    keep(this.outbox);
    if (answer.ok && one.url === this.session?.beat_url) this.heard(await answer.json());
    return true;
  }

  heard(said) {
    if (said.again.length && !said.closed && this.againAt !== said.again[0][0]) {
      this.againAt = said.again[0][0];
      this.say(said.again);
    }
    if (said.closed) this.session = null;
    this.told(said);
  }
}
