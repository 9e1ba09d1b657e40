// By which way a guest reaches the lecturer's browser: directly, by the relay over UDP, over TCP, at last through this
// site. Pure: it is told what each second showed, and says what to do. It never goes up by itself.

export const RUNGS = ["p2p", "turn_udp", "turn_tcp", "websocket"];
export const LIMITS = { connectMs: 9000, lostMs: 6000 };

export class GuestLadder {
  // `ways`: of each rung {ice} or {cause}, why it cannot be tried; `tried(rung, cause)` hears of each way.
  constructor({ ways, connections, tried, limits = LIMITS }) {
    Object.assign(this, { tried, limits, at: -1 });
    this.ways = { ...ways, websocket: {} };
    if (!connections) for (const rung of RUNGS.slice(0, -1)) this.ways[rung] = { cause: "unsupported" };
    this.down();
  }

  get rung() { return RUNGS[this.at]; }

  get ice() { return this.ways[this.rung].ice; }

  // To the next way that can be tried, past those that cannot.
  down() {
    while (this.at < RUNGS.length - 1) {
      this.at += 1;
      const { cause } = this.ways[this.rung];
      if (!cause) return;
      this.tried(this.rung, cause);
    }
  }

  // The other page has answered: from now on a connection should come about.
  begin(now) { Object.assign(this, { since: now, held: false, goneAt: null }); }

  // {flows: picture or sound arrive at the lecturer's page} of the last second -> "again" (the same way anew), "down", ""
  weigh({ flows }, now) {
    if (flows) {
      if (!this.held) this.tried(this.rung, "");
      this.held = true;
      this.goneAt = null;
      return "";
    }
    if (this.held) {
      this.goneAt ??= now;
      if (now - this.goneAt <= this.limits.lostMs) return "";
      this.tried(this.rung, "lost");
      return "again";
    }
    if (now - this.since <= this.limits.connectMs) return "";
    if (this.rung === RUNGS.at(-1)) return "again";
    this.tried(this.rung, "blocked");
    this.down();
    return "down";
  }
}
