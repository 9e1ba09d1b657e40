// What this page tells the server of its tries at a rung: one after another, each until it has arrived.

const AGAIN_MS = [500, 2000, 5000, 10000];
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

export const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];

export class Told {
  constructor(address) {
    this.address = address;
    this.jobs = Promise.resolve();
  }

  begin(rung) { this.tell({ did: "begin", rung }); }

  hold() { this.tell({ did: "hold" }); }

  end(cause, details) { this.tell({ did: "end", cause, details }); }

  tell(body) { this.jobs = this.jobs.then(() => this.send(body)); }

  async send(body) {
    for (const pause of AGAIN_MS) {
      try {
        const headers = { "X-CSRFToken": csrf(), "Content-Type": "application/json" };
        const reply = await fetch(this.address, { method: "POST", body: JSON.stringify(body), headers });
        if (reply.status < 500 && reply.status !== 429) return;
      } catch { /* no network just now */ }
      await wait(pause);
    }
  }
}
