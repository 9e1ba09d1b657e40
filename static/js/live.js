// One WebSocket for the whole page. Elements say what they show and how far they have read:
//   <main data-live-topics="consultation:3f2a…@17 user:9c1e…@4" data-live-say="Something new was added.">
// When a topic moves, the body hears the event "live:<topic>" (and "live:<kind>"), so that a fragment fetches itself anew:
//   <ol hx-get="…" hx-trigger="live:consultation:3f2a… from:body">
// A frame is a hint. Where one was lost, the page asks by the socket what it missed, as it does when it comes back; while
// there is no socket, it asks over HTTP every 5 s.

const LISTEN_URL = "/ws/";
const CATCH_UP_URL = "/live/catch-up/";
const SEQS_URL = "/live/seqs/";
const POLL_MS = 5000;
const PING_MS = 25000;
const PATIENCE_MS = 10000;
const SLOWEST_MS = 8000;
const BANNER_AFTER_MS = 1500;
// After these close codes trying again at once is useless: signed out, flooded, or a frame of ours was at fault.
const SLOWER = { 4401: 20000, 4429: 60000, 4400: 60000, 1003: 60000, 1009: 60000 };
const RIGHT_ENDED = 4403;
const TOO_MANY = 429;
// What the server answers at most (MOST_TOPICS).
const MOST_ASKED = 32;

// Set before this page fetches itself anew, taken by the page that comes of it.
const LEFT = `lost:${location.pathname}`;
const fetchedAnew = sessionStorage.getItem(LEFT) !== null;
sessionStorage.removeItem(LEFT);
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

class Live {
  constructor() {
    this.topics = new Map();
    this.tries = 0;
    this.stopped = false;
    this.rightEnded = false;
    this.saidAt = 0;
    setInterval(() => this.poll(), POLL_MS);
    setInterval(() => this.ping(), PING_MS);
    addEventListener("online", () => this.connect());
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => { if (event.persisted) this.connect(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.awake(); });
    // A shared desktop was locked, which closed the socket; now the password has come.
    document.body.addEventListener("session:unlocked", () => { this.stopped = false; this.awake(); });
  }

  // --- what the page shows ---

  read(root) {
    const elements = root.matches?.("[data-live-topics]") ? [root] : [];
    for (const element of [...elements, ...root.querySelectorAll("[data-live-topics]")]) {
      for (const word of element.dataset.liveTopics.split(/\s+/).filter(Boolean)) {
        const [topic, seq] = word.split("@");
        this.follow(topic, Number(seq ?? 0), element.dataset.liveSay);
      }
    }
  }

  follow(topic, seq, say) {
    const known = this.topics.get(topic);
    if (known) {
      known.seq = Math.max(known.seq, seq);
      return;
    }
    this.topics.set(topic, { seq, say });
    if (this.open) this.listen(topic);
    else this.connect();
  }

  // --- the socket ---

  get open() { return this.socket?.readyState === WebSocket.OPEN; }

