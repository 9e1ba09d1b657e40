// How a call goes down, and when: video, sound only, a picture every few seconds, in writing. Pure: it is told what was
// measured each second, and says which rung to go to and why. It never goes up by itself; a person does.

export const RUNGS = ["video", "audio", "stills", "written"];
export const LIMITS = {
  connectMs: 12000, // until the first connection at a rung counts as blocked
  lostMs: 12000, // without any connection that was there before
  window: 10, // seconds that are weighed together
  videoLoss: 0.12,
  videoKbps: 90,
  frozen: 0.5, // part of the seconds in which no picture came though one was sent
  audioLoss: 0.35,
};
const CAMERA = ["no_camera", "declined", "device_busy", "browser_unsupported"];

// The best rung that the devices allow, with the cause of each rung that they do not.
export function startingRung({ camera, microphone, connections = true }) {
  const falls = [];
  if (!connections) falls.push(["video", "browser_unsupported"], ["audio", "browser_unsupported"]);
  else if (camera) {
    falls.push(["video", camera]);
    if (microphone) falls.push(["audio", microphone]);
  }
  if (falls.length === 2) return { rung: camera ? "written" : "stills", falls: camera ? [...falls, ["stills", camera]] : falls };
  return { rung: falls.length ? "audio" : "video", falls };
}

const mean = (values) => (values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0);

export class Ladder {
  constructor(rung, now, limits = LIMITS) {
    Object.assign(this, { limits });
    this.go(rung, now);
  }

  // A new try at `rung` begins.
  go(rung, now) {
    Object.assign(this, { rung, since: now, held: false, goneAt: null, seen: [] });
  }

  get next() { return RUNGS[Math.min(RUNGS.indexOf(this.rung) + 1, RUNGS.length - 1)]; }

  // `peers`: how many others are here; `connected`, `failed`: connections; `flows`: media move at this rung; `camera`:
  // whether stills can be taken; `loss`, `kbps` (what may be sent; null unknown), `frozen` (a picture was due and did not
  // come) of the last second. Gives {held: true}, {rung, cause}, or null.
  weigh(sample, now) {
    if (!sample.peers) { this.since = now; this.goneAt = null; return null; }
    if (this.rung === "written") return null;
    if (this.rung === "stills") return sample.camera || sample.flows ? this.flowed(sample) : { rung: "written", cause: "no_camera" };
    return this.reached(sample, now) ?? this.flowed(sample) ?? this.weak(sample);
  }

  reached(sample, now) {
    if (sample.connected) { this.goneAt = null; return null; }
    if (!this.held) {
      const blocked = sample.failed || now - this.since > this.limits.connectMs;
      return blocked ? { rung: this.next, cause: "network_blocked" } : {};
    }
    this.goneAt ??= now;
    return now - this.goneAt > this.limits.lostMs ? { rung: this.next, cause: "network_lost" } : {};
  }

  flowed(sample) {
    if (this.held || !sample.flows) return null;
    this.held = true;
    return { held: true };
  }

  weak(sample) {
    this.seen.push(sample);
    if (this.seen.length > this.limits.window) this.seen.shift();
    if (this.seen.length < this.limits.window) return null;
    const loss = mean(this.seen.map((one) => one.loss));
    const known = this.seen.filter((one) => one.kbps !== null).map((one) => one.kbps);
    const frozen = mean(this.seen.map((one) => (one.frozen ? 1 : 0)));
    const slow = known.length > 0 && mean(known) < this.limits.videoKbps;
    const video = this.rung === "video" && (loss > this.limits.videoLoss || slow || frozen > this.limits.frozen);
    const audio = this.rung === "audio" && loss > this.limits.audioLoss;
    return video || audio ? { rung: this.next, cause: "network_weak" } : null;
  }

  // What is kept with a try that ends.
  numbers(now) {
    const known = this.seen.filter((one) => one.kbps !== null).map((one) => one.kbps);
    return {
      seconds: Math.round((now - this.since) / 1000),
      loss: Number(mean(this.seen.map((one) => one.loss)).toFixed(3)),
      frozen: Number(mean(this.seen.map((one) => (one.frozen ? 1 : 0))).toFixed(3)),
      ...(known.length ? { kbps: Math.round(mean(known)) } : {}),
    };
  }
}

export const fromCamera = (cause) => CAMERA.includes(cause);
