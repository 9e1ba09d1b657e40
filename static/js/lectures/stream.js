// A lecture's stream with less than a second's delay: parts over a WebSocket into MediaSource. Each frame is four bytes
// (rung, kind, run) and then boxes of MP4; another run has another clock and goes on where the one before ended.

const NAMES = ["video", "sound"];
const HEAD = 1;
const KEPT = 30;  // seconds behind the viewer that stay
const NEAR = 0.3;  // seconds from the newest picture at which playing begins
const FAR = 4;
const TRIES = 4;

const codecOf = (rung, data) => {
  if (rung === 1) return 'audio/mp4; codecs="mp4a.40.2"';
  const text = String.fromCharCode(...data.subarray(0, 2000));
  const at = text.indexOf("avcC");
  const hex = [...data.subarray(at + 5, at + 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `video/mp4; codecs="avc1.${hex}"`;
};

export const canStream = () => Boolean(window.MediaSource?.isTypeSupported('video/mp4; codecs="avc1.42c01e"') && window.MediaSource.isTypeSupported('audio/mp4; codecs="mp4a.40.2"'));

export class Stream {
  // `lost`: nothing more is tried; `over`: the lecture's stream has ended; `ticket` gives a fresh one.
  constructor(video, { address, ticket, lost, over }) {
    Object.assign(this, { video, address, ticket, lost, over, tries: 0, stalls: [] });
    this.waiting = () => this.stalled();
    this.nearing = setInterval(() => this.near(), 500);
    video.addEventListener("waiting", this.waiting);
    video.dataset.way = "parts";
    this.begin();
  }

  async begin() {
    const ticket = await this.ticket();
    if (this.done) return;
    if (!ticket) { this.again(); return; }
    this.socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${this.address}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => { this.open(); this.socket.send(JSON.stringify({ do: "watch", ticket })); };
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.told(JSON.parse(data)) : this.took(new Uint8Array(data)));
    this.socket.onclose = () => this.again();
  }

  // Every connection begins with heads and a keyframe: with a source of its own.
  open() {
    Object.assign(this, { run: 0, offset: 0, end: 0, queue: [], buffers: [null, null], begun: false });
    this.source = new MediaSource();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(this.source);
    this.video.src = this.url;
    this.source.addEventListener("sourceopen", () => this.pump());
  }

  told({ did }) {
    if (did !== "over") return;
    this.stop();
    this.over();
  }

  took(frame) {
    this.tries = 0;
    this.queue.push({ rung: frame[0], kind: frame[1], run: (frame[2] << 8) | frame[3], data: frame.subarray(4) });
    this.pump();
  }

  // Both buffers have to be there before anything is put into one of them.
  prepared() {
    const heads = this.queue.filter((each) => each.kind === HEAD);
    if (this.buffers[0] || heads.length < NAMES.length) return Boolean(this.buffers[0]);
    for (const { rung, data } of heads.slice(0, NAMES.length)) {
      this.buffers[rung] = this.source.addSourceBuffer(codecOf(rung, data));
      this.buffers[rung].addEventListener("updateend", () => this.appended());
    }
    return true;
  }

  pump() {
    if (this.done || this.source?.readyState !== "open" || !this.prepared() || this.buffers.some((each) => each.updating)) return;
    const next = this.queue.shift();
    if (!next) return;
    try {
      if (next.kind === HEAD) this.head(next);
      this.buffers[next.rung].appendBuffer(next.data);
    } catch (fault) {
      if (fault.name === "QuotaExceededError") this.trim(5);
      else this.fail(fault.name);
    }
  }

  // The next run begins where the one before ended.
  head({ rung, run }) {
    if (run !== this.run) {
      this.run = run;
      this.offset = this.end;
    }
    this.buffers[rung].timestampOffset = this.offset;
  }

  appended() {
    const shown = this.video.buffered;
    if (shown.length) {
      this.end = shown.end(shown.length - 1);
      if (!this.begun) this.start();
    }
    this.pump();
  }

  start() {
    if (this.end - this.video.buffered.start(this.video.buffered.length - 1) < NEAR) return;
    this.begun = true;
    this.jump();
    this.video.play().catch(() => { this.video.muted = true; this.video.play().catch(() => {}); });
  }

  jump() {
    const first = this.video.buffered.start(this.video.buffered.length - 1);
    this.video.currentTime = Math.max(first, this.end - NEAR);
  }

  // A little faster while behind, at once where far behind; who paused is left alone.
  near() {
    if (!this.begun || this.video.paused || this.video.seeking) return;
    const behind = this.end - this.video.currentTime;
    this.video.playbackRate = behind > 0.5 ? 1.1 : 1;
    if (behind > FAR || behind < -0.1) this.jump();
    if (!this.buffers.some((each) => each?.updating) && this.video.currentTime > KEPT * 2) this.trim(KEPT);
  }

  trim(kept) {
    const until = this.video.currentTime - kept;
    if (until <= 0) return;
    const old = this.buffers.find((each) => each && !each.updating && each.buffered.length && each.buffered.start(0) < until - 5);
    old?.remove(0, until);
  }

  // A line that stalls again and again carries another way better.
  stalled() {
    if (!this.begun) return;
    const now = Date.now();
    this.stalls = [...this.stalls.filter((at) => now - at < 20_000), now];
    if (this.stalls.length > 6) this.fail("stalls");
    else if (this.end - this.video.currentTime > NEAR) this.jump();
  }

  again() {
    if (this.done) return;
    this.tries += 1;
    if (this.tries > TRIES) { this.fail("line"); return; }
    setTimeout(() => this.begin(), Math.random() * 1000 * 2 ** this.tries);
  }

  // Why is kept on the picture: for whoever asks how it was seen.
  fail(why) {
    if (this.done) return;
    this.video.dataset.lost = why;
    this.stop();
    this.lost();
  }

  stop() {
    this.done = true;
    clearInterval(this.nearing);
    this.video.removeEventListener("waiting", this.waiting);
    this.video.playbackRate = 1;
    if (this.socket) { this.socket.onclose = null; this.socket.close(); }
  }
}
