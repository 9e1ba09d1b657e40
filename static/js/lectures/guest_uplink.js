// A guest's last way: what the browser records goes piece by piece over the page's own socket, and is played by the
// lecturer's browser as it comes. A piece that is missing spoils what follows: then the guest begins anew.

const TYPES = ["video/webm;codecs=vp8,opus", "video/mp4;codecs=avc1.42E01F,mp4a.40.2", "audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2"];
const PIECE_MS = 200;
const MOST = 16_000;  // bytes of a piece
const FAR = 1.2;  // seconds behind at which the player jumps
const KEPT = 10;

export const recordType = (kinds) => TYPES.find((type) => type.startsWith(kinds) && window.MediaRecorder?.isTypeSupported?.(type)) ?? "";

// The guest's side.
export class Uplink {
  constructor({ tracks, send }) {
    const kept = Object.values(tracks).filter(Boolean);
    Object.assign(this, { send, type: recordType(tracks.video ? "video" : "audio"), number: 0, arriving: Promise.resolve() });
    this.recorder = new MediaRecorder(new MediaStream(kept), { mimeType: this.type, videoBitsPerSecond: 350_000, audioBitsPerSecond: 48_000 });
    this.recorder.ondataavailable = ({ data }) => { this.arriving = this.arriving.then(() => this.took(data)); };
  }

  begin() { if (this.recorder.state === "inactive" && !this.done) this.recorder.start(PIECE_MS); }

  async took(blob) {
    const data = new Uint8Array(await blob.arrayBuffer());
    for (let at = 0; at < data.length && !this.done; at += MOST) {
      const piece = data.subarray(at, at + MOST);
      const frame = new Uint8Array(4 + piece.length);
      new DataView(frame.buffer).setUint32(0, this.number);
      frame.set(piece, 4);
      this.send(frame);
      this.number += 1;
    }
  }

  close() {
    this.done = true;
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }
}

// The lecturer's side: plays into `video`; `spoiled` is called once when something is missing.
export class Downlink {
  constructor({ video, type, spoiled }) {
    Object.assign(this, { video, spoiled, next: 0, queue: [] });
    this.source = new MediaSource();
    this.address = URL.createObjectURL(this.source);
    video.src = this.address;
    this.source.addEventListener("sourceopen", () => this.open(type), { once: true });
    this.nearing = setInterval(() => this.near(), 500);
  }

  open(type) {
    try {
      this.buffer = this.source.addSourceBuffer(type);
    } catch {
      return void this.spoil();
    }
    this.buffer.mode = "segments";
    this.buffer.addEventListener("updateend", () => this.pump());
    this.pump();
  }

  took(frame) {
    const number = new DataView(frame).getUint32(0);
    if (number !== this.next) return void this.spoil();
    this.next += 1;
    this.queue.push(frame.slice(4));
    this.pump();
  }

  pump() {
    if (this.done || !this.buffer || this.buffer.updating) return;
    const { buffered } = this.buffer;
    if (buffered.length && this.video.paused) this.video.play().catch(() => {});
    const old = this.video.currentTime - KEPT;
    try {
      if (buffered.length && old > buffered.start(0) + KEPT) this.buffer.remove(0, old);
      else if (this.queue.length) this.buffer.appendBuffer(this.queue.shift());
    } catch {
      this.spoil();
    }
  }

  // What is recorded live counts from its own start, and nobody waits for what is late.
  near() {
    const { buffered } = this.video;
    if (!buffered.length) return;
    const end = buffered.end(buffered.length - 1);
    if (end - this.video.currentTime > FAR || this.video.currentTime < buffered.start(0)) this.video.currentTime = Math.max(buffered.start(0), end - 0.3);
  }

  spoil() {
    if (this.done || this.told) return;
    this.told = true;
    this.spoiled();
  }

  close() {
    this.done = true;
    clearInterval(this.nearing);
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.address);
  }
}
