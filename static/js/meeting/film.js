// A call kept as a film: everybody who agreed, side by side, with the sound of all. It is sent while it runs, piece by
// piece, and each piece is on the server's disk before the next: what breaks here loses seconds at most.

const WIDTH = 960;
const HEIGHT = 540;
const FRAMES = 12;
const PIECE_MS = 2000;
const RETRY_MS = 3000;
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"];

export const mediaType = () => TYPES.find((type) => window.MediaRecorder?.isTypeSupported?.(type)) ?? "";

export class Film {
  constructor({ address, token, type, told }) {
    Object.assign(this, { address, token, type, told });
    this.canvas = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
    this.pen = this.canvas.getContext("2d");
    this.sound = new AudioContext();
    this.mixed = this.sound.createMediaStreamDestination();
    this.sources = new Map();
    this.waiting = [];
    this.at = 0;
  }

  // Whoever is on the page at this moment has agreed: a newcomer is neither drawn nor heard until the next start.
  cast() {
    this.tiles = [...document.querySelectorAll("[data-tile]")];
    for (const source of this.sources.values()) source.disconnect();
    this.sources.clear();
    for (const tile of this.tiles) this.hear(tile);
  }

  hear(tile) {
    const stream = tile.querySelector("video")?.srcObject;
    if (!stream?.getAudioTracks().length) return;
    const source = this.sound.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
    source.connect(this.mixed);
    this.sources.set(tile, source);
  }

  run() {
    this.sound.resume();  // without running sound the film would wait for it
    this.cast();
    this.drawing ??= setInterval(() => this.draw(), 1000 / FRAMES);
    if (this.recorder?.state === "paused") return void this.recorder.resume();
    if (this.recorder) return;
    const tracks = [...this.canvas.captureStream(FRAMES).getVideoTracks(), ...this.mixed.stream.getAudioTracks()];
    this.recorder = new MediaRecorder(new MediaStream(tracks), { mimeType: this.type, videoBitsPerSecond: 800_000 });
    this.recorder.ondataavailable = ({ data }) => { if (data.size) { this.waiting.push(data); this.send(); } };
    this.recorder.start(PIECE_MS);
  }

  pause() {
    if (this.recorder?.state === "recording") this.recorder.pause();
  }

  async stop() {
    clearInterval(this.drawing);
    if (this.recorder && this.recorder.state !== "inactive") {
      const over = new Promise((done) => { this.recorder.onstop = done; });
      this.recorder.stop();
      await over;
    }
    await this.send();
    this.sound.close();
  }

  draw() {
    const here = this.tiles.filter((tile) => tile.isConnected);
    const columns = here.length > 2 ? 2 : here.length || 1;
    const rows = Math.ceil(here.length / columns) || 1;
    const [wide, high] = [WIDTH / columns, HEIGHT / rows];
    this.pen.fillStyle = "#0b0f13";
    this.pen.fillRect(0, 0, WIDTH, HEIGHT);
    here.forEach((tile, n) => this.place(tile, (n % columns) * wide, Math.floor(n / columns) * high, wide, high));
  }

  place(tile, left, top, wide, high) {
    const video = tile.querySelector("video");
    const still = tile.querySelector("[data-still]");
    const seen = video.videoWidth && !video.hidden ? video : still && !still.hidden && still.naturalWidth ? still : null;
    if (seen) {
      const [w, h] = [seen.videoWidth || seen.naturalWidth, seen.videoHeight || seen.naturalHeight];
      const scale = Math.min(wide / w, high / h);
      this.pen.drawImage(seen, left + (wide - w * scale) / 2, top + (high - h * scale) / 2, w * scale, h * scale);
    }
    this.pen.fillStyle = "#e8eef2";
    this.pen.font = "20px sans-serif";
    this.pen.fillText(tile.querySelector("[data-name]")?.textContent ?? "", left + 12, top + high - 12);
  }

  // One piece after the other; what was not taken stays in the queue and goes again, from where the server stands.
  send() {
    this.sending = (this.sending ?? Promise.resolve()).then(() => this.drain());
    return this.sending;
  }

  async drain() {
    let tries = 0;
    while (this.waiting.length && tries < 20) {
      const piece = this.waiting[0];
      const took = await this.patch(piece).catch(() => false);
      if (took) { this.waiting.shift(); tries = 0; this.told?.(this.at); continue; }
      tries += 1;
      if (this.refused) return;
      await new Promise((done) => setTimeout(done, RETRY_MS));
      await this.catchUp(piece).catch(() => {});
    }
  }

  async patch(piece) {
    const answer = await fetch(this.address, { method: "PATCH", headers: { ...this.headers(), "Upload-Offset": String(this.at), "Content-Type": "application/offset+octet-stream" }, body: piece });
    if (!answer.ok) { this.refused = answer.status === 403 || answer.status === 404; return false; }
    this.at += piece.size;
    return true;
  }

  // After a cut: the server may have taken a part of the piece, or all of it.
  async catchUp(piece) {
    const answer = await fetch(this.address, { method: "HEAD", headers: this.headers() });
    const stands = Number(answer.headers.get("Upload-Offset"));
    if (!answer.ok || !(stands > this.at)) return;
    this.waiting[0] = piece.slice(stands - this.at);
    if (!this.waiting[0].size) this.waiting.shift();
    this.at = stands;
  }

  headers() { return { "Tus-Resumable": "1.0.0", "X-CSRFToken": this.token }; }
}
