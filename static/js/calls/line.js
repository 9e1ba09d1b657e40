// The line to this site: letters to the other pages of the call, and who is there. A letter waits until its receipt has
// come, and after a cut the page asks for what it missed by number. Media do not go over it, so a cut harms no call.

const PING_MS = 5000;
const PATIENCE_MS = 12000;
const SLOWEST_MS = 3000;
// The server has said that this page's place in the call is over.
const FINAL = new Set([4401, 4403, 4410]);

export class Line extends EventTarget {
  constructor(address) {
    super();
    this.address = new URL(address, location.href).href.replace(/^http/, "ws");
    this.epoch = crypto.randomUUID();
    this.number = 0;
    this.seq = null;
    this.unsent = new Map();
    this.state = {};
    this.tries = 0;
    setInterval(() => this.beat(), PING_MS);
    addEventListener("online", () => this.connect());
    addEventListener("pagehide", () => this.socket?.close());
  }

  get open() { return this.socket?.readyState === WebSocket.OPEN; }

  connect() {
    if (this.over || this.socket?.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => this.greet();
    socket.onmessage = (event) => { if (this.socket === socket) this.heard(JSON.parse(event.data)); };
    socket.onclose = (event) => { if (this.socket === socket) this.closed(event.code); };
  }

  greet() {
    this.heardAt = Date.now();
    this.send({ do: "hello", epoch: this.epoch, after: this.seq, state: this.state });
  }

  closed(code) {
    this.socket = null;
    this.ready = false;
    if (FINAL.has(code)) this.end();
    if (this.over) return;
    if (!this.cut) this.tell("cut", {});
    this.cut = true;
    this.retry = setTimeout(() => this.connect(), Math.random() * Math.min(SLOWEST_MS, 300 * 2 ** this.tries++));
  }

  end(ended = false) {
    if (this.over) return;
    this.over = true;
    this.tell("over", { ended });
  }

  // The network went away without a word.
  beat() {
    if (!this.open) return;
    this.send({ do: "ping" });
    if (Date.now() - this.heardAt < PATIENCE_MS) return;
    const socket = this.socket;
    this.socket = null;
    socket.onclose = null;
    socket.close();
    this.closed(1006);
  }

  send(frame) { if (this.open) this.socket.send(JSON.stringify(frame)); }

  // -- what this page says --

  letter(to, body) {
    const frame = { do: "signal", to, n: ++this.number, body };
    this.unsent.set(frame.n, frame);
    if (this.ready) this.send(frame);
  }

  say(state) {
    Object.assign(this.state, state);
    if (this.ready) this.send({ do: "state", ...state });
  }

  // -- what it is told --

  heard(frame) {
    this.heardAt = Date.now();
    if (frame.did === "hello") this.welcomed(frame);
    else if (frame.did === "signal") this.took(frame);
    else if (frame.did === "receipt" || frame.did === "refuse") this.unsent.delete(frame.n);
    else if (frame.did === "people") { this.resuming = false; this.tell("people", frame); }
    else if (frame.did === "resync") this.resume();
    else if (frame.did === "over") this.end(frame.ended);
  }

  welcomed(frame) {
    this.ready = true;
    this.resuming = this.seq !== null;
    this.seq ??= frame.seq;
    this.tries = 0;
    if (this.cut) this.tell("back", {});
    this.cut = false;
    this.tell("hello", frame);
    for (const letter of this.unsent.values()) this.send(letter);
  }

  resume() {
    this.resuming = true;
    this.send({ do: "resume", after: this.seq ?? 0 });
  }

  took(frame) {
    if (this.seq === null || frame.seq <= this.seq) return;
    if (frame.seq > this.seq + 1 && !this.resuming) { this.resume(); return; }
    this.seq = frame.seq;
    this.tell("letter", frame);
  }

  tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}
