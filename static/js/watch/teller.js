// Tells the server what was played: numbered, marked, kept in the browser while there is no connection. The store holds
// times and addresses, no names; it belongs to one sign-in, and what another one left is of no use to anybody.

import { mark } from "./mark.js";

const EVERY_MS = 10000;
const STORE = "watch-outbox";
const MOST = 500;
const SPANS = 200;
// Signed out, locked, too many at once: later it goes through.
const LATER = [401, 423, 429];
const GONE = [403, 404];

const ms = (seconds) => Math.round(seconds * 1000);

class Outbox {
  constructor(owner) {
    this.name = `${STORE}-${owner}`;
    try {
      for (const name of Object.keys(localStorage)) if (name.startsWith(STORE) && name !== this.name) localStorage.removeItem(name);
      this.beats = JSON.parse(localStorage.getItem(this.name) || "[]");
    } catch { this.beats = []; }
  }

  keep(beats) {
    this.beats = beats;
    try { localStorage.setItem(this.name, JSON.stringify(beats.slice(-MOST))); } catch { /* private mode: the page's memory has to do */ }
  }
}

export class Teller {
  // `told` hears what the server says, `away` whether the connection is lost, `lost` that only the page loaded again
  // helps; `place` says where the viewer is, in seconds.
  constructor(video, { url, csrf, owner, place, told, away, lost }) {
    Object.assign(this, { video, url, csrf, place, told, away, lost });
    this.played = [];
    this.from = null;
    this.last = 0;
    this.outbox = new Outbox(owner);
    for (const name of ["playing", "seeked"]) video.addEventListener(name, () => this.begin());
    for (const name of ["pause", "ended"]) video.addEventListener(name, () => this.beat());
    for (const name of ["seeking", "emptied"]) video.addEventListener(name, () => this.cut(this.last));
    video.addEventListener("timeupdate", () => this.follow());
    video.addEventListener("ratechange", () => this.faster());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.beat(); });
    addEventListener("pagehide", () => this.beat());
    addEventListener("online", () => this.flush());
    document.body.addEventListener("session:unlocked", () => this.flush());
    setInterval(() => (video.paused && !this.played.length ? this.flush() : this.beat()), EVERY_MS);
    this.flush();
  }

  // A session for this page; another device that plays is told. False without a connection.
  open() {
    this.closed = false;
    return this.opening ??= this.ask().finally(() => { this.opening = null; });
  }

  async ask() {
    if (this.session) return true;
    try {
      const answer = await this.post(this.url, {});
      if (GONE.includes(answer.status)) this.end();
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      this.session = await answer.json();
    } catch {
      this.unopened = true;
      this.away(!this.ended);
      return false;
    }
    this.unopened = false;
    this.seq = 0;
    this.speed = this.video.playbackRate;
    this.told(this.session);
    this.away(false);
    return true;
  }

  // Nothing more can be counted here.
  end() {
    this.session = null;
    this.ended = true;
    this.played = [];
    this.lost();
  }

  begin() {
    if (this.video.paused || this.video.seeking || this.from !== null) return;
    this.from = this.last = this.video.currentTime;
  }

  follow() { if (!this.video.seeking && !this.video.paused) this.last = this.video.currentTime; }

  // Ends what is being played; called before each jump.
  cut(at = this.video.currentTime) {
    if (this.from !== null && at > this.from) this.played.push([ms(this.from), ms(at)]);
    this.from = null;
    this.last = this.video.currentTime;
  }

  faster() {
    this.beat();
    this.speed = this.video.playbackRate;
  }

  // What was played since the last beat goes out; without a session it waits for one.
  beat() {
    this.cut(this.video.seeking ? this.last : this.video.currentTime);
    this.begin();
    if (this.closed || this.ended) this.played = [];
    else if (this.session) {
      this.say(this.played.splice(0, SPANS).filter(([begin, end]) => begin < end));
      this.flush();
    } else if (this.played.length && !this.opening) this.open().then((there) => { if (there) this.beat(); });
  }

  say(spans) {
    this.seq += 1;
    const text = `${this.seq}|${ms(this.place())}|${Math.round((this.speed || 1) * 100)}|${spans.map((span) => span.join("-")).join(",")}`;
    this.outbox.keep([...this.outbox.beats, { url: this.session.beat_url, text, mark: mark(this.session.nonce, text) }]);
  }

  post(url, fields) {
    const body = new URLSearchParams({ csrfmiddlewaretoken: this.csrf, ...fields });
    return fetch(url, { method: "POST", body, keepalive: true, headers: { Accept: "application/json", "X-Background": "1" } });
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    let away = false;
    try {
      while (this.outbox.beats.length && !away) away = !(await this.send(this.outbox.beats[0]));
    } finally {
      this.busy = false;
    }
    this.away(away || Boolean(this.unopened && !this.ended));
  }

  // True when there is nothing more to be done about the beat.
  async send(one) {
    let answer;
    try {
      answer = await this.post(one.url, { text: one.text, mark: one.mark });
    } catch {
      return false;
    }
    if (answer.redirected || LATER.includes(answer.status) || answer.status >= 500) return false;
    this.outbox.keep(this.outbox.beats.filter((other) => other !== one));
    if (one.url !== this.session?.beat_url) return true;
    if (GONE.includes(answer.status)) this.end();
    // An answer that was cut off says nothing; the beat itself has arrived.
    if (answer.ok) await answer.json().then((said) => this.heard(said), () => {});
    return true;
  }

  // What was not yet known to be fetched is told once more, with the next beat.
  heard(said) {
    if (said.again.length && !said.closed && this.againAt !== said.again[0][0]) {
      this.againAt = said.again[0][0];
      this.played.unshift(...said.again);
    }
    if (said.closed) {
      this.session = null;
      this.closed = true;
    }
    this.told(said);
  }
}
