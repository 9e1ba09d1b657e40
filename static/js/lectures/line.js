// The room's socket: comes back by itself, shows its ticket first, answers each question once.

const SLOWEST_MS = 8000;
const PING_MS = 20000;
const ANSWER_MS = 10000;
const FIRST_MS = 4000;
const LOCKED = new Set([4401, 4403]);

// Signed out, no right any more, or gone: the page itself has to say so. Anything else is trouble that passes.
export const turnedAway = ({ redirected, status }) => redirected || [401, 403, 404].includes(status);

export class Line {
  // `heard` takes what is told besides answers, `bytes` frames of bytes, `state` whether the server knows this page.
  constructor({ socket, ticket }, { heard, state, bytes }) {
    Object.assign(this, { address: socket, ticketAt: ticket, heardBy: heard, stateBy: state, bytesBy: bytes });
    this.asked = new Map();
    this.number = 0;
    this.tries = 0;
    this.pinging = setInterval(() => { if (this.joined) this.ask({ do: "ping" }).catch(() => this.dead()); }, PING_MS);
    addEventListener("online", () => this.connect());
    addEventListener("pagehide", () => this.socket?.close());
    this.connect();
  }

  // The ticket first: a socket that waits for it among thousands would be closed as one that says nothing.
  async connect() {
    if (this.stopped || this.coming || this.socket?.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.retry);
    this.coming = true;
    try {
      const answer = await fetch(this.ticketAt);
      if (turnedAway(answer)) return void location.reload();
      this.open((await answer.json()).ticket);
    } catch {
      this.closed(1006);
    } finally {
      this.coming = false;
    }
  }

  open(ticket) {
    const socket = new WebSocket(new URL(this.address, location.href).href.replace(/^http/, "ws"));
    this.socket = socket;
    socket.onopen = () => this.join(ticket);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.heard(JSON.parse(data)) : this.bytesBy?.(data));
    socket.onclose = ({ code }) => { if (this.socket === socket) this.closed(code); };
  }

  async join(ticket) {
    try {
      const told = await this.ask({ do: "join", ticket });
      this.joined = true;
      this.tries = 0;
      this.stateBy(true, told);
    } catch {
      this.dead();
    }
  }

  // What the server answers to the frame; rejects with its fault's code.
  ask(frame) {
    if (this.socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("trouble"));
    const id = (this.number += 1);
    this.socket.send(JSON.stringify({ ...frame, id }));
    return new Promise((done, failed) => {
      const late = setTimeout(() => this.answered({ re: id, fault: "trouble" }), ANSWER_MS);
      this.asked.set(id, { done, failed, late });
    });
  }

  answered({ re, ...told }) {
    const waiting = this.asked.get(re);
    if (!waiting) return;
    this.asked.delete(re);
    clearTimeout(waiting.late);
    if (told.fault) waiting.failed(new Error(told.fault));
    else waiting.done(told);
  }

  heard(frame) {
    if ("re" in frame) this.answered(frame);
    else this.heardBy(frame);
  }

  // Bytes, where the line is open; what is not sent now is sent no more.
  bytes(frame) { if (this.joined && this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame); }

  stop() {
    this.stopped = true;
    clearInterval(this.pinging);
    clearTimeout(this.retry);
    if (this.socket) this.socket.onclose = null;
    this.socket?.close();
  }

  dead() {
    const { socket } = this;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    this.closed(1006);
  }

  closed(code) {
    this.socket = null;
    this.joined = false;
    for (const re of [...this.asked.keys()]) this.answered({ re, fault: "trouble" });
    this.stateBy(false);
    if (LOCKED.has(code)) {
      this.stopped = true;
      return void location.reload();
    }
    // Jitter over the whole span: nine thousand pages must not come back in one moment.
    this.retry = setTimeout(() => this.connect(), Math.random() * Math.min(SLOWEST_MS, FIRST_MS * 2 ** this.tries++));
  }
}