  connect() {
    if (this.stopped || !this.topics.size || this.socket?.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(new URL(LISTEN_URL, location.href).href.replace(/^http/, "ws"));
    this.socket = socket;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.heard(JSON.parse(event.data));
    socket.onclose = (event) => { if (this.socket === socket) this.closed(event.code); };
  }

  opened() {
    this.heardAt = Date.now();
    for (const [topic, known] of this.topics) {
      known.asking = false;
      this.listen(topic);
    }
  }

  // From the number on that is shown: the answer holds what came since. One question at a time.
  listen(topic) {
    const known = this.topics.get(topic);
    known.again = known.asking;
    if (known.asking) return;
    known.asking = true;
    this.send({ do: "listen", topic, after: known.seq });
  }

  closed(code) {
    this.socket = null;
    // A right has ended: what is still the reader's is listened to again at once, the rest is refused (see `lose`).
    if (code === RIGHT_ENDED) {
      this.rightEnded = true;
      return void setTimeout(() => this.connect(), Math.random() * 300);
    }
    this.lostAt ??= Date.now();
    setTimeout(() => this.banner(), BANNER_AFTER_MS);
    // Signed out, or a shared desktop is locked: the poll finds out which; when it is unlocked the socket opens again.
    const slowest = SLOWER[code] ?? SLOWEST_MS;
    const ceiling = Math.min(slowest, 500 * 2 ** this.tries++);
    // Jitter over the whole span: two thousand pages that lose a server must not come back in one moment.
    this.retry = setTimeout(() => this.connect(), slowest > SLOWEST_MS ? slowest / 2 : Math.random() * ceiling);
  }

  // The answer was the sign-in page: what is shown stays on no screen.
  end() {
    this.stopped = true;
    location.reload();
  }

  send(frame) { if (this.open) this.socket.send(JSON.stringify(frame)); }

  ping() {
    if (!this.open || document.hidden) return;
    const askedAt = Date.now();
    this.send({ do: "ping" });
    setTimeout(() => { if (this.open && this.heardAt < askedAt) this.dead(); }, PATIENCE_MS);
  }

  // The network went away without a word: do not wait for the closing handshake, it cannot come.
  dead() {
    const socket = this.socket;
    this.socket = null;
    socket.onclose = null;
    socket.close();
    this.closed(1006);
  }

  awake() {
    if (this.open) this.ping();
    else this.connect();
    this.poll();
  }

  banner() {
    const lost = this.lostAt !== undefined && !this.stopped;
    for (const banner of document.querySelectorAll("[data-live-state]")) banner.hidden = !lost;
    document.documentElement.dataset.live = lost ? "lost" : "on";
  }

  // --- what is heard ---

  heard(frame) {
    this.heardAt = Date.now();
    if (frame.did === "listen") this.listening(frame);
    else if (frame.did === "resync") this.resync();
    else if (frame.did === "refuse") this.refused(frame);
    else if (frame.topic) this.took(frame);
  }

  listening({ topic, seq, entries = [], more }) {
    this.tries = 0;
    this.lostAt = undefined;
    this.banner();
    const known = this.topics.get(topic);
    if (!known) return;
    known.listened = true;
    known.asking = false;
    this.reached(topic, seq, entries);
    if (more || known.again) this.listen(topic);
  }

  async resync() {
    await wait(Math.random() * 1000);
    for (const topic of this.topics.keys()) this.listen(topic);
  }

  refused({ topic, status }) {
    if (status === TOO_MANY) this.topics.delete(topic);
    else this.lose(topic);
  }

  // What the page shows is no longer the reader's: the page is fetched anew, so that it stays on no screen. Its right may
  // have ended before the first answer came. A page that was just fetched anew and is refused again would go on for ever.
  lose(topic) {
    const known = this.topics.get(topic);
    this.topics.delete(topic);
    if (known?.listened || this.rightEnded || !fetchedAnew) this.leave(topic);
  }

  // A part that fetches itself is told by its answer where to go; every other page is loaded again, and so is one whose
  // answer did not come or does not lead anywhere. Once a page, however many of its topics are lost.
  leave(topic) {
    if (this.leaving) return;
    this.leaving = true;
    const asks = document.querySelector(`[data-live-lost][data-live-topics*="${topic}"]`);
    if (!asks) return this.fetchAnew();
    asks.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
      if (!xhr.getResponseHeader("HX-Redirect")) this.fetchAnew();
    }, { once: true });
    htmx.trigger(asks, "live:lost");
  }

  fetchAnew() {
    sessionStorage.setItem(LEFT, "");
    location.reload();
  }

  took(frame) {
    const known = this.topics.get(frame.topic);
    if (!known || frame.seq <= known.seq) return;
    if (frame.what === "behind" || frame.prev > known.seq) return void this.listen(frame.topic);
    known.seq = frame.seq;
    this.tell(frame.topic, [frame]);
  }

  async catchUp(topic) {
    const known = this.topics.get(topic);
    if (!known) return;
    if (known.catching) {
      known.again = true;
      return;
    }
    known.catching = true;
    try {
      do {
        known.again = false;
        await this.missed(topic, known);
      } while (known.again);
    } catch {
      // No network: the poll comes again.
    } finally {
      known.catching = false;
    }
  }

  async missed(topic, known) {
    const entries = [];
    let seq = known.seq;
    for (let more = true; more;) {
      const answer = await fetch(`${CATCH_UP_URL}?${new URLSearchParams({ topic, after: seq })}`);
      if (answer.redirected) return this.end();
      if (answer.status === 403 || answer.status === 404) return this.lose(topic);
      if (!answer.ok) return;
      const page = await answer.json();
      entries.push(...page.entries);
      ({ seq, more } = page);
    }
    this.reached(topic, seq, entries);
  }

  reached(topic, seq, entries) {
    const known = this.topics.get(topic);
    if (!known || seq <= known.seq) return;
    const fresh = entries.filter((entry) => entry.seq > known.seq);
    known.seq = seq;
    this.tell(topic, fresh);
  }

  tell(topic, frames) {
    for (const frame of frames) if (frame.html) htmx.swap(document.body, frame.html, { swapStyle: "none" });
    const detail = { topic, frames };
    for (const name of [topic, topic.split(":")[0]]) {
      document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
    }
    this.say(this.topics.get(topic)?.say);
  }

  // Politely, and not more often than somebody can listen.
  say(text) {
    if (!text || Date.now() - this.saidAt < POLL_MS) return;
    this.saidAt = Date.now();
    if (!this.voice) {
      this.voice = Object.assign(document.createElement("div"), { className: "hush", role: "status" });
      document.body.append(this.voice);
    }
    this.voice.textContent = "";
    setTimeout(() => { this.voice.textContent = text; }, 100);
  }

  // --- while bells are lost ---

  async poll() {
    if (this.open || this.stopped || document.hidden || !this.topics.size) return;
    const asked = [...this.topics.keys()].slice(0, MOST_ASKED);
    const query = new URLSearchParams(asked.map((topic) => ["topic", topic]));
    try {
      const answer = await fetch(`${SEQS_URL}?${query}`);
      if (answer.redirected) return this.end();
      if (!answer.ok) return;
      const { seqs } = await answer.json();
      for (const topic of asked) if (!(topic in seqs)) this.lose(topic);
      for (const [topic, seq] of Object.entries(seqs)) if (seq > (this.topics.get(topic)?.seq ?? Infinity)) this.catchUp(topic);
    } catch {
      // No network: the next round asks again.
    }
  }
}

const live = new Live();
live.read(document);
document.addEventListener("htmx:load", (event) => live.read(event.detail.elt));
