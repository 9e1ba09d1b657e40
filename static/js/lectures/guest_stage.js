// A guest's media while on stage: to the lecturer's page by the best way that carries them, and the lecturer's voice
// back. Each try has a name of its own; what belongs to another one is not heard.

import { Meter } from "../calls/meter.js";
import { Peer } from "../calls/peer.js";
import { GuestLadder } from "./guest_ladder.js";
import { Uplink } from "./guest_uplink.js";
import { Line } from "./line.js";

const TICK_MS = 1000;
const HELLO_MS = 2000;

export class GuestStage {
  // `tracks`: {audio, video}; `told(state)`: waiting, connecting, seen, silenced; `tried(rung, cause)` is kept.
  constructor({ script, tracks, told, tried, back }) {
    Object.assign(this, { tracks, told, tried, back });
    this.line = new Line({ socket: script.guests.socket, ticket: script.ticket }, { heard: (frame) => this.heard(frame), state: (on, frame) => this.state(on, frame) });
    this.ticking = setInterval(() => this.tick(), TICK_MS);
    this.greeting = setInterval(() => { if (!this.met) this.greet(); }, HELLO_MS);
  }

  // Connections outlive the line; what goes over the line itself begins anew with it.
  state(on, frame) {
    if (!on) return;
    this.ladder ??= new GuestLadder({ ways: frame.ways, connections: "RTCPeerConnection" in window, tried: this.tried });
    if (!this.way || this.way instanceof Uplink) this.begin();
  }

  begin() {
    this.way?.close();
    Object.assign(this, { attempt: crypto.randomUUID(), met: false, flows: false });
    this.told("waiting");
    this.way = this.ladder.rung === "websocket" ? this.uplink() : this.peer();
    this.greet();
  }

  peer() {
    const peer = new Peer({
      epoch: this.attempt, polite: true, ice: this.ladder.ice, relayOnly: this.ladder.rung !== "p2p",
      send: (body) => this.say(body), changed: () => {},
    });
    peer.use(this.tracks);
    peer.meter = new Meter(peer.pc);
    this.back(peer.stream);
    return peer;
  }

  uplink() {
    this.back(null);
    return new Uplink({ tracks: this.tracks, send: (frame) => this.line.bytes(frame) });
  }

  greet() {
    if (this.way) this.say({ rung: this.ladder.rung, type: this.way.type ?? "" });
  }

  // What a broken line loses is said again with the next try.
  say(body) { this.line.ask({ do: "signal", body: { attempt: this.attempt, ...body } }).catch(() => {}); }

  heard({ did, body }) {
    if (did === "host" && this.ladder) this.begin();
    if (did !== "signal" || body.attempt !== this.attempt) return;
    if (body.met) this.greeted();
    else if ("flows" in body) this.flows = body.flows;
    else if ("silenced" in body) this.silenced = body.silenced;
    else if (body.anew) this.begin();
    else this.way.heard?.(body);
  }

  greeted() {
    if (this.met) return;
    this.met = true;
    this.ladder.begin(Date.now());
    this.told("connecting");
    this.way.begin?.();
  }

  tick() {
    if (!this.met) return;
    const next = this.ladder.weigh({ flows: this.flows }, Date.now());
    if (next) this.begin();
    else if (this.flows) this.told(this.silenced ? "silenced" : "seen");
  }

  close() {
    clearInterval(this.ticking);
    clearInterval(this.greeting);
    this.way?.close();
    this.line.stop();
  }
}
